/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

static int
compare_reach (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const LtSubscription *first = a;
  const LtSubscription *second = b;

  return (first->reach > second->reach) - (first->reach < second->reach);
}

/**
 * lt_hub_expect_reader:
 * @self: the hub
 * @subscription: one of its readers
 *
 * Lets @subscription hear when the ring's end has reached it: when an event leaves that it has
 * not looked at.
 */
void
lt_hub_expect_reader (LtHub *self, LtSubscription *subscription)
{
  subscription->reach = lt_subscription_get_reach (subscription);
  subscription->ahead = g_sequence_insert_sorted (self->ahead, subscription, compare_reach, NULL);
}

/* A reader's place is that of when it was last looked at; by now it may be far ahead. So what is
 * done here is paid for by the reading in between. */
static void
reach_readers (LtHub *self, guint64 sequence)
{
  while (!g_sequence_is_empty (self->ahead))
    {
      GSequenceIter *begin = g_sequence_get_begin_iter (self->ahead);
      LtSubscription *reader = g_sequence_get (begin);

      if (reader->reach >= sequence)
        return;

      g_sequence_remove (begin);
      reader->ahead = NULL;
      if (lt_subscription_get_reach (reader) >= sequence)
        lt_hub_expect_reader (self, reader);
      else
        lt_subscription_fall_behind (reader, sequence);
    }
}

static void
on_match (gpointer tag, LtEvent *event, gpointer user_data)
{
  lt_feed_lose_match (tag, event);
}

static void
lose_context (LtHub *self, LtEvent *event, const LtSpanWatches *watches)
{
  for (guint i = 0; i < watches->length; i++)
    {
      LtFeed *feed = g_hash_table_lookup (self->feed_serials, &watches->items[i].feed);

      if (feed != NULL)
        lt_feed_lose_context (feed, event, &watches->items[i]);
    }
}

/* Counts an event for those who have not read it: once a feed, however many these are. Where that
 * takes too much, they are told that nobody knows how many there were. */
static void
lose (LtHub *self, LtEvent *event)
{
  if (self->losing_work <= 0
      || !lt_matcher_match (self->losing, event, &self->losing_work, on_match, self))
    {
      self->n_uncounted++;
      return;
    }

  if (self->n_span_feeds > 0 && event->span != NULL)
    {
      lose_context (self, event, &event->span->watches);
      lose_context (self, event, &lt_span_get_root (event->span)->trace_watches);
    }
}

/* Takes the oldest event out of the ring; who has not read it hears of it first. */
static void
evict (LtHub *self)
{
  LtEvent *event;

  if (self->considered < self->ring.first)
    lt_hub_dispatch (self);

  event = lt_ring_peek (&self->ring, self->ring.first);
  reach_readers (self, event->sequence);
  if (!lt_matcher_is_empty (self->losing))
    lose (self, event);

  lt_ring_evict (&self->ring);
  if (event->span != NULL)
    lt_span_table_event_evicted (self->spans, event);
  g_object_unref (event);
}

/**
 * lt_hub_has_too_much:
 * @self: the hub
 *
 * Returns: whether events are to leave the ring
 */
gboolean
lt_hub_has_too_much (LtHub *self)
{
  if (self->ring.first <= self->cleared)
    return TRUE;

  return self->ring.bytes > self->limits.ring_bytes && lt_ring_get_length (&self->ring) > 1;
}

/**
 * lt_hub_shed:
 * @self: the hub
 *
 * Takes out of the ring what is too much, as far as there is time; turns to come go on with
 * the rest.
 */
void
lt_hub_shed (LtHub *self)
{
  gint64 deadline = g_get_monotonic_time () + LT_HUB_SHED_US;

  for (guint steps = 1; lt_hub_has_too_much (self); steps++)
    {
      evict (self);
      /* Where many have not read it, one event may be much work. */
      if ((steps % 16 == 0 || !lt_matcher_is_empty (self->losing))
          && g_get_monotonic_time () >= deadline)
        break;
    }
}

/**
 * lt_hub_make_room:
 * @self: the hub
 * @size: what an event costs that has just come
 *
 * Takes as much out of the ring, if it is full; after a lowered limit twice as much.
 */
void
lt_hub_make_room (LtHub *self, gsize size)
{
  gsize least = self->ring.bytes - MIN (2 * size, self->ring.bytes);

  while (lt_hub_has_too_much (self) && self->ring.bytes > least)
    evict (self);
}
