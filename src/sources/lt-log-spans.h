/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of all names and ids of one table together, and of those of one span. */
#define LT_LOG_SPANS_MAX_BYTES      (16 * 1024 * 1024)
#define LT_LOG_SPANS_MAX_SPAN_BYTES 4096

/**
 * LtLogSpans:
 *
 * Which spans of a log are open. A log reuses the names it has (process numbers, short queue
 * ids), so each opening gets a `spanId` of its own. Of too many, those used least recently
 * are forgotten.
 */
typedef struct _LtLogSpans LtLogSpans;

/**
 * LtLogSpansFunc:
 * @identity: what the log calls the span
 * @id: its `spanId`
 * @parent_id: (nullable): the `spanId` of the span it began under
 * @user_data: the caller's
 *
 * Takes one span that is open.
 */
typedef void (*LtLogSpansFunc) (const char *identity, const char *id, const char *parent_id,
                                gpointer user_data);

LtLogSpans *lt_log_spans_new (guint limit);
void lt_log_spans_free (LtLogSpans *self);
guint lt_log_spans_get_length (LtLogSpans *self);
const char *lt_log_spans_find (LtLogSpans *self, const char *identity, const char **parent_id);
const char *lt_log_spans_open (LtLogSpans *self, const char *identity, const char *id,
                               const char *parent_id, gint64 time_us);
void lt_log_spans_close (LtLogSpans *self, const char *identity);

gint64 lt_log_spans_get_last_mark (LtLogSpans *self);
void lt_log_spans_set_last_mark (LtLogSpans *self, gint64 last_mark);
void lt_log_spans_foreach (LtLogSpans *self, guint max_spans, LtLogSpansFunc func,
                           gpointer user_data);
void lt_log_spans_restore (LtLogSpans *self, const char *identity, const char *id,
                           const char *parent_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLogSpans, lt_log_spans_free)

G_END_DECLS
