/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-activation.h"

#include "core/lt-error.h"

#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

/**
 * lt_activation_take:
 * @descriptors: (out) (transfer full) (element-type int): listening sockets that systemd hands
 *   over (sd_listen_fds(3)), maybe none; the caller closes them
 * @error: return location for an error
 *
 * Takes the sockets of socket activation. A second call gives none.
 *
 * Returns: %TRUE, or %FALSE and %LT_ERROR_INVALID_CONFIG if one is no listening stream socket
 */
gboolean
lt_activation_take (GArray **descriptors, GError **error)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (int));
  int count = sd_listen_fds (1);

  if (count < 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "cannot take the sockets that systemd hands over: %s", g_strerror (-count));
      return FALSE;
    }

  for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; fd++)
    {
      if (sd_is_socket (fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "descriptor %d, handed over by systemd, is no listening stream socket; "
                       "check ListenStream= in the socket unit",
                       fd);
          return FALSE;
        }
      g_array_append_val (taken, fd);
    }

  *descriptors = g_steal_pointer (&taken);
  return TRUE;
}
