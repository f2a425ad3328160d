/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log-fixture.h"

#include <string.h>

/* Every line of postfix.log gives the event of the same line of postfix.json. */
static void
test_lines (void)
{
  g_autofree char *log_path
      = g_test_build_filename (G_TEST_DIST, "tests", "sources", "postfix.log", NULL);
  g_autofree char *json_path
      = g_test_build_filename (G_TEST_DIST, "tests", "sources", "postfix.json", NULL);
  g_autofree char *log = NULL;
  g_autofree char *json = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) expected = NULL;
  LogFixture fixture;

  g_assert_true (g_file_get_contents (log_path, &log, NULL, NULL));
  g_assert_true (g_file_get_contents (json_path, &json, NULL, NULL));
  lines = g_strsplit (log, "\n", -1);
  expected = g_strsplit (json, "\n", -1);

  log_fixture_init (&fixture, NULL);
  log_fixture_feed (&fixture, log);
  for (guint64 number = 1; number <= log_fixture_count (&fixture); number++)
    {
      g_autofree char *found = log_fixture_dup_json (&fixture, number);

      g_test_message ("%s", lines[number - 1]);
      g_assert_cmpstr (found, ==, expected[number - 1]);
    }
  g_assert_cmpuint (log_fixture_count (&fixture), ==, g_strv_length (lines) - 1);
  g_assert_cmpuint (log_fixture_count (&fixture), ==, g_strv_length (expected) - 1);
  log_fixture_clear (&fixture);
}

/* All rules but those named are met by postfix.log: none is dead. */
static void
test_all_rules_met (void)
{
  static const char *const rare[] = { "milter-discard",
                                      "reject-sender-login",
                                      "reverse-name-differs",
                                      "concurrency-limit",
                                      "bad-address-syntax",
                                      "queue-locked",
                                      "probed",
                                      "delivery",
                                      "mail-refused",
                                      "ehlo-refused",
                                      "message-refused",
                                      "delivery-tls-failed",
                                      "delivery-certificate",
                                      NULL };
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "tests", "sources", "postfix.log", NULL);
  g_autofree char *log = NULL;
  LogFixture fixture;

  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  log_fixture_init (&fixture, NULL);
  log_fixture_feed (&fixture, log);
  for (guint i = 0; i < lt_rule_set_get_length (fixture.rules); i++)
    {
      const LtRule *rule = lt_rule_set_get_rule (fixture.rules, i);

      if (g_str_has_suffix (rule->path, "/postfix.conf") && !g_strv_contains (rare, rule->name)
          && rule->matches == 0)
        g_error ("rule \"%s\" matches no line of the sample", rule->name);
    }
  g_assert_cmpuint (lt_rule_set_get_exhausted (fixture.rules), ==, 0);
  log_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/postfix/lines", test_lines);
  g_test_add_func ("/postfix/all-rules-met", test_all_rules_met);
  return g_test_run ();
}
