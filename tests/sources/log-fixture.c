/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log-fixture.h"

#include "json/lt-json-encoder.h"

#include <string.h>

/* Makes a hub with the shipped catalogue, and with @rules (text), or the shipped ones if %NULL. */
void
log_fixture_init (LogFixture *fixture, const char *rules)
{
  g_autofree char *catalogue = g_test_build_filename (G_TEST_BUILT, "data", "catalogue", NULL);
  g_autofree char *shipped = g_test_build_filename (G_TEST_DIST, "data", "rules", NULL);
  g_autoptr (GError) error = NULL;

  fixture->catalogue = lt_catalogue_new ();
  lt_catalogue_load_directory (fixture->catalogue, catalogue, &error);
  g_assert_no_error (error);
  fixture->hub = lt_hub_new (fixture->catalogue, NULL);
  fixture->rules = lt_rule_set_new (fixture->catalogue);
  if (rules == NULL)
    lt_rule_set_load_directories (fixture->rules, (const char *const[]){ shipped, NULL }, &error);
  else
    lt_rule_set_load_text (fixture->rules, "test.conf", rules, strlen (rules), &error);
  g_assert_no_error (error);
  fixture->processor = lt_log_processor_new (fixture->hub, fixture->rules, NULL);
}

void
log_fixture_clear (LogFixture *fixture)
{
  g_clear_pointer (&fixture->processor, lt_log_processor_free);
  g_clear_pointer (&fixture->rules, lt_rule_set_unref);
  g_assert_finalize_object (g_steal_pointer (&fixture->hub));
  g_assert_finalize_object (g_steal_pointer (&fixture->catalogue));
}

LtLogProcessor *
log_fixture_steal_processor (LogFixture *fixture)
{
  return g_steal_pointer (&fixture->processor);
}

/* Processes lines, each ended by a newline. */
void
log_fixture_feed (LogFixture *fixture, const char *lines)
{
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);

  for (guint i = 0; each[i] != NULL && each[i + 1] != NULL; i++)
    lt_log_processor_process (fixture->processor, each[i], strlen (each[i]), 0, NULL);
}

/* How many events the hub has taken. */
guint64
log_fixture_count (LogFixture *fixture)
{
  return lt_hub_get_last_sequence (fixture->hub);
}

/* The event with a number, from 1. */
LtEvent *
log_fixture_peek (LogFixture *fixture, guint64 number)
{
  LtEvent *event = lt_hub_peek_event (fixture->hub, number);

  g_assert_nonnull (event);
  return event;
}

/* An event's JSON, its epoch written as 0, and without the text if it is the type's own. */
char *
log_fixture_dup_json (LogFixture *fixture, guint64 number)
{
  g_autoptr (GString) json = g_string_new (NULL);
  LtEvent *event = log_fixture_peek (fixture, number);

  lt_json_append_event (json, event, "0", FALSE);
  if (strcmp (event->text, event->type->text) == 0)
    {
      g_autoptr (GString) text = g_string_new (",\"text\":");

      lt_json_append_string (text, event->text, -1);
      g_string_replace (json, text->str, "", 1);
    }
  return g_string_free (g_steal_pointer (&json), FALSE);
}

/* The texts of all events, each ended by a newline. */
char *
log_fixture_dup_texts (LogFixture *fixture)
{
  g_autoptr (GString) texts = g_string_new (NULL);

  for (guint64 number = 1; number <= log_fixture_count (fixture); number++)
    g_string_append_printf (texts, "%s\n", log_fixture_peek (fixture, number)->text);
  return g_string_free (g_steal_pointer (&texts), FALSE);
}

/* A value of an event as JSON has it, or NULL if it has none. */
char *
log_fixture_dup_value (LogFixture *fixture, guint64 number, const char *name)
{
  g_autoptr (GString) json = g_string_new (NULL);
  LtKey *key = lt_catalogue_find_key (fixture->catalogue, name, -1);
  const LtValue *value
      = key == NULL ? NULL : lt_event_find (log_fixture_peek (fixture, number), key);

  if (value == NULL)
    return NULL;
  lt_json_append_value (json, value);
  return g_string_free (g_steal_pointer (&json), FALSE);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("%s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

/* Runs the main loop until the hub has taken so many events. */
void
log_fixture_wait (LogFixture *fixture, guint64 n_events)
{
  guint deadline_id = g_timeout_add_seconds (120, on_deadline, (gpointer) "events did not come");

  while (log_fixture_count (fixture) < n_events)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
}
