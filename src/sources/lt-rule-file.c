/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rule-file.h"

#include "core/lt-error.h"

#include <string.h>

static void
rule_entry_free (LtRuleEntry *entry)
{
  g_free (entry->key);
  g_free (entry->value);
  g_free (entry);
}

static void
rule_section_free (LtRuleSection *section)
{
  g_free (section->kind);
  g_free (section->name);
  g_ptr_array_unref (section->entries);
  g_free (section);
}

static void
set_line_error (LtRuleFile *self, guint line, GError **error, const char *message)
{
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s:%u: %s", self->path, line, message);
}

/* "[rule NAME]" */
static LtRuleSection *
parse_header (LtRuleFile *self, char *text, guint line, GError **error)
{
  gsize length = strlen (text);
  LtRuleSection *section;
  char *space;

  if (text[length - 1] != ']')
    {
      set_line_error (self, line, error, "a section must end in \"]\"");
      return NULL;
    }

  text[length - 1] = '\0';
  g_strstrip (text + 1);
  space = strchr (text + 1, ' ');
  if (text[1] == '\0')
    {
      set_line_error (self, line, error, "a section needs a name, such as \"[rule NAME]\"");
      return NULL;
    }
  for (guint i = 0; i < self->sections->len; i++)
    {
      const LtRuleSection *other = g_ptr_array_index (self->sections, i);
      g_autofree char *title
          = g_strdup_printf ("%s%s%s", other->kind, other->name[0] != '\0' ? " " : "", other->name);

      if (strcmp (title, text + 1) == 0)
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "%s:%u: section \"[%s]\" is already on line %u; give it another name",
                       self->path, line, title, other->line);
          return NULL;
        }
    }

  section = g_new0 (LtRuleSection, 1);
  section->line = line;
  section->kind = space == NULL ? g_strdup (text + 1) : g_strndup (text + 1, space - text - 1);
  section->name = g_strstrip (g_strdup (space == NULL ? "" : space));
  section->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_entry_free);
  return section;
}

/* "Key=value" */
static gboolean
parse_entry (LtRuleFile *self, LtRuleSection *section, const char *text, guint line, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *key = NULL;
  const LtRuleEntry *other;
  LtRuleEntry *entry;

  if (equals == NULL || equals == text)
    {
      set_line_error (self, line, error,
                      "expected \"Key=value\", \"[section]\" or a comment that begins with \"#\"");
      return FALSE;
    }
  if (section == NULL)
    {
      set_line_error (self, line, error,
                      "an entry must stand in a section, such as \"[rule NAME]\"");
      return FALSE;
    }

  key = g_strstrip (g_strndup (text, equals - text));
  other = lt_rule_section_find (section, key);
  if (other != NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s:%u: [%s %s] has \"%s\" already on line %u", self->path, line, section->kind,
                   section->name, key, other->line);
      return FALSE;
    }

  entry = g_new0 (LtRuleEntry, 1);
  entry->key = g_steal_pointer (&key);
  entry->value = g_strstrip (g_strdup (equals + 1));
  entry->line = line;
  g_ptr_array_add (section->entries, entry);
  return TRUE;
}

static gboolean
parse_lines (LtRuleFile *self, const char *text, gsize length, GError **error)
{
  const char *end = text + length;
  LtRuleSection *section = NULL;
  guint line = 0;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *stop = newline == NULL ? end : newline;
      g_autofree char *content = g_strstrip (g_strndup (text, (gsize) (stop - text)));

      line++;
      text = stop + 1;
      if (content[0] == '\0' || content[0] == '#')
        continue;

      if (content[0] != '[')
        {
          if (!parse_entry (self, section, content, line, error))
            return FALSE;
          continue;
        }
      section = parse_header (self, content, line, error);
      if (section == NULL)
        return FALSE;
      g_ptr_array_add (self->sections, section);
    }
  return TRUE;
}

/**
 * lt_rule_file_parse:
 * @path: what errors call the file
 * @text: (array length=length): its content
 * @length: bytes of @text
 * @error: where to put %LT_ERROR_INVALID_CONFIG, which names file and line
 *
 * Reads sections and entries; what they mean is not looked at.
 *
 * Returns: (transfer full) (nullable): the file, or %NULL with @error set
 */
LtRuleFile *
lt_rule_file_parse (const char *path, const char *text, gsize length, GError **error)
{
  g_autoptr (LtRuleFile) self = NULL;
  const char *bad;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (text != NULL || length == 0, NULL);

  self = g_new0 (LtRuleFile, 1);
  self->path = g_strdup (path);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_section_free);

  if (length > LT_RULE_FILE_MAX_BYTES)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s: larger than %d bytes; split it into several files", path,
                   LT_RULE_FILE_MAX_BYTES);
      return NULL;
    }
  if (length > 0 && !g_utf8_validate_len (text, length, &bad))
    {
      guint line = 1;

      for (const char *at = text; at < bad; at++)
        line += *at == '\n';
      set_line_error (self, line, error, "not valid UTF-8");
      return NULL;
    }
  if (!parse_lines (self, text, length, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lt_rule_file_load:
 * @path: a file's path
 * @error: where to put %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Returns: (transfer full) (nullable): the file, or %NULL with @error set
 */
LtRuleFile *
lt_rule_file_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, &length, error))
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot read log rules");
      return NULL;
    }

  return lt_rule_file_parse (path, text, length, error);
}

/**
 * lt_rule_file_free:
 * @self: (transfer full) (nullable): a rule file
 */
void
lt_rule_file_free (LtRuleFile *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->sections);
  g_free (self->path);
  g_free (self);
}

/**
 * lt_rule_section_find:
 * @section: a section
 * @key: an entry's key
 *
 * Returns: (transfer none) (nullable): the entry, or %NULL if there is none
 */
const LtRuleEntry *
lt_rule_section_find (const LtRuleSection *section, const char *key)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const LtRuleEntry *entry = g_ptr_array_index (section->entries, i);

      if (strcmp (entry->key, key) == 0)
        return entry;
    }
  return NULL;
}

/**
 * lt_rule_section_get:
 * @section: a section
 * @key: an entry's key
 *
 * Returns: (transfer none) (nullable): the entry's value, or %NULL if there is none
 */
const char *
lt_rule_section_get (const LtRuleSection *section, const char *key)
{
  const LtRuleEntry *entry = lt_rule_section_find (section, key);

  return entry == NULL ? NULL : entry->value;
}

/**
 * lt_rule_section_check:
 * @file: the section's file
 * @section: a section
 * @keys: (array zero-terminated=1): the keys it may have
 * @error: where to put %LT_ERROR_INVALID_CONFIG
 *
 * Returns: %FALSE with @error set if the section has any other key
 */
gboolean
lt_rule_section_check (const LtRuleFile *file, const LtRuleSection *section,
                       const char *const *keys, GError **error)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const LtRuleEntry *entry = g_ptr_array_index (section->entries, i);
      g_autofree char *known = NULL;

      if (g_strv_contains (keys, entry->key))
        continue;

      known = g_strjoinv (", ", (char **) keys);
      lt_rule_file_set_error (file, section, entry, error, "unknown entry; known are %s", known);
      return FALSE;
    }
  return TRUE;
}

/**
 * lt_rule_file_set_error:
 * @file: where the mistake is
 * @section: the section it is in
 * @entry: (nullable): the entry it is in
 * @error: where to put %LT_ERROR_INVALID_CONFIG
 * @format: what is wrong and what to do
 * @...: what @format asks for
 *
 * Sets an error that names file, line, section and entry.
 */
void
lt_rule_file_set_error (const LtRuleFile *file, const LtRuleSection *section,
                        const LtRuleEntry *entry, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s:%u: [%s%s%s] %s%s%s", file->path,
               entry != NULL ? entry->line : section->line, section->kind,
               section->name[0] != '\0' ? " " : "", section->name, entry != NULL ? entry->key : "",
               entry != NULL ? ": " : "", message);
}
