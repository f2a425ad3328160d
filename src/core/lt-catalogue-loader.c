/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue-private.h"
#include "lt-error.h"
#include "lt-key-file.h"
#include "lt-text.h"

#include <string.h>

#define TYPE_PREFIX "type "
#define KEY_PREFIX  "key "

/**
 * LtCatalogueFile:
 *
 * A catalogue file that was read and found good.
 */
typedef struct
{
  char *path;         /* (owned) */
  GKeyFile *key_file; /* (owned) */
} LtCatalogueFile;

static void
lt_catalogue_file_free (LtCatalogueFile *file)
{
  g_free (file->path);
  g_key_file_unref (file->key_file);
  g_free (file);
}

static gboolean G_GNUC_PRINTF (4, 5)
    fail (GError **error, LtCatalogueFile *file, const char *group, const char *format, ...)
{
  g_autofree char *quoted = lt_text_quote (group, -1);
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s: group %s: %s", file->path, quoted,
               message);
  return FALSE;
}

/* Tells whether @member is `Title` or `Title[LOCALE]`, and gives the locale, `en` for none. */
static gboolean
read_title_locale (const char *member, char **locale)
{
  gsize length = strlen (member);

  if (strcmp (member, "Title") == 0)
    *locale = g_strdup ("en");
  else if (g_str_has_prefix (member, "Title[") && length > 7 && member[length - 1] == ']')
    *locale = g_strndup (member + 6, length - 7);
  else
    return FALSE;

  return TRUE;
}

static gboolean
read_role (const char *text, LtSpanRole *role)
{
  if (strcmp (text, "start") == 0)
    *role = LT_SPAN_ROLE_START;
  else if (strcmp (text, "end") == 0)
    *role = LT_SPAN_ROLE_END;
  else if (strcmp (text, "none") == 0)
    *role = LT_SPAN_ROLE_NONE;
  else
    return FALSE;

  return TRUE;
}

static gboolean
check_member (LtCatalogueFile *file, const char *group, const char *member, GError **error)
{
  g_autofree char *value = NULL;
  g_autofree char *locale = NULL;
  g_autofree char *quoted = NULL;
  g_autoptr (GError) local = NULL;
  gboolean is_type = g_str_has_prefix (group, TYPE_PREFIX);
  LtLevel level;
  LtSpanRole role;
  LtValueKind kind;

  value = g_key_file_get_string (file->key_file, group, member, &local);
  if (local != NULL)
    return fail (error, file, group, "%s", local->message);

  quoted = lt_text_quote (value, -1);
  if (value[0] == '\0')
    return fail (error, file, group, "%s is empty", member);
  if (read_title_locale (member, &locale))
    return TRUE;
  if (is_type && strcmp (member, "Text") == 0)
    return TRUE;
  if (is_type && strcmp (member, "Level") == 0)
    return lt_level_parse_event (value, &level, &local)
           || fail (error, file, group, "Level: %s", local->message);
  if (is_type && strcmp (member, "Span") == 0)
    return read_role (value, &role)
           || fail (error, file, group, "Span: %s is not start, end or none", quoted);
  if (!is_type && strcmp (member, "Kind") == 0)
    return lt_value_kind_from_string (value, &kind)
           || fail (error, file, group,
                    "Kind: %s is not string, integer, number, boolean, ip, time, duration, bytes, "
                    "list or event",
                    quoted);

  g_clear_pointer (&quoted, g_free);
  quoted = lt_text_quote (member, -1);
  return fail (error, file, group, "unknown member %s; a %s has %s", quoted,
               is_type ? "type" : "key",
               is_type ? "Level, Title, Text and Span" : "Kind and Title");
}

static gboolean
check_group (LtCatalogueFile *file, const char *group, GError **error)
{
  g_auto (GStrv) members = NULL;
  g_autoptr (GError) local = NULL;
  const char *name;

  if (g_str_has_prefix (group, TYPE_PREFIX))
    {
      name = group + strlen (TYPE_PREFIX);
      if (!lt_event_type_check_name (name, strlen (name), &local))
        return fail (error, file, group, "%s", local->message);
    }
  else if (g_str_has_prefix (group, KEY_PREFIX))
    {
      name = group + strlen (KEY_PREFIX);
      if (!lt_key_check_name (name, strlen (name), &local))
        return fail (error, file, group, "%s", local->message);
      if (strpbrk (name, "-_") != NULL)
        return fail (error, file, group, "write a key's name in camelCase, such as remoteIp");
    }
  else
    return fail (error, file, group, "write [type NAME] or [key NAME]");

  members = g_key_file_get_keys (file->key_file, group, NULL, NULL);
  for (guint i = 0; members[i] != NULL; i++)
    {
      if (!check_member (file, group, members[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_file (GPtrArray *files, const char *path, GError **error)
{
  LtCatalogueFile *file = g_new0 (LtCatalogueFile, 1);
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length;

  file->path = g_strdup (path);
  file->key_file = g_key_file_new ();
  g_ptr_array_add (files, file);

  if (!g_file_get_contents (path, &text, &length, &local))
    {
      gboolean missing = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error, LT_ERROR, missing ? LT_ERROR_NOT_FOUND : LT_ERROR_IO,
                   "cannot read \"%s\": %s", path, local->message);
      return FALSE;
    }
  if (!lt_key_file_load (file->key_file, path, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, error))
    return FALSE;

  groups = g_key_file_get_groups (file->key_file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      if (!check_group (file, groups[i], error))
        return FALSE;
    }
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static gboolean
read_directory (GPtrArray *files, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) directory = g_dir_open (path, 0, &local);
  const char *name;

  if (directory == NULL)
    {
      gboolean missing = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error, LT_ERROR, missing ? LT_ERROR_NOT_FOUND : LT_ERROR_IO,
                   "cannot read \"%s\": %s", path, local->message);
      return FALSE;
    }

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      if (g_str_has_suffix (name, ".conf") && name[0] != '.')
        g_ptr_array_add (names, g_strdup (name));
    }

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *file_path = g_build_filename (path, g_ptr_array_index (names, i), NULL);

      if (!read_file (files, file_path, error))
        return FALSE;
    }
  return TRUE;
}

static void
apply_titles (GKeyFile *key_file, const char *group, char **titles)
{
  g_auto (GStrv) members = g_key_file_get_keys (key_file, group, NULL, NULL);

  for (guint i = 0; members[i] != NULL; i++)
    {
      g_autofree char *locale = NULL;
      g_autofree char *title = NULL;

      if (!read_title_locale (members[i], &locale))
        continue;
      title = g_key_file_get_string (key_file, group, members[i], NULL);
      lt_titles_set (titles, locale, title);
    }
}

static void
apply_key (LtCatalogue *self, GKeyFile *key_file, const char *group)
{
  const char *name = group + strlen (KEY_PREFIX);
  g_autoptr (LtKey) key = lt_catalogue_intern_key (self, name, -1, NULL);
  LtKeyEntry *entry = (LtKeyEntry *) key;
  g_autofree char *kind = g_key_file_get_string (key_file, group, "Kind", NULL);

  lt_key_entry_set_name (entry, name);
  if (kind != NULL)
    lt_value_kind_from_string (kind, &key->kind);
  apply_titles (key_file, group, &entry->titles);
  lt_catalogue_set_key_origins (self, entry, (entry->origins & ~LT_ORIGIN_SEEN) | LT_ORIGIN_FILE);
}

static void
apply_type (LtCatalogue *self, GKeyFile *key_file, const char *group)
{
  const char *name = group + strlen (TYPE_PREFIX);
  g_autoptr (LtEventType) type = lt_catalogue_intern_type (self, name, -1, NULL);
  LtEventTypeEntry *entry = (LtEventTypeEntry *) type;
  g_autofree char *level = g_key_file_get_string (key_file, group, "Level", NULL);
  g_autofree char *role = g_key_file_get_string (key_file, group, "Span", NULL);
  g_autofree char *text = g_key_file_get_string (key_file, group, "Text", NULL);
  g_autofree char *title = g_key_file_get_string (key_file, group, "Title", NULL);

  if (level != NULL)
    lt_level_from_string (level, -1, &type->level);
  if (role != NULL)
    read_role (role, &type->role);
  if (text != NULL)
    lt_event_type_entry_set_text (entry, text);
  else if (title != NULL && !entry->text_given)
    lt_event_type_entry_set_text (entry, title);
  entry->text_given = entry->text_given || text != NULL;
  entry->title_given = entry->title_given || title != NULL;
  apply_titles (key_file, group, &entry->titles);
  lt_catalogue_set_type_origins (self, entry, (entry->origins & ~LT_ORIGIN_SEEN) | LT_ORIGIN_FILE);
}

static void
apply_files (LtCatalogue *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      LtCatalogueFile *file = g_ptr_array_index (files, i);
      g_auto (GStrv) groups = g_key_file_get_groups (file->key_file, NULL);

      for (guint j = 0; groups[j] != NULL; j++)
        {
          if (g_str_has_prefix (groups[j], TYPE_PREFIX))
            apply_type (self, file->key_file, groups[j]);
          else
            apply_key (self, file->key_file, groups[j]);
        }
    }
}

/* Takes back what files said of every key and type; who they are stays. */
static void
forget_files (LtCatalogue *self, GPtrArray *keys, GPtrArray *types)
{
  for (guint i = 0; i < keys->len; i++)
    {
      LtKeyEntry *entry = g_ptr_array_index (keys, i);

      entry->key.kind = entry->pack_kind;
      g_clear_pointer (&entry->titles, g_free);
      lt_catalogue_set_key_origins (self, entry, entry->origins & ~LT_ORIGIN_FILE);
    }

  for (guint i = 0; i < types->len; i++)
    {
      LtEventTypeEntry *entry = g_ptr_array_index (types, i);

      entry->type.level = LT_LEVEL_INFO;
      entry->type.role = lt_event_type_guess_role (entry->type.name);
      entry->text_given = FALSE;
      entry->title_given = FALSE;
      g_clear_pointer (&entry->titles, g_free);
      lt_catalogue_set_type_origins (self, entry, entry->origins & ~LT_ORIGIN_FILE);
    }
}

/* What no file names any more but something still holds counts as seen. */
static void
settle_forgotten (LtCatalogue *self, GPtrArray *keys, GPtrArray *types)
{
  for (guint i = 0; i < keys->len; i++)
    {
      LtKey *key = g_ptr_array_index (keys, i);

      if (!key->known && key->ref_count > 1)
        lt_catalogue_see_key (self, key);
    }

  for (guint i = 0; i < types->len; i++)
    {
      LtEventTypeEntry *entry = g_ptr_array_index (types, i);

      if (!entry->text_given && !entry->title_given)
        {
          g_autofree char *text = lt_event_type_make_title (entry->type.name);

          lt_event_type_entry_set_text (entry, text);
        }
      if (!entry->type.known && entry->type.ref_count > 1)
        lt_catalogue_see_type (self, &entry->type);
    }
}

/**
 * lt_catalogue_load:
 * @self: a catalogue
 * @path: a catalogue file
 * @error: return location
 *
 * Adds what a file says to what is known. A GKeyFile with groups `[type NAME]` (members
 * `Level`, `Title`, `Title[LOCALE]`, `Text` and `Span`, which is `start`, `end` or `none`)
 * and `[key NAME]` (members `Kind`, `Title` and `Title[LOCALE]`). Every member is optional;
 * one given replaces what an earlier file said. Of a bad file nothing is taken.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_NOT_FOUND, %LT_ERROR_IO or
 *   %LT_ERROR_INVALID_CONFIG that names file and group
 */
gboolean
lt_catalogue_load (LtCatalogue *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_catalogue_file_free);

  if (!read_file (files, path, error))
    return FALSE;

  apply_files (self, files);
  return TRUE;
}

/**
 * lt_catalogue_load_directory:
 * @self: a catalogue
 * @path: a directory
 * @error: return location
 *
 * Loads the files of @path whose names end in `.conf`, by name, as lt_catalogue_load()
 * does; all of them or none.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_NOT_FOUND where there is no such directory,
 *   %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 */
gboolean
lt_catalogue_load_directory (LtCatalogue *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_catalogue_file_free);

  if (!read_directory (files, path, error))
    return FALSE;

  apply_files (self, files);
  return TRUE;
}

/**
 * lt_catalogue_reload:
 * @self: a catalogue
 * @paths: (array zero-terminated=1): files and directories, later ones override earlier ones
 * @error: return location
 *
 * Replaces what files said until now by what @paths say; on failure all stays as it was.
 * Keys and types keep their addresses.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_NOT_FOUND, %LT_ERROR_IO or
 *   %LT_ERROR_INVALID_CONFIG
 */
gboolean
lt_catalogue_reload (LtCatalogue *self, const char *const *paths, GError **error)
{
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_catalogue_file_free);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_key_unref);
  g_autoptr (GPtrArray) types
      = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_event_type_unref);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      gboolean is_directory = g_file_test (paths[i], G_FILE_TEST_IS_DIR);

      if (is_directory ? !read_directory (files, paths[i], error)
                       : !read_file (files, paths[i], error))
        return FALSE;
    }

  for (guint i = 0; i <= self->keys.mask; i++)
    {
      LtKeyEntry *entry = self->keys.slots[i].value;

      if (entry != NULL && entry->origins & LT_ORIGIN_FILE)
        g_ptr_array_add (keys, lt_key_ref (&entry->key));
    }
  for (guint i = 0; i <= self->types.mask; i++)
    {
      LtEventTypeEntry *entry = self->types.slots[i].value;

      if (entry != NULL && entry->origins & LT_ORIGIN_FILE)
        g_ptr_array_add (types, lt_event_type_ref (&entry->type));
    }

  forget_files (self, keys, types);
  apply_files (self, files);
  settle_forgotten (self, keys, types);
  return TRUE;
}
