/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-sign-in-store.h"

static void
test_once (void)
{
  LtSignInStore *store = lt_sign_in_store_new (LT_SIGN_IN_MS);
  g_autofree char *a = lt_sign_in_store_create (store, LT_PERMISSION_ALL);
  g_autofree char *b = lt_sign_in_store_create (store, LT_PERMISSION_OBSERVE);

  g_assert_cmpuint (lt_sign_in_store_redeem (store, ""), ==, LT_PERMISSION_NONE);
  g_assert_cmpuint (lt_sign_in_store_redeem (store, b), ==, LT_PERMISSION_OBSERVE);
  g_assert_cmpuint (lt_sign_in_store_redeem (store, b), ==, LT_PERMISSION_NONE);
  g_assert_cmpuint (lt_sign_in_store_redeem (store, a), ==, LT_PERMISSION_ALL);
  g_assert_cmpuint (lt_sign_in_store_redeem (store, a), ==, LT_PERMISSION_NONE);
  g_assert_finalize_object (store);
}

static void
test_expiry (void)
{
  LtSignInStore *store = lt_sign_in_store_new (0);
  g_autofree char *secret = lt_sign_in_store_create (store, LT_PERMISSION_ALL);

  g_assert_cmpuint (lt_sign_in_store_redeem (store, secret), ==, LT_PERMISSION_NONE);
  g_assert_finalize_object (store);
}

static void
test_bound (void)
{
  LtSignInStore *store = lt_sign_in_store_new (LT_SIGN_IN_MS);
  g_autofree char *first = lt_sign_in_store_create (store, LT_PERMISSION_ALL);
  g_autofree char *second = lt_sign_in_store_create (store, LT_PERMISSION_ALL);

  for (guint i = 1; i < LT_SIGN_IN_LIMIT; i++)
    g_free (lt_sign_in_store_create (store, LT_PERMISSION_ALL));
  g_assert_cmpuint (lt_sign_in_store_redeem (store, first), ==, LT_PERMISSION_NONE);
  g_assert_cmpuint (lt_sign_in_store_redeem (store, second), ==, LT_PERMISSION_ALL);
  g_assert_finalize_object (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in-store/once", test_once);
  g_test_add_func ("/sign-in-store/expiry", test_expiry);
  g_test_add_func ("/sign-in-store/bound", test_bound);
  return g_test_run ();
}
