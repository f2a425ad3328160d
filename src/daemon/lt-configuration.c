/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-configuration-private.h"

#include "lt-settings.h"

#include "core/lt-level.h"
#include "core/lt-levels.h"

#include <string.h>

#define LEVELS_NAME_PREFIX "levels."

G_DEFINE_FINAL_TYPE (LtConfiguration, lt_configuration, G_TYPE_OBJECT)

static void
lt_source_settings_free (LtSourceSettings *settings)
{
  g_free (settings->name);
  g_free (settings->place);
  lt_options_free (settings->options);
  g_free (settings);
}

static void
lt_configuration_finalize (GObject *object)
{
  LtConfiguration *self = LT_CONFIGURATION (object);

  lt_options_free (self->options);
  g_hash_table_unref (self->levels);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->files);

  G_OBJECT_CLASS (lt_configuration_parent_class)->finalize (object);
}

static void
lt_configuration_class_init (LtConfigurationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_configuration_finalize;
}

static void
lt_configuration_init (LtConfiguration *self)
{
  self->options = lt_settings_new_options ();
  self->levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_source_settings_free);
  self->files = g_ptr_array_new_null_terminated (4, g_free, TRUE);
}

static gboolean
set_level (LtConfiguration *self, const char *glob, const char *text, GError **error)
{
  LtLevel level;

  if (!lt_type_glob_check (glob, error) || !lt_level_parse_threshold (text, &level, error))
    return FALSE;

  g_hash_table_replace (self->levels, g_strdup (glob), (gpointer) lt_level_to_string (level));
  return TRUE;
}

static gboolean
check_source_name (const char *name, GError **error)
{
  if (name[0] != '\0' && strlen (name) <= 64
      && name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_")] == '\0')
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
               "a source's name is 1 to 64 letters, digits, \"-\" and \"_\", not \"%s\"", name);
  return FALSE;
}

/**
 * lt_configuration_add_source:
 * @self: a configuration
 * @name: a source's name
 * @error: return location for an error
 *
 * Adds a source without settings, unless there is one of that name.
 *
 * Returns: (transfer none) (nullable): the source, or %NULL with %LT_ERROR_INVALID_CONFIG if the
 *   name is none
 */
LtSourceSettings *
lt_configuration_add_source (LtConfiguration *self, const char *name, GError **error)
{
  LtSourceSettings *settings;

  for (guint i = 0; i < self->sources->len; i++)
    {
      settings = g_ptr_array_index (self->sources, i);
      if (g_str_equal (settings->name, name))
        return settings;
    }

  if (!check_source_name (name, error))
    return NULL;

  settings = g_new0 (LtSourceSettings, 1);
  settings->name = g_strdup (name);
  settings->options = lt_settings_new_source_options ();
  g_ptr_array_add (self->sources, settings);
  return settings;
}

/* @name: `NAME.option` */
static gboolean
set_source (LtConfiguration *self, const char *name, const char *text, GError **error)
{
  const char *dot = strchr (name, '.');
  g_autofree char *source_name = NULL;
  LtSourceSettings *settings;

  if (dot == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "a source's setting is named source.NAME.SETTING, such as source.%s.path", name);
      return FALSE;
    }

  source_name = g_strndup (name, (gsize) (dot - name));
  settings = lt_configuration_add_source (self, source_name, error);
  return settings != NULL && lt_options_set_text (settings->options, dot + 1, text, error);
}

/**
 * lt_configuration_set_value:
 * @self: a configuration
 * @name: a published name, `section.key`
 * @text: the value, as it stands in a file
 * @error: return location for an error
 *
 * Sets one setting.
 *
 * Returns: %FALSE with @error set if there is no such setting, or @text is none of its values
 */
gboolean
lt_configuration_set_value (LtConfiguration *self, const char *name, const char *text,
                            GError **error)
{
  if (g_str_has_prefix (name, LEVELS_NAME_PREFIX))
    return set_level (self, name + strlen (LEVELS_NAME_PREFIX), text, error);
  if (g_str_has_prefix (name, LT_SOURCE_NAME_PREFIX))
    return set_source (self, name + strlen (LT_SOURCE_NAME_PREFIX), text, error);

  return lt_options_set_text (self->options, name, text, error)
         && lt_settings_check (self->options, name, error);
}

static gboolean
apply_override (LtConfiguration *self, const char *override, GError **error)
{
  const char *equals = strchr (override, '=');
  g_autoptr (GError) cause = NULL;
  g_autofree char *name = NULL;

  if (equals == NULL || !g_utf8_validate (override, -1, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (override, -1);

      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "--set %s: write it as section.key=value, such as ring.size=16MiB", valid);
      return FALSE;
    }

  name = g_strndup (override, (gsize) (equals - override));
  if (!lt_configuration_set_value (self, name, equals + 1, &cause))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "--set %s: %s", name, cause->message);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_sources (LtConfiguration *self, GError **error)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      LtSourceSettings *settings = g_ptr_array_index (self->sources, i);
      g_autoptr (GError) cause = NULL;

      if (!lt_settings_check_source (settings->options, &cause))
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s%s[source %s] %s",
                       settings->place != NULL ? settings->place : "",
                       settings->place != NULL ? ": " : "", settings->name, cause->message);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * lt_configuration_load:
 * @path: (nullable): the main file; the files of the directory @path.d whose names end in
 *   `.conf` are read behind it. %NULL is the default place, where no file need be
 * @overrides: (nullable) (array zero-terminated=1): settings as `section.key=value`, which
 *   count more than the files
 * @error: return location for an error
 *
 * Reads a configuration. Of a setting given more than once the last counts.
 *
 * Returns: (transfer full) (nullable): the configuration, or %NULL and
 *   %LT_ERROR_INVALID_CONFIG, whose message names the setting, the file, the line and the group
 */
LtConfiguration *
lt_configuration_load (const char *path, const char *const *overrides, GError **error)
{
  g_autoptr (LtConfiguration) self = g_object_new (LT_TYPE_CONFIGURATION, NULL);
  const char *main_path = path != NULL ? path : LT_CONFIGURATION_PATH;

  if ((path != NULL || g_file_test (main_path, G_FILE_TEST_EXISTS))
      && !lt_configuration_load_file (self, main_path, error))
    return NULL;
  if (!lt_configuration_load_drop_ins (self, main_path, error))
    return NULL;

  for (guint i = 0; overrides != NULL && overrides[i] != NULL; i++)
    {
      if (!apply_override (self, overrides[i], error))
        return NULL;
    }
  if (!check_sources (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lt_configuration_is_set:
 * @self: a configuration
 * @name: a setting's published name, such as `ring.size`
 *
 * Returns: %TRUE if a file or an override sets it
 */
gboolean
lt_configuration_is_set (LtConfiguration *self, const char *name)
{
  return lt_options_is_set (self->options, name);
}

/**
 * lt_configuration_get_boolean:
 * @self: a configuration
 * @name: a setting's published name
 *
 * Returns: its value
 */
gboolean
lt_configuration_get_boolean (LtConfiguration *self, const char *name)
{
  return lt_options_get_boolean (self->options, name);
}

/**
 * lt_configuration_get_unsigned:
 * @self: a configuration
 * @name: a setting's published name
 *
 * Returns: its value: a count, bytes, or milliseconds
 */
guint64
lt_configuration_get_unsigned (LtConfiguration *self, const char *name)
{
  return lt_options_get_unsigned (self->options, name);
}

/**
 * lt_configuration_get_string:
 * @self: a configuration
 * @name: a setting's published name
 *
 * Returns: (transfer none) (nullable): its value, or %NULL if it is neither set nor has a default
 */
const char *
lt_configuration_get_string (LtConfiguration *self, const char *name)
{
  return lt_options_get_string (self->options, name);
}

/**
 * lt_configuration_get_strings:
 * @self: a configuration
 * @name: a setting's published name
 *
 * Returns: (transfer none) (array zero-terminated=1): its value
 */
const char *const *
lt_configuration_get_strings (LtConfiguration *self, const char *name)
{
  return lt_options_get_strings (self->options, name);
}

/**
 * lt_configuration_get_levels:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type utf8 utf8): the `levels.GLOB` settings: level by glob
 */
GHashTable *
lt_configuration_get_levels (LtConfiguration *self)
{
  return self->levels;
}

/**
 * lt_configuration_get_sources:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type LtSourceSettings): what the `[source NAME]` groups say
 */
GPtrArray *
lt_configuration_get_sources (LtConfiguration *self)
{
  return self->sources;
}

/**
 * lt_configuration_get_files:
 * @self: a configuration
 *
 * Returns: (transfer none) (array zero-terminated=1): the files it was read from, in order
 */
const char *const *
lt_configuration_get_files (LtConfiguration *self)
{
  return (const char *const *) self->files->pdata;
}

static void
append_options (GString *text, LtOptions *options, const char *const *names, const char *group)
{
  gsize prefix_length = group != NULL ? strlen (group) + 1 : 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = NULL;

      if (group != NULL
          && (!g_str_has_prefix (names[i], group) || names[i][prefix_length - 1] != '.'))
        continue;
      value = lt_options_dup_text (options, names[i]);
      if (value != NULL)
        g_string_append_printf (text, "%s%s=%s\n", lt_options_is_set (options, names[i]) ? "" : "#",
                                names[i] + prefix_length, value);
    }
}

static void
append_levels (GString *text, GHashTable *levels)
{
  g_autoptr (GList) globs = g_list_sort (g_hash_table_get_keys (levels), (GCompareFunc) strcmp);

  for (GList *link = globs; link != NULL; link = link->next)
    {
      g_string_append_printf (text, "%s=%s\n", (const char *) link->data,
                              (const char *) g_hash_table_lookup (levels, link->data));
    }
}

/**
 * lt_configuration_to_text:
 * @self: a configuration
 *
 * Writes all settings as a configuration file; what has its default is a comment.
 *
 * Returns: (transfer full): the text
 */
char *
lt_configuration_to_text (LtConfiguration *self)
{
  const char *const *groups = lt_settings_get_groups ();
  g_auto (GStrv) names = lt_settings_list_names ();
  g_auto (GStrv) source_names = lt_settings_list_source_names ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_string_append_printf (text, "%s[%s]\n", i > 0 ? "\n" : "", groups[i]);
      if (g_str_equal (groups[i], "levels"))
        append_levels (text, self->levels);
      else
        append_options (text, self->options, (const char *const *) names, groups[i]);
    }
  for (guint i = 0; i < self->sources->len; i++)
    {
      LtSourceSettings *settings = g_ptr_array_index (self->sources, i);

      g_string_append_printf (text, "\n[source %s]\n", settings->name);
      append_options (text, settings->options, (const char *const *) source_names, NULL);
    }

  return g_string_free (text, FALSE);
}

/**
 * lt_configuration_list_restarts:
 * @self: the configuration in force
 * @next: the one to be put in force
 *
 * Returns: (transfer full) (array zero-terminated=1): names of the settings that differ and
 *   take effect only when the daemon starts
 */
GStrv
lt_configuration_list_restarts (LtConfiguration *self, LtConfiguration *next)
{
  g_auto (GStrv) names = lt_settings_list_names ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *before = lt_options_dup_text (self->options, names[i]);
      g_autofree char *after = lt_options_dup_text (next->options, names[i]);

      if (g_strcmp0 (before, after) != 0 && lt_settings_need_restart (names[i]))
        g_strv_builder_add (builder, names[i]);
    }

  return g_strv_builder_end (builder);
}
