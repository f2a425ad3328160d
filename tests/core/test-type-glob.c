/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-levels.h"

#include <string.h>

static void
test_match (void)
{
  static const struct
  {
    const char *glob;
    const char *type;
    gboolean fits;
  } rows[] = {
    { "*", "smtp.connection-start", TRUE },
    { "smtp.*", "smtp.connection-start", TRUE },
    { "smtp.*", "smtp", FALSE },
    { "smtp*", "smtp", TRUE },
    { "smtp.*", "lmtp.connection-start", FALSE },
    { "*.connection-*", "smtp.connection-start", TRUE },
    { "*.connection-*", "smtp.auth-start", FALSE },
    { "*-start", "smtp.connection-start", TRUE },
    { "*-start", "smtp.connection-starts", FALSE },
    { "smtp.connection-start", "smtp.connection-start", TRUE },
    { "smtp.connection-start", "smtp.connection-starts", FALSE },
    { "?mtp.*", "lmtp.mail", TRUE },
    { "?mtp.*", "mtp.mail", FALSE },
    { "a*b*c", "abbbcbc", TRUE },
    { "a*b*c", "abbbcb", FALSE },
    { "**", "x", TRUE },
    { "a**", "a", TRUE },
    { "a?", "a", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (lt_type_glob_match (rows[i].glob, rows[i].type), ==, rows[i].fits);
}

static void
test_match_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      char glob[9] = "";
      char type[9] = "";

      for (gint j = g_test_rand_int_range (1, sizeof glob) - 1; j >= 0; j--)
        glob[j] = "ab*?"[g_test_rand_int_range (0, 4)];
      for (gint j = g_test_rand_int_range (1, sizeof type) - 1; j >= 0; j--)
        type[j] = "ab"[g_test_rand_int_range (0, 2)];

      g_assert_cmpint (lt_type_glob_match (glob, type), ==, g_pattern_match_simple (glob, type));
    }
}

static void
test_check (void)
{
  static const char *const bad[] = { "", "SMTP.*", "smtp *", "smtp,imap", "[a-z]", "ä", "a\nb" };
  g_autofree char *longest = g_strnfill (LT_TYPE_MAX_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (LT_TYPE_MAX_BYTES + 1, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_type_glob_check ("smtp.*", NULL));
  g_assert_true (lt_type_glob_check (longest, NULL));
  g_assert_false (lt_type_glob_check (too_long, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_false (lt_type_glob_check (bad[i], &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/type-glob/match", test_match);
  g_test_add_func ("/type-glob/match-random", test_match_random);
  g_test_add_func ("/type-glob/check", test_check);
  return g_test_run ();
}
