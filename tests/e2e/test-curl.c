/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Debian's curl sees of a running daemon. */

#include "daemon-fixture.h"
#include "stream-client.h"

#include <string.h>

#define N_ROUNDS  12
#define N_A_ROUND 40

static void
set_up (TestDaemon *daemon, gconstpointer unused)
{
  test_daemon_init (daemon, NULL);
}

static void
tear_down (TestDaemon *daemon, gconstpointer unused)
{
  test_daemon_clear (daemon);
}

static char *
make_url (TestDaemon *daemon, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", daemon->port, path);
}

/* Runs curl with the daemon's token, if it has one, and what else is given, up to %NULL; @input is
 * its standard input. Returns the body; @status is HTTP's, @type the content type. */
static char *
curl (TestDaemon *daemon, const char *path, const char *input, int *status, char **type,
      const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = make_url (daemon, path);
  g_autofree char *token = g_strdup_printf ("Authorization: Bearer %s", daemon->token);
  char *output = NULL;
  char *end;

  for (const char *const *word
       = (const char *const[]){ "curl", "--silent", "--show-error", "--globoff", "--write-out",
                                "\n%{http_code} %{content_type}", NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, (gpointer) *word);
  if (daemon->token != NULL)
    {
      g_ptr_array_add (argv, (gpointer) "--header");
      g_ptr_array_add (argv, token);
    }
  for (; arguments != NULL && *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, url);
  g_ptr_array_add (argv, NULL);

  process
      = g_subprocess_newv ((const char *const *) argv->pdata,
                           G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, input != NULL ? input : "", NULL, &output,
                                                NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));

  end = strrchr (output, '\n');
  g_assert_nonnull (end);
  *end = '\0';
  if (status != NULL)
    *status = (int) g_ascii_strtoll (end + 1, NULL, 10);
  if (type != NULL)
    *type = g_strdup (strchr (end + 1, ' ') + 1);

  return output;
}

static const char *const post_json[]
    = { "--header", "Content-Type: application/json", "--data-binary", "@-", NULL };
static const char *const post_lines[]
    = { "--header", "Content-Type: application/x-ndjson", "--data-binary", "@-", NULL };
static const char *const post_nothing[] = { "--request", "POST", NULL };
static const char *const delete[] = { "--request", "DELETE", NULL };

static JsonNode *
get_json (TestDaemon *daemon, const char *path, const char *input, int expected_status,
          const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *type = NULL;
  g_autofree char *body = NULL;
  JsonNode *node;
  int status;

  body = curl (daemon, path, input, &status, &type, arguments);
  if (status != expected_status)
    g_test_message ("%s: %s", path, body);
  g_assert_cmpint (status, ==, expected_status);
  g_assert_cmpstr (type, ==, status < 400 ? "application/json" : "application/problem+json");
  node = json_from_string (body, &error);
  g_assert_no_error (error);

  return node;
}

static void
inject_numbered (TestDaemon *daemon, gint64 *n, guint how_many)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (JsonNode) answer = NULL;

  for (guint i = 0; i < how_many; i++)
    g_string_append_printf (
        lines, "{\"type\":\"e2e.event\",\"data\":{\"n\":%" G_GINT64_FORMAT "}}\n", ++*n);
  answer = get_json (daemon, "/api/tracing/events", lines->str, 202, post_lines);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (answer), "accepted"), ==,
                   how_many);
}

/* Ends a stream as an administrator does. */
static void
disconnect (TestDaemon *daemon, TestStream *stream)
{
  g_autofree char *path
      = g_strdup_printf ("/api/tracing/subscribers/%" G_GINT64_FORMAT, stream->subscriber);
  g_autofree char *body = NULL;
  int status;

  body = curl (daemon, path, NULL, &status, NULL, delete);
  g_assert_cmpint (status, ==, 204);
  for (;;)
    {
      g_autoptr (JsonNode) data = NULL;
      g_autofree char *event = test_stream_next (stream, &data);

      g_assert_nonnull (event);
      if (!g_str_equal (event, "bye"))
        continue;
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (data), "reason"), ==,
                       "disconnected");
      break;
    }
  g_assert_null (test_stream_next (stream, NULL));
  /* Nothing was cut short. */
  g_assert_cmpint (test_stream_wait_end (stream), ==, 0);
}

/* Ended from either side, with events on their way and between, a stream goes on where it was:
 * what was read before counts, what was not comes again. */
static void
resume (TestDaemon *daemon, gboolean is_sse)
{
  TestStream stream = { .token = daemon->token, .is_sse = is_sse };
  g_autofree char *url = make_url (daemon, "/api/tracing/live?type=e2e.event");
  gint64 n = 0;

  test_stream_open (&stream, url);
  test_stream_read_until (&stream, "hello");
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      inject_numbered (daemon, &n, N_A_ROUND);
      if (round % 2 == 0)
        {
          /* All of it is read, then the daemon ends it. */
          test_stream_count_until (&stream, n);
          disconnect (daemon, &stream);
        }
      else
        {
          /* Half of it is read, at least, and curl dies. */
          test_stream_count_until (&stream, n - N_A_ROUND / 2);
          test_stream_kill (&stream);
        }
      inject_numbered (daemon, &n, N_A_ROUND);
      test_stream_open (&stream, url);
      test_stream_read_until (&stream, "hello");
      inject_numbered (daemon, &n, 1);
      test_stream_count_until (&stream, n);
    }
  g_assert_cmpint (stream.last_n, ==, N_ROUNDS * (2 * N_A_ROUND + 1));
  test_stream_clear (&stream);
}

static void
test_resume_sse (TestDaemon *daemon, gconstpointer unused)
{
  resume (daemon, TRUE);
}

static void
test_resume_ndjson (TestDaemon *daemon, gconstpointer unused)
{
  resume (daemon, FALSE);
}

static void
check_counts (JsonNode *answer, gint64 accepted, gint64 refused)
{
  JsonObject *object = json_node_get_object (answer);

  g_assert_cmpint (json_object_get_int_member (object, "accepted"), ==, accepted);
  g_assert_cmpint (json_object_get_int_member (object, "refused"), ==, refused);
}

static void
test_inject (TestDaemon *daemon, gconstpointer unused)
{
  static const char *const put_json[]
      = { "--request",     "PUT", "--header", "Content-Type: application/json",
          "--data-binary", "@-",  NULL };
  g_autoptr (JsonNode) one = NULL;
  g_autoptr (JsonNode) array = NULL;
  g_autoptr (JsonNode) object = NULL;
  g_autoptr (JsonNode) lines = NULL;
  g_autoptr (JsonNode) level = NULL;
  g_autoptr (JsonNode) refused = NULL;
  g_autoptr (JsonNode) snapshot = NULL;

  one = get_json (daemon, "/api/tracing/events", "{\"type\":\"a.a\"}", 202, post_json);
  check_counts (one, 1, 0);
  array = get_json (daemon, "/api/tracing/events", "[{\"type\":\"a.b\"},{\"type\":\"a.c\"}]", 202,
                    post_json);
  check_counts (array, 2, 0);
  object = get_json (daemon, "/api/tracing/events", "{\"events\":[{\"type\":\"a.d\"}]}", 202,
                     post_json);
  check_counts (object, 1, 0);
  lines = get_json (daemon, "/api/tracing/events", "{\"type\":\"a.e\"}\n{\"type\":\"a.f\"}", 202,
                    post_lines);
  check_counts (lines, 2, 0);

  level = get_json (daemon, "/api/tracing/levels/a.%2A", "{\"level\":\"warn\"}", 200, put_json);
  refused
      = get_json (daemon, "/api/tracing/events",
                  "[{\"type\":\"a.g\"},{\"type\":\"a.h\",\"level\":\"error\"}]", 202, post_json);
  check_counts (refused, 1, 1);

  snapshot = get_json (daemon, "/api/tracing/events?type=a.*", NULL, 200, NULL);
  g_assert_cmpuint (json_array_get_length (
                        json_object_get_array_member (json_node_get_object (snapshot), "events")),
                    ==, 7);
}

/* A refusal: what is asked, and what is said of it. */
typedef struct
{
  const char *path;
  const char *method;
  const char *content_type;
  const char *body;
  int status;
  const char *code;
  gint64 index;         /* -1 for none */
  const char *in_words; /* to be found in `detail` */
} Refusal;

#define EVENTS "/api/tracing/events"
#define JSON   "application/json"
#define LINES  "application/x-ndjson"

static const Refusal refusals[] = {
  { "/api/tracing/nothing", "GET", NULL, NULL, 404, "not-found", -1, "/api/tracing/nothing" },
  { "/api/tracing/live/", "GET", NULL, NULL, 404, "not-found", -1, NULL },
  { "/api/tracing/live", "PUT", NULL, "", 405, "method-not-allowed", -1, "PUT" },
  { "/api/tracing/live?remoteipp=192.0.2.1", "GET", NULL, NULL, 400, "unknown-key", -1,
    "did you mean \"remoteIp\"" },
  { "/api/tracing/live?level=loud", "GET", NULL, NULL, 400, NULL, -1, "loud" },
  { "/api/tracing/live?last=many", "GET", NULL, NULL, 400, NULL, -1, "many" },
  { "/api/tracing/live?context=all", "GET", NULL, NULL, 400, NULL, -1, "all" },
  { "/api/tracing/live?since=yesterday", "GET", NULL, NULL, 400, NULL, -1, "yesterday" },
  { "/api/tracing/live?from~=(", "GET", NULL, NULL, 400, "invalid-filter", -1, NULL },
  { "/api/tracing/live?to=%00", "GET", NULL, NULL, 400, NULL, -1, NULL },
  { "/api/tracing/live?to=%ff", "GET", NULL, NULL, 400, NULL, -1, NULL },
  { "/api/tracing/live?q=to:", "GET", NULL, NULL, 400, "invalid-filter", -1, NULL },
  { "/api/tracing/spans/nothing", "GET", NULL, NULL, 404, "not-found", -1, "nothing" },
  { "/api/tracing/subscribers/999", "DELETE", NULL, NULL, 404, "not-found", -1, "999" },
  { "/api/tracing/levels/a.%2A", "PUT", JSON, "{\"level\":\"loud\"}", 400, NULL, -1, "loud" },
  { "/api/tracing/levels/a.%2A", "PUT", JSON, "{\"level\":\"warn\",\"second\":1}", 400,
    "unknown-option", -1, "second" },
  { "/api/tokens", "POST", JSON, "{\"label\":\"x\",\"permissions\":[\"rule\"]}", 400, NULL, -1,
    "rule" },
  { EVENTS, "POST", "text/plain", "{\"type\":\"a.a\"}", 415, "unsupported-media", -1, NULL },
  { EVENTS, "POST", JSON, "", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "{\"type\":", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "[{\"type\":\"a.a\"},]", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "{'type':'a.a'}", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "[{\"type\":\"a.a\"}] x", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "[{\"type\":\"a.a\"},{\"typo\":\"a.b\"}]", 400, NULL, 1, "typo" },
  { EVENTS, "POST", JSON, "[{\"type\":\"a.a\"},{\"text\":\"a\"}]", 400, "invalid-event", 1,
    "type" },
  { EVENTS, "POST", JSON, "{\"type\":\"No Type\"}", 400, "invalid-event", -1, "No Type" },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"level\":\"loud\"}", 400, NULL, -1, "loud" },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"createdAt\":\"noon\"}", 400, "invalid-event", -1,
    "noon" },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"text\":\"a\\u0000b\"}", 400, NULL, -1, NULL },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"text\":\"\\ud800\"}", 400, "invalid-json", -1,
    NULL },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"text\":\"\xff\"}", 400, "invalid-json", -1, NULL },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"type\":\"a.b\"}", 400, NULL, -1, "type" },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"data\":{\"n\":1e400}}", 400, NULL, -1, NULL },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"data\":{\"n\":99999999999999999999}}", 400, NULL, -1,
    NULL },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"data\":{\"remote-ip\":1,\"remoteIp\":2}}", 400, NULL,
    -1, "remoteIp" },
  { EVENTS, "POST", JSON, "{\"type\":\"a.a\",\"data\":{\"o\":{\"a\":1}}}", 400, NULL, -1, NULL },
  { EVENTS, "POST", LINES, "{\"type\":\"a.a\"}\n{\"type\":\"a.b\"\n", 400, "invalid-json", 1,
    NULL },
};

static void
check_refusal (TestDaemon *daemon, const Refusal *refusal)
{
  g_autofree char *content_type = g_strdup_printf (
      "Content-Type: %s", refusal->content_type != NULL ? refusal->content_type : "text/plain");
  const char *const arguments[] = { "--request",
                                    refusal->method,
                                    "--header",
                                    content_type,
                                    refusal->body != NULL ? "--data-binary" : NULL,
                                    "@-",
                                    NULL };
  g_autoptr (JsonNode) problem = NULL;
  JsonObject *object;
  const char *detail;
  g_autofree char *shown = g_strescape (refusal->body != NULL ? refusal->body : "", "\"");

  problem = get_json (daemon, refusal->path, refusal->body, refusal->status, arguments);
  object = json_node_get_object (problem);
  detail = json_object_get_string_member (object, "detail");
  g_test_message ("%s %s %s\n    %s: %s", refusal->method, refusal->path, shown,
                  json_object_get_string_member (object, "code"), detail);
  g_assert_cmpint (json_object_get_int_member (object, "status"), ==, refusal->status);
  g_assert_cmpint (strlen (json_object_get_string_member (object, "title")), >, 0);
  if (refusal->code != NULL)
    g_assert_cmpstr (json_object_get_string_member (object, "code"), ==, refusal->code);
  if (refusal->in_words != NULL && strstr (detail, refusal->in_words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", detail, refusal->in_words);
  if (refusal->index >= 0)
    g_assert_cmpint (json_object_get_int_member (object, "index"), ==, refusal->index);
  if (g_strcmp0 (refusal->path, EVENTS) == 0 && refusal->status == 400)
    g_assert_true (json_object_has_member (object, "position"));
}

/* Whatever is wrong is told as a problem document, and nothing of it is taken. */
static void
test_problems (TestDaemon *daemon, gconstpointer unused)
{
  g_autoptr (JsonNode) snapshot = NULL;
  g_autoptr (JsonNode) deep = NULL;
  g_autoptr (GString) nested = g_string_new ("{\"type\":\"a.a\",\"data\":{\"n\":");

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    check_refusal (daemon, &refusals[i]);

  for (guint i = 0; i < 80000; i++)
    g_string_append_c (nested, '[');
  deep = get_json (daemon, EVENTS, nested->str, 413, post_json);

  snapshot = get_json (daemon, EVENTS, NULL, 200, NULL);
  g_assert_cmpuint (json_array_get_length (
                        json_object_get_array_member (json_node_get_object (snapshot), "events")),
                    ==, 0);
}

/* One that is too large is refused unread; curl, which asks first, sees why. */
static void
test_too_large (TestDaemon *daemon, gconstpointer unused)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (JsonNode) problem = NULL;

  while (body->len < 9 * 1024 * 1024)
    g_string_append (body, "{\"type\":\"a.a\",\"text\":\"Again and again and again and again\"}\n");
  problem = get_json (daemon, EVENTS, body->str, 413, post_lines);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (problem), "status"), ==, 413);
}

static void
test_no_token (TestDaemon *daemon, gconstpointer unused)
{
  static const char *const paths[]
      = { "/api/tracing/live", EVENTS, "/api/tracing/status", "/metrics", "/api/tokens" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      TestDaemon stranger = *daemon;
      TestDaemon nobody = *daemon;
      g_autoptr (JsonNode) without = NULL;
      g_autoptr (JsonNode) with_wrong = NULL;

      stranger.token = (char *) "lt_wrong";
      with_wrong = get_json (&stranger, paths[i], NULL, 401, NULL);
      nobody.token = NULL;
      without = get_json (&nobody, paths[i], NULL, 401, NULL);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (without), "code"), ==,
                       "unauthenticated");
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (with_wrong), "code"),
                       ==, "unauthenticated");
    }
}

/* A ticket opens one stream, and opens it again where it was. */
static void
test_ticket (TestDaemon *daemon, gconstpointer unused)
{
  TestStream stream = { .is_sse = TRUE };
  g_autoptr (JsonNode) answer = get_json (daemon, "/api/tracing/ticket", NULL, 200, post_nothing);
  g_autofree char *path
      = g_strdup_printf ("/api/tracing/live?type=e2e.event&ticket=%s",
                         json_object_get_string_member (json_node_get_object (answer), "ticket"));
  g_autofree char *url = make_url (daemon, path);
  TestDaemon nobody = *daemon;
  gint64 n = 0;

  nobody.token = NULL;
  test_stream_open (&stream, url);
  test_stream_read_until (&stream, "hello");
  inject_numbered (daemon, &n, 3);
  test_stream_count_until (&stream, n);

  /* Neither while it is open, nor without a place to go on from. */
  g_clear_pointer (&answer, json_node_unref);
  answer = get_json (&nobody, path, NULL, 401, NULL);
  disconnect (daemon, &stream);
  g_clear_pointer (&answer, json_node_unref);
  answer = get_json (&nobody, path, NULL, 401, NULL);

  inject_numbered (daemon, &n, 3);
  test_stream_open (&stream, url);
  test_stream_count_until (&stream, n);
  test_stream_clear (&stream);
}

/* The question it is all for: what happens to what goes to Jane? */
static void
test_jane (TestDaemon *daemon, gconstpointer unused)
{
  static const char *const expected[]
      = { "smtp.connection-start", "smtp.rcpt-to", "smtp.data", "smtp.connection-end" };
  static const char events[]
      = "{\"type\":\"smtp.connection-start\",\"data\":{\"spanId\":\"1\",\"remoteIp\":\"192.0.2.1\"}"
        "}\n"
        "{\"type\":\"smtp.connection-start\",\"data\":{\"spanId\":\"2\",\"remoteIp\":\"192.0.2.2\"}"
        "}\n"
        "{\"type\":\"smtp.rcpt-to\",\"data\":{\"spanId\":\"1\",\"to\":\"Jane@Example.org\"}}\n"
        "{\"type\":\"smtp.rcpt-to\",\"data\":{\"spanId\":\"2\",\"to\":\"john@example.org\"}}\n"
        "{\"type\":\"smtp.data\",\"data\":{\"spanId\":\"2\"}}\n"
        "{\"type\":\"smtp.data\",\"data\":{\"spanId\":\"1\"}}\n"
        "{\"type\":\"smtp.connection-end\",\"data\":{\"spanId\":\"1\"}}\n";
  TestStream stream = { .token = daemon->token, .is_sse = TRUE };
  g_autofree char *url = make_url (daemon, "/api/tracing/live?to=jane@example.org");
  g_autoptr (JsonNode) answer = NULL;
  guint seen = 0;

  test_stream_open (&stream, url);
  test_stream_read_until (&stream, "hello");
  answer = get_json (daemon, EVENTS, events, 202, post_lines);
  check_counts (answer, 7, 0);
  while (seen < G_N_ELEMENTS (expected))
    {
      g_autoptr (JsonNode) data = NULL;
      g_autofree char *name = test_stream_next (&stream, &data);

      if (g_str_equal (name, "ping"))
        continue;
      g_assert_cmpstr (name, ==, "trace");
      for (guint i = 0; i < json_array_get_length (json_node_get_array (data)); i++)
        {
          JsonObject *event = json_array_get_object_element (json_node_get_array (data), i);
          JsonObject *values = json_object_get_object_member (event, "data");

          g_assert_cmpstr (json_object_get_string_member (event, "type"), ==, expected[seen]);
          g_assert_cmpstr (json_object_get_string_member (values, "spanId"), ==, "1");
          g_assert_cmpint (json_object_has_member (event, "backfill"), ==, seen == 0);
          seen++;
        }
    }
  test_stream_clear (&stream);
}

int
main (int argc, char *argv[])
{
  g_autofree char *program = NULL;

  g_test_init (&argc, &argv, NULL);
  program = g_find_program_in_path ("curl");
  if (program == NULL)
    {
      g_print ("1..0 # SKIP curl is not installed\n");
      return 0;
    }
#define ADD(path, function)                                                                        \
  g_test_add ("/curl/" path, TestDaemon, NULL, set_up, function, tear_down)
  ADD ("resume/sse", test_resume_sse);
  ADD ("resume/ndjson", test_resume_ndjson);
  ADD ("inject", test_inject);
  ADD ("problems", test_problems);
  ADD ("too-large", test_too_large);
  ADD ("no-token", test_no_token);
  ADD ("ticket", test_ticket);
  ADD ("jane", test_jane);
#undef ADD
  return g_test_run ();
}
