/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rule-compiler.h"

#include "lt-rule-keys.h"
#include "lt-rule-set.h"

#include "core/lt-error.h"

#include <string.h>

/* Longest pattern with its definitions put in, in bytes. */
#define PATTERN_MAX_BYTES 16384

/* What a `[type NAME]` section says. */
typedef struct
{
  gboolean has_level;
  LtLevel level;
  LtSpanRole role;
  char *text; /* (owned) (nullable) */
} TypeDefault;

typedef struct
{
  LtCatalogue *catalogue;  /* (unowned) */
  const LtRuleFile *file;  /* (unowned) */
  GHashTable *definitions; /* (owned): name → pattern */
  GHashTable *types;       /* (owned): name → TypeDefault */
  LtRulePack *pack;        /* (unowned) */
} Compiler;

static void
type_default_free (TypeDefault *self)
{
  g_free (self->text);
  g_free (self);
}

static void
rule_span_free (LtRuleSpan *span)
{
  g_free (span->name);
  g_free (span->identity);
  g_free (span->id);
  g_free (span);
}

/* Puts `%{name}` definitions into a pattern. */
static char *
expand_pattern (Compiler *self, const LtRuleSection *section, const LtRuleEntry *entry,
                GError **error)
{
  g_autoptr (GString) pattern = g_string_new (NULL);
  const char *at = entry->value;

  while (*at != '\0')
    {
      const char *close;
      const char *definition;
      g_autofree char *name = NULL;

      if (at[0] != '%' || at[1] != '{')
        {
          g_string_append_c (pattern, *at++);
          continue;
        }
      close = strchr (at, '}');
      name = close == NULL ? NULL : g_strndup (at + 2, (gsize) (close - at - 2));
      definition = name == NULL ? NULL : g_hash_table_lookup (self->definitions, name);
      if (definition == NULL)
        {
          lt_rule_file_set_error (self->file, section, entry, error,
                                  "character %d: \"%%{%s}\" is not in a [define] section above",
                                  (int) (at - entry->value) + 1, name == NULL ? "" : name);
          return NULL;
        }
      g_string_append (pattern, definition);
      at = close + 1;
    }
  if (pattern->len > PATTERN_MAX_BYTES)
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "pattern longer than %d bytes; make it shorter", PATTERN_MAX_BYTES);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&pattern), FALSE);
}

static gboolean
compile_define (Compiler *self, const LtRuleSection *section, GError **error)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const LtRuleEntry *entry = g_ptr_array_index (section->entries, i);
      char *pattern = expand_pattern (self, section, entry, error);

      if (pattern == NULL)
        return FALSE;
      g_hash_table_insert (self->definitions, g_strdup (entry->key), pattern);
    }
  return TRUE;
}

static gboolean
compile_key (Compiler *self, const LtRuleSection *section, GError **error)
{
  static const char *const known[] = { "Kind", NULL };
  const LtRuleEntry *entry = lt_rule_section_find (section, "Kind");
  LtValueKind kind = LT_VALUE_NONE;
  g_autoptr (LtKey) key = NULL;
  g_autoptr (GError) problem = NULL;

  if (!lt_rule_section_check (self->file, section, known, error))
    return FALSE;
  if (entry != NULL && !lt_value_kind_from_string (entry->value, &kind))
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "\"%s\" is no kind; use string, integer, number, boolean, ip, time, "
                              "duration, bytes or list",
                              entry->value);
      return FALSE;
    }

  key = lt_catalogue_add_key (self->catalogue, section->name, kind, &problem);
  if (key == NULL)
    lt_rule_file_set_error (self->file, section, NULL, error, "%s", problem->message);
  return key != NULL;
}

static gboolean
compile_level (Compiler *self, const LtRuleSection *section, gboolean *has_level, LtLevel *level,
               GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Level");
  g_autoptr (GError) problem = NULL;

  if (entry == NULL)
    return TRUE;
  if (!lt_level_parse_event (entry->value, level, &problem))
    {
      lt_rule_file_set_error (self->file, section, entry, error, "%s", problem->message);
      return FALSE;
    }
  *has_level = TRUE;
  return TRUE;
}

static gboolean
compile_role (Compiler *self, const LtRuleSection *section, LtSpanRole *role, GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Role");

  if (entry == NULL)
    return TRUE;
  if (strcmp (entry->value, "start") == 0)
    *role = LT_SPAN_ROLE_START;
  else if (strcmp (entry->value, "end") == 0)
    *role = LT_SPAN_ROLE_END;
  else
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "\"%s\" is no role; use start or end", entry->value);
      return FALSE;
    }
  return TRUE;
}

static gboolean
compile_type (Compiler *self, const LtRuleSection *section, GError **error)
{
  static const char *const known[] = { "Level", "Text", "Role", NULL };
  TypeDefault *type_default;
  g_autoptr (LtEventType) type = NULL;
  g_autoptr (GError) problem = NULL;

  if (!lt_rule_section_check (self->file, section, known, error))
    return FALSE;
  type = lt_catalogue_add_type (self->catalogue, section->name, &problem);
  if (type == NULL)
    {
      lt_rule_file_set_error (self->file, section, NULL, error, "%s", problem->message);
      return FALSE;
    }

  type_default = g_new0 (TypeDefault, 1);
  g_hash_table_insert (self->types, g_strdup (type->name), type_default);
  type_default->text = g_strdup (lt_rule_section_get (section, "Text"));
  return compile_level (self, section, &type_default->has_level, &type_default->level, error)
         && compile_role (self, section, &type_default->role, error);
}

static LtRuleSpan *
find_span (Compiler *self, const char *name)
{
  for (guint i = 0; i < self->pack->spans->len; i++)
    {
      LtRuleSpan *span = g_ptr_array_index (self->pack->spans, i);

      if (strcmp (span->name, name) == 0)
        return span;
    }
  return NULL;
}

static gboolean
compile_span (Compiler *self, const LtRuleSection *section, GError **error)
{
  static const char *const known[] = { "Identity", "Id", "Parent", NULL };
  const LtRuleEntry *parent = lt_rule_section_find (section, "Parent");
  LtRuleSpan *span;

  if (!lt_rule_section_check (self->file, section, known, error))
    return FALSE;
  if (section->name[0] == '\0' || lt_rule_section_get (section, "Identity") == NULL
      || lt_rule_section_get (section, "Id") == NULL)
    {
      lt_rule_file_set_error (self->file, section, NULL, error,
                              "a span needs a name, \"Identity\" and \"Id\"");
      return FALSE;
    }

  span = g_new0 (LtRuleSpan, 1);
  span->name = g_strdup (section->name);
  span->identity = g_strdup (lt_rule_section_get (section, "Identity"));
  span->id = g_strdup (lt_rule_section_get (section, "Id"));
  if (parent != NULL)
    span->parent = find_span (self, parent->value);
  g_ptr_array_add (self->pack->spans, span);
  if (parent != NULL && span->parent == NULL)
    {
      lt_rule_file_set_error (self->file, section, parent, error,
                              "no section [span %s] above this one", parent->value);
      return FALSE;
    }
  return TRUE;
}

static gboolean
compile_programs (Compiler *self, const LtRuleSection *section, LtRule *rule, GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Program");
  g_auto (GStrv) globs = NULL;

  rule->programs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  if (entry == NULL)
    return TRUE;

  globs = g_strsplit (entry->value, ";", -1);
  for (guint i = 0; globs[i] != NULL; i++)
    if (g_strstrip (globs[i])[0] != '\0')
      g_ptr_array_add (rule->programs, g_pattern_spec_new (globs[i]));
  if (rule->programs->len == 0)
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "names no program; leave the entry out for any program");
      return FALSE;
    }
  return TRUE;
}

static gboolean
compile_match (Compiler *self, const LtRuleSection *section, LtRule *rule, GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Match");
  g_autofree char *pattern = NULL;
  g_autofree char *limited = NULL;
  g_autoptr (GError) problem = NULL;

  if (entry == NULL || entry->value[0] == '\0')
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "a rule needs \"Match\", a regular expression");
      return FALSE;
    }
  pattern = expand_pattern (self, section, entry, error);
  if (pattern == NULL)
    return FALSE;
  if (g_str_has_prefix (pattern, "(*"))
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "a pattern cannot begin with \"(*\"; write \"\\(\" or \"(?:\"");
      return FALSE;
    }

  limited = g_strdup_printf ("(*LIMIT_MATCH=%d)%s", LT_RULE_MATCH_STEPS, pattern);
  rule->regex = g_regex_new (limited, G_REGEX_OPTIMIZE, 0, &problem);
  if (rule->regex == NULL)
    {
      g_clear_error (&problem);
      /* Once more without the limit, so that the place in the message is the user's. */
      rule->regex = g_regex_new (pattern, 0, 0, &problem);
      lt_rule_file_set_error (self->file, section, entry, error, "%s",
                              problem != NULL ? problem->message : "not a regular expression");
      return FALSE;
    }

  lt_rule_find_literals (pattern, &rule->prefix, &rule->literal);
  rule->prefix_length = rule->prefix == NULL ? 0 : strlen (rule->prefix);
  rule->literal_length = rule->literal == NULL ? 0 : strlen (rule->literal);
  return TRUE;
}

static LtRuleTemplate *
compile_template (Compiler *self, const LtRuleSection *section, const LtRuleEntry *entry,
                  const char *text, LtRule *rule, GError **error)
{
  g_autoptr (GError) problem = NULL;
  LtRuleTemplate *template = lt_rule_template_parse (text, rule->regex, &problem);

  if (template == NULL)
    lt_rule_file_set_error (self->file, section, entry, error, "%s", problem->message);
  return template;
}

static gboolean
compile_texts (Compiler *self, const LtRuleSection *section, const TypeDefault *type_default,
               LtRule *rule, GError **error)
{
  const LtRuleEntry *text = lt_rule_section_find (section, "Text");
  const LtRuleEntry *details = lt_rule_section_find (section, "Details");

  if (text != NULL && text->value[0] != '\0')
    rule->text = compile_template (self, section, text, text->value, rule, error);
  else if (type_default != NULL && type_default->text != NULL)
    {
      /* A type's text is no template, and a rule's is. */
      g_auto (GStrv) open = g_strsplit (type_default->text, "{", -1);
      g_autofree char *half = g_strjoinv ("{{", open);
      g_auto (GStrv) close = g_strsplit (half, "}", -1);
      g_autofree char *whole = g_strjoinv ("}}", close);

      rule->text = compile_template (self, section, text, whole, rule, error);
    }
  if (text != NULL && text->value[0] != '\0' && rule->text == NULL)
    return FALSE;

  if (details != NULL && details->value[0] == '\0')
    return TRUE;
  rule->details = compile_template (self, section, details,
                                    details == NULL ? "{message}" : details->value, rule, error);
  return rule->details != NULL;
}

static void
rule_span_use_clear (LtRuleSpanUse *use)
{
  g_clear_pointer (&use->identity, lt_rule_template_free);
  g_clear_pointer (&use->id, lt_rule_template_free);
  g_clear_pointer (&use->parent_identity, lt_rule_template_free);
}

/* `NAME`, or `NAME?` for a span that the rule does not open. */
static gboolean
compile_span_use (Compiler *self, const LtRuleSection *section, const LtRuleEntry *entry,
                  LtRule *rule, char *word, GError **error)
{
  LtRuleSpanUse use = { 0 };
  gsize length = strlen (word);

  if (word[length - 1] == '?')
    {
      use.only_open = TRUE;
      word[length - 1] = '\0';
    }
  use.span = find_span (self, word);
  if (use.span == NULL)
    {
      lt_rule_file_set_error (self->file, section, entry, error,
                              "no section [span %s] above this one", word);
      return FALSE;
    }

  use.identity = compile_template (self, section, entry, use.span->identity, rule, error);
  if (use.identity != NULL)
    use.id = compile_template (self, section, entry, use.span->id, rule, error);
  /* A rule without the fields that tell the parent cannot begin under it: no mistake. */
  if (use.span->parent != NULL)
    use.parent_identity = lt_rule_template_parse (use.span->parent->identity, rule->regex, NULL);
  if (use.id == NULL)
    {
      rule_span_use_clear (&use);
      return FALSE;
    }
  g_array_append_val (rule->spans, use);
  return TRUE;
}

static gboolean
compile_rule_spans (Compiler *self, const LtRuleSection *section, LtRule *rule, GError **error)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, "Span");
  const LtRuleEntry *role = lt_rule_section_find (section, "Role");
  g_auto (GStrv) words = g_strsplit (entry == NULL ? "" : entry->value, ";", -1);

  rule->spans = g_array_new (FALSE, FALSE, sizeof (LtRuleSpanUse));
  g_array_set_clear_func (rule->spans, (GDestroyNotify) rule_span_use_clear);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_strstrip (words[i])[0] != '\0'
        && !compile_span_use (self, section, entry, rule, words[i], error))
      return FALSE;

  if (role != NULL && rule->spans->len == 0)
    {
      lt_rule_file_set_error (self->file, section, role, error, "a role needs a \"Span\"");
      return FALSE;
    }
  return TRUE;
}

static gboolean
compile_rule (Compiler *self, const LtRuleSection *section, GError **error)
{
  static const char *const known[] = { "Program", "Match", "Type", "Level", "Text",  "Details",
                                       "Keys",    "Set",   "Span", "Role",  "Pairs", NULL };
  const LtRuleEntry *type = lt_rule_section_find (section, "Type");
  const TypeDefault *type_default;
  g_autoptr (LtRule) rule = g_new0 (LtRule, 1);
  g_autoptr (GError) problem = NULL;

  rule->name = g_strdup (section->name);
  rule->path = g_strdup (self->file->path);
  rule->line = section->line;
  if (!lt_rule_section_check (self->file, section, known, error))
    return FALSE;
  if (section->name[0] == '\0' || type == NULL)
    {
      lt_rule_file_set_error (self->file, section, NULL, error,
                              "a rule needs a name, \"Match\" and \"Type\"");
      return FALSE;
    }
  rule->type = lt_catalogue_add_type (self->catalogue, type->value, &problem);
  if (rule->type == NULL)
    {
      lt_rule_file_set_error (self->file, section, type, error, "%s", problem->message);
      return FALSE;
    }

  type_default = g_hash_table_lookup (self->types, rule->type->name);
  if (type_default != NULL)
    {
      rule->has_level = type_default->has_level;
      rule->level = type_default->level;
      rule->role = type_default->role;
    }
  if (!compile_programs (self, section, rule, error) || !compile_match (self, section, rule, error)
      || !compile_level (self, section, &rule->has_level, &rule->level, error)
      || !compile_role (self, section, &rule->role, error)
      || !lt_rule_keys_compile (self->catalogue, self->file, section, rule, error)
      || !lt_rule_pairs_compile (self->catalogue, self->file, section, rule, error)
      || !compile_texts (self, section, type_default, rule, error)
      || !compile_rule_spans (self, section, rule, error))
    return FALSE;

  g_ptr_array_add (self->pack->rules, g_steal_pointer (&rule));
  return TRUE;
}

static gboolean
compile_section (Compiler *self, const LtRuleSection *section, GError **error)
{
  static const char *const pack_keys[] = { "Title", NULL };

  if (strcmp (section->kind, "rule") == 0)
    return compile_rule (self, section, error);
  if (strcmp (section->kind, "define") == 0)
    return compile_define (self, section, error);
  if (strcmp (section->kind, "key") == 0)
    return compile_key (self, section, error);
  if (strcmp (section->kind, "type") == 0)
    return compile_type (self, section, error);
  if (strcmp (section->kind, "span") == 0)
    return compile_span (self, section, error);
  if (strcmp (section->kind, "pack") == 0)
    return lt_rule_section_check (self->file, section, pack_keys, error);

  lt_rule_file_set_error (self->file, section, NULL, error,
                          "unknown section; known are pack, define, key, type, span and rule");
  return FALSE;
}

/**
 * lt_rule_pack_compile:
 * @catalogue: where types and keys are looked up and added
 * @file: a rule file
 * @error: where to put %LT_ERROR_INVALID_CONFIG, which names file, line, section and entry
 *
 * Returns: (transfer full) (nullable): the rules, or %NULL with @error set
 */
LtRulePack *
lt_rule_pack_compile (LtCatalogue *catalogue, const LtRuleFile *file, GError **error)
{
  g_autoptr (LtRulePack) pack = g_new0 (LtRulePack, 1);
  g_autoptr (GHashTable) definitions
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) types
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) type_default_free);
  Compiler compiler = { catalogue, file, definitions, types, pack };

  pack->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_rule_free);
  pack->spans = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_span_free);

  for (guint i = 0; i < file->sections->len; i++)
    if (!compile_section (&compiler, g_ptr_array_index (file->sections, i), error))
      return NULL;

  return g_steal_pointer (&pack);
}

/**
 * lt_rule_pack_free:
 * @self: (transfer full) (nullable): a pack
 */
void
lt_rule_pack_free (LtRulePack *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->rules, g_ptr_array_unref);
  g_clear_pointer (&self->spans, g_ptr_array_unref);
  g_free (self);
}
