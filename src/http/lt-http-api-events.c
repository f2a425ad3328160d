/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-accept.h"
#include "lt-http-api-private.h"

#include "core/lt-error.h"
#include "core/lt-slice.h"
#include "json/lt-json.h"

/* How many events a snapshot has by default. */
#define DEFAULT_LIMIT 100

/* The newest events that fit are given; what they cost in memory stands for their JSON. */
#define MAX_ANSWER_BYTES (8 * 1024 * 1024)

/* What all answers together may take until their clients have them. */
#define MAX_ANSWERS_BYTES (64 * 1024 * 1024)

/* What encoding an answer may take of one turn of the main loop. */
#define SLICE_US 4000

/* A part of the room for answers; it goes back with the answer. */
typedef struct
{
  guint64 *all; /* (owned) (rc box): LtHttpApi.answers */
  gsize bytes;
  char *text; /* (owned) (nullable): the answer once it is encoded */
} LtAnswerShare;

/* An answer of many events, encoded in slices of a turn. */
typedef struct
{
  LtHub *hub;             /* (owned) */
  LtHttpRequest *request; /* (owned) */
  GPtrArray *events;      /* (owned) (element-type LtEvent) */
  GString *out;           /* (owned) (nullable): until it is answered */
  LtAnswerShare *share;   /* (owned) (nullable): until it is answered */
  char *tail;             /* (owned) (nullable): what follows the last event; NULL for NDJSON */
  guint next;             /* which event is encoded next */
  guint first;            /* which one was encoded first */
} LtEventsAnswer;

typedef struct
{
  LtHttpApi *api;          /* (owned) */
  LtHttpRequest *request;  /* (owned) */
  LtEventBuilder *builder; /* (owned) (nullable) */
  gboolean as_lines;
} LtEventsCall;

static const char *const event_types[] = { LT_HTTP_JSON, LT_HTTP_NDJSON, NULL };
static const char *const event_formats[] = { "json", "ndjson", NULL };
static const char *const snapshot_parameters[] = { "filter", "q",     "context",       "last",
                                                   "since",  "until", "last-event-id", "limit",
                                                   "format", NULL };
static const char *const span_parameters[] = { "context", "format", NULL };

static void
lt_answer_share_free (gpointer data)
{
  LtAnswerShare *self = data;

  *self->all -= self->bytes;
  g_rc_box_release (self->all);
  g_free (self->text);
  g_free (self);
}

static void
lt_events_answer_free (gpointer data)
{
  LtEventsAnswer *self = data;

  g_clear_object (&self->hub);
  g_clear_object (&self->request);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  g_clear_pointer (&self->share, lt_answer_share_free);
  g_free (self->tail);
  g_free (self);
}

static LtEventsCall *
lt_events_call_new (LtHttpApi *api, LtHttpRequest *request, gboolean as_lines)
{
  LtEventsCall *self = g_new0 (LtEventsCall, 1);

  self->api = g_object_ref (api);
  self->request = g_object_ref (request);
  self->as_lines = as_lines;
  return self;
}

static void
lt_events_call_free (LtEventsCall *self)
{
  g_clear_object (&self->api);
  g_clear_object (&self->request);
  g_clear_pointer (&self->builder, lt_event_builder_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtEventsCall, lt_events_call_free)

/* Hands the encoded answer over, with its share of the room. */
static GBytes *
lt_events_answer_end (LtEventsAnswer *self)
{
  LtAnswerShare *share = g_steal_pointer (&self->share);
  gsize length = self->out->len;

  share->text = g_string_free (g_steal_pointer (&self->out), FALSE);
  return g_bytes_new_with_free_func (share->text, length, lt_answer_share_free, share);
}

static gboolean
encode_slice (gpointer user_data)
{
  LtEventsAnswer *self = user_data;
  gint64 deadline_us = g_get_monotonic_time () + SLICE_US;
  g_autoptr (GBytes) body = NULL;

  while (self->next < self->events->len)
    {
      if (self->tail != NULL && self->next > self->first)
        g_string_append_c (self->out, ',');
      lt_json_append_event (self->out, g_ptr_array_index (self->events, self->next),
                            lt_hub_get_epoch (self->hub), FALSE);
      if (self->tail == NULL)
        g_string_append_c (self->out, '\n');
      self->next++;
      if (g_get_monotonic_time () >= deadline_us)
        return G_SOURCE_CONTINUE;
    }

  if (self->tail != NULL)
    g_string_append (self->out, self->tail);
  body = lt_events_answer_end (self);
  lt_http_request_respond (self->request, 200, self->tail != NULL ? LT_HTTP_JSON : LT_HTTP_NDJSON,
                           body);
  return G_SOURCE_REMOVE;
}

static gboolean
on_encode (gpointer user_data)
{
  return lt_slice_begin () ? encode_slice (user_data) : G_SOURCE_CONTINUE;
}

/* The index of the oldest event that fits, with all behind it, into an answer. */
static guint
find_first_that_fits (GPtrArray *events, gsize *bytes)
{
  guint first = events->len;

  *bytes = 0;
  while (first > 0)
    {
      gsize size = lt_event_get_size_bytes (g_ptr_array_index (events, first - 1));

      if (*bytes + size > MAX_ANSWER_BYTES)
        break;
      *bytes += size;
      first--;
    }

  return first;
}

static LtAnswerShare *
take_share (LtHttpApi *api, gsize bytes, GError **error)
{
  LtAnswerShare *share;

  if (*api->answers + bytes > MAX_ANSWERS_BYTES)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_BUSY,
                           "too many large answers wait for their clients; try again later");
      return NULL;
    }

  share = g_new0 (LtAnswerShare, 1);
  share->all = g_rc_box_acquire (api->answers);
  share->bytes = bytes;
  *share->all += bytes;
  return share;
}

/* Takes @events. @span_id makes it a span's answer, else @last is the id it ends with. */
static void
answer_events (LtHttpApi *api, LtHttpRequest *request, GPtrArray *events, guint64 omitted,
               const char *span_id, const char *last, gboolean as_lines)
{
  LtEventsAnswer *self = g_new0 (LtEventsAnswer, 1);
  g_autoptr (GError) error = NULL;
  gsize bytes;

  self->hub = g_object_ref (api->hub);
  self->request = g_object_ref (request);
  self->events = events;
  self->first = find_first_that_fits (events, &bytes);
  self->next = self->first;
  self->share = take_share (api, bytes, &error);
  if (self->share == NULL)
    {
      lt_http_request_respond_error (request, error);
      lt_events_answer_free (self);
      return;
    }

  self->out = g_string_sized_new (4096);
  omitted += self->first;
  if (!as_lines)
    {
      g_autoptr (GString) tail = g_string_new ("]");

      g_string_append_c (self->out, '{');
      if (span_id != NULL)
        {
          g_string_append (self->out, "\"spanId\":");
          lt_json_append_string (self->out, span_id, -1);
          g_string_append_c (self->out, ',');
        }
      g_string_append (self->out, "\"events\":[");
      if (last != NULL)
        g_string_append_printf (tail, ",\"last\":\"%s\"", last);
      if (omitted > 0)
        g_string_append_printf (tail, ",\"omitted\":%" G_GUINT64_FORMAT, omitted);
      g_string_append (tail, "}\n");
      self->tail = g_string_free (g_steal_pointer (&tail), FALSE);
    }

  if (encode_slice (self) == G_SOURCE_REMOVE)
    lt_events_answer_free (self);
  else
    g_idle_add_full (LT_PRIORITY_BULK, on_encode, self, lt_events_answer_free);
}

static void
on_queried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LtHub *hub = LT_HUB (source);
  g_autoptr (LtEventsCall) call = user_data;
  g_autoptr (GError) error = NULL;
  char last[LT_EVENT_ID_SIZE];
  guint64 last_sequence = 0;
  guint64 omitted = 0;
  GPtrArray *events;

  events = lt_hub_query_finish (hub, result, &last_sequence, &omitted, &error);
  if (events == NULL)
    {
      lt_http_request_respond_error (call->request, error);
      return;
    }

  lt_hub_format_id (hub, last_sequence, last);
  if (call->as_lines)
    lt_http_request_add_header (call->request, "Last-Event-ID", last);
  answer_events (call->api, call->request, events, omitted, NULL, last, call->as_lines);
}

static gboolean
read_snapshot (LtHttpRequest *request, const LtQuery *query, LtQueryOptions *options, guint *format,
               GError **error)
{
  guint64 limit = DEFAULT_LIMIT;

  options->context = LT_CONTEXT_SPAN;
  options->since_us = G_MININT64;
  if (!lt_http_api_choose_format (request, query, event_types, event_formats, format, error)
      || !lt_http_api_read_context (query, &options->context, error)
      || !lt_http_api_read_count (query, "last", 1, LT_HUB_MAX_RESULT_EVENTS, &limit, error)
      || !lt_http_api_read_count (query, "limit", 1, LT_HUB_MAX_RESULT_EVENTS, &limit, error)
      || !lt_http_api_read_time (query, "since", TRUE, &options->since_us, error)
      || !lt_http_api_read_time (query, "until", TRUE, &options->until_us, error)
      || !lt_query_lookup (query, "last-event-id", &options->after, error))
    return FALSE;

  options->limit = (guint32) limit;
  return TRUE;
}

static void
on_snapshot (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtQuery) query = lt_http_api_read_query (request, snapshot_parameters);
  g_autoptr (LtFilter) filter = NULL;
  g_autoptr (GError) error = NULL;
  LtQueryOptions options = { 0 };
  guint format = 0;

  if (query == NULL)
    return;
  if (read_snapshot (request, query, &options, &format, &error))
    filter = lt_filter_new_from_query (lt_hub_get_catalogue (self->hub), query, &error);
  if (filter == NULL)
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  lt_hub_query_async (self->hub, filter, &options, lt_http_request_get_cancellable (request),
                      on_queried, lt_events_call_new (self, request, format == 1));
}

static void
on_span (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  const char *span_id = lt_http_request_get_segment (request, 3);
  g_autoptr (LtQuery) query = lt_http_api_read_query (request, span_parameters);
  g_autoptr (GError) error = NULL;
  LtContext context = LT_CONTEXT_SPAN;
  GPtrArray *events = NULL;
  guint64 omitted = 0;
  guint format = 0;

  if (query == NULL)
    return;
  if (lt_http_api_choose_format (request, query, event_types, event_formats, &format, &error)
      && lt_http_api_read_context (query, &context, &error))
    events = lt_hub_list_span_events (self->hub, span_id, context, &omitted, &error);
  if (events == NULL)
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  answer_events (self, request, events, omitted, span_id, NULL, format == 1);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LtEventsCall) call = user_data;
  g_auto (LtJsonWriter) writer = { 0 };
  g_autoptr (GError) error = NULL;
  guint64 accepted = 0;
  guint64 refused = 0;

  if (!lt_hub_submit_batch_finish (LT_HUB (source), result, &accepted, &refused, &error))
    {
      lt_http_request_respond_error (call->request, error);
      return;
    }

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_unsigned (&writer, "accepted", accepted);
  lt_json_writer_add_unsigned (&writer, "refused", refused);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (call->request, 202, &writer);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LtEventsCall) call = user_data;
  LtHttpApi *self = call->api;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = lt_json_read_batch_finish (result, &error);

  if (events == NULL)
    {
      lt_http_request_respond_error (call->request, error);
      return;
    }

  /* From here on the batch is taken, whether its sender waits for the answer or not. */
  lt_hub_submit_batch_async (self->hub, events, NULL, on_submitted, g_steal_pointer (&call));
}

static void
on_inject (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  const char *type = lt_http_request_get_header (request, "Content-Type");
  LtBatchFormat format = LT_BATCH_JSON;
  LtEventsCall *call;

  if (!lt_http_api_check_no_query (request))
    return;
  if (lt_http_media_type_is (type, LT_HTTP_NDJSON)
      || lt_http_media_type_is (type, "application/ndjson")
      || lt_http_media_type_is (type, "application/jsonl"))
    {
      format = LT_BATCH_NDJSON;
    }
  else if (!lt_http_media_type_is (type, LT_HTTP_JSON))
    {
      g_autoptr (GError) error
          = g_error_new_literal (LT_ERROR, LT_ERROR_UNSUPPORTED_MEDIA,
                                 "events are taken as \"" LT_HTTP_JSON "\" or \"" LT_HTTP_NDJSON
                                 "\"; say which in Content-Type");

      lt_http_request_respond_error (request, error);
      return;
    }

  call = lt_events_call_new (self, request, FALSE);
  call->builder
      = lt_event_builder_new (lt_hub_get_catalogue (self->hub), &self->settings.event_limits);
  lt_json_read_batch_async (call->builder, lt_http_request_get_body (request), format,
                            self->settings.max_batch_events,
                            lt_http_request_get_cancellable (request), on_read, call);
}

static void
on_filter (LtHttpRequest *request, gpointer user_data)
{
  static const char *const parameters[] = { "filter", "q", NULL };
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtQuery) query = lt_http_api_read_query (request, parameters);
  g_auto (LtJsonWriter) writer = { 0 };
  g_autoptr (LtFilter) filter = NULL;
  g_autoptr (GError) error = NULL;

  if (query == NULL)
    return;

  filter = lt_filter_new_from_query (lt_hub_get_catalogue (self->hub), query, &error);
  if (filter == NULL)
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "filter", lt_filter_get_text (filter));
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static const LtHttpRoute event_routes[] = {
  { "GET", "/api/tracing/events", LT_PERMISSION_OBSERVE, 0, on_snapshot },
  { "POST", "/api/tracing/events", LT_PERMISSION_INJECT, LT_HTTP_MAX_BATCH_BYTES, on_inject },
  { "GET", "/api/tracing/spans/*", LT_PERMISSION_OBSERVE, 0, on_span },
  { "GET", "/api/tracing/filter", LT_PERMISSION_OBSERVE, 0, on_filter },
};

/**
 * lt_http_api_add_event_routes:
 * @self: the HTTP interface
 *
 * Adds what gives and takes events.
 */
void
lt_http_api_add_event_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, event_routes, G_N_ELEMENTS (event_routes), self);
}
