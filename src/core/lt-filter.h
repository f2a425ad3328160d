/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"
#include "lt-event.h"
#include "lt-query.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LtMatchContext:
 *
 * What matching one event against many filters shares: the event's searchable text,
 * case-folded once. Create one, reuse it for every event.
 */
typedef struct _LtMatchContext LtMatchContext;

LtMatchContext *lt_match_context_new (void);
void lt_match_context_free (LtMatchContext *self);
void lt_match_context_set_event (LtMatchContext *self, LtEvent *event);

#define LT_TYPE_FILTER (lt_filter_get_type ())
G_DECLARE_FINAL_TYPE (LtFilter, lt_filter, LT, FILTER, GObject)

LtFilter *lt_filter_new_from_text (LtCatalogue *catalogue, const char *text, GError **error);
LtFilter *lt_filter_new_from_query (LtCatalogue *catalogue, const LtQuery *query, GError **error);
const char *lt_filter_get_text (LtFilter *self);
gboolean lt_filter_is_empty (LtFilter *self);
gboolean lt_filter_match (LtFilter *self, LtMatchContext *context);
guint64 lt_filter_get_exhausted (LtFilter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtMatchContext, lt_match_context_free)

G_END_DECLS
