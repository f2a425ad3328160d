/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answering half of LtHttpRequest. */
#include "core/lt-error.h"
#include "lt-http-request-private.h"

static void
finish_answer (LtHttpRequest *self)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->message);

  self->is_answered = TRUE;
  g_clear_object (&self->connection);
  if (self->is_paused)
    soup_server_message_unpause (message);
}

/*< private >
 * lt_http_request_detach:
 * @self: the request
 *
 * Ends the request unanswered, since the server goes away. Answers that come later are
 * dropped.
 */
void
lt_http_request_detach (LtHttpRequest *self)
{
  if (!self->is_answered)
    {
      self->is_paused = FALSE;
      finish_answer (self);
    }
  lt_http_request_cancel (self);
}

/**
 * lt_http_request_add_header:
 * @self: the request
 * @name: a field's name
 * @value: its value, without control characters
 *
 * Sets a header field of the answer, in place of one of that name, and of the defaults:
 * `Cache-Control`, `Content-Security-Policy`, `Referrer-Policy`, `X-Content-Type-Options`.
 */
void
lt_http_request_add_header (LtHttpRequest *self, const char *name, const char *value)
{
  lt_http_reply_set (self->reply, name, value);
}

/**
 * lt_http_request_set_cookie:
 * @self: the request
 * @name: the cookie's name
 * @value: (nullable): its value, or %NULL to have it deleted
 * @max_age_s: how long it lives, in seconds, or -1 until the browser closes
 *
 * Has the answer set a cookie for all of this host, kept from scripts and other sites, and
 * for https alone where the client came over that.
 */
void
lt_http_request_set_cookie (LtHttpRequest *self, const char *name, const char *value,
                            gint64 max_age_s)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%s=%s; Path=/; HttpOnly; SameSite=Strict", name,
                          value != NULL ? value : "");
  if (value == NULL)
    g_string_append (text, "; Max-Age=0");
  else if (max_age_s >= 0)
    g_string_append_printf (text, "; Max-Age=%" G_GINT64_FORMAT, max_age_s);
  if (self->origin.is_secure)
    g_string_append (text, "; Secure");

  lt_http_reply_append (self->reply, "Set-Cookie", text->str);
}

static void
send_answer (LtHttpRequest *self, GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  gsize size = body != NULL ? g_bytes_get_size (body) : 0;

  for (guint i = 0; i < self->reply->fields->len; i++)
    {
      const LtHttpReplyField *field = &g_array_index (self->reply->fields, LtHttpReplyField, i);

      soup_message_headers_append (headers, field->name, field->value);
    }
  soup_message_headers_set_content_length (headers, (goffset) size);
  if (size > 0 && !lt_http_request_is_head (self))
    soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), body);
  soup_server_message_set_status (self->message, self->reply->status,
                                  lt_http_reply_get_reason (self->reply->status));

  finish_answer (self);
}

/**
 * lt_http_request_respond:
 * @self: the request, not answered yet
 * @status: an HTTP status, 200 or more
 * @content_type: (nullable): what @body is
 * @body: (transfer none) (nullable): the body
 *
 * Answers the request.
 */
void
lt_http_request_respond (LtHttpRequest *self, guint status, const char *content_type, GBytes *body)
{
  if (self->is_answered)
    return;

  g_return_if_fail (self->message != NULL);

  lt_http_reply_finish (self->reply, status, content_type);
  send_answer (self, body);
}

/**
 * lt_http_request_respond_error:
 * @self: the request, not answered yet
 * @error: what went wrong
 *
 * Answers the request with a problem document (RFC 9457).
 */
void
lt_http_request_respond_error (LtHttpRequest *self, const GError *error)
{
  g_autoptr (GBytes) body = NULL;

  if (self->is_answered)
    return;

  g_return_if_fail (self->message != NULL);

  body = lt_http_reply_set_error (self->reply, error);
  send_answer (self, body);
}

/**
 * lt_http_request_is_answered:
 * @self: the request
 *
 * Returns: %TRUE if nobody needs to answer any more
 */
gboolean
lt_http_request_is_answered (LtHttpRequest *self)
{
  return self->is_answered;
}

/**
 * lt_http_request_format_head:
 * @self: the request
 * @status: an HTTP status
 * @content_type: (nullable): what follows
 *
 * Writes the head of an answer of unknown length, with the fields that were added and the
 * defaults: for a stream, which writes for itself.
 *
 * Returns: (transfer full): the head, its empty line included
 */
GBytes *
lt_http_request_format_head (LtHttpRequest *self, guint status, const char *content_type)
{
  GString *out = g_string_sized_new (512);

  lt_http_reply_finish (self->reply, status, content_type);
  lt_http_reply_format (self->reply, out);
  return g_string_free_to_bytes (out);
}

/**
 * lt_http_request_steal:
 * @self: the request, not answered yet
 * @socket: (out) (transfer full): its socket, non-blocking
 * @error: return location for %LT_ERROR_BUSY
 *
 * Takes the connection over for a stream: whoever has it writes the whole answer to @socket,
 * its head included. The connection counts as a stream until the returned object is closed
 * or finalized, which closes the socket.
 *
 * Returns: (transfer full): the connection, or %NULL if there are as many streams as there
 *   may be; then the request has still to be answered
 */
GIOStream *
lt_http_request_steal (LtHttpRequest *self, GSocket **socket, GError **error)
{
  g_autoptr (LtHttpConnection) connection = NULL;
  g_autoptr (SoupServerMessage) message = NULL;
  g_autoptr (GIOStream) wrapper = NULL;

  if (self->message == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_CANCELLED, "the client is gone");
      return NULL;
    }
  if (!lt_http_connection_begin_stream (self->connection))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are as many streams as http.max-streams allows; try again later");
      return NULL;
    }

  connection = g_steal_pointer (&self->connection);
  message = g_steal_pointer (&self->message);
  self->is_answered = TRUE;

  /* libsoup gives back a wrapper of its own; what is wanted is what it wraps. */
  wrapper = soup_server_message_steal_connection (message);
  *socket = lt_http_connection_steal (connection);

  return G_IO_STREAM (g_steal_pointer (&connection));
}
