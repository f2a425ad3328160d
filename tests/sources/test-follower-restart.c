/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "follower-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
use_shipped_rules (FollowerFixture *fixture)
{
  log_fixture_clear (&fixture->log);
  log_fixture_init (&fixture->log, NULL);
}

static void
expect_value (FollowerFixture *fixture, guint64 number, const char *name, const char *json)
{
  g_autofree char *found = log_fixture_dup_value (&fixture->log, number, name);

  g_assert_cmpstr (found, ==, json);
}

static void
test_plain (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_append (fixture->path, "before\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\ntw");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_stop (fixture);
  follower_fixture_append (fixture->path, "o\nthree\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_expect (fixture, 3, "one\ntwo\nthree\n");
  follower_fixture_stop (fixture);
  follower_fixture_start (fixture, TRUE);
  follower_fixture_append (fixture->path, "four\n");
  follower_fixture_expect (fixture, 4, "one\ntwo\nthree\nfour\n");
}

/* Nothing was there when it stopped: all of what is there now is new. */
static void
test_appeared (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  follower_fixture_stop (fixture);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_expect (fixture, 1, "one\n");
}

static void
test_renamed (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *older_path = g_strconcat (fixture->path, ".2", NULL);

  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_stop (fixture);

  follower_fixture_append (fixture->path, "two\n");
  g_assert_cmpint (g_rename (fixture->path, older_path), ==, 0);
  follower_fixture_append (fixture->old_path, "three\n");
  follower_fixture_append (fixture->path, "four\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_expect (fixture, 4, "one\ntwo\nthree\nfour\n");
  follower_fixture_stop (fixture);
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "five\n");
  follower_fixture_expect (fixture, 5, "one\ntwo\nthree\nfour\nfive\n");
}

static void
test_copied (FollowerFixture *fixture, gconstpointer data)
{
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_stop (fixture);

  follower_fixture_append (fixture->path, "two\n");
  follower_fixture_copy (fixture->path, fixture->old_path);
  g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
  follower_fixture_append (fixture->path, "three, which is longer than all that was there\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_expect (fixture, 3,
                           "one\ntwo\nthree, which is longer than all that was there\n");
}

/* The place of another file is not taken for this one's, and a broken one for none. */
static void
test_broken_state (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *state_path = g_build_filename (fixture->folder, "follow-test.conf", NULL);

  follower_fixture_append (fixture->path, "before\n");
  follower_fixture_append (state_path, "[follow]\nPath=/somewhere/else\n[position 0]\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path, "one\n");
  follower_fixture_expect (fixture, 1, "one\n");
  follower_fixture_stop (fixture);

  g_assert_cmpint (truncate (state_path, 0), ==, 0);
  follower_fixture_append (state_path, "no key file\n");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*following from the end*");
  follower_fixture_start (fixture, FALSE);
  g_test_assert_expected_messages ();
  follower_fixture_append (fixture->path, "two\n");
  follower_fixture_expect (fixture, 2, "one\ntwo\n");
}

#define STAMP "2026-11-22T06:35:06.041377+00:00 mail "

/* A message that is under way when Livetrace restarts stays one span, under its connection. */
static void
test_in_span (FollowerFixture *fixture, gconstpointer data)
{
  g_autofree char *connection = NULL;
  g_autofree char *message = NULL;

  use_shipped_rules (fixture);
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (
      fixture->path,
      STAMP "postfix/smtpd[12]: connect from client.example.net[192.0.2.1]\n" STAMP
            "postfix/smtpd[12]: 4RkBcDfGhJz1: client=client.example.net[192.0.2.1]\n");
  log_fixture_wait (&fixture->log, 2);
  connection = log_fixture_dup_value (&fixture->log, 1, "spanId");
  message = log_fixture_dup_value (&fixture->log, 2, "spanId");
  g_assert_nonnull (connection);
  g_assert_nonnull (message);
  g_assert_cmpstr (message, !=, connection);
  expect_value (fixture, 2, "parentSpanId", connection);
  follower_fixture_stop (fixture);

  follower_fixture_append (fixture->path,
                           STAMP "postfix/cleanup[13]: 4RkBcDfGhJz1: message-id=<1@example.net>\n");
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (
      fixture->path,
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
  follower_fixture_stop (fixture);
  follower_fixture_start (fixture, FALSE);
  follower_fixture_append (fixture->path,
                           STAMP "postfix/cleanup[13]: 4RkBcDfGhJz1: message-id=<2@example.net>\n");
  log_fixture_wait (&fixture->log, 7);
  g_free (connection);
  connection = log_fixture_dup_value (&fixture->log, 7, "spanId");
  g_assert_nonnull (connection);
  g_assert_cmpstr (connection, !=, message);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  follower_fixture_add ("/follower-restart/plain", test_plain);
  follower_fixture_add ("/follower-restart/appeared", test_appeared);
  follower_fixture_add ("/follower-restart/renamed", test_renamed);
  follower_fixture_add ("/follower-restart/copied", test_copied);
  follower_fixture_add ("/follower-restart/in-span", test_in_span);
  follower_fixture_add ("/follower-restart/broken-state", test_broken_state);
  return g_test_run ();
}
