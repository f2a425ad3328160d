/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-hub.h"

G_BEGIN_DECLS

/**
 * LtBackfill:
 *
 * The earlier events of a span or a trace that are still in the ring.
 */
typedef struct
{
  GPtrArray *events;      /* (owned) (element-type LtEvent), unowned, oldest first */
  guint64 omitted;        /* older ones that were too many */
  gboolean omitted_known; /* whether that number is exact */
} LtBackfill;

#define LT_BACKFILL_INIT                                                                           \
  {                                                                                                \
    NULL, 0, FALSE                                                                                 \
  }

void lt_backfill_collect (LtBackfill *self, LtHub *hub, LtEvent *before, LtContext context);
void lt_backfill_clear (LtBackfill *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtBackfill, lt_backfill_clear)

GPtrArray *lt_span_list_events (LtHub *hub, LtSpan *span, LtContext context, guint limit,
                                guint64 *omitted);

G_END_DECLS
