/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-rule-file.h"
#include "lt-rule.h"

G_BEGIN_DECLS

gboolean lt_rule_keys_compile (LtCatalogue *catalogue, const LtRuleFile *file,
                               const LtRuleSection *section, LtRule *rule, GError **error);
gboolean lt_rule_pairs_compile (LtCatalogue *catalogue, const LtRuleFile *file,
                                const LtRuleSection *section, LtRule *rule, GError **error);

G_END_DECLS
