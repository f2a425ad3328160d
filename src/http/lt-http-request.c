/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-request-private.h"

#include "core/lt-error.h"

#include <string.h>

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
  lt_http_origin_clear (&self->origin);

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
 * @origin: (inout): who asks; what it holds is taken
 * @error: return location for %LT_ERROR_INVALID_REQUEST
 *
 * Returns: (transfer full): a request nobody has to answer yet, or %NULL if its path cannot
 *   be decoded
 */
LtHttpRequest *
lt_http_request_new (LtHttpHead *head, LtHttpOrigin *origin, GError **error)
{
  g_autoptr (LtHttpRequest) self = g_object_new (LT_TYPE_HTTP_REQUEST, NULL);

  self->head = head;
  self->origin = *origin;
  memset (origin, 0, sizeof *origin);
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
  return self->origin.peer;
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
  return self->origin.client;
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
  return self->origin.port;
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
  return self->origin.is_secure;
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
  return self->origin.is_own_origin;
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
