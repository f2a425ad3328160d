/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-term.h"
#include "lt-levels.h"

#include <string.h>

/* How values compare: by their own kind, whatever kind the catalogue names. */

static gboolean
order_fits (LtOperator op, int order)
{
  switch (op)
    {
    case LT_OPERATOR_LESS:
      return order < 0;

    case LT_OPERATOR_LESS_EQUAL:
      return order <= 0;

    case LT_OPERATOR_GREATER:
      return order > 0;

    case LT_OPERATOR_GREATER_EQUAL:
      return order >= 0;

    default:
      return FALSE;
    }
}

static gboolean
compare_time (const LtTerm *self, gint64 unix_us)
{
  return (self->readings & LT_READING_TIME) != 0
         && order_fits (self->op, (unix_us > self->time_us) - (unix_us < self->time_us));
}

static gboolean
compare (const LtTerm *self, const LtValue *value)
{
  LtNumber number;

  if (value->kind == LT_VALUE_TIME)
    return compare_time (self, value->time->unix_us);

  return (self->readings & LT_READING_NUMBER) != 0 && lt_number_from_value (value, &number)
         && order_fits (self->op, lt_number_compare (&number, &self->number));
}

static gboolean
match_folded (const LtTerm *self, const char *folded)
{
  if (self->op == LT_OPERATOR_EQUAL)
    return strcmp (folded, self->text) == 0;

  return strstr (folded, self->text) != NULL;
}

static gboolean
match_value_pattern (const LtTerm *self, const LtValue *value, LtPatternBudget *budget)
{
  char buffer[LT_SCALAR_TEXT_SIZE];
  const char *text = lt_value_get_text (value);

  if (text != NULL)
    return lt_pattern_match (self->pattern, text, value->length, budget);

  return lt_pattern_match (self->pattern, buffer, lt_value_format_scalar (value, buffer), budget);
}

/* Whether judging @value takes its folded text. */
static gboolean
needs_folded (const LtTerm *self, const LtValue *value)
{
  if (self->op != LT_OPERATOR_CONTAINS && self->op != LT_OPERATOR_EQUAL)
    return FALSE;

  return value->kind != LT_VALUE_IP || (self->readings & LT_READING_RANGE) == 0;
}

/* Judges a value that is neither list nor nested event. */
static gboolean
match_plain (const LtTerm *self, const LtValue *value, const char *folded, LtPatternBudget *budget)
{
  LtNumber number;

  if (self->op == LT_OPERATOR_REGEX)
    return match_value_pattern (self, value, budget);
  if (self->op != LT_OPERATOR_CONTAINS && self->op != LT_OPERATOR_EQUAL)
    return compare (self, value);

  switch (value->kind)
    {
    case LT_VALUE_IP:
      if ((self->readings & LT_READING_RANGE) != 0)
        return lt_address_range_contains (&self->range, &value->ip->address);
      return match_folded (self, folded);

    case LT_VALUE_TIME:
      if ((self->readings & LT_READING_TIME) != 0)
        return value->time->unix_us == self->time_us;
      return match_folded (self, folded);

    case LT_VALUE_STRING:
    case LT_VALUE_BYTES:
      return match_folded (self, folded);

    case LT_VALUE_BOOLEAN:
      return (self->readings & LT_READING_BOOLEAN) != 0 && self->boolean == value->boolean;

    default:
      return (self->readings & LT_READING_NUMBER) != 0 && lt_number_from_value (value, &number)
             && lt_number_compare (&number, &self->number) == 0;
    }
}

/* Moves past the folded texts of @value, as lt_match_context_fold() wrote them. */
static void
skip_folded (const LtValue *value, const char **folded)
{
  if (value->kind == LT_VALUE_LIST)
    {
      for (guint i = 0; i < value->length; i++)
        skip_folded (&value->items[i], folded);
      return;
    }
  if (value->kind == LT_VALUE_EVENT)
    {
      for (guint i = 0; i < (value->nested->details != NULL ? 4 : 3); i++)
        *folded += strlen (*folded) + 1;
      for (guint i = 0; i < value->nested->n_fields; i++)
        skip_folded (&value->nested->fields[i].value, folded);
      return;
    }

  *folded += strlen (*folded) + 1;
}

static gboolean
match_list (const LtTerm *self, const LtValue *list, const char **folded, LtPatternBudget *budget)
{
  for (guint i = 0; i < list->length; i++)
    {
      const LtValue *item = &list->items[i];

      if (item->kind == LT_VALUE_LIST)
        {
          if (match_list (self, item, folded, budget))
            return TRUE;
          continue;
        }
      if (item->kind != LT_VALUE_EVENT && match_plain (self, item, *folded, budget))
        return TRUE;
      if (*folded != NULL)
        skip_folded (item, folded);
    }

  return FALSE;
}

static gboolean
match_key (const LtTerm *self, LtMatchContext *context, LtPatternBudget *budget)
{
  guint slot = 0;
  const LtValue *value = lt_match_context_find (context, self->key, &slot);
  const char *folded = NULL;

  if (value == NULL)
    return FALSE;
  if (self->op == LT_OPERATOR_PRESENT)
    return TRUE;
  if (value->kind == LT_VALUE_EVENT)
    return FALSE;

  if (needs_folded (self, value))
    folded = lt_match_context_peek_folded (context, slot);
  if (value->kind == LT_VALUE_LIST)
    return match_list (self, value, &folded, budget);

  return match_plain (self, value, folded, budget);
}

static gboolean
match_text (const LtTerm *self, LtMatchContext *context, LtPatternBudget *budget)
{
  switch (self->op)
    {
    case LT_OPERATOR_PRESENT:
      return TRUE;

    case LT_OPERATOR_REGEX:
      return lt_pattern_match (self->pattern, context->event->text, context->event->text_length,
                               budget);

    default:
      return match_folded (self, lt_match_context_peek_text (context));
    }
}

static gboolean
match_positive (const LtTerm *self, LtMatchContext *context, LtPatternBudget *budget)
{
  const LtEvent *event = context->event;
  const char *haystack;
  gsize length;

  switch (self->subject)
    {
    case LT_SUBJECT_ANYWHERE:
      haystack = lt_match_context_peek_haystack (context, &length);
      return memmem (haystack, length, self->text, self->text_length) != NULL;

    case LT_SUBJECT_KEY:
      return match_key (self, context, budget);

    case LT_SUBJECT_TYPE:
      if (self->op == LT_OPERATOR_REGEX)
        return lt_pattern_match (self->pattern, event->type->name, event->type->name_length,
                                 budget);
      return lt_type_glob_match (self->text, event->type->name);

    case LT_SUBJECT_LEVEL:
      if (self->op == LT_OPERATOR_EQUAL)
        return event->level == self->level;
      return lt_level_passes ((LtLevel) event->level, self->level);

    case LT_SUBJECT_TEXT:
      return match_text (self, context, budget);

    case LT_SUBJECT_SPAN:
      return self->role == LT_SPAN_ROLE_NONE ? event->role != LT_SPAN_ROLE_NONE
                                             : event->role == self->role;

    case LT_SUBJECT_CREATED_AT:
      return compare_time (self, event->created_at_us);

    default:
      g_return_val_if_reached (FALSE);
    }
}

/**
 * lt_term_match:
 * @self: a term
 * @context: the event to judge
 * @budget: what the regular expressions of its filter may cost
 *
 * Returns: %TRUE if the event fits the term, its negation included
 */
gboolean
lt_term_match (const LtTerm *self, LtMatchContext *context, LtPatternBudget *budget)
{
  return match_positive (self, context, budget) != (self->negated != FALSE);
}

/**
 * lt_term_get_cost:
 * @self: a term
 *
 * Returns: how much work judging it is, compared with other terms
 */
guint
lt_term_get_cost (const LtTerm *self)
{
  if (self->op == LT_OPERATOR_REGEX)
    return 5;

  switch (self->subject)
    {
    case LT_SUBJECT_LEVEL:
    case LT_SUBJECT_SPAN:
    case LT_SUBJECT_CREATED_AT:
      return 0;

    case LT_SUBJECT_TYPE:
      return 1;

    case LT_SUBJECT_KEY:
      return 2;

    case LT_SUBJECT_TEXT:
      return 3;

    default:
      return 4;
    }
}
