/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

#include <string.h>

/* How many events are looked at between two looks at the clock. */
#define CLOCK_INTERVAL 64

static void
expect_gap (LtSubscription *self, const char *after)
{
  g_free (self->gap_after);
  self->gap_after = g_strdup (after);
  self->gap_dropped = 0;
  self->gap_unknown = TRUE;
}

static gboolean
looks_like_id (const char *text)
{
  const char *dot = strchr (text, '.');

  return dot - text == 8 && strspn (text, "0123456789abcdef") == 8 && dot[1] != '\0'
         && strlen (dot + 1) <= 20 && strspn (dot + 1, "0123456789") == strlen (dot + 1);
}

/* What others have matched needs no second look; what follows can be replayed at once if that
 * is all. */
static void
skip_known (LtSubscription *self)
{
  if (self->scan >= self->feed->known_from)
    self->scan = MAX (self->scan, lt_feed_get_known_to (self->feed) + 1);
  if (self->scan > self->cursor)
    self->phase = LT_START_PHASE_DONE;
}

static void
start_after_id (LtSubscription *self)
{
  guint64 oldest = self->hub->ring.first;
  char none[LT_EVENT_ID_SIZE];
  guint64 sequence;

  lt_hub_format_id (self->hub, 0, none);
  if (!lt_hub_parse_id (self->hub, self->after, &sequence))
    {
      expect_gap (self,
                  strchr (self->after, '.') && looks_like_id (self->after) ? self->after : none);
      sequence = oldest - 1;
    }
  else if (sequence + 1 < oldest)
    {
      expect_gap (self, self->after);
      sequence = oldest - 1;
    }
  self->cursor = sequence;

  if (self->feed->context != LT_CONTEXT_EVENT)
    {
      self->phase = LT_START_PHASE_PRIME;
      self->scan = oldest;
      skip_known (self);
    }
}

static void
set_start (LtSubscription *self, guint64 start)
{
  self->start = start;
  self->has_start = TRUE;
  lt_feed_add_start (self->feed, start);
}

/**
 * lt_subscription_begin_start:
 * @self: a subscription that has just been started
 *
 * Decides how its start is found; lt_subscription_find_start() then does it in slices.
 */
void
lt_subscription_begin_start (LtSubscription *self)
{
  guint64 newest = self->hub->considered;

  self->phase = LT_START_PHASE_DONE;
  self->cursor = newest;
  self->replaying = self->start_kind != LT_START_NOW;

  switch (self->start_kind)
    {
    case LT_START_NOW:
      break;
    case LT_START_AFTER_ID:
      start_after_id (self);
      break;
    case LT_START_SINCE:
      self->phase = LT_START_PHASE_SINCE;
      self->scan = self->hub->ring.first;
      break;
    case LT_START_LAST:
      if (self->last > 0)
        self->phase = LT_START_PHASE_LAST;
      self->scan = newest;
      break;
    default:
      g_assert_not_reached ();
    }

  if (lt_subscription_knows_start (self))
    set_start (self, self->start_kind == LT_START_AFTER_ID ? LT_START_SEQUENCE_ALL : newest + 1);
}

/* Looks at the clock now and then, and always where matching is costly. */
static gboolean
is_late (LtHub *hub, gint64 deadline_us, guint64 *work, guint *steps)
{
  if (++*steps % CLOCK_INTERVAL != 0 && hub->match->work - *work < LT_HUB_LOOK_WORK)
    return FALSE;

  *work = hub->match->work;
  return g_get_monotonic_time () >= deadline_us;
}

static void
found (LtSubscription *self, guint64 first)
{
  self->cursor = first - 1;
  self->phase = LT_START_PHASE_DONE;
  /* It starts in the past: which matches are the first since then, only it will find out. */
  lt_block_cache_forget (&self->hub->block_cache, self->feed->serial);
  set_start (self, first);
  lt_hub_expect_reader (self->hub, self);
}

static void
find_since (LtSubscription *self, gint64 deadline_us)
{
  LtHub *hub = self->hub;
  guint64 work = hub->match->work;
  guint steps = 0;

  self->scan = MAX (self->scan, hub->ring.first);
  for (; self->scan <= hub->considered; self->scan++)
    {
      if (lt_hub_peek_event (hub, self->scan)->created_at_us >= self->since_us)
        break;
      if (is_late (hub, deadline_us, &work, &steps))
        return;
    }
  found (self, self->scan);
}

static void
find_last (LtSubscription *self, gint64 deadline_us)
{
  LtHub *hub = self->hub;
  guint64 work = hub->match->work;
  guint steps = 0;

  for (; self->scan >= hub->ring.first; self->scan--)
    {
      if (lt_feed_match (self->feed, lt_hub_peek_event (hub, self->scan)) && --self->last == 0)
        {
          found (self, self->scan);
          return;
        }
      if (is_late (hub, deadline_us, &work, &steps))
        {
          self->scan--;
          return;
        }
    }
  found (self, hub->ring.first);
}

static void
prime (LtSubscription *self, gint64 deadline_us)
{
  LtHub *hub = self->hub;
  guint64 first;
  guint64 work = hub->match->work;
  guint steps = 0;

  /* What has left the ring unseen was matched as it left. */
  self->scan = MAX (self->scan, hub->ring.first);
  skip_known (self);
  first = self->scan;
  while (self->scan <= self->cursor)
    {
      LtEvent *event = lt_hub_peek_event (hub, self->scan++);

      if (event->span != NULL && lt_feed_match (self->feed, event))
        lt_feed_record (self->feed, event);
      if (is_late (hub, deadline_us, &work, &steps))
        break;
    }

  lt_feed_know (self->feed, first, self->scan - 1);
  if (self->scan <= self->cursor)
    return;

  self->phase = LT_START_PHASE_DONE;
  lt_subscription_note_lost (self, 0);
  lt_subscription_stop_losing (self);
}

/**
 * lt_subscription_find_start:
 * @self: a starting subscription
 * @deadline_us: monotonic time at which to leave off
 *
 * Returns: whether the start has been found
 */
gboolean
lt_subscription_find_start (LtSubscription *self, gint64 deadline_us)
{
  switch (self->phase)
    {
    case LT_START_PHASE_SINCE:
      find_since (self, deadline_us);
      break;
    case LT_START_PHASE_LAST:
      find_last (self, deadline_us);
      break;
    case LT_START_PHASE_PRIME:
      prime (self, deadline_us);
      break;
    case LT_START_PHASE_DONE:
    default:
      break;
    }

  return self->phase == LT_START_PHASE_DONE;
}
