/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-demo-source.h"

#include "log-fixture.h"
#include "sources/lt-demo-script.h"

#include <string.h>

/* Runs a simulation until it has made enough events; the JSON of each without its time. */
static GPtrArray *
run (guint32 seed, guint64 n_events)
{
  GPtrArray *events = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  LtSourceStatus status;
  LogFixture fixture;
  LtSource *source;

  log_fixture_init (&fixture, "");
  source = LT_SOURCE (lt_demo_source_new (fixture.hub, NULL, 100000, seed));
  lt_source_start (source, &error);
  g_assert_no_error (error);
  log_fixture_wait (&fixture, n_events);
  lt_source_get_status (source, &status);
  g_assert_cmpstr (status.kind, ==, "demo");
  g_assert_cmpstr (status.state, ==, "running");
  g_assert_cmpuint (status.events, ==, log_fixture_count (&fixture));
  lt_source_status_clear (&status);
  lt_source_stop (source);

  for (guint64 number = 1; number <= n_events; number++)
    {
      LtEvent *event = log_fixture_peek (&fixture, number);
      g_autofree char *demo = log_fixture_dup_value (&fixture, number, "demo");
      g_autofree char *text = log_fixture_dup_json (&fixture, number);

      g_assert_cmpstr (demo, ==, "true");
      g_assert_true (event->type->known);
      g_ptr_array_add (events, g_strdup (strstr (text, "\"level\"")));
    }
  g_assert_finalize_object (source);
  log_fixture_clear (&fixture);
  return events;
}

static void
test_seed (void)
{
  g_autoptr (GPtrArray) one = run (7, 1000);
  g_autoptr (GPtrArray) again = run (7, 1000);
  g_autoptr (GPtrArray) other = run (8, 1000);
  guint n_same = 0;
  guint n_jane = 0;
  guint n_children = 0;

  for (guint i = 0; i < one->len; i++)
    {
      const char *event = one->pdata[i];

      g_assert_cmpstr (event, ==, again->pdata[i]);
      n_same += strcmp (event, other->pdata[i]) == 0;
      n_jane += strstr (event, "jane@example.org") != NULL;
      n_children += strstr (event, "\"parentSpanId\":\"demo-") != NULL;
    }
  g_assert_cmpuint (n_same, <, one->len / 2);
  g_assert_cmpuint (n_jane, >, 0);
  g_assert_cmpuint (n_children, >, 0);
}

static void
check_line (const char *line, GHashTable *types)
{
  static const char before_type[] = "\"type\":\"";
  const char *type = strstr (line, before_type);

  if (type != NULL)
    {
      type += strlen (before_type);
      g_hash_table_add (types, g_strndup (type, strcspn (type, "\"")));
    }
  /* No variable that does not exist. */
  g_assert_null (strstr (line, ":\"\""));
  for (const char *at = line; (at = strchr (at, '@')) != NULL; at++)
    {
      g_autofree char *domain = g_strndup (at + 1, strspn (at + 1, "abcdefghijklmnopqrstuvwxyz."));

      g_assert_true (g_regex_match_simple ("(^|\\.)example\\.(com|net|org)$", domain, 0, 0));
    }
}

/* All that is scripted can be an event, and names only what is kept for examples. */
static void
test_script (void)
{
  g_autoptr (GPtrArray) events = run (1, 20000);
  g_autoptr (GHashTable) types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_scenarios;
  const LtDemoScenario *scenarios = lt_demo_script_get_scenarios (&n_scenarios);

  for (guint i = 0; i < events->len; i++)
    check_line (events->pdata[i], types);
  for (guint i = 0; i < n_scenarios; i++)
    for (guint j = 0; j < scenarios[i].n_steps; j++)
      if (!g_hash_table_contains (types, scenarios[i].steps[j].type))
        g_error ("no event of scenario \"%s\" has the type %s", scenarios[i].name,
                 scenarios[i].steps[j].type);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo-source/seed", test_seed);
  g_test_add_func ("/demo-source/script", test_script);
  return g_test_run ();
}
