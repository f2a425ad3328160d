/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter-term.h"

G_BEGIN_DECLS

gboolean lt_filter_parse_text (const LtTermSource *source, const char *text, GPtrArray *terms,
                               GError **error);
gboolean lt_filter_parse_search (const LtTermSource *source, const char *value, gboolean negated,
                                 GPtrArray *terms, GError **error);

G_END_DECLS
