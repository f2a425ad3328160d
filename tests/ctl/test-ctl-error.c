/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-error.h"

#include <gio/gio.h>

static void
test_from_dbus (void)
{
  static const struct
  {
    const char *name;
    const char *message;
    LtCtlExit code;
    const char *expected;
    gssize position;
  } cases[] = {
    { "org.livetrace.Livetrace1.Error.UnknownKey", "no such key (at byte 12)", LT_CTL_EXIT_REFUSED,
      "no such key", 12 },
    { "org.livetrace.Livetrace1.Error.InvalidLevel", "what?", LT_CTL_EXIT_REFUSED, "what?", -1 },
    { "org.livetrace.Livetrace1.Error.Failed", "odd (at byte x)", LT_CTL_EXIT_REFUSED,
      "odd (at byte x)", -1 },
    { "org.livetrace.Livetrace1.Error.Failed", "odd (at byte 5) no", LT_CTL_EXIT_REFUSED,
      "odd (at byte 5) no", -1 },
    { "org.livetrace.Livetrace1.Error.Failed", "odd (at byte 99999999999)", LT_CTL_EXIT_REFUSED,
      "odd (at byte 99999999999)", -1 },
    { "org.livetrace.Livetrace1.Error.Denied", "you may not", LT_CTL_EXIT_DENIED,
      "permission denied: you may not", -1 },
    { "org.livetrace.Livetrace1.Error.Cancelled", "going", LT_CTL_EXIT_UNREACHABLE,
      "livetraced cannot be reached: going", -1 },
    { "org.livetrace.Livetrace1.Error.Busy", "full", LT_CTL_EXIT_REFUSED, "full", -1 },
    { "org.freedesktop.DBus.Error.AccessDenied", "policy", LT_CTL_EXIT_DENIED,
      "permission denied: policy", -1 },
    { "org.freedesktop.DBus.Error.NoReply", "dead", LT_CTL_EXIT_UNREACHABLE,
      "livetraced cannot be reached: dead", -1 },
    { "org.freedesktop.DBus.Error.Spawn.ChildExited", "dead", LT_CTL_EXIT_UNREACHABLE,
      "livetraced cannot be reached: dead", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) foreign
          = g_dbus_error_new_for_dbus_error (cases[i].name, cases[i].message);
      gssize position = 0;
      g_autoptr (GError) error = lt_ctl_error_new_from_dbus (foreign, &position);

      g_assert_error (error, LT_CTL_ERROR, (int) cases[i].code);
      g_assert_cmpstr (error->message, ==, cases[i].expected);
      g_assert_cmpint (position, ==, cases[i].position);
      g_assert_cmpint (lt_ctl_error_is_passing (foreign), ==,
                       cases[i].code == LT_CTL_EXIT_UNREACHABLE
                           || g_str_has_suffix (cases[i].name, ".Busy"));
    }
}

static void
test_local (void)
{
  g_autoptr (GError) closed = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "closed");
  g_autoptr (GError) forbidden = g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "no");
  g_autoptr (GError) one = lt_ctl_error_new_from_dbus (closed, NULL);
  g_autoptr (GError) other = lt_ctl_error_new_from_dbus (forbidden, NULL);

  g_assert_error (one, LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE);
  g_assert_error (other, LT_CTL_ERROR, LT_CTL_EXIT_DENIED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-error/from-dbus", test_from_dbus);
  g_test_add_func ("/ctl-error/local", test_local);
  return g_test_run ();
}
