/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"
#include "lt-event.h"
#include "lt-match-context.h"
#include "lt-query.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* A longer filter, or one of more terms or regular expressions, is refused. */
#define LT_FILTER_MAX_BYTES    16384
#define LT_FILTER_MAX_TERMS    256
#define LT_FILTER_MAX_PATTERNS 16

#define LT_TYPE_FILTER (lt_filter_get_type ())
G_DECLARE_FINAL_TYPE (LtFilter, lt_filter, LT, FILTER, GObject)

LtFilter *lt_filter_new_from_text (LtCatalogue *catalogue, const char *text, GError **error);
LtFilter *lt_filter_new_from_query (LtCatalogue *catalogue, const LtQuery *query, GError **error);
const char *lt_filter_get_text (LtFilter *self);
char *lt_filter_describe (LtFilter *self);
gboolean lt_filter_is_empty (LtFilter *self);
gboolean lt_filter_match (LtFilter *self, LtMatchContext *context);
guint64 lt_filter_get_exhausted (LtFilter *self);

G_END_DECLS
