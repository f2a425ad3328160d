/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"

static void
write_subscriber (LtJsonWriter *writer, LtHub *hub, LtSubscription *subscription)
{
  char id[LT_EVENT_ID_SIZE];

  lt_hub_format_id (hub, lt_subscription_get_cursor (subscription), id);
  lt_json_writer_begin_object (writer, NULL);
  lt_json_writer_add_unsigned (writer, "subscriber", lt_subscription_get_number (subscription));
  lt_json_writer_add_string (writer, "transport", lt_subscription_get_transport (subscription));
  lt_json_writer_add_string (writer, "peer", lt_subscription_get_peer (subscription));
  lt_json_writer_add_string (writer, "identity", lt_subscription_get_identity (subscription));
  lt_json_writer_add_string (writer, "userAgent", lt_subscription_get_user_agent (subscription));
  lt_json_writer_add_string (writer, "filter",
                             lt_filter_get_text (lt_subscription_get_filter (subscription)));
  lt_json_writer_add_string (writer, "context",
                             lt_context_to_string (lt_subscription_get_context (subscription)));
  lt_json_writer_add_string (
      writer, "state", lt_subscription_state_to_string (lt_subscription_get_state (subscription)));
  lt_json_writer_add_time (writer, "connectedAt",
                           lt_subscription_get_connected_at_us (subscription));
  lt_json_writer_add_unsigned (writer, "matched", lt_subscription_get_matched (subscription));
  lt_json_writer_add_unsigned (writer, "delivered", lt_subscription_get_delivered (subscription));
  lt_json_writer_add_unsigned (writer, "dropped", lt_subscription_get_dropped (subscription));
  lt_json_writer_add_unsigned (writer, "queuedBytes",
                               lt_subscription_get_queued_bytes (subscription));
  lt_json_writer_add_string (writer, "lastEventId", id);
  lt_json_writer_end_object (writer);
}

static void
on_list (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (GPtrArray) subscriptions = NULL;
  g_auto (LtJsonWriter) writer = { 0 };

  if (!lt_http_api_check_no_query (request))
    return;

  subscriptions = lt_hub_list_subscriptions (self->hub);
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "subscribers");
  for (guint i = 0; i < subscriptions->len; i++)
    write_subscriber (&writer, self->hub, g_ptr_array_index (subscriptions, i));
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

/* The subscription the path names; if there is none the request is answered. */
static LtSubscription *
find_subscription (LtHttpApi *self, LtHttpRequest *request)
{
  const char *text = lt_http_request_get_segment (request, 3);
  LtSubscription *subscription = NULL;
  g_autoptr (GError) error = NULL;
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, &number, NULL))
    subscription = lt_hub_find_subscription (self->hub, number);
  if (subscription == NULL)
    {
      g_set_error (&error, LT_ERROR, LT_ERROR_NOT_FOUND,
                   "there is no subscriber \"%.32s\"; /api/tracing/subscribers lists them", text);
      lt_http_request_respond_error (request, error);
    }

  return subscription;
}

static void
on_get (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_auto (LtJsonWriter) writer = { 0 };
  LtSubscription *subscription;

  if (!lt_http_api_check_no_query (request))
    return;
  subscription = find_subscription (self, request);
  if (subscription == NULL)
    return;

  lt_json_writer_init (&writer);
  write_subscriber (&writer, self->hub, subscription);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
on_delete (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autofree char *who = lt_identity_describe (lt_http_api_get_identity (request));
  LtSubscription *subscription;

  if (!lt_http_api_check_no_query (request))
    return;
  subscription = find_subscription (self, request);
  if (subscription == NULL)
    return;

  g_message ("subscriber %" G_GUINT64_FORMAT " disconnected by %s",
             lt_subscription_get_number (subscription), who);
  lt_subscription_end (subscription, "disconnected");
  lt_http_api_respond_empty (request, 204);
}

static const LtHttpRoute subscriber_routes[] = {
  { "GET", "/api/tracing/subscribers", LT_PERMISSION_MANAGE, 0, on_list },
  { "GET", "/api/tracing/subscribers/*", LT_PERMISSION_MANAGE, 0, on_get },
  { "DELETE", "/api/tracing/subscribers/*", LT_PERMISSION_MANAGE, 0, on_delete },
};

/**
 * lt_http_api_add_subscriber_routes:
 * @self: the HTTP interface
 *
 * Adds what tells who is watching, and ends one.
 */
void
lt_http_api_add_subscriber_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, subscriber_routes, G_N_ELEMENTS (subscriber_routes),
                             self);
}
