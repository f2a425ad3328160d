/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-permissions.h"

#include "core/lt-error.h"

static void
test_round_trip (void)
{
  for (guint all = 1; all <= LT_PERMISSION_ALL; all++)
    {
      g_auto (GStrv) words = lt_permissions_to_strv ((LtPermissions) all);
      g_autoptr (GError) error = NULL;
      LtPermissions read;

      g_assert_true (lt_permissions_parse ((const char *const *) words, &read, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (read, ==, all);
    }
}

static void
test_refused (void)
{
  const char *const none[] = { NULL };
  const char *const unknown[] = { "observe", "Manage", NULL };
  g_autoptr (GError) error = NULL;
  LtPermissions permissions;

  g_assert_false (lt_permissions_parse (none, &permissions, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (lt_permissions_parse (NULL, &permissions, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (lt_permissions_parse (unknown, &permissions, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "\"Manage\""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/permissions/round-trip", test_round_trip);
  g_test_add_func ("/permissions/refused", test_refused);
  return g_test_run ();
}
