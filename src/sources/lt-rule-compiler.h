/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-rule-file.h"
#include "lt-rule.h"

G_BEGIN_DECLS

/**
 * LtRulePack:
 *
 * What one rule file comes to.
 */
typedef struct
{
  GPtrArray *rules; /* (owned) (element-type LtRule) */
  GPtrArray *spans; /* (owned) (element-type LtRuleSpan) */
} LtRulePack;

LtRulePack *lt_rule_pack_compile (LtCatalogue *catalogue, const LtRuleFile *file, GError **error);
void lt_rule_pack_free (LtRulePack *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtRulePack, lt_rule_pack_free)

G_END_DECLS
