/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtLogSpans:
 *
 * Which spans of a log are open. A log reuses the names it has (process numbers, short queue
 * ids), so each opening gets a `spanId` of its own. Of too many, those used least recently
 * are forgotten.
 */
typedef struct _LtLogSpans LtLogSpans;

LtLogSpans *lt_log_spans_new (guint limit);
void lt_log_spans_free (LtLogSpans *self);
guint lt_log_spans_get_length (LtLogSpans *self);
const char *lt_log_spans_find (LtLogSpans *self, const char *identity);
const char *lt_log_spans_open (LtLogSpans *self, const char *identity, const char *id,
                               gint64 time_us);
void lt_log_spans_close (LtLogSpans *self, const char *identity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLogSpans, lt_log_spans_free)

G_END_DECLS
