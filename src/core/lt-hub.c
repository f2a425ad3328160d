/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub.h"

#include "lt-hub-private.h"
#include "lt-hub-turn.h"
#include "lt-subscription-private.h"

#define MIN_RING_BYTES (64 * 1024)

G_DEFINE_FINAL_TYPE (LtHub, lt_hub, G_TYPE_OBJECT)

static void
drop_ring (LtHub *self)
{
  LtEvent *event;

  while ((event = lt_ring_evict (&self->ring)) != NULL)
    {
      if (event->span != NULL)
        lt_span_table_event_evicted (self->spans, event);
      g_object_unref (event);
    }
  lt_ring_clear (&self->ring);
}

static void
lt_hub_finalize (GObject *object)
{
  LtHub *self = LT_HUB (object);

  lt_hub_turn_clear (self);
  drop_ring (self);
  g_clear_pointer (&self->spans, lt_span_table_free);
  g_clear_pointer (&self->matcher, lt_matcher_free);
  g_clear_pointer (&self->losing, lt_matcher_free);
  g_clear_pointer (&self->match, lt_match_context_free);
  g_clear_pointer (&self->poller, lt_stream_poller_free);
  g_clear_pointer (&self->feeds, g_hash_table_unref);
  g_clear_pointer (&self->feed_serials, g_hash_table_unref);
  g_clear_pointer (&self->subscriptions, g_hash_table_unref);
  lt_block_cache_clear (&self->block_cache);
  g_clear_pointer (&self->pool, lt_block_pool_unref);
  g_clear_pointer (&self->ahead, g_sequence_free);
  g_clear_pointer (&self->followers, g_ptr_array_unref);
  g_clear_pointer (&self->dirty_feeds, g_ptr_array_unref);
  g_queue_clear (&self->runnable);
  g_queue_clear (&self->slow);
  g_clear_object (&self->levels);
  g_clear_object (&self->catalogue);
  g_free (self->epoch);

  G_OBJECT_CLASS (lt_hub_parent_class)->finalize (object);
}

static void
lt_hub_class_init (LtHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_hub_finalize;

  /**
   * LtHub::subscription-added:
   * @self: the hub
   * @subscription: the subscription, which has just been started
   *
   * Emitted when a subscription starts.
   */
  g_signal_new ("subscription-added", LT_TYPE_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, LT_TYPE_SUBSCRIPTION);

  /**
   * LtHub::subscription-removed:
   * @self: the hub
   * @subscription: the subscription, which has just been closed
   *
   * Emitted when a started subscription has ended.
   */
  g_signal_new ("subscription-removed", LT_TYPE_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, LT_TYPE_SUBSCRIPTION);
}

static void
lt_hub_init (LtHub *self)
{
  lt_ring_init (&self->ring);
  g_queue_init (&self->runnable);
  g_queue_init (&self->slow);
  self->feeds = g_hash_table_new (g_str_hash, g_str_equal);
  self->feed_serials = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->subscriptions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_object_unref);
  self->pool = lt_block_pool_new ();
  lt_block_cache_init (&self->block_cache);
  self->ahead = g_sequence_new (NULL);
  self->followers = g_ptr_array_new ();
  self->dirty_feeds = g_ptr_array_new ();
  self->matcher = lt_matcher_new ();
  self->losing = lt_matcher_new ();
  self->match = lt_match_context_new ();
  self->levels = lt_levels_new ();
  self->epoch = g_strdup_printf ("%08x", g_random_int ());
  self->totals.started_at_us = g_get_real_time ();
  lt_rates_init (&self->rates, g_get_monotonic_time ());
  lt_hub_turn_init (self);
}

/**
 * lt_hub_new:
 * @catalogue: (transfer none): what events are known
 * @limits: (nullable): what is kept at most; the defaults if %NULL
 *
 * Makes a hub with a new epoch. It works in the thread-default main context.
 *
 * Returns: (transfer full): the hub
 */
LtHub *
lt_hub_new (LtCatalogue *catalogue, const LtHubLimits *limits)
{
  static const LtHubLimits defaults = LT_HUB_LIMITS_DEFAULT;
  LtHub *self = g_object_new (LT_TYPE_HUB, NULL);

  self->catalogue = g_object_ref (catalogue);
  self->limits = limits != NULL ? *limits : defaults;
  self->limits.ring_bytes = MAX (self->limits.ring_bytes, MIN_RING_BYTES);
  self->spans
      = lt_span_table_new (self->limits.max_spans, self->limits.span_bytes, self->feed_serials);

  return self;
}

/**
 * lt_hub_set_limits:
 * @self: the hub
 * @limits: what is kept at most
 *
 * Changes the limits while running. What is too much goes at once, or in slices of the turns
 * to come.
 */
void
lt_hub_set_limits (LtHub *self, const LtHubLimits *limits)
{
  self->limits = *limits;
  self->limits.ring_bytes = MAX (self->limits.ring_bytes, MIN_RING_BYTES);
  lt_span_table_set_limits (self->spans, limits->max_spans, limits->span_bytes);
  lt_hub_shed (self);
  lt_hub_plan_turn (self);
}

/**
 * lt_hub_get_limits:
 * @self: the hub
 *
 * Returns: (transfer none): the limits in force
 */
const LtHubLimits *
lt_hub_get_limits (LtHub *self)
{
  return &self->limits;
}

/**
 * lt_hub_get_catalogue:
 * @self: the hub
 *
 * Returns: (transfer none): its catalogue
 */
LtCatalogue *
lt_hub_get_catalogue (LtHub *self)
{
  return self->catalogue;
}

/**
 * lt_hub_get_levels:
 * @self: the hub
 *
 * Returns: (transfer none): the level settings it goes by
 */
LtLevels *
lt_hub_get_levels (LtHub *self)
{
  return self->levels;
}

/**
 * lt_hub_get_epoch:
 * @self: the hub
 *
 * Returns: (transfer none): what the ids of its events begin with, 8 hex digits
 */
const char *
lt_hub_get_epoch (LtHub *self)
{
  return self->epoch;
}

/**
 * lt_hub_get_last_sequence:
 * @self: the hub
 *
 * Returns: the sequence of the newest event, or 0 if there was none yet
 */
guint64
lt_hub_get_last_sequence (LtHub *self)
{
  return self->ring.next - 1;
}

/**
 * lt_hub_get_first_sequence:
 * @self: the hub
 *
 * Returns: the sequence of the oldest event in the ring, or the one the next event will get if the
 *   ring is empty
 */
guint64
lt_hub_get_first_sequence (LtHub *self)
{
  return self->ring.first;
}

/**
 * lt_hub_peek_event:
 * @self: the hub
 * @sequence: any sequence
 *
 * Returns: (transfer none) (nullable): the event, if the ring has it
 */
LtEvent *
lt_hub_peek_event (LtHub *self, guint64 sequence)
{
  return lt_ring_peek (&self->ring, sequence);
}

/**
 * lt_hub_get_statistics:
 * @self: the hub
 * @statistics: (out): where to put them
 *
 * Reads all counters.
 */
void
lt_hub_get_statistics (LtHub *self, LtHubStatistics *statistics)
{
  GHashTableIter iter;
  gpointer value;

  *statistics = self->totals;
  statistics->ring_events = lt_ring_get_length (&self->ring);
  statistics->ring_bytes = self->ring.bytes;
  statistics->ring_limit_bytes = self->limits.ring_bytes;
  statistics->spans = lt_span_table_get_length (self->spans);
  statistics->subscriptions = self->n_subscriptions;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      statistics->delivered += lt_subscription_get_delivered (value);
      statistics->dropped += lt_subscription_get_dropped (value);
    }
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    statistics->exhausted += lt_filter_get_exhausted (((LtFeed *) value)->filter);
}

/**
 * lt_hub_get_rates:
 * @self: the hub
 * @seconds: over how many, 1 to %LT_RATES_SECONDS; the one under way is left out
 * @rates: (out caller-allocates): events taken a second, by level
 *
 * Reads how many events came lately.
 */
void
lt_hub_get_rates (LtHub *self, guint seconds, double rates[LT_N_LEVELS])
{
  lt_rates_read (&self->rates, seconds, g_get_monotonic_time (), rates);
}

/**
 * lt_hub_submit:
 * @self: the hub
 * @event: (transfer full): an event no hub has yet
 *
 * Takes an event: gives it its id, keeps it in the ring and, at the end of the turn, lets it
 * flow. If its level is below the setting for its type it is refused: it is not kept, but still
 * opens or closes its span.
 *
 * Returns: the event's sequence, or 0 if it was refused
 */
guint64
lt_hub_submit (LtHub *self, LtEvent *event)
{
  LtSpan *span = lt_span_table_observe (self->spans, event);

  if (!lt_level_passes (event->level, lt_levels_get_threshold (self->levels, event->type)))
    {
      self->totals.refused++;
      g_object_unref (event);
      /* A span that ended here may have to go later. */
      if (span != NULL && self->next_expiry_us < 0)
        lt_hub_plan_turn (self);
      return 0;
    }

  lt_ring_push (&self->ring, event);
  if (span != NULL)
    {
      event->span = lt_span_ref (span);
      lt_span_table_event_kept (self->spans, event);
    }
  self->totals.received++;
  self->totals.by_level[event->level]++;
  lt_hub_make_room (self, lt_event_get_size_bytes (event));
  lt_hub_plan_turn (self);

  return event->sequence;
}

/**
 * lt_hub_clear_ring:
 * @self: the hub
 *
 * Empties the ring, at once or in slices of the turns to come. Ids go on; who had not read it
 * all is told of a gap.
 */
void
lt_hub_clear_ring (LtHub *self)
{
  lt_hub_dispatch (self);
  self->cleared = self->ring.next - 1;
  lt_hub_shed (self);
  lt_hub_plan_turn (self);
}

/**
 * lt_hub_match:
 * @self: the hub
 * @filter: a filter
 * @event: an event
 *
 * Matches one event by itself.
 *
 * Returns: whether it matches
 */
gboolean
lt_hub_match (LtHub *self, LtFilter *filter, LtEvent *event)
{
  lt_match_context_set_event (self->match, event);

  return lt_filter_match (filter, self->match);
}

static void
on_match (gpointer tag, LtEvent *event, gpointer user_data)
{
  lt_feed_take_match (tag, event);
}

static void
take_context (LtHub *self, LtEvent *event, const LtSpanWatches *watches)
{
  for (guint i = 0; i < watches->length; i++)
    {
      LtSpanWatch *watch = &watches->items[i];
      LtFeed *feed;

      if (watch->last >= event->sequence)
        continue;
      feed = g_hash_table_lookup (self->feed_serials, &watch->feed);
      if (feed != NULL)
        lt_feed_take_context (feed, event, watch->last);
    }
}

/* Matches what has come, as far as that may go in one turn. Returns: the sequence of the last event
 * that was matched by every filter */
static guint64
match_new (LtHub *self, guint64 newest)
{
  gint64 work_left = LT_HUB_LIVE_WORK;

  for (guint64 sequence = self->considered + 1; sequence <= newest; sequence++)
    {
      LtEvent *event = lt_ring_peek (&self->ring, sequence);

      if (!lt_matcher_match (self->matcher, event, &work_left, on_match, self))
        return sequence - 1;
      if (self->n_span_feeds > 0 && event->span != NULL)
        {
          take_context (self, event, &event->span->watches);
          take_context (self, event, &lt_span_get_root (event->span)->trace_watches);
        }
    }

  return newest;
}

/* Lets every live subscription read by itself what follows @matched, in slices of the turns to
 * come: each then costs the others no more than its part of these. */
static void
leave_rest (LtHub *self, guint64 matched)
{
  GHashTableIter iter;
  gpointer feed;

  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, &feed))
    lt_feed_leave_rest (feed, matched);
}

/**
 * lt_hub_dispatch:
 * @self: the hub
 *
 * Hands every event that has come since the last time to the live subscriptions. If that takes
 * too much, they read on from the ring.
 */
void
lt_hub_dispatch (LtHub *self)
{
  guint64 newest = self->ring.next - 1;
  guint64 matched;

  if (self->considered == newest || self->dispatching)
    return;

  lt_rates_update (&self->rates, self->totals.by_level, g_get_monotonic_time ());
  self->dispatching = TRUE;
  matched = match_new (self, newest);

  self->flush_deadline_us = g_get_monotonic_time () + LT_HUB_FLUSH_US;
  self->fan_out_deadline_us = g_get_monotonic_time () + LT_HUB_FAN_OUT_US;
  for (guint i = 0; i < self->dirty_feeds->len; i++)
    lt_feed_flush (g_ptr_array_index (self->dirty_feeds, i), matched);
  g_ptr_array_set_size (self->dirty_feeds, 0);
  if (matched < newest)
    leave_rest (self, matched);

  /* The encoding was for this turn. */
  for (guint64 sequence = self->considered + 1; sequence <= newest; sequence++)
    {
      LtEvent *event = lt_ring_peek (&self->ring, sequence);

      g_clear_pointer (&event->json, g_bytes_unref);
      event->n_feeds = 0;
    }
  self->considered = newest;
  self->dispatching = FALSE;

  for (guint i = 0; i < self->followers->len; i++)
    {
      LtSubscription *follower = g_ptr_array_index (self->followers, i);

      if (!follower->waiting)
        lt_hub_run_reader (self, follower);
    }
}

/**
 * lt_hub_get_poller:
 * @self: the hub
 *
 * Returns: (transfer none): what waits for all streams
 */
LtStreamPoller *
lt_hub_get_poller (LtHub *self)
{
  if (self->poller == NULL)
    self->poller = lt_stream_poller_new (g_source_get_context (self->source), LT_PRIORITY_BULK);

  return self->poller;
}
