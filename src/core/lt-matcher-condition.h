/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter-private.h"

G_BEGIN_DECLS

/**
 * LtRarity:
 *
 * How often a condition is met, as a guess: the lower, the better it serves to find a filter by.
 */
typedef enum
{
  LT_RARITY_LONG_TEXT = 1,
  LT_RARITY_TEXT = 2,
  LT_RARITY_TEXT_3 = 8,
  LT_RARITY_TEXT_2 = 20,
  LT_RARITY_TYPE = 10,
  LT_RARITY_TYPE_GLOB = 15,
  LT_RARITY_KEY = 40,
  LT_RARITY_NONE = 1 << 20, /* cannot serve at all */
} LtRarity;

guint lt_condition_rate_term (const LtTerm *term);
const LtClause *lt_condition_choose (LtFilter *filter);

G_END_DECLS
