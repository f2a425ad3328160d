/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-keys.h"

#include "lt-log-values.h"

#include <string.h>

/* Pairs of one line that become keys; the rest stays in the text only. */
#define MAX_PAIRS 24

/**
 * lt_log_keys_init:
 * @self: the keys of an event
 * @builder: (transfer none): what makes the events; outlives @self
 * @catalogue: (transfer none): where keys are looked up and added; outlives @self
 * @value_bytes: most that one value may have
 *
 * Begins without a key.
 */
void
lt_log_keys_init (LtLogKeys *self, LtEventBuilder *builder, LtCatalogue *catalogue,
                  gsize value_bytes)
{
  *self = (LtLogKeys){ builder, catalogue, g_ptr_array_new (), value_bytes };
}

/**
 * lt_log_keys_clear:
 * @self: the keys of an event
 *
 * Frees what @self holds.
 */
void
lt_log_keys_clear (LtLogKeys *self)
{
  g_clear_pointer (&self->used, g_ptr_array_unref);
}

/**
 * lt_log_keys_reset:
 * @self: the keys of an event
 *
 * Goes on to the next event.
 */
void
lt_log_keys_reset (LtLogKeys *self)
{
  g_ptr_array_set_size (self->used, 0);
}

/* Begins a value of the event under way, unless the event has that key already. */
static gboolean
begin_key (LtLogKeys *self, LtKey *key, gboolean *taken, GError **error)
{
  *taken = FALSE;
  for (guint i = 0; i < self->used->len; i++)
    if (g_ptr_array_index (self->used, i) == key)
      return TRUE;
  if (!lt_event_builder_set_key (self->builder, key->name, key->name_length, error))
    return FALSE;
  g_ptr_array_add (self->used, key);
  *taken = TRUE;
  return TRUE;
}

/**
 * lt_log_keys_add:
 * @self: the keys of an event
 * @key: a key
 * @text: its value; absent text gives no value
 * @error: where to put what the builder refuses
 *
 * Adds a value of the key's kind, unless the event has the key already.
 *
 * Returns: %FALSE with @error set if the event cannot take it
 */
gboolean
lt_log_keys_add (LtLogKeys *self, LtKey *key, LtLogText text, GError **error)
{
  gboolean taken;

  if (text.text == NULL)
    return TRUE;
  if (!begin_key (self, key, &taken, error))
    return FALSE;
  return !taken
         || lt_log_value_add (self->builder, key->kind, lt_log_text_cut (text, self->value_bytes),
                              error);
}

static gboolean
add_named_key (LtLogKeys *self, const char *name, LtLogText text, GError **error)
{
  g_autoptr (LtKey) key = lt_catalogue_intern_key (self->catalogue, name, -1, NULL);

  /* What cannot be a key is in the text all the same. */
  return key == NULL || lt_log_keys_add (self, key, text, error);
}

/**
 * lt_log_keys_add_integer:
 * @self: the keys of an event
 * @key: a key
 * @value: its value
 * @error: where to put what the builder refuses
 *
 * Adds a number, unless the event has the key already.
 *
 * Returns: %FALSE with @error set if the event cannot take it
 */
gboolean
lt_log_keys_add_integer (LtLogKeys *self, LtKey *key, gint64 value, GError **error)
{
  gboolean taken;

  if (!begin_key (self, key, &taken, error))
    return FALSE;
  return !taken || lt_event_builder_add_integer (self->builder, value, error);
}

/**
 * lt_log_keys_add_of_rule:
 * @self: the keys of an event
 * @match: a match
 * @error: where to put what the builder refuses
 *
 * Adds the keys that the rule of a match names.
 *
 * Returns: %FALSE with @error set if the event cannot take them
 */
gboolean
lt_log_keys_add_of_rule (LtLogKeys *self, const LtRuleMatch *match, GError **error)
{
  const LtRule *rule = match->rule;

  for (guint i = 0; i < rule->keys->len; i++)
    {
      const LtRuleKey *key = &g_array_index (rule->keys, LtRuleKey, i);
      LtLogText text = { key->constant, key->constant == NULL ? 0 : strlen (key->constant) };
      gboolean taken;

      if (key->constant == NULL && !lt_rule_match_get (match, key->field, &text))
        continue;
      if (!begin_key (self, key->key, &taken, error))
        return FALSE;
      if (taken
          && !lt_log_value_add_reading (self->builder, key,
                                        lt_log_text_cut (text, self->value_bytes), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_count (LtLogKeys *self, const char *name, LtLogText count, GError **error)
{
  g_autoptr (LtKey) key = lt_catalogue_intern_key (self->catalogue, name, -1, NULL);
  gboolean taken;

  if (key == NULL)
    return TRUE;
  if (!begin_key (self, key, &taken, error))
    return FALSE;
  return !taken || lt_log_value_add (self->builder, LT_VALUE_INTEGER, count, error);
}

/* `rcpt=2/3`: two of three; the key gets the first number, one with "Total" the second. */
static gboolean
add_pair (LtLogKeys *self, const char *name, LtLogText value, GError **error)
{
  const char *slash = value.length > 0 ? memchr (value.text, '/', value.length) : NULL;
  LtLogText first = { value.text, slash == NULL ? value.length : (gsize) (slash - value.text) };
  g_autofree char *total = NULL;
  gboolean counts = first.length > 0;

  for (gsize i = 0; i < value.length; i++)
    counts = counts && (g_ascii_isdigit (value.text[i]) || value.text + i == slash);
  if (!counts)
    return add_named_key (self, name, value, error);
  if (!add_count (self, name, first, error))
    return FALSE;
  if (slash == NULL)
    return TRUE;

  total = g_strconcat (name, "Total", NULL);
  return add_count (self, total, (LtLogText){ slash + 1, value.length - first.length - 1 }, error);
}

/**
 * lt_log_keys_add_pairs:
 * @self: the keys of an event
 * @match: a match
 * @error: where to put what the builder refuses
 *
 * Adds the `name=value` pairs that the rule of a match finds in the line, the first 24 of them;
 * the rest stays in the text only.
 *
 * Returns: %FALSE with @error set if the event cannot take them
 */
gboolean
lt_log_keys_add_pairs (LtLogKeys *self, const LtRuleMatch *match, GError **error)
{
  LtLogText text;
  const char *at;
  const char *end;

  if (match->rule->pairs == LT_RULE_FIELD_NONE
      || !lt_rule_match_get (match, match->rule->pairs, &text))
    return TRUE;

  at = text.text;
  end = at + text.length;
  for (guint n_pairs = 0; at < end && n_pairs < MAX_PAIRS; n_pairs++)
    {
      const char *start;
      const char *equals;
      g_autofree char *word = NULL;
      g_autofree char *name = NULL;

      while (at < end && strchr (" ,;", *at) != NULL)
        at++;
      start = at;
      while (at < end && strchr (" ,;", *at) == NULL)
        at++;
      equals = memchr (start, '=', (gsize) (at - start));
      if (equals == NULL || equals == start || equals - start > 64)
        continue;

      word = g_strndup (start, (gsize) (equals - start));
      if (match->rule->pairs_prefix[0] != '\0')
        word[0] = g_ascii_toupper (word[0]);
      name = g_strconcat (match->rule->pairs_prefix, word, NULL);
      if (!add_pair (self, name, (LtLogText){ equals + 1, (gsize) (at - equals - 1) }, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * lt_log_keys_add_parameters:
 * @self: the keys of an event
 * @line: a line
 * @error: where to put what the builder refuses
 *
 * Adds the structured data of RFC 5424, which lets a name come more than once: then its values
 * are a list.
 *
 * Returns: %FALSE with @error set if the event cannot take them
 */
gboolean
lt_log_keys_add_parameters (LtLogKeys *self, const LtLogLine *line, GError **error)
{
  for (guint i = 0; i < line->n_parameters; i++)
    {
      const LtLogParameter *parameter = &line->parameters[i];
      g_autofree char *name = g_strndup (parameter->name.text, parameter->name.length);
      g_autoptr (LtKey) key = lt_catalogue_intern_key (self->catalogue, name, -1, NULL);
      guint same = 0;
      gboolean taken;

      for (guint j = 0; j < line->n_parameters; j++)
        same += line->parameters[j].name.length == parameter->name.length
                && memcmp (line->parameters[j].name.text, name, parameter->name.length) == 0;
      if (key == NULL)
        continue;
      if (same == 1)
        {
          if (!lt_log_keys_add (self, key, parameter->value, error))
            return FALSE;
          continue;
        }

      if (!begin_key (self, key, &taken, error))
        return FALSE;
      if (!taken)
        continue;
      if (!lt_event_builder_begin_list (self->builder, error))
        return FALSE;
      for (guint j = i; j < line->n_parameters; j++)
        if (line->parameters[j].name.length == parameter->name.length
            && memcmp (line->parameters[j].name.text, name, parameter->name.length) == 0
            && !lt_log_value_add (self->builder, key->kind, line->parameters[j].value, error))
          return FALSE;
      if (!lt_event_builder_end_list (self->builder, error))
        return FALSE;
    }
  return TRUE;
}
