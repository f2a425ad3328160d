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
match_pattern (const LtTerm *self, const char *text, gsize length, guint64 *n_exhausted)
{
  gboolean exhausted = FALSE;
  gboolean matches = lt_pattern_match (self->pattern, text, length, &exhausted);

  *n_exhausted += exhausted;
  return matches;
}

static gboolean
match_value_pattern (const LtTerm *self, const LtValue *value, guint64 *exhausted)
{
  char buffer[LT_SCALAR_TEXT_SIZE];
  const char *text = lt_value_get_text (value);

  if (text != NULL)
    return match_pattern (self, text, value->length, exhausted);

  return match_pattern (self, buffer, lt_value_format_scalar (value, buffer), exhausted);
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
match_plain (const LtTerm *self, const LtValue *value, const char *folded, guint64 *exhausted)
{
  LtNumber number;

  if (self->op == LT_OPERATOR_REGEX)
    return match_value_pattern (self, value, exhausted);
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
match_list (const LtTerm *self, const LtValue *list, const char **folded, guint64 *exhausted)
{
  for (guint i = 0; i < list->length; i++)
    {
      const LtValue *item = &list->items[i];

      if (item->kind == LT_VALUE_LIST)
        {
          if (match_list (self, item, folded, exhausted))
            return TRUE;
          continue;
        }
      if (item->kind != LT_VALUE_EVENT && match_plain (self, item, *folded, exhausted))
        return TRUE;
      if (*folded != NULL)
        skip_folded (item, folded);
    }

  return FALSE;
}

static gboolean
match_key (const LtTerm *self, LtMatchContext *context, guint64 *exhausted)
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
    return match_list (self, value, &folded, exhausted);

  return match_plain (self, value, folded, exhausted);
}

static gboolean
match_text (const LtTerm *self, LtMatchContext *context, guint64 *exhausted)
{
  switch (self->op)
    {
    case LT_OPERATOR_PRESENT:
      return TRUE;

    case LT_OPERATOR_REGEX:
      return match_pattern (self, context->event->text, context->event->text_length, exhausted);

    default:
      return match_folded (self, lt_match_context_peek_text (context));
    }
}

static gboolean
match_positive (const LtTerm *self, LtMatchContext *context, guint64 *exhausted)
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
      return match_key (self, context, exhausted);

    case LT_SUBJECT_TYPE:
      if (self->op == LT_OPERATOR_REGEX)
        return match_pattern (self, event->type->name, event->type->name_length, exhausted);
      return lt_type_glob_match (self->text, event->type->name);

    case LT_SUBJECT_LEVEL:
      if (self->op == LT_OPERATOR_EQUAL)
        return event->level == self->level;
      return lt_level_passes ((LtLevel) event->level, self->level);

    case LT_SUBJECT_TEXT:
      return match_text (self, context, exhausted);

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
 * @exhausted: (inout): grows by the number of matches that were given up
 *
 * Returns: %TRUE if the event fits the term, its negation included
 */
gboolean
lt_term_match (const LtTerm *self, LtMatchContext *context, guint64 *exhausted)
{
  return match_positive (self, context, exhausted) != (self->negated != FALSE);
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
