/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-feed.h"

#include "lt-backfill.h"
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/* Streams given their blocks between two looks at the clock. */
#define STREAMS_PER_LOOK 8

/**
 * lt_feed_ref:
 * @self: a feed
 *
 * Returns: (transfer full): @self
 */
LtFeed *
lt_feed_ref (LtFeed *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_feed_unref:
 * @self: (transfer full): a feed
 *
 * Gives up a reference; with the last one the hub forgets the feed.
 */
void
lt_feed_unref (LtFeed *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->live->len == 0);
  g_assert (self->n_losing == 0);
  if (self->context != LT_CONTEXT_EVENT)
    self->hub->n_span_feeds--;
  self->hub->totals.exhausted += lt_filter_get_exhausted (self->filter);
  g_hash_table_remove (self->hub->feeds, self->name);
  g_hash_table_remove (self->hub->feed_serials, &self->serial);
  g_ptr_array_remove_fast (self->hub->dirty_feeds, self);
  g_ptr_array_unref (self->live);
  g_array_unref (self->items);
  g_array_unref (self->starts);
  lt_losses_clear (&self->losses);
  g_object_unref (self->filter);
  g_free (self->name);
  g_free (self);
}

/**
 * lt_feed_get:
 * @hub: the hub
 * @filter: what matches
 * @context: how much flows with a match
 *
 * Finds the feed of @filter and @context, or makes it.
 *
 * Returns: (transfer full): the feed
 */
LtFeed *
lt_feed_get (LtHub *hub, LtFilter *filter, LtContext context)
{
  g_autofree char *name = NULL;
  LtFeed *self;

  /* Where everything matches there is nothing to bring along. */
  if (lt_filter_is_empty (filter))
    context = LT_CONTEXT_EVENT;
  name = g_strdup_printf ("%s %s", lt_context_to_string (context), lt_filter_get_text (filter));
  self = g_hash_table_lookup (hub->feeds, name);
  if (self != NULL)
    return lt_feed_ref (self);

  self = g_new0 (LtFeed, 1);
  self->ref_count = 1;
  self->serial = ++hub->last_feed;
  self->name = g_steal_pointer (&name);
  self->hub = hub;
  self->filter = g_object_ref (filter);
  self->context = context;
  self->live = g_ptr_array_new ();
  self->items = g_array_new (FALSE, FALSE, sizeof (LtBlockItem));
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  lt_losses_init (&self->losses);
  self->known_from = 1;
  g_hash_table_insert (hub->feeds, self->name, self);
  g_hash_table_insert (hub->feed_serials, &self->serial, self);
  if (context != LT_CONTEXT_EVENT)
    hub->n_span_feeds++;

  return self;
}

static LtSpanWatches *
get_watches (LtFeed *self, LtEvent *event)
{
  if (event->span == NULL || self->context == LT_CONTEXT_EVENT)
    return NULL;

  return self->context == LT_CONTEXT_TRACE ? &lt_span_get_root (event->span)->trace_watches
                                           : &event->span->watches;
}

/**
 * lt_feed_match:
 * @self: a feed
 * @event: an event in the ring
 *
 * Matches one event by itself, outside a turn's common matching.
 *
 * Returns: whether it matches
 */
gboolean
lt_feed_match (LtFeed *self, LtEvent *event)
{
  if (self->judged != event->sequence)
    {
      self->judgement = lt_hub_match (self->hub, self->filter, event);
      self->judged = event->sequence;
    }

  return self->judgement;
}

/**
 * lt_feed_find_match:
 * @self: a feed
 * @event: an event in the ring
 *
 * Finds an earlier match in the span (trace) of @event. For each subscription of the feed
 * for which every event from its start to @event has been matched: it gets @event for the sake of a
 * match if and only if the one found is at or behind that start.
 *
 * Returns: the match's sequence, or 0 if there is none
 */
guint64
lt_feed_find_match (LtFeed *self, LtEvent *event)
{
  LtSpanWatches *watches = get_watches (self, event);
  const LtSpanWatch *watch = NULL;

  if (watches != NULL)
    watch = lt_span_watches_find (watches, self->serial);

  return watch != NULL ? lt_span_watch_find_before (watch, event->sequence) : 0;
}

/**
 * lt_feed_record:
 * @self: a feed
 * @event: an event that matches
 *
 * Remembers the match in the event's span (trace).
 */
void
lt_feed_record (LtFeed *self, LtEvent *event)
{
  LtSpanWatches *watches = get_watches (self, event);

  if (watches != NULL)
    lt_span_watches_record (watches, self->serial, event->sequence, self->starts,
                            self->hub->feed_serials);
}

/**
 * lt_feed_judge:
 * @self: a feed
 * @event: an event in the ring
 * @start: where the subscription that asks started
 * @item: (out): what to give to its block writer; its match may be too early for @start
 *
 * Decides for one subscription that reads the ring by itself, and remembers a match.
 *
 * Returns: whether the subscription gets @event
 */
gboolean
lt_feed_judge (LtFeed *self, LtEvent *event, guint64 start, LtBlockItem *item)
{
  *item = (LtBlockItem){
    .event = event,
    .match = lt_feed_find_match (self, event),
    .matched = lt_feed_match (self, event),
  };
  if (item->matched)
    lt_feed_record (self, event);

  return item->matched || (item->match != 0 && item->match >= start);
}

/**
 * lt_feed_get_known_to:
 * @self: a feed
 *
 * Returns: up to which event all since its known_from have been matched
 */
guint64
lt_feed_get_known_to (LtFeed *self)
{
  return self->live->len > 0 ? self->hub->considered : self->known_to;
}

/**
 * lt_feed_know:
 * @self: a feed
 * @from: a sequence
 * @to: a sequence, at least @from - 1
 *
 * Notes that all events from @from to @to have been matched and the matches remembered, so that
 * nobody needs to do it again.
 */
void
lt_feed_know (LtFeed *self, guint64 from, guint64 to)
{
  self->known_to = lt_feed_get_known_to (self);
  if (from <= self->known_to + 1 && to + 1 >= self->known_from)
    {
      self->known_from = MIN (self->known_from, from);
      self->known_to = MAX (self->known_to, to);
    }
  else if (to >= self->known_to)
    {
      self->known_from = from;
      self->known_to = to;
    }
}

/**
 * lt_feed_add_live:
 * @self: a feed
 * @subscription: (transfer none): one of its subscriptions, which has read all that has been
 *   dispatched
 *
 * From now on @subscription gets what the feed finds, turn by turn.
 */
void
lt_feed_add_live (LtFeed *self, LtSubscription *subscription)
{
  if (self->live->len == 0)
    {
      lt_feed_know (self, self->hub->considered + 1, self->hub->considered);
      lt_matcher_add (self->hub->matcher, self->filter, self);
    }
  g_ptr_array_add (self->live, subscription);
}

/**
 * lt_feed_remove_live:
 * @self: a feed
 * @subscription: one of its live subscriptions
 *
 * Ends what lt_feed_add_live() began.
 */
void
lt_feed_remove_live (LtFeed *self, LtSubscription *subscription)
{
  g_ptr_array_remove_fast (self->live, subscription);
  if (self->live->len > 0)
    return;

  lt_matcher_remove (self->hub->matcher, self->filter, self);
  self->known_to = self->hub->considered;
  g_array_set_size (self->items, 0);
}

static void
take (LtFeed *self, const LtBlockItem *item)
{
  if (self->items->len == 0)
    {
      g_ptr_array_add (self->hub->dirty_feeds, self);
      self->least_match = G_MAXUINT64;
    }
  if (item->match != 0)
    self->least_match = MIN (self->least_match, item->match);
  item->event->n_feeds = MIN (item->event->n_feeds + 1, 2);
  g_array_append_val (self->items, *item);
}

/**
 * lt_feed_take_match:
 * @self: a feed
 * @event: an event of this turn that matches
 *
 * Notes it for the turn's end.
 */
void
lt_feed_take_match (LtFeed *self, LtEvent *event)
{
  LtBlockItem item = { .event = event, .matched = TRUE };
  LtSpanWatches *watches = get_watches (self, event);

  if (watches != NULL)
    {
      const LtSpanWatch *watch = lt_span_watches_find (watches, self->serial);

      item.match = watch != NULL ? watch->last : 0;
      lt_feed_record (self, event);
    }
  self->judged = event->sequence;
  self->judgement = TRUE;
  take (self, &item);
}

/**
 * lt_feed_take_context:
 * @self: a feed
 * @event: an event of this turn
 * @match: sequence of the newest match in its span (trace)
 *
 * Notes @event for the turn's end, unless it was noted as a match.
 */
void
lt_feed_take_context (LtFeed *self, LtEvent *event, guint64 match)
{
  LtBlockItem item = { .event = event, .match = match };

  if (self->live->len > 0 && match < event->sequence)
    take (self, &item);
}

/* What a turn's blocks depend on besides the turn: form, and which matches count. */
typedef struct
{
  const LtFraming *framing;
  guint64 class;
  gboolean is_whole; /* whether they reach to the turn's end */
  LtBlockWriter writer;
} SharedBlocks;

static void
shared_blocks_clear (SharedBlocks *self)
{
  lt_block_writer_clear (&self->writer);
}

/* Subscriptions for which the same matches count get the same bytes: the class is the
 * least of the turn's match sequences that counts for @start. */
static guint64
classify (LtFeed *self, guint64 start)
{
  guint64 class = G_MAXUINT64;

  if (start <= self->least_match)
    return self->least_match;

  for (guint i = 0; i < self->items->len; i++)
    {
      guint64 match = g_array_index (self->items, LtBlockItem, i).match;

      if (match != 0 && match >= start && match < class)
        class = match;
    }

  return class;
}

/* What matches bring along may be many times the turn; what takes too long is left for the
 * subscriptions to read by themselves. */
static void
make_blocks (LtFeed *self, SharedBlocks *blocks, guint64 considered)
{
  guint64 cursor = considered;

  for (guint i = 0; i < self->items->len && cursor == considered; i++)
    {
      const LtBlockItem *item = &g_array_index (self->items, LtBlockItem, i);

      if (self->context != LT_CONTEXT_EVENT
          && g_get_monotonic_time () >= self->hub->flush_deadline_us)
        cursor = item->event->sequence - 1;
      else
        lt_block_writer_add (&blocks->writer, item);
    }

  blocks->is_whole = cursor == considered;
  lt_block_writer_cut (&blocks->writer, cursor);
}

static const SharedBlocks *
add_blocks (LtFeed *self, GArray *shared, const LtSubscription *subscription, guint64 class,
            guint64 considered)
{
  SharedBlocks blocks = { .framing = subscription->framing, .class = class };

  lt_block_writer_init (&blocks.writer, self->hub, blocks.framing, self->context,
                        subscription->start, self->hub->considered);
  make_blocks (self, &blocks, considered);
  g_array_append_val (shared, blocks);

  return &g_array_index (shared, SharedBlocks, shared->len - 1);
}

static const SharedBlocks *
get_blocks (LtFeed *self, GArray *shared, const LtSubscription *subscription, guint64 considered)
{
  guint64 class = classify (self, subscription->start);

  for (guint i = 0; i < shared->len; i++)
    {
      const SharedBlocks *made = &g_array_index (shared, SharedBlocks, i);

      if (made->framing == subscription->framing && made->class == class)
        return made;
    }

  return add_blocks (self, shared, subscription, class, considered);
}

/* Since the last turn the kernel has been through the memory of all sockets, so what a send needs
 * of each stream lies far off. It comes nearer while the kernel sends to the ones before. Not
 * inlined, gcc would take the calls for useless. */
static inline G_ALWAYS_INLINE void
fetch_ahead (const LtFeed *self, guint n_left)
{
  if (n_left > 2)
    __builtin_prefetch (&((LtSubscription *) g_ptr_array_index (self->live, n_left - 3))->sink);
  if (n_left > 1)
    {
      const LtSubscription *next = g_ptr_array_index (self->live, n_left - 2);

      __builtin_prefetch (&next->dropped);
      __builtin_prefetch (next->sink);
      __builtin_prefetch ((const char *) next->sink + 64);
    }
}

/* An event that not every filter has judged comes again. */
static void
drop_items_behind (LtFeed *self, guint64 considered)
{
  while (self->items->len > 0
         && g_array_index (self->items, LtBlockItem, self->items->len - 1).event->sequence
                > considered)
    g_array_set_size (self->items, self->items->len - 1);
}

/**
 * lt_feed_leave_rest:
 * @self: a feed whose items of this turn have been flushed
 * @matched: sequence of the last event that it was matched with
 *
 * Lets its live subscriptions read by themselves what follows.
 */
void
lt_feed_leave_rest (LtFeed *self, guint64 matched)
{
  guint64 considered = self->hub->considered;

  if (self->live->len == 0)
    return;

  for (guint i = self->live->len; i > 0; i--)
    lt_subscription_leave_live (g_ptr_array_index (self->live, i - 1), matched);
  lt_feed_know (self, considered + 1, matched);
}

/**
 * lt_feed_flush:
 * @self: a feed
 * @considered: sequence of the last event of this turn
 *
 * Hands what this turn brought to the live subscriptions.
 */
void
lt_feed_flush (LtFeed *self, guint64 considered)
{
  g_autoptr (GArray) shared = g_array_new (FALSE, FALSE, sizeof (SharedBlocks));
  gboolean late = g_get_monotonic_time () >= self->hub->fan_out_deadline_us;

  g_array_set_clear_func (shared, (GDestroyNotify) shared_blocks_clear);
  drop_items_behind (self, considered);

  /* Backwards: a subscription may leave while it takes its blocks, itself only. */
  for (guint i = self->live->len; i > 0; i--)
    {
      LtSubscription *subscription = g_ptr_array_index (self->live, i - 1);
      const SharedBlocks *blocks;

      fetch_ahead (self, i);
      if (i % STREAMS_PER_LOOK == 0)
        late = g_get_monotonic_time () >= self->hub->fan_out_deadline_us;
      if (late)
        {
          lt_subscription_miss_turn (subscription);
          continue;
        }
      blocks = get_blocks (self, shared, subscription, considered);
      lt_subscription_take_blocks (subscription, blocks->writer.blocks, blocks->writer.cursor,
                                   blocks->is_whole);
    }
  g_array_set_size (self->items, 0);
}
