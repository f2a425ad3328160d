/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-backfill.h"

#include "lt-hub-private.h"

/* How many links between spans and events are followed before older events count as unknown. */
#define MAX_STEPS 50000

/* Of them, those between spans. */
#define MAX_SPANS 25000

typedef struct
{
  LtHub *hub;         /* (unowned) */
  GPtrArray *events;  /* (unowned): found so far */
  guint64 before;     /* only events before this sequence */
  guint limit;        /* most events of one span */
  gsize limit_bytes;  /* most bytes of one span */
  guint steps;        /* links followed */
  guint64 omitted;    /* events of the spans walked that were not taken */
  gboolean exhausted; /* whether @steps ran out */
} Walk;

/* Events of the span that are in the ring, @event and those before it. */
static guint64
count_kept_upto (LtSpan *span, LtEvent *event)
{
  return event->ordinal_in_span - (span->n_kept - span->n_events);
}

static void
walk_span (Walk *walk, LtSpan *span, guint64 sequence)
{
  guint taken = 0;
  gsize bytes = 0;
  LtEvent *event;

  for (; (event = lt_hub_peek_event (walk->hub, sequence)) != NULL;
       sequence = event->previous_in_span)
    {
      if (++walk->steps > MAX_STEPS)
        {
          walk->exhausted = TRUE;
          return;
        }
      if (sequence >= walk->before)
        continue;
      bytes += lt_event_get_size_bytes (event);
      if (taken == walk->limit || bytes > walk->limit_bytes)
        {
          walk->omitted += count_kept_upto (span, event);
          return;
        }
      g_ptr_array_add (walk->events, event);
      taken++;
    }
}

static void
walk_trace (Walk *walk, LtSpan *span)
{
  g_autoptr (GPtrArray) spans = g_ptr_array_new ();
  gboolean is_whole;

  is_whole = lt_span_collect_trace (lt_span_get_root (span), spans, MAX_SPANS);

  walk->steps += spans->len;
  for (guint i = 0; i < spans->len && !walk->exhausted; i++)
    {
      LtSpan *member = g_ptr_array_index (spans, i);

      walk_span (walk, member, member->last_sequence);
    }
  walk->exhausted |= !is_whole;
}

/* Keeps the newest of what was found. */
static void
trim (Walk *walk)
{
  gsize bytes = 0;
  guint kept = 0;

  g_ptr_array_sort (walk->events, lt_event_compare_sequences);
  while (kept < walk->events->len && kept < walk->limit)
    {
      LtEvent *event = g_ptr_array_index (walk->events, walk->events->len - 1 - kept);

      bytes += lt_event_get_size_bytes (event);
      if (bytes > walk->limit_bytes)
        break;
      kept++;
    }

  walk->omitted += walk->events->len - kept;
  g_ptr_array_remove_range (walk->events, 0, walk->events->len - kept);
}

/**
 * lt_backfill_collect:
 * @self: (out): where to put them
 * @hub: the hub
 * @before: an event in the ring that has a span
 * @context: %LT_CONTEXT_SPAN or %LT_CONTEXT_TRACE
 *
 * Collects the events before @before of its span or trace, the newest of them up to the hub's
 * limits for backfill.
 */
void
lt_backfill_collect (LtBackfill *self, LtHub *hub, LtEvent *before, LtContext context)
{
  const LtHubLimits *limits = lt_hub_get_limits (hub);
  Walk walk = {
    .hub = hub,
    .events = g_ptr_array_new (),
    .before = before->sequence,
    .limit = limits->backfill_events,
    .limit_bytes = limits->backfill_bytes,
  };

  if (context == LT_CONTEXT_TRACE)
    walk_trace (&walk, before->span);
  else
    walk_span (&walk, before->span, before->previous_in_span);
  trim (&walk);

  self->events = walk.events;
  self->omitted = walk.omitted + (walk.exhausted ? 1 : 0);
  self->omitted_known = !walk.exhausted;
}

/**
 * lt_backfill_clear:
 * @self: what was collected
 *
 * Frees the list.
 */
void
lt_backfill_clear (LtBackfill *self)
{
  g_clear_pointer (&self->events, g_ptr_array_unref);
}

/**
 * lt_span_list_events:
 * @hub: the hub
 * @span: a span
 * @context: %LT_CONTEXT_TRACE for the span's whole trace, else the span alone
 * @limit: most events
 * @omitted: (out): how many older ones were left out, at least
 *
 * Returns: (transfer full) (element-type LtEvent): the newest events of the span in the ring, in
 *   order, unowned
 */
GPtrArray *
lt_span_list_events (LtHub *hub, LtSpan *span, LtContext context, guint limit, guint64 *omitted)
{
  Walk walk = {
    .hub = hub,
    .events = g_ptr_array_new (),
    .before = G_MAXUINT64,
    .limit = limit,
    .limit_bytes = G_MAXSIZE,
  };

  if (context == LT_CONTEXT_TRACE)
    walk_trace (&walk, span);
  else
    walk_span (&walk, span, span->last_sequence);
  trim (&walk);
  *omitted = walk.omitted + (walk.exhausted ? 1 : 0);

  return walk.events;
}
