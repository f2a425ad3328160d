/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-rule.h"

#include "core/lt-event-builder.h"

G_BEGIN_DECLS

gboolean lt_log_value_add (LtEventBuilder *builder, LtValueKind kind, LtLogText text,
                           GError **error);
gboolean lt_log_value_add_reading (LtEventBuilder *builder, const LtRuleKey *key, LtLogText text,
                                   GError **error);
const char *lt_log_facility_to_string (int facility);
LtLevel lt_log_severity_to_level (int severity);
LtLogText lt_log_text_cut (LtLogText text, gsize max_length);
LtLogText lt_log_text_make_valid (const char *bytes, gsize length, GString *buffer);

G_END_DECLS
