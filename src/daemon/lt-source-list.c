/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-source-list.h"

#include "lt-limits.h"

#include "core/lt-nearest.h"
#include "sources/lt-follower.h"
#include "sources/lt-syslog-source.h"

#include <string.h>

/* One source of the configuration. */
typedef struct
{
  char *name;                /* (owned) */
  char *settings;            /* (owned): all that it was made with but its rules */
  LtRuleSet *rules;          /* (owned) */
  LtSource *source;          /* (owned) */
  LtLogProcessor *processor; /* (unowned): of @source */
} Entry;

struct _LtSourceList
{
  GObject parent_instance;

  LtHub *hub;            /* (owned) */
  char *state_directory; /* (owned) */
  char *rules_directory; /* (owned): of the rule packs that are shipped */
  GPtrArray *entries;    /* (owned) (element-type Entry) */
  GPtrArray *sources;    /* (owned) (element-type LtSource): those of @entries, and those added */
  gboolean started;
};

G_DEFINE_FINAL_TYPE (LtSourceList, lt_source_list, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  g_free (entry->name);
  g_free (entry->settings);
  g_clear_pointer (&entry->rules, lt_rule_set_unref);
  g_clear_object (&entry->source);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static void
lt_source_list_finalize (GObject *object)
{
  LtSourceList *self = LT_SOURCE_LIST (object);

  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->sources);
  g_free (self->state_directory);
  g_free (self->rules_directory);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_source_list_parent_class)->finalize (object);
}

static void
lt_source_list_class_init (LtSourceListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_source_list_finalize;
}

static void
lt_source_list_init (LtSourceList *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
collect_packs (const char *directory_path, GPtrArray *names)
{
  g_autoptr (GDir) directory = g_dir_open (directory_path, 0, NULL);
  const char *file_name;

  while (directory != NULL && (file_name = g_dir_read_name (directory)) != NULL)
    {
      if (file_name[0] != '.' && g_str_has_suffix (file_name, ".conf"))
        g_ptr_array_add (names, g_strndup (file_name, strlen (file_name) - strlen (".conf")));
    }
}

static gboolean
fail_pack (LtSourceList *self, const char *own_directory, const char *pack, const char *source,
           GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *nearest;

  collect_packs (own_directory, names);
  collect_packs (self->rules_directory, names);
  nearest = lt_nearest_word (pack, (const char *const *) names->pdata, names->len);
  if (nearest != NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                 "[source %s] there is no rule pack \"%s\"; did you mean \"%s\"?", source, pack,
                 nearest);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                 "[source %s] there is no rule pack \"%s\"; it would be %s/%s.conf", source, pack,
                 own_directory, pack);
  return FALSE;
}

/* An administrator's pack takes the place of the shipped one of the same name. */
static gboolean
load_pack (LtSourceList *self, LtRuleSet *rules, const char *own_directory, const char *pack,
           const char *source, GError **error)
{
  g_autofree char *file_name = g_strconcat (pack, ".conf", NULL);
  g_autofree char *own_path = g_build_filename (own_directory, file_name, NULL);
  g_autofree char *shipped_path = g_build_filename (self->rules_directory, file_name, NULL);

  if (strchr (pack, '/') != NULL)
    return fail_pack (self, own_directory, pack, source, error);
  if (g_file_test (own_path, G_FILE_TEST_EXISTS))
    return lt_rule_set_load (rules, own_path, error);
  if (g_file_test (shipped_path, G_FILE_TEST_EXISTS))
    return lt_rule_set_load (rules, shipped_path, error);

  return fail_pack (self, own_directory, pack, source, error);
}

static LtRuleSet *
load_rules (LtSourceList *self, const char *own_directory, const char *const *packs,
            const char *source, GError **error)
{
  const char *directories[] = { self->rules_directory, own_directory, NULL };
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (lt_hub_get_catalogue (self->hub));

  if (packs[0] == NULL && !lt_rule_set_load_directories (rules, directories, error))
    return NULL;
  for (guint i = 0; packs[i] != NULL; i++)
    {
      if (!load_pack (self, rules, own_directory, packs[i], source, error))
        return NULL;
    }

  return g_steal_pointer (&rules);
}

static char *
describe (const LtSourceSettings *settings, const LtEventLimits *limits)
{
  g_autofree char *path = lt_options_dup_text (settings->options, "path");
  g_autofree char *listen = lt_options_dup_text (settings->options, "listen");

  return g_strdup_printf ("%s\n%s\n%s\n%d %u %u %u",
                          lt_options_get_string (settings->options, "kind"),
                          path != NULL ? path : "", listen != NULL ? listen : "",
                          lt_options_get_boolean (settings->options, "from-start"),
                          limits->max_bytes, limits->max_keys, limits->max_nesting);
}

static void
make_source (LtSourceList *self, Entry *entry, const LtSourceSettings *settings,
             const LtEventLimits *limits)
{
  LtLogProcessor *processor = lt_log_processor_new (self->hub, entry->rules, limits);

  entry->processor = processor;
  if (g_str_equal (lt_options_get_string (settings->options, "kind"), "syslog"))
    entry->source = LT_SOURCE (lt_syslog_source_new (
        settings->name, lt_options_get_string (settings->options, "listen"), processor));
  else
    entry->source = LT_SOURCE (lt_follower_new (
        settings->name, lt_options_get_string (settings->options, "path"), self->state_directory,
        lt_options_get_boolean (settings->options, "from-start"), processor));
}

static Entry *
find_entry (GPtrArray *entries, const char *name, const char *settings)
{
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->name, name) && g_str_equal (entry->settings, settings))
        return entry;
    }

  return NULL;
}

/* What the configuration asks for, with rules, not yet with sources. */
static GPtrArray *
plan (LtSourceList *self, LtConfiguration *configuration, GError **error)
{
  const char *own_directory = lt_configuration_get_string (configuration, "rules.directory");
  GPtrArray *all = lt_configuration_get_sources (configuration);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  LtEventLimits limits;

  lt_limits_get_event (configuration, &limits);
  for (guint i = 0; i < all->len; i++)
    {
      const LtSourceSettings *settings = g_ptr_array_index (all, i);
      g_autoptr (Entry) entry = g_new0 (Entry, 1);

      entry->name = g_strdup (settings->name);
      entry->settings = describe (settings, &limits);
      entry->rules
          = load_rules (self, own_directory, lt_options_get_strings (settings->options, "rules"),
                        settings->name, error);
      if (entry->rules == NULL)
        return NULL;
      g_ptr_array_add (entries, g_steal_pointer (&entry));
    }

  return g_steal_pointer (&entries);
}

static void
start_source (LtSource *source)
{
  g_autoptr (GError) error = NULL;

  if (!lt_source_start (source, &error))
    g_warning ("source \"%s\": %s", lt_source_get_name (source), error->message);
}

static void
remove_source (LtSourceList *self, LtSource *source)
{
  if (self->started)
    lt_source_stop (source);
  g_ptr_array_remove (self->sources, source);
}

/**
 * lt_source_list_new:
 * @hub: where the sources' events go
 * @state_directory: where sources keep what outlives the daemon
 * @rules_directory: of the rule packs that are shipped
 *
 * Returns: (transfer full): an empty list
 */
LtSourceList *
lt_source_list_new (LtHub *hub, const char *state_directory, const char *rules_directory)
{
  LtSourceList *self = g_object_new (LT_TYPE_SOURCE_LIST, NULL);

  self->hub = g_object_ref (hub);
  self->state_directory = g_strdup (state_directory);
  self->rules_directory = g_strdup (rules_directory);
  return self;
}

/**
 * lt_source_list_get_sources:
 * @self: the list
 *
 * Returns: (transfer none) (element-type LtSource): the sources; the array changes with the list
 */
GPtrArray *
lt_source_list_get_sources (LtSourceList *self)
{
  return self->sources;
}

/**
 * lt_source_list_configure:
 * @self: the list
 * @configuration: what to obey from now on
 * @error: return location for an error
 *
 * Makes the sources of the configuration, and gives all of them rules read anew. Sources whose
 * settings are as before go on; others end. If the list is started, so are the new ones. On an
 * error nothing has changed.
 *
 * Returns: %TRUE, or %FALSE and %LT_ERROR_INVALID_CONFIG if there is a mistake in a rule pack, or
 *   no such pack
 */
gboolean
lt_source_list_configure (LtSourceList *self, LtConfiguration *configuration, GError **error)
{
  GPtrArray *all = lt_configuration_get_sources (configuration);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) entries = plan (self, configuration, error);
  LtEventLimits limits;

  if (entries == NULL)
    return FALSE;

  before = g_steal_pointer (&self->entries);
  self->entries = g_ptr_array_ref (entries);
  for (guint i = 0; i < before->len; i++)
    {
      Entry *old = g_ptr_array_index (before, i);
      Entry *entry = find_entry (entries, old->name, old->settings);

      if (entry == NULL)
        {
          remove_source (self, old->source);
          continue;
        }
      entry->source = g_object_ref (old->source);
      entry->processor = old->processor;
      lt_log_processor_set_rules (entry->processor, entry->rules);
    }

  lt_limits_get_event (configuration, &limits);
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (entry->source != NULL)
        continue;
      make_source (self, entry, g_ptr_array_index (all, i), &limits);
      lt_source_list_add (self, entry->source);
    }

  return TRUE;
}

/**
 * lt_source_list_add:
 * @self: the list
 * @source: a source that the configuration does not know
 *
 * Adds a source, and starts it if the list is started.
 */
void
lt_source_list_add (LtSourceList *self, LtSource *source)
{
  g_ptr_array_add (self->sources, g_object_ref (source));
  if (self->started)
    start_source (source);
}

/**
 * lt_source_list_start:
 * @self: the list
 *
 * Starts all sources. One that cannot start is logged, and its status says so.
 */
void
lt_source_list_start (LtSourceList *self)
{
  self->started = TRUE;
  for (guint i = 0; i < self->sources->len; i++)
    start_source (g_ptr_array_index (self->sources, i));
}

/**
 * lt_source_list_stop:
 * @self: the list
 *
 * Stops all sources. What they had read is with the hub, and where they were is kept.
 */
void
lt_source_list_stop (LtSourceList *self)
{
  if (!self->started)
    return;

  self->started = FALSE;
  for (guint i = 0; i < self->sources->len; i++)
    lt_source_stop (g_ptr_array_index (self->sources, i));
}
