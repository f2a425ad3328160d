/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rule-set.h"

#include "lt-log-values.h"
#include "lt-rule-compiler.h"

#include "core/lt-error.h"

#include <string.h>

struct _LtRuleSet
{
  guint ref_count;
  LtCatalogue *catalogue; /* (owned) */
  GPtrArray *packs;       /* (owned) (element-type LtRulePack): in the order they were loaded */
  GPtrArray *rules;       /* (owned) (element-type LtRule): of all packs, which own them */
  GHashTable *programs;   /* (owned): program → GPtrArray of the rules that may match its lines */
  guint64 exhausted;      /* matches given up at the step limit */
};

/**
 * lt_rule_set_new:
 * @catalogue: where types and keys are looked up and added
 *
 * Returns: (transfer full): a set without rules
 */
LtRuleSet *
lt_rule_set_new (LtCatalogue *catalogue)
{
  LtRuleSet *self;

  g_return_val_if_fail (LT_IS_CATALOGUE (catalogue), NULL);

  self = g_new0 (LtRuleSet, 1);
  self->ref_count = 1;
  self->catalogue = g_object_ref (catalogue);
  self->packs = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_rule_pack_free);
  self->rules = g_ptr_array_new ();
  self->programs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

/**
 * lt_rule_set_ref:
 * @self: a rule set
 *
 * Returns: (transfer full): @self
 */
LtRuleSet *
lt_rule_set_ref (LtRuleSet *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_rule_set_unref:
 * @self: (transfer full): a rule set
 */
void
lt_rule_set_unref (LtRuleSet *self)
{
  g_return_if_fail (self != NULL);

  if (--self->ref_count > 0)
    return;

  g_hash_table_unref (self->programs);
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->packs);
  g_object_unref (self->catalogue);
  g_free (self);
}

static gboolean
add_file (LtRuleSet *self, const LtRuleFile *file, GError **error)
{
  LtRulePack *pack = lt_rule_pack_compile (self->catalogue, file, error);

  if (pack == NULL)
    return FALSE;

  g_ptr_array_add (self->packs, pack);
  g_ptr_array_extend (self->rules, pack->rules, NULL, NULL);
  g_hash_table_remove_all (self->programs);
  return TRUE;
}

/**
 * lt_rule_set_load:
 * @self: a rule set
 * @path: a rule file
 * @error: where to put %LT_ERROR_IO, or %LT_ERROR_INVALID_CONFIG, which names file, line, section
 *   and entry
 *
 * Adds the rules of a file behind those there are.
 *
 * Returns: %FALSE with @error set if the file cannot be used; then none of its rules is taken
 */
gboolean
lt_rule_set_load (LtRuleSet *self, const char *path, GError **error)
{
  g_autoptr (LtRuleFile) file = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  file = lt_rule_file_load (path, error);
  return file != NULL && add_file (self, file, error);
}

/**
 * lt_rule_set_load_text:
 * @self: a rule set
 * @path: what errors call the text
 * @text: (array length=length): what would stand in a rule file
 * @length: bytes of @text
 * @error: where to put %LT_ERROR_INVALID_CONFIG, which names @path, line, section and entry
 *
 * Adds rules behind those there are.
 *
 * Returns: %FALSE with @error set if the text cannot be used; then none of its rules is taken
 */
gboolean
lt_rule_set_load_text (LtRuleSet *self, const char *path, const char *text, gsize length,
                       GError **error)
{
  g_autoptr (LtRuleFile) file = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  file = lt_rule_file_parse (path, text, length, error);
  return file != NULL && add_file (self, file, error);
}

/**
 * lt_rule_set_load_directories:
 * @self: a rule set
 * @paths: (array zero-terminated=1): directories; one that does not exist holds nothing
 * @error: where to put %LT_ERROR_IO, or %LT_ERROR_INVALID_CONFIG, which names file, line, section
 *   and entry
 *
 * Adds the rules of all files named `*.conf`, in the order of the file names. A file in a later
 * directory takes the place of one of the same name in an earlier one; an empty file so takes
 * its rules away.
 *
 * Returns: %FALSE with @error set if a file cannot be used
 */
gboolean
lt_rule_set_load_directories (LtRuleSet *self, const char *const *paths, GError **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) names = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (paths != NULL, FALSE);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (GDir) directory = g_dir_open (paths[i], 0, &problem);
      const char *name;

      if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        continue;
      if (directory == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          lt_error_translate (error, LT_ERROR_IO, "cannot read log rules");
          return FALSE;
        }
      while ((name = g_dir_read_name (directory)) != NULL)
        if (g_str_has_suffix (name, ".conf") && name[0] != '.')
          g_hash_table_insert (files, g_strdup (name), g_build_filename (paths[i], name, NULL));
    }

  names = g_list_sort (g_hash_table_get_keys (files), (GCompareFunc) strcmp);
  for (GList *name = names; name != NULL; name = name->next)
    if (!lt_rule_set_load (self, g_hash_table_lookup (files, name->data), error))
      return FALSE;
  return TRUE;
}

/**
 * lt_rule_set_get_length:
 * @self: a rule set
 *
 * Returns: how many rules there are
 */
guint
lt_rule_set_get_length (LtRuleSet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rules->len;
}

/**
 * lt_rule_set_get_rule:
 * @self: a rule set
 * @index: less than lt_rule_set_get_length()
 *
 * Returns: (transfer none): a rule, in the order they are tried
 */
const LtRule *
lt_rule_set_get_rule (LtRuleSet *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules->len, NULL);

  return g_ptr_array_index (self->rules, index);
}

/**
 * lt_rule_set_get_exhausted:
 * @self: a rule set
 *
 * Returns: how many times a pattern was given up because it needed too many steps
 */
guint64
lt_rule_set_get_exhausted (LtRuleSet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->exhausted;
}

static gboolean
rule_is_for_program (const LtRule *rule, const char *program, gsize length)
{
  if (rule->programs->len == 0)
    return TRUE;
  for (guint i = 0; i < rule->programs->len; i++)
    if (g_pattern_spec_match (g_ptr_array_index (rule->programs, i), length, program, NULL))
      return TRUE;
  return FALSE;
}

/* The rules that may match a program's lines, in order. */
static GPtrArray *
find_program_rules (LtRuleSet *self, LtLogText name)
{
  char program[256];
  gsize length = MIN (name.length, sizeof program - 1);
  GPtrArray *rules;

  if (length > 0)
    memcpy (program, name.text, length);
  program[length] = '\0';
  rules = g_hash_table_lookup (self->programs, program);
  if (rules != NULL)
    return rules;

  if (g_hash_table_size (self->programs) >= LT_RULE_SET_MAX_PROGRAMS)
    g_hash_table_remove_all (self->programs);
  rules = g_ptr_array_new ();
  for (guint i = 0; i < self->rules->len; i++)
    if (rule_is_for_program (g_ptr_array_index (self->rules, i), program, length))
      g_ptr_array_add (rules, g_ptr_array_index (self->rules, i));
  g_hash_table_insert (self->programs, g_strdup (program), rules);
  return rules;
}

/* Whether it is worth trying a rule's pattern. */
static gboolean
rule_may_match (const LtRule *rule, LtLogText message)
{
  if (rule->prefix_length > message.length || rule->literal_length > message.length)
    return FALSE;
  if (rule->prefix_length > 0 && memcmp (message.text, rule->prefix, rule->prefix_length) != 0)
    return FALSE;
  return rule->literal_length == 0
         || memmem (message.text, message.length, rule->literal, rule->literal_length) != NULL;
}

/**
 * lt_rule_set_match:
 * @self: a rule set
 * @line: a line
 * @match: (out caller-allocates): the match, good as long as @line; clear it with
 *   lt_rule_match_clear() where %TRUE is returned
 *
 * Finds the first rule that matches a line, of whose message patterns see the first
 * %LT_RULE_MATCH_BYTES.
 *
 * Returns: %FALSE if no rule does
 */
gboolean
lt_rule_set_match (LtRuleSet *self, const LtLogLine *line, LtRuleMatch *match)
{
  GPtrArray *rules = find_program_rules (self, line->program);
  LtLogText message = lt_log_text_cut (line->message, LT_RULE_MATCH_BYTES);
  GRegexMatchFlags flags = message.length < line->message.length ? G_REGEX_MATCH_NOTEOL : 0;

  for (guint i = 0; i < rules->len; i++)
    {
      LtRule *rule = g_ptr_array_index (rules, i);
      g_autoptr (GMatchInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      if (!rule_may_match (rule, message))
        continue;
      if (g_regex_match_full (rule->regex, message.text, (gssize) message.length, 0, flags, &info,
                              &error))
        {
          rule->matches++;
          *match = (LtRuleMatch){ rule, line, g_steal_pointer (&info) };
          return TRUE;
        }
      if (error != NULL)
        self->exhausted++;
    }
  return FALSE;
}
