/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-identity.h"

static void
test_may (void)
{
  g_autoptr (LtIdentity) identity
      = lt_identity_new ("a", LT_PERMISSION_OBSERVE | LT_PERMISSION_INJECT, "t1", NULL);

  g_assert_true (lt_identity_may (identity, LT_PERMISSION_NONE));
  g_assert_true (lt_identity_may (identity, LT_PERMISSION_OBSERVE));
  g_assert_true (lt_identity_may (identity, LT_PERMISSION_OBSERVE | LT_PERMISSION_INJECT));
  g_assert_false (lt_identity_may (identity, LT_PERMISSION_MANAGE));
  g_assert_false (lt_identity_may (identity, LT_PERMISSION_ALL));
  g_assert_true (lt_identity_may (NULL, LT_PERMISSION_NONE));
  g_assert_false (lt_identity_may (NULL, LT_PERMISSION_OBSERVE));
}

static void
test_origin (void)
{
  g_autoptr (LtIdentity) token = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", NULL);
  g_autoptr (LtIdentity) session = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", "s1");
  g_autofree char *nobody = lt_identity_describe (NULL);
  g_autofree char *token_text = lt_identity_describe (token);
  g_autofree char *session_text = lt_identity_describe (session);

  g_assert_true (lt_identity_is_from (token, "t1"));
  g_assert_false (lt_identity_is_from (token, "s1"));
  g_assert_true (lt_identity_is_from (session, "t1"));
  g_assert_true (lt_identity_is_from (session, "s1"));
  g_assert_cmpstr (nobody, ==, "nobody");
  g_assert_cmpstr (token_text, ==, "token t1 \"a\"");
  g_assert_cmpstr (session_text, ==, "session s1 \"a\"");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/may", test_may);
  g_test_add_func ("/identity/origin", test_origin);
  return g_test_run ();
}
