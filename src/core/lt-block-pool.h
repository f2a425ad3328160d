/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtBlockPool:
 *
 * Keeps count of the bytes of all blocks that live, each once, however many streams are to
 * send it. A block may outlive everything but its pool, which lives as long as its blocks.
 */
typedef struct _LtBlockPool LtBlockPool;

LtBlockPool *lt_block_pool_new (void);
void lt_block_pool_unref (LtBlockPool *self);
gsize lt_block_pool_get_bytes (const LtBlockPool *self);
GBytes *lt_block_pool_take (LtBlockPool *self, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtBlockPool, lt_block_pool_unref)

G_END_DECLS
