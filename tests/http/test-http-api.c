/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-fixture.h"

#include "core/lt-source.h"

#include <string.h>

#define JSON "Content-Type: application/json\r\n"

/* A source that only has a status. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

struct _TestSource
{
  GObject parent_instance;
};

static const char *
test_source_get_name (LtSource *source)
{
  return "mail \"log\"\\";
}

static void
test_source_get_status (LtSource *source, LtSourceStatus *status)
{
  status->kind = "file";
  status->state = "running";
  status->detail = g_strdup ("/var/log/mail.log");
  status->lines = 12;
  status->events = 11;
  status->unmatched = 1;
  status->exhausted = 2;
}

static void
test_source_source_init (LtSourceInterface *iface)
{
  iface->get_name = test_source_get_name;
  iface->get_status = test_source_get_status;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource, test_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SOURCE, test_source_source_init))

static void
test_source_class_init (TestSourceClass *klass)
{
}

static void
test_source_init (TestSource *self)
{
}

static void
test_levels (ApiFixture *fixture, gconstpointer data)
{
  const char *target = "/api/tracing/levels/smtp.%2A";
  g_autoptr (HttpAnswer) before = api_get (fixture, "/api/tracing/levels", fixture->manage);
  g_autoptr (HttpAnswer) none = api_get (fixture, target, fixture->manage);
  g_autoptr (HttpAnswer) put = api_request (fixture, "PUT", target, fixture->manage, JSON,
                                            "{\"level\":\"warn\",\"seconds\":300}");
  g_autoptr (HttpAnswer) bad
      = api_request (fixture, "PUT", target, fixture->manage, JSON, "{\"level\":\"loud\"}");
  g_autoptr (HttpAnswer) more = api_request (fixture, "PUT", target, fixture->manage, JSON,
                                             "{\"level\":\"warn\",\"second\":3}");
  g_autoptr (HttpAnswer) less
      = api_request (fixture, "PUT", target, fixture->manage, JSON, "{\"seconds\":3}");
  g_autoptr (HttpAnswer) glob = api_request (fixture, "PUT", "/api/tracing/levels/S%20",
                                             fixture->manage, JSON, "{\"level\":\"warn\"}");
  g_autoptr (HttpAnswer) reset = NULL;
  g_autoptr (HttpAnswer) again = NULL;

  api_assert_contains (before, 200, "{\"levels\":[{\"glob\":\"*\",\"level\":\"trace\"");
  http_answer_assert_problem (none, 404, "not-found");
  api_assert_contains (put, 200,
                       "{\"glob\":\"smtp.*\",\"level\":\"warn\",\"configured\":false,"
                       "\"secondsLeft\":");
  http_answer_assert_problem (bad, 400, "invalid-level");
  http_answer_assert_problem (more, 400, "unknown-option");
  g_assert_nonnull (strstr (more->body, "did you mean \\\"seconds\\\"?"));
  http_answer_assert_problem (less, 400, "invalid-argument");
  g_assert_cmpuint (glob->status, ==, 400);
  g_assert_cmpuint (api_submit (fixture, "smtp.rcpt-to", NULL, NULL), ==, 0);
  reset = api_request (fixture, "DELETE", target, fixture->manage, NULL, NULL);
  g_assert_cmpuint (reset->status, ==, 204);
  g_assert_cmpuint (api_submit (fixture, "smtp.rcpt-to", NULL, NULL), ==, 1);
  again = api_request (fixture, "DELETE", target, fixture->manage, NULL, NULL);
  http_answer_assert_problem (again, 404, "not-found");
}

static void
test_tokens (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) made
      = api_request (fixture, "POST", "/api/tokens", fixture->manage, JSON,
                     "{\"label\":\"page\",\"permissions\":[\"observe\"],\"seconds\":60}");
  g_autoptr (HttpAnswer) bad = api_request (fixture, "POST", "/api/tokens", fixture->manage, JSON,
                                            "{\"label\":\"p\",\"permissions\":[\"all\"]}");
  g_autoptr (HttpAnswer) none = api_request (fixture, "POST", "/api/tokens", fixture->manage, JSON,
                                             "{\"label\":\"p\",\"permissions\":[]}");
  g_autofree char *location = http_answer_dup_header (made, "Location");
  g_autoptr (GVariant) json = api_read_json (made);
  g_autoptr (HttpAnswer) list = api_get (fixture, "/api/tokens", fixture->manage);
  g_autoptr (HttpAnswer) one = api_get (fixture, location, fixture->manage);
  g_autoptr (HttpAnswer) used = NULL;
  g_autoptr (HttpAnswer) revoked = NULL;
  g_autoptr (HttpAnswer) unused = NULL;
  g_autoptr (HttpAnswer) gone = NULL;
  const char *token = NULL;

  api_assert_contains (made, 201, "\"label\":\"page\",\"permissions\":[\"observe\"]");
  g_assert_true (g_variant_lookup (json, "token", "&s", &token));
  g_assert_true (g_str_has_prefix (location, "/api/tokens/"));
  http_answer_assert_problem (bad, 400, "invalid-argument");
  http_answer_assert_problem (none, 400, "invalid-argument");
  api_assert_contains (list, 200, "\"label\":\"page\"");
  api_assert_contains (list, 200, "\"expiresAt\":null");
  g_assert_null (strstr (list->body, token));
  api_assert_contains (one, 200, "\"label\":\"page\"");
  g_assert_null (strstr (one->body, token));

  used = api_get (fixture, "/api/tracing/status", token);
  g_assert_cmpuint (used->status, ==, 200);
  revoked = api_request (fixture, "DELETE", location, fixture->manage, NULL, NULL);
  g_assert_cmpuint (revoked->status, ==, 204);
  unused = api_get (fixture, "/api/tracing/status", token);
  http_answer_assert_problem (unused, 401, "unauthenticated");
  gone = api_request (fixture, "DELETE", location, fixture->manage, NULL, NULL);
  http_answer_assert_problem (gone, 404, "not-found");
}

static void
test_subscribers (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) list = api_get (fixture, "/api/tracing/subscribers", fixture->manage);
  g_autoptr (HttpAnswer) none = api_get (fixture, "/api/tracing/subscribers/7", fixture->manage);
  g_autoptr (HttpAnswer) text = api_get (fixture, "/api/tracing/subscribers/x", fixture->manage);

  api_assert_body (list, 200, "{\"subscribers\":[]}");
  http_answer_assert_problem (none, 404, "not-found");
  http_answer_assert_problem (text, 404, "not-found");
}

static void
test_catalogue (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) types = NULL;
  g_autoptr (HttpAnswer) keys = NULL;
  g_autofree char *language = NULL;

  api_submit (fixture, "seen.only", "some-key", "x");
  types = api_request (fixture, "GET", "/api/tracing/catalogue", fixture->observe,
                       "Accept-Language: de-AT, en;q=0.5\r\n", NULL);
  keys = api_get (fixture, "/api/tracing/keys", fixture->observe);
  language = http_answer_dup_header (types, "Content-Language");
  g_assert_cmpstr (language, ==, "de");
  api_assert_contains (types, 200, "{\"type\":\"seen.only\",\"title\":\"");
  api_assert_contains (types, 200, "\"type\":\"smtp.rcpt-to\"");
  api_assert_contains (keys, 200, "{\"key\":\"remoteIp\",\"title\":\"");
  api_assert_contains (keys, 200, "\"kind\":\"ip\",\"known\":true}");
  api_assert_contains (keys, 200, "\"key\":\"someKey\"");
  api_assert_contains (keys, 200, "\"kind\":null,\"known\":false}");
}

static void
test_status (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) empty = api_get (fixture, "/api/tracing/status", fixture->observe);
  g_autoptr (HttpAnswer) full = NULL;
  g_autoptr (HttpAnswer) sources = NULL;
  g_autoptr (GVariant) json = api_read_json (empty);
  g_autofree char *first = NULL;

  api_assert_contains (empty, 200, "{\"version\":\"1.2.3\",\"epoch\":\"");
  api_assert_contains (empty, 200, "\"limit\":67108864,\"first\":null,\"last\":\"");
  api_assert_contains (empty, 200,
                       "\"ratesByLevel\":{\"error\":{\"1s\":0.0,\"10s\":0.0,\"60s\":0.0}");
  api_submit (fixture, "a.b", NULL, NULL);
  full = api_get (fixture, "/api/tracing/status", fixture->observe);
  first = g_strdup_printf ("\"first\":\"%s.1\",\"last\":\"%s.1\"", lt_hub_get_epoch (fixture->hub),
                           lt_hub_get_epoch (fixture->hub));
  api_assert_contains (full, 200, first);
  api_assert_contains (full, 200, "\"received\":1,");
  api_assert_contains (full, 200, "\"info\":1,");

  g_ptr_array_add (fixture->sources, g_object_new (TEST_TYPE_SOURCE, NULL));
  sources = api_get (fixture, "/api/tracing/sources", fixture->observe);
  api_assert_body (sources, 200,
                   "{\"sources\":[{\"name\":\"mail \\\"log\\\"\\\\\",\"kind\":\"file\",\"state\":"
                   "\"running\",\"detail\":\"/var/log/mail.log\",\"lines\":12,\"events\":11,"
                   "\"unmatched\":1,\"exhausted\":2,\"lost\":0}]}");
}

static void
test_metrics (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *type = NULL;

  g_ptr_array_add (fixture->sources, g_object_new (TEST_TYPE_SOURCE, NULL));
  api_submit (fixture, "a.b", NULL, NULL);
  answer = api_get (fixture, "/metrics", fixture->observe);
  type = http_answer_dup_header (answer, "Content-Type");
  g_assert_cmpstr (type, ==, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  api_assert_contains (answer, 200, "# TYPE livetrace_events_received counter\n");
  api_assert_contains (answer, 200, "livetrace_events_received_total{level=\"info\"} 1\n");
  api_assert_contains (answer, 200, "livetrace_build_info{version=\"1.2.3\"} 1\n");
  api_assert_contains (answer, 200, "livetrace_ring_events 1\n");
  api_assert_contains (answer, 200,
                       "livetrace_source_lines_total{source=\"mail \\\"log\\\"\\\\\"} 12\n");
  g_assert_true (g_str_has_suffix (answer->body, "\n# EOF\n"));
}

#define ADD(name, test)                                                                            \
  g_test_add ("/api/control/" name, ApiFixture, NULL, api_fixture_set_up, test,                    \
              api_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("levels", test_levels);
  ADD ("tokens", test_tokens);
  ADD ("subscribers", test_subscribers);
  ADD ("catalogue", test_catalogue);
  ADD ("status", test_status);
  ADD ("metrics", test_metrics);
  return g_test_run ();
}
