/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-fixture.h"

#include "core/lt-subscription.h"

#include <string.h>

#define LIVE "/api/tracing/live"

/* The value of the last `id:` line. */
static char *
get_last_id (ApiStream *stream)
{
  const char *found = g_strrstr (stream->text->str, "\nid: ");

  if (found == NULL)
    found = g_strrstr (stream->text->str, "\nid:");
  g_assert_nonnull (found);
  found = strchr (found, ':') + 1;
  while (*found == ' ')
    found++;
  return g_strndup (found, strcspn (found, "\n"));
}

static char *
make_ticket (ApiFixture *fixture, const char *token)
{
  g_autoptr (HttpAnswer) answer
      = api_request (fixture, "POST", "/api/tracing/ticket", token, NULL, "");
  g_autoptr (GVariant) json = api_read_json (answer);
  const char *ticket = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_nonnull (strstr (answer->body, "\"expires\":\"2"));
  g_assert_true (g_variant_lookup (json, "ticket", "&s", &ticket));
  return g_strdup (ticket);
}

static void
test_sse (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (ApiStream) stream
      = api_stream_open (fixture, LIVE "?to=jane@example.org", fixture->observe,
                         "Accept: text/event-stream\r\nUser-Agent: test/1\r\n");
  const char *head = stream->text->str;
  g_autoptr (HttpAnswer) list = NULL;

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (head, "Content-Type: text/event-stream\r\n"));
  g_assert_nonnull (strstr (head, "Cache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (head, "X-Accel-Buffering: no\r\n"));
  g_assert_nonnull (strstr (head, "Connection: close\r\n"));
  g_assert_null (strcasestr (head, "Transfer-Encoding"));
  g_assert_null (strcasestr (head, "Content-Length"));
  api_stream_wait (stream, "event: hello");
  api_stream_wait (stream, "jane@example.org");

  api_submit (fixture, "smtp.rcpt-to", "to", "john@example.org");
  api_submit (fixture, "smtp.rcpt-to", "to", "jane@example.org");
  api_stream_wait (stream, "event: trace");
  api_stream_wait (stream, "\"data\":{\"to\":\"jane@example.org\"}");
  g_assert_null (strstr (stream->text->str, "john@"));

  list = api_get (fixture, "/api/tracing/subscribers", fixture->manage);
  api_assert_contains (list, 200, "\"identity\":\"watcher\",\"userAgent\":\"test/1\"");
  api_assert_contains (list, 200, "\"transport\":\"sse\",\"peer\":\"127.0.0.1:");
  api_assert_contains (list, 200, "\"context\":\"span\"");
  api_assert_contains (list, 200, "\"matched\":1");
}

static void
test_forms (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (ApiStream) by_parameter
      = api_stream_open (fixture, LIVE "?format=ndjson", fixture->observe, NULL);
  g_autoptr (ApiStream) by_header = api_stream_open (
      fixture, "/api/telemetry/traces/live", fixture->observe, "Accept: application/x-ndjson\r\n");
  g_autoptr (HttpAnswer) neither
      = api_request (fixture, "GET", LIVE, fixture->observe, "Accept: text/html\r\n", NULL);
  g_autoptr (HttpAnswer) unknown = api_get (fixture, LIVE "?format=xml", fixture->observe);
  g_autoptr (HttpAnswer) head = api_request (fixture, "HEAD", LIVE, fixture->observe, NULL, NULL);
  g_autofree char *type = http_answer_dup_header (head, "Content-Type");

  api_stream_wait (by_parameter, "Content-Type: application/x-ndjson\r\n");
  api_stream_wait (by_parameter, "{\"control\":\"hello\"");
  api_stream_wait (by_header, "{\"control\":\"hello\"");
  api_submit (fixture, "a.b", NULL, NULL);
  api_stream_wait (by_header, "\"type\":\"a.b\"");
  http_answer_assert_problem (neither, 406, "not-acceptable");
  http_answer_assert_problem (unknown, 400, "invalid-argument");
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpstr (type, ==, "text/event-stream");
  g_assert_cmpstr (head->body, ==, "");
}

static void
test_resume (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *header = NULL;
  g_autofree char *target = NULL;
  g_autoptr (ApiStream) first = api_stream_open (fixture, LIVE, fixture->observe, NULL);
  g_autoptr (ApiStream) by_header = NULL;
  g_autoptr (ApiStream) by_parameter = NULL;

  api_stream_wait (first, "event: hello");
  api_submit (fixture, "a.one", NULL, NULL);
  api_stream_wait (first, "a.one");
  id = get_last_id (first);

  api_submit (fixture, "a.two", NULL, NULL);
  header = g_strdup_printf ("Last-Event-ID: %s\r\n", id);
  by_header = api_stream_open (fixture, LIVE "?last-event-id=x.1", fixture->observe, header);
  api_stream_wait (by_header, "a.two");
  api_stream_wait (by_header, "event: live");
  g_assert_null (strstr (by_header->text->str, "a.one"));
  g_assert_null (strstr (by_header->text->str, "event: gap"));

  target = g_strdup_printf (LIVE "?last-event-id=%s&last=1000", id);
  by_parameter = api_stream_open (fixture, target, fixture->observe, NULL);
  api_stream_wait (by_parameter, "a.two");
  g_assert_null (strstr (by_parameter->text->str, "a.one"));
}

static void
test_starts (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (ApiStream) last = NULL;
  g_autoptr (ApiStream) since = NULL;
  g_autoptr (ApiStream) limited = NULL;
  g_autoptr (ApiStream) foreign = NULL;

  api_submit (fixture, "a.one", NULL, NULL);
  api_submit (fixture, "a.two", NULL, NULL);
  api_submit (fixture, "a.three", NULL, NULL);

  last = api_stream_open (fixture, LIVE "?last=2", fixture->observe, NULL);
  api_stream_wait (last, "event: live");
  g_assert_null (strstr (last->text->str, "a.one"));
  g_assert_nonnull (strstr (last->text->str, "a.two"));

  since = api_stream_open (fixture, LIVE "?since=5m", fixture->observe, NULL);
  api_stream_wait (since, "event: live");
  g_assert_nonnull (strstr (since->text->str, "a.one"));

  limited = api_stream_open (fixture, LIVE "?since=-1h&limit=2", fixture->observe, NULL);
  api_stream_wait_end (limited);
  g_assert_nonnull (strstr (limited->text->str, "a.two"));
  g_assert_null (strstr (limited->text->str, "a.three"));
  g_assert_nonnull (strstr (limited->text->str, "event: bye"));

  foreign = api_stream_open (fixture, LIVE, fixture->observe, "Last-Event-ID: nonsense\r\n");
  api_stream_wait (foreign, "event: gap");
  api_stream_wait (foreign, "a.one");
}

static void
test_bad_parameters (ApiFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    const char *code;
  } rows[] = {
    { "last=x", "invalid-argument" },          { "last=-1", "invalid-argument" },
    { "limit=0", "invalid-argument" },         { "limit=1&limit=2", "invalid-argument" },
    { "since=yesterday", "invalid-argument" }, { "context=all", "invalid-argument" },
    { "until=-5m", "invalid-argument" },       { "until=2001-01-01T00:00:00Z", "invalid-argument" },
    { "remoteipp=1", "unknown-key" },          { "to=", "invalid-filter" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *target = g_strdup_printf (LIVE "?%s", rows[i].query);
      g_autoptr (HttpAnswer) answer = api_get (fixture, target, fixture->observe);

      g_test_message ("%s", rows[i].query);
      http_answer_assert_problem (answer, 400, rows[i].code);
    }
}

static void
test_until (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (ApiStream) stream
      = api_stream_open (fixture, LIVE "?until=50ms", fixture->observe, NULL);

  api_stream_wait_end (stream);
  g_assert_nonnull (strstr (stream->text->str, "{\"reason\":\"until\"}"));
}

static void
test_revoked (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *ticket = make_ticket (fixture, fixture->observe);
  g_autofree char *target = g_strdup_printf (LIVE "?ticket=%s", ticket);
  g_autoptr (ApiStream) by_token = api_stream_open (fixture, LIVE, fixture->observe, NULL);
  g_autoptr (ApiStream) by_ticket = api_stream_open (fixture, target, NULL, NULL);
  g_autofree char *other
      = lt_access_create_token (fixture->access, "other", LT_PERMISSION_OBSERVE, 0, NULL, NULL);
  g_autoptr (ApiStream) of_other = api_stream_open (fixture, LIVE, other, NULL);

  api_stream_wait (by_token, "event: hello");
  api_stream_wait (by_ticket, "event: hello");
  g_assert_true (lt_access_revoke_token (fixture->access, fixture->observe_id, NULL));
  api_stream_wait_end (by_token);
  api_stream_wait_end (by_ticket);
  g_assert_nonnull (strstr (by_token->text->str, "{\"reason\":\"revoked\"}"));
  g_assert_nonnull (strstr (by_ticket->text->str, "{\"reason\":\"revoked\"}"));
  api_submit (fixture, "a.one", NULL, NULL);
  api_stream_wait (of_other, "a.one");
}

static void
test_expired (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *token
      = lt_access_create_token (fixture->access, "brief", LT_PERMISSION_OBSERVE, 1, NULL, NULL);
  g_autoptr (ApiStream) stream = api_stream_open (fixture, LIVE, token, NULL);

  api_stream_wait_end (stream);
  g_assert_nonnull (strstr (stream->text->str, "{\"reason\":\"expired\"}"));
}

static void
test_disconnect (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (ApiStream) stream = api_stream_open (fixture, LIVE, fixture->observe, NULL);
  g_autoptr (GPtrArray) subscriptions = NULL;
  g_autofree char *target = NULL;
  g_autoptr (HttpAnswer) one = NULL;
  g_autoptr (HttpAnswer) ended = NULL;
  g_autoptr (HttpAnswer) none = NULL;

  api_stream_wait (stream, "event: hello");
  subscriptions = lt_hub_list_subscriptions (fixture->hub);
  g_assert_cmpuint (subscriptions->len, ==, 1);
  target = g_strdup_printf ("/api/tracing/subscribers/%" G_GUINT64_FORMAT,
                            lt_subscription_get_number (g_ptr_array_index (subscriptions, 0)));
  one = api_get (fixture, target, fixture->manage);
  api_assert_contains (one, 200, "\"state\":\"live\"");
  ended = api_request (fixture, "DELETE", target, fixture->manage, NULL, NULL);
  g_assert_cmpuint (ended->status, ==, 204);
  api_stream_wait_end (stream);
  g_assert_nonnull (strstr (stream->text->str, "{\"reason\":\"disconnected\"}"));
  g_clear_pointer (&stream, api_stream_close);
  api_wait_for_no_subscriber (fixture);
  none = api_request (fixture, "DELETE", target, fixture->manage, NULL, NULL);
  http_answer_assert_problem (none, 404, "not-found");
}

static void
assert_ticket_refused (ApiFixture *fixture, const char *target, const char *headers, guint status,
                       const char *code)
{
  g_autoptr (HttpAnswer) answer = api_request (fixture, "GET", target, NULL, headers, NULL);

  http_answer_assert_problem (answer, status, code);
}

static void
test_ticket (ApiFixture *fixture, gconstpointer data)
{
  g_autofree char *ticket = make_ticket (fixture, fixture->observe);
  g_autofree char *target = g_strdup_printf (LIVE "?to=jane&ticket=%s", ticket);
  g_autofree char *elsewhere = g_strdup_printf ("/api/tracing/events?ticket=%s", ticket);
  g_autofree char *other_filter = g_strdup_printf (LIVE "?to=john&token=%s", ticket);
  g_autofree char *bad_filter = g_strdup_printf (LIVE "?nobody=1&ticket=%s", ticket);
  g_autofree char *id = NULL;
  g_autofree char *header = NULL;
  ApiStream *stream;

  /* It is for streams alone, and one that does not come to be does not use it up. */
  assert_ticket_refused (fixture, elsewhere, NULL, 401, "unauthenticated");
  assert_ticket_refused (fixture, bad_filter, NULL, 400, "unknown-key");
  stream = api_stream_open (fixture, target, NULL, NULL);
  api_stream_wait (stream, "event: hello");
  id = get_last_id (stream);
  header = g_strdup_printf ("Last-Event-ID: %s\r\n", id);

  /* While it is open, and later without a place to go on from, it is used up. */
  assert_ticket_refused (fixture, target, NULL, 401, "unauthenticated");
  assert_ticket_refused (fixture, target, header, 401, "unauthenticated");
  api_stream_close (stream);
  api_wait_for_no_subscriber (fixture);
  assert_ticket_refused (fixture, target, NULL, 401, "unauthenticated");
  assert_ticket_refused (fixture, other_filter, header, 403, "denied");

  api_submit (fixture, "smtp.rcpt-to", "to", "jane@example.org");
  stream = api_stream_open (fixture, target, NULL, header);
  api_stream_wait (stream, "jane@example.org");
  api_stream_close (stream);
  api_wait_for_no_subscriber (fixture);
}

static void
test_stalwart_ticket (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer
      = api_get (fixture, "/api/telemetry/live/tracing-token", fixture->observe);
  g_autoptr (GVariant) json = api_read_json (answer);
  g_autofree char *target = NULL;
  g_autoptr (ApiStream) stream = NULL;
  const char *ticket = NULL;

  g_assert_true (g_variant_lookup (json, "data", "&s", &ticket));
  target = g_strdup_printf ("/api/telemetry/traces/live?token=%s", ticket);
  stream = api_stream_open (fixture, target, NULL, NULL);
  api_stream_wait (stream, "event: hello");
}

static void
test_ticket_expiry (ApiFixture *fixture, gconstpointer data)
{
  const LtTicketLimits limits = { 0, 0, 10, 10 };
  g_autofree char *ticket = NULL;
  g_autofree char *target = NULL;

  lt_ticket_store_set_limits (lt_access_get_tickets (fixture->access), &limits);
  ticket = make_ticket (fixture, fixture->observe);
  target = g_strdup_printf (LIVE "?ticket=%s", ticket);
  assert_ticket_refused (fixture, target, NULL, 401, "unauthenticated");

  /* A good credential beside it counts. */
  {
    g_autoptr (ApiStream) stream = api_stream_open (fixture, target, fixture->observe, NULL);

    api_stream_wait (stream, "event: hello");
  }
}

#define ADD(name, test)                                                                            \
  g_test_add ("/api/stream/" name, ApiFixture, NULL, api_fixture_set_up, test,                     \
              api_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sse", test_sse);
  ADD ("forms", test_forms);
  ADD ("resume", test_resume);
  ADD ("starts", test_starts);
  ADD ("bad-parameters", test_bad_parameters);
  ADD ("until", test_until);
  ADD ("revoked", test_revoked);
  ADD ("expired", test_expired);
  ADD ("disconnect", test_disconnect);
  ADD ("ticket", test_ticket);
  ADD ("stalwart-ticket", test_stalwart_ticket);
  ADD ("ticket-expiry", test_ticket_expiry);
  return g_test_run ();
}
