/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-server.h"

#include "core/lt-error.h"
#include "lt-http-connection.h"
#include "lt-http-listener.h"
#include "lt-http-request-private.h"

#include <libsoup/soup.h>
#include <string.h>

/**
 * Route:
 *
 * A route and whom it belongs to.
 */
typedef struct
{
  LtHttpRoute row;
  char **segments;    /* (owned): of its path */
  gpointer user_data; /* of its handler */
} Route;

struct _LtHttpServer
{
  GObject parent_instance;

  LtHttpGate *gate;         /* (owned) */
  LtHttpListener *listener; /* (owned) (nullable): until it is stopped */
  SoupServer *soup;         /* (owned) (nullable): until it is stopped */
  GPtrArray *routes;        /* (owned) (element-type Route) */
  GHashTable *connections;  /* (owned) (element-type LtHttpConnection): neither closed nor stolen */
  GHashTable *handed;       /* (owned) (element-type GSocketAddress Handed): to libsoup */
  LtHttpAuthorizer authorizer; /* (nullable) */
  gpointer authorizer_data;    /* of @authorizer */
};

G_DEFINE_FINAL_TYPE (LtHttpServer, lt_http_server, G_TYPE_OBJECT)

/**
 * Handed:
 *
 * A request that libsoup has been given and does not know.
 */
typedef struct
{
  LtHttpConnection *connection; /* (owned) */
  LtHttpRequest *request;       /* (owned) */
} Handed;

static void
handed_free (gpointer data)
{
  Handed *self = data;

  g_clear_object (&self->connection);
  g_clear_object (&self->request);
  g_free (self);
}

static void
route_free (gpointer data)
{
  Route *self = data;

  g_strfreev (self->segments);
  g_free (self);
}

static gboolean
route_matches (const Route *self, LtHttpRequest *request)
{
  guint n_segments = g_strv_length (self->segments);

  if (lt_http_request_get_n_segments (request) != n_segments)
    return FALSE;

  for (guint i = 0; i < n_segments; i++)
    {
      const char *segment = lt_http_request_get_segment (request, i);

      if (strcmp (self->segments[i], "*") == 0)
        {
          if (*segment == '\0' || strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0)
            return FALSE;
        }
      else if (strcmp (self->segments[i], segment) != 0)
        return FALSE;
    }

  return TRUE;
}

static void
refuse_method (LtHttpRequest *request, GString *allow, GError **error)
{
  lt_http_request_add_header (request, "Allow", allow->str);
  g_set_error (
      error, LT_ERROR, LT_ERROR_METHOD_NOT_ALLOWED, "\"%s\" is not a method of \"%s\"; it takes %s",
      lt_http_request_get_method (request), lt_http_request_get_path (request), allow->str);
}

static void
add_allowed (GString *allow, const char *method)
{
  if (allow->len > 0)
    g_string_append (allow, ", ");
  g_string_append (allow, method);
  if (strcmp (method, "GET") == 0)
    g_string_append (allow, ", HEAD");
}

static const Route *
find_route (LtHttpServer *self, LtHttpRequest *request, GError **error)
{
  const char *method = lt_http_request_get_method (request);
  gboolean is_any = strcmp (lt_http_request_get_path (request), "*") == 0;
  g_autoptr (GString) allow = g_string_new (NULL);

  if (lt_http_request_is_head (request))
    method = "GET";

  for (guint i = 0; i < self->routes->len && !is_any; i++)
    {
      const Route *route = g_ptr_array_index (self->routes, i);

      if (!route_matches (route, request))
        continue;
      if (strcmp (route->row.method, method) == 0)
        return route;
      add_allowed (allow, route->row.method);
    }

  if (is_any)
    g_string_assign (allow, "GET, HEAD, POST, PUT, DELETE");
  if (allow->len > 0)
    refuse_method (request, allow, error);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_NOT_FOUND, "there is nothing at \"%s\"",
                 lt_http_request_get_path (request));
  return NULL;
}

static gboolean
on_check (LtHttpConnection *connection, LtHttpRequest *request, guint64 *max_body_bytes,
          gpointer user_data, GError **error)
{
  LtHttpServer *self = user_data;
  const Route *route = find_route (self, request, error);

  if (route == NULL)
    return FALSE;
  if (route->row.permission != 0
      && (self->authorizer == NULL
          || !self->authorizer (request, &route->row, self->authorizer_data, error)))
    {
      if (self->authorizer == NULL)
        g_set_error (error, LT_ERROR, LT_ERROR_DENIED, "nobody is allowed to do this");
      return FALSE;
    }

  lt_http_request_set_route (request, &route->row, route->user_data);
  *max_body_bytes = route->row.max_body_bytes;
  return TRUE;
}

static void
on_ready (LtHttpConnection *connection, LtHttpRequest *request, gpointer user_data)
{
  LtHttpServer *self = user_data;
  GSocketAddress *remote = lt_http_connection_get_remote_address (connection);
  Handed *handed = g_new0 (Handed, 1);

  handed->connection = g_object_ref (connection);
  handed->request = request;
  g_hash_table_insert (self->handed, remote, handed);
  soup_server_accept_iostream (self->soup, G_IO_STREAM (connection),
                               lt_http_connection_get_local_address (connection), remote, NULL);
}

static void
on_over (LtHttpConnection *connection, gpointer user_data)
{
  LtHttpServer *self = user_data;
  GSocketAddress *remote = lt_http_connection_get_remote_address (connection);

  if (remote != NULL)
    g_hash_table_remove (self->handed, remote);
  g_hash_table_remove (self->connections, connection);
}

static const LtHttpConnectionFuncs connection_funcs = {
  .check = on_check,
  .ready = on_ready,
  .over = on_over,
};

static void
on_accepted (GSocket *socket, const LtHttpPass *pass, gpointer user_data)
{
  LtHttpServer *self = user_data;
  LtHttpConnection *connection
      = lt_http_connection_new (self->gate, pass, socket, &connection_funcs, self, NULL);

  if (connection == NULL)
    return;

  g_hash_table_add (self->connections, connection);
  lt_http_connection_start (connection);
}

/* libsoup has read the head it was given, and wants an answer. It knows its connections by
 * their addresses only, which no two share. */
static void
on_soup_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
                 gpointer user_data)
{
  LtHttpServer *self = user_data;
  gpointer handed_pointer = NULL;
  Handed *handed;

  if (!g_hash_table_steal_extended (self->handed, soup_server_message_get_remote_address (message),
                                    NULL, &handed_pointer))
    {
      soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL);
      return;
    }

  handed = handed_pointer;
  lt_http_request_run (handed->request, handed->connection, message);
  handed_free (handed);
}

static void
lt_http_server_dispose (GObject *object)
{
  lt_http_server_stop (LT_HTTP_SERVER (object));

  G_OBJECT_CLASS (lt_http_server_parent_class)->dispose (object);
}

static void
lt_http_server_finalize (GObject *object)
{
  LtHttpServer *self = LT_HTTP_SERVER (object);

  g_clear_pointer (&self->routes, g_ptr_array_unref);
  g_clear_pointer (&self->connections, g_hash_table_unref);
  g_clear_pointer (&self->handed, g_hash_table_unref);
  g_clear_pointer (&self->gate, lt_http_gate_unref);

  G_OBJECT_CLASS (lt_http_server_parent_class)->finalize (object);
}

static void
lt_http_server_class_init (LtHttpServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_http_server_dispose;
  object_class->finalize = lt_http_server_finalize;
}

static void
lt_http_server_init (LtHttpServer *self)
{
  self->routes = g_ptr_array_new_with_free_func (route_free);
  self->connections = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->handed = g_hash_table_new_full (NULL, NULL, NULL, handed_free);
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_handler (self->soup, NULL, on_soup_request, self, NULL);
}

/**
 * lt_http_server_new:
 * @settings: the settings
 * @error: return location for %LT_ERROR_INVALID_CONFIG
 *
 * Returns: (transfer full): a server without routes that does not listen yet, or %NULL if
 *   the settings cannot be used
 */
LtHttpServer *
lt_http_server_new (const LtHttpSettings *settings, GError **error)
{
  LtHttpPolicy *policy = lt_http_policy_new (settings, error);
  LtHttpServer *self;

  if (policy == NULL)
    return NULL;

  self = g_object_new (LT_TYPE_HTTP_SERVER, NULL);
  self->gate = lt_http_gate_new (policy);
  self->listener = lt_http_listener_new (self->gate, on_accepted, self);
  return self;
}

/**
 * lt_http_server_configure:
 * @self: the server
 * @settings: new settings
 * @error: return location for %LT_ERROR_INVALID_CONFIG
 *
 * Puts other settings in force, for what comes from now on. Where it listens stays as it is.
 *
 * Returns: %TRUE, or %FALSE if the settings cannot be used; then the old ones stay
 */
gboolean
lt_http_server_configure (LtHttpServer *self, const LtHttpSettings *settings, GError **error)
{
  LtHttpPolicy *policy = lt_http_policy_new (settings, error);

  if (policy == NULL)
    return FALSE;

  lt_http_gate_set_policy (self->gate, policy);
  return TRUE;
}

/**
 * lt_http_server_set_authorizer:
 * @self: the server
 * @authorizer: who decides about requests to routes with a permission
 * @user_data: for @authorizer
 *
 * Without an authorizer such requests are all refused.
 */
void
lt_http_server_set_authorizer (LtHttpServer *self, LtHttpAuthorizer authorizer, gpointer user_data)
{
  self->authorizer = authorizer;
  self->authorizer_data = user_data;
}

/**
 * lt_http_server_add_routes:
 * @self: the server
 * @routes: (array length=n_routes): route table; its strings must live as long as @self
 * @n_routes: rows of @routes
 * @user_data: for the handlers
 *
 * Adds routes. The first that fits a request serves it.
 */
void
lt_http_server_add_routes (LtHttpServer *self, const LtHttpRoute *routes, guint n_routes,
                           gpointer user_data)
{
  for (guint i = 0; i < n_routes; i++)
    {
      Route *route = g_new0 (Route, 1);

      g_assert (routes[i].path[0] == '/');

      route->row = routes[i];
      route->segments = g_strsplit (routes[i].path + 1, "/", -1);
      if (strcmp (routes[i].path, "/") == 0)
        {
          g_strfreev (route->segments);
          route->segments = g_new0 (char *, 1);
        }
      route->user_data = user_data;
      g_ptr_array_add (self->routes, route);
    }
}

/**
 * lt_http_server_adopt:
 * @self: the server, not started yet
 * @fd: (transfer full): a listening TCP socket, as systemd hands it over
 * @error: return location for %LT_ERROR_INVALID_CONFIG and %LT_ERROR_IO
 *
 * Serves a socket that listens already, instead of listening on `http.listen`.
 *
 * Returns: %TRUE if it was taken; it is closed otherwise
 */
gboolean
lt_http_server_adopt (LtHttpServer *self, int fd, GError **error)
{
  return lt_http_listener_adopt (self->listener, fd, error);
}

/**
 * lt_http_server_start:
 * @self: the server
 * @error: return location for %LT_ERROR_IO
 *
 * Listens and serves, in the thread's default main context.
 *
 * Returns: %TRUE, or %FALSE if it cannot listen
 */
gboolean
lt_http_server_start (LtHttpServer *self, GError **error)
{
  if (!lt_http_listener_listen (self->listener, error))
    return FALSE;

  lt_http_listener_start (self->listener);
  return TRUE;
}

/**
 * lt_http_server_stop:
 * @self: the server
 *
 * Stops listening and ends every connection but those that were stolen. A stopped server
 * cannot be started again.
 */
void
lt_http_server_stop (LtHttpServer *self)
{
  g_autoptr (GList) connections = g_hash_table_get_keys (self->connections);

  if (self->listener != NULL)
    lt_http_listener_stop (self->listener);
  g_clear_object (&self->listener);

  /* What libsoup has is only cut off by the first round, and closed by libsoup's end. */
  for (GList *item = connections; item != NULL; item = item->next)
    lt_http_connection_abort (item->data);
  g_clear_object (&self->soup);
  g_hash_table_remove_all (self->handed);
}

/**
 * lt_http_server_dup_addresses:
 * @self: the server
 *
 * Returns: (transfer full): where it listens, such as `127.0.0.1:8425` and `[::1]:8425`
 */
char **
lt_http_server_dup_addresses (LtHttpServer *self)
{
  if (self->listener == NULL)
    return g_new0 (char *, 1);

  return lt_http_listener_dup_addresses (self->listener);
}

/**
 * lt_http_server_get_counts:
 * @self: the server
 * @counts: (out caller-allocates): what it does and did
 *
 * Tells what is in use of the limits, and what has been since the start.
 */
void
lt_http_server_get_counts (LtHttpServer *self, LtHttpCounts *counts)
{
  *counts = *lt_http_gate_get_counts (self->gate);
}
