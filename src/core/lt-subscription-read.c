/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/* A stream that reads the ring by itself gets no more while this much waits to be sent: what it
 * will need is in the ring, and its socket has buffers of its own. */
#define LAGGING_BYTES (64 * 1024)

/* How much a block is to hold while what waits for all streams is near its limit. */
#define SCARCE_BLOCK_BYTES (16 * 1024)

/**
 * lt_subscription_has_room:
 * @self: a started subscription that reads the ring by itself
 *
 * Returns: whether its sink is to be given more
 */
gboolean
lt_subscription_has_room (LtSubscription *self)
{
  const LtHubLimits *limits = lt_hub_get_limits (self->hub);
  gsize unsent = lt_sink_get_unsent_bytes (self->sink);

  if (unsent == 0)
    return TRUE;

  return unsent < MIN (limits->unsent_bytes / 2, LAGGING_BYTES)
         && lt_block_pool_get_bytes (self->hub->pool) <= limits->unsent_total_bytes;
}

/**
 * lt_subscription_send_block:
 * @self: a started subscription
 * @block: events, or a gap between them
 *
 * Sends a block and counts what is in it, unless that would take the sink over its limit, or
 * all sinks together over theirs.
 *
 * Returns: whether it was sent
 */
gboolean
lt_subscription_send_block (LtSubscription *self, const LtBlock *block)
{
  const LtHubLimits *limits = lt_hub_get_limits (self->hub);
  gsize unsent = self->sink_interface->get_unsent_bytes (self->sink);

  if (unsent > 0
      && (unsent + g_bytes_get_size (block->bytes) > limits->unsent_bytes
          || lt_block_pool_get_bytes (self->hub->pool) > limits->unsent_total_bytes))
    return FALSE;

  self->matched += block->n_matched;
  self->delivered += block->n_events;
  self->dropped += block->n_dropped;
  self->sink_interface->send (self->sink, block->bytes);

  return TRUE;
}

/* A run is for those only who know what @self knows of what lies before it: who started earlier may
 * yet find a match there, unless all of it has been matched. */
static guint64
get_least_start (LtSubscription *self)
{
  LtFeed *feed = self->feed;

  if (feed->context == LT_CONTEXT_EVENT)
    return LT_START_SEQUENCE_ALL;

  if (feed->known_from <= self->cursor + 1 && lt_feed_get_known_to (feed) >= self->cursor)
    return MIN (self->start, feed->known_from);

  return self->start;
}

/* For which starts an event is judged the same as for @start: those on the same side of the
 * newest match before it. */
static void
narrow_starts (LtBlockRun *run, guint64 start, guint64 match)
{
  if (match == 0)
    return;

  if (match >= start)
    run->most_start = MIN (run->most_start, match);
  else
    run->least_start = MAX (run->least_start, match + 1);
}

static gsize
get_block_bytes (LtHub *hub)
{
  gboolean scarce
      = lt_block_pool_get_bytes (hub->pool) > lt_hub_get_limits (hub)->unsent_total_bytes / 2;

  return scarce ? SCARCE_BLOCK_BYTES : LT_BLOCK_BYTES;
}

/* Reads the ring from where @self stands, to @until or one block's worth. */
static void
make_run (LtSubscription *self, LtBlockWriter *writer, LtBlockRun *run, guint64 until,
          gint64 deadline_us)
{
  guint64 remaining = self->limit - MIN (self->matched, self->limit);
  gsize block_bytes = get_block_bytes (self->hub);
  guint64 work = self->hub->match->work;
  while (run->end < until && writer->weight_bytes < block_bytes)
    {
      LtEvent *event = lt_hub_peek_event (self->hub, run->end + 1);
      LtBlockItem item;

      if (lt_feed_judge (self->feed, event, self->start, &item))
        lt_block_writer_add (writer, &item);
      narrow_starts (run, self->start, item.match);
      run->end++;
      if (item.matched && self->limit != 0 && --remaining == 0)
        break;
      /* For the sake of one event a whole trace may have been gone through. */
      if ((run->end % 64 == 0 || self->feed->context != LT_CONTEXT_EVENT
           || self->hub->match->work - work >= LT_HUB_LOOK_WORK)
          && g_get_monotonic_time () >= deadline_us)
        break;
    }
  lt_block_writer_cut (writer, run->end);
  lt_feed_know (self->feed, run->begin + 1, run->end);
}

static void
send_run (LtSubscription *self, const LtBlockRun *run)
{
  for (guint i = 0; i < run->blocks->len; i++)
    {
      const LtBlock *block = &g_array_index (run->blocks, LtBlock, i);

      if (!lt_subscription_send_block (self, block))
        {
          /* It comes again once the sink has drained some more. */
          self->waiting = TRUE;
          return;
        }
      self->cursor = block->cursor;
    }
  self->cursor = run->end;
}

/**
 * lt_subscription_read_block:
 * @self: a subscription that reads the ring by itself, and has not read all of it
 * @deadline_us: monotonic time at which to leave off
 *
 * Sends what belongs to this subscription from the ring, one block at the most. What another of
 * its feed has just read at the same place need not be read again.
 */
void
lt_subscription_read_block (LtSubscription *self, gint64 deadline_us)
{
  LtBlockCache *cache = &self->hub->block_cache;
  guint64 serial = self->feed->serial;
  LtBlockRun run = {
    .feed = serial,
    .framing = self->framing,
    .begin = self->cursor,
    .end = self->cursor,
    .least_start = get_least_start (self),
    .most_start = G_MAXUINT64,
  };
  const LtBlockRun *found = NULL;
  LtBlockWriter writer;
  guint64 until = self->hub->considered;

  /* Where every match counts towards an end, the blocks are one's own. */
  if (self->limit == 0)
    found = lt_block_cache_find (cache, serial, self->framing, self->cursor, self->start);
  if (found != NULL)
    {
      send_run (self, found);
      return;
    }

  if (self->limit == 0)
    until = MIN (
        until, lt_block_cache_find_next (cache, serial, self->framing, self->cursor, self->start));
  lt_block_writer_init (&writer, self->hub, self->framing, self->feed->context, self->start,
                        self->cursor);
  make_run (self, &writer, &run, until, deadline_us);
  run.blocks = writer.blocks;
  send_run (self, self->limit == 0 ? lt_block_cache_add (cache, &run) : &run);
  lt_block_writer_clear (&writer);
}
