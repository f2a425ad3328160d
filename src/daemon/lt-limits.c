/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-limits.h"

/* How many of the largest bodies there may be at once. */
#define BODIES_IN_FLIGHT 8

/**
 * lt_limits_get_hub:
 * @configuration: a configuration
 * @limits: (out): what it says about the ring, spans and subscriptions
 *
 * Reads the limits of the hub.
 */
void
lt_limits_get_hub (LtConfiguration *configuration, LtHubLimits *limits)
{
  *limits = (LtHubLimits) LT_HUB_LIMITS_DEFAULT;
  limits->ring_bytes = lt_configuration_get_unsigned (configuration, "ring.size");
  limits->max_spans = (guint32) lt_configuration_get_unsigned (configuration, "spans.limit");
  limits->span_bytes = lt_configuration_get_unsigned (configuration, "spans.bytes");
  limits->unsent_bytes = lt_configuration_get_unsigned (configuration, "subscriptions.unsent");
  limits->unsent_total_bytes
      = lt_configuration_get_unsigned (configuration, "subscriptions.unsent-total");
  limits->backfill_events
      = (guint32) lt_configuration_get_unsigned (configuration, "subscriptions.backfill-events");
  limits->backfill_bytes
      = (guint32) lt_configuration_get_unsigned (configuration, "subscriptions.backfill-bytes");
  limits->max_subscriptions
      = (guint32) lt_configuration_get_unsigned (configuration, "subscriptions.limit");
}

/**
 * lt_limits_get_event:
 * @configuration: a configuration
 * @limits: (out): what it says about one event
 *
 * Reads the limits of an event.
 */
void
lt_limits_get_event (LtConfiguration *configuration, LtEventLimits *limits)
{
  limits->max_bytes = (guint32) lt_configuration_get_unsigned (configuration, "event.size");
  limits->max_keys = (guint32) lt_configuration_get_unsigned (configuration, "event.keys");
  limits->max_nesting = (guint32) lt_configuration_get_unsigned (configuration, "event.nesting");
}

/**
 * lt_limits_get_sessions:
 * @configuration: a configuration
 * @limits: (out): what it says about sessions
 *
 * Reads the limits of sessions.
 */
void
lt_limits_get_sessions (LtConfiguration *configuration, LtSessionLimits *limits)
{
  limits->idle_ms = lt_configuration_get_unsigned (configuration, "access.session-idle");
  limits->lifetime_ms = lt_configuration_get_unsigned (configuration, "access.session-lifetime");
}

/**
 * lt_limits_get_http:
 * @configuration: a configuration
 * @settings: (out): what it says about HTTP; its strings belong to @configuration
 *
 * Reads the settings of the HTTP server.
 */
void
lt_limits_get_http (LtConfiguration *configuration, LtHttpSettings *settings)
{
  *settings = (LtHttpSettings) LT_HTTP_SETTINGS_DEFAULT;
  settings->listen = lt_configuration_get_strings (configuration, "http.listen");
  settings->hosts = lt_configuration_get_strings (configuration, "http.hosts");
  settings->trusted_proxies = lt_configuration_get_strings (configuration, "http.trusted-proxies");
  settings->max_connections
      = (guint32) lt_configuration_get_unsigned (configuration, "http.max-connections");
  settings->max_streams
      = (guint32) lt_configuration_get_unsigned (configuration, "http.max-streams");
  settings->max_connections_per_peer
      = (guint32) lt_configuration_get_unsigned (configuration, "http.max-per-peer");
  settings->max_body_bytes = lt_configuration_get_unsigned (configuration, "http.body-limit");
  settings->max_bodies_bytes = BODIES_IN_FLIGHT * settings->max_body_bytes;
  settings->head_timeout_ms
      = (guint32) lt_configuration_get_unsigned (configuration, "http.header-timeout");
  settings->body_timeout_ms
      = (guint32) lt_configuration_get_unsigned (configuration, "http.body-timeout");
  settings->write_timeout_ms
      = (guint32) lt_configuration_get_unsigned (configuration, "http.stall-timeout");
}

/**
 * lt_limits_get_http_api:
 * @configuration: a configuration
 * @settings: (out): what it says about streams and batches
 *
 * Reads the settings of the HTTP interface.
 */
void
lt_limits_get_http_api (LtConfiguration *configuration, LtHttpApiSettings *settings)
{
  *settings = (LtHttpApiSettings) LT_HTTP_API_SETTINGS_DEFAULT;
  settings->ping_ms = (guint32) lt_configuration_get_unsigned (configuration, "http.ping-interval");
  settings->stall_ms
      = (guint32) lt_configuration_get_unsigned (configuration, "http.stall-timeout");
  settings->max_batch_events
      = (guint32) lt_configuration_get_unsigned (configuration, "http.batch-events");
  lt_limits_get_event (configuration, &settings->event_limits);
}
