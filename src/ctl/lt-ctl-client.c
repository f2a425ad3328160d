/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"

#include "lt-ctl-text.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

static GDBusConnection *
open_connection (const char *bus, GError **error)
{
  if (bus == NULL || g_str_equal (bus, "system"))
    return g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (g_str_equal (bus, "session"))
    return g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);

  return g_dbus_connection_new_for_address_sync (
      bus,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
}

/**
 * lt_ctl_connect:
 * @ctl: this run
 * @error: return location for an error
 *
 * Connects to the bus, unless there is a connection that is not closed.
 *
 * Returns: %TRUE, or %FALSE with %LT_CTL_EXIT_UNREACHABLE or %LT_CTL_EXIT_DENIED
 */
gboolean
lt_ctl_connect (LtCtl *ctl, GError **error)
{
  g_autoptr (GError) foreign = NULL;

  if (ctl->connection != NULL && !g_dbus_connection_is_closed (ctl->connection))
    return TRUE;

  g_clear_object (&ctl->connection);
  ctl->connection = open_connection (ctl->bus, &foreign);
  if (ctl->connection == NULL)
    {
      g_dbus_error_strip_remote_error (foreign);
      g_set_error (error, LT_CTL_ERROR,
                   g_error_matches (foreign, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
                       ? LT_CTL_EXIT_DENIED
                       : LT_CTL_EXIT_UNREACHABLE,
                   _ ("cannot connect to the bus \"%s\": %s"),
                   ctl->bus != NULL ? ctl->bus : "system", foreign->message);
      return FALSE;
    }

  g_dbus_connection_set_exit_on_close (ctl->connection, FALSE);
  return TRUE;
}

static gboolean
is_not_running (const GError *foreign)
{
  return g_error_matches (foreign, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (foreign, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

/**
 * lt_ctl_translate:
 * @ctl: this run
 * @foreign: what a call ended with
 * @sent: (nullable): what a place in the message counts from
 *
 * Makes an error for people; a place is shown by a caret under what was sent.
 *
 * Returns: (transfer full): an error of the domain %LT_CTL_ERROR
 */
GError *
lt_ctl_translate (LtCtl *ctl, const GError *foreign, const char *sent)
{
  g_autoptr (GError) own = NULL;
  g_autofree char *mark = NULL;
  gssize position = -1;

  if (is_not_running (foreign))
    return g_error_new (LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE,
                        _ ("livetraced is not running on this bus (%s)"),
                        ctl->bus != NULL ? ctl->bus : "system");

  own = lt_ctl_error_new_from_dbus (foreign, sent != NULL ? &position : NULL);
  if (position < 0)
    return g_steal_pointer (&own);

  mark = lt_ctl_text_mark (sent, (gsize) position, ctl->messages->ascii);
  return g_error_new (LT_CTL_ERROR, own->code, "%s\n%s", own->message, mark);
}

/**
 * lt_ctl_call_object:
 * @ctl: this run
 * @path: an object of the daemon's
 * @interface: an interface
 * @method: a method
 * @parameters: (transfer floating) (nullable): its arguments
 * @flags: flags of the call
 * @error: return location for an error
 *
 * Calls a method, connecting first where that has not been done.
 *
 * Returns: (transfer full) (nullable): what it returned, or %NULL with an error
 */
GVariant *
lt_ctl_call_object (LtCtl *ctl, const char *path, const char *interface, const char *method,
                    GVariant *parameters, GDBusCallFlags flags, GError **error)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  g_autoptr (GError) foreign = NULL;
  GVariant *result;

  if (!lt_ctl_connect (ctl, error))
    return NULL;

  result = g_dbus_connection_call_sync (
      ctl->connection, LT_CTL_BUS_NAME, path, interface, method, owned, NULL,
      flags | G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, LT_CTL_TIMEOUT_MS, NULL, &foreign);
  if (result == NULL)
    g_propagate_error (error, lt_ctl_translate (ctl, foreign, NULL));

  return result;
}

/**
 * lt_ctl_call:
 * @ctl: this run
 * @method: a method of the manager's
 * @parameters: (transfer floating) (nullable): its arguments
 * @error: return location for an error
 *
 * Calls the manager; see lt_ctl_call_object().
 *
 * Returns: (transfer full) (nullable): what it returned, or %NULL with an error
 */
GVariant *
lt_ctl_call (LtCtl *ctl, const char *method, GVariant *parameters, GError **error)
{
  return lt_ctl_call_object (ctl, LT_CTL_PATH, LT_CTL_MANAGER, method, parameters,
                             G_DBUS_CALL_FLAGS_NONE, error);
}

/**
 * lt_ctl_call_for_fd:
 * @ctl: this run
 * @method: a method of the manager's that returns one descriptor
 * @parameters: (transfer floating): its arguments
 * @error: return location for an error
 *
 * Returns: the descriptor, which is the caller's, or -1 with an error
 */
int
lt_ctl_call_for_fd (LtCtl *ctl, const char *method, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (parameters);
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) foreign = NULL;
  int fd = -1;

  if (!lt_ctl_connect (ctl, error))
    return -1;

  result = g_dbus_connection_call_with_unix_fd_list_sync (
      ctl->connection, LT_CTL_BUS_NAME, LT_CTL_PATH, LT_CTL_MANAGER, method, owned, NULL,
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, LT_CTL_TIMEOUT_MS, NULL, &fds, NULL,
      &foreign);
  if (result != NULL && fds != NULL)
    fd = g_unix_fd_list_get (fds, 0, &foreign);
  if (fd < 0 && foreign == NULL)
    g_set_error_literal (&foreign, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("no descriptor came"));
  if (fd < 0)
    {
      const char *sent = NULL;

      /* A filter is the first argument where it is the one that can be wrong. */
      if (g_variant_is_of_type (owned, G_VARIANT_TYPE ("(sa{sv})")))
        g_variant_get_child (owned, 0, "&s", &sent);
      g_propagate_error (error, lt_ctl_translate (ctl, foreign, sent));
    }

  return fd;
}
