/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"
#include "core/lt-event.h"
#include "core/lt-framing.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How deep JSON may nest before it is refused. */
#define LT_JSON_MAX_NESTING 32

gboolean lt_json_check (const char *text, gsize length, GError **error);
GVariant *lt_json_parse_object (const char *text, gsize length, GError **error);

gboolean lt_json_read_event (LtEventBuilder *builder, const char *text, gsize length,
                             LtEvent **event, GError **error);

void lt_json_append_string (GString *out, const char *text, gssize length);
void lt_json_append_number (GString *out, double number);
void lt_json_append_value (GString *out, const LtValue *value);
void lt_json_append_event (GString *out, LtEvent *event, const char *epoch, gboolean backfill);

/**
 * lt_framing_sse, lt_framing_ndjson:
 *
 * The two forms of a stream.
 */
extern const LtFraming lt_framing_sse;
extern const LtFraming lt_framing_ndjson;

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
