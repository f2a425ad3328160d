/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-nearest.h"

static void
test_distance (void)
{
  g_autofree char *long_word = g_strnfill (1000, 'x');

  g_assert_cmpuint (lt_edit_distance ("", ""), ==, 0);
  g_assert_cmpuint (lt_edit_distance ("listen", "listen"), ==, 0);
  g_assert_cmpuint (lt_edit_distance ("Listen", "lISTEN"), ==, 0);
  g_assert_cmpuint (lt_edit_distance ("", "abc"), ==, 3);
  g_assert_cmpuint (lt_edit_distance ("abc", ""), ==, 3);
  g_assert_cmpuint (lt_edit_distance ("listn", "listen"), ==, 1);
  g_assert_cmpuint (lt_edit_distance ("lisetn", "listen"), ==, 1);
  g_assert_cmpuint (lt_edit_distance ("kitten", "sitting"), ==, 3);
  g_assert_cmpuint (lt_edit_distance (long_word, ""), ==, 64);
  g_assert_cmpuint (lt_edit_distance (long_word, long_word), ==, 0);
}

static void
test_nearest (void)
{
  static const char *const words[] = { "http.listen", "http.hosts", "ring.size" };

  g_assert_cmpstr (lt_nearest_word ("http.listn", words, 3), ==, "http.listen");
  g_assert_cmpstr (lt_nearest_word ("http.host", words, 3), ==, "http.hosts");
  g_assert_null (lt_nearest_word ("something", words, 3));
  g_assert_null (lt_nearest_word ("", words, 3));
  g_assert_null (lt_nearest_word ("x", words, 0));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearest/distance", test_distance);
  g_test_add_func ("/nearest/nearest", test_nearest);
  return g_test_run ();
}
