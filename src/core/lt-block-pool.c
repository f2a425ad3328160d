/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-block-pool.h"

struct _LtBlockPool
{
  gsize bytes; /* of the blocks that live */
};

/* A block's text, and what it counts towards. */
typedef struct
{
  LtBlockPool *pool; /* (owned) */
  char *text;        /* (owned) */
  gsize bytes;       /* allocated */
} Piece;

/**
 * lt_block_pool_new:
 *
 * Returns: (transfer full): a pool without blocks
 */
LtBlockPool *
lt_block_pool_new (void)
{
  return g_rc_box_new0 (LtBlockPool);
}

/**
 * lt_block_pool_unref:
 * @self: (transfer full): a pool
 *
 * Gives up a reference.
 */
void
lt_block_pool_unref (LtBlockPool *self)
{
  g_rc_box_release (self);
}

/**
 * lt_block_pool_get_bytes:
 * @self: a pool
 *
 * Returns: what all its blocks that live take
 */
gsize
lt_block_pool_get_bytes (const LtBlockPool *self)
{
  return self->bytes;
}

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  piece->pool->bytes -= piece->bytes;
  lt_block_pool_unref (piece->pool);
  g_free (piece->text);
  g_free (piece);
}

/**
 * lt_block_pool_take:
 * @self: a pool
 * @text: (transfer full): a block's bytes
 *
 * Makes a block.
 *
 * Returns: (transfer full): the block
 */
GBytes *
lt_block_pool_take (LtBlockPool *self, GString *text)
{
  Piece *piece = g_new0 (Piece, 1);
  gsize length = text->len;

  piece->pool = g_rc_box_acquire (self);
  piece->bytes = text->allocated_len;
  piece->text = g_string_free (text, FALSE);
  /* It may have to be held for long. */
  if (piece->bytes > length + length / 4 + 64)
    {
      piece->text = g_realloc (piece->text, length + 1);
      piece->bytes = length + 1;
    }
  self->bytes += piece->bytes;

  return g_bytes_new_with_free_func (piece->text, length, piece_free, piece);
}
