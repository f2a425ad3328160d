/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-session-store.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_ended (LtSessionStore *store, const char *id, const char *reason, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", reason);
}

static void
test_restart (void)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "sessions.conf", NULL);
  LtSessionStore *store = lt_session_store_new (path);
  g_autoptr (LtIdentity) made = NULL;
  g_autoptr (LtIdentity) found = NULL;
  g_autofree char *contents = NULL;
  g_autofree char *secret
      = lt_session_store_create (store, "page", LT_PERMISSION_OBSERVE, "t1", &made);

  while (lt_session_store_is_saving (store))
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (store);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_null (strstr (contents, secret));

  store = lt_session_store_new (path);
  found = lt_session_store_find (store, secret);
  g_assert_nonnull (found);
  g_assert_cmpstr (found->session_id, ==, made->session_id);
  g_assert_cmpstr (found->token_id, ==, "t1");
  g_assert_cmpstr (found->label, ==, "page");
  g_assert_cmpuint (found->permissions, ==, LT_PERMISSION_OBSERVE);
  g_assert_null (lt_session_store_find (store, "no"));
  g_assert_finalize_object (store);
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_bad_file (void)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "sessions.conf", NULL);
  LtSessionStore *store;

  g_assert_true (g_file_set_contents (path, "[session 1]\nlabel=a\n", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*cannot be read*sign in again*");
  store = lt_session_store_new (path);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (lt_session_store_get_count (store), ==, 0);
  g_assert_finalize_object (store);

  g_assert_true (g_file_set_contents (path, "nothing", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*sessions.conf:1: *sign in again*");
  store = lt_session_store_new (path);
  g_test_assert_expected_messages ();
  g_assert_finalize_object (store);
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_end (void)
{
  LtSessionStore *store = lt_session_store_new (NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (LtIdentity) first = NULL;

  g_signal_connect (store, "ended", G_CALLBACK (on_ended), ended);
  g_free (lt_session_store_create (store, "a", LT_PERMISSION_OBSERVE, "t1", &first));
  g_free (lt_session_store_create (store, "b", LT_PERMISSION_OBSERVE, "t2", NULL));
  g_free (lt_session_store_create (store, "c", LT_PERMISSION_OBSERVE, "t1", NULL));
  g_free (lt_session_store_create (store, "d", LT_PERMISSION_OBSERVE, NULL, NULL));
  g_assert_true (lt_session_store_end (store, first->session_id, "signed-out"));
  g_assert_false (lt_session_store_end (store, first->session_id, "signed-out"));
  lt_session_store_end_of_token (store, "t1", "revoked");
  g_assert_cmpstr (ended->str, ==, "signed-out revoked ");
  g_assert_cmpuint (lt_session_store_get_count (store), ==, 2);
  g_assert_finalize_object (store);
}

static void
test_idle (void)
{
  LtSessionStore *store = lt_session_store_new (NULL);
  const LtSessionLimits limits = { 20, 1000000 };
  const LtSessionLimits long_limits = { 1000000, 1000000 };
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (LtIdentity) identity = NULL;
  g_autofree char *secret = NULL;
  gint64 start_us;

  lt_session_store_set_limits (store, &limits);
  g_signal_connect (store, "ended", G_CALLBACK (on_ended), ended);
  secret = lt_session_store_create (store, "a", LT_PERMISSION_OBSERVE, NULL, &identity);

  /* A stream keeps it alive, and what is used does not idle. */
  lt_session_store_hold (store, identity->session_id);
  start_us = g_get_monotonic_time ();
  while (g_get_monotonic_time () - start_us < 60000)
    lt_session_store_expire (store);
  g_assert_cmpuint (lt_session_store_get_count (store), ==, 1);
  lt_session_store_set_limits (store, &long_limits);
  lt_session_store_release (store, identity->session_id);
  g_assert_cmpint (lt_session_store_expire (store), >, 0);
  lt_session_store_set_limits (store, &limits);
  while (lt_session_store_get_count (store) > 0)
    lt_session_store_expire (store);
  g_assert_cmpstr (ended->str, ==, "expired ");
  g_assert_null (lt_session_store_find (store, secret));
  lt_session_store_release (store, identity->session_id);
  g_assert_finalize_object (store);
}

static void
test_lifetime (void)
{
  LtSessionStore *store = lt_session_store_new (NULL);
  const LtSessionLimits limits = { 1000000, 20 };
  g_autoptr (LtIdentity) identity = NULL;
  LtIdentity *found;
  g_autofree char *secret = NULL;

  lt_session_store_set_limits (store, &limits);
  secret = lt_session_store_create (store, "a", LT_PERMISSION_OBSERVE, NULL, &identity);
  lt_session_store_hold (store, identity->session_id);
  while ((found = lt_session_store_find (store, secret)) != NULL)
    lt_identity_unref (found);
  g_assert_cmpuint (lt_session_store_get_count (store), ==, 0);
  g_assert_finalize_object (store);
}

static void
test_bound (void)
{
  LtSessionStore *store = lt_session_store_new (NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (LtIdentity) used = NULL;
  g_autofree char *first = lt_session_store_create (store, "a", LT_PERMISSION_OBSERVE, NULL, NULL);
  g_autofree char *second = lt_session_store_create (store, "b", LT_PERMISSION_OBSERVE, NULL, NULL);

  g_signal_connect (store, "ended", G_CALLBACK (on_ended), ended);
  for (guint i = 2; i < LT_SESSION_LIMIT; i++)
    g_free (lt_session_store_create (store, "c", LT_PERMISSION_OBSERVE, NULL, NULL));
  used = lt_session_store_find (store, first);
  g_assert_nonnull (used);
  g_assert_cmpstr (ended->str, ==, "");
  g_free (lt_session_store_create (store, "d", LT_PERMISSION_OBSERVE, NULL, NULL));
  g_assert_cmpstr (ended->str, ==, "displaced ");
  g_assert_null (lt_session_store_find (store, second));
  g_assert_cmpuint (lt_session_store_get_count (store), ==, LT_SESSION_LIMIT);
  g_assert_finalize_object (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-store/restart", test_restart);
  g_test_add_func ("/session-store/bad-file", test_bad_file);
  g_test_add_func ("/session-store/end", test_end);
  g_test_add_func ("/session-store/idle", test_idle);
  g_test_add_func ("/session-store/lifetime", test_lifetime);
  g_test_add_func ("/session-store/bound", test_bound);
  return g_test_run ();
}
