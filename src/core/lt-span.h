/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/* How many parents are followed from a span to the root of its trace. */
#define LT_SPAN_MAX_DEPTH 16

/**
 * LtSpanWatch:
 *
 * What a feed (one filter with one context, see lt-feed.h) knows of a span: its oldest and
 * its newest match so far, and between them those that were, for some subscription of the feed,
 * the first since its start. So it is known for each of these subscriptions from which event on
 * the span concerns it, wherever it reads, and for no more memory than there are starts.
 */
typedef struct
{
  guint64 feed;  /* the feed's serial */
  guint64 first; /* sequence of the oldest match found */
  guint64 last;  /* sequence of the newest match found */
  GArray *later; /* (owned) (nullable) (element-type guint64): behind @first, in order */
} LtSpanWatch;

/**
 * LtSpanWatches:
 *
 * Watches of several feeds, by serial.
 */
typedef struct
{
  LtSpanWatch *items; /* (owned) (nullable) */
  guint length;
} LtSpanWatches;

/**
 * LtSpan:
 *
 * What shares a `spanId`. Reference-counted: its events and its children hold references.
 * @start is the event that began it: one with the role "start", or else its first.
 *
 * Once the state of a span is gone (see lt-span-table.h), the struct lives on, empty, for
 * as long as events in the ring refer to it.
 */
struct _LtSpan
{
  guint ref_count;
  guint64 serial;              /* from 1, never used again in this process */
  char *id;                    /* (owned) (nullable): NULL once the state is gone */
  LtSpan *parent;              /* (owned) (nullable): what `parentSpanId` of its events names */
  LtEvent *start;              /* (owned) (nullable): NULL before its first event */
  LtSpanWatches watches;       /* of feeds whose context is the span */
  LtSpanWatches trace_watches; /* of feeds whose context is the trace; kept by its root */
  LtSpan *first_child;         /* (unowned): children unlink themselves */
  LtSpan *next_sibling;        /* (unowned) */
  LtSpan *previous_sibling;    /* (unowned) */
  LtSpan *newer;               /* (unowned): in the order of last use */
  LtSpan *older;               /* (unowned): in the order of last use */
  GList *ended_link;     /* (unowned) (nullable): its place among the ended spans that wait to go */
  guint64 last_sequence; /* its newest kept event, or 0; the others by previous_in_span */
  guint64 n_events;      /* of its events in the ring */
  guint64 n_kept;        /* of its events kept so far, those that have left the ring too */
  gint64 ended_us;       /* monotonic time at which it ended, or 0 */
  gsize kept_bytes;      /* what it costs: itself, its id, its start event once outside the ring */
  gboolean started;      /* whether @start has the role "start" */
};

LtSpan *lt_span_ref (LtSpan *self);
void lt_span_unref (LtSpan *self);
void lt_span_link (LtSpan *self, LtSpan *parent, GHashTable *feeds);
void lt_span_unlink (LtSpan *self);
LtSpan *lt_span_get_root (LtSpan *self);
gboolean lt_span_collect_trace (LtSpan *self, GPtrArray *spans, guint limit);

void lt_span_watches_clear (LtSpanWatches *self);
const LtSpanWatch *lt_span_watches_find (const LtSpanWatches *self, guint64 feed);
void lt_span_watches_record (LtSpanWatches *self, guint64 feed, guint64 match, const GArray *starts,
                             GHashTable *feeds);
guint64 lt_span_watch_find_before (const LtSpanWatch *self, guint64 sequence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSpan, lt_span_unref)

G_END_DECLS
