/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-listener.h"

#include "core/lt-error.h"
#include "lt-http-problem.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many connections of one socket are accepted in one turn of the main loop. */
#define ACCEPTS_PER_TURN 32

/* How long nothing is accepted once descriptors have run out. */
#define BACK_OFF_MS 50

/* What is read of a client that is turned away, so that closing does not reset its answer. */
#define REJECTED_READ_BYTES 16384

static const char rejection[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                "Connection: close\r\n"
                                "Retry-After: " LT_HTTP_RETRY_AFTER_S "\r\n"
                                "Cache-Control: no-store\r\n"
                                "Content-Length: 0\r\n"
                                "\r\n";

/**
 * Endpoint:
 *
 * A listening socket.
 */
typedef struct
{
  LtHttpListener *listener; /* (unowned): whose it is */
  GSocket *socket;          /* (owned) */
  GSource *source;          /* (owned) (nullable): while started */
  LtHttpAuthority address;
} Endpoint;

struct _LtHttpListener
{
  GObject parent_instance;

  LtHttpGate *gate; /* (owned) */
  LtHttpAccepted accepted;
  gpointer user_data;   /* of @accepted */
  GPtrArray *endpoints; /* (owned) (element-type Endpoint) */
  int reserve_fd;       /* (owned): given up to turn clients away when there is no other; or -1 */
  GSource *back_off;    /* (owned) (nullable): while nothing is accepted */
  gboolean is_started;
  gboolean is_starved; /* descriptors have run out, which has been said */
};

G_DEFINE_FINAL_TYPE (LtHttpListener, lt_http_listener, G_TYPE_OBJECT)

static void
endpoint_unwatch (Endpoint *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
endpoint_free (gpointer data)
{
  Endpoint *self = data;

  endpoint_unwatch (self);
  g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_free (self);
}

static void
clear_back_off (LtHttpListener *self)
{
  if (self->back_off != NULL)
    g_source_destroy (self->back_off);
  g_clear_pointer (&self->back_off, g_source_unref);
}

static void
lt_http_listener_finalize (GObject *object)
{
  LtHttpListener *self = LT_HTTP_LISTENER (object);

  clear_back_off (self);
  g_clear_pointer (&self->endpoints, g_ptr_array_unref);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  g_clear_pointer (&self->gate, lt_http_gate_unref);

  G_OBJECT_CLASS (lt_http_listener_parent_class)->finalize (object);
}

static void
lt_http_listener_class_init (LtHttpListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_http_listener_finalize;
}

static void
lt_http_listener_init (LtHttpListener *self)
{
  self->endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  self->reserve_fd = -1;
}

static void
take_reserve (LtHttpListener *self)
{
  if (self->reserve_fd < 0)
    self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Answers and closes without waiting for anything. */
static void
turn_away (LtHttpListener *self, int fd)
{
  guint8 buffer[REJECTED_READ_BYTES];

  lt_http_gate_count_refused (self->gate);
  if (send (fd, rejection, sizeof rejection - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    {
      shutdown (fd, SHUT_WR);
      while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) == -1 && errno == EINTR)
        continue;
    }
  close (fd);
}

static gboolean
get_peer (const struct sockaddr_storage *storage, LtAddress *peer)
{
  g_autoptr (GSocketAddress) address
      = g_socket_address_new_from_native ((gpointer) storage, sizeof *storage);
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;

  text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return lt_address_parse (text, strlen (text), peer);
}

static void
let_in (LtHttpListener *self, int fd_to_take, const struct sockaddr_storage *storage)
{
  LtAddress peer;
  LtHttpPass pass;
  int on = 1;
  g_autoptr (GSocket) socket = NULL;

  if (!get_peer (storage, &peer) || !lt_http_gate_enter (self->gate, &peer, &pass))
    {
      turn_away (self, fd_to_take);
      return;
    }

  setsockopt (fd_to_take, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  socket = g_socket_new_from_fd (fd_to_take, NULL);
  if (socket == NULL)
    {
      close (fd_to_take);
      lt_http_gate_leave (self->gate, &pass);
      return;
    }

  g_socket_set_blocking (socket, FALSE);
  self->accepted (socket, &pass, self->user_data);
}

static gboolean on_back_off_over (gpointer user_data);

/* Descriptors or memory have run out. Clients that wait are turned away with the descriptor
 * kept for that, and then nothing is accepted for a moment. */
static void
begin_back_off (LtHttpListener *self, int listening_fd)
{
  for (guint i = 0; i < ACCEPTS_PER_TURN && self->reserve_fd >= 0; i++)
    {
      int fd;

      close (self->reserve_fd);
      self->reserve_fd = -1;
      fd = accept4 (listening_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        turn_away (self, fd);
      take_reserve (self);
      if (fd < 0)
        break;
    }

  for (guint i = 0; i < self->endpoints->len; i++)
    endpoint_unwatch (g_ptr_array_index (self->endpoints, i));

  clear_back_off (self);
  self->back_off = g_timeout_source_new (BACK_OFF_MS);
  g_source_set_callback (self->back_off, on_back_off_over, self, NULL);
  g_source_attach (self->back_off, g_main_context_get_thread_default ());
}

static gboolean
on_connection (int listening_fd, GIOCondition condition, gpointer user_data)
{
  Endpoint *endpoint = user_data;
  g_autoptr (LtHttpListener) self = g_object_ref (endpoint->listener);

  for (guint i = 0; i < ACCEPTS_PER_TURN && self->is_started; i++)
    {
      struct sockaddr_storage storage;
      socklen_t length = sizeof storage;
      int fd;

      memset (&storage, 0, sizeof storage);
      fd = accept4 (listening_fd, (struct sockaddr *) &storage, &length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0)
        {
          self->is_starved = FALSE;
          let_in (self, fd, &storage);
          continue;
        }
      if (errno == EAGAIN)
        break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        {
          if (!self->is_starved)
            g_message ("cannot accept connections for now: %s", g_strerror (errno));
          self->is_starved = TRUE;
          begin_back_off (self, listening_fd);
          return G_SOURCE_REMOVE;
        }
      /* What else accept() says is about the connection it would have given. */
    }

  return G_SOURCE_CONTINUE;
}

static void
watch_all (LtHttpListener *self)
{
  for (guint i = 0; i < self->endpoints->len; i++)
    {
      Endpoint *endpoint = g_ptr_array_index (self->endpoints, i);

      endpoint_unwatch (endpoint);
      endpoint->source = g_unix_fd_source_new (g_socket_get_fd (endpoint->socket), G_IO_IN);
      g_source_set_callback (endpoint->source, G_SOURCE_FUNC (on_connection), endpoint, NULL);
      g_source_set_static_name (endpoint->source, "lt-http-listener");
      g_source_attach (endpoint->source, g_main_context_get_thread_default ());
    }
}

static gboolean
on_back_off_over (gpointer user_data)
{
  LtHttpListener *self = user_data;

  clear_back_off (self);
  take_reserve (self);
  watch_all (self);
  return G_SOURCE_REMOVE;
}

/**
 * lt_http_listener_new:
 * @gate: who may come in
 * @accepted: takes those who did
 * @user_data: for @accepted
 *
 * Returns: (transfer full): a listener without sockets
 */
LtHttpListener *
lt_http_listener_new (LtHttpGate *gate, LtHttpAccepted accepted, gpointer user_data)
{
  LtHttpListener *self = g_object_new (LT_TYPE_HTTP_LISTENER, NULL);

  self->gate = lt_http_gate_ref (gate);
  self->accepted = accepted;
  self->user_data = user_data;
  return self;
}

/* Takes a listening socket, once its address is known. */
static gboolean
add_endpoint (LtHttpListener *self, GSocket *socket, GError **error)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);
  Endpoint *endpoint;
  g_autofree char *text = NULL;

  if (address == NULL)
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot tell where a socket listens");
      return FALSE;
    }
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "a socket given to the HTTP listener is not a TCP socket");
      return FALSE;
    }

  text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  endpoint = g_new0 (Endpoint, 1);
  endpoint->listener = self;
  endpoint->socket = g_object_ref (socket);
  g_strlcpy (endpoint->address.host, text, sizeof endpoint->address.host);
  endpoint->address.is_address = lt_address_parse (text, strlen (text), &endpoint->address.address);
  endpoint->address.has_port = TRUE;
  endpoint->address.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_ptr_array_add (self->endpoints, endpoint);
  lt_http_gate_add_endpoint (self->gate, &endpoint->address);
  return TRUE;
}

/**
 * lt_http_listener_adopt:
 * @self: the listener, not started yet
 * @fd: (transfer full): a listening TCP socket, as systemd hands it over
 * @error: return location for %LT_ERROR_INVALID_CONFIG and %LT_ERROR_IO
 *
 * Takes a socket that listens already. It is closed if that fails.
 *
 * Returns: %TRUE if it was taken
 */
gboolean
lt_http_listener_adopt (LtHttpListener *self, int fd, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  int is_listening = 0;
  socklen_t length = sizeof is_listening;

  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &length) != 0 || !is_listening)
    {
      close (fd);
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "descriptor %d given to the HTTP listener is not a listening socket", fd);
      return FALSE;
    }

  socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL)
    {
      close (fd);
      lt_error_translate (error, LT_ERROR_IO, "cannot use a socket given to the HTTP listener");
      return FALSE;
    }

  g_socket_set_blocking (socket, FALSE);
  return add_endpoint (self, socket, error);
}

static GSocket *
open_socket (GInetAddress *address, guint16 port, GError **error)
{
  GSocketFamily family = g_inet_address_get_family (address);
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket
      = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, LT_HTTP_BACKLOG);
  if (family == G_SOCKET_FAMILY_IPV6
      && !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, error))
    return NULL;
  /* @allow_reuse is SO_REUSEADDR: the port is free again as soon as the last daemon is gone. */
  if (!g_socket_bind (socket, where, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;

  return g_steal_pointer (&socket);
}

/* Whether the machine simply has no such address family or address of its own. */
static gboolean
lacks_ipv6 (const LtHttpAuthority *authority, const GError *error)
{
  return authority->address.length == 16 && lt_http_address_is_loopback (&authority->address)
         && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)
             || g_error_matches (error, G_IO_ERROR, g_io_error_from_errno (EADDRNOTAVAIL)));
}

static gboolean
listen_on (LtHttpListener *self, const LtHttpAuthority *authority, gboolean is_only, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (authority->host);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GSocket) socket = NULL;

  socket = open_socket (address, authority->port, &local_error);
  if (socket != NULL)
    return add_endpoint (self, socket, error);

  if (!is_only && lacks_ipv6 (authority, local_error))
    {
      g_message ("not listening on [%s]:%u: this machine has no IPv6", authority->host,
                 authority->port);
      return TRUE;
    }

  g_set_error (error, LT_ERROR, LT_ERROR_IO,
               authority->address.length == 4 ? "cannot listen on %s:%u: %s; see http.listen"
                                              : "cannot listen on [%s]:%u: %s; see http.listen",
               authority->host, authority->port, local_error->message);
  return FALSE;
}

/**
 * lt_http_listener_listen:
 * @self: the listener, not started yet
 * @error: return location for %LT_ERROR_IO
 *
 * Listens on the addresses of the policy, or on none if sockets were adopted. `::1` is left
 * out on a machine without IPv6, unless it is the only address.
 *
 * Returns: %TRUE if it listens on all of them
 */
gboolean
lt_http_listener_listen (LtHttpListener *self, GError **error)
{
  GArray *listen = lt_http_gate_get_policy (self->gate)->listen;

  if (self->endpoints->len > 0)
    return TRUE;

  for (guint i = 0; i < listen->len; i++)
    if (!listen_on (self, &g_array_index (listen, LtHttpAuthority, i), listen->len == 1, error))
      return FALSE;

  return TRUE;
}

/**
 * lt_http_listener_start:
 * @self: the listener
 *
 * Starts accepting.
 */
void
lt_http_listener_start (LtHttpListener *self)
{
  self->is_started = TRUE;
  take_reserve (self);
  watch_all (self);
}

/**
 * lt_http_listener_stop:
 * @self: the listener
 *
 * Stops accepting, and listening.
 */
void
lt_http_listener_stop (LtHttpListener *self)
{
  self->is_started = FALSE;
  clear_back_off (self);
  g_ptr_array_set_size (self->endpoints, 0);
}

/**
 * lt_http_listener_dup_addresses:
 * @self: the listener
 *
 * Returns: (transfer full): where it listens, such as `127.0.0.1:8425` and `[::1]:8425`
 */
char **
lt_http_listener_dup_addresses (LtHttpListener *self)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char **addresses;

  for (guint i = 0; i < self->endpoints->len; i++)
    {
      const Endpoint *endpoint = g_ptr_array_index (self->endpoints, i);
      g_autofree char *text
          = g_strdup_printf (strchr (endpoint->address.host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                             endpoint->address.host, endpoint->address.port);

      g_strv_builder_add (builder, text);
    }

  addresses = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return addresses;
}
