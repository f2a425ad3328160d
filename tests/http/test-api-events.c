/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-fixture.h"

#include <string.h>
#include <unistd.h>

#define EVENTS "/api/tracing/events"
#define JSON   "Content-Type: application/json\r\n"
#define NDJSON "Content-Type: application/x-ndjson\r\n"

static HttpAnswer *
inject (ApiFixture *fixture, const char *headers, const char *body)
{
  return api_request (fixture, "POST", EVENTS, fixture->inject, headers, body);
}

static void
assert_injected (ApiFixture *fixture, const char *headers, const char *body, guint accepted,
                 guint refused)
{
  g_autofree char *expected
      = g_strdup_printf ("{\"accepted\":%u,\"refused\":%u}", accepted, refused);
  g_autoptr (HttpAnswer) answer = inject (fixture, headers, body);

  api_assert_body (answer, 202, expected);
}

static void
test_inject (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) level = api_request (fixture, "PUT", "/api/tracing/levels/noise.%2A",
                                              fixture->manage, JSON, "{\"level\":\"warn\"}");
  g_autoptr (HttpAnswer) got = NULL;

  assert_injected (fixture, JSON, "{\"type\":\"a.one\"}", 1, 0);
  assert_injected (fixture, JSON, "[{\"type\":\"a.two\"},{\"type\":\"noise.x\"}]", 1, 1);
  assert_injected (fixture, JSON, "{\"events\":[{\"type\":\"a.three\"}]}", 1, 0);
  assert_injected (fixture, NDJSON, "{\"type\":\"a.four\"}\n{\"type\":\"a.five\"}\n", 2, 0);
  assert_injected (fixture, "Content-Type: application/json; charset=utf-8\r\n", "[]", 0, 0);
  got = api_get (fixture, EVENTS "?context=event", fixture->observe);
  api_assert_contains (got, 200, "\"type\":\"a.five\"");
  api_assert_contains (got, 200, ".5\"");
  g_assert_null (strstr (got->body, "noise"));
}

static void
test_inject_refused (ApiFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    const char *body;
    guint status;
    const char *code;
    const char *part;
  } rows[] = {
    { "Content-Type: text/plain\r\n", "{}", 415, "unsupported-media", "application/json" },
    { NULL, "{}", 415, "unsupported-media", "Content-Type" },
    { JSON, "", 400, "invalid-json", "detail" },
    { JSON, "[{\"type\":\"a.b\"},{\"type\":\"a.b\"", 400, "invalid-json", "\"position\":" },
    { JSON, "[{\"type\":\"a.b\"},{\"text\":\"x\"}]", 400, "invalid-event", "\"index\":1" },
    { NDJSON, "{\"type\":\"a.b\"}\n{\"type\":\"A B\"}\n", 400, "invalid-event", "\"index\":1" },
    { JSON, "{\"type\":\"a.b\",\"level\":\"loud\"}", 400, "invalid-level", "loud" },
    { JSON, "{\"type\":\"a.b\",\"data\":{\"n\":1e400}}", 400, "invalid-json", "\"position\":" },
    { JSON, "{\"type\":\"a.b\",\"text\":\"\\u0000\"}", 400, "invalid-json", "\"position\":" },
  };
  g_autoptr (HttpAnswer) query
      = api_request (fixture, "POST", EVENTS "?x=1", fixture->inject, JSON, "[]");
  g_autoptr (HttpAnswer) got = NULL;

  http_answer_assert_problem (query, 400, "unknown-option");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (HttpAnswer) answer = inject (fixture, rows[i].headers, rows[i].body);

      g_test_message ("%s: %s", rows[i].body, answer->body);
      http_answer_assert_problem (answer, rows[i].status, rows[i].code);
      g_assert_nonnull (strstr (answer->body, rows[i].part));
    }

  /* Nothing of a bad batch was taken. */
  got = api_get (fixture, EVENTS, fixture->observe);
  api_assert_contains (got, 200, "{\"events\":[],\"last\":\"");
}

static void
test_snapshot (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) all = NULL;
  g_autoptr (HttpAnswer) two = NULL;
  g_autoptr (HttpAnswer) some = NULL;
  g_autoptr (HttpAnswer) lines = NULL;
  g_autoptr (HttpAnswer) after = NULL;
  g_autoptr (HttpAnswer) ended = NULL;
  g_autoptr (GVariant) json = NULL;
  g_autoptr (GVariant) events = NULL;
  g_autofree char *target = NULL;
  g_autofree char *type = NULL;
  char id[LT_EVENT_ID_SIZE];

  for (guint i = 0; i < 150; i++)
    api_submit (fixture, i % 2 == 0 ? "a.even" : "a.odd", "to", "x@example.org");

  all = api_get (fixture, EVENTS, fixture->observe);
  json = api_read_json (all);
  events = g_variant_lookup_value (json, "events", NULL);
  g_assert_cmpuint (g_variant_n_children (events), ==, 100);
  lt_hub_format_id (fixture->hub, 150, id);
  g_assert_nonnull (strstr (all->body, id));
  two = api_get (fixture, EVENTS "?limit=2&type=a.odd", fixture->observe);
  g_assert_null (strstr (two->body, "a.even"));
  api_assert_contains (two, 200, ".148\"");
  api_assert_contains (two, 200, ".150\"");
  g_assert_null (strstr (two->body, ".146\""));
  some = api_get (fixture, EVENTS "?q=type%3Aa.even&last=1", fixture->observe);
  api_assert_contains (some, 200, ".149\"");
  lines = api_request (fixture, "GET", EVENTS "?limit=3", fixture->observe,
                       "Accept: application/x-ndjson\r\n", NULL);
  type = http_answer_dup_header (lines, "Content-Type");
  g_assert_cmpstr (type, ==, "application/x-ndjson");
  g_assert_true (g_str_has_prefix (lines->body, "{\"id\":"));
  g_assert_true (g_str_has_suffix (lines->body, "}\n"));
  {
    g_auto (GStrv) parts = g_strsplit (lines->body, "\n", -1);

    g_assert_cmpuint (g_strv_length (parts), ==, 4);
  }

  lt_hub_format_id (fixture->hub, 149, id);
  target = g_strdup_printf (EVENTS "?last-event-id=%s", id);
  after = api_get (fixture, target, fixture->observe);
  api_assert_contains (after, 200, ".150\"");
  g_assert_null (strstr (after->body, ".149\""));
  ended = api_get (fixture, EVENTS "?until=1h", fixture->observe);
  api_assert_contains (ended, 200, "{\"events\":[],");
}

static void
test_snapshot_refused (ApiFixture *fixture, gconstpointer data)
{
  static const char *const queries[]
      = { "limit=0", "limit=10001", "limit=x", "context=x", "since=x", "format=sse", "ticket=x" };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *target = g_strdup_printf (EVENTS "?%s", queries[i]);
      g_autoptr (HttpAnswer) answer = api_get (fixture, target, fixture->observe);

      g_test_message ("%s: %s", queries[i], answer->body);
      g_assert_cmpuint (answer->status, ==, 400);
    }
}

/* Far more than fits into a slice of one turn, or into one answer. */
static void
test_large (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *value = g_strnfill (30000, 'x');
  g_autoptr (HttpAnswer) answer = NULL;

  for (guint i = 0; i < 1000; i++)
    api_submit (fixture, "a.large", "to", value);
  answer = api_get (fixture, EVENTS "?limit=1000", fixture->observe);
  api_assert_contains (answer, 200, ".1000\"");
  api_assert_contains (answer, 200, "\"omitted\":");
  g_assert_cmpuint (strlen (answer->body), >, 7 * 1024 * 1024);
  g_assert_cmpuint (strlen (answer->body), <, 9 * 1024 * 1024);
}

/* Clients that ask and do not read must not pile up answers without end. */
static void
test_answers_bounded (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *value = g_strnfill (30000, 'x');
  g_autofree char *text = g_strdup_printf ("GET " EVENTS "?limit=250 HTTP/1.1\r\nHost: %s\r\n"
                                           "Authorization: Bearer %s\r\n\r\n",
                                           fixture->address, fixture->observe);
  int fds[12];
  guint n_busy = 0;

  for (guint i = 0; i < 250; i++)
    api_submit (fixture, "a.large", "to", value);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = http_connect (fixture->address);
      http_send (fds[i], text, strlen (text));
    }
  for (guint i = G_N_ELEMENTS (fds); i > 0; i--)
    {
      g_autoptr (HttpAnswer) answer = http_receive (fds[i - 1]);

      if (answer->status == 503)
        n_busy++;
      else
        g_assert_cmpuint (answer->status, ==, 200);
      close (fds[i - 1]);
    }
  g_assert_cmpuint (n_busy, >, 0);
  g_assert_cmpuint (n_busy, <, 6);
  {
    g_autoptr (HttpAnswer) again = api_get (fixture, EVENTS "?limit=250", fixture->observe);

    g_assert_cmpuint (again->status, ==, 200);
  }
}

static void
test_span (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) span = NULL;
  g_autoptr (HttpAnswer) trace = NULL;
  g_autoptr (HttpAnswer) none = NULL;
  g_autoptr (HttpAnswer) bad = NULL;

  assert_injected (fixture, JSON,
                   "[{\"type\":\"c.start\",\"span\":\"start\",\"data\":{\"spanId\":\"c/1\"}},"
                   "{\"type\":\"m.start\",\"span\":\"start\",\"data\":{\"spanId\":\"m1\","
                   "\"parentSpanId\":\"c/1\"}},"
                   "{\"type\":\"other.thing\"},"
                   "{\"type\":\"c.end\",\"span\":\"end\",\"data\":{\"spanId\":\"c/1\"}}]",
                   4, 0);
  span = api_get (fixture, "/api/tracing/spans/c%2F1", fixture->observe);
  api_assert_contains (span, 200, "{\"spanId\":\"c/1\",\"events\":[{");
  api_assert_contains (span, 200, "c.start");
  api_assert_contains (span, 200, "c.end");
  g_assert_null (strstr (span->body, "m.start"));
  trace = api_get (fixture, "/api/tracing/spans/m1?context=trace", fixture->observe);
  api_assert_contains (trace, 200, "c.start");
  api_assert_contains (trace, 200, "m.start");
  g_assert_null (strstr (trace->body, "other.thing"));
  none = api_get (fixture, "/api/tracing/spans/none", fixture->observe);
  http_answer_assert_problem (none, 404, "not-found");
  bad = api_get (fixture, "/api/tracing/spans/m1?context=all", fixture->observe);
  http_answer_assert_problem (bad, 400, "invalid-argument");
}

static void
test_filter (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) empty = api_get (fixture, "/api/tracing/filter", fixture->observe);
  g_autoptr (HttpAnswer) some
      = api_get (fixture, "/api/tracing/filter?To=jane&level=WARN", fixture->observe);
  g_autoptr (HttpAnswer) unknown
      = api_get (fixture, "/api/tracing/filter?to=a&remoteipp=1", fixture->observe);
  g_autoptr (HttpAnswer) text
      = api_get (fixture, "/api/tracing/filter?q=nothing:1", fixture->observe);

  api_assert_body (empty, 200, "{\"filter\":\"\"}");
  api_assert_contains (some, 200, "to:jane");
  http_answer_assert_problem (unknown, 400, "unknown-key");
  g_assert_nonnull (strstr (unknown->body, "remoteIp"));
  g_assert_nonnull (strstr (unknown->body, "\"position\":5"));
  http_answer_assert_problem (text, 400, "unknown-key");
}

#define ADD(name, test)                                                                            \
  g_test_add ("/api/events/" name, ApiFixture, NULL, api_fixture_set_up, test,                     \
              api_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("inject", test_inject);
  ADD ("inject-refused", test_inject_refused);
  ADD ("snapshot", test_snapshot);
  ADD ("snapshot-refused", test_snapshot_refused);
  ADD ("large", test_large);
  ADD ("answers-bounded", test_answers_bounded);
  ADD ("span", test_span);
  ADD ("filter", test_filter);
  return g_test_run ();
}
