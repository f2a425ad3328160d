/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-span.h"

G_BEGIN_DECLS

/* How long the state of an ended span is kept at least. */
#define LT_SPAN_LINGER_US (60 * G_USEC_PER_SEC)

/**
 * LtSpanTable:
 *
 * The spans whose state is kept. A span's state goes when its last event has left the ring,
 * or %LT_SPAN_LINGER_US after its end if that is later, or, least recently used first,
 * when there are too many spans or they hold too many bytes.
 */
typedef struct _LtSpanTable LtSpanTable;

LtSpanTable *lt_span_table_new (guint32 max_spans, gsize max_bytes, GHashTable *feeds);
void lt_span_table_free (LtSpanTable *self);
void lt_span_table_set_limits (LtSpanTable *self, guint32 max_spans, gsize max_bytes);
guint lt_span_table_get_length (LtSpanTable *self);
LtSpan *lt_span_table_find (LtSpanTable *self, const char *id);
LtSpan *lt_span_table_observe (LtSpanTable *self, LtEvent *event);
void lt_span_table_event_kept (LtSpanTable *self, LtEvent *event);
void lt_span_table_event_evicted (LtSpanTable *self, LtEvent *event);
gint64 lt_span_table_expire (LtSpanTable *self, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSpanTable, lt_span_table_free)

G_END_DECLS
