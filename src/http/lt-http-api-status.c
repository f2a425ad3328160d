/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-rates.h"
#include "core/lt-source.h"

static const struct
{
  const char *name;
  guint seconds;
} rate_windows[] = {
  { "1s", 1 },
  { "10s", 10 },
  { "60s", 60 },
};

static void
write_levels (LtJsonWriter *writer, LtHub *hub, const LtHubStatistics *statistics)
{
  double rates[G_N_ELEMENTS (rate_windows)][LT_N_LEVELS];

  lt_json_writer_begin_object (writer, "receivedByLevel");
  for (int level = LT_LEVEL_ERROR; level < LT_N_LEVELS; level++)
    lt_json_writer_add_unsigned (writer, lt_level_to_string ((LtLevel) level),
                                 statistics->by_level[level]);
  lt_json_writer_end_object (writer);

  for (guint i = 0; i < G_N_ELEMENTS (rate_windows); i++)
    lt_hub_get_rates (hub, rate_windows[i].seconds, rates[i]);
  lt_json_writer_begin_object (writer, "ratesByLevel");
  for (int level = LT_LEVEL_ERROR; level < LT_N_LEVELS; level++)
    {
      lt_json_writer_begin_object (writer, lt_level_to_string ((LtLevel) level));
      for (guint i = 0; i < G_N_ELEMENTS (rate_windows); i++)
        lt_json_writer_add_double (writer, rate_windows[i].name, rates[i][level]);
      lt_json_writer_end_object (writer);
    }
  lt_json_writer_end_object (writer);
}

static void
write_ring (LtJsonWriter *writer, LtHub *hub, const LtHubStatistics *statistics)
{
  char id[LT_EVENT_ID_SIZE];

  lt_json_writer_begin_object (writer, "ring");
  lt_json_writer_add_unsigned (writer, "events", statistics->ring_events);
  lt_json_writer_add_unsigned (writer, "bytes", statistics->ring_bytes);
  lt_json_writer_add_unsigned (writer, "limit", statistics->ring_limit_bytes);
  if (statistics->ring_events > 0)
    {
      lt_hub_format_id (hub, lt_hub_get_first_sequence (hub), id);
      lt_json_writer_add_string (writer, "first", id);
    }
  else
    {
      lt_json_writer_add_null (writer, "first");
    }
  lt_hub_format_id (hub, lt_hub_get_last_sequence (hub), id);
  lt_json_writer_add_string (writer, "last", id);
  lt_json_writer_end_object (writer);
}

static void
write_http (LtJsonWriter *writer, LtHttpServer *server)
{
  LtHttpCounts counts = { 0 };

  lt_http_server_get_counts (server, &counts);
  lt_json_writer_begin_object (writer, "http");
  lt_json_writer_add_unsigned (writer, "connections", counts.connections);
  lt_json_writer_add_unsigned (writer, "streams", counts.streams);
  lt_json_writer_add_unsigned (writer, "accepted", counts.accepted);
  lt_json_writer_add_unsigned (writer, "requests", counts.requests);
  lt_json_writer_add_unsigned (writer, "refused", counts.refused);
  lt_json_writer_end_object (writer);
}

static void
on_status (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_auto (LtJsonWriter) writer = { 0 };
  LtHubStatistics statistics;

  if (!lt_http_api_check_no_query (request))
    return;

  lt_hub_get_statistics (self->hub, &statistics);
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "version", self->version);
  lt_json_writer_add_string (&writer, "epoch", lt_hub_get_epoch (self->hub));
  lt_json_writer_add_time (&writer, "startedAt", statistics.started_at_us);
  lt_json_writer_add_unsigned (
      &writer, "uptime",
      (guint64) MAX (0, (g_get_real_time () - statistics.started_at_us) / G_USEC_PER_SEC));
  lt_json_writer_add_unsigned (&writer, "received", statistics.received);
  lt_json_writer_add_unsigned (&writer, "refused", statistics.refused);
  lt_json_writer_add_unsigned (&writer, "delivered", statistics.delivered);
  lt_json_writer_add_unsigned (&writer, "dropped", statistics.dropped);
  write_levels (&writer, self->hub, &statistics);
  write_ring (&writer, self->hub, &statistics);
  lt_json_writer_add_unsigned (&writer, "spans", statistics.spans);
  lt_json_writer_add_unsigned (&writer, "subscribers", statistics.subscriptions);
  lt_json_writer_add_unsigned (&writer, "exhaustedPatterns", statistics.exhausted);
  write_http (&writer, self->server);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
on_sources (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_auto (LtJsonWriter) writer = { 0 };

  if (!lt_http_api_check_no_query (request))
    return;

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "sources");
  for (guint i = 0; i < self->sources->len; i++)
    {
      LtSource *source = g_ptr_array_index (self->sources, i);
      LtSourceStatus status = { 0 };

      lt_source_get_status (source, &status);
      lt_json_writer_begin_object (&writer, NULL);
      lt_json_writer_add_string (&writer, "name", lt_source_get_name (source));
      lt_json_writer_add_string (&writer, "kind", status.kind);
      lt_json_writer_add_string (&writer, "state", status.state);
      lt_json_writer_add_string (&writer, "detail", status.detail);
      lt_json_writer_add_unsigned (&writer, "lines", status.lines);
      lt_json_writer_add_unsigned (&writer, "events", status.events);
      lt_json_writer_add_unsigned (&writer, "unmatched", status.unmatched);
      lt_json_writer_add_unsigned (&writer, "exhausted", status.exhausted);
      lt_json_writer_add_unsigned (&writer, "lost", status.lost);
      lt_json_writer_end_object (&writer);
      lt_source_status_clear (&status);
    }
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static const LtHttpRoute status_routes[] = {
  { "GET", "/api/tracing/status", LT_PERMISSION_OBSERVE, 0, on_status },
  { "GET", "/api/tracing/sources", LT_PERMISSION_OBSERVE, 0, on_sources },
};

/**
 * lt_http_api_add_status_routes:
 * @self: the HTTP interface
 *
 * Adds what tells how the daemon and its sources fare.
 */
void
lt_http_api_add_status_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, status_routes, G_N_ELEMENTS (status_routes), self);
}
