/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-term.h"

#include "lt-error.h"
#include "lt-fold.h"
#include "lt-levels.h"
#include "lt-nearest.h"
#include "lt-text.h"
#include "lt-time.h"

#include <string.h>

/* The furthest a relative time may lie off, in milliseconds: a thousand years. */
#define RELATIVE_TIME_MAX_MS (1000.0 * 366 * 86400 * 1000)

/* As lt_key_fold() makes them. */
static const struct
{
  const char *folded;
  const char *name;
  LtSubject subject;
} own_fields[] = {
  { "type", "type", LT_SUBJECT_TYPE },
  { "level", "level", LT_SUBJECT_LEVEL },
  { "text", "text", LT_SUBJECT_TEXT },
  { "span", "span", LT_SUBJECT_SPAN },
  { "createdat", "createdAt", LT_SUBJECT_CREATED_AT },
};

/* What a mistyped name of a query may have meant besides a key. */
static const char *const query_words[]
    = { "type",    "level", "text",  "span",  "createdAt",     "filter", "q",
        "context", "last",  "since", "until", "last-event-id", "limit",  "format" };

#define N_OWN_WORDS 5

static const char *const operator_texts[] = {
  [LT_OPERATOR_NONE] = "",     [LT_OPERATOR_CONTAINS] = "",        [LT_OPERATOR_EQUAL] = "=",
  [LT_OPERATOR_REGEX] = "~",   [LT_OPERATOR_LESS] = "<",           [LT_OPERATOR_LESS_EQUAL] = "<=",
  [LT_OPERATOR_GREATER] = ">", [LT_OPERATOR_GREATER_EQUAL] = ">=", [LT_OPERATOR_PRESENT] = "*",
};

static gboolean
is_comparison (LtOperator op)
{
  return op >= LT_OPERATOR_LESS && op <= LT_OPERATOR_GREATER_EQUAL;
}

static gboolean
find_own_field (const char *name, gsize length, LtSubject *subject)
{
  g_autofree char *folded = lt_key_fold (name, (gssize) length);

  for (guint i = 0; i < G_N_ELEMENTS (own_fields); i++)
    if (strcmp (folded, own_fields[i].folded) == 0)
      {
        *subject = own_fields[i].subject;
        return TRUE;
      }

  return FALSE;
}

/* Returns what follows `key.`, or NULL. */
static const char *
skip_key_prefix (const char *name, gsize length)
{
  return length > 4 && g_ascii_strncasecmp (name, "key.", 4) == 0 ? name + 4 : NULL;
}

/**
 * lt_term_name_is_known:
 * @catalogue: the keys there are
 * @name: (array length=length): a name
 * @length: bytes of @name
 *
 * Returns: %TRUE if a term with @name before its operator would be taken: @name is a key
 *   that is known or was seen, one of the event's own fields, or `key.` and any key name
 */
gboolean
lt_term_name_is_known (LtCatalogue *catalogue, const char *name, gsize length)
{
  const char *plain = skip_key_prefix (name, length);
  g_autoptr (LtKey) key = NULL;
  LtSubject subject;

  if (plain != NULL)
    {
      key = lt_catalogue_intern_key (catalogue, plain, (gssize) (length - 4), NULL);
      return key != NULL;
    }

  return find_own_field (name, length, &subject)
         || lt_catalogue_find_key (catalogue, name, (gssize) length) != NULL;
}

static const char *
find_nearest (const LtTermSource *source, const char *name)
{
  const char *key = lt_catalogue_nearest_key (source->catalogue, name, -1);
  const char *word = lt_nearest_word (name, query_words,
                                      source->is_query ? G_N_ELEMENTS (query_words) : N_OWN_WORDS);

  if (key == NULL || word == NULL)
    return key != NULL ? key : word;

  return lt_edit_distance (name, word) < lt_edit_distance (name, key) ? word : key;
}

static gboolean
fail_unknown_name (const LtTermSource *source, const char *name, gsize length, GError **error)
{
  g_autofree char *word = g_strndup (name, length);
  g_autofree char *quoted = lt_text_quote (name, (gssize) length);
  g_autofree char *folded = lt_key_fold (name, (gssize) length);
  gsize n_good = strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
  const char *nearest = NULL;

  if (n_good < length || *folded == '\0')
    return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0, "%s cannot be a key; %s", quoted,
                             source->is_query
                                 ? "to search for text, write filter=…"
                                 : "to search for text that holds \":\", put it in quotes");

  nearest = find_nearest (source, word);
  if (source->is_query)
    return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0,
                             nearest != NULL ? "unknown key %s; did you mean \"%s\"? To search for "
                                               "text, write filter=…; key.NAME=… takes any key name"
                                             : "unknown key %s%s; to search for text, write "
                                               "filter=…; key.NAME=… takes any key name",
                             quoted, nearest != NULL ? nearest : "");

  return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0,
                           nearest != NULL ? "unknown key %s; did you mean \"%s\"? To search for "
                                             "the text, put it in quotes"
                                           : "unknown key %s%s; to search for the text, put it in "
                                             "quotes",
                           quoted, nearest != NULL ? nearest : "");
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

  plain = skip_key_prefix (spec->name, spec->name_length);
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
  if (find_own_field (spec->name, spec->name_length, &term->subject))
    return TRUE;

  key = lt_catalogue_find_key (source->catalogue, spec->name, (gssize) spec->name_length);
  if (key == NULL)
    return fail_unknown_name (source, spec->name, spec->name_length, error);

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

/* Whether @text, as a value, would be taken for something else without quotes. */
static gboolean
value_needs_quotes (const LtTerm *term)
{
  const char *text = term->text;

  if (strchr (term->op == LT_OPERATOR_CONTAINS ? "=~<>" : "=", text[0]) != NULL)
    return TRUE;
  if (term->op == LT_OPERATOR_CONTAINS && strcmp (text, "*") == 0)
    return TRUE;

  for (; *text != '\0'; text++)
    if (*text == '"' || *text == 0x7f || (guchar) *text <= ' ')
      return TRUE;

  return FALSE;
}

static gboolean
text_needs_quotes (const char *text)
{
  if (text[0] == '-' || strcmp (text, "*") == 0)
    return TRUE;

  for (; *text != '\0'; text++)
    if (strchr ("\":=!~<>", *text) != NULL || *text == 0x7f || (guchar) *text <= ' ')
      return TRUE;

  return FALSE;
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
append_name (GString *out, const LtTerm *term)
{
  LtSubject subject;

  if (term->subject != LT_SUBJECT_KEY)
    {
      for (guint i = 0; i < G_N_ELEMENTS (own_fields); i++)
        if (own_fields[i].subject == term->subject)
          g_string_append (out, own_fields[i].name);
      return;
    }

  /* A key that was only seen may be forgotten; with "key." the form always reads back. */
  if (!term->key->known || skip_key_prefix (term->key->name, term->key->name_length) != NULL
      || find_own_field (term->key->name, term->key->name_length, &subject))
    g_string_append (out, "key.");
  g_string_append (out, term->key->name);
}

static char *
make_canonical (const LtTerm *term)
{
  GString *out = g_string_new (term->negated ? "-" : "");
  gboolean quoted = FALSE;

  if (term->subject != LT_SUBJECT_ANYWHERE)
    {
      append_name (out, term);
      g_string_append_c (out, ':');
      g_string_append (out, operator_texts[term->op]);
      if (term->op == LT_OPERATOR_PRESENT)
        return g_string_free (out, FALSE);
      quoted = term->subject != LT_SUBJECT_TYPE || term->op == LT_OPERATOR_REGEX
                   ? value_needs_quotes (term)
                   : FALSE;
    }
  else
    quoted = text_needs_quotes (term->text);

  if (quoted)
    append_quoted (out, term->text);
  else
    g_string_append (out, term->text);
  return g_string_free (out, FALSE);
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

  term->canonical = make_canonical (term);
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
      && find_own_field (spec->name, spec->name_length, &subject) && subject == LT_SUBJECT_TYPE)
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
