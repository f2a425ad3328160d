/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/lt-seen-file.h"

#include "core/lt-error.h"

#include <glib/gstdio.h>

typedef struct
{
  char *directory; /* (owned) */
  char *path;      /* (owned): the file, not made yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("livetrace-seen-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "seen", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
see (LtCatalogue *catalogue, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtKey) key = lt_catalogue_intern_key (catalogue, name, -1, &error);

  g_assert_no_error (error);
  lt_catalogue_see_key (catalogue, key);
}

static void
test_restart (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  LtCatalogue *catalogue = lt_catalogue_new ();
  LtSeenFile *file = lt_seen_file_new (catalogue, fixture->path);
  GStatBuf status;

  lt_seen_file_load (file);
  g_assert_true (lt_seen_file_save (file, &error));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  see (catalogue, "queueTime");
  g_assert_true (lt_seen_file_save (file, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_finalize_object (file);
  g_assert_finalize_object (catalogue);

  catalogue = lt_catalogue_new ();
  g_assert_null (lt_catalogue_find_key (catalogue, "queue-time", -1));
  file = lt_seen_file_new (catalogue, fixture->path);
  lt_seen_file_load (file);
  g_assert_nonnull (lt_catalogue_find_key (catalogue, "queue-time", -1));
  g_assert_finalize_object (file);
  g_assert_finalize_object (catalogue);
}

static void
test_bad_file (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  LtCatalogue *catalogue = lt_catalogue_new ();
  LtSeenFile *file = lt_seen_file_new (catalogue, fixture->path);

  g_assert_true (g_file_set_contents (fixture->path, "\xff\n", -1, &error));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*seen*");
  lt_seen_file_load (file);
  g_test_assert_expected_messages ();
  g_assert_finalize_object (file);
  g_assert_finalize_object (catalogue);
}

static void
test_no_directory (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  LtCatalogue *catalogue = lt_catalogue_new ();
  LtSeenFile *file = lt_seen_file_new (catalogue, "/nonexistent/seen");

  lt_seen_file_load (file);
  see (catalogue, "queueTime");
  g_assert_false (lt_seen_file_save (file, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_finalize_object (file);
  g_assert_finalize_object (catalogue);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer user_data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/seen-file/restart", test_restart);
  add ("/seen-file/bad-file", test_bad_file);
  add ("/seen-file/no-directory", test_no_directory);
  return g_test_run ();
}
