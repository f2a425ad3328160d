/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-feed.h"
#include "lt-hub-private.h"

/* Where @start is among the starts, or belongs. */
static guint
find_start (LtFeed *self, guint64 start)
{
  guint low = 0;
  guint high = self->starts->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->starts, guint64, middle) < start)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/**
 * lt_feed_add_start:
 * @self: a feed
 * @start: the first sequence whose matches count for one of its subscriptions
 *
 * From now on it is remembered of each span which match is the first since @start.
 */
void
lt_feed_add_start (LtFeed *self, guint64 start)
{
  g_array_insert_val (self->starts, find_start (self, start), start);
}

/**
 * lt_feed_remove_start:
 * @self: a feed
 * @start: what lt_feed_add_start() was given
 *
 * Ends what that began.
 */
void
lt_feed_remove_start (LtFeed *self, guint64 start)
{
  g_array_remove_index (self->starts, find_start (self, start));
}

/**
 * lt_feed_add_losing:
 * @self: a feed
 *
 * From now on what leaves the ring is matched, and what that tells of spans is remembered.
 */
void
lt_feed_add_losing (LtFeed *self)
{
  if (self->n_losing++ == 0)
    lt_matcher_add (self->hub->losing, self->filter, self);
}

/**
 * lt_feed_remove_losing:
 * @self: a feed
 *
 * Ends what lt_feed_add_losing() began.
 */
void
lt_feed_remove_losing (LtFeed *self)
{
  if (--self->n_losing == 0)
    lt_matcher_remove (self->hub->losing, self->filter, self);
}

/**
 * lt_feed_lose_match:
 * @self: a feed that matches what leaves the ring
 * @event: an event that matches, about to leave the ring
 *
 * Counts it for those who have not read it.
 */
void
lt_feed_lose_match (LtFeed *self, LtEvent *event)
{
  self->lost = event->sequence;
  lt_losses_count_match (&self->losses);
  lt_feed_record (self, event);
}

/**
 * lt_feed_lose_context:
 * @self: a feed
 * @event: an event about to leave the ring, its own match already counted
 * @watch: what the feed knows of its span (trace)
 *
 * Counts it for those who have not read it, if it would have been sent for its span's sake.
 */
void
lt_feed_lose_context (LtFeed *self, LtEvent *event, const LtSpanWatch *watch)
{
  guint64 match;

  if (lt_losses_is_empty (&self->losses) || self->lost == event->sequence)
    return;

  match = lt_span_watch_find_before (watch, event->sequence);
  if (match != 0)
    lt_losses_count_context (&self->losses, match);
}
