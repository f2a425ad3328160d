/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-token-store.h"

#include "core/lt-error.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
make_path (void)
{
  g_autofree char *directory = g_dir_make_tmp ("livetrace-XXXXXX", NULL);

  return g_build_filename (directory, "tokens.conf", NULL);
}

static void
remove_path (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (directory);
}

static void
wait (LtTokenStore *store)
{
  while (lt_token_store_is_saving (store))
    g_main_context_iteration (NULL, TRUE);
}

static void
on_ended (LtTokenStore *store, const char *id, const char *reason, gpointer user_data)
{
  g_string_append_printf (user_data, "%s %s\n", id, reason);
}

static void
test_keep (void)
{
  g_autofree char *path = make_path ();
  LtTokenStore *store = lt_token_store_new (path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtToken) found = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *id = NULL;
  g_autofree char *contents = NULL;
  g_autofree char *text = NULL;
  const LtToken *kept;

  text = lt_token_store_create (store, "J\xc3\xa4ne's \"page\"; [x]\\",
                                LT_PERMISSION_OBSERVE | LT_PERMISSION_MANAGE, 0, &id, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "lt_"));
  g_assert_cmpuint (strlen (text), ==, 46);
  wait (store);
  g_assert_finalize_object (store);

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_null (strstr (contents, text));
  g_assert_null (strstr (contents, text + 3));

  store = lt_token_store_new (path, &error);
  g_assert_no_error (error);
  list = lt_token_store_list (store);
  g_assert_cmpuint (list->len, ==, 1);
  kept = g_ptr_array_index (list, 0);
  g_assert_cmpstr (kept->id, ==, id);
  g_assert_cmpstr (kept->label, ==, "J\xc3\xa4ne's \"page\"; [x]\\");
  g_assert_cmpuint (kept->permissions, ==, LT_PERMISSION_OBSERVE | LT_PERMISSION_MANAGE);
  g_assert_cmpint (kept->expires_us, ==, 0);
  found = lt_token_store_find (store, text);
  g_assert_true (found == kept);
  g_assert_null (lt_token_store_find (store, ""));
  g_assert_null (lt_token_store_find (store, id));
  g_assert_null (lt_token_store_find (store, text + 1));
  g_assert_finalize_object (store);
  remove_path (path);
}

static void
test_revoke (void)
{
  g_autofree char *path = make_path ();
  LtTokenStore *store = lt_token_store_new (path, NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = lt_token_store_create (store, "a", LT_PERMISSION_INJECT, 3600, &id, NULL);
  g_autofree char *expected = g_strdup_printf ("%s revoked\n", id);

  g_signal_connect (store, "ended", G_CALLBACK (on_ended), ended);
  g_assert_cmpint (lt_token_store_expire (store), >, g_get_real_time ());
  g_assert_false (lt_token_store_revoke (store, "nothing", &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (lt_token_store_revoke (store, id, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ended->str, ==, expected);
  g_assert_null (lt_token_store_find (store, text));
  wait (store);
  g_assert_finalize_object (store);

  store = lt_token_store_new (path, NULL);
  g_assert_false (lt_token_store_has (store, id));
  g_assert_finalize_object (store);
  remove_path (path);
}

static void
test_expiry (void)
{
  LtTokenStore *store = lt_token_store_new (NULL, NULL);
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *text = lt_token_store_create (store, "a", LT_PERMISSION_INJECT, 1, &id, NULL);
  g_autofree char *expected = g_strdup_printf ("%s expired\n", id);
  LtToken *found;

  g_signal_connect (store, "ended", G_CALLBACK (on_ended), ended);
  while ((found = lt_token_store_find (store, text)) != NULL)
    lt_token_unref (found);
  g_assert_cmpstr (ended->str, ==, expected);
  g_assert_cmpint (lt_token_store_expire (store), ==, 0);
  g_assert_finalize_object (store);
}

static void
assert_refused (LtTokenStore *store, const char *label, LtPermissions permissions, guint64 seconds,
                int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_token_store_create (store, label, permissions, seconds, NULL, &error));
  g_assert_error (error, LT_ERROR, code);
}

static void
test_limits (void)
{
  LtTokenStore *store = lt_token_store_new (NULL, NULL);
  g_autofree char *longest = g_strnfill (LT_LABEL_MAX_CHARS, 'x');
  g_autofree char *longer = g_strnfill (LT_LABEL_MAX_CHARS + 1, 'x');

  assert_refused (store, "", LT_PERMISSION_INJECT, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, longer, LT_PERMISSION_INJECT, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, "a\nb", LT_PERMISSION_INJECT, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store,
                  "a\xc2\x9b"
                  "b",
                  LT_PERMISSION_INJECT, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, "a\xff", LT_PERMISSION_INJECT, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, "a", LT_PERMISSION_NONE, 0, LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, "a", LT_PERMISSION_INJECT, LT_TOKEN_MAX_SECONDS + 1,
                  LT_ERROR_INVALID_ARGUMENT);
  assert_refused (store, "a", LT_PERMISSION_INJECT, G_MAXUINT64, LT_ERROR_INVALID_ARGUMENT);
  for (guint i = 0; i < LT_TOKEN_LIMIT; i++)
    g_free (lt_token_store_create (store, longest, LT_PERMISSION_INJECT, LT_TOKEN_MAX_SECONDS, NULL,
                                   NULL));
  assert_refused (store, "a", LT_PERMISSION_INJECT, 0, LT_ERROR_TOO_MANY);
  g_assert_finalize_object (store);
}

static void
test_bad_file (void)
{
  static const char *const bad[] = {
    "[tokens]\n",
    "[token ]\n",
    "[token 1]\npermissions=observe\n",
    "[token 1]\nlabel=a\npermissions=all\n",
    "[token 1]\nlabel=a\npermissions=observe\nsha256=12\ncreated=1\n",
    "[token 1]\nlabel=a\npermissions=observe\nsha256="
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\ncreated=0\n",
    "[token 1]\nlabel=\xff\n",
  };
  g_autofree char *path = make_path ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      g_assert_null (lt_token_store_new (path, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, path));
    }
  remove_path (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-store/keep", test_keep);
  g_test_add_func ("/token-store/revoke", test_revoke);
  g_test_add_func ("/token-store/expiry", test_expiry);
  g_test_add_func ("/token-store/limits", test_limits);
  g_test_add_func ("/token-store/bad-file", test_bad_file);
  return g_test_run ();
}
