/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-connection-private.h"

#include "lt-http-reply.h"
#include "lt-http-request-private.h"

#include <errno.h>
#include <sys/socket.h>

/* What is read and thrown away of a client that has its answer, at most. */
#define LINGER_MAX_BYTES (64 * 1024)

static gboolean
on_lingering (int fd, GIOCondition condition, gpointer user_data)
{
  LtHttpConnection *self = user_data;
  guint8 buffer[8192];
  gssize n;

  while ((n = lt_http_connection_receive (self, buffer, sizeof buffer)) > 0)
    {
      self->lingered += (gsize) n;
      if (self->lingered >= LINGER_MAX_BYTES)
        break;
    }
  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  lt_http_connection_close_now (self);
  return G_SOURCE_REMOVE;
}

/**
 * lt_http_connection_linger:
 * @self: a connection that has been answered
 *
 * Closes it in two steps: closing a socket with unread bytes resets it, and the client may lose
 * the answer. So the writing half ends only, and the client has a moment to see that.
 */
void
lt_http_connection_linger (LtHttpConnection *self)
{
  if (shutdown (g_socket_get_fd (self->socket), SHUT_WR) != 0)
    {
      lt_http_connection_close_now (self);
      return;
    }

  self->phase = LT_HTTP_PHASE_LINGER;
  lt_http_connection_set_deadline (self, lt_http_connection_get_limits (self)->linger_ms);
  lt_http_connection_watch (self, G_IO_IN, on_lingering);
}

static gboolean
on_refusing (int fd, GIOCondition condition, gpointer user_data)
{
  LtHttpConnection *self = user_data;
  g_autoptr (GError) error = NULL;

  while (self->refusal_written < g_bytes_get_size (self->refusal))
    {
      const guint8 *data = g_bytes_get_data (self->refusal, NULL);
      gssize n = lt_http_connection_send (self, data + self->refusal_written,
                                          g_bytes_get_size (self->refusal) - self->refusal_written,
                                          &error);

      if (n < 0)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            return G_SOURCE_CONTINUE;
          lt_http_connection_close_now (self);
          return G_SOURCE_REMOVE;
        }
      self->refusal_written += (gsize) n;
    }

  lt_http_connection_linger (self);
  return G_SOURCE_REMOVE;
}

/**
 * lt_http_connection_refuse:
 * @self: a connection whose request is being read
 * @reason: what is wrong with it
 *
 * Answers with a problem document, by itself, and closes the connection.
 */
void
lt_http_connection_refuse (LtHttpConnection *self, const GError *reason)
{
  g_autoptr (LtHttpReply) own_reply = NULL;
  LtHttpReply *reply;

  if (self->request != NULL)
    reply = lt_http_request_get_reply (self->request);
  else
    reply = own_reply = lt_http_reply_new ();

  lt_http_gate_count_refused (self->gate);
  g_debug ("refused a request: %s", reason->message);
  g_clear_pointer (&self->unread, g_byte_array_unref);
  g_clear_pointer (&self->body, lt_http_body_free);
  self->refusal = lt_http_reply_format_error (
      reply, reason, self->request != NULL && lt_http_request_is_head (self->request));
  self->phase = LT_HTTP_PHASE_REFUSE;
  lt_http_connection_set_deadline (self, lt_http_connection_get_limits (self)->write_timeout_ms);
  lt_http_connection_watch (self, G_IO_OUT, on_refusing);
  on_refusing (g_socket_get_fd (self->socket), G_IO_OUT, self);
}

/**
 * lt_http_connection_refuse_with:
 * @self: a connection whose request is being read
 * @code: what kind of error it is
 * @format: what is wrong with the request, for printf()
 * @...: for @format
 *
 * Does what lt_http_connection_refuse() does, with an error made of these.
 */
void
lt_http_connection_refuse_with (LtHttpConnection *self, LtErrorCode code, const char *format, ...)
{
  va_list args;
  g_autoptr (GError) error = NULL;

  va_start (args, format);
  error = g_error_new_valist (LT_ERROR, (int) code, format, args);
  va_end (args);

  lt_http_connection_refuse (self, error);
}
