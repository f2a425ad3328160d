/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-framing.h"
#include "lt-hub.h"

G_BEGIN_DECLS

/* A block of events is cut when the events in it cost this much. */
#define LT_BLOCK_BYTES (128 * 1024)

/**
 * LtBlockItem:
 *
 * An event that a feed found, and what decides whether and how a subscription gets it.
 */
typedef struct
{
  LtEvent *event;   /* (unowned): in the ring */
  guint64 match;    /* newest match of the span (trace) before @event, or 0 */
  gboolean matched; /* whether @event itself matches; else it is here for its span's sake */
} LtBlockItem;

/**
 * LtBlock:
 *
 * Bytes ready for a stream. Holds a reference to them.
 */
typedef struct
{
  GBytes *bytes;     /* (owned) */
  guint64 cursor;    /* sequence of the last event considered when the block has gone out */
  guint64 n_events;  /* events in it */
  guint64 n_matched; /* of them, those that match */
  guint64 n_dropped; /* earlier events of a span that it says are missing */
} LtBlock;

void lt_block_clear (LtBlock *self);

/**
 * LtBlockWriter:
 *
 * Puts events together into blocks.
 */
typedef struct
{
  LtHub *hub;               /* (unowned) */
  const LtFraming *framing; /* (unowned): static */
  LtContext context;
  guint64 start;        /* where the subscription started, or %LT_START_SEQUENCE_ALL */
  guint64 first_cursor; /* sequence of the last event considered before the first block */
  guint64 cursor;       /* sequence of the last event considered */
  GPtrArray *events;    /* (owned) (element-type LtEvent), unowned: in the block under way */
  GByteArray *backfill; /* (owned): one byte an event */
  GString *gap;         /* (owned): what goes before them */
  guint64 n_dropped;    /* what it says */
  gsize weight_bytes;   /* what they cost */
  guint64 n_matched;
  GArray *blocks; /* (owned) (element-type LtBlock): those finished */
} LtBlockWriter;

void lt_block_writer_init (LtBlockWriter *self, LtHub *hub, const LtFraming *framing,
                           LtContext context, guint64 start, guint64 cursor);
void lt_block_writer_clear (LtBlockWriter *self);
void lt_block_writer_add (LtBlockWriter *self, const LtBlockItem *item);
void lt_block_writer_cut (LtBlockWriter *self, guint64 cursor);
GBytes *lt_block_encode_control (const LtFraming *framing, LtHub *hub, const LtControl *control,
                                 const guint64 *cursor);

G_END_DECLS
