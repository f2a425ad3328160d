/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-name.h"
#include "lt-filter-term.h"

#include <string.h>

static const char *const operator_texts[] = {
  [LT_OPERATOR_NONE] = "",     [LT_OPERATOR_CONTAINS] = "",        [LT_OPERATOR_EQUAL] = "=",
  [LT_OPERATOR_REGEX] = "~",   [LT_OPERATOR_LESS] = "<",           [LT_OPERATOR_LESS_EQUAL] = "<=",
  [LT_OPERATOR_GREATER] = ">", [LT_OPERATOR_GREATER_EQUAL] = ">=", [LT_OPERATOR_PRESENT] = "*",
};

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
      g_string_append (out, lt_own_field_get_name (term->subject));
      return;
    }

  /* A key that was only seen may be forgotten; with "key." the form always reads back. */
  if (!term->key->known || lt_key_prefix_skip (term->key->name, term->key->name_length) != NULL
      || lt_own_field_find (term->key->name, term->key->name_length, &subject))
    g_string_append (out, "key.");
  g_string_append (out, term->key->name);
}

/**
 * lt_term_make_canonical:
 * @term: a term, compiled but for this
 *
 * Returns: (transfer full) (not nullable): the term in the text form, in the one way that
 *   stands for all ways to write it
 */
char *
lt_term_make_canonical (const LtTerm *term)
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
