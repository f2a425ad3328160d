/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-block-cache.h"

/* What is kept at most, besides the run that was added last. */
#define MAX_RUNS  32
#define MAX_BYTES (4 * 1024 * 1024)

static void
run_free (LtBlockRun *run)
{
  g_array_unref (run->blocks);
  g_free (run);
}

/**
 * lt_block_cache_init:
 * @self: a cache to make ready
 *
 * Starts empty.
 */
void
lt_block_cache_init (LtBlockCache *self)
{
  g_queue_init (&self->runs);
  self->bytes = 0;
}

/**
 * lt_block_cache_clear:
 * @self: a cache
 *
 * Empties it.
 */
void
lt_block_cache_clear (LtBlockCache *self)
{
  g_queue_clear_full (&self->runs, (GDestroyNotify) run_free);
  self->bytes = 0;
}

static void
drop (LtBlockCache *self, GList *link)
{
  LtBlockRun *run = link->data;

  self->bytes -= run->bytes;
  run_free (run);
  g_queue_delete_link (&self->runs, link);
}

/**
 * lt_block_cache_forget:
 * @self: a cache
 * @feed: a feed's serial
 *
 * Drops what it has of a feed.
 */
void
lt_block_cache_forget (LtBlockCache *self, guint64 feed)
{
  for (GList *link = self->runs.head; link != NULL;)
    {
      GList *next = link->next;

      if (((LtBlockRun *) link->data)->feed == feed)
        drop (self, link);
      link = next;
    }
}

static gboolean
fits (const LtBlockRun *run, guint64 feed, const LtFraming *framing, guint64 start)
{
  return run->feed == feed && run->framing == framing && start >= run->least_start
         && start <= run->most_start;
}

/**
 * lt_block_cache_find:
 * @self: a cache
 * @feed: the subscription's feed's serial
 * @framing: how it wants blocks
 * @begin: sequence of the last event it has considered
 * @start: the first sequence whose matches count for it
 *
 * Returns: (transfer none) (nullable): what comes next for the subscription; valid until something
 *   is added or dropped
 */
const LtBlockRun *
lt_block_cache_find (LtBlockCache *self, guint64 feed, const LtFraming *framing, guint64 begin,
                     guint64 start)
{
  for (GList *link = self->runs.tail; link != NULL; link = link->prev)
    {
      LtBlockRun *run = link->data;

      if (run->begin != begin || !fits (run, feed, framing, start))
        continue;

      g_queue_unlink (&self->runs, link);
      g_queue_push_tail_link (&self->runs, link);
      return run;
    }

  return NULL;
}

/**
 * lt_block_cache_find_next:
 * @self: a cache
 * @feed: the subscription's feed's serial
 * @framing: how it wants blocks
 * @begin: sequence of the last event it has considered
 * @start: the first sequence whose matches count for it
 *
 * Finds where a subscription that makes its own blocks can join others.
 *
 * Returns: where the next run begins that fits, or %G_MAXUINT64
 */
guint64
lt_block_cache_find_next (const LtBlockCache *self, guint64 feed, const LtFraming *framing,
                          guint64 begin, guint64 start)
{
  guint64 next = G_MAXUINT64;

  for (GList *link = self->runs.head; link != NULL; link = link->next)
    {
      const LtBlockRun *run = link->data;

      if (run->begin > begin && run->begin < next && fits (run, feed, framing, start))
        next = run->begin;
    }

  return next;
}

/**
 * lt_block_cache_add:
 * @self: a cache
 * @run: what to keep; its blocks are referenced
 *
 * Keeps a run, for which older ones may have to go.
 *
 * Returns: (transfer none): the run as it is kept; valid until something is added or dropped
 */
const LtBlockRun *
lt_block_cache_add (LtBlockCache *self, const LtBlockRun *run)
{
  LtBlockRun *kept = g_memdup2 (run, sizeof *run);

  g_array_ref (kept->blocks);
  kept->bytes = 0;
  for (guint i = 0; i < kept->blocks->len; i++)
    kept->bytes += g_bytes_get_size (g_array_index (kept->blocks, LtBlock, i).bytes);

  while (self->runs.length > 0
         && (self->runs.length >= MAX_RUNS || self->bytes + kept->bytes > MAX_BYTES))
    drop (self, self->runs.head);
  g_queue_push_tail (&self->runs, kept);
  self->bytes += kept->bytes;

  return kept;
}
