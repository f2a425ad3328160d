/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-output.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>

struct _LtHttpOutput
{
  GOutputStream parent_instance;

  LtHttpConnection *connection; /* (unowned) (nullable): whose half this is, while it lives */
  int fd;                       /* (unowned): the connection's, or -1 */
};

static gboolean
lt_http_output_is_writable (GPollableOutputStream *stream)
{
  LtHttpOutput *self = LT_HTTP_OUTPUT (stream);
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLOUT };

  return self->fd < 0 || poll (&poll_fd, 1, 0) > 0;
}

static GSource *
lt_http_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  LtHttpOutput *self = LT_HTTP_OUTPUT (stream);
  g_autoptr (GSource) child = NULL;

  if (self->fd < 0)
    child = g_timeout_source_new (0);
  else
    child = g_unix_fd_source_new (self->fd, G_IO_OUT);

  return g_pollable_source_new_full (stream, child, cancellable);
}

static gssize
lt_http_output_write_nonblocking (GPollableOutputStream *stream, const void *buffer, gsize count,
                                  GError **error)
{
  LtHttpOutput *self = LT_HTTP_OUTPUT (stream);

  if (self->connection == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
      return -1;
    }

  return lt_http_connection_send (self->connection, buffer, count, error);
}

static gssize
lt_http_output_write (GOutputStream *stream, const void *buffer, gsize count,
                      GCancellable *cancellable, GError **error)
{
  return lt_http_output_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream), buffer, count, error);
}

static void
lt_http_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = lt_http_output_is_writable;
  iface->create_source = lt_http_output_create_source;
  iface->write_nonblocking = lt_http_output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LtHttpOutput, lt_http_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      lt_http_output_pollable_init))

static void
lt_http_output_class_init (LtHttpOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = lt_http_output_write;
}

static void
lt_http_output_init (LtHttpOutput *self)
{
  self->fd = -1;
}

/**
 * lt_http_output_new:
 * @connection: (transfer none): whose half this is; not kept alive by it
 * @fd: its socket
 *
 * Returns: (transfer full): the writing half of @connection
 */
GOutputStream *
lt_http_output_new (LtHttpConnection *connection, int fd)
{
  LtHttpOutput *self = g_object_new (LT_TYPE_HTTP_OUTPUT, NULL);

  self->connection = connection;
  self->fd = fd;
  return G_OUTPUT_STREAM (self);
}

/**
 * lt_http_output_detach:
 * @self: the stream
 *
 * Says that the connection is over: from now on every write fails.
 */
void
lt_http_output_detach (LtHttpOutput *self)
{
  self->connection = NULL;
  self->fd = -1;
}
