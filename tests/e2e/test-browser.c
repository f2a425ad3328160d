/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Chromium's own EventSource, in the daemon's own page. */

#include "browser-fixture.h"
#include "daemon-fixture.h"

#include <string.h>

#define N_ROUNDS  4
#define N_A_ROUND 25

typedef struct
{
  TestDaemon daemon;
  TestBrowser browser;
  SoupSession *http; /* (owned) */
  char *base;        /* (owned) */
  guint n;           /* events injected */
} Fixture;

/* What a page may do: `watch` keeps what its stream brings, `until` waits. */
static const char page_script[]
    = "window.until = test => new Promise(resolve => {"
      "  const timer = setInterval(() => {"
      "    if (test()) { clearInterval(timer); resolve(); }"
      "  }, 10);"
      "});"
      "window.watch = url => {"
      "  const source = new EventSource(url);"
      "  const watched = {source, numbers: [], opens: 0, errors: 0, gaps: [], hello: null};"
      "  source.onopen = () => watched.opens++;"
      "  source.onerror = () => watched.errors++;"
      "  source.addEventListener('hello', m => { watched.hello = JSON.parse(m.data); });"
      "  source.addEventListener('gap', m => watched.gaps.push(JSON.parse(m.data)));"
      "  source.addEventListener('trace',"
      "    m => JSON.parse(m.data).forEach(event => watched.numbers.push(event.data.n)));"
      "  return watched;"
      "};";

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *profile = NULL;
  g_autoptr (JsonNode) nothing = NULL;

  test_daemon_init (&fixture->daemon, NULL);
  fixture->http = soup_session_new ();
  fixture->base = g_strdup_printf ("http://127.0.0.1:%u", fixture->daemon.port);
  profile = g_build_filename (fixture->daemon.directory, "browser", NULL);
  test_browser_init (&fixture->browser, profile);
  test_browser_open (&fixture->browser, fixture->base);
  nothing = test_browser_run (&fixture->browser, page_script);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  test_browser_clear (&fixture->browser);
  test_daemon_clear (&fixture->daemon);
  g_clear_object (&fixture->http);
  g_free (fixture->base);
}

/* Asks the daemon as somebody else, beside the browser. */
static JsonNode *
ask (Fixture *fixture, const char *method, const char *path, const char *body)
{
  g_autofree char *url = g_strconcat (fixture->base, path, NULL);
  g_autofree char *token = g_strdup_printf ("Bearer %s", fixture->daemon.token);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", token);
  if (body != NULL)
    {
      bytes = g_bytes_new (body, strlen (body));
      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  answer = soup_session_send_and_read (fixture->http, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), <, 300);
  if (g_bytes_get_size (answer) == 0)
    return NULL;
  text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));

  return json_from_string (text, NULL);
}

static void
inject (Fixture *fixture, guint how_many)
{
  g_autoptr (GString) body = g_string_new ("[");
  g_autoptr (JsonNode) answer = NULL;

  for (guint i = 0; i < how_many; i++)
    g_string_append_printf (body, "%s{\"type\":\"e2e.event\",\"data\":{\"n\":%u}}",
                            i > 0 ? "," : "", ++fixture->n);
  g_string_append_c (body, ']');
  answer = ask (fixture, "POST", "/api/tracing/events", body->str);
}

static void run (Fixture *fixture, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Runs a script that comes to nothing. */
static void
run (Fixture *fixture, const char *format, ...)
{
  g_autofree char *script = NULL;
  g_autoptr (JsonNode) nothing = NULL;
  va_list arguments;

  va_start (arguments, format);
  script = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  nothing = test_browser_run (&fixture->browser, script);
}

static gint64
get_number (Fixture *fixture, const char *expression)
{
  g_autofree char *script = g_strdup_printf ("return Number(%s);", expression);
  g_autoptr (JsonNode) value = test_browser_run (&fixture->browser, script);

  return json_node_get_int (value);
}

/* The browser has every event, once and in order. */
static void
check_numbers (Fixture *fixture)
{
  g_autoptr (JsonNode) numbers = NULL;
  JsonArray *array;

  run (fixture, "return until(() => watched.numbers.at(-1) === %u);", fixture->n);
  numbers = test_browser_run (&fixture->browser, "return watched.numbers;");
  array = json_node_get_array (numbers);
  g_assert_cmpuint (json_array_get_length (array), ==, fixture->n);
  for (guint i = 0; i < fixture->n; i++)
    g_assert_cmpint (json_array_get_int_element (array, i), ==, i + 1);
  g_assert_cmpint (get_number (fixture, "watched.gaps.length"), ==, 0);
}

/* Ends the browser's stream as an administrator does, a few times: it comes back by itself. */
static void
drop_and_resume (Fixture *fixture)
{
  gint64 subscriber = 0;

  for (guint round = 1; round <= N_ROUNDS; round++)
    {
      g_autofree char *path = NULL;

      run (fixture, "return until(() => watched.opens === %u && watched.hello !== null);", round);
      g_assert_cmpint (get_number (fixture, "watched.hello.subscriber"), !=, subscriber);
      subscriber = get_number (fixture, "watched.hello.subscriber");
      inject (fixture, N_A_ROUND);
      if (round % 2 == 0)
        check_numbers (fixture);
      path = g_strdup_printf ("/api/tracing/subscribers/%" G_GINT64_FORMAT, subscriber);
      run (fixture, "watched.hello = null;");
      ask (fixture, "DELETE", path, NULL);
      inject (fixture, N_A_ROUND);
      run (fixture, "return until(() => watched.errors === %u);", round);
    }
  check_numbers (fixture);
  g_assert_cmpint (get_number (fixture, "watched.opens"), ==, N_ROUNDS + 1);
  g_assert_cmpint (get_number (fixture, "watched.source.readyState"), ==, 1);
}

static void
sign_in (Fixture *fixture)
{
  run (fixture,
       "return fetch('/api/session', {method: 'POST', headers: {'Content-Type': "
       "'application/json'}, body: JSON.stringify({token: '%s'})})"
       ".then(answer => { if (!answer.ok) throw new Error(answer.status); });",
       fixture->daemon.token);
  g_assert_cmpint (get_number (fixture, "document.cookie.length"), ==, 0);
}

/* The plain page of a daemon that was built without its own lets nobody connect. */
static gboolean
skip_without_page (Fixture *fixture)
{
  g_autoptr (JsonNode) answer = test_browser_run (
      &fixture->browser, "return fetch('/healthz').then(() => true, () => false);");

  if (json_node_get_boolean (answer))
    return FALSE;

  g_test_skip ("the daemon was built without its web page");
  return TRUE;
}

static void
test_cookie (Fixture *fixture, gconstpointer unused)
{
  if (skip_without_page (fixture))
    return;

  /* Nobody watches unseen. */
  run (fixture, "window.watched = watch('/api/tracing/live');"
                "return until(() => watched.source.readyState === 2);");
  g_assert_cmpint (get_number (fixture, "watched.opens"), ==, 0);

  sign_in (fixture);
  run (fixture, "window.watched = watch('/api/tracing/live?type=e2e.event');");
  drop_and_resume (fixture);
}

/* The daemon goes and comes again: the sign-in holds, and the browser is told what it cannot
 * have any more. */
static void
test_restart (Fixture *fixture, gconstpointer unused)
{
  if (skip_without_page (fixture))
    return;

  sign_in (fixture);
  run (fixture, "window.watched = watch('/api/tracing/live?type=e2e.event');"
                "return until(() => watched.hello !== null);");
  inject (fixture, 3);
  check_numbers (fixture);

  g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
  run (fixture, "return until(() => watched.errors > 0);");
  test_daemon_launch (&fixture->daemon);
  inject (fixture, 3);
  run (fixture, "return until(() => watched.numbers.length === 6);");
  g_assert_cmpint (get_number (fixture, "watched.gaps.length"), ==, 1);
  g_assert_cmpint (get_number (fixture, "watched.gaps[0].dropped === null"), ==, 1);
  g_assert_cmpint (get_number (fixture, "watched.numbers.at(-1)"), ==, 6);
}

static char *
make_ticket (Fixture *fixture, gint64 *expires_us)
{
  g_autoptr (JsonNode) answer = ask (fixture, "POST", "/api/tracing/ticket", NULL);
  JsonObject *object = json_node_get_object (answer);
  g_autoptr (GDateTime) expires
      = g_date_time_new_from_iso8601 (json_object_get_string_member (object, "expires"), NULL);

  g_assert_nonnull (expires);
  if (expires_us != NULL)
    *expires_us
        = g_date_time_to_unix (expires) * G_USEC_PER_SEC + g_date_time_get_microsecond (expires);

  return g_strdup (json_object_get_string_member (object, "ticket"));
}

static void
check_refused (Fixture *fixture, const char *ticket)
{
  run (fixture,
       "window.refused = watch('/api/tracing/live?type=e2e.event&ticket=%s');"
       "return until(() => refused.source.readyState === 2);",
       ticket);
  g_assert_cmpint (get_number (fixture, "refused.opens"), ==, 0);
  g_assert_cmpint (get_number (fixture, "refused.errors"), ==, 1);
}

/* A page without a cookie: one ticket lasts as long as its stream comes back. */
static void
test_ticket (Fixture *fixture, gconstpointer unused)
{
  gint64 expires_us = 0;
  g_autofree char *late = make_ticket (fixture, &expires_us);
  g_autofree char *ticket = make_ticket (fixture, NULL);

  if (skip_without_page (fixture))
    return;

  run (fixture, "window.watched = watch('/api/tracing/live?type=e2e.event&ticket=%s');", ticket);
  drop_and_resume (fixture);

  /* It is for that one stream only. */
  check_refused (fixture, ticket);
  check_refused (fixture, "nothing");
  check_numbers (fixture);

  run (fixture, "return until(() => Date.now() > %" G_GINT64_FORMAT ");", expires_us / 1000 + 1);
  check_refused (fixture, late);
}

int
main (int argc, char *argv[])
{
  const char *obstacle;

  g_test_init (&argc, &argv, NULL);
  obstacle = test_browser_find_obstacle ();
  if (obstacle != NULL)
    {
      g_print ("1..0 # SKIP %s\n", obstacle);
      return 0;
    }
  g_test_add ("/browser/cookie", Fixture, NULL, set_up, test_cookie, tear_down);
  g_test_add ("/browser/restart", Fixture, NULL, set_up, test_restart, tear_down);
  g_test_add ("/browser/ticket", Fixture, NULL, set_up, test_ticket, tear_down);
  return g_test_run ();
}
