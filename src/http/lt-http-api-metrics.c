/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-source.h"

#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

static void
begin_family (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void
add_counter (GString *out, const char *name, const char *help, guint64 value)
{
  begin_family (out, name, "counter", help);
  g_string_append_printf (out, "%s_total %" G_GUINT64_FORMAT "\n", name, value);
}

static void
add_gauge (GString *out, const char *name, const char *help, guint64 value)
{
  begin_family (out, name, "gauge", help);
  g_string_append_printf (out, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
append_label (GString *out, const char *value)
{
  g_string_append_c (out, '"');
  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '\n')
        g_string_append (out, "\\n");
      else if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

static void
add_hub (GString *out, LtHub *hub)
{
  LtHubStatistics statistics;

  lt_hub_get_statistics (hub, &statistics);
  begin_family (out, "livetrace_events_received", "counter", "Events taken, by level.");
  for (int level = LT_LEVEL_ERROR; level < LT_N_LEVELS; level++)
    g_string_append_printf (out,
                            "livetrace_events_received_total{level=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            lt_level_to_string ((LtLevel) level), statistics.by_level[level]);
  add_counter (out, "livetrace_events_refused", "Events below the level of their type.",
               statistics.refused);
  add_counter (out, "livetrace_events_delivered", "Events handed to subscribers.",
               statistics.delivered);
  add_counter (out, "livetrace_events_dropped", "Events lost to subscribers.", statistics.dropped);
  add_counter (out, "livetrace_patterns_exhausted", "Pattern matches given up at the step limit.",
               statistics.exhausted);
  add_gauge (out, "livetrace_ring_events", "Events in the ring.", statistics.ring_events);
  add_gauge (out, "livetrace_ring_bytes", "Bytes of events in the ring.", statistics.ring_bytes);
  add_gauge (out, "livetrace_ring_limit_bytes", "Most bytes of events in the ring.",
             statistics.ring_limit_bytes);
  add_gauge (out, "livetrace_spans", "Spans whose state is kept.", statistics.spans);
  add_gauge (out, "livetrace_subscribers", "Subscribers of all transports.",
             statistics.subscriptions);
  begin_family (out, "livetrace_start_time_seconds", "gauge", "When the daemon started.");
  g_string_append_printf (out, "livetrace_start_time_seconds %" G_GINT64_FORMAT ".%06d\n",
                          statistics.started_at_us / G_USEC_PER_SEC,
                          (int) (statistics.started_at_us % G_USEC_PER_SEC));
}

static void
add_http (GString *out, LtHttpServer *server)
{
  LtHttpCounts counts = { 0 };

  lt_http_server_get_counts (server, &counts);
  add_gauge (out, "livetrace_http_connections", "Open connections, streams among them.",
             counts.connections);
  add_gauge (out, "livetrace_http_streams", "Open streams.", counts.streams);
  add_counter (out, "livetrace_http_accepted", "Connections accepted.", counts.accepted);
  add_counter (out, "livetrace_http_requests", "Requests served.", counts.requests);
  add_counter (out, "livetrace_http_refused", "Requests and connections refused.", counts.refused);
}

typedef struct
{
  const char *name;
  const char *help;
  gsize offset;
} LtSourceMetric;

static const LtSourceMetric source_metrics[] = {
  { "livetrace_source_lines", "Units of input read.", G_STRUCT_OFFSET (LtSourceStatus, lines) },
  { "livetrace_source_events", "Events made.", G_STRUCT_OFFSET (LtSourceStatus, events) },
  { "livetrace_source_unmatched", "Lines that no rule knew.",
    G_STRUCT_OFFSET (LtSourceStatus, unmatched) },
  { "livetrace_source_exhausted", "Rules given up on a line at the step limit.",
    G_STRUCT_OFFSET (LtSourceStatus, exhausted) },
  { "livetrace_source_lost", "Lines lost.", G_STRUCT_OFFSET (LtSourceStatus, lost) },
};

static void
add_sources (GString *out, GPtrArray *sources)
{
  for (guint i = 0; i < G_N_ELEMENTS (source_metrics); i++)
    {
      const LtSourceMetric *metric = &source_metrics[i];

      begin_family (out, metric->name, "counter", metric->help);
      for (guint j = 0; j < sources->len; j++)
        {
          LtSource *source = g_ptr_array_index (sources, j);
          LtSourceStatus status = { 0 };

          lt_source_get_status (source, &status);
          g_string_append_printf (out, "%s_total{source=", metric->name);
          append_label (out, lt_source_get_name (source));
          g_string_append_printf (out, "} %" G_GUINT64_FORMAT "\n",
                                  G_STRUCT_MEMBER (guint64, &status, metric->offset));
          lt_source_status_clear (&status);
        }
    }
}

static void
on_metrics (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (GBytes) body = NULL;
  GString *out;

  if (!lt_http_api_check_no_query (request))
    return;

  out = g_string_sized_new (4096);
  begin_family (out, "livetrace_build", "info", "The daemon.");
  g_string_append (out, "livetrace_build_info{version=");
  append_label (out, self->version);
  g_string_append (out, "} 1\n");
  add_hub (out, self->hub);
  add_http (out, self->server);
  add_sources (out, self->sources);
  g_string_append (out, "# EOF\n");
  body = g_string_free_to_bytes (out);
  lt_http_request_respond (request, 200, OPENMETRICS, body);
}

static const LtHttpRoute metrics_routes[] = {
  { "GET", "/metrics", LT_PERMISSION_OBSERVE, 0, on_metrics },
};

/**
 * lt_http_api_add_metrics_routes:
 * @self: the HTTP interface
 *
 * Adds what a monitoring system reads.
 */
void
lt_http_api_add_metrics_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, metrics_routes, G_N_ELEMENTS (metrics_routes), self);
}
