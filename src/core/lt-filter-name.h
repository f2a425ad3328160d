/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter-term.h"

G_BEGIN_DECLS

gboolean lt_own_field_find (const char *name, gsize length, LtSubject *subject);
const char *lt_own_field_get_name (LtSubject subject);
const char *lt_key_prefix_skip (const char *name, gsize length);
gboolean lt_term_name_is_known (LtCatalogue *catalogue, const char *name, gsize length);
gboolean lt_term_fail_unknown_name (const LtTermSource *source, const char *name, gsize length,
                                    GError **error);

G_END_DECLS
