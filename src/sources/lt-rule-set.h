/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-rule.h"

G_BEGIN_DECLS

/* Programs whose rules are remembered; with more, the choice is made anew. */
#define LT_RULE_SET_MAX_PROGRAMS 1024

/* Steps one pattern may take on one line; one that needs more does not match. */
#define LT_RULE_MATCH_STEPS 10000

/* Bytes of a message that patterns see: PCRE2 does not count as steps all that it does, and its
 * work may grow with the square of this. Mail servers cut their lines at half of it. */
#define LT_RULE_MATCH_BYTES 4096

/**
 * LtRuleSet:
 *
 * Log rules from one or more files, compiled. A line gets the first rule that matches it.
 */
typedef struct _LtRuleSet LtRuleSet;

LtRuleSet *lt_rule_set_new (LtCatalogue *catalogue);
LtRuleSet *lt_rule_set_ref (LtRuleSet *self);
void lt_rule_set_unref (LtRuleSet *self);
gboolean lt_rule_set_load (LtRuleSet *self, const char *path, GError **error);
gboolean lt_rule_set_load_text (LtRuleSet *self, const char *path, const char *text, gsize length,
                                GError **error);
gboolean lt_rule_set_load_directories (LtRuleSet *self, const char *const *paths, GError **error);
guint lt_rule_set_get_length (LtRuleSet *self);
const LtRule *lt_rule_set_get_rule (LtRuleSet *self, guint index);
guint64 lt_rule_set_get_exhausted (LtRuleSet *self);
gboolean lt_rule_set_match (LtRuleSet *self, const LtLogLine *line, LtRuleMatch *match);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRuleSet, lt_rule_set_unref)

G_END_DECLS
