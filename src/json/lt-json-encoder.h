/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event.h"

G_BEGIN_DECLS

void lt_json_append_string (GString *out, const char *text, gssize length);
void lt_json_append_number (GString *out, double number);
void lt_json_append_integer (GString *out, gint64 number);
void lt_json_append_unsigned (GString *out, guint64 number);
void lt_json_append_value (GString *out, const LtValue *value);
void lt_json_append_event (GString *out, LtEvent *event, const char *epoch, gboolean backfill);

G_END_DECLS
