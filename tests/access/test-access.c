/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-access.h"

#include "core/lt-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define PEER "192.0.2.1"

static void
on_ended (LtAccess *access, const char *origin, const char *reason, gpointer user_data)
{
  g_string_append_printf (user_data, "%s %s\n", origin, reason);
}

static void
test_token (void)
{
  LtAccess *access = lt_access_new (NULL, NULL);
  g_autoptr (LtIdentity) identity = NULL;
  g_autoptr (GPtrArray) tokens = NULL;
  g_autofree char *id = NULL;
  g_autofree char *token
      = lt_access_create_token (access, "a", LT_PERMISSION_OBSERVE, 60, &id, NULL);

  identity = lt_access_find_token (access, token);
  g_assert_cmpstr (identity->token_id, ==, id);
  g_assert_cmpstr (identity->label, ==, "a");
  g_assert_true (lt_access_is_valid (access, identity));
  g_assert_cmpint (lt_access_get_expiry (access, identity), >, g_get_real_time ());
  g_assert_false (lt_access_sign_out (access, identity));
  tokens = lt_access_list_tokens (access);
  g_assert_cmpuint (tokens->len, ==, 1);
  g_assert_true (lt_access_revoke_token (access, id, NULL));
  g_assert_false (lt_access_is_valid (access, identity));
  g_assert_null (lt_access_find_token (access, token));
  g_assert_finalize_object (access);
}

static void
test_revoke_ends_all (void)
{
  LtAccess *access = lt_access_new (NULL, NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (LtIdentity) session = NULL;
  g_autofree char *id = NULL;
  g_autofree char *token
      = lt_access_create_token (access, "a", LT_PERMISSION_OBSERVE, 0, &id, NULL);
  g_autofree char *cookie = lt_access_sign_in_with_token (access, token, PEER, &session, NULL);
  g_autofree char *ticket
      = lt_ticket_store_create (lt_access_get_tickets (access), session, NULL, NULL);
  g_autofree char *expected = NULL;

  g_assert_true (lt_identity_is_from (session, id));
  expected = g_strdup_printf ("%s revoked\n%s revoked\n", session->session_id, id);
  g_signal_connect (access, "ended", G_CALLBACK (on_ended), ended);
  g_assert_true (lt_access_revoke_token (access, id, NULL));
  g_assert_cmpstr (ended->str, ==, expected);
  g_assert_null (lt_access_find_session (access, cookie));
  g_assert_null (lt_ticket_store_find (lt_access_get_tickets (access), ticket, FALSE, NULL));
  g_assert_finalize_object (access);
}

static void
test_expiry_by_itself (void)
{
  LtAccess *access = lt_access_new (NULL, NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *expected = NULL;

  g_signal_connect (access, "ended", G_CALLBACK (on_ended), ended);
  g_free (lt_access_create_token (access, "a", LT_PERMISSION_OBSERVE, 1, &id, NULL));
  expected = g_strdup_printf ("%s expired\n", id);
  while (ended->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (ended->str, ==, expected);
  g_assert_finalize_object (access);
}

static void
test_link (void)
{
  LtAccess *access = lt_access_new (NULL, NULL);
  g_autoptr (LtIdentity) identity = NULL;
  g_autoptr (LtIdentity) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = lt_access_create_sign_in (access, LT_PERMISSION_ALL);
  g_autofree char *cookie = lt_access_sign_in_with_link (access, secret, PEER, &identity, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (identity->permissions, ==, LT_PERMISSION_ALL);
  found = lt_access_find_session (access, cookie);
  g_assert_true (found == identity);
  g_assert_null (lt_access_sign_in_with_link (access, secret, PEER, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED);
  g_assert_true (lt_access_sign_out (access, identity));
  g_assert_false (lt_access_is_valid (access, identity));
  g_assert_null (lt_access_find_session (access, cookie));
  g_assert_finalize_object (access);
}

static void
test_throttle (void)
{
  LtAccess *access = lt_access_new (NULL, NULL);
  g_autofree char *token
      = lt_access_create_token (access, "a", LT_PERMISSION_OBSERVE, 0, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < LT_SIGN_IN_FAILURES; i++)
    {
      g_clear_error (&error);
      g_assert_cmpuint (lt_access_get_sign_in_wait (access, PEER), ==, 0);
      g_assert_null (lt_access_sign_in_with_token (access, "lt_x", PEER, NULL, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED);
    }
  g_clear_error (&error);
  g_assert_null (lt_access_sign_in_with_token (access, token, PEER, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_TOO_MANY);
  g_assert_cmpuint (lt_access_get_sign_in_wait (access, PEER), >, 0);
  cookie = lt_access_sign_in_with_token (access, token, "192.0.2.2", NULL, NULL);
  g_assert_nonnull (cookie);
  g_assert_finalize_object (access);
}

static void
test_restart (void)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *tokens = g_build_filename (directory, "tokens.conf", NULL);
  g_autofree char *sessions = g_build_filename (directory, "sessions.conf", NULL);
  LtAccess *access = lt_access_new (directory, NULL);
  g_autoptr (LtIdentity) identity = NULL;
  g_autofree char *token
      = lt_access_create_token (access, "a", LT_PERMISSION_OBSERVE, 0, NULL, NULL);
  g_autofree char *cookie = lt_access_sign_in_with_token (access, token, PEER, NULL, NULL);

  lt_access_flush (access);
  g_assert_finalize_object (access);
  access = lt_access_new (directory, NULL);
  identity = lt_access_find_session (access, cookie);
  g_assert_nonnull (identity);
  lt_access_flush (access);
  g_assert_finalize_object (access);

  /* Without its token a session is over, even if the token went behind our back. */
  g_unlink (tokens);
  access = lt_access_new (directory, NULL);
  g_assert_cmpuint (lt_access_get_session_count (access), ==, 0);
  lt_access_flush (access);
  g_assert_finalize_object (access);
  g_unlink (sessions);
  g_rmdir (directory);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
create_token (LtAccess *access, char **id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  lt_access_create_token_async (access, "a", LT_PERMISSION_OBSERVE, 0, on_result, &result);
  wait_for (&result);
  return lt_access_create_token_finish (access, result, id, error);
}

static gboolean
revoke_token (LtAccess *access, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  lt_access_revoke_token_async (access, id, on_result, &result);
  wait_for (&result);
  return lt_access_revoke_token_finish (access, result, error);
}

/* A token is given out once it is kept; one that cannot be kept is none. */
static void
test_unwritable (void)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "tokens.conf", NULL);
  LtAccess *access = lt_access_new (directory, NULL);
  g_autoptr (GPtrArray) tokens = NULL;
  g_autoptr (GError) not_created = NULL;
  g_autoptr (GError) not_revoked = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *id = NULL;

  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "token * created*");
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "cannot save*");
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "token * ended: revoked");
  g_assert_null (create_token (access, &id, &not_created));
  g_test_assert_expected_messages ();
  g_assert_error (not_created, LT_ERROR, LT_ERROR_IO);
  g_assert_nonnull (strstr (not_created->message, path));
  tokens = lt_access_list_tokens (access);
  g_assert_cmpuint (tokens->len, ==, 0);
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "cannot save*");
  lt_access_flush (access);
  g_test_assert_expected_messages ();

  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  token = create_token (access, &id, &error);
  g_assert_no_error (error);
  g_assert_nonnull (token);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "token * ended: revoked");
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "cannot save*");
  g_assert_false (revoke_token (access, id, &not_revoked));
  g_test_assert_expected_messages ();
  g_assert_error (not_revoked, LT_ERROR, LT_ERROR_IO);
  g_assert_null (lt_access_find_token (access, token));
  g_assert_false (revoke_token (access, id, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
  g_assert_finalize_object (access);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/token", test_token);
  g_test_add_func ("/access/revoke-ends-all", test_revoke_ends_all);
  g_test_add_func ("/access/expiry-by-itself", test_expiry_by_itself);
  g_test_add_func ("/access/link", test_link);
  g_test_add_func ("/access/throttle", test_throttle);
  g_test_add_func ("/access/restart", test_restart);
  g_test_add_func ("/access/unwritable", test_unwritable);
  return g_test_run ();
}
