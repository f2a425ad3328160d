/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

/* Makes a ticket for whoever asks; on failure the request is answered. */
static char *
create_ticket (LtHttpApi *self, LtHttpRequest *request, gint64 *expires_us)
{
  LtIdentity *identity = lt_http_api_get_identity (request);
  g_autoptr (GError) error = NULL;
  char *text
      = lt_ticket_store_create (lt_access_get_tickets (self->access), identity, expires_us, &error);

  if (text == NULL)
    lt_http_request_respond_error (request, error);
  return text;
}

static void
on_post (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_auto (LtJsonWriter) writer = { 0 };
  g_autofree char *text = NULL;
  gint64 expires_us = 0;

  if (!lt_http_api_check_no_query (request))
    return;
  if (g_bytes_get_size (lt_http_request_get_body (request)) > 0)
    {
      g_autoptr (LtOptions) members = lt_http_api_read_body (request, NULL, 0);

      if (members == NULL)
        return;
    }
  text = create_ticket (self, request, &expires_us);
  if (text == NULL)
    return;

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "ticket", text);
  lt_json_writer_add_time (&writer, "expires", expires_us);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
on_get (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_auto (LtJsonWriter) writer = { 0 };
  g_autofree char *text = NULL;

  if (!lt_http_api_check_no_query (request))
    return;
  text = create_ticket (self, request, NULL);
  if (text == NULL)
    return;

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "data", text);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static const LtHttpRoute ticket_routes[] = {
  { "POST", "/api/tracing/ticket", LT_PERMISSION_OBSERVE, LT_HTTP_MAX_CONTROL_BYTES, on_post },
  { "GET", "/api/telemetry/live/tracing-token", LT_PERMISSION_OBSERVE, 0, on_get },
};

/**
 * lt_http_api_add_ticket_routes:
 * @self: the HTTP interface
 *
 * Adds tickets for streams.
 */
void
lt_http_api_add_ticket_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, ticket_routes, G_N_ELEMENTS (ticket_routes), self);
}
