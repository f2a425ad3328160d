/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-catalogue.h"
#include "core/lt-error.h"
#include "core/lt-levels.h"

typedef struct
{
  LtCatalogue *catalogue; /* (owned) */
  LtLevels *levels;       /* (owned) */
  guint n_changed;
} Fixture;

static void
count_change (LtLevels *levels, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->catalogue = lt_catalogue_new ();
  fixture->levels = lt_levels_new ();
  g_signal_connect (fixture->levels, "changed", G_CALLBACK (count_change), &fixture->n_changed);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_assert_finalize_object (fixture->levels);
  g_assert_finalize_object (fixture->catalogue);
}

static LtLevel
threshold_of (Fixture *fixture, const char *name)
{
  g_autoptr (LtEventType) type = lt_catalogue_intern_type (fixture->catalogue, name, -1, NULL);

  return lt_levels_get_threshold (fixture->levels, type);
}

static void
set_level (Fixture *fixture, const char *glob, LtLevel level, guint64 seconds)
{
  g_autoptr (GError) error = NULL;

  lt_levels_set (fixture->levels, glob, level, seconds, &error);
  g_assert_no_error (error);
}

static void
test_default (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) list = lt_levels_list (fixture->levels);
  LtLevelSetting *all = g_ptr_array_index (list, 0);

  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_TRACE);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (all->glob, ==, "*");
  g_assert_cmpuint (all->level, ==, LT_LEVEL_TRACE);
  g_assert_true (all->configured);
  g_assert_cmpuint (all->seconds_left, ==, 0);
}

static void
test_precedence (Fixture *fixture, gconstpointer user_data)
{
  set_level (fixture, "*", LT_LEVEL_WARN, 0);
  set_level (fixture, "smtp.*", LT_LEVEL_INFO, 0);
  set_level (fixture, "smtp.c*", LT_LEVEL_DEBUG, 0);
  set_level (fixture, "smtp.c*-end", LT_LEVEL_ERROR, 0);
  set_level (fixture, "smtp.connection-start", LT_LEVEL_DISABLE, 0);
  set_level (fixture, "*.mail", LT_LEVEL_ERROR, 0);
  set_level (fixture, "imap.??", LT_LEVEL_ERROR, 0);
  set_level (fixture, "imap.?*", LT_LEVEL_DEBUG, 0);

  g_assert_cmpuint (threshold_of (fixture, "queue.rescheduled"), ==, LT_LEVEL_WARN);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_INFO);
  g_assert_cmpuint (threshold_of (fixture, "lmtp.mail"), ==, LT_LEVEL_ERROR);
  g_assert_cmpuint (threshold_of (fixture, "smtp.command"), ==, LT_LEVEL_DEBUG);
  g_assert_cmpuint (threshold_of (fixture, "smtp.connection-end"), ==, LT_LEVEL_ERROR);
  g_assert_cmpuint (threshold_of (fixture, "smtp.connection-start"), ==, LT_LEVEL_DISABLE);
  g_assert_cmpuint (threshold_of (fixture, "imap.ab"), ==, LT_LEVEL_DEBUG);
}

static void
test_cache (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (LtEventType) type
      = lt_catalogue_intern_type (fixture->catalogue, "smtp.mail", -1, NULL);

  g_assert_cmpuint (lt_levels_get_threshold (fixture->levels, type), ==, LT_LEVEL_TRACE);
  set_level (fixture, "smtp.*", LT_LEVEL_WARN, 0);
  g_assert_cmpuint (lt_levels_get_threshold (fixture->levels, type), ==, LT_LEVEL_WARN);
  g_assert_true (lt_levels_reset (fixture->levels, "smtp.*", NULL));
  g_assert_cmpuint (lt_levels_get_threshold (fixture->levels, type), ==, LT_LEVEL_TRACE);
  g_assert_cmpuint (fixture->n_changed, ==, 2);
}

static void
test_reset (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (settings, "*", "info");
  g_hash_table_insert (settings, "smtp.*", "debug");
  g_assert_true (lt_levels_configure (fixture->levels, settings, NULL));
  set_level (fixture, "*", LT_LEVEL_ERROR, 0);
  set_level (fixture, "smtp.*", LT_LEVEL_ERROR, 0);
  set_level (fixture, "imap.*", LT_LEVEL_ERROR, 0);

  g_assert_true (lt_levels_reset (fixture->levels, "*", NULL));
  g_assert_true (lt_levels_reset (fixture->levels, "smtp.*", NULL));
  g_assert_true (lt_levels_reset (fixture->levels, "imap.*", NULL));
  g_assert_cmpuint (threshold_of (fixture, "a.b"), ==, LT_LEVEL_INFO);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_DEBUG);
  g_assert_cmpuint (threshold_of (fixture, "imap.fetch"), ==, LT_LEVEL_INFO);

  g_assert_true (lt_levels_reset (fixture->levels, "*", NULL));
  g_assert_true (lt_levels_reset (fixture->levels, "smtp.*", NULL));
  g_assert_false (lt_levels_reset (fixture->levels, "imap.*", &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (lt_levels_reset (fixture->levels, "IMAP", &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
}

static void
test_configure (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) list = NULL;
  LtLevelSetting *setting;

  g_hash_table_insert (settings, "smtp.*", "warn");
  g_hash_table_insert (settings, "imap.*", "disable");
  g_assert_true (lt_levels_configure (fixture->levels, settings, NULL));
  set_level (fixture, "smtp.*", LT_LEVEL_DEBUG, 0);
  set_level (fixture, "pop3.*", LT_LEVEL_INFO, 0);

  g_hash_table_remove_all (settings);
  g_hash_table_insert (settings, "dns.*", "error");
  g_assert_true (lt_levels_configure (fixture->levels, settings, NULL));
  g_assert_cmpuint (threshold_of (fixture, "imap.fetch"), ==, LT_LEVEL_TRACE);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_DEBUG);
  g_assert_cmpuint (threshold_of (fixture, "pop3.list"), ==, LT_LEVEL_INFO);
  g_assert_cmpuint (threshold_of (fixture, "dns.lookup"), ==, LT_LEVEL_ERROR);

  list = lt_levels_list (fixture->levels);
  g_assert_cmpuint (list->len, ==, 4);
  setting = g_ptr_array_index (list, 1);
  g_assert_cmpstr (setting->glob, ==, "dns.*");
  g_assert_true (setting->configured);
  setting = g_ptr_array_index (list, 3);
  g_assert_cmpstr (setting->glob, ==, "smtp.*");
  g_assert_false (setting->configured);

  g_assert_true (lt_levels_configure (fixture->levels, NULL, NULL));
  g_assert_cmpuint (threshold_of (fixture, "dns.lookup"), ==, LT_LEVEL_TRACE);
}

static void
test_configure_bad (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GHashTable) settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (settings, g_strdup ("smtp.*"), "loud");
  g_hash_table_insert (settings, g_strdup ("imap.*"), "warn");
  g_assert_false (lt_levels_configure (fixture->levels, settings, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_nonnull (g_strrstr (error->message, "\"smtp.*\""));
  g_assert_cmpuint (threshold_of (fixture, "imap.fetch"), ==, LT_LEVEL_TRACE);

  g_clear_error (&error);
  g_hash_table_remove_all (settings);
  g_hash_table_insert (settings, g_strdup ("No Glob"), "warn");
  g_assert_false (lt_levels_configure (fixture->levels, settings, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);

  g_clear_error (&error);
  g_hash_table_remove_all (settings);
  for (guint i = 0; i <= LT_LEVELS_MAX_SETTINGS; i++)
    g_hash_table_insert (settings, g_strdup_printf ("a%u", i), "warn");
  g_assert_false (lt_levels_configure (fixture->levels, settings, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_cmpuint (fixture->n_changed, ==, 0);
}

static void
test_timed (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) list = NULL;
  gint64 began_us = g_get_monotonic_time ();
  LtLevelSetting *setting;

  set_level (fixture, "smtp.*", LT_LEVEL_INFO, 0);
  set_level (fixture, "smtp.*", LT_LEVEL_ERROR, 1);
  set_level (fixture, "imap.*", LT_LEVEL_ERROR, 1);
  set_level (fixture, "pop3.*", LT_LEVEL_ERROR, 100);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_ERROR);
  list = lt_levels_list (fixture->levels);
  setting = g_ptr_array_index (list, 3);
  g_assert_cmpstr (setting->glob, ==, "smtp.*");
  g_assert_cmpuint (setting->seconds_left, <=, 1);
  setting = g_ptr_array_index (list, 2);
  g_assert_cmpuint (setting->seconds_left, <=, 100);
  g_assert_cmpuint (setting->seconds_left, >, 1);

  while (threshold_of (fixture, "smtp.mail") == LT_LEVEL_ERROR
         || threshold_of (fixture, "imap.fetch") == LT_LEVEL_ERROR)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, G_USEC_PER_SEC);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_INFO);
  g_assert_cmpuint (threshold_of (fixture, "imap.fetch"), ==, LT_LEVEL_TRACE);
  g_assert_cmpuint (threshold_of (fixture, "pop3.list"), ==, LT_LEVEL_ERROR);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = lt_levels_list (fixture->levels);
  g_assert_cmpuint (list->len, ==, 3);
}

/* A change that stays ends one made for a time; resetting ends both. */
static void
test_timed_replaced (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) list = NULL;

  set_level (fixture, "smtp.*", LT_LEVEL_ERROR, 60);
  set_level (fixture, "smtp.*", LT_LEVEL_WARN, 0);
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_WARN);
  list = lt_levels_list (fixture->levels);
  g_assert_cmpuint (((LtLevelSetting *) g_ptr_array_index (list, 1))->seconds_left, ==, 0);

  set_level (fixture, "smtp.*", LT_LEVEL_ERROR, 60);
  g_assert_true (lt_levels_reset (fixture->levels, "smtp.*", NULL));
  g_assert_cmpuint (threshold_of (fixture, "smtp.mail"), ==, LT_LEVEL_TRACE);
}

static void
test_limits (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (lt_levels_set (fixture->levels, "a b", LT_LEVEL_WARN, 0, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (lt_levels_set (fixture->levels, "a", LT_LEVEL_WARN, G_MAXUINT64, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  for (guint i = 1; i < LT_LEVELS_MAX_SETTINGS; i++)
    {
      g_autofree char *glob = g_strdup_printf ("a%u", i);

      set_level (fixture, glob, LT_LEVEL_WARN, 0);
    }
  g_assert_false (lt_levels_set (fixture->levels, "b", LT_LEVEL_WARN, 0, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_BUSY);
  set_level (fixture, "a1", LT_LEVEL_INFO, 0);
  g_assert_true (lt_levels_reset (fixture->levels, "a1", NULL));
  set_level (fixture, "b", LT_LEVEL_WARN, 0);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer user_data);
  } tests[] = {
    { "/levels/default", test_default },     { "/levels/precedence", test_precedence },
    { "/levels/cache", test_cache },         { "/levels/reset", test_reset },
    { "/levels/configure", test_configure }, { "/levels/configure-bad", test_configure_bad },
    { "/levels/timed", test_timed },         { "/levels/timed-replaced", test_timed_replaced },
    { "/levels/limits", test_limits },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
