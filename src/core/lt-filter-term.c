/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-term.h"

#include "lt-error.h"
#include "lt-filter-name.h"
#include "lt-fold.h"
#include "lt-levels.h"
#include "lt-text.h"
#include "lt-time.h"

#include <string.h>

/* The furthest a relative time may lie off, in milliseconds: a thousand years. */
#define RELATIVE_TIME_MAX_MS (1000.0 * 366 * 86400 * 1000)

static gboolean
is_comparison (LtOperator op)
{
  return op >= LT_OPERATOR_LESS && op <= LT_OPERATOR_GREATER_EQUAL;
}

static gboolean
resolve_name (const LtTermSource *source, const LtTermSpec *spec, LtTerm *term, GError **error)
{
  const char *plain;
  LtKey *key;

  if (spec->name == NULL)
    {
      term->subject = LT_SUBJECT_ANYWHERE;
      return TRUE;
    }

  plain = lt_key_prefix_skip (spec->name, spec->name_length);
  term->subject = LT_SUBJECT_KEY;
  if (plain != NULL)
    {
      g_autoptr (GError) bad_name = NULL;

      term->key = lt_catalogue_intern_key (source->catalogue, plain,
                                           (gssize) (spec->name_length - 4), &bad_name);
      if (term->key == NULL)
        return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 4, "%s", bad_name->message);
      return TRUE;
    }
  if (lt_own_field_find (spec->name, spec->name_length, &term->subject))
    return TRUE;

  key = lt_catalogue_find_key (source->catalogue, spec->name, (gssize) spec->name_length);
  if (key == NULL)
    return lt_term_fail_unknown_name (source, spec->name, spec->name_length, error);

  term->key = lt_key_ref (key);
  return TRUE;
}

/* Reads `-5m` and `+1.5h`, from @now_us. */
static gboolean
parse_relative_time (const char *text, gint64 now_us, gint64 *unix_us)
{
  gsize length = strlen (text);
  double milliseconds;

  if ((text[0] != '-' && text[0] != '+') || !g_ascii_isalpha (text[length - 1])
      || !lt_duration_parse (text + 1, length - 1, &milliseconds)
      || milliseconds > RELATIVE_TIME_MAX_MS)
    return FALSE;

  *unix_us = now_us + (gint64) (milliseconds * (text[0] == '-' ? -1000.0 : 1000.0));
  return TRUE;
}

static void
replace_text (LtTerm *term, char *text)
{
  g_free (term->text);
  term->text = text;
  term->text_length = strlen (text);
}

static gboolean
compile_comparison (const LtTermSource *source, const LtTermSpec *spec, LtTerm *term,
                    GError **error)
{
  LtValueKind kind = term->key != NULL ? term->key->kind : LT_VALUE_TIME;
  gboolean wants_number
      = kind == LT_VALUE_INTEGER || kind == LT_VALUE_NUMBER || kind == LT_VALUE_DURATION;
  g_autofree char *quoted = NULL;

  if (lt_time_parse (term->text, term->text_length, &term->time_us)
      || parse_relative_time (term->text, source->now_us, &term->time_us))
    term->readings = LT_READING_TIME;
  else if (lt_number_parse (term->text, &term->number))
    term->readings = LT_READING_NUMBER;

  quoted = lt_text_quote (spec->value, -1);
  if (kind == LT_VALUE_TIME && term->readings != LT_READING_TIME)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "%s is not a time; write it such as 2026-11-22T06:35:06Z, or -5m for "
                             "five minutes ago",
                             quoted);
  if (wants_number && term->readings != LT_READING_NUMBER)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "%s is not a number; write it such as 25, 1.5, 10KB, 4MiB, 500ms or "
                             "2s",
                             quoted);
  if (term->readings == 0)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "%s has no order; compare with a number (25, 1.5), a size (10KB), a "
                             "duration (2s) or a time (2026-11-22T06:35:06Z, -5m)",
                             quoted);

  if (term->readings == LT_READING_NUMBER)
    replace_text (term, lt_number_to_string (&term->number));
  else
    {
      char buffer[LT_TIME_FORMAT_SIZE];

      lt_time_format (term->time_us, buffer);
      replace_text (term, g_strdup (buffer));
    }
  return TRUE;
}

/* Says what the value of a plain or equal term can be taken for besides text. */
static gboolean
compile_readings (const LtTermSpec *spec, LtTerm *term, GError **error)
{
  const char *text = term->text;

  if (lt_number_parse (text, &term->number))
    term->readings |= LT_READING_NUMBER;
  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    {
      term->readings |= LT_READING_BOOLEAN;
      term->boolean = text[0] == 't';
    }
  if (term->op == LT_OPERATOR_EQUAL && lt_time_parse (text, term->text_length, &term->time_us))
    term->readings |= LT_READING_TIME;

  if (lt_address_range_parse (text, &term->range, NULL))
    {
      LtAddress address;

      if (term->op == LT_OPERATOR_CONTAINS || lt_address_parse (text, term->text_length, &address))
        term->readings |= LT_READING_RANGE;
    }
  else if (term->key->kind == LT_VALUE_IP && strchr (text, '/') != NULL
           && text[strspn (text, "0123456789abcdef.:/")] == '\0')
    {
      g_autoptr (GError) reason = NULL;

      lt_address_range_parse (spec->value, &term->range, &reason);
      return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0, "%s",
                               reason != NULL ? reason->message : "not a range of addresses");
    }

  return TRUE;
}

static gboolean
compile_pattern (LtTerm *term, const char *text, GError **error)
{
  replace_text (term, g_strdup (text));
  term->pattern = lt_pattern_new (text, error);
  return term->pattern != NULL;
}

static gboolean
compile_level (const LtTermSpec *spec, LtTerm *term, GError **error)
{
  g_autofree char *quoted = NULL;

  if (term->op == LT_OPERATOR_PRESENT)
    {
      term->op = LT_OPERATOR_CONTAINS;
      replace_text (term, g_strdup (lt_level_to_string (LT_LEVEL_TRACE)));
    }
  if (term->op != LT_OPERATOR_CONTAINS && term->op != LT_OPERATOR_EQUAL)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "a level cannot be compared like this; level:warn is \"warn or more "
                             "severe\", level:=warn is \"exactly warn\"");
  if (lt_level_from_string (term->text, (gssize) term->text_length, &term->level)
      && term->level != LT_LEVEL_DISABLE)
    return TRUE;

  quoted = lt_text_quote (spec->value, -1);
  return lt_error_fail_at (error, LT_ERROR_INVALID_LEVEL, 0,
                           "%s is not a level; use error, warn, info, debug or trace", quoted);
}

static gboolean
compile_span (const LtTermSpec *spec, LtTerm *term, GError **error)
{
  g_autofree char *quoted = NULL;

  if (term->op == LT_OPERATOR_PRESENT)
    return TRUE;

  if (term->op == LT_OPERATOR_CONTAINS || term->op == LT_OPERATOR_EQUAL)
    {
      term->op = LT_OPERATOR_CONTAINS;
      if (strcmp (term->text, "start") == 0)
        term->role = LT_SPAN_ROLE_START;
      else if (strcmp (term->text, "end") == 0)
        term->role = LT_SPAN_ROLE_END;
      if (term->role != LT_SPAN_ROLE_NONE)
        return TRUE;
    }

  quoted = lt_text_quote (spec->value, -1);
  return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                           "%s is no end of a span; \"span\" takes start, end or *; for the events "
                           "of one span use \"spanId\"",
                           quoted);
}

static gboolean
compile_type (const LtTermSpec *spec, LtTerm *term, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gboolean has_wildcards;

  if (term->op == LT_OPERATOR_PRESENT)
    {
      term->op = LT_OPERATOR_CONTAINS;
      replace_text (term, g_strdup ("*"));
    }
  if (is_comparison (term->op))
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "event types have no order; use a pattern such as smtp.*");

  has_wildcards = strpbrk (term->text, "*?") != NULL;
  if (!lt_type_glob_check (term->text, &reason))
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0, "%s", reason->message);
  if (has_wildcards && (term->op == LT_OPERATOR_EQUAL || spec->literal))
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, strcspn (spec->value, "*?"),
                             "no event type holds \"*\" or \"?\"; leave out the quotes, or use "
                             "type:PATTERN or type=PATTERN, to match a pattern");

  /* A pattern without wildcards fits that one type. */
  term->op = LT_OPERATOR_CONTAINS;
  return TRUE;
}

static gboolean
compile_value (const LtTermSource *source, const LtTermSpec *spec, LtTerm *term, GError **error)
{
  if (term->op == LT_OPERATOR_REGEX && term->subject != LT_SUBJECT_LEVEL
      && term->subject != LT_SUBJECT_SPAN && term->subject != LT_SUBJECT_CREATED_AT)
    return compile_pattern (term, spec->value, error);

  switch (term->subject)
    {
    case LT_SUBJECT_TYPE:
      return compile_type (spec, term, error);

    case LT_SUBJECT_LEVEL:
      return compile_level (spec, term, error);

    case LT_SUBJECT_SPAN:
      return compile_span (spec, term, error);

    case LT_SUBJECT_TEXT:
      if (is_comparison (term->op))
        return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                                 "the text of an event has no order; use text:…, text:=… or "
                                 "text:~…");
      return TRUE;

    case LT_SUBJECT_CREATED_AT:
      if (!is_comparison (term->op))
        return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                                 "\"createdAt\" can only be compared, such as createdAt:>=-5m");
      return compile_comparison (source, spec, term, error);

    case LT_SUBJECT_KEY:
      if (is_comparison (term->op))
        return compile_comparison (source, spec, term, error);
      return term->op == LT_OPERATOR_PRESENT || compile_readings (spec, term, error);

    default:
      return TRUE;
    }
}

static gboolean
compile_one (const LtTermSource *source, const LtTermSpec *spec, GPtrArray *terms,
             gboolean *at_name, GError **error)
{
  g_autoptr (LtTerm) term = g_new0 (LtTerm, 1);

  *at_name = TRUE;
  if (!resolve_name (source, spec, term, error))
    return FALSE;

  *at_name = FALSE;
  if (*spec->value == '\0')
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             spec->name == NULL ? "empty text matches nothing; leave it out"
                                                : "%.*s needs a value; \"*\" matches any",
                             (int) spec->name_length, spec->name);

  term->op = spec->op;
  term->negated = spec->negated;
  if (term->subject != LT_SUBJECT_ANYWHERE && spec->op == LT_OPERATOR_CONTAINS && !spec->literal
      && strcmp (spec->value, "*") == 0)
    term->op = LT_OPERATOR_PRESENT;

  replace_text (term, lt_fold_dup (spec->value, -1));
  if (!compile_value (source, spec, term, error))
    return FALSE;

  term->canonical = lt_term_make_canonical (term);
  g_ptr_array_add (terms, g_steal_pointer (&term));
  return TRUE;
}

/* `type=smtp.*,queue.*` */
static gboolean
compile_alternatives (const LtTermSource *source, const LtTermSpec *spec, GPtrArray *terms,
                      gboolean *at_name, GError **error)
{
  const char *at = spec->value;

  for (;;)
    {
      const char *end = strchrnul (at, ',');
      g_autofree char *value = g_strndup (at, (gsize) (end - at));
      LtTermSpec one = *spec;
      g_autoptr (GError) problem = NULL;

      one.value = value;
      if (!compile_one (source, &one, terms, at_name, &problem))
        {
          if (!*at_name)
            lt_error_set_position (problem, lt_error_get_position (problem) + (at - spec->value));
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (*end == '\0')
        return TRUE;
      at = end + 1;
    }
}

/**
 * lt_term_compile:
 * @source: what to compile with
 * @spec: what was written
 * @terms: (element-type LtTerm): where to add one term, or several for alternatives
 * @at_name: (out): if this fails, whether the error's position counts from the name, else
 *   it counts from the value
 * @error: return location for an error
 *
 * Raises %LT_ERROR_UNKNOWN_KEY, %LT_ERROR_INVALID_LEVEL and %LT_ERROR_INVALID_FILTER, all
 * with a position.
 *
 * Returns: %TRUE if @spec is a term
 */
gboolean
lt_term_compile (const LtTermSource *source, const LtTermSpec *spec, GPtrArray *terms,
                 gboolean *at_name, GError **error)
{
  LtSubject subject;

  if (spec->name != NULL && spec->op == LT_OPERATOR_CONTAINS && !spec->literal
      && strchr (spec->value, ',') != NULL
      && lt_own_field_find (spec->name, spec->name_length, &subject) && subject == LT_SUBJECT_TYPE)
    return compile_alternatives (source, spec, terms, at_name, error);

  return compile_one (source, spec, terms, at_name, error);
}

/**
 * lt_term_free:
 * @self: (transfer full): a term
 *
 * Frees @self.
 */
void
lt_term_free (LtTerm *self)
{
  g_clear_pointer (&self->key, lt_key_unref);
  g_clear_pointer (&self->pattern, lt_pattern_free);
  g_free (self->text);
  g_free (self->canonical);
  g_free (self);
}

/**
 * lt_term_widens:
 * @self: a term
 *
 * Returns: %TRUE if another term about the same thing gives another way to match, %FALSE if
 *   it gives one more condition
 */
gboolean
lt_term_widens (const LtTerm *self)
{
  if (self->negated || self->subject == LT_SUBJECT_ANYWHERE || is_comparison (self->op))
    return FALSE;

  return self->subject != LT_SUBJECT_LEVEL || self->op == LT_OPERATOR_EQUAL;
}

/**
 * lt_term_shares_clause:
 * @a: a term
 * @b: another
 *
 * Returns: %TRUE if it is enough that one of both matches
 */
gboolean
lt_term_shares_clause (const LtTerm *a, const LtTerm *b)
{
  return lt_term_widens (a) && lt_term_widens (b) && a->subject == b->subject && a->key == b->key;
}
