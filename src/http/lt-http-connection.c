/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-connection-private.h"

#include "core/lt-due.h"
#include "lt-http-output.h"
#include "lt-http-request-private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* What is read of a head at once. */
#define HEAD_READ_BYTES 4096

/* The peer sends no more. GLib passes the bit on to poll(). */
#define CONDITION_PEER_END ((GIOCondition) POLLRDHUP)

G_DEFINE_FINAL_TYPE (LtHttpConnection, lt_http_connection, G_TYPE_IO_STREAM)

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static int
get_fd (LtHttpConnection *self)
{
  return g_socket_get_fd (self->socket);
}

/**
 * lt_http_connection_get_limits:
 * @self: a connection
 *
 * Returns: (transfer none): what it has to keep to
 */
const LtHttpSettings *
lt_http_connection_get_limits (LtHttpConnection *self)
{
  return &lt_http_gate_get_policy (self->gate)->limits;
}

/**
 * lt_http_connection_watch:
 * @self: a connection
 * @condition: what to wait for on its socket
 * @callback: what to call then, with @self; it ends the watch with %G_SOURCE_REMOVE
 *
 * Waits for something else than before.
 */
void
lt_http_connection_watch (LtHttpConnection *self, GIOCondition condition,
                          GUnixFDSourceFunc callback)
{
  clear_source (&self->io_source);
  self->io_source = g_unix_fd_source_new (get_fd (self), condition);
  g_source_set_callback (self->io_source, G_SOURCE_FUNC (callback), self, NULL);
  g_source_set_static_name (self->io_source, "lt-http-connection");
  g_source_attach (self->io_source, g_main_context_get_thread_default ());
}

/* Lets go of all that only matters until the connection is closed or stolen. */
static void
clear_all (LtHttpConnection *self)
{
  clear_source (&self->io_source);
  clear_source (&self->deadline);
  g_clear_pointer (&self->unread, g_byte_array_unref);
  g_clear_object (&self->request);
  g_clear_weak_pointer (&self->running);
  g_clear_pointer (&self->body, lt_http_body_free);
  g_clear_pointer (&self->refusal, g_bytes_unref);
  if (self->output != NULL)
    lt_http_output_detach (LT_HTTP_OUTPUT (self->output));
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->local_address);
  g_clear_object (&self->remote_address);
}

static void
tell_over (LtHttpConnection *self)
{
  const LtHttpConnectionFuncs *funcs = self->funcs;

  self->funcs = NULL;
  if (funcs != NULL)
    funcs->over (self, self->user_data);
}

/**
 * lt_http_connection_close_now:
 * @self: a connection
 *
 * Closes the socket, whatever the connection is about.
 */
void
lt_http_connection_close_now (LtHttpConnection *self)
{
  g_autoptr (LtHttpConnection) guard = g_object_ref (self);

  if (self->phase == LT_HTTP_PHASE_CLOSED)
    return;

  self->phase = LT_HTTP_PHASE_CLOSED;
  if (self->running != NULL)
    lt_http_request_cancel (self->running);
  tell_over (self);
  clear_all (self);
  g_socket_close (self->socket, NULL);
  lt_http_gate_leave (self->gate, &self->pass);
}

/**
 * lt_http_connection_receive:
 * @self: a connection
 * @buffer: where to put it
 * @size: bytes of @buffer
 *
 * Reads without blocking.
 *
 * Returns: bytes read, 0 at the end, or -1 with errno
 */
gssize
lt_http_connection_receive (LtHttpConnection *self, void *buffer, gsize size)
{
  gssize n;

  do
    n = recv (get_fd (self), buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n;
}

/**
 * lt_http_connection_set_deadline:
 * @self: a connection
 * @timeout_ms: from now on
 *
 * Sets when what it is about is over, instead of what was set before.
 */
void
lt_http_connection_set_deadline (LtHttpConnection *self, guint timeout_ms)
{
  g_source_set_ready_time (self->deadline,
                           g_get_monotonic_time () + timeout_ms * G_GINT64_CONSTANT (1000));
}

/* The client sends no more, and most likely is gone. Its answer is still tried. */
static gboolean
on_peer_end (int fd, GIOCondition condition, gpointer user_data)
{
  LtHttpConnection *self = user_data;

  clear_source (&self->io_source);
  if (self->running != NULL)
    lt_http_request_cancel (self->running);
  return G_SOURCE_REMOVE;
}

static void
get_ready (LtHttpConnection *self)
{
  g_autoptr (LtHttpRequest) request = g_steal_pointer (&self->request);
  g_autoptr (GBytes) head = lt_http_head_rewrite (lt_http_request_get_head (request));

  if (self->body != NULL)
    lt_http_request_set_body (request, lt_http_body_free_to_bytes (g_steal_pointer (&self->body)));

  self->phase = LT_HTTP_PHASE_ANSWER;
  g_clear_pointer (&self->unread, g_byte_array_unref);
  g_source_set_ready_time (self->deadline, -1);
  self->input = g_memory_input_stream_new_from_bytes (head);
  self->output = lt_http_output_new (self, get_fd (self));
  g_set_weak_pointer (&self->running, request);
  lt_http_connection_watch (self, CONDITION_PEER_END, on_peer_end);
  lt_http_gate_count_request (self->gate);
  self->funcs->ready (self, g_steal_pointer (&request), self->user_data);
}

static gboolean
on_body (int fd, GIOCondition condition, gpointer user_data)
{
  LtHttpConnection *self = user_data;

  switch (lt_http_body_read (self->body, fd))
    {
    case LT_HTTP_BODY_WAITING:
      return G_SOURCE_CONTINUE;

    case LT_HTTP_BODY_COMPLETE:
      get_ready (self);
      break;

    case LT_HTTP_BODY_ENDED:
      lt_http_connection_refuse_with (self, LT_ERROR_INVALID_REQUEST,
                                      "the body ended after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                                      " bytes",
                                      self->body->n_read, self->body->size);
      break;

    case LT_HTTP_BODY_BROKEN:
      lt_http_connection_close_now (self);
      break;
    }

  return G_SOURCE_REMOVE;
}

/* The head stands. @rest came behind it. */
static void
begin_body (LtHttpConnection *self, const guint8 *rest, gsize n_rest, guint64 limit)
{
  const LtHttpHead *head = lt_http_request_get_head (self->request);
  g_autoptr (GError) error = NULL;

  if (head->body_length == 0)
    {
      get_ready (self);
      return;
    }

  self->body = lt_http_body_new (self->gate, head->body_length, limit, &error);
  if (self->body == NULL)
    {
      lt_http_connection_refuse (self, error);
      return;
    }

  lt_http_body_add (self->body, rest, n_rest);
  if (n_rest == 0 && lt_http_head_expects_continue (head))
    lt_http_connection_send (self, "HTTP/1.1 100 Continue\r\n\r\n", 25, NULL);

  self->phase = LT_HTTP_PHASE_BODY;
  g_clear_pointer (&self->unread, g_byte_array_unref);
  lt_http_connection_set_deadline (self, lt_http_connection_get_limits (self)->body_timeout_ms);
  lt_http_connection_watch (self, G_IO_IN, on_body);
  on_body (get_fd (self), G_IO_IN, self);
}

static gboolean
make_request (LtHttpConnection *self, LtHttpHead *head_to_take, GError **error)
{
  g_autoptr (LtHttpHead) head = head_to_take;
  g_auto (LtHttpOrigin) origin = { NULL };

  if (!lt_http_origin_init (&origin, lt_http_gate_get_policy (self->gate), head,
                            G_INET_SOCKET_ADDRESS (self->local_address),
                            G_INET_SOCKET_ADDRESS (self->remote_address), error))
    return FALSE;

  self->request = lt_http_request_new (g_steal_pointer (&head), &origin, error);
  return self->request != NULL;
}

static void
read_head (LtHttpConnection *self, gsize end)
{
  g_autoptr (GByteArray) bytes = g_byte_array_ref (self->unread);
  g_autoptr (GError) error = NULL;
  LtHttpHead *head = lt_http_head_parse ((const char *) bytes->data, end, &error);
  guint64 limit = 0;

  if (head == NULL || !make_request (self, head, &error)
      || !self->funcs->check (self, self->request, &limit, self->user_data, &error))
    {
      lt_http_connection_refuse (self, error);
      return;
    }

  begin_body (self, bytes->data + end, bytes->len - end,
              MIN (limit, lt_http_connection_get_limits (self)->max_body_bytes));
}

static gboolean
on_head (int fd, GIOCondition condition, gpointer user_data)
{
  LtHttpConnection *self = user_data;
  g_autoptr (GError) error = NULL;
  guint old_length = self->unread->len;
  gsize end = 0;
  gssize n;

  g_byte_array_set_size (self->unread, old_length + HEAD_READ_BYTES);
  n = lt_http_connection_receive (self, self->unread->data + old_length, HEAD_READ_BYTES);
  g_byte_array_set_size (self->unread, old_length + (guint) MAX (n, 0));
  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (n < 0 || (n == 0 && old_length == 0))
    {
      lt_http_connection_close_now (self);
      return G_SOURCE_REMOVE;
    }
  if (n == 0)
    {
      lt_http_connection_refuse_with (self, LT_ERROR_INVALID_REQUEST,
                                      "the request head ends early");
      return G_SOURCE_REMOVE;
    }

  if (!lt_http_head_find_end ((const char *) self->unread->data, self->unread->len, &self->scanned,
                              &end, &error))
    {
      lt_http_connection_refuse (self, error);
      return G_SOURCE_REMOVE;
    }
  if (end == 0)
    return G_SOURCE_CONTINUE;

  read_head (self, end);
  return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer user_data)
{
  LtHttpConnection *self = user_data;

  g_source_set_ready_time (self->deadline, -1);
  switch (self->phase)
    {
    case LT_HTTP_PHASE_HEAD:
      if (self->unread->len == 0)
        lt_http_connection_close_now (self);
      else
        lt_http_connection_refuse_with (self, LT_ERROR_REQUEST_TIMEOUT,
                                        "the request head took longer than %u ms",
                                        lt_http_connection_get_limits (self)->head_timeout_ms);
      break;

    case LT_HTTP_PHASE_BODY:
      lt_http_connection_refuse_with (self, LT_ERROR_REQUEST_TIMEOUT,
                                      "the request body took longer than %u ms",
                                      lt_http_connection_get_limits (self)->body_timeout_ms);
      break;

    case LT_HTTP_PHASE_ANSWER:
      lt_http_connection_abort (self);
      break;

    case LT_HTTP_PHASE_REFUSE:
    case LT_HTTP_PHASE_LINGER:
      lt_http_connection_close_now (self);
      break;

    case LT_HTTP_PHASE_STOLEN:
    case LT_HTTP_PHASE_CLOSED:
      break;
    }

  return G_SOURCE_CONTINUE;
}

static GInputStream *
lt_http_connection_get_input_stream (GIOStream *stream)
{
  return LT_HTTP_CONNECTION (stream)->input;
}

static GOutputStream *
lt_http_connection_get_output_stream (GIOStream *stream)
{
  return LT_HTTP_CONNECTION (stream)->output;
}

static gboolean
lt_http_connection_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  LtHttpConnection *self = LT_HTTP_CONNECTION (stream);

  if (self->phase == LT_HTTP_PHASE_ANSWER && !self->is_broken)
    lt_http_connection_linger (self);
  else
    lt_http_connection_close_now (self);

  return TRUE;
}

static void
lt_http_connection_dispose (GObject *object)
{
  LtHttpConnection *self = LT_HTTP_CONNECTION (object);

  if (self->socket != NULL)
    lt_http_connection_close_now (self);

  G_OBJECT_CLASS (lt_http_connection_parent_class)->dispose (object);
}

static void
lt_http_connection_finalize (GObject *object)
{
  LtHttpConnection *self = LT_HTTP_CONNECTION (object);

  g_clear_object (&self->socket);
  g_clear_pointer (&self->gate, lt_http_gate_unref);

  G_OBJECT_CLASS (lt_http_connection_parent_class)->finalize (object);
}

static void
lt_http_connection_class_init (LtHttpConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = lt_http_connection_dispose;
  object_class->finalize = lt_http_connection_finalize;
  stream_class->get_input_stream = lt_http_connection_get_input_stream;
  stream_class->get_output_stream = lt_http_connection_get_output_stream;
  stream_class->close_fn = lt_http_connection_close;
}

static void
lt_http_connection_init (LtHttpConnection *self)
{
  self->phase = LT_HTTP_PHASE_HEAD;
}

/**
 * lt_http_connection_new:
 * @gate: the gate it was let in by
 * @pass: what it counts for; counted out when it is closed, and if this fails
 * @socket: (transfer none): its socket, non-blocking
 * @funcs: whom to tell
 * @user_data: for @funcs
 * @error: return location for %LT_ERROR_IO
 *
 * Returns: (transfer full): a connection that does nothing yet, or %NULL if the client is
 *   gone already
 */
LtHttpConnection *
lt_http_connection_new (LtHttpGate *gate, const LtHttpPass *pass, GSocket *socket,
                        const LtHttpConnectionFuncs *funcs, gpointer user_data, GError **error)
{
  g_autoptr (LtHttpConnection) self = g_object_new (LT_TYPE_HTTP_CONNECTION, NULL);

  self->gate = lt_http_gate_ref (gate);
  self->pass = *pass;
  self->socket = g_object_ref (socket);
  self->local_address = g_socket_get_local_address (socket, error);
  if (self->local_address != NULL)
    self->remote_address = g_socket_get_remote_address (socket, error);
  if (self->remote_address == NULL)
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot tell who connects");
      return NULL;
    }

  self->funcs = funcs;
  self->user_data = user_data;
  self->unread = g_byte_array_new ();
  self->deadline = lt_due_source_new ("livetrace-http-deadline", on_deadline, self);
  return g_steal_pointer (&self);
}

/**
 * lt_http_connection_start:
 * @self: a new connection
 *
 * Starts reading. Whoever has been given to it as its keeper must hold a reference until it
 * is told that the connection is over.
 */
void
lt_http_connection_start (LtHttpConnection *self)
{
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
  lt_http_connection_set_deadline (self, lt_http_connection_get_limits (self)->head_timeout_ms);
  lt_http_connection_watch (self, G_IO_IN, on_head);
}

/**
 * lt_http_connection_abort:
 * @self: a connection
 *
 * Ends the connection at once, answered or not; one that was stolen stays.
 */
void
lt_http_connection_abort (LtHttpConnection *self)
{
  if (self->phase == LT_HTTP_PHASE_STOLEN)
    return;
  if (self->phase != LT_HTTP_PHASE_ANSWER)
    {
      lt_http_connection_close_now (self);
      return;
    }

  /* Somebody waits on the descriptor: let them see the end of it, and close it then. */
  self->is_broken = TRUE;
  shutdown (get_fd (self), SHUT_RDWR);
  if (self->running != NULL)
    lt_http_request_detach (self->running);
}

/**
 * lt_http_connection_get_local_address:
 * @self: a connection, neither closed nor stolen
 *
 * Returns: (transfer none): our end
 */
GSocketAddress *
lt_http_connection_get_local_address (LtHttpConnection *self)
{
  return self->local_address;
}

/**
 * lt_http_connection_get_remote_address:
 * @self: a connection, neither closed nor stolen
 *
 * Returns: (transfer none): the other end; no other connection gives the same object
 */
GSocketAddress *
lt_http_connection_get_remote_address (LtHttpConnection *self)
{
  return self->remote_address;
}

/**
 * lt_http_connection_begin_stream:
 * @self: a connection that is being answered
 *
 * Counts the connection as a stream, which it remains until it is closed.
 *
 * Returns: %TRUE if there was room for it
 */
gboolean
lt_http_connection_begin_stream (LtHttpConnection *self)
{
  return lt_http_gate_begin_stream (self->gate, &self->pass);
}

/**
 * lt_http_connection_steal:
 * @self: a connection that is being answered
 *
 * Leaves the socket to the caller. The connection neither reads nor writes nor times
 * anything any more; closing or finalizing it closes the socket.
 *
 * Returns: (transfer full): the socket
 */
GSocket *
lt_http_connection_steal (LtHttpConnection *self)
{
  self->phase = LT_HTTP_PHASE_STOLEN;
  tell_over (self);
  clear_all (self);
  return g_object_ref (self->socket);
}

/**
 * lt_http_connection_send:
 * @self: a connection
 * @data: what to write
 * @length: bytes of @data
 * @error: return location for an error of #GIOErrorEnum
 *
 * Writes without blocking. A client that takes nothing for `http.stall-timeout` while
 * something waits for it is cut off.
 *
 * Returns: how much was written, or -1
 */
gssize
lt_http_connection_send (LtHttpConnection *self, const void *data, gsize length, GError **error)
{
  gssize n;

  do
    n = send (get_fd (self), data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    {
      int code = errno;

      if (code != EAGAIN)
        self->is_broken = TRUE;
      else if (g_source_get_ready_time (self->deadline) < 0)
        lt_http_connection_set_deadline (self,
                                         lt_http_connection_get_limits (self)->write_timeout_ms);
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
    }
  else if (self->phase == LT_HTTP_PHASE_ANSWER)
    g_source_set_ready_time (self->deadline, -1);

  return n;
}
