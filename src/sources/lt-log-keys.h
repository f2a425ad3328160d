/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-rule.h"

#include "core/lt-event-builder.h"

G_BEGIN_DECLS

/**
 * LtLogKeys:
 *
 * The keys that an event made from a log line gets. The first value of a key counts: what a
 * rule says comes before what the line says of itself.
 */
typedef struct
{
  LtEventBuilder *builder; /* (unowned): the event under way */
  LtCatalogue *catalogue;  /* (unowned) */
  GPtrArray *used;         /* (owned) (element-type LtKey): keys the event has */
  gsize value_bytes;       /* most that one value may have */
} LtLogKeys;

void lt_log_keys_init (LtLogKeys *self, LtEventBuilder *builder, LtCatalogue *catalogue,
                       gsize value_bytes);
void lt_log_keys_clear (LtLogKeys *self);
void lt_log_keys_reset (LtLogKeys *self);
gboolean lt_log_keys_add (LtLogKeys *self, LtKey *key, LtLogText text, GError **error);
gboolean lt_log_keys_add_integer (LtLogKeys *self, LtKey *key, gint64 value, GError **error);
gboolean lt_log_keys_add_of_rule (LtLogKeys *self, const LtRuleMatch *match, GError **error);
gboolean lt_log_keys_add_pairs (LtLogKeys *self, const LtRuleMatch *match, GError **error);
gboolean lt_log_keys_add_parameters (LtLogKeys *self, const LtLogLine *line, GError **error);

G_END_DECLS
