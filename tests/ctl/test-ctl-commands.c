/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl-fixture.h"

#include "ctl/lt-ctl-error.h"

#include <string.h>

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no \"%s\" in: %s", part, text);
}

static guint
count_lines (const char *text)
{
  guint n_lines = 0;

  for (; *text != '\0'; text++)
    n_lines += *text == '\n';
  return n_lines;
}

/* Injects what the tests of reading commands look at: two spans of one trace. */
static void
inject_story (CtlFixture *fixture)
{
  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "smtp.connection-start", "Hello",
           "spanId=c1", "remoteIp=192.0.2.1", "--span", "start", NULL);
  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "queue.rescheduled", "Queued", "spanId=m1",
           "parentSpanId=c1", "to=jane@example.org", NULL);
  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "delivery.failed", "Not there", "spanId=m1",
           "status=bounced", "reason=no such user", "--level=warn", "--span=end", NULL);
  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "smtp.connection-end", "Bye", "spanId=c1",
           "--span", "end", NULL);
}

static void
test_status (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GVariant) status = NULL;
  const char *state;
  gint64 received;
  g_autoptr (GVariant) addresses = NULL;

  inject_story (fixture);
  ctl_run (fixture->bus, 0, NULL, &text, NULL, "status", NULL);
  assert_contains (text, "State         running for ");
  assert_contains (text, "Received      4\n");
  assert_contains (text, "Ring          4 events, ");
  assert_contains (text, "HTTP          127.0.0.1:");

  ctl_run (fixture->bus, 0, NULL, &json, NULL, "status", "--json", NULL);
  status = ctl_parse_json (json);
  g_assert_true (g_variant_lookup (status, "state", "&s", &state));
  g_assert_cmpstr (state, ==, "running");
  g_assert_true (g_variant_lookup (status, "received", "x", &received));
  g_assert_cmpint (received, ==, 4);
  addresses = g_variant_lookup_value (status, "httpAddresses", G_VARIANT_TYPE ("av"));
  g_assert_cmpuint (g_variant_n_children (addresses), ==, 1);
}

static void
test_events (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *all = NULL;
  g_autofree char *some = NULL;
  g_autofree char *negated = NULL;
  g_autofree char *newest = NULL;
  g_autofree char *severe = NULL;
  g_autofree char *since = NULL;
  g_autofree char *none = NULL;
  g_autofree char *json = NULL;
  g_auto (GStrv) lines = NULL;

  inject_story (fixture);
  ctl_run (fixture->bus, 0, NULL, &all, NULL, "events", NULL);
  g_assert_cmpuint (count_lines (all), ==, 4);
  assert_contains (all, " debug smtp.connection-start Hello remoteIp=192.0.2.1 spanId=c1\n");
  assert_contains (all, " warn  delivery.failed Not there status=bounced reason=\"no such user\"");
  g_assert_null (strchr (all, '\033'));

  /* The span of what matches comes too, in order. */
  ctl_run (fixture->bus, 0, NULL, &some, NULL, "events", "status:bounced", NULL);
  g_assert_cmpuint (count_lines (some), ==, 2);
  g_assert_true (strstr (some, "queue.rescheduled") < strstr (some, "delivery.failed"));

  ctl_run (fixture->bus, 0, NULL, &negated, NULL, "events", "--context=event", "-type:smtp.*",
           "-status:bounced", NULL);
  g_assert_cmpuint (count_lines (negated), ==, 1);
  ctl_run (fixture->bus, 0, NULL, &newest, NULL, "events", "-n", "1", "--context", "event", NULL);
  g_assert_cmpuint (count_lines (newest), ==, 1);
  assert_contains (newest, "smtp.connection-end");
  ctl_run (fixture->bus, 0, NULL, &severe, NULL, "events", "--level=warn", "--context=event", NULL);
  g_assert_cmpuint (count_lines (severe), ==, 1);
  ctl_run (fixture->bus, 0, NULL, &since, NULL, "events", "--since=1h", NULL);
  g_assert_cmpuint (count_lines (since), ==, 4);
  ctl_run (fixture->bus, 0, NULL, &none, NULL, "events", "to:nobody", NULL);
  g_assert_cmpstr (none, ==, "");

  ctl_run (fixture->bus, 0, NULL, &json, NULL, "events", "--json", NULL);
  lines = g_strsplit (json, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *line = g_strconcat (lines[i], "\n", NULL);
      g_autoptr (GVariant) event = ctl_parse_json (line);

      g_assert_true (g_variant_lookup (event, "id", "&s", NULL));
    }
}

static void
test_span (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *span = NULL;
  g_autofree char *trace = NULL;
  g_autofree char *json = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *odd = NULL;

  inject_story (fixture);
  ctl_run (fixture->bus, 0, NULL, &span, NULL, "span", "c1", NULL);
  g_assert_cmpuint (count_lines (span), ==, 4);
  assert_contains (span, "+0.000000 debug smtp.connection-start Hello");
  assert_contains (span, "Span c1: 2 events, ended after ");
  assert_contains (span, "; debug: Bye\n");

  ctl_run (fixture->bus, 0, NULL, &trace, NULL, "span", "--trace", "c1", NULL);
  g_assert_cmpuint (count_lines (trace), ==, 6);
  assert_contains (trace, "   info  queue.rescheduled Queued");
  assert_contains (trace, "   warn  delivery.failed Not there [");
  assert_contains (trace, "; warn: Not there (bounced)\n");

  ctl_run (fixture->bus, 0, NULL, &json, NULL, "span", "m1", "--json", NULL);
  g_assert_cmpuint (count_lines (json), ==, 2);
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &missing, "span", "nope", NULL);
  assert_contains (missing, "livetracectl: the daemon keeps no event of a span \"nope\"\n");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &odd, "span", "a\"b\\*,c", NULL);
  assert_contains (odd, "keeps no event of a span \"a\"b\\*,c\"\n");
}

static void
test_inject (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *id = NULL;
  g_autofree char *json = NULL;
  g_autofree char *event = NULL;
  g_autofree char *bad_type = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *refused_json = NULL;
  g_autoptr (GVariant) answer = NULL;

  ctl_run (fixture->bus, 0, NULL, &id, NULL, "inject", "app.started", "It runs", "count=5",
           "ratio=0.5", "ok=true", "name=x y", "list:=[1,\"a\"]", "--details", "more", NULL);
  g_assert_true (g_str_has_suffix (id, ".1\n"));
  ctl_run (fixture->bus, 0, NULL, &event, NULL, "events", "--json", NULL);
  assert_contains (event, "\"type\":\"app.started\",\"text\":\"It runs\",\"details\":\"more\","
                          "\"data\":{\"count\":5,\"ratio\":0.5,\"ok\":true,\"name\":\"x y\","
                          "\"list\":[1,\"a\"]}");
  ctl_run (fixture->bus, 0, NULL, &json, NULL, "inject", "app.started", "--json", NULL);
  answer = ctl_parse_json (json);
  g_assert_true (g_variant_lookup (answer, "id", "&s", NULL));

  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &bad_type, "inject", "No.Type", NULL);
  assert_contains (bad_type, "livetracectl: \"");
  g_assert_null (strstr (bad_type, "GDBus"));
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "inject", NULL);

  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "level", "app.*", "error", NULL);
  ctl_run (fixture->bus, 0, NULL, NULL, &refused, "inject", "app.started", NULL);
  assert_contains (refused, "not kept");
  ctl_run (fixture->bus, 0, NULL, &refused_json, NULL, "inject", "app.started", "--json", NULL);
  g_assert_cmpstr (refused_json, ==, "{\"id\":null}\n");
}

static void
test_inject_stdin (CtlFixture *fixture, gconstpointer user_data)
{
  static const char input[] = "{\"type\":\"a.b\"}\n"
                              "{nonsense\n"
                              "\n"
                              "{\"type\":\"a.b\",\"data\":{\"n\":1}}\n"
                              "{\"type\":\"No\"}";
  g_autofree char *good = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *json = NULL;
  g_autofree char *nothing = NULL;
  g_autofree char *dash = NULL;

  ctl_run (fixture->bus, 0, "{\"type\":\"a.b\"}\n", &good, NULL, "inject", "--stdin", NULL);
  g_assert_cmpstr (good, ==, "1 line, 0 refused\n");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, input, &output, &errors, "inject", "--stdin", NULL);
  g_assert_cmpstr (output, ==, "5 lines, 2 refused\n");
  assert_contains (errors, "livetracectl: line 2: invalid JSON");
  assert_contains (errors, "livetracectl: line 5: ");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, input, &json, NULL, "inject", "--stdin", "--json",
           NULL);
  g_assert_cmpuint (count_lines (json), ==, 3);
  g_assert_true (g_str_has_suffix (json, "\n{\"lines\":5,\"refused\":2}\n"));
  ctl_run (fixture->bus, 0, "", &nothing, NULL, "inject", "--stdin", NULL);
  g_assert_cmpstr (nothing, ==, "0 lines, 0 refused\n");
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, "", NULL, NULL, "inject", "--stdin", "a.b", NULL);
  /* A type may be called "-", but whoever writes it there means something else. */
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, "", NULL, &dash, "inject", "-", NULL);
  assert_contains (dash, "say --stdin\n");
  assert_contains (dash, "Usage: livetracectl inject [OPTION]... TYPE");
}

/* More than fits into the socket, with more bad lines than the daemon keeps answers for. */
static void
test_inject_many (CtlFixture *fixture, gconstpointer user_data)
{
  g_autoptr (GString) input = g_string_new (NULL);
  g_autofree char *output = NULL;
  g_autofree char *status = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append (input, i % 2 == 0 ? "{\"type\":\"a.b\",\"data\":{\"n\":1}}\n" : "{]\n");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, input->str, &output, NULL, "inject", "--stdin", NULL);
  g_assert_cmpstr (output, ==, "20000 lines, 10000 refused\n");
  ctl_run (fixture->bus, 0, NULL, &status, NULL, "status", NULL);
  assert_contains (status, "Received      10000\n");
}

static void
test_subscribers (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *empty = NULL;
  g_autofree char *table = NULL;
  g_autofree char *json = NULL;
  g_autofree char *number_text = NULL;
  g_autofree char *done = NULL;
  g_autofree char *missing = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GVariant) members = NULL;
  Ctl watch;
  const char *text;
  gint64 number;

  ctl_run (fixture->bus, 0, NULL, &empty, NULL, "subscribers", "--json", NULL);
  g_assert_cmpstr (empty, ==, "[]\n");

  ctl_start (&watch, fixture->bus, "watch", "to:jane", NULL);
  ctl_expect_error (&watch, "watching to:jane (context: span)");
  ctl_run (fixture->bus, 0, NULL, &table, NULL, "subscribers", NULL);
  g_assert_cmpuint (count_lines (table), ==, 2);
  assert_contains (table, "to:jane");
  assert_contains (table, "livetracectl/");

  ctl_run (fixture->bus, 0, NULL, &json, NULL, "subscribers", "--json", NULL);
  list = ctl_parse_json (json);
  row = g_variant_get_child_value (list, 0);
  members = g_variant_get_variant (row);
  g_assert_true (g_variant_lookup (members, "connectedAt", "&s", &text));
  g_assert_true (g_str_has_suffix (text, "Z"));
  g_assert_true (g_variant_lookup (members, "number", "x", &number));

  number_text = g_strdup_printf ("%d", (int) number);
  ctl_run (fixture->bus, 0, NULL, &done, NULL, "disconnect", number_text, NULL);
  assert_contains (done, "is disconnected.\n");
  ctl_expect_error (&watch, "somebody ended this stream");
  ctl_end (&watch, LT_CTL_EXIT_REFUSED);

  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &missing, "disconnect", "999", NULL);
  g_assert_cmpstr (missing, ==, "livetracectl: there is no subscriber 999\n");
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "disconnect", "x", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "disconnect", NULL);
}

static void
test_level (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *list = NULL;
  g_autofree char *set = NULL;
  g_autofree char *set_json = NULL;
  g_autofree char *list_after = NULL;
  g_autofree char *json = NULL;
  g_autofree char *reset = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *twice = NULL;

  ctl_run (fixture->bus, 0, NULL, &list, NULL, "level", NULL);
  g_assert_cmpstr (list, ==, "EVENTS  LEVEL\n*       trace\n");
  ctl_run (fixture->bus, 0, NULL, &set, NULL, "level", "smtp.*", "warn", "--for", "10m", NULL);
  g_assert_cmpstr (set, ==, "smtp.*: warn, for 10 min.\n");
  ctl_run (fixture->bus, 0, NULL, &set_json, NULL, "level", "imap.*", "disable", "--json", NULL);
  g_assert_cmpstr (set_json, ==, "{\"glob\":\"imap.*\",\"level\":\"disable\",\"seconds\":0}\n");
  ctl_run (fixture->bus, 0, NULL, &list_after, NULL, "level", NULL);
  g_assert_cmpstr (list_after, ==, "EVENTS  LEVEL\n*       trace\nimap.*  disable\nsmtp.*  warn\n");
  ctl_run (fixture->bus, 0, NULL, &json, NULL, "level", "--json", NULL);
  assert_contains (json, "\"smtp.*\":\"warn\"");
  ctl_run (fixture->bus, 0, NULL, &reset, NULL, "level", "smtp.*", "--reset", NULL);
  assert_contains (reset, "smtp.*: ");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &bad, "level", "smtp.*", "loud", NULL);
  assert_contains (bad, "livetracectl: \"loud\" is not a level");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &twice, "level", "smtp.*", "--reset",
           NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "level", "smtp.*", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "level", "--reset", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "level", "a", "warn", "--for", "10",
           NULL);
}

static void
test_token (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = NULL;
  g_autofree char *warning = NULL;
  g_autofree char *table = NULL;
  g_autofree char *json = NULL;
  g_autofree char *done = NULL;
  g_autofree char *created = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *nearest = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GVariant) answer = NULL;
  const char *id;

  ctl_run (fixture->bus, 0, NULL, &token, &warning, "token", "create", "my \xe2\x80\xae browser",
           "--permission", "observe", "-p", "inject", "--expires=30d", NULL);
  g_assert_cmpuint (count_lines (token), ==, 1);
  assert_contains (warning, "only once");
  ctl_run (fixture->bus, 0, NULL, &table, NULL, "token", "list", NULL);
  assert_contains (table, "my \\u202e browser  observe,inject");
  assert_contains (table, "never\n");

  ctl_run (fixture->bus, 0, NULL, &json, NULL, "token", "list", "--json", NULL);
  list = ctl_parse_json (json);
  g_assert_cmpuint (g_variant_n_children (list), ==, 2);
  row = g_variant_get_child_value (list, 1);
  members = g_variant_get_variant (row);
  g_assert_true (g_variant_lookup (members, "expiresAt", "&s", NULL));
  g_assert_true (g_variant_lookup (members, "id", "&s", &id));
  ctl_run (fixture->bus, 0, NULL, &done, NULL, "token", "revoke", id, "--json", NULL);
  assert_contains (done, "{\"revoked\":\"");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &missing, "token", "revoke", id, NULL);

  ctl_run (fixture->bus, 0, NULL, &created, NULL, "token", "create", "x", "-p", "observe,manage",
           "--json", NULL);
  answer = ctl_parse_json (created);
  g_assert_true (g_variant_lookup (answer, "token", "&s", NULL));

  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "token", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "token", "create", "x", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "token", "list", "-p", "x", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_USAGE, NULL, NULL, &nearest, "token", "crate", NULL);
  assert_contains (nearest, "did you mean \"create\"?");
  ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, NULL, "token", "create", "x", "-p", "fly",
           NULL);
}

static void
test_sign_in (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *url = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GVariant) answer = NULL;

  ctl_run (fixture->bus, 0, NULL, &url, NULL, "sign-in", NULL);
  g_assert_true (g_str_has_prefix (url, "http://127.0.0.1:"));
  assert_contains (url, "/#sign-in=");
  g_assert_cmpuint (count_lines (url), ==, 1);
  ctl_run (fixture->bus, 0, NULL, &json, NULL, "sign-in", "--json", NULL);
  answer = ctl_parse_json (json);
  g_assert_true (g_variant_lookup (answer, "url", "&s", NULL));
}

static void
test_bad_filter (CtlFixture *fixture, gconstpointer user_data)
{
  static const char *const commands[] = { "events", "watch" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *errors = NULL;

      ctl_run (fixture->bus, LT_CTL_EXIT_REFUSED, NULL, NULL, &errors, commands[i], "to:jane",
               "remoteipp:192.0.2.1", "--level", "warn", NULL);
      g_assert_true (g_str_has_prefix (
          errors, "livetracectl: unknown key \"remoteipp\"; did you mean \"remoteIp\"?"));
      g_assert_true (g_str_has_suffix (errors, "\n  to:jane remoteipp:192.0.2.1 level:warn\n"
                                               "          ^\n"));
    }
}

/* What an attacker can put into an event reaches the output only as escapes. */
static void
test_hostile (CtlFixture *fixture, gconstpointer user_data)
{
  static const char *const bad[] = { "\033",         "\007",         "\x7f",         "\xc2\x9b",
                                     "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\xa8", "\xd8\x9c" };
  static const char hostile[] = "\033]0;owned\007\x7f\xc2\x9b"
                                "31m\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c\r\nfake";
  static const char *const commands[][4] = {
    { "events" },
    { "events", "-v" },
    { "events", "--json" },
    { "span", "s\0331" },
    { "span", "--json", "s\0331" },
    { "events", "--color=always" },
  };
  g_autofree char *pair = g_strconcat ("reason=", hostile, NULL);

  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "a.b", hostile, pair, "spanId=s\0331",
           "--details", hostile, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gboolean colored = i == G_N_ELEMENTS (commands) - 1;
      g_autofree char *output = NULL;

      ctl_run (fixture->bus, 0, NULL, &output, NULL, commands[i][0], commands[i][1], commands[i][2],
               NULL);
      for (guint j = colored ? 1 : 0; j < G_N_ELEMENTS (bad); j++)
        g_assert_null (strstr (output, bad[j]));
      g_assert_null (strchr (output, '\r'));
      g_assert_null (strstr (output, "\nfake"));
      g_assert_null (strstr (output, "\033]"));
      assert_contains (output, "\\u202e");
    }
}

static void
test_help (CtlFixture *fixture, gconstpointer user_data)
{
  static const char *const commands[]
      = { "status",      "watch",      "events", "span",  "inject",
          "subscribers", "disconnect", "level",  "token", "sign-in" };
  g_autofree char *all = NULL;
  g_autofree char *version = NULL;
  g_autofree char *unknown = NULL;
  g_autofree char *far = NULL;

  ctl_run ("session", 0, NULL, &all, NULL, "--help", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *help = NULL;
      g_autofree char *usage = g_strdup_printf ("Usage: livetracectl %s ", commands[i]);
      g_autofree char *row = g_strdup_printf ("\n  %s ", commands[i]);

      assert_contains (all, row);
      ctl_run ("session", 0, NULL, &help, NULL, commands[i], "--help", NULL);
      g_assert_true (g_str_has_prefix (help, usage));
      assert_contains (help, "--json");
    }

  ctl_run ("session", 0, NULL, &version, NULL, "--version", NULL);
  g_assert_true (g_str_has_prefix (version, "livetracectl "));
  ctl_run ("session", LT_CTL_EXIT_USAGE, NULL, NULL, &unknown, "evnts", NULL);
  assert_contains (unknown, "unknown command \"evnts\"; did you mean \"events\"?\n");
  assert_contains (unknown, "try \"livetracectl --help\"");
  ctl_run ("session", LT_CTL_EXIT_USAGE, NULL, NULL, &far, "xyzzy-and-more", NULL);
  assert_contains (far, "unknown command \"xyzzy-and-more\"\n");
  ctl_run ("session", LT_CTL_EXIT_USAGE, NULL, NULL, NULL, NULL);
  ctl_run ("tram", LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "status", NULL);
  ctl_run ("session", LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "status", "more", NULL);
  ctl_run ("session", LT_CTL_EXIT_USAGE, NULL, NULL, NULL, "events", "--last=1", "--since=1h",
           NULL);
}

static void
test_unreachable (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *no_bus = NULL;
  g_autofree char *no_daemon = NULL;

  ctl_run ("unix:path=/nonexistent/bus", LT_CTL_EXIT_UNREACHABLE, NULL, NULL, &no_bus, "status",
           NULL);
  assert_contains (no_bus,
                   "livetracectl: cannot connect to the bus \"unix:path=/nonexistent/bus\": ");
  g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
  ctl_run (fixture->bus, LT_CTL_EXIT_UNREACHABLE, NULL, NULL, &no_daemon, "status", NULL);
  assert_contains (no_daemon, "livetracectl: livetraced is not running on this bus");
  ctl_run (fixture->bus, LT_CTL_EXIT_UNREACHABLE, NULL, NULL, NULL, "watch", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_UNREACHABLE, NULL, NULL, NULL, "events", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_UNREACHABLE, "", NULL, NULL, "inject", "--stdin", NULL);
  ctl_run (fixture->bus, LT_CTL_EXIT_UNREACHABLE, NULL, NULL, NULL, "disconnect", "1", NULL);
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  g_dbus_method_invocation_return_dbus_error (invocation, "org.livetrace.Livetrace1.Error.Denied",
                                              "you need org.livetrace.observe");
}

/* A daemon that lets nobody do anything. */
static void
test_denied (CtlFixture *fixture, gconstpointer user_data)
{
  static const char xml[] = "<node><interface name='org.livetrace.Livetrace1.Manager'>"
                            "<method name='ListLevels'>"
                            "<arg type='a{ss}' direction='out'/></method>"
                            "</interface></node>";
  static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL };
  GDBusConnection *connection = fixture->daemon.connection;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  guint registration;

  g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
  registration = g_dbus_connection_register_object (
      connection, TEST_OBJECT_PATH, node->interfaces[0], &vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", TEST_BUS_NAME, 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);

  ctl_run (fixture->bus, LT_CTL_EXIT_DENIED, NULL, NULL, &errors, "level", NULL);
  g_assert_cmpstr (errors, ==, "livetracectl: permission denied: you need org.livetrace.observe\n");
  g_dbus_connection_unregister_object (connection, registration);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ctl_fixture_add ("/ctl-commands/status", test_status);
  ctl_fixture_add ("/ctl-commands/events", test_events);
  ctl_fixture_add ("/ctl-commands/span", test_span);
  ctl_fixture_add ("/ctl-commands/inject", test_inject);
  ctl_fixture_add ("/ctl-commands/inject-stdin", test_inject_stdin);
  ctl_fixture_add ("/ctl-commands/inject-many", test_inject_many);
  ctl_fixture_add ("/ctl-commands/subscribers", test_subscribers);
  ctl_fixture_add ("/ctl-commands/level", test_level);
  ctl_fixture_add ("/ctl-commands/token", test_token);
  ctl_fixture_add ("/ctl-commands/sign-in", test_sign_in);
  ctl_fixture_add ("/ctl-commands/bad-filter", test_bad_filter);
  ctl_fixture_add ("/ctl-commands/hostile", test_hostile);
  ctl_fixture_add ("/ctl-commands/help", test_help);
  ctl_fixture_add ("/ctl-commands/unreachable", test_unreachable);
  ctl_fixture_add ("/ctl-commands/denied", test_denied);
  return g_test_run ();
}
