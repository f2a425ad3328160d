/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-state-file.h"

#include "core/lt-error.h"

#include <glib/gstdio.h>

typedef struct
{
  char *directory; /* (owned) */
  char *path;      /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "x.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->directory);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static GKeyFile *
write_value (gpointer user_data)
{
  GKeyFile *contents = g_key_file_new ();

  g_key_file_set_string (contents, "group", "key", user_data);
  return contents;
}

static void
save (LtStateFile *file, const char *value)
{
  lt_state_file_save (file, write_value, (gpointer) value);
}

static void
wait (LtStateFile *file)
{
  while (lt_state_file_is_saving (file))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  LtStateFile *file = lt_state_file_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) none = lt_state_file_load (file, &error);
  g_autoptr (GKeyFile) some = NULL;
  g_autofree char *value = NULL;
  g_auto (GStrv) groups = NULL;
  GStatBuf status;

  g_assert_no_error (error);
  groups = g_key_file_get_groups (none, NULL);
  g_assert_cmpuint (g_strv_length (groups), ==, 0);

  /* The first is written, then the newest of the rest. */
  save (file, "one");
  save (file, "two");
  save (file, "three");
  g_assert_true (lt_state_file_is_saving (file));
  wait (file);
  g_assert_true (lt_state_file_check (file, &error));

  some = lt_state_file_load (file, &error);
  g_assert_no_error (error);
  value = g_key_file_get_string (some, "group", "key", NULL);
  g_assert_cmpstr (value, ==, "three");
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_finalize_object (file);
}

static GKeyFile *
write_number (gpointer user_data)
{
  guint *n_written = user_data;
  GKeyFile *contents = g_key_file_new ();

  g_key_file_set_integer (contents, "group", "key", (int) ++*n_written);
  return contents;
}

static int
load_number (LtStateFile *file)
{
  g_autoptr (GKeyFile) contents = lt_state_file_load (file, NULL);

  return g_key_file_get_integer (contents, "group", "key", NULL);
}

/* However many changes come at once, the file is made up twice. */
static void
test_burst (Fixture *fixture, gconstpointer data)
{
  LtStateFile *file = lt_state_file_new (fixture->path);
  guint n_written = 0;

  for (guint i = 0; i < 1000; i++)
    lt_state_file_save (file, write_number, &n_written);
  wait (file);
  g_assert_cmpuint (n_written, ==, 2);
  g_assert_cmpint (load_number (file), ==, 2);
  g_assert_finalize_object (file);
}

/* Who goes away is asked before, not after. */
static void
test_settle (Fixture *fixture, gconstpointer data)
{
  LtStateFile *file = lt_state_file_new (fixture->path);
  guint n_written = 0;

  lt_state_file_save (file, write_number, &n_written);
  lt_state_file_save (file, write_number, &n_written);
  lt_state_file_settle (file);
  g_assert_cmpuint (n_written, ==, 2);
  lt_state_file_settle (file);
  wait (file);
  g_assert_cmpuint (n_written, ==, 2);
  g_assert_cmpint (load_number (file), ==, 2);
  g_assert_finalize_object (file);
}

static void
test_not_a_key_file (Fixture *fixture, gconstpointer data)
{
  LtStateFile *file = lt_state_file_new (fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "no key file", -1, NULL));
  g_assert_null (lt_state_file_load (file, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_finalize_object (file);
}

static void
test_no_directory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "none", "x.conf", NULL);
  LtStateFile *file = lt_state_file_new (path);
  g_autoptr (GError) error = NULL;

  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "cannot save*x.conf*");
  save (file, "one");
  wait (file);
  g_test_assert_expected_messages ();
  g_assert_false (lt_state_file_check (file, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_finalize_object (file);
}

static void
test_memory (Fixture *fixture, gconstpointer data)
{
  LtStateFile *file = lt_state_file_new (NULL);
  g_autoptr (GKeyFile) contents = NULL;

  save (file, "one");
  g_assert_false (lt_state_file_is_saving (file));
  contents = lt_state_file_load (file, NULL);
  g_assert_false (g_key_file_has_group (contents, "group"));
  g_assert_finalize_object (file);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/state-file/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/state-file/burst", Fixture, NULL, set_up, test_burst, tear_down);
  g_test_add ("/state-file/settle", Fixture, NULL, set_up, test_settle, tear_down);
  g_test_add ("/state-file/not-a-key-file", Fixture, NULL, set_up, test_not_a_key_file, tear_down);
  g_test_add ("/state-file/no-directory", Fixture, NULL, set_up, test_no_directory, tear_down);
  g_test_add ("/state-file/memory", Fixture, NULL, set_up, test_memory, tear_down);
  return g_test_run ();
}
