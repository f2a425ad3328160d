/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rule.h"

#include "core/lt-error.h"

#include <string.h>

/* One stretch of a template: text, then a field. */
typedef struct
{
  char *text;        /* (owned) */
  LtRuleField field; /* or LT_RULE_FIELD_NONE */
} TemplatePart;

struct _LtRuleTemplate
{
  GArray *parts; /* (owned) (element-type TemplatePart) */
};

static LtLogText
text_or_absent (const char *text, gsize length)
{
  return length > 0 ? (LtLogText){ text, length } : (LtLogText){ NULL, 0 };
}

/* First, middle or last part of a program's name between slashes. */
static LtLogText
program_part (LtLogText program, LtRuleField field)
{
  const char *first = program.length > 0 ? memchr (program.text, '/', program.length) : NULL;
  const char *last = program.length > 0 ? memrchr (program.text, '/', program.length) : NULL;

  if (field == LT_RULE_FIELD_PROGRAM_FIRST)
    return first == NULL ? program : text_or_absent (program.text, (gsize) (first - program.text));
  if (field == LT_RULE_FIELD_PROGRAM_LAST)
    return last == NULL
               ? program
               : text_or_absent (last + 1, (gsize) (program.text + program.length - last - 1));
  if (first == last)
    return (LtLogText){ NULL, 0 };
  return text_or_absent (first + 1, (gsize) (last - first - 1));
}

/**
 * lt_rule_match_get:
 * @match: a match
 * @field: a field of its rule
 * @text: (out caller-allocates): the field's text, which may be empty
 *
 * Returns: %FALSE if the line does not have the field: the group took no part in the match
 */
gboolean
lt_rule_match_get (const LtRuleMatch *match, LtRuleField field, LtLogText *text)
{
  const LtLogLine *line = match->line;
  int start;
  int end;

  if (field >= 0)
    {
      if (!g_match_info_fetch_pos (match->info, field, &start, &end) || start < 0)
        return FALSE;
      *text = (LtLogText){ line->message.text + start, (gsize) (end - start) };
      return TRUE;
    }

  switch (field)
    {
    case LT_RULE_FIELD_MESSAGE:
      *text = line->message;
      break;
    case LT_RULE_FIELD_HOSTNAME:
      *text = line->hostname;
      break;
    case LT_RULE_FIELD_PROGRAM:
      *text = line->program;
      break;
    case LT_RULE_FIELD_PROGRAM_FIRST:
    case LT_RULE_FIELD_PROGRAM_MIDDLE:
    case LT_RULE_FIELD_PROGRAM_LAST:
      *text = program_part (line->program, field);
      break;
    case LT_RULE_FIELD_PID:
      *text = line->pid;
      break;
    default:
      return FALSE;
    }
  return text->text != NULL;
}

/**
 * lt_rule_match_clear:
 * @match: a match
 *
 * Frees what @match holds.
 */
void
lt_rule_match_clear (LtRuleMatch *match)
{
  g_clear_pointer (&match->info, g_match_info_unref);
  match->rule = NULL;
}

/**
 * lt_rule_field_parse:
 * @name: (array length=length): a field's name
 * @length: bytes of @name
 * @regex: (nullable): the pattern whose groups count
 * @field: (out): the field
 *
 * Returns: %FALSE if there is no such field
 */
gboolean
lt_rule_field_parse (const char *name, gsize length, GRegex *regex, LtRuleField *field)
{
  static const struct
  {
    const char *name;
    LtRuleField field;
  } fields[] = {
    { "message", LT_RULE_FIELD_MESSAGE },
    { "hostname", LT_RULE_FIELD_HOSTNAME },
    { "program", LT_RULE_FIELD_PROGRAM },
    { "program-first", LT_RULE_FIELD_PROGRAM_FIRST },
    { "program-middle", LT_RULE_FIELD_PROGRAM_MIDDLE },
    { "program-last", LT_RULE_FIELD_PROGRAM_LAST },
    { "pid", LT_RULE_FIELD_PID },
  };
  g_autofree char *word = g_strndup (name, length);
  int group = regex == NULL || word[0] == '\0' ? -1 : g_regex_get_string_number (regex, word);

  if (group > 0)
    {
      *field = group;
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (word, fields[i].name) == 0)
      {
        *field = fields[i].field;
        return TRUE;
      }
  return FALSE;
}

static void
template_part_clear (TemplatePart *part)
{
  g_free (part->text);
}

/**
 * lt_rule_template_parse:
 * @text: text with `{field}` in it; `{{` and `}}` stand for the braces themselves
 * @regex: (nullable): the pattern whose groups it may name
 * @error: where to put %LT_ERROR_INVALID_CONFIG; its position is the byte in @text
 *
 * Returns: (transfer full) (nullable): the template, or %NULL with @error set
 */
LtRuleTemplate *
lt_rule_template_parse (const char *text, GRegex *regex, GError **error)
{
  g_autoptr (LtRuleTemplate) self = g_new0 (LtRuleTemplate, 1);
  g_autoptr (GString) literal = g_string_new (NULL);
  TemplatePart part;

  self->parts = g_array_new (FALSE, FALSE, sizeof (TemplatePart));
  g_array_set_clear_func (self->parts, (GDestroyNotify) template_part_clear);

  for (const char *at = text; *at != '\0'; at++)
    {
      const char *close;

      if ((*at == '{' || *at == '}') && at[1] == *at)
        {
          g_string_append_c (literal, *at++);
          continue;
        }
      if (*at != '{' && *at != '}')
        {
          g_string_append_c (literal, *at);
          continue;
        }

      close = *at == '{' ? strchr (at, '}') : NULL;
      if (close == NULL)
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "character %d: a lone \"%c\"; write it twice, or name a field as in "
                       "\"{message}\"",
                       (int) (at - text) + 1, *at);
          return NULL;
        }
      if (!lt_rule_field_parse (at + 1, (gsize) (close - at - 1), regex, &part.field))
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "character %d: \"%.*s\" is neither a named group of the pattern nor "
                       "message, hostname, program, program-first, program-middle, program-last or "
                       "pid",
                       (int) (at - text) + 2, (int) (close - at - 1), at + 1);
          return NULL;
        }
      part.text = g_strdup (literal->str);
      g_array_append_val (self->parts, part);
      g_string_truncate (literal, 0);
      at = close;
    }

  part = (TemplatePart){ g_strdup (literal->str), LT_RULE_FIELD_NONE };
  g_array_append_val (self->parts, part);
  return g_steal_pointer (&self);
}

/**
 * lt_rule_template_free:
 * @self: (transfer full) (nullable): a template
 */
void
lt_rule_template_free (LtRuleTemplate *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->parts);
  g_free (self);
}

/**
 * lt_rule_template_expand:
 * @self: a template
 * @match: a match of the rule it belongs to
 * @output: what to append the text to
 *
 * Puts the fields in their places; a field the line does not have gives nothing.
 */
void
lt_rule_template_expand (const LtRuleTemplate *self, const LtRuleMatch *match, GString *output)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      const TemplatePart *part = &g_array_index (self->parts, TemplatePart, i);
      LtLogText text;

      g_string_append (output, part->text);
      if (part->field != LT_RULE_FIELD_NONE && lt_rule_match_get (match, part->field, &text))
        g_string_append_len (output, text.text, (gssize) text.length);
    }
}

/**
 * lt_rule_template_is_complete:
 * @self: a template
 * @match: a match of the rule it belongs to
 *
 * Returns: whether every group that the template names took part in the match
 */
gboolean
lt_rule_template_is_complete (const LtRuleTemplate *self, const LtRuleMatch *match)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      const TemplatePart *part = &g_array_index (self->parts, TemplatePart, i);
      LtLogText text;

      if (part->field >= 0 && !lt_rule_match_get (match, part->field, &text))
        return FALSE;
    }
  return TRUE;
}

/* Past a group that begins at @at, or NULL if it never ends. */
static const char *
skip_group (const char *at)
{
  int depth = 0;

  for (; *at != '\0'; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        {
          at++;
          continue;
        }
      if (*at == '[')
        {
          at += at[1] == '^' ? 2 : 1;
          if (*at == ']')
            at++;
          for (; *at != '\0' && *at != ']'; at++)
            {
              if (*at == '\\' && at[1] != '\0')
                at++;
              else if (*at == '[' && at[1] == ':' && strstr (at, ":]") != NULL)
                at = strstr (at, ":]") + 1;
            }
          if (*at == '\0')
            return NULL;
          if (depth == 0)
            return at + 1;
          continue;
        }
      if (*at == '(')
        depth++;
      if (*at == ')' && --depth == 0)
        return at + 1;
    }
  return NULL;
}

/* The run of literal text has ended: keeps it if it is the longest so far. */
static void
end_run (GString *run, gboolean *at_start, char **prefix, char **literal)
{
  if (run->len > 0 && *at_start)
    *prefix = g_strdup (run->str);
  if (run->len > 0 && !*at_start && (*literal == NULL || run->len > strlen (*literal)))
    {
      g_free (*literal);
      *literal = g_strdup (run->str);
    }
  *at_start = FALSE;
  g_string_truncate (run, 0);
}

/* Takes back the last character: what follows makes it optional. */
static void
drop_last_character (GString *run)
{
  if (run->len > 0)
    g_string_truncate (run, (gsize) (g_utf8_prev_char (run->str + run->len) - run->str));
}

/* Past a quantifier and what makes it lazy or possessive. */
static const char *
skip_quantifier (const char *at)
{
  if (*at == '{')
    {
      const char *close = at + 1 + strspn (at + 1, "0123456789,");

      at = *close == '}' ? close : at;
    }
  at++;
  return at + (*at == '?' || *at == '+');
}

/**
 * lt_rule_find_literals:
 * @pattern: a pattern that compiles
 * @prefix: (out) (transfer full) (nullable): text that every match stands at the start of and
 *   begins with
 * @literal: (out) (transfer full) (nullable): the longest other text that every match has in it
 *
 * Finds what a cheap search can look for before the pattern is tried. Where a pattern is too
 * clever for this, nothing is found.
 */
void
lt_rule_find_literals (const char *pattern, char **prefix, char **literal)
{
  g_autoptr (GString) run = g_string_new (NULL);
  const char *at = pattern;
  gboolean at_start = *at == '^';
  gboolean understood = strstr (pattern, "\\Q") == NULL && strstr (pattern, "(*") == NULL;

  *prefix = NULL;
  *literal = NULL;
  at += at_start;
  for (const char *group = strstr (pattern, "(?"); group != NULL; group = strstr (group + 1, "(?"))
    understood = understood && strchr (":<=!>|#P&'", group[2]) != NULL;

  while (understood && *at != '\0')
    switch (*at)
      {
      case '|':
        understood = FALSE;
        break;
      case '(':
      case '[':
        end_run (run, &at_start, prefix, literal);
        at = skip_group (at);
        understood = at != NULL;
        break;
      case '?':
      case '*':
      case '{':
        drop_last_character (run);
        end_run (run, &at_start, prefix, literal);
        at = skip_quantifier (at);
        break;
      case '+':
        end_run (run, &at_start, prefix, literal);
        at = skip_quantifier (at);
        break;
      case '.':
      case '^':
      case '$':
        end_run (run, &at_start, prefix, literal);
        at++;
        break;
      case '\\':
        if (at[1] == '\0'
            || (g_ascii_isalnum (at[1]) && strchr ("dDsSwWbBAZzhHvVRntr", at[1]) == NULL))
          understood = FALSE;
        else if (g_ascii_isalnum (at[1]))
          end_run (run, &at_start, prefix, literal);
        else
          g_string_append_c (run, at[1]);
        at += understood ? 2 : 0;
        break;
      default:
        g_string_append_c (run, *at++);
      }

  if (understood)
    {
      end_run (run, &at_start, prefix, literal);
      return;
    }
  g_clear_pointer (prefix, g_free);
  g_clear_pointer (literal, g_free);
}

/**
 * lt_rule_free:
 * @rule: (transfer full) (nullable): a rule
 */
void
lt_rule_free (LtRule *rule)
{
  if (rule == NULL)
    return;

  g_clear_pointer (&rule->programs, g_ptr_array_unref);
  g_clear_pointer (&rule->regex, g_regex_unref);
  g_clear_pointer (&rule->type, lt_event_type_unref);
  g_clear_pointer (&rule->text, lt_rule_template_free);
  g_clear_pointer (&rule->details, lt_rule_template_free);
  g_clear_pointer (&rule->spans, g_array_unref);
  g_clear_pointer (&rule->keys, g_array_unref);
  g_free (rule->pairs_prefix);
  g_free (rule->literal);
  g_free (rule->prefix);
  g_free (rule->path);
  g_free (rule->name);
  g_free (rule);
}
