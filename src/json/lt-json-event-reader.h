/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-json-scanner.h"

#include "core/lt-event-builder.h"

G_BEGIN_DECLS

gsize lt_json_get_event_max_bytes (LtEventBuilder *builder);
gboolean lt_json_read_event (LtEventBuilder *builder, const char *text, gsize length,
                             LtEvent **event, GError **error);
gboolean lt_json_scan_event (LtJsonScanner *scanner, LtEventBuilder *builder, LtEvent **event,
                             GError **error);

G_END_DECLS
