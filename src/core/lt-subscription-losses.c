/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/**
 * lt_subscription_knows_start:
 * @self: a started subscription
 *
 * Returns: whether it has found the event it starts with; until then it can lose nothing
 */
gboolean
lt_subscription_knows_start (LtSubscription *self)
{
  return self->phase == LT_START_PHASE_DONE || self->phase == LT_START_PHASE_PRIME;
}

/**
 * lt_subscription_get_reach:
 * @self: one of the hub's readers, which knows its start
 *
 * Returns: sequence of the last event that may leave the ring without concerning it
 */
guint64
lt_subscription_get_reach (LtSubscription *self)
{
  if (self->phase == LT_START_PHASE_PRIME && !self->is_losing)
    return MIN (self->scan - 1, self->cursor);

  return self->cursor;
}

/**
 * lt_subscription_fall_behind:
 * @self: one of the hub's readers
 * @sequence: sequence of the oldest event of the ring, about to leave it, which concerns it
 *
 * From @sequence on, events are lost to it as they leave the ring; its feed matches them, so that
 * it is known how many of them would have been sent, and which spans had matched.
 */
void
lt_subscription_fall_behind (LtSubscription *self, guint64 sequence)
{
  if (!self->is_losing)
    {
      lt_feed_add_losing (self->feed);
      self->uncounted = self->hub->n_uncounted;
    }
  self->is_losing = TRUE;

  if (sequence <= self->cursor)
    {
      lt_hub_expect_reader (self->hub, self);
      return;
    }

  self->is_behind = TRUE;
  lt_losses_add (&self->feed->losses, self->start, &self->mark);
}

/**
 * lt_subscription_stop_losing:
 * @self: a subscription that is not behind
 *
 * What leaves the ring concerns it no more.
 */
void
lt_subscription_stop_losing (LtSubscription *self)
{
  if (self->is_losing)
    lt_feed_remove_losing (self->feed);
  self->is_losing = FALSE;
}

/**
 * lt_subscription_note_lost:
 * @self: a subscription
 * @lost: how many events have been lost to it since it was last told
 *
 * Has it told of them, as of what left the ring unmatched while that concerned it: a span that
 * matched there is not known to have.
 */
void
lt_subscription_note_lost (LtSubscription *self, guint64 lost)
{
  gboolean is_unknown = self->is_losing && self->hub->n_uncounted != self->uncounted;
  char after[LT_EVENT_ID_SIZE];

  if ((lost > 0 || is_unknown) && self->gap_after == NULL)
    {
      lt_hub_format_id (self->hub, self->cursor, after);
      self->gap_after = g_strdup (after);
    }
  self->gap_dropped += lost;
  self->gap_unknown |= is_unknown;
}

/**
 * lt_subscription_catch_up:
 * @self: a subscription
 *
 * Accounts for what has been lost to it, if it lags behind the ring, and puts its cursor where the
 * ring begins.
 */
void
lt_subscription_catch_up (LtSubscription *self)
{
  guint64 lost;

  if (!self->is_behind)
    return;

  self->is_behind = FALSE;
  lost = lt_losses_remove (&self->feed->losses, self->start, &self->mark);
  lt_subscription_note_lost (self, lost);
  lt_subscription_stop_losing (self);
  self->cursor = self->hub->ring.first - 1;
  lt_hub_expect_reader (self->hub, self);
}
