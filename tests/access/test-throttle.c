/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-throttle.h"

static void
test_limit (void)
{
  LtThrottle *throttle = lt_throttle_new (3, 60000);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (lt_throttle_get_wait (throttle, "192.0.2.1"), ==, 0);
      lt_throttle_note_failure (throttle, "192.0.2.1");
    }
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "192.0.2.1"), >, 50);
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "192.0.2.1"), <=, 60);
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "192.0.2.2"), ==, 0);
  lt_throttle_forget (throttle, "192.0.2.1");
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "192.0.2.1"), ==, 0);
  g_assert_finalize_object (throttle);
}

static void
test_prefix (void)
{
  LtThrottle *throttle = lt_throttle_new (1, 60000);

  lt_throttle_note_failure (throttle, "2001:db8:0:1::1");
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "2001:db8:0:1:ffff::2"), >, 0);
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "2001:db8:0:2::1"), ==, 0);
  lt_throttle_note_failure (throttle, "not an address");
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "not an address"), >, 0);
  g_assert_finalize_object (throttle);
}

static void
test_window (void)
{
  LtThrottle *throttle = lt_throttle_new (1, 20);

  lt_throttle_note_failure (throttle, "192.0.2.1");
  while (lt_throttle_get_wait (throttle, "192.0.2.1") > 0)
    g_thread_yield ();
  lt_throttle_note_failure (throttle, "192.0.2.1");
  g_assert_finalize_object (throttle);
}

static void
test_bound (void)
{
  LtThrottle *throttle = lt_throttle_new (1, 60000);

  for (guint i = 0; i <= LT_THROTTLE_PEERS; i++)
    {
      g_autofree char *peer = g_strdup_printf ("10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);

      lt_throttle_note_failure (throttle, peer);
    }
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "10.0.0.0"), ==, 0);
  g_assert_cmpuint (lt_throttle_get_wait (throttle, "10.0.0.1"), >, 0);
  g_assert_finalize_object (throttle);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/limit", test_limit);
  g_test_add_func ("/throttle/prefix", test_prefix);
  g_test_add_func ("/throttle/window", test_window);
  g_test_add_func ("/throttle/bound", test_bound);
  return g_test_run ();
}
