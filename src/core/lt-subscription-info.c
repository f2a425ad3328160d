/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/**
 * lt_subscription_get_number:
 * @self: a subscription
 *
 * Returns: its number, from 1, never used again in this process
 */
guint64
lt_subscription_get_number (LtSubscription *self)
{
  return self->number;
}

/**
 * lt_subscription_get_filter:
 * @self: a subscription
 *
 * Returns: (transfer none): what it watches
 */
LtFilter *
lt_subscription_get_filter (LtSubscription *self)
{
  return self->filter;
}

/**
 * lt_subscription_get_context:
 * @self: a subscription
 *
 * Returns: how much flows with a match, as asked for
 */
LtContext
lt_subscription_get_context (LtSubscription *self)
{
  return self->context;
}

/**
 * lt_subscription_get_state:
 * @self: a subscription
 *
 * Returns: what it does at present
 */
LtSubscriptionState
lt_subscription_get_state (LtSubscription *self)
{
  return self->state;
}

/**
 * lt_subscription_get_transport:
 * @self: a subscription
 *
 * Returns: (transfer none): "sse", "ndjson" or "dbus"
 */
const char *
lt_subscription_get_transport (LtSubscription *self)
{
  return self->transport;
}

/**
 * lt_subscription_get_peer:
 * @self: a subscription
 *
 * Returns: (transfer none): address and port, or unique bus name
 */
const char *
lt_subscription_get_peer (LtSubscription *self)
{
  return self->peer;
}

/**
 * lt_subscription_get_identity:
 * @self: a subscription
 *
 * Returns: (transfer none) (nullable): label of the token or session, or user name
 */
const char *
lt_subscription_get_identity (LtSubscription *self)
{
  return self->identity;
}

/**
 * lt_subscription_get_user_agent:
 * @self: a subscription
 *
 * Returns: (transfer none) (nullable): what the client calls itself
 */
const char *
lt_subscription_get_user_agent (LtSubscription *self)
{
  return self->user_agent;
}

/**
 * lt_subscription_get_connected_at_us:
 * @self: a subscription
 *
 * Returns: when it was made, microseconds since the epoch
 */
gint64
lt_subscription_get_connected_at_us (LtSubscription *self)
{
  return self->connected_at_us;
}

/**
 * lt_subscription_get_matched:
 * @self: a subscription
 *
 * Returns: events sent that match
 */
guint64
lt_subscription_get_matched (LtSubscription *self)
{
  return self->matched;
}

/**
 * lt_subscription_get_delivered:
 * @self: a subscription
 *
 * Returns: events sent, context and backfill included
 */
guint64
lt_subscription_get_delivered (LtSubscription *self)
{
  return self->delivered;
}

/**
 * lt_subscription_get_dropped:
 * @self: a subscription
 *
 * Returns: events lost that would have been sent
 */
guint64
lt_subscription_get_dropped (LtSubscription *self)
{
  return self->dropped;
}

/**
 * lt_subscription_get_queued_bytes:
 * @self: a subscription
 *
 * Returns: bytes handed to its sink that have not been sent
 */
gsize
lt_subscription_get_queued_bytes (LtSubscription *self)
{
  return self->sink != NULL ? lt_sink_get_unsent_bytes (self->sink) : 0;
}

/**
 * lt_subscription_get_cursor:
 * @self: a subscription
 *
 * Returns: sequence of the last event considered, or 0
 */
guint64
lt_subscription_get_cursor (LtSubscription *self)
{
  gboolean is_shared = self->state == LT_SUBSCRIPTION_LIVE && !self->in_reach;

  lt_subscription_catch_up (self);

  return is_shared ? self->hub->considered : self->cursor;
}

/**
 * lt_subscription_log_opened:
 * @self: a subscription
 * @who: (nullable): whose it is, if that is known
 *
 * Writes to the log who watches what, from where.
 */
void
lt_subscription_log_opened (LtSubscription *self, const char *who)
{
  g_autofree char *what = lt_filter_describe (self->filter);

  g_message ("stream %" G_GUINT64_FORMAT " opened: %s from %s watches %s (%s)", self->number,
             who != NULL ? who : "somebody", self->peer, what,
             lt_context_to_string (self->context));
}

/**
 * lt_subscription_log_closed:
 * @self: a subscription
 * @reason: why its stream is closed
 *
 * Writes to the log that nobody watches it any more.
 */
void
lt_subscription_log_closed (LtSubscription *self, const char *reason)
{
  g_message ("stream %" G_GUINT64_FORMAT " closed: %s; delivered %" G_GUINT64_FORMAT
             ", dropped %" G_GUINT64_FORMAT,
             self->number, reason, lt_subscription_get_delivered (self),
             lt_subscription_get_dropped (self));
}

/**
 * lt_subscription_get_framing:
 * @self: a started subscription
 *
 * Returns: (transfer none): how its sink wants blocks
 */
const LtFraming *
lt_subscription_get_framing (LtSubscription *self)
{
  return self->framing;
}
