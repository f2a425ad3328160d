/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-follower.h"

#include "log-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A folder with a log in it, and a follower of that log. */
typedef struct
{
  LogFixture log;
  char *folder;       /* (owned) */
  char *path;         /* (owned) */
  char *old_path;     /* (owned) */
  LtSource *follower; /* (owned) (nullable) */
} Fixture;

static void
start (Fixture *fixture, gboolean from_start)
{
  g_autoptr (GError) error = NULL;

  if (fixture->log.processor == NULL)
    fixture->log.processor = lt_log_processor_new (fixture->log.hub, fixture->log.rules, NULL);
  fixture->follower
      = LT_SOURCE (lt_follower_new ("test", fixture->path, fixture->folder, from_start,
                                    log_fixture_steal_processor (&fixture->log)));
  lt_source_start (fixture->follower, &error);
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
stop (Fixture *fixture)
{
  lt_source_stop (fixture->follower);
  g_assert_finalize_object (g_steal_pointer (&fixture->follower));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  log_fixture_init (&fixture->log, "");
  fixture->folder = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "mail.log", NULL);
  fixture->old_path = g_build_filename (fixture->folder, "mail.log.1", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  if (fixture->follower != NULL)
    stop (fixture);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->old_path);
  log_fixture_clear (&fixture->log);
}

static void
append (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
  close (fd);
}

static void
copy (const char *from, const char *to)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &text, &length, NULL));
  append (to, text);
}

static const char *
get_state (Fixture *fixture)
{
  LtSourceStatus status;
  const char *state;

  lt_source_get_status (fixture->follower, &status);
  state = status.state;
  g_assert_cmpstr (status.kind, ==, "file");
  lt_source_status_clear (&status);
  return state;
}

static void
wait_for_state (Fixture *fixture, const char *state)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  while (strcmp (get_state (fixture), state) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* All events so far, exactly. */
static void
expect (Fixture *fixture, guint64 n_events, const char *texts)
{
  g_autofree char *found = NULL;

  log_fixture_wait (&fixture->log, n_events);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  found = log_fixture_dup_texts (&fixture->log);
  g_assert_cmpstr (found, ==, texts);
}

static void
use_shipped_rules (Fixture *fixture)
{
  log_fixture_clear (&fixture->log);
  log_fixture_init (&fixture->log, NULL);
}

static void
expect_value (Fixture *fixture, guint64 number, const char *name, const char *json)
{
  g_autofree char *found = log_fixture_dup_value (&fixture->log, number, name);

  g_assert_cmpstr (found, ==, json);
}

static void
test_grows (Fixture *fixture, gconstpointer data)
{
  append (fixture->path, "before\n");
  start (fixture, FALSE);
  g_assert_cmpstr (get_state (fixture), ==, "running");
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");

  /* A line waits for its end. */
  append (fixture->path, "two");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (log_fixture_count (&fixture->log), ==, 1);
  append (fixture->path, " parts\nthree\n");
  expect (fixture, 3, "one\ntwo parts\nthree\n");
}

static void
test_from_start (Fixture *fixture, gconstpointer data)
{
  append (fixture->path, "one\ntwo\n");
  start (fixture, TRUE);
  expect (fixture, 2, "one\ntwo\n");
}

static void
test_appears (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  g_assert_cmpstr (get_state (fixture), ==, "waiting");
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  g_assert_cmpstr (get_state (fixture), ==, "running");

  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  wait_for_state (fixture, "waiting");
  append (fixture->path, "two\n");
  expect (fixture, 2, "one\ntwo\n");
  g_assert_cmpstr (get_state (fixture), ==, "running");
}

/* What is written to the old file after the rename, and even after the new one is there, counts. */
static void
test_renamed (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  append (fixture->path, "two\n");
  g_assert_cmpint (g_rename (fixture->path, fixture->old_path), ==, 0);
  append (fixture->old_path, "three\n");
  expect (fixture, 3, "one\ntwo\nthree\n");
  append (fixture->path, "four\n");
  expect (fixture, 4, "one\ntwo\nthree\nfour\n");
  append (fixture->old_path, "late\n");
  expect (fixture, 5, "one\ntwo\nthree\nfour\nlate\n");
  append (fixture->path, "five\n");
  expect (fixture, 6, "one\ntwo\nthree\nfour\nlate\nfive\n");
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *new_path = g_strconcat (fixture->path, "-new", NULL);

  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  append (fixture->path, "two\n");
  append (new_path, "three\n");
  g_assert_cmpint (g_rename (new_path, fixture->path), ==, 0);
  expect (fixture, 3, "one\ntwo\nthree\n");
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  append (fixture->path, "one is long\n");
  expect (fixture, 1, "one is long\n");
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  append (fixture->path, "two\n");
  expect (fixture, 2, "one is long\ntwo\n");

  /* Grown past the old place before anybody looked. */
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  append (fixture->path, "three is longer than what was there before\n");
  expect (fixture, 3, "one is long\ntwo\nthree is longer than what was there before\n");
}

static void
test_copied_and_truncated (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  append (fixture->path, "two\nthr");
  append (fixture->path, "ee\n");
  copy (fixture->path, fixture->old_path);
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  append (fixture->path, "four\n");
  expect (fixture, 4, "one\ntwo\nthree\nfour\n");
}

/* A writer that keeps its place leaves a hole of zeros where the file was cut. */
static void
test_hole (Fixture *fixture, gconstpointer data)
{
  int fd = open (fixture->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  start (fixture, TRUE);
  g_assert_cmpint (write (fd, "one\n", 4), ==, 4);
  expect (fixture, 1, "one\n");
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  g_assert_cmpint (write (fd, "two\n", 4), ==, 4);
  close (fd);
  expect (fixture, 2, "one\ntwo\n");
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  append (fixture->path, "before\n");
  start (fixture, FALSE);
  append (fixture->path, "one\ntw");
  expect (fixture, 1, "one\n");
  stop (fixture);
  append (fixture->path, "o\nthree\n");
  start (fixture, FALSE);
  expect (fixture, 3, "one\ntwo\nthree\n");
  stop (fixture);
  start (fixture, TRUE);
  append (fixture->path, "four\n");
  expect (fixture, 4, "one\ntwo\nthree\nfour\n");
}

/* Nothing was there when it stopped: all of what is there now is new. */
static void
test_restart_appeared (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  stop (fixture);
  append (fixture->path, "one\n");
  start (fixture, FALSE);
  expect (fixture, 1, "one\n");
}

static void
test_restart_renamed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *older_path = g_strconcat (fixture->path, ".2", NULL);

  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  stop (fixture);

  append (fixture->path, "two\n");
  g_assert_cmpint (g_rename (fixture->path, older_path), ==, 0);
  append (fixture->old_path, "three\n");
  append (fixture->path, "four\n");
  start (fixture, FALSE);
  expect (fixture, 4, "one\ntwo\nthree\nfour\n");
  stop (fixture);
  start (fixture, FALSE);
  append (fixture->path, "five\n");
  expect (fixture, 5, "one\ntwo\nthree\nfour\nfive\n");
}

static void
test_restart_copied (Fixture *fixture, gconstpointer data)
{
  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  stop (fixture);

  append (fixture->path, "two\n");
  copy (fixture->path, fixture->old_path);
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  append (fixture->path, "three, which is longer than all that was there\n");
  start (fixture, FALSE);
  expect (fixture, 3, "one\ntwo\nthree, which is longer than all that was there\n");
}

/* The place of another file is not taken for this one's, and a broken one for none. */
static void
test_restart_broken_state (Fixture *fixture, gconstpointer data)
{
  g_autofree char *state_path = g_build_filename (fixture->folder, "follow-test.conf", NULL);

  append (fixture->path, "before\n");
  append (state_path, "[follow]\nPath=/somewhere/else\n[position 0]\n");
  start (fixture, FALSE);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
  stop (fixture);

  g_assert_cmpint (truncate (state_path, 0), ==, 0);
  append (state_path, "no key file\n");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*following from the end*");
  start (fixture, FALSE);
  g_test_assert_expected_messages ();
  append (fixture->path, "two\n");
  expect (fixture, 2, "one\ntwo\n");
}

#define STAMP "2026-11-22T06:35:06.041377+00:00 mail "

/* A message that is under way when Livetrace restarts stays one span, under its connection. */
static void
test_restart_in_span (Fixture *fixture, gconstpointer data)
{
  g_autofree char *connection = NULL;
  g_autofree char *message = NULL;

  use_shipped_rules (fixture);
  start (fixture, FALSE);
  append (fixture->path,
          STAMP "postfix/smtpd[12]: connect from client.example.net[192.0.2.1]\n" STAMP
                "postfix/smtpd[12]: 4RkBcDfGhJz1: client=client.example.net[192.0.2.1]\n");
  log_fixture_wait (&fixture->log, 2);
  connection = log_fixture_dup_value (&fixture->log, 1, "spanId");
  message = log_fixture_dup_value (&fixture->log, 2, "spanId");
  g_assert_nonnull (connection);
  g_assert_nonnull (message);
  g_assert_cmpstr (message, !=, connection);
  expect_value (fixture, 2, "parentSpanId", connection);
  stop (fixture);

  append (fixture->path, STAMP "postfix/cleanup[13]: 4RkBcDfGhJz1: message-id=<1@example.net>\n");
  start (fixture, FALSE);
  append (fixture->path,
          STAMP "postfix/qmgr[77]: 4RkBcDfGhJz1: from=<john@example.com>, size=1, nrcpt=1 (queue "
                "active)\n" STAMP "postfix/smtpd[12]: disconnect from "
                "client.example.net[192.0.2.1] ehlo=1 quit=1 commands=2\n" STAMP
                "postfix/qmgr[77]: 4RkBcDfGhJz1: removed\n");
  log_fixture_wait (&fixture->log, 6);
  expect_value (fixture, 3, "spanId", message);
  expect_value (fixture, 3, "parentSpanId", connection);
  expect_value (fixture, 4, "spanId", message);
  expect_value (fixture, 4, "parentSpanId", NULL);
  expect_value (fixture, 5, "spanId", connection);
  expect_value (fixture, 6, "spanId", message);

  /* What has ended stays so. */
  stop (fixture);
  start (fixture, FALSE);
  append (fixture->path, STAMP "postfix/cleanup[13]: 4RkBcDfGhJz1: message-id=<2@example.net>\n");
  log_fixture_wait (&fixture->log, 7);
  g_free (connection);
  connection = log_fixture_dup_value (&fixture->log, 7, "spanId");
  g_assert_nonnull (connection);
  g_assert_cmpstr (connection, !=, message);
}

static void
test_bad_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  LtEvent *event;

  start (fixture, FALSE);
  append (fixture->path, "a\xff"
                         "b\n");
  expect (fixture, 1,
          "a\xEF\xBF\xBD"
          "b\n");
  for (int i = 0; i < 40000; i++)
    g_string_append (line, "\xC3\xA4");
  g_string_append_c (line, '\n');
  append (fixture->path, line->str);
  append (fixture->path, "next\n");
  log_fixture_wait (&fixture->log, 3);
  event = log_fixture_peek (&fixture->log, 2);
  g_assert_cmpuint (event->text_length, ==, LT_LOG_LINE_MAX_BYTES);
  g_assert_true (g_utf8_validate (event->text, -1, NULL));
  g_assert_cmpstr (event->details, ==, "47232 bytes of the line were cut");
  g_assert_cmpstr (log_fixture_peek (&fixture->log, 3)->text, ==, "next");
}

/* Many lines take many turns, and none is lost. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text, "line number %d of many that fill the file\n", i);
  append (fixture->path, text->str);
  start (fixture, TRUE);
  log_fixture_wait (&fixture->log, 20000);
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *expected = g_strdup_printf ("line number %d of many that fill the file", i);

      g_assert_cmpstr (log_fixture_peek (&fixture->log, (guint64) i + 1)->text, ==, expected);
    }
}

/* A folder is not a log, and a log that may come later is waited for. */
static void
test_not_a_file (Fixture *fixture, gconstpointer data)
{
  LtSourceStatus status;

  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  start (fixture, FALSE);
  lt_source_get_status (fixture->follower, &status);
  g_assert_cmpstr (status.state, ==, "waiting");
  g_assert_nonnull (strstr (status.detail, "not a regular file"));
  lt_source_status_clear (&status);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  append (fixture->path, "one\n");
  expect (fixture, 1, "one\n");
}

static void
append_next (Fixture *fixture, guint64 *n_lines, GString *expected)
{
  g_autofree char *line = g_strdup_printf ("line %" G_GUINT64_FORMAT "\n", ++*n_lines);

  append (fixture->path, line);
  g_string_append (expected, line);
}

/* The folder comes later, and goes and comes again. */
static void
test_folder_appears (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "mail.log", NULL);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);
  g_autofree char *moved_path = g_build_filename (moved, "x", NULL);

  g_free (g_steal_pointer (&fixture->path));
  fixture->path = g_strdup (path);
  start (fixture, FALSE);
  g_assert_cmpstr (get_state (fixture), ==, "waiting");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  append (path, "one\n");
  expect (fixture, 1, "one\n");

  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  wait_for_state (fixture, "waiting");
  append (moved_path, "two\n");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  append (path, "three\n");
  expect (fixture, 3, "one\ntwo\nthree\n");
  stop (fixture);
  g_remove (path);
  g_rmdir (folder);
  g_remove (moved_path);
  g_rmdir (moved);
}

/* The log and its folder are deleted and made again: a file that is still open keeps the kernel
 * from telling that its folder has gone. */
static void
test_folder_deleted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "deleted", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);

  g_free (g_steal_pointer (&fixture->path));
  fixture->path = g_strdup (path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  append (path, "before\n");
  start (fixture, FALSE);
  append (path, "one\n");
  expect (fixture, 1, "one\n");

  g_assert_cmpint (g_remove (path), ==, 0);
  wait_for_state (fixture, "waiting");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  append (path, "two\n");
  expect (fixture, 2, "one\ntwo\n");
  stop (fixture);
  g_remove (path);
  g_rmdir (folder);
}

/* A link that leads nowhere yet, then to a file in another folder. */
static void
test_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "other", NULL);
  g_autofree char *path = g_build_filename (folder, "x", NULL);
  g_autofree char *old_path = g_build_filename (folder, "x.1", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (path, fixture->path), ==, 0);
  start (fixture, FALSE);
  append (path, "one\n");
  expect (fixture, 1, "one\n");
  g_assert_cmpint (g_rename (path, old_path), ==, 0);
  append (path, "two\n");
  expect (fixture, 2, "one\ntwo\n");
  stop (fixture);
  g_remove (path);
  g_remove (old_path);
  g_rmdir (folder);
}

/* Random writing, rotating and restarting: each line once, in order. A rotation comes while the
 * last line has not been read, but no two come before anybody could have looked. */
static void
test_random (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  guint64 n_lines = 0;

  start (fixture, FALSE);
  for (int i = 0; i < 300; i++)
    {
      int action = g_test_rand_int_range (0, 12);

      append_next (fixture, &n_lines, expected);
      if (action == 8 || action == 9)
        {
          expect (fixture, n_lines, expected->str);
          append_next (fixture, &n_lines, expected);
          g_remove (fixture->old_path);
        }
      if (action == 8)
        g_rename (fixture->path, fixture->old_path);
      else if (action == 9)
        {
          copy (fixture->path, fixture->old_path);
          g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
        }
      else if (action == 10)
        {
          stop (fixture);
          start (fixture, FALSE);
        }
      else if (action == 11)
        g_main_context_iteration (NULL, FALSE);
    }
  expect (fixture, n_lines, expected->str);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/follower/grows", test_grows);
  ADD ("/follower/from-start", test_from_start);
  ADD ("/follower/appears", test_appears);
  ADD ("/follower/renamed", test_renamed);
  ADD ("/follower/replaced", test_replaced);
  ADD ("/follower/truncated", test_truncated);
  ADD ("/follower/copied-and-truncated", test_copied_and_truncated);
  ADD ("/follower/hole", test_hole);
  ADD ("/follower/restart", test_restart);
  ADD ("/follower/restart-appeared", test_restart_appeared);
  ADD ("/follower/restart-renamed", test_restart_renamed);
  ADD ("/follower/restart-copied", test_restart_copied);
  ADD ("/follower/restart-in-span", test_restart_in_span);
  ADD ("/follower/restart-broken-state", test_restart_broken_state);
  ADD ("/follower/bad-bytes", test_bad_bytes);
  ADD ("/follower/many", test_many);
  ADD ("/follower/not-a-file", test_not_a_file);
  ADD ("/follower/folder-appears", test_folder_appears);
  ADD ("/follower/folder-deleted", test_folder_deleted);
  ADD ("/follower/link", test_link);
  ADD ("/follower/random", test_random);
  return g_test_run ();
}
