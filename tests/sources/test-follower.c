/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "follower-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
test_grows (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_append (fixture->path, "before\n");
  follower_fixture_start (fixture, FALSE);
  g_assert_cmpstr (follower_fixture_get_state (fixture), ==, "running");
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");

  /* A line waits for its end. */
  follower_fixture_append (fixture->path, "two");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (log_fixture_count (&fixture->log), ==, 1);
  follower_fixture_append (fixture->path, " parts\nthree\n");
  follower_fixture_expect (fixture, 3, "one\ntwo parts\nthree\n");
}

static void
test_from_start (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_append (fixture->path, "one\ntwo\n");
  follower_fixture_start (fixture, TRUE);
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
}

static void
test_appears (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  g_assert_cmpstr (follower_fixture_get_state (fixture), ==, "waiting");
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  g_assert_cmpstr (follower_fixture_get_state (fixture), ==, "running");

  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  follower_fixture_wait_for_state (fixture, "waiting");
  follower_fixture_append (fixture->path, "two\n");
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
  g_assert_cmpstr (follower_fixture_get_state (fixture), ==, "running");
}

/* What is written to the old file after the rename, and even after the new one is there, counts. */
static void
test_renamed (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_append (fixture->path, "two\n");
  g_assert_cmpint (g_rename (fixture->path, fixture->old_path), ==, 0);
  follower_fixture_append (fixture->old_path, "three\n");
  follower_fixture_expect (fixture, 3, "one\ntwo\nthree\n");
  follower_fixture_append (fixture->path, "four\n");
  follower_fixture_expect (fixture, 4, "one\ntwo\nthree\nfour\n");
  follower_fixture_append (fixture->old_path, "late\n");
  follower_fixture_expect (fixture, 5, "one\ntwo\nthree\nfour\nlate\n");
  follower_fixture_append (fixture->path, "five\n");
  follower_fixture_expect (fixture, 6, "one\ntwo\nthree\nfour\nlate\nfive\n");
}

static void
test_replaced (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *new_path = g_strconcat (fixture->path, "-new", NULL);

  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_append (fixture->path, "two\n");
  follower_fixture_append (new_path, "three\n");
  g_assert_cmpint (g_rename (new_path, fixture->path), ==, 0);
  follower_fixture_expect (fixture, 3, "one\ntwo\nthree\n");
}

static void
test_truncated (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one is long\n");
  follower_fixture_expect (fixture, 1, "one is long\n");
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  follower_fixture_append (fixture->path, "two\n");
  follower_fixture_expect (fixture, 2, "one is long\ntwo\n");

  /* Grown past the old place before anybody looked. */
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  follower_fixture_append (fixture->path, "three is longer than what was there before\n");
  follower_fixture_expect (fixture, 3,
                           "one is long\ntwo\nthree is longer than what was there before\n");
}

static void
test_copied_and_truncated (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_append (fixture->path, "two\nthr");
  follower_fixture_append (fixture->path, "ee\n");
  follower_fixture_copy (fixture->path, fixture->old_path);
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  follower_fixture_append (fixture->path, "four\n");
  follower_fixture_expect (fixture, 4, "one\ntwo\nthree\nfour\n");
}

/* A writer that keeps its place leaves a hole of zeros where the file was cut. */
static void
test_hole (FollowerFixture *fixture, gconstpointer data)
{
  int fd = open (fixture->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  follower_fixture_start (fixture, TRUE);
  g_assert_cmpint (write (fd, "one\n", 4), ==, 4);
  follower_fixture_expect (fixture, 1, "one\n");
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  g_assert_cmpint (write (fd, "two\n", 4), ==, 4);
  close (fd);
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
}

static void
test_bad_bytes (FollowerFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  LtEvent *event;

  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "a\xff"
                                          "b\n");
  follower_fixture_expect (fixture, 1,
                           "a\xEF\xBF\xBD"
                           "b\n");
  for (int i = 0; i < 40000; i++)
    g_string_append (line, "\xC3\xA4");
  g_string_append_c (line, '\n');
  follower_fixture_append (fixture->path, line->str);
  follower_fixture_append (fixture->path, "next\n");
  log_fixture_wait (&fixture->log, 3);
  event = log_fixture_peek (&fixture->log, 2);
  g_assert_cmpuint (event->text_length, ==, LT_LOG_LINE_MAX_BYTES);
  g_assert_true (g_utf8_validate (event->text, -1, NULL));
  g_assert_cmpstr (event->details, ==, "47232 bytes of the line were cut");
  g_assert_cmpstr (log_fixture_peek (&fixture->log, 3)->text, ==, "next");
}

/* Many lines take many turns, and none is lost. */
static void
test_many (FollowerFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text, "line number %d of many that fill the file\n", i);
  follower_fixture_append (fixture->path, text->str);
  follower_fixture_start (fixture, TRUE);
  log_fixture_wait (&fixture->log, 20000);
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *expected = g_strdup_printf ("line number %d of many that fill the file", i);

      g_assert_cmpstr (log_fixture_peek (&fixture->log, (guint64) i + 1)->text, ==, expected);
    }
}

/* A folder is not a log, and a log that may come later is waited for. */
static void
test_not_a_file (FollowerFixture *fixture, gconstpointer data)
{
  LtSourceStatus status;

  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  follower_fixture_start (fixture, FALSE);
  lt_source_get_status (fixture->follower, &status);
  g_assert_cmpstr (status.state, ==, "waiting");
  g_assert_nonnull (strstr (status.detail, "not a regular file"));
  lt_source_status_clear (&status);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
}

static void
append_next (FollowerFixture *fixture, guint64 *n_lines, GString *expected)
{
  g_autofree char *line = g_strdup_printf ("line %" G_GUINT64_FORMAT "\n", ++*n_lines);

  follower_fixture_append (fixture->path, line);
  g_string_append (expected, line);
}

/* The folder comes later, and goes and comes again. */
static void
test_folder_appears (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "mail.log", NULL);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);
  g_autofree char *moved_path = g_build_filename (moved, "x", NULL);

  g_free (g_steal_pointer (&fixture->path));
  fixture->path = g_strdup (path);
  follower_fixture_start (fixture, FALSE);
  g_assert_cmpstr (follower_fixture_get_state (fixture), ==, "waiting");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  follower_fixture_append (path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");

  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  follower_fixture_wait_for_state (fixture, "waiting");
  follower_fixture_append (moved_path, "two\n");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  follower_fixture_append (path, "three\n");
  follower_fixture_expect (fixture, 3, "one\ntwo\nthree\n");
  follower_fixture_stop (fixture);
  g_remove (path);
  g_rmdir (folder);
  g_remove (moved_path);
  g_rmdir (moved);
}

/* The log and its folder are deleted and made again: a file that is still open keeps the kernel
 * from telling that its folder has gone. */
static void
test_folder_deleted (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "deleted", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);

  g_free (g_steal_pointer (&fixture->path));
  fixture->path = g_strdup (path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  follower_fixture_append (path, "before\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");

  g_assert_cmpint (g_remove (path), ==, 0);
  follower_fixture_wait_for_state (fixture, "waiting");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  follower_fixture_append (path, "two\n");
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
  follower_fixture_stop (fixture);
  g_remove (path);
  g_rmdir (folder);
}

/* A link that leads nowhere yet, then to a file in another folder. */
static void
test_link (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "other", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);
  g_autofree char *old_path = g_build_filename (folder, "x.1", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (path, fixture->path), ==, 0);
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  g_assert_cmpint (g_rename (path, old_path), ==, 0);
  follower_fixture_append (path, "two\n");
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
  follower_fixture_stop (fixture);
  g_remove (path);
  g_remove (old_path);
  g_rmdir (folder);
}

/* Random writing, rotating and restarting: each line once, in order. A rotation comes while the
 * last line has not been read, but no two come before anybody could have looked. */
static void
test_random (FollowerFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  guint64 n_lines = 0;

  follower_fixture_start (fixture, FALSE);
  for (int i = 0; i < 300; i++)
    {
      int action = g_test_rand_int_range (0, 12);

      append_next (fixture, &n_lines, expected);
      if (action == 8 || action == 9)
        {
          follower_fixture_expect (fixture, n_lines, expected->str);
          append_next (fixture, &n_lines, expected);
          g_remove (fixture->old_path);
        }
      if (action == 8)
        g_rename (fixture->path, fixture->old_path);
      else if (action == 9)
        {
          follower_fixture_copy (fixture->path, fixture->old_path);
          g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
        }
      else if (action == 10)
        {
          follower_fixture_stop (fixture);
          follower_fixture_start (fixture, FALSE);
        }
      else if (action == 11)
        g_main_context_iteration (NULL, FALSE);
    }
  follower_fixture_expect (fixture, n_lines, expected->str);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  follower_fixture_add ("/follower/grows", test_grows);
  follower_fixture_add ("/follower/from-start", test_from_start);
  follower_fixture_add ("/follower/appears", test_appears);
  follower_fixture_add ("/follower/renamed", test_renamed);
  follower_fixture_add ("/follower/replaced", test_replaced);
  follower_fixture_add ("/follower/truncated", test_truncated);
  follower_fixture_add ("/follower/copied-and-truncated", test_copied_and_truncated);
  follower_fixture_add ("/follower/hole", test_hole);
  follower_fixture_add ("/follower/bad-bytes", test_bad_bytes);
  follower_fixture_add ("/follower/many", test_many);
  follower_fixture_add ("/follower/not-a-file", test_not_a_file);
  follower_fixture_add ("/follower/folder-appears", test_folder_appears);
  follower_fixture_add ("/follower/folder-deleted", test_folder_deleted);
  follower_fixture_add ("/follower/link", test_link);
  follower_fixture_add ("/follower/random", test_random);
  return g_test_run ();
}
