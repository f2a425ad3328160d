/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-request-private.h"

#include "core/lt-error.h"

#include <string.h>

struct _LtHttpRequest
{
  GObject parent_instance;

  LtHttpHead *head; /* (owned) */
  char **segments;  /* (owned): of the path, each percent-decoded once */
  GBytes *body;     /* (owned) */
  char *peer;       /* (owned) */
  char *client;     /* (owned) */
  guint16 port;     /* of ours that was reached */
  gboolean is_secure;
  gboolean is_own_origin;
  GCancellable *cancellable;    /* (owned): cancelled when the client goes away */
  GObject *identity;            /* (owned) (nullable): the authorizer's */
  LtHttpReply *reply;           /* (owned) */
  const LtHttpRoute *route;     /* (nullable): where it goes */
  gpointer route_data;          /* of the route's owner */
  LtHttpConnection *connection; /* (owned) (nullable): until it is answered */
  SoupServerMessage *message;   /* (owned) (nullable): until it is answered */
  gboolean is_answered;
  gboolean is_paused; /* @message waits for the answer */
};

G_DEFINE_FINAL_TYPE (LtHttpRequest, lt_http_request, G_TYPE_OBJECT)

static void
lt_http_request_dispose (GObject *object)
{
  LtHttpRequest *self = LT_HTTP_REQUEST (object);

  if (self->message != NULL && !self->is_answered)
    {
      g_autoptr (GError) error
          = g_error_new (LT_ERROR, LT_ERROR_FAILED, "the request was given up unanswered");

      lt_http_request_respond_error (self, error);
    }
  g_clear_object (&self->message);
  g_clear_object (&self->connection);
  g_clear_object (&self->identity);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (lt_http_request_parent_class)->dispose (object);
}

static void
lt_http_request_finalize (GObject *object)
{
  LtHttpRequest *self = LT_HTTP_REQUEST (object);

  g_clear_pointer (&self->head, lt_http_head_free);
  g_clear_pointer (&self->segments, g_strfreev);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->reply, lt_http_reply_free);
  g_free (self->peer);
  g_free (self->client);

  G_OBJECT_CLASS (lt_http_request_parent_class)->finalize (object);
}

static void
lt_http_request_class_init (LtHttpRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_http_request_dispose;
  object_class->finalize = lt_http_request_finalize;
}

static void
lt_http_request_init (LtHttpRequest *self)
{
  self->cancellable = g_cancellable_new ();
  self->reply = lt_http_reply_new ();
  self->body = g_bytes_new_static ("", 0);
}

static char *
decode_segment (const char *raw, GError **error)
{
  /* Without a list of what must not be decoded, only %00 and broken escapes fail. */
  g_autofree char *decoded = g_uri_unescape_string (raw, NULL);

  if (decoded == NULL || !g_utf8_validate (decoded, -1, NULL))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                   "\"%s\" in the path is not percent-encoded UTF-8", raw);
      return NULL;
    }

  return g_steal_pointer (&decoded);
}

static gboolean
split_path (LtHttpRequest *self, GError **error)
{
  g_auto (GStrv) raw = NULL;
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (g_free);

  if (strcmp (self->head->path, "/") != 0)
    raw = g_strsplit (self->head->path + 1, "/", -1);
  for (char **segment = raw; segment != NULL && *segment != NULL; segment++)
    {
      char *decoded = decode_segment (*segment, error);

      if (decoded == NULL)
        return FALSE;
      g_ptr_array_add (segments, decoded);
    }
  g_ptr_array_add (segments, NULL);

  self->segments = (char **) g_ptr_array_free (g_steal_pointer (&segments), FALSE);
  return TRUE;
}

/*< private >
 * lt_http_request_new:
 * @head: (transfer full): its head
 * @origin: who asks
 * @error: return location for %LT_ERROR_INVALID_REQUEST
 *
 * Returns: (transfer full): a request nobody has to answer yet, or %NULL if its path cannot
 *   be decoded
 */
LtHttpRequest *
lt_http_request_new (LtHttpHead *head, const LtHttpOrigin *origin, GError **error)
{
  g_autoptr (LtHttpRequest) self = g_object_new (LT_TYPE_HTTP_REQUEST, NULL);

  self->head = head;
  self->peer = g_strdup (origin->peer);
  self->client = g_strdup (origin->client);
  self->port = origin->port;
  self->is_secure = origin->is_secure;
  self->is_own_origin = origin->is_own_origin;
  if (!split_path (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/*< private >
 * lt_http_request_get_head:
 * @self: the request
 *
 * Returns: (transfer none): its head
 */
const LtHttpHead *
lt_http_request_get_head (LtHttpRequest *self)
{
  return self->head;
}

/*< private >
 * lt_http_request_get_reply:
 * @self: the request
 *
 * Returns: (transfer none): the answer in the making
 */
LtHttpReply *
lt_http_request_get_reply (LtHttpRequest *self)
{
  return self->reply;
}

/*< private >
 * lt_http_request_set_route:
 * @self: the request
 * @route: (transfer none): where it goes
 * @user_data: for its handler
 *
 * Says who is to serve the request.
 */
void
lt_http_request_set_route (LtHttpRequest *self, const LtHttpRoute *route, gpointer user_data)
{
  self->route = route;
  self->route_data = user_data;
}

/*< private >
 * lt_http_request_set_body:
 * @self: the request
 * @body: (transfer full): its body
 *
 * Gives the request its body.
 */
void
lt_http_request_set_body (LtHttpRequest *self, GBytes *body)
{
  g_bytes_unref (self->body);
  self->body = body;
}

/*< private >
 * lt_http_request_run:
 * @self: the request, with a route
 * @connection: where it came from
 * @message: what libsoup made of it
 *
 * Calls the handler. From now on somebody has to answer.
 */
void
lt_http_request_run (LtHttpRequest *self, LtHttpConnection *connection, SoupServerMessage *message)
{
  self->connection = g_object_ref (connection);
  self->message = g_object_ref (message);

  self->route->handler (self, self->route_data);

  if (!self->is_answered)
    {
      soup_server_message_pause (message);
      self->is_paused = TRUE;
    }
}

/*< private >
 * lt_http_request_cancel:
 * @self: the request
 *
 * Says that the client went away.
 */
void
lt_http_request_cancel (LtHttpRequest *self)
{
  g_cancellable_cancel (self->cancellable);
}

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
 * lt_http_request_get_method:
 * @self: the request
 *
 * Returns: (transfer none): the method, such as `GET` or `HEAD`
 */
const char *
lt_http_request_get_method (LtHttpRequest *self)
{
  return self->head->method;
}

/**
 * lt_http_request_is_head:
 * @self: the request
 *
 * A HEAD request is served by GET's handler and answered the same way; its body is not
 * sent. A handler only needs to know where it would not answer but stream.
 *
 * Returns: %TRUE if the method is HEAD
 */
gboolean
lt_http_request_is_head (LtHttpRequest *self)
{
  return strcmp (self->head->method, "HEAD") == 0;
}

/**
 * lt_http_request_get_path:
 * @self: the request
 *
 * Returns: (transfer none): the path as it was sent, percent-encoded, without the query
 */
const char *
lt_http_request_get_path (LtHttpRequest *self)
{
  return self->head->path;
}

/**
 * lt_http_request_get_n_segments:
 * @self: the request
 *
 * Returns: how many segments the path has; `/` has none
 */
guint
lt_http_request_get_n_segments (LtHttpRequest *self)
{
  return g_strv_length (self->segments);
}

/**
 * lt_http_request_get_segment:
 * @self: the request
 * @index: which one, from 0
 *
 * Returns: (transfer none) (nullable): a segment of the path, percent-decoded; it may hold a
 *   `/`. %NULL if there is no such segment
 */
const char *
lt_http_request_get_segment (LtHttpRequest *self, guint index)
{
  return index < g_strv_length (self->segments) ? self->segments[index] : NULL;
}

/**
 * lt_http_request_get_query:
 * @self: the request
 *
 * Returns: (transfer none) (nullable): what stands behind the `?` of the target, as it was
 *   sent: for lt_query_parse()
 */
const char *
lt_http_request_get_query (LtHttpRequest *self)
{
  return self->head->query;
}

/**
 * lt_http_request_get_header:
 * @self: the request
 * @name: a field's name, in any case
 *
 * Returns: (transfer none) (nullable): the field's value; one that was sent repeatedly is
 *   joined by ", "
 */
const char *
lt_http_request_get_header (LtHttpRequest *self, const char *name)
{
  return lt_http_head_get (self->head, name);
}

/**
 * lt_http_request_dup_cookie:
 * @self: the request
 * @name: a cookie's name
 *
 * Returns: (transfer full) (nullable): the first cookie of that name
 */
char *
lt_http_request_dup_cookie (LtHttpRequest *self, const char *name)
{
  const char *cookies = lt_http_head_get (self->head, "Cookie");
  g_auto (GStrv) pairs = cookies != NULL ? g_strsplit (cookies, ";", -1) : NULL;
  gsize length = strlen (name);

  for (char **pair = pairs; pair != NULL && *pair != NULL; pair++)
    {
      const char *text = g_strstrip (*pair);

      if (strncmp (text, name, length) == 0 && text[length] == '=')
        return g_strdup (text + length + 1);
    }

  return NULL;
}

/**
 * lt_http_request_get_body:
 * @self: the request
 *
 * While its bytes are held, they count against the limit of all bodies.
 *
 * Returns: (transfer none) (not nullable): the whole body, which may be empty
 */
GBytes *
lt_http_request_get_body (LtHttpRequest *self)
{
  return self->body;
}

/**
 * lt_http_request_get_peer:
 * @self: the request
 *
 * Returns: (transfer none): address and port at the other end of the connection
 */
const char *
lt_http_request_get_peer (LtHttpRequest *self)
{
  return self->peer;
}

/**
 * lt_http_request_get_client:
 * @self: the request
 *
 * Returns: (transfer none): the address of who asks: the other end of the connection, or
 *   what it says about its own client if it is a trusted proxy
 */
const char *
lt_http_request_get_client (LtHttpRequest *self)
{
  return self->client;
}

/**
 * lt_http_request_get_authority:
 * @self: the request
 *
 * Returns: (transfer none): what the client calls us: the Host field
 */
const char *
lt_http_request_get_authority (LtHttpRequest *self)
{
  return self->head->host;
}

/**
 * lt_http_request_get_port:
 * @self: the request
 *
 * Returns: the port of ours that the connection reached
 */
guint
lt_http_request_get_port (LtHttpRequest *self)
{
  return self->port;
}

/**
 * lt_http_request_is_secure:
 * @self: the request
 *
 * Returns: %TRUE if a trusted proxy says that the client came over https
 */
gboolean
lt_http_request_is_secure (LtHttpRequest *self)
{
  return self->is_secure;
}

/**
 * lt_http_request_get_origin:
 * @self: the request
 *
 * Returns: (transfer none) (nullable): the Origin field
 */
const char *
lt_http_request_get_origin (LtHttpRequest *self)
{
  return lt_http_head_get (self->head, "Origin");
}

/**
 * lt_http_request_is_own_origin:
 * @self: the request
 *
 * Returns: %TRUE if no Origin was sent, or ours
 */
gboolean
lt_http_request_is_own_origin (LtHttpRequest *self)
{
  return self->is_own_origin;
}

/**
 * lt_http_request_get_fetch_site:
 * @self: the request
 *
 * Returns: (transfer none) (nullable): the Sec-Fetch-Site field
 */
const char *
lt_http_request_get_fetch_site (LtHttpRequest *self)
{
  return lt_http_head_get (self->head, "Sec-Fetch-Site");
}

/**
 * lt_http_request_get_cancellable:
 * @self: the request
 *
 * Returns: (transfer none): what is cancelled once the client has closed its connection or
 *   its sending half
 */
GCancellable *
lt_http_request_get_cancellable (LtHttpRequest *self)
{
  return self->cancellable;
}

/**
 * lt_http_request_set_identity:
 * @self: the request
 * @identity: (transfer none) (nullable): anything
 *
 * Keeps what the authorizer found out for the handler.
 */
void
lt_http_request_set_identity (LtHttpRequest *self, GObject *identity)
{
  g_set_object (&self->identity, identity);
}

/**
 * lt_http_request_get_identity:
 * @self: the request
 *
 * Returns: (transfer none) (nullable): what the authorizer kept
 */
GObject *
lt_http_request_get_identity (LtHttpRequest *self)
{
  return self->identity;
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
  if (self->is_secure)
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
