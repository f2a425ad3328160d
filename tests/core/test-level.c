/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-level.h"

static void
test_names (void)
{
  for (guint i = 0; i < LT_N_LEVELS; i++)
    {
      LtLevel level = LT_LEVEL_DISABLE;

      g_assert_true (lt_level_from_string (lt_level_to_string ((LtLevel) i), -1, &level));
      g_assert_cmpuint (level, ==, i);
    }
}

static void
test_bad_names (void)
{
  static const char *const bad[] = { "", "e", "errors", "Error", "warning", "INFO", " info", "3" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      LtLevel level;

      g_assert_false (lt_level_from_string (bad[i], -1, &level));
      g_assert_false (lt_level_parse_threshold (bad[i], &level, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_LEVEL);
    }
}

static void
test_length (void)
{
  LtLevel level;

  g_assert_true (lt_level_from_string ("debugger", 5, &level));
  g_assert_cmpuint (level, ==, LT_LEVEL_DEBUG);
  g_assert_false (lt_level_from_string ("debug", 4, &level));
}

static void
test_disable (void)
{
  g_autoptr (GError) error = NULL;
  LtLevel level;

  g_assert_true (lt_level_parse_threshold ("disable", &level, NULL));
  g_assert_cmpuint (level, ==, LT_LEVEL_DISABLE);
  g_assert_true (lt_level_parse_event ("trace", &level, NULL));
  g_assert_false (lt_level_parse_event ("disable", &level, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_LEVEL);
  g_assert_cmpstr (error->message, ==,
                   "\"disable\" is not a level; use error, warn, info, debug or trace");
}

static void
test_passes (void)
{
  g_assert_true (lt_level_passes (LT_LEVEL_ERROR, LT_LEVEL_WARN));
  g_assert_true (lt_level_passes (LT_LEVEL_WARN, LT_LEVEL_WARN));
  g_assert_false (lt_level_passes (LT_LEVEL_INFO, LT_LEVEL_WARN));
  g_assert_false (lt_level_passes (LT_LEVEL_ERROR, LT_LEVEL_DISABLE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/level/names", test_names);
  g_test_add_func ("/level/bad-names", test_bad_names);
  g_test_add_func ("/level/length", test_length);
  g_test_add_func ("/level/disable", test_disable);
  g_test_add_func ("/level/passes", test_passes);
  return g_test_run ();
}
