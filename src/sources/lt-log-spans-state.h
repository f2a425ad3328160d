/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-spans.h"

G_BEGIN_DECLS

/* Open spans that are kept over a restart, those used last, and bytes that they may take. */
#define LT_LOG_SPANS_STATE_MAX_SPANS 10000
#define LT_LOG_SPANS_STATE_MAX_BYTES (1024 * 1024)

void lt_log_spans_append_state (LtLogSpans *self, GString *text);
void lt_log_spans_load_state (LtLogSpans *self, GKeyFile *key_file);

G_END_DECLS
