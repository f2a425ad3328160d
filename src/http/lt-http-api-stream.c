/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"
#include "json/lt-json.h"

/* Most events `last` and `limit` may name. */
#define MAX_COUNT G_GUINT64_CONSTANT (1000000000)

/* How far away `until` may lie, in milliseconds. */
#define MAX_UNTIL_MS (24 * 24 * 3600 * 1000)

/* An open stream and who has it. */
typedef struct
{
  LtHttpApi *api;       /* (unowned) */
  LtStream *stream;     /* (owned) */
  LtIdentity *identity; /* (owned) */
  LtTicket *ticket;     /* (owned) (nullable) */
  gulong closed_id;     /* of the handler of the stream's `closed` */
  guint until_source;   /* ends the stream at its time, or 0 */
} LtHttpWatch;

/* What a request for a stream asks for. */
typedef struct
{
  LtFilter *filter; /* (owned) */
  LtSubscriptionOptions options;
  const LtFraming *framing;
  const char *content_type;
  gint64 until_us; /* microseconds since the epoch, or 0 */
} LtStreamRequest;

static const char *const stream_types[] = { LT_HTTP_SSE, LT_HTTP_NDJSON, NULL };
static const char *const stream_formats[] = { "sse", "ndjson", NULL };
static const char *const stream_parameters[]
    = { "filter",        "q",     "context", "last",   "since", "until",
        "last-event-id", "limit", "format",  "ticket", "token", NULL };

static void
close_ticket (LtTicket *ticket)
{
  if (ticket != NULL)
    lt_ticket_close (ticket);
}

/**
 * lt_http_watch_free:
 * @watch: (transfer full) (type LtHttpWatch): an open stream
 *
 * Forgets a stream; it does not end it.
 */
void
lt_http_watch_free (gpointer data)
{
  LtHttpWatch *watch = data;

  g_clear_handle_id (&watch->until_source, g_source_remove);
  close_ticket (watch->ticket);
  lt_access_release (watch->api->access, watch->identity);
  g_clear_signal_handler (&watch->closed_id, watch->stream);
  g_clear_pointer (&watch->ticket, lt_ticket_unref);
  g_clear_pointer (&watch->identity, lt_identity_unref);
  g_clear_object (&watch->stream);
  g_free (watch);
}

static void
lt_stream_request_clear (LtStreamRequest *self)
{
  g_clear_object (&self->filter);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtStreamRequest, lt_stream_request_clear)

static void
on_closed (LtStream *stream, const char *reason, gpointer user_data)
{
  LtHttpWatch *watch = user_data;

  lt_subscription_log_closed (lt_stream_get_subscription (stream), reason);
  g_ptr_array_remove_fast (watch->api->watches, watch);
}

static gboolean
on_until (gpointer user_data)
{
  LtHttpWatch *watch = user_data;

  watch->until_source = 0;
  lt_subscription_end (lt_stream_get_subscription (watch->stream), "until");
  return G_SOURCE_REMOVE;
}

/* The first of these that is there alone decides, even if it is of no use. */
static gboolean
read_start (LtHttpRequest *request, const LtQuery *query, LtSubscriptionOptions *options,
            GError **error)
{
  const char *header = lt_http_request_get_header (request, "Last-Event-ID");
  gint64 since_us = G_MININT64;
  guint64 last = G_MAXUINT64;

  options->start = LT_START_NOW;
  if (!lt_query_lookup (query, "last-event-id", &options->after, error)
      || !lt_http_api_read_time (query, "since", TRUE, &since_us, error)
      || !lt_http_api_read_count (query, "last", 0, MAX_COUNT, &last, error))
    return FALSE;

  if (header != NULL)
    options->after = header;
  if (options->after != NULL)
    {
      options->start = LT_START_AFTER_ID;
    }
  else if (since_us != G_MININT64)
    {
      options->start = LT_START_SINCE;
      options->since_us = since_us;
    }
  else if (last != G_MAXUINT64 && last > 0)
    {
      options->start = LT_START_LAST;
      options->last = last;
    }

  return TRUE;
}

static gboolean
read_until (const LtQuery *query, gint64 *until_us, GError **error)
{
  gint64 now_us = g_get_real_time ();

  if (!lt_http_api_read_time (query, "until", FALSE, until_us, error))
    return FALSE;
  if (*until_us == 0)
    return TRUE;
  if (*until_us <= now_us || *until_us - now_us > (gint64) MAX_UNTIL_MS * 1000)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                           "\"until\" of a stream must lie in the next 24 days; what has been is "
                           "at /api/tracing/events");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_stream_request (LtHttpApi *self, LtHttpRequest *request, const LtQuery *query,
                     LtStreamRequest *asked, GError **error)
{
  LtSubscriptionOptions *options = &asked->options;
  guint format = 0;

  if (!lt_http_api_choose_format (request, query, stream_types, stream_formats, &format, error))
    return FALSE;

  asked->framing = format == 0 ? &lt_framing_sse : &lt_framing_ndjson;
  asked->content_type = stream_types[format];
  options->context = LT_CONTEXT_SPAN;
  options->transport = stream_formats[format];
  if (!lt_http_api_read_context (query, &options->context, error)
      || !lt_http_api_read_count (query, "limit", 1, MAX_COUNT, &options->limit, error)
      || !read_start (request, query, options, error)
      || !read_until (query, &asked->until_us, error))
    return FALSE;

  asked->filter = lt_filter_new_from_query (lt_hub_get_catalogue (self->hub), query, error);
  return asked->filter != NULL;
}

static gboolean
open_ticket (LtTicket *ticket, const LtStreamRequest *asked, GError **error)
{
  g_autofree char *binding = NULL;

  if (ticket == NULL)
    return TRUE;

  binding = g_strdup_printf ("%s %s", lt_context_to_string (asked->options.context),
                             lt_filter_get_text (asked->filter));
  return lt_ticket_open (ticket, binding, error);
}

static void
start_watch (LtHttpApi *self, LtStream *stream, LtCredentials *credentials, gint64 until_us)
{
  LtHttpWatch *watch = g_new0 (LtHttpWatch, 1);
  LtTicket *ticket = lt_credentials_get_ticket (credentials);

  watch->api = self;
  watch->stream = g_object_ref (stream);
  watch->identity = lt_identity_ref (lt_credentials_get_identity (credentials));
  watch->ticket = ticket != NULL ? lt_ticket_ref (ticket) : NULL;
  watch->closed_id = g_signal_connect (stream, "closed", G_CALLBACK (on_closed), watch);
  if (until_us != 0)
    watch->until_source
        = g_timeout_add ((guint) MAX (1, (until_us - g_get_real_time ()) / 1000), on_until, watch);
  lt_access_hold (self->access, watch->identity);
  g_ptr_array_add (self->watches, watch);
}

static gboolean
start_stream (LtHttpApi *self, LtHttpRequest *request, const LtStreamRequest *asked, GError **error)
{
  LtCredentials *credentials = LT_CREDENTIALS (lt_http_request_get_identity (request));
  g_autoptr (LtSubscription) subscription
      = lt_subscription_new (self->hub, asked->filter, &asked->options, error);
  g_autoptr (GBytes) preamble = NULL;
  g_autoptr (GIOStream) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (LtStream) stream = NULL;
  g_autofree char *who = NULL;

  if (subscription == NULL)
    return FALSE;
  if (!open_ticket (lt_credentials_get_ticket (credentials), asked, error))
    {
      lt_subscription_close (subscription);
      return FALSE;
    }

  preamble = lt_http_request_format_head (request, 200, asked->content_type);
  connection = lt_http_request_steal (request, &socket, error);
  if (connection == NULL)
    {
      lt_subscription_close (subscription);
      close_ticket (lt_credentials_get_ticket (credentials));
      return FALSE;
    }

  stream = lt_stream_new (subscription, socket,
                          &(LtStreamOptions){
                              .framing = asked->framing,
                              .preamble = preamble,
                              .connection = connection,
                              .ping_ms = self->settings.ping_ms,
                              .stall_ms = self->settings.stall_ms,
                          });
  who = lt_identity_describe (lt_credentials_get_identity (credentials));
  lt_subscription_log_opened (subscription, who);
  start_watch (self, stream, credentials, asked->until_us);
  lt_stream_start (stream);
  return TRUE;
}

static void
on_live (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtQuery) query = lt_http_api_read_query (request, stream_parameters);
  g_autofree char *peer = lt_http_api_dup_peer (request);
  g_auto (LtStreamRequest) asked
      = { .options = { .peer = peer,
                       .identity = lt_http_api_get_identity (request)->label,
                       .user_agent = lt_http_request_get_header (request, "User-Agent") } };
  g_autoptr (GError) error = NULL;

  if (query == NULL)
    return;

  if (!read_stream_request (self, request, query, &asked, &error))
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  lt_http_request_add_header (request, "Cache-Control", "no-store");
  lt_http_request_add_header (request, "X-Accel-Buffering", "no");
  if (lt_http_request_is_head (request))
    {
      g_autoptr (GBytes) body = g_bytes_new_static ("", 0);

      lt_http_request_respond (request, 200, asked.content_type, body);
      return;
    }

  if (!start_stream (self, request, &asked, &error))
    lt_http_request_respond_error (request, error);
}

static const LtHttpRoute stream_routes[] = {
  { "GET", "/api/tracing/live", LT_PERMISSION_OBSERVE, 0, on_live },
  { "GET", "/api/telemetry/traces/live", LT_PERMISSION_OBSERVE, 0, on_live },
};

/**
 * lt_http_api_add_stream_routes:
 * @self: the HTTP interface
 *
 * Adds the live stream.
 */
void
lt_http_api_add_stream_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, stream_routes, G_N_ELEMENTS (stream_routes), self);
}

/**
 * lt_http_api_is_stream_route:
 * @route: a route
 *
 * Returns: %TRUE if it gives a live stream
 */
gboolean
lt_http_api_is_stream_route (const LtHttpRoute *route)
{
  return route->handler == on_live;
}

static void
end_streams (LtHttpApi *self, const char *origin, const char *reason)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  /* An end may change the list at once. */
  for (guint i = 0; i < self->watches->len; i++)
    {
      const LtHttpWatch *watch = g_ptr_array_index (self->watches, i);

      if (origin == NULL || lt_identity_is_from (watch->identity, origin))
        g_ptr_array_add (streams, g_object_ref (watch->stream));
    }
  for (guint i = 0; i < streams->len; i++)
    lt_subscription_end (lt_stream_get_subscription (g_ptr_array_index (streams, i)), reason);
}

/**
 * lt_http_api_end_streams:
 * @self: the HTTP interface
 * @reason: why, for `bye`
 *
 * Ends every stream.
 */
void
lt_http_api_end_streams (LtHttpApi *self, const char *reason)
{
  g_return_if_fail (LT_IS_HTTP_API (self));

  end_streams (self, NULL, reason);
}

/**
 * lt_http_api_end_streams_of:
 * @self: the HTTP interface
 * @origin: the id of a token or session
 * @reason: why, for `bye`
 *
 * Ends the streams that exist by a token or session.
 */
void
lt_http_api_end_streams_of (LtHttpApi *self, const char *origin, const char *reason)
{
  end_streams (self, origin, reason);
}
