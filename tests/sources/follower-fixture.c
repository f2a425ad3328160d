/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "follower-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

void
follower_fixture_start (FollowerFixture *fixture, gboolean from_start)
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

void
follower_fixture_stop (FollowerFixture *fixture)
{
  lt_source_stop (fixture->follower);
  g_assert_finalize_object (g_steal_pointer (&fixture->follower));
}

static void
set_up (FollowerFixture *fixture, gconstpointer data)
{
  log_fixture_init (&fixture->log, "");
  fixture->folder = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "mail.log", NULL);
  fixture->old_path = g_build_filename (fixture->folder, "mail.log.1", NULL);
}

static void
tear_down (FollowerFixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  if (fixture->follower != NULL)
    follower_fixture_stop (fixture);
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

void
follower_fixture_append (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
  close (fd);
}

void
follower_fixture_copy (const char *from, const char *to)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &text, &length, NULL));
  follower_fixture_append (to, text);
}

const char *
follower_fixture_get_state (FollowerFixture *fixture)
{
  LtSourceStatus status;
  const char *state;

  lt_source_get_status (fixture->follower, &status);
  state = status.state;
  g_assert_cmpstr (status.kind, ==, "file");
  lt_source_status_clear (&status);
  return state;
}

void
follower_fixture_wait_for_state (FollowerFixture *fixture, const char *state)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_TIME_SPAN_SECOND;

  while (strcmp (follower_fixture_get_state (fixture), state) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* All events so far, exactly. */
void
follower_fixture_expect (FollowerFixture *fixture, guint64 n_events, const char *texts)
{
  g_autofree char *found = NULL;

  log_fixture_wait (&fixture->log, n_events);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  found = log_fixture_dup_texts (&fixture->log);
  g_assert_cmpstr (found, ==, texts);
}

void
follower_fixture_add (const char *path, FollowerFixtureFunc func)
{
  g_test_add (path, FollowerFixture, NULL, set_up, func, tear_down);
}
