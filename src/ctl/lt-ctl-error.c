/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define OWN_PREFIX "org.livetrace.Livetrace1.Error."

G_DEFINE_QUARK (lt - ctl - error, lt_ctl_error)

/**
 * lt_ctl_error_usage:
 * @error: return location
 * @format: what is wrong, for printf()
 * @...: its arguments
 *
 * Sets %LT_CTL_EXIT_USAGE.
 *
 * Returns: %FALSE, so that a function can end in this call
 */
gboolean
lt_ctl_error_usage (GError **error, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return FALSE;

  va_start (arguments, format);
  *error = g_error_new_valist (LT_CTL_ERROR, LT_CTL_EXIT_USAGE, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Errors of the bus, of GDBus and of the daemon when it is on its way out. */
static const struct
{
  const char *name;
  LtCtlExit code;
} names[] = {
  { OWN_PREFIX "Denied", LT_CTL_EXIT_DENIED },
  { OWN_PREFIX "Cancelled", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.AccessDenied", LT_CTL_EXIT_DENIED },
  { "org.freedesktop.DBus.Error.AuthFailed", LT_CTL_EXIT_DENIED },
  { "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", LT_CTL_EXIT_DENIED },
  { "org.freedesktop.DBus.Error.ServiceUnknown", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.NameHasNoOwner", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.NoReply", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.Timeout", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.TimedOut", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.Disconnected", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.NoServer", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.NoNetwork", LT_CTL_EXIT_UNREACHABLE },
  { "org.freedesktop.DBus.Error.FileNotFound", LT_CTL_EXIT_UNREACHABLE },
};

static LtCtlExit
classify (const GError *foreign, const char *name)
{
  if (g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return LT_CTL_EXIT_DENIED;
  if (name == NULL)
    return LT_CTL_EXIT_UNREACHABLE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_str_equal (names[i].name, name))
        return names[i].code;
    }

  return g_str_has_prefix (name, "org.freedesktop.DBus.Error.Spawn.") ? LT_CTL_EXIT_UNREACHABLE
                                                                      : LT_CTL_EXIT_REFUSED;
}

/* The daemon puts a place at the end of its message: " (at byte 17)". */
static void
take_position (char *message, gssize *position)
{
  static const char mark[] = " (at byte ";
  char *at = g_strrstr (message, mark);
  char *end = NULL;
  guint64 number;

  *position = -1;
  if (at == NULL || !g_ascii_isdigit (at[strlen (mark)]))
    return;

  number = g_ascii_strtoull (at + strlen (mark), &end, 10);
  if (!g_str_equal (end, ")") || number > G_MAXINT32)
    return;

  *at = '\0';
  *position = (gssize) number;
}

/**
 * lt_ctl_error_new_from_dbus:
 * @foreign: what a call ended with
 * @position: (out) (nullable): where in what was sent the mistake lies, in bytes, or -1. With
 *   %NULL the place stays in the message
 *
 * Makes an error for people: what the daemon said, without what GDBus puts before it.
 *
 * Returns: (transfer full): an error of the domain %LT_CTL_ERROR
 */
GError *
lt_ctl_error_new_from_dbus (const GError *foreign, gssize *position)
{
  g_autoptr (GError) stripped = g_error_copy (foreign);
  g_autofree char *name = g_dbus_error_get_remote_error (foreign);
  LtCtlExit code = classify (foreign, name);
  GError *result;

  g_dbus_error_strip_remote_error (stripped);
  if (position != NULL)
    take_position (stripped->message, position);

  switch (code)
    {
    case LT_CTL_EXIT_UNREACHABLE:
      result = g_error_new (LT_CTL_ERROR, (int) code, _ ("livetraced cannot be reached: %s"),
                            stripped->message);
      break;
    case LT_CTL_EXIT_DENIED:
      result
          = g_error_new (LT_CTL_ERROR, (int) code, _ ("permission denied: %s"), stripped->message);
      break;
    default:
      result = g_error_new_literal (LT_CTL_ERROR, (int) code, stripped->message);
      break;
    }

  return result;
}

/**
 * lt_ctl_error_is_passing:
 * @foreign: what a call ended with
 *
 * Returns: whether the same call may go well a little later: the daemon is not there, or has too
 *   much to do
 */
gboolean
lt_ctl_error_is_passing (const GError *foreign)
{
  g_autofree char *name = g_dbus_error_get_remote_error (foreign);

  return classify (foreign, name) == LT_CTL_EXIT_UNREACHABLE
         || g_strcmp0 (name, OWN_PREFIX "Busy") == 0 || g_strcmp0 (name, OWN_PREFIX "TooMany") == 0;
}
