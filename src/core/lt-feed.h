/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-block.h"
#include "lt-filter.h"
#include "lt-hub.h"
#include "lt-losses.h"

G_BEGIN_DECLS

/* A subscription that starts at this sequence takes part in everything its feed knows. */
#define LT_START_SEQUENCE_ALL G_GUINT64_CONSTANT (0)

/**
 * LtFeed:
 *
 * One filter with one context, shared by every subscription that has both. It is matched
 * once an event, and what it found goes to all its live subscriptions as the same bytes.
 *
 * What a feed knows of spans (LtSpanWatch) is true for all its subscriptions, wherever each of
 * them reads; which of it counts for one follows from where that subscription started.
 */
typedef struct
{
  guint ref_count;
  guint64 serial;      /* from 1, never used again */
  char *name;          /* (owned): context and canonical text, its name in the hub */
  LtHub *hub;          /* (unowned): outlives its feeds */
  LtFilter *filter;    /* (owned) */
  LtContext context;   /* the one in force: an empty filter needs none */
  GPtrArray *live;     /* (owned) (element-type LtSubscription), unowned */
  GArray *items;       /* (owned) (element-type LtBlockItem): what this turn brought */
  guint64 least_match; /* the least match sequence among @items, or G_MAXUINT64 */
  GArray *starts;      /* (owned) (element-type guint64): of its subscriptions, in order */
  LtLosses losses;     /* what its subscriptions lose that lag behind the ring */
  guint n_losing;      /* subscriptions for whose sake it matches what leaves the ring */
  guint64 lost;        /* the last event to leave the ring that matched, while it matches these */
  guint64 known_from;  /* all events from this one to @known_to have been matched */
  guint64 known_to;    /* less than @known_from: none has been */
  guint64 judged;      /* (cached): the event that was last matched by itself */
  gboolean judgement;  /* (cached): and what came of it */
} LtFeed;

LtFeed *lt_feed_ref (LtFeed *self);
void lt_feed_unref (LtFeed *self);
LtFeed *lt_feed_get (LtHub *hub, LtFilter *filter, LtContext context);

gboolean lt_feed_match (LtFeed *self, LtEvent *event);
guint64 lt_feed_find_match (LtFeed *self, LtEvent *event);
void lt_feed_record (LtFeed *self, LtEvent *event);
gboolean lt_feed_judge (LtFeed *self, LtEvent *event, guint64 start, LtBlockItem *item);

void lt_feed_know (LtFeed *self, guint64 from, guint64 to);
guint64 lt_feed_get_known_to (LtFeed *self);

void lt_feed_add_start (LtFeed *self, guint64 start);
void lt_feed_remove_start (LtFeed *self, guint64 start);
void lt_feed_add_losing (LtFeed *self);
void lt_feed_remove_losing (LtFeed *self);
void lt_feed_lose_match (LtFeed *self, LtEvent *event);
void lt_feed_lose_context (LtFeed *self, LtEvent *event, const LtSpanWatch *watch);

void lt_feed_add_live (LtFeed *self, LtSubscription *subscription);
void lt_feed_remove_live (LtFeed *self, LtSubscription *subscription);
void lt_feed_take_match (LtFeed *self, LtEvent *event);
void lt_feed_take_context (LtFeed *self, LtEvent *event, guint64 match);
void lt_feed_flush (LtFeed *self, guint64 considered);
void lt_feed_leave_rest (LtFeed *self, guint64 matched);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtFeed, lt_feed_unref)

G_END_DECLS
