/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rule-keys.h"

#include <string.h>

static void
rule_key_clear (LtRuleKey *key)
{
  g_clear_pointer (&key->key, lt_key_unref);
  g_free (key->constant);
}

/* What may follow the colon in `Keys`. */
static gboolean
parse_reading (const char *word, LtRuleKey *key)
{
  static const struct
  {
    const char *word;
    LtRuleReading reading;
    double factor;
  } readings[] = {
    { "string", LT_RULE_READING_STRING, 1 },
    { "lower", LT_RULE_READING_LOWER, 1 },
    { "integer", LT_RULE_READING_INTEGER, 1 },
    { "number", LT_RULE_READING_NUMBER, 1 },
    { "boolean", LT_RULE_READING_BOOLEAN, 1 },
    { "list", LT_RULE_READING_LIST, 1 },
    { "us", LT_RULE_READING_DURATION, 1e-3 },
    { "ms", LT_RULE_READING_DURATION, 1 },
    { "s", LT_RULE_READING_DURATION, 1e3 },
    { "m", LT_RULE_READING_DURATION, 6e4 },
    { "h", LT_RULE_READING_DURATION, 3.6e6 },
    { "d", LT_RULE_READING_DURATION, 8.64e7 },
    { "B", LT_RULE_READING_SIZE, 1 },
    { "KB", LT_RULE_READING_SIZE, 1e3 },
    { "KiB", LT_RULE_READING_SIZE, 1024 },
    { "MB", LT_RULE_READING_SIZE, 1e6 },
    { "MiB", LT_RULE_READING_SIZE, 1024.0 * 1024 },
    { "GB", LT_RULE_READING_SIZE, 1e9 },
    { "GiB", LT_RULE_READING_SIZE, 1024.0 * 1024 * 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (readings); i++)
    if (strcmp (word, readings[i].word) == 0)
      {
        key->reading = readings[i].reading;
        key->factor = readings[i].factor;
        return TRUE;
      }
  return FALSE;
}

/* Adds a key, unless the rule has it already. */
static gboolean
add_key (LtCatalogue *catalogue, const LtRuleFile *file, const LtRuleSection *section,
         const LtRuleEntry *entry, LtRule *rule, const char *name, LtRuleKey *key, GError **error)
{
  g_autoptr (GError) problem = NULL;

  key->key = lt_catalogue_intern_key (catalogue, name, -1, &problem);
  if (key->key == NULL)
    {
      lt_rule_file_set_error (file, section, entry, error, "%s", problem->message);
      return FALSE;
    }
  if (!key->key->known)
    {
      /* Filters may name a key before its first event comes. */
      lt_key_unref (key->key);
      key->key = lt_catalogue_add_key (catalogue, name, LT_VALUE_NONE, NULL);
    }
  for (guint i = 0; i < rule->keys->len; i++)
    if (g_array_index (rule->keys, LtRuleKey, i).key == key->key)
      {
        lt_rule_file_set_error (file, section, entry, error, "\"%s\" is given twice", name);
        lt_key_unref (key->key);
        return FALSE;
      }
  g_array_append_vals (rule->keys, key, 1);
  return TRUE;
}

/* `KEY`, `KEY=FIELD`, each with `:READING` behind it if need be. */
static gboolean
compile_key_item (LtCatalogue *catalogue, const LtRuleFile *file, const LtRuleSection *section,
                  const LtRuleEntry *entry, LtRule *rule, char *item, GError **error)
{
  LtRuleKey key = { .reading = LT_RULE_READING_KIND, .factor = 1 };
  char *colon = strchr (item, ':');
  char *equals;
  const char *field;

  if (colon != NULL)
    {
      *colon = '\0';
      if (!parse_reading (g_strstrip (colon + 1), &key))
        {
          lt_rule_file_set_error (file, section, entry, error,
                                  "\"%s\" is no way to read a value; use string, lower, integer, "
                                  "number, boolean, list, us, ms, s, m, h, d, B, KB, KiB, MB, MiB, "
                                  "GB or GiB",
                                  colon + 1);
          return FALSE;
        }
    }
  equals = strchr (item, '=');
  if (equals != NULL)
    *equals = '\0';
  g_strstrip (item);
  field = equals == NULL ? item : g_strstrip (equals + 1);
  if (!lt_rule_field_parse (field, strlen (field), rule->regex, &key.field))
    {
      lt_rule_file_set_error (file, section, entry, error,
                              "\"%s\" is neither a named group of \"Match\" nor message, hostname, "
                              "program, program-first, program-middle, program-last or pid",
                              field);
      return FALSE;
    }
  return add_key (catalogue, file, section, entry, rule, item, &key, error);
}

/**
 * lt_rule_keys_compile:
 * @catalogue: where keys are looked up and added
 * @file: the file that @section is from
 * @section: a rule
 * @rule: what it becomes; has its pattern already
 * @error: where to put %LT_ERROR_INVALID_CONFIG, which names file, line, section and entry
 *
 * Reads `Keys=` and `Set=`.
 *
 * Returns: %FALSE with @error set if there is a mistake in them
 */
gboolean
lt_rule_keys_compile (LtCatalogue *catalogue, const LtRuleFile *file, const LtRuleSection *section,
                      LtRule *rule, GError **error)
{
  const LtRuleEntry *keys = lt_rule_section_find (section, "Keys");
  const LtRuleEntry *set = lt_rule_section_find (section, "Set");
  g_auto (GStrv) items = g_strsplit (keys == NULL ? "" : keys->value, ";", -1);
  g_auto (GStrv) constants = g_strsplit (set == NULL ? "" : set->value, ";", -1);

  rule->keys = g_array_new (FALSE, FALSE, sizeof (LtRuleKey));
  g_array_set_clear_func (rule->keys, (GDestroyNotify) rule_key_clear);

  for (guint i = 0; items[i] != NULL; i++)
    if (g_strstrip (items[i])[0] != '\0'
        && !compile_key_item (catalogue, file, section, keys, rule, items[i], error))
      return FALSE;
  for (guint i = 0; constants[i] != NULL; i++)
    {
      LtRuleKey key = { .reading = LT_RULE_READING_KIND, .factor = 1, .field = LT_RULE_FIELD_NONE };
      char *equals = strchr (constants[i], '=');

      if (g_strstrip (constants[i])[0] == '\0')
        continue;
      if (equals == NULL)
        {
          lt_rule_file_set_error (file, section, set, error, "expected \"key=value\" in \"%s\"",
                                  constants[i]);
          return FALSE;
        }
      *equals = '\0';
      key.constant = g_strstrip (g_strdup (equals + 1));
      if (!add_key (catalogue, file, section, set, rule, g_strstrip (constants[i]), &key, error))
        {
          g_free (key.constant);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * lt_rule_pairs_compile:
 * @catalogue: where keys are looked up
 * @file: the file that @section is from
 * @section: a rule
 * @rule: what it becomes; has its pattern already
 * @error: where to put %LT_ERROR_INVALID_CONFIG, which names file, line, section and entry
 *
 * Reads `Pairs=FIELD PREFIX`.
 *
 * Returns: %FALSE with @error set if there is a mistake in it
 */
gboolean
lt_rule_pairs_compile (LtCatalogue *catalogue, const LtRuleFile *file, const LtRuleSection *section,
                       LtRule *rule, GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Pairs");
  g_auto (GStrv) words = NULL;
  g_autoptr (LtKey) key = NULL;
  g_autoptr (GError) problem = NULL;

  rule->pairs = LT_RULE_FIELD_NONE;
  rule->pairs_prefix = g_strdup ("");
  if (entry == NULL)
    return TRUE;

  words = g_strsplit (entry->value, " ", 2);
  if (words[0] == NULL
      || !lt_rule_field_parse (words[0], strlen (words[0]), rule->regex, &rule->pairs))
    {
      lt_rule_file_set_error (file, section, entry, error,
                              "\"%s\" is not a named group of \"Match\"",
                              words[0] == NULL ? "" : words[0]);
      return FALSE;
    }
  if (words[1] == NULL)
    return TRUE;

  key = lt_catalogue_intern_key (catalogue, g_strstrip (words[1]), -1, &problem);
  if (key == NULL)
    {
      lt_rule_file_set_error (file, section, entry, error, "%s", problem->message);
      return FALSE;
    }
  g_free (rule->pairs_prefix);
  rule->pairs_prefix = g_strdup (words[1]);
  return TRUE;
}
