/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What reading a batch may take of one turn of the main loop. */
#define LT_BATCH_TURN_BYTES (256 * 1024)
#define LT_BATCH_TURN_US    5000

/**
 * LtBatchFormat:
 *
 * How a batch of events is written.
 */
typedef enum
{
  LT_BATCH_JSON,   /* an array, one event, or `{"events":[…]}` */
  LT_BATCH_NDJSON, /* one event a line */
} LtBatchFormat;

void lt_json_read_batch_async (LtEventBuilder *builder, GBytes *body, LtBatchFormat format,
                               guint max_events, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *lt_json_read_batch_finish (GAsyncResult *result, GError **error);

G_END_DECLS
