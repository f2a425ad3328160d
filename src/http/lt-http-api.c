/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"

G_DEFINE_FINAL_TYPE (LtHttpApi, lt_http_api, G_TYPE_OBJECT)

static void
lt_http_api_dispose (GObject *object)
{
  LtHttpApi *self = LT_HTTP_API (object);

  if (self->access != NULL)
    g_signal_handlers_disconnect_by_data (self->access, self);
  if (self->watches != NULL)
    lt_http_api_end_streams (self, "shutdown");
  g_clear_weak_pointer (&self->server);
  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_object (&self->hub);
  g_clear_object (&self->access);

  G_OBJECT_CLASS (lt_http_api_parent_class)->dispose (object);
}

static void
lt_http_api_finalize (GObject *object)
{
  LtHttpApi *self = LT_HTTP_API (object);

  g_rc_box_release (self->answers);
  g_free (self->version);
  g_free (self->page);
  g_free (self->page_policy);

  G_OBJECT_CLASS (lt_http_api_parent_class)->finalize (object);
}

static void
lt_http_api_class_init (LtHttpApiClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_http_api_dispose;
  G_OBJECT_CLASS (klass)->finalize = lt_http_api_finalize;
}

static void
lt_http_api_init (LtHttpApi *self)
{
  self->settings = (LtHttpApiSettings) LT_HTTP_API_SETTINGS_DEFAULT;
  self->watches = g_ptr_array_new_with_free_func (lt_http_watch_free);
  self->answers = g_rc_box_new0 (guint64);
}

static void
on_access_ended (LtAccess *access, const char *origin, const char *reason, gpointer user_data)
{
  lt_http_api_end_streams_of (LT_HTTP_API (user_data), origin, reason);
}

/**
 * lt_http_api_new:
 * @hub: where events are
 * @access: who may do what
 * @sources: (nullable) (element-type LtSource): the sources; the daemon may change the array
 *   while it is in use
 * @version: the version of the daemon
 *
 * Returns: (transfer full): the HTTP interface; it serves nothing yet
 */
LtHttpApi *
lt_http_api_new (LtHub *hub, LtAccess *access, GPtrArray *sources, const char *version)
{
  LtHttpApi *self = g_object_new (LT_TYPE_HTTP_API, NULL);

  g_return_val_if_fail (LT_IS_HUB (hub) && LT_IS_ACCESS (access), NULL);

  self->hub = g_object_ref (hub);
  self->access = g_object_ref (access);
  self->sources = sources != NULL ? g_ptr_array_ref (sources)
                                  : g_ptr_array_new_with_free_func (g_object_unref);
  self->version = g_strdup (version);
  lt_http_api_load_page (self);
  g_signal_connect (access, "ended", G_CALLBACK (on_access_ended), self);
  return self;
}

/**
 * lt_http_api_configure:
 * @self: the HTTP interface
 * @settings: its settings; they hold for requests from now on
 *
 * Changes the settings.
 */
void
lt_http_api_configure (LtHttpApi *self, const LtHttpApiSettings *settings)
{
  g_return_if_fail (LT_IS_HTTP_API (self));

  self->settings = *settings;
}

/* Only a stream takes a ticket. */
static gboolean
authorize (LtHttpRequest *request, const LtHttpRoute *route, gpointer user_data, GError **error)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtCredentials) credentials
      = lt_credentials_find (self->access, request, lt_http_api_is_stream_route (route), error);

  if (credentials == NULL)
    return FALSE;
  if (!lt_identity_may (lt_credentials_get_identity (credentials), route->permission))
    {
      g_auto (GStrv) words = lt_permissions_to_strv (route->permission);

      g_set_error (error, LT_ERROR, LT_ERROR_DENIED,
                   "this needs the permission \"%s\", which your credential does not have",
                   words[0]);
      return FALSE;
    }

  lt_http_request_set_identity (request, G_OBJECT (credentials));
  return TRUE;
}

/**
 * lt_http_api_serve:
 * @self: the HTTP interface; it must outlive @server
 * @server: where its routes go
 *
 * Adds all routes, and the authorizer that guards them.
 */
void
lt_http_api_serve (LtHttpApi *self, LtHttpServer *server)
{
  g_return_if_fail (LT_IS_HTTP_API (self));
  g_return_if_fail (LT_IS_HTTP_SERVER (server));

  g_set_weak_pointer (&self->server, server);
  lt_http_server_set_authorizer (server, authorize, self);
  lt_http_api_add_stream_routes (self);
  lt_http_api_add_event_routes (self);
  lt_http_api_add_catalogue_routes (self);
  lt_http_api_add_status_routes (self);
  lt_http_api_add_subscriber_routes (self);
  lt_http_api_add_level_routes (self);
  lt_http_api_add_token_routes (self);
  lt_http_api_add_session_routes (self);
  lt_http_api_add_ticket_routes (self);
  lt_http_api_add_metrics_routes (self);
  lt_http_api_add_page_routes (self);
}
