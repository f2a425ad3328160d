/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-error.h"

/**
 * lt_dbus_return_error:
 * @invocation: (transfer full): a call
 * @error: what went wrong
 *
 * Ends a call with the D-Bus error of @error's code. An event's index in its batch and a position
 * go into the message, since a D-Bus error has no other place for them.
 */
void
lt_dbus_return_error (GDBusMethodInvocation *invocation, const GError *error)
{
  LtErrorCode code = LT_ERROR_FAILED;
  g_autoptr (GString) message = g_string_new (NULL);
  gssize index = lt_error_get_index (error);
  gssize position = lt_error_get_position (error);

  if (error->domain == LT_ERROR)
    code = (LtErrorCode) error->code;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = LT_ERROR_CANCELLED;

  if (index >= 0)
    g_string_append_printf (
        message, "event %" G_GSSIZE_FORMAT " (index %" G_GSSIZE_FORMAT "): ", index + 1, index);
  g_string_append (message, error->message);
  if (position >= 0)
    g_string_append_printf (message, " (at byte %" G_GSSIZE_FORMAT ")", position);

  g_dbus_method_invocation_return_dbus_error (invocation, lt_error_get_info (code)->dbus_name,
                                              message->str);
}

/**
 * lt_dbus_return_new_error:
 * @invocation: (transfer full): a call
 * @code: what went wrong
 * @format: the message, as for printf()
 * @...: what @format names
 *
 * Ends a call with an error made here.
 */
void
lt_dbus_return_new_error (GDBusMethodInvocation *invocation, LtErrorCode code, const char *format,
                          ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_dbus_method_invocation_return_dbus_error (invocation, lt_error_get_info (code)->dbus_name,
                                              message);
}
