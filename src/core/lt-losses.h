/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtLosses:
 *
 * Counts, for all subscriptions of one feed that lag behind the ring, the events that left it
 * unread and would have been sent. An event is counted once, however many lag: each remembers
 * what the counters were when it fell behind, and takes the difference.
 *
 * An event that matches is lost to all of them. One that would have been sent for the
 * sake of an earlier match is lost to those that started with that match or before.
 */
typedef struct
{
  guint64 matches;    /* events lost that matched */
  GArray *groups;     /* (owned): subscriptions with the same start, by start */
  gboolean unsettled; /* whether there is something that groups have not been told of */
} LtLosses;

/**
 * LtLossMark:
 *
 * What the counters were when a subscription fell behind.
 */
typedef struct
{
  guint64 matches;
  guint64 contexts;
} LtLossMark;

void lt_losses_init (LtLosses *self);
void lt_losses_clear (LtLosses *self);
gboolean lt_losses_is_empty (const LtLosses *self);
void lt_losses_add (LtLosses *self, guint64 start, LtLossMark *mark);
guint64 lt_losses_remove (LtLosses *self, guint64 start, const LtLossMark *mark);
void lt_losses_count_match (LtLosses *self);
void lt_losses_count_context (LtLosses *self, guint64 match);

G_END_DECLS
