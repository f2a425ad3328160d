/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-spans.h"
#include "lt-rule-set.h"

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"

G_BEGIN_DECLS

/* Spans of one log that are followed at once. */
#define LT_LOG_PROCESSOR_MAX_SPANS 50000

/**
 * LtLogCounts:
 *
 * What a processor has done.
 */
typedef struct
{
  guint64 lines;     /* lines processed */
  guint64 events;    /* events handed to the hub */
  guint64 unmatched; /* lines no rule knew */
  guint64 exhausted; /* rules given up on a line as their pattern took too many steps */
  guint64 cut;       /* lines that were too long and lost their end */
} LtLogCounts;

/**
 * LtLogProcessor:
 *
 * Turns the lines of one log into events: by rules, or, where no rule knows a line, into
 * `log.line`. Follows which spans the log has open.
 */
typedef struct _LtLogProcessor LtLogProcessor;

LtLogProcessor *lt_log_processor_new (LtHub *hub, LtRuleSet *rules, const LtEventLimits *limits);
void lt_log_processor_free (LtLogProcessor *self);
void lt_log_processor_set_rules (LtLogProcessor *self, LtRuleSet *rules);
void lt_log_processor_process_line (LtLogProcessor *self, const LtLogLine *line, gint64 now_us);
void lt_log_processor_process (LtLogProcessor *self, const char *text, gsize length,
                               guint64 cut_bytes, const char *hostname);
void lt_log_processor_report_lost (LtLogProcessor *self, guint64 lost);
LtLogSpans *lt_log_processor_get_spans (LtLogProcessor *self);
void lt_log_processor_get_counts (LtLogProcessor *self, LtLogCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLogProcessor, lt_log_processor_free)

G_END_DECLS
