/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-matcher-condition.h"

#include <string.h>

static guint
rate_text (const LtTerm *term)
{
  switch (term->text_length)
    {
    case 0:
    case 1:
      return LT_RARITY_NONE;

    case 2:
      return LT_RARITY_TEXT_2;

    case 3:
      return LT_RARITY_TEXT_3;

    default:
      return term->text_length >= 8 ? LT_RARITY_LONG_TEXT : LT_RARITY_TEXT;
    }
}

/* Whether a value equal to the number of @term shows as the term's text. Whole numbers past
 * fifteen digits may show with an exponent if they are kept as doubles. */
static gboolean
number_implies_text (const LtTerm *term)
{
  g_autofree char *shown = lt_number_to_string (&term->number);

  if (strcmp (shown, term->text) != 0)
    return FALSE;

  return term->number.kind == LT_VALUE_NUMBER
         || (term->number.kind == LT_VALUE_INTEGER && term->text_length <= 15);
}

/* Whether every value that @term, about a key, matches has the term's text in it, but for
 * addresses in a range. */
static gboolean
implies_text (const LtTerm *term)
{
  if (term->op != LT_OPERATOR_CONTAINS && term->op != LT_OPERATOR_EQUAL)
    return FALSE;
  if ((term->readings & LT_READING_TIME) != 0)
    return FALSE;

  return (term->readings & LT_READING_NUMBER) == 0 || number_implies_text (term);
}

static guint
rate_range (const LtAddressRange *range)
{
  guint host_bits = range->address.length * 8u - range->bits;

  return 1 + host_bits * 2;
}

/**
 * lt_condition_rate_term:
 * @term: a term
 *
 * Returns: how often events may meet @term, as a guess
 */
guint
lt_condition_rate_term (const LtTerm *term)
{
  if (term->negated)
    return LT_RARITY_NONE;

  switch (term->subject)
    {
    case LT_SUBJECT_ANYWHERE:
      return rate_text (term);

    case LT_SUBJECT_TEXT:
      if (term->op == LT_OPERATOR_CONTAINS || term->op == LT_OPERATOR_EQUAL)
        return rate_text (term);
      return LT_RARITY_NONE;

    case LT_SUBJECT_KEY:
      if (!implies_text (term) || term->text_length < 2)
        return LT_RARITY_KEY;
      if ((term->readings & LT_READING_RANGE) != 0)
        return MIN (rate_text (term) + rate_range (&term->range), LT_RARITY_KEY);
      return MIN (rate_text (term), LT_RARITY_KEY);

    case LT_SUBJECT_TYPE:
      if (term->op == LT_OPERATOR_REGEX)
        return LT_RARITY_NONE;
      return strpbrk (term->text, "*?") != NULL ? LT_RARITY_TYPE_GLOB : LT_RARITY_TYPE;

    default:
      return LT_RARITY_NONE;
    }
}

static guint
rate_clause (const LtClause *clause)
{
  guint sum = 0;

  for (guint i = 0; i < clause->n_terms; i++)
    sum = MIN (sum + lt_condition_rate_term (clause->terms[i]), LT_RARITY_NONE);

  return sum;
}

/**
 * lt_condition_choose:
 * @filter: a filter
 *
 * Returns: (transfer none) (nullable): the clause of @filter that serves best to find it by;
 *   always the same for the same filter
 */
const LtClause *
lt_condition_choose (LtFilter *filter)
{
  const LtClause *best = NULL;
  guint best_rarity = LT_RARITY_NONE;

  for (guint i = 0; i < lt_filter_get_n_clauses (filter); i++)
    {
      const LtClause *clause = lt_filter_get_clause (filter, i);
      guint rarity = rate_clause (clause);

      if (rarity < best_rarity)
        {
          best = clause;
          best_rarity = rarity;
        }
    }

  return best;
}
