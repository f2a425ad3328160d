/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-configuration-private.h"
#include "lt-settings.h"

#include "core/lt-key-file.h"
#include "core/lt-nearest.h"

#include <string.h>

/* A configuration file larger than this is not one. */
#define MAX_FILE_BYTES (1024 * 1024)

/* Where in a file a key of a group is set last, as GKeyFile has it: from 1, or 0. With no
 * key, where the group begins. */
static guint
find_line (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean in_group = FALSE;
  guint found = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      gsize length;

      if (line[0] == '[')
        {
          in_group = g_str_has_prefix (line + 1, group) && line[1 + strlen (group)] == ']';
          if (in_group && key == NULL)
            return i + 1;
        }
      if (!in_group || key == NULL)
        continue;
      length = strlen (key);
      if (strncmp (line, key, length) == 0 && g_strstrip (lines[i] + length)[0] == '=')
        found = i + 1;
    }

  return found;
}

/* Turns the group and key of a file into the published name. */
static char *
make_name (const char *group, const char *key)
{
  if (!g_str_has_prefix (group, LT_SOURCE_GROUP_PREFIX))
    return g_strconcat (group, ".", key, NULL);

  return g_strconcat (LT_SOURCE_NAME_PREFIX, group + strlen (LT_SOURCE_GROUP_PREFIX), ".", key,
                      NULL);
}

static gboolean
check_group (const char *group, GError **error)
{
  const char *const *groups = lt_settings_get_groups ();
  const char *nearest;

  if (g_strv_contains (groups, group))
    return TRUE;
  if (g_str_has_prefix (group, LT_SOURCE_GROUP_PREFIX))
    return TRUE;

  nearest = lt_nearest_word (group, groups, g_strv_length ((GStrv) groups));
  if (nearest != NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "unknown group; did you mean [%s]?",
                 nearest);
  else
    {
      g_autofree char *joined = g_strjoinv ("], [", (GStrv) groups);

      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "unknown group; the groups are [%s] and [source NAME]", joined);
    }
  return FALSE;
}

/* Takes @cause and sets an error that says where. */
static gboolean
fail_at (const char *path, guint line, const char *group, GError *cause, GError **error)
{
  g_autoptr (GError) owned = cause;

  if (line > 0)
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s:%u: [%s] %s", path, line, group,
                 owned->message);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s: [%s] %s", path, group,
                 owned->message);
  return FALSE;
}

static gboolean
load_source (LtConfiguration *self, const char *group, const char *path, guint line, GError **error)
{
  LtSourceSettings *source
      = lt_configuration_add_source (self, group + strlen (LT_SOURCE_GROUP_PREFIX), error);

  if (source != NULL && source->place == NULL)
    source->place = g_strdup_printf ("%s:%u", path, line);
  return source != NULL;
}

static gboolean
load_group (LtConfiguration *self, GKeyFile *file, const char *group, const char *path,
            const char *text, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  GError *cause = NULL;

  if (!check_group (group, &cause))
    return fail_at (path, find_line (text, group, NULL), group, cause, error);
  if (g_str_has_prefix (group, LT_SOURCE_GROUP_PREFIX)
      && !load_source (self, group, path, find_line (text, group, NULL), &cause))
    return fail_at (path, find_line (text, group, NULL), group, cause, error);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *name = make_name (group, keys[i]);
      g_autofree char *value = g_key_file_get_string (file, group, keys[i], &cause);

      /* A bad escape sequence sets the error and gives a value all the same. */
      if (cause != NULL || !lt_configuration_set_value (self, name, value, &cause))
        return fail_at (path, find_line (text, group, keys[i]), group, cause, error);
    }

  return TRUE;
}

/**
 * lt_configuration_load_file:
 * @self: a configuration
 * @path: a file
 * @error: return location for an error
 *
 * Sets what a file says.
 *
 * Returns: %FALSE with %LT_ERROR_INVALID_CONFIG, which names the file and, where it has one, the
 *   line and the group
 */
gboolean
lt_configuration_load_file (LtConfiguration *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *what = g_strdup_printf ("cannot read \"%s\"", path);
  g_autofree char *text = NULL;
  g_auto (GStrv) groups = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    {
      lt_error_translate (error, LT_ERROR_INVALID_CONFIG, what);
      return FALSE;
    }
  if (length > MAX_FILE_BYTES || memchr (text, '\0', length) != NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s: this is no configuration: it is over 1 MiB or holds a NUL", what);
      return FALSE;
    }
  if (!lt_key_file_load (file, path, text, length, G_KEY_FILE_NONE, error))
    return FALSE;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      if (!load_group (self, file, groups[i], path, text, error))
        return FALSE;
    }

  g_ptr_array_add (self->files, g_strdup (path));
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * lt_configuration_load_drop_ins:
 * @self: a configuration
 * @path: the main file
 * @error: return location for an error
 *
 * Sets what the files `?*.conf` in the directory @path.d say, by byte order of their names.
 *
 * Returns: %FALSE with %LT_ERROR_INVALID_CONFIG, as lt_configuration_load_file()
 */
gboolean
lt_configuration_load_drop_ins (LtConfiguration *self, const char *path, GError **error)
{
  g_autofree char *directory_path = g_strconcat (path, ".d", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = NULL;
  g_autoptr (GError) cause = NULL;
  const char *name;

  directory = g_dir_open (directory_path, 0, &cause);
  if (directory == NULL)
    {
      if (g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "cannot read \"%s\": %s",
                   directory_path, cause->message);
      return FALSE;
    }

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      if (name[0] != '.' && g_str_has_suffix (name, ".conf"))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *file_path = g_build_filename (directory_path, names->pdata[i], NULL);

      if (!lt_configuration_load_file (self, file_path, error))
        return FALSE;
    }

  return TRUE;
}
