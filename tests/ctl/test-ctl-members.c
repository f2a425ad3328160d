/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-members.h"

static void
test_dup (void)
{
  g_autoptr (GVariant) members = g_variant_ref_sink (
      g_variant_new_parsed ("{'text': <'a b'>, 'count': <uint64 18446744073709551615>,"
                            " 'bytes': <uint64 2048>, 'time': <int64 1795329306041377>,"
                            " 'list': <['observe', 'inject']>, 'empty': <@as []>}"));
  g_autofree char *text = lt_ctl_members_dup_text (members, "text");
  g_autofree char *number = lt_ctl_members_dup_number (members, "count");
  g_autofree char *size = lt_ctl_members_dup_size (members, "bytes");
  g_autofree char *time = lt_ctl_members_dup_time (members, "time");
  g_autofree char *list = lt_ctl_members_dup_list (members, "list");
  g_autofree char *empty = lt_ctl_members_dup_list (members, "empty");

  g_assert_cmpstr (text, ==, "a b");
  g_assert_cmpstr (number, ==, "18446744073709551615");
  g_assert_cmpstr (size, ==, "2.0\xc2\xa0KiB");
  g_assert_true (g_str_has_prefix (time, "2026-11-22 "));
  g_assert_cmpstr (list, ==, "observe,inject");
  g_assert_cmpstr (empty, ==, "");
}

/* What is not there, or is something else, is nothing. */
static void
test_absent (void)
{
  g_autoptr (GVariant) members
      = g_variant_ref_sink (g_variant_new_parsed ("{'text': <'a'>, 'number': <uint64 1>}"));

  g_assert_null (lt_ctl_members_dup_text (members, "nothing"));
  g_assert_null (lt_ctl_members_dup_text (members, "number"));
  g_assert_null (lt_ctl_members_dup_number (members, "text"));
  g_assert_null (lt_ctl_members_dup_size (members, "text"));
  g_assert_null (lt_ctl_members_dup_time (members, "number"));
  g_assert_null (lt_ctl_members_dup_list (members, "text"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-members/dup", test_dup);
  g_test_add_func ("/ctl-members/absent", test_absent);
  return g_test_run ();
}
