/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-syslog-socket.h"

#include "core/lt-error.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static gboolean
is_path (const char *address)
{
  return address[0] == '/';
}

/* `127.0.0.1:5514` or `[::1]:5514`; a name is not looked up. */
static GSocketAddress *
parse_inet (const char *address, GError **error)
{
  const char *colon = strrchr (address, ':');
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) inet = NULL;
  guint64 port;

  if (colon != NULL && address[0] == '[' && colon > address + 1 && colon[-1] == ']')
    host = g_strndup (address + 1, (gsize) (colon - address - 2));
  else if (colon != NULL)
    host = g_strndup (address, (gsize) (colon - address));
  if (host != NULL)
    inet = g_inet_address_new_from_string (host);

  if (inet == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "\"%s\" is neither a path nor an address with a port, such as \"/dev/log\" or "
                   "\"127.0.0.1:5514\"",
                   address);
      return NULL;
    }
  /* Anybody may send to UDP from any address: only this machine is listened to. */
  if (!g_inet_address_get_is_loopback (inet))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "\"%s\" is not a loopback address; syslog is taken on 127.0.0.1 or [::1] only",
                   address);
      return NULL;
    }
  return g_inet_socket_address_new (inet, (guint16) port);
}

/**
 * lt_syslog_socket_check_address:
 * @address: a path, or a loopback address and a port
 * @error: where to put %LT_ERROR_INVALID_CONFIG
 *
 * Returns: %FALSE with @error set if no syslog can be taken there
 */
gboolean
lt_syslog_socket_check_address (const char *address, GError **error)
{
  struct sockaddr_un name;
  g_autoptr (GSocketAddress) inet = NULL;

  if (!is_path (address))
    {
      inet = parse_inet (address, error);
      return inet != NULL;
    }
  if (strlen (address) < sizeof name.sun_path)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
               "path \"%s\" is longer than %d bytes; a socket's path cannot be", address,
               (int) sizeof name.sun_path - 1);
  return FALSE;
}

static void
set_io_error (GError **error, const char *what, const char *address, int saved_errno)
{
  g_set_error (error, LT_ERROR, LT_ERROR_IO, "cannot %s \"%s\": %s", what, address,
               g_strerror (saved_errno));
}

/* What nobody listens on any more goes; what somebody listens on stays. */
static gboolean
remove_stale (const char *path, const struct sockaddr_un *name, GError **error)
{
  struct stat info;
  int fd;
  int saved_errno;
  gboolean taken;

  if (lstat (path, &info) < 0)
    return TRUE;
  if (!S_ISSOCK (info.st_mode))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_IO,
                   "cannot listen at \"%s\": something that is no socket is there; remove it",
                   path);
      return FALSE;
    }

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    {
      set_io_error (error, "listen at", path, errno);
      return FALSE;
    }
  taken = connect (fd, (const struct sockaddr *) name, sizeof *name) == 0 || errno != ECONNREFUSED;
  saved_errno = errno;
  close (fd);
  if (taken)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_IO,
                   "cannot listen at \"%s\": %s; choose another path, or stop what uses this one",
                   path,
                   saved_errno == 0 || saved_errno == EPROTOTYPE || saved_errno == EAGAIN
                       ? "somebody listens there already"
                       : g_strerror (saved_errno));
      return FALSE;
    }
  if (unlink (path) == 0)
    return TRUE;

  set_io_error (error, "replace the old socket", path, errno);
  return FALSE;
}

static int
open_path (const char *path, GError **error)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int fd;

  g_strlcpy (name.sun_path, path, sizeof name.sun_path);
  errno = 0;
  if (!remove_stale (path, &name, error))
    return -1;
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* All programs of the machine may log. */
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &name, sizeof name) == 0
      && chmod (path, 0666) == 0)
    return fd;

  set_io_error (error, "listen at", path, errno);
  if (fd >= 0)
    close (fd);
  return -1;
}

static int
open_inet (const char *address, GError **error)
{
  g_autoptr (GSocketAddress) inet = parse_inet (address, error);
  struct sockaddr_storage name = { 0 };
  gssize size;
  int fd;

  if (inet == NULL || !g_socket_address_to_native (inet, &name, sizeof name, error))
    return -1;

  size = g_socket_address_get_native_size (inet);
  fd = socket (name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &name, (socklen_t) size) == 0)
    return fd;

  set_io_error (error, "listen at", address, errno);
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * lt_syslog_socket_open:
 * @address: what lt_syslog_socket_check_address() found good
 * @error: where to put %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Opens a datagram socket, with room for many datagrams.
 *
 * Returns: a descriptor that does not block, or -1 with @error set
 */
int
lt_syslog_socket_open (const char *address, GError **error)
{
  int size = LT_SYSLOG_SOCKET_BUFFER_BYTES;
  int on = 1;
  int fd;

  if (!lt_syslog_socket_check_address (address, error))
    return -1;
  fd = is_path (address) ? open_path (address, error) : open_inet (address, error);
  if (fd < 0)
    return -1;

  /* Past the system's limit where we may, else as far as it goes. */
  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  return fd;
}

/**
 * lt_syslog_socket_get_port:
 * @fd: an open socket
 *
 * Returns: its UDP port, or 0 if it has a path
 */
guint16
lt_syslog_socket_get_port (int fd)
{
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  g_autoptr (GSocketAddress) address = NULL;

  if (getsockname (fd, (struct sockaddr *) &name, &size) < 0)
    return 0;
  address = g_socket_address_new_from_native (&name, size);
  return G_IS_INET_SOCKET_ADDRESS (address)
             ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address))
             : 0;
}

/**
 * lt_syslog_socket_close:
 * @fd: an open socket
 * @address: where it is
 *
 * Closes a socket and takes its path away, unless somebody else has it by now.
 */
void
lt_syslog_socket_close (int fd, const char *address)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int probe;

  close (fd);
  if (!is_path (address))
    return;

  g_strlcpy (name.sun_path, address, sizeof name.sun_path);
  probe = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0)
    return;
  if (connect (probe, (const struct sockaddr *) &name, sizeof name) < 0 && errno == ECONNREFUSED)
    unlink (address);
  close (probe);
}

/**
 * lt_syslog_socket_receive:
 * @fd: an open socket
 * @buffer: (array length=size): where to put a datagram
 * @size: bytes of @buffer
 * @length: (out): bytes the datagram had, of which @buffer may hold the first only
 * @dropped: (inout): datagrams the kernel has had no room for since the socket was opened, as far
 *   as it says
 *
 * Takes one datagram.
 *
 * Returns: bytes put into @buffer, or -1 if there is none to take now
 */
gssize
lt_syslog_socket_receive (int fd, char *buffer, gsize size, gsize *length, guint32 *dropped)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (guint32))];
    struct cmsghdr header;
  } control;
  struct iovec part = { buffer, size };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  gssize n_received;

  do
    n_received = recvmsg (fd, &message, MSG_DONTWAIT | MSG_TRUNC);
  while (n_received < 0 && errno == EINTR);
  if (n_received < 0)
    return -1;

  for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header != NULL;
       header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_RXQ_OVFL)
      memcpy (dropped, CMSG_DATA (header), sizeof *dropped);
  *length = (gsize) n_received;
  return (gssize) MIN ((gsize) n_received, size);
}
