/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-parser.h"

#include "lt-error.h"
#include "lt-filter-name.h"
#include "lt-filter.h"

#include <string.h>

/* What can stand behind the name of a key. */
#define KEY_ENDS ":=!~<>"

/* What separates terms. */
#define SPACES " \t\n\v\f\r"

/* The text form:
 *
 *   filter  = *SPACE [ term *( 1*SPACE term ) *SPACE ]
 *   term    = [ "-" ] ( word / quoted / key )
 *   key     = name ":" [ "=" / "~" / "<" / "<=" / ">" / ">=" ] ( value / quoted )
 *           / known-name operator ( value / quoted )  ; operators as a query has them
 *   quoted  = DQUOTE *( any but DQUOTE and "\" / "\" DQUOTE / "\\" ) DQUOTE
 *   word    = what holds no SPACE, no DQUOTE and no ":", and does not begin with "-"
 *   value   = what holds no SPACE and no DQUOTE
 */
typedef struct
{
  const LtTermSource *source;
  const char *text;   /* all of it */
  const char *at;     /* where reading goes on */
  gboolean no_quotes; /* a quote is a character as any */
  gboolean to_end;    /* one term whose value goes on to the end, spaces included */
  GPtrArray *terms;   /* (unowned) (element-type LtTerm) */
} LtParser;

static gsize
position_of (const LtParser *self, const char *place)
{
  return (gsize) (place - self->text);
}

static gboolean
at_end_of_term (const LtParser *self, const char *place)
{
  return *place == '\0' || (!self->to_end && strchr (SPACES, *place) != NULL);
}

/* Reads a quoted value; @self->at is on its first quote. */
static char *
read_quoted (LtParser *self, GError **error)
{
  const char *begin = self->at;
  g_autoptr (GString) value = g_string_new (NULL);
  const char *at;

  for (at = begin + 1; *at != '"'; at++)
    {
      if (*at == '\0')
        {
          lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, begin),
                            "the quote that begins here does not end; close it with \", or write "
                            "\\\" inside quotes for a quote itself");
          return NULL;
        }
      if (*at == '\\')
        {
          at++;
          if (*at != '"' && *at != '\\')
            {
              lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, at - 1),
                                "inside quotes a backslash stands before \" or another backslash "
                                "only; write \\\\ for a backslash");
              return NULL;
            }
        }
      g_string_append_c (value, *at);
    }

  at++;
  if (!at_end_of_term (self, at))
    {
      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, at),
                        "nothing may follow the closing quote; put a space between terms");
      return NULL;
    }

  self->at = at;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static char *
read_bare (LtParser *self, GError **error)
{
  const char *begin = self->at;
  const char *at = begin;

  for (; !at_end_of_term (self, at); at++)
    if (*at == '"' && !self->to_end)
      {
        lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, at),
                          "a quote inside a word; put all of it in quotes, and write \\\" for the "
                          "quote itself");
        return NULL;
      }

  self->at = at;
  return g_strndup (begin, (gsize) (at - begin));
}

/* Where in the text the byte @offset of a value lies that begins at @begin. */
static gsize
locate_in_value (const LtParser *self, const char *begin, gboolean quoted, gsize offset)
{
  const char *at = begin + (quoted ? 1 : 0);

  for (; offset > 0; offset--)
    at += quoted && *at == '\\' ? 2 : 1;

  return position_of (self, at);
}

/* Reads the value at @self->at and adds the term. */
static gboolean
read_value (LtParser *self, LtTermSpec *spec, GError **error)
{
  const char *begin = self->at;
  gboolean quoted = *begin == '"' && !self->no_quotes;
  g_autofree char *value = quoted ? read_quoted (self, error) : read_bare (self, error);
  g_autoptr (GError) problem = NULL;
  gboolean at_name;

  if (value == NULL)
    return FALSE;

  spec->value = value;
  spec->literal = spec->literal || quoted;
  if (lt_term_compile (self->source, spec, self->terms, &at_name, &problem))
    return TRUE;

  if (lt_error_get_position (problem) >= 0)
    {
      gsize offset = (gsize) lt_error_get_position (problem);
      gsize position = at_name ? position_of (self, spec->name) + offset
                               : locate_in_value (self, begin, quoted, offset);

      lt_error_set_position (problem, (gssize) position);
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Reads what follows `key:`. */
static gboolean
read_key_value (LtParser *self, LtTermSpec *spec, GError **error)
{
  static const struct
  {
    const char *text;
    LtOperator op;
  } operators[] = {
    { "<=", LT_OPERATOR_LESS_EQUAL },    { "<", LT_OPERATOR_LESS },
    { ">=", LT_OPERATOR_GREATER_EQUAL }, { ">", LT_OPERATOR_GREATER },
    { "=", LT_OPERATOR_EQUAL },          { "~", LT_OPERATOR_REGEX },
  };

  spec->op = LT_OPERATOR_CONTAINS;
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (self->at, operators[i].text))
      {
        spec->op = operators[i].op;
        self->at += strlen (operators[i].text);
        break;
      }

  if (spec->op != LT_OPERATOR_CONTAINS && *self->at == '=')
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, self->at),
                             "one \"=\" too many: the operators behind \":\" are = ~ < <= > >=; "
                             "put the value in quotes if it begins with \"=\"");

  return read_value (self, spec, error);
}

static gboolean
read_term (LtParser *self, GError **error)
{
  LtTermSpec spec = { 0 };
  const char *begin;
  const char *end;

  if (*self->at == '-')
    {
      spec.negated = TRUE;
      self->at++;
      if (at_end_of_term (self, self->at) || *self->at == '-')
        return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, self->at - 1),
                                 "\"-\" negates the term behind it; to search for the text, put "
                                 "it in quotes");
    }

  begin = self->at;
  for (end = begin; !at_end_of_term (self, end) && *end != '"'; end++)
    {
      LtOperator op;
      gboolean negated = FALSE;
      const char *value;

      if (strchr (KEY_ENDS, *end) == NULL)
        continue;

      spec.name = begin;
      spec.name_length = (gsize) (end - begin);
      if (*end == ':')
        {
          self->at = end + 1;
          return read_key_value (self, &spec, error);
        }

      value = lt_operator_read (end, &op, &negated);
      if (value != NULL && lt_term_name_is_known (self->source->catalogue, begin, spec.name_length))
        {
          spec.op = op;
          spec.negated = spec.negated != negated;
          self->at = value;
          return read_value (self, &spec, error);
        }
    }

  spec.name = NULL;
  spec.op = LT_OPERATOR_CONTAINS;
  if (end - begin == 1 && *begin == '*')
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, begin),
                             "\"*\" alone is no text; leave the filter empty to see everything, or "
                             "put it in quotes");

  return read_value (self, &spec, error);
}

static gboolean
check_limits (const LtParser *self, const char *begin, GError **error)
{
  guint n_patterns = 0;

  if (self->terms->len > LT_FILTER_MAX_TERMS)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, begin),
                             "more than %d terms", LT_FILTER_MAX_TERMS);

  for (guint i = 0; i < self->terms->len; i++)
    n_patterns += ((LtTerm *) g_ptr_array_index (self->terms, i))->pattern != NULL;
  if (n_patterns > LT_FILTER_MAX_PATTERNS)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position_of (self, begin),
                             "more than %d regular expressions", LT_FILTER_MAX_PATTERNS);

  return TRUE;
}

/**
 * lt_filter_parse_text:
 * @source: what to compile with
 * @text: a filter in the text form, valid UTF-8
 * @terms: (element-type LtTerm): where to add its terms
 * @error: return location for an error
 *
 * Raises what lt_term_compile() does, with the position in bytes into @text.
 *
 * Returns: %TRUE if all of @text could be read
 */
gboolean
lt_filter_parse_text (const LtTermSource *source, const char *text, GPtrArray *terms,
                      GError **error)
{
  LtParser parser = { .source = source, .text = text, .at = text, .terms = terms };

  if (strlen (text) > LT_FILTER_MAX_BYTES)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, LT_FILTER_MAX_BYTES,
                             "the filter is longer than %d bytes", LT_FILTER_MAX_BYTES);

  for (;;)
    {
      const char *begin;

      parser.at += strspn (parser.at, SPACES);
      if (*parser.at == '\0')
        return TRUE;
      begin = parser.at;
      if (!read_term (&parser, error) || !check_limits (&parser, begin, error))
        return FALSE;
    }
}

/**
 * lt_filter_parse_search:
 * @source: what to compile with
 * @value: the value of a parameter `filter`, valid UTF-8, not empty
 * @negated: whether the operator was `!=`
 * @terms: (element-type LtTerm): where to add its term
 * @error: return location for an error
 *
 * Reads text to search for: all of @value as it stands, with its spaces and quotes, unless
 * it begins with the name of a known key and an operator or a colon: then it is that key's
 * term.
 *
 * Raises what lt_term_compile() does, with the position in bytes into @value.
 *
 * Returns: %TRUE if @value could be read
 */
gboolean
lt_filter_parse_search (const LtTermSource *source, const char *value, gboolean negated,
                        GPtrArray *terms, GError **error)
{
  LtParser parser
      = { .source = source, .text = value, .at = value, .terms = terms, .to_end = TRUE };
  LtTermSpec spec = { .name = value, .name_length = strcspn (value, KEY_ENDS), .negated = negated };
  const char *end = value + spec.name_length;
  LtOperator op;
  gboolean inverted = FALSE;
  const char *rest = *end == ':' ? end + 1 : lt_operator_read (end, &op, &inverted);

  if (rest == NULL || !lt_term_name_is_known (source->catalogue, value, spec.name_length))
    {
      gboolean at_name;

      spec = (LtTermSpec){ .op = LT_OPERATOR_CONTAINS, .negated = negated, .value = value };
      return lt_term_compile (source, &spec, terms, &at_name, error);
    }
  if (*end == ':')
    {
      parser.at = rest + strspn (rest, SPACES);
      return read_key_value (&parser, &spec, error);
    }

  spec.op = op;
  spec.negated = negated != inverted;
  parser.at = rest;
  parser.no_quotes = TRUE;
  return read_value (&parser, &spec, error);
}
