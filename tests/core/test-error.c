/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"

#include <gio/gio.h>

static void
test_table (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) problems = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code < LT_N_ERRORS; code++)
    {
      const LtErrorInfo *info = lt_error_get_info ((LtErrorCode) code);

      g_assert_nonnull (info->dbus_name);
      g_assert_true (g_str_has_prefix (info->dbus_name, "org.livetrace.Livetrace1.Error."));
      g_assert_true (g_hash_table_add (names, (gpointer) info->dbus_name));
      g_assert_true (g_hash_table_add (problems, (gpointer) info->problem));
      g_assert_cmpuint (info->http_status, >=, 400);
      g_assert_cmpuint (info->http_status, <, 600);
      g_assert_nonnull (info->title);
    }
}

static void
test_place (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  g_set_error (&error, LT_ERROR, LT_ERROR_INVALID_JSON, "bad");
  g_assert_cmpint (lt_error_get_position (error), ==, -1);
  g_assert_cmpint (lt_error_get_index (error), ==, -1);
  lt_error_set_position (error, 17);
  lt_error_set_index (error, 3);
  copy = g_error_copy (error);
  g_assert_cmpint (lt_error_get_position (copy), ==, 17);
  g_assert_cmpint (lt_error_get_index (copy), ==, 3);
}

static void
test_translate (void)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no file");
  lt_error_translate (&error, LT_ERROR_IO, "cannot read x");
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "cannot read x: no file");

  lt_error_translate (&error, LT_ERROR_FAILED, "cannot start");
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "cannot start: cannot read x: no file");

  g_clear_error (&error);
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "gone");
  lt_error_translate (&error, LT_ERROR_IO, "cannot read x");
  g_assert_error (error, LT_ERROR, LT_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/table", test_table);
  g_test_add_func ("/error/place", test_place);
  g_test_add_func ("/error/translate", test_translate);
  return g_test_run ();
}
