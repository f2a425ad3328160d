/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-block.h"

G_BEGIN_DECLS

/**
 * LtBlockRun:
 *
 * What one piece of the ring comes to for a feed: blocks, and for which subscriptions. Any that
 * stands at @begin, wants @framing and started from @least_start to @most_start would make the
 * same bytes of it.
 */
typedef struct
{
  guint64 feed;             /* the feed's serial */
  const LtFraming *framing; /* (unowned): static */
  guint64 begin;            /* sequence of the last event considered before */
  guint64 end;              /* and after */
  guint64 least_start;
  guint64 most_start;
  GArray *blocks; /* (owned) (element-type LtBlock) */
  gsize bytes;    /* of the blocks */
} LtBlockRun;

/**
 * LtBlockCache:
 *
 * The pieces that were last made for subscriptions that read the ring by themselves. Where many
 * have fallen back or resumed at the same place, one makes the blocks and the others send them.
 */
typedef struct
{
  GQueue runs; /* (element-type LtBlockRun), owned: the last used last */
  gsize bytes;
} LtBlockCache;

void lt_block_cache_init (LtBlockCache *self);
void lt_block_cache_clear (LtBlockCache *self);
void lt_block_cache_forget (LtBlockCache *self, guint64 feed);
const LtBlockRun *lt_block_cache_find (LtBlockCache *self, guint64 feed, const LtFraming *framing,
                                       guint64 begin, guint64 start);
guint64 lt_block_cache_find_next (const LtBlockCache *self, guint64 feed, const LtFraming *framing,
                                  guint64 begin, guint64 start);
const LtBlockRun *lt_block_cache_add (LtBlockCache *self, const LtBlockRun *run);

G_END_DECLS
