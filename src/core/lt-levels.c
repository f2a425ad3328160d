/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-levels.h"

#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

/* The longest a change may last before it ends by itself: a year. */
#define MAX_SECONDS (366 * 24 * 60 * 60)

/* A timeout waits for at most this; what ends later is looked at again then. */
#define MAX_WAIT_MS (24 * 60 * 60 * 1000)

/* One glob; the first of the three settings that is there is in force. */
typedef struct
{
  char *glob; /* (owned) */
  gsize prefix_length;
  gboolean is_timed;
  gboolean is_changed;
  gboolean is_configured;
  LtLevel timed;
  LtLevel changed;
  LtLevel configured;
  gint64 ends_us; /* monotonic time at which @timed ends */
} Setting;

struct _LtLevels
{
  GObject parent_instance;

  GPtrArray *settings; /* (owned) (element-type Setting): the one that wins first */
  guint serial;        /* counts states; types remember which one they have read */
  guint timeout_id;    /* until the next timed setting ends, or 0 */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LtLevels, lt_levels, G_TYPE_OBJECT)

static void
setting_free (Setting *setting)
{
  g_free (setting->glob);
  g_free (setting);
}

static LtLevel
get_level (const Setting *setting)
{
  if (setting->is_timed)
    return setting->timed;

  return setting->is_changed ? setting->changed : setting->configured;
}

static gint
compare_settings (gconstpointer a, gconstpointer b)
{
  const Setting *left = *(Setting *const *) a;
  const Setting *right = *(Setting *const *) b;
  gsize left_length = strlen (left->glob);
  gsize right_length = strlen (right->glob);

  if (left->prefix_length != right->prefix_length)
    return left->prefix_length > right->prefix_length ? -1 : 1;
  if (left_length != right_length)
    return left_length > right_length ? -1 : 1;

  return strcmp (left->glob, right->glob);
}

static Setting *
find_setting (LtLevels *self, const char *glob)
{
  for (guint i = 0; i < self->settings->len; i++)
    {
      Setting *setting = g_ptr_array_index (self->settings, i);

      if (strcmp (setting->glob, glob) == 0)
        return setting;
    }

  return NULL;
}

static Setting *
add_setting (LtLevels *self, const char *glob)
{
  Setting *setting = g_new0 (Setting, 1);

  setting->glob = g_strdup (glob);
  setting->prefix_length = strcspn (glob, "*?");
  g_ptr_array_add (self->settings, setting);
  return setting;
}

/* `*` always counts as configured, so that it never goes. */
static void
drop_empty_settings (LtLevels *self)
{
  for (guint i = self->settings->len; i > 0; i--)
    {
      Setting *setting = g_ptr_array_index (self->settings, i - 1);

      if (!setting->is_timed && !setting->is_changed && !setting->is_configured)
        g_ptr_array_remove_index (self->settings, i - 1);
    }
}

static gboolean on_timeout (gpointer user_data);

static void
schedule (LtLevels *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next_us = G_MAXINT64;
  gint64 wait_ms;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  for (guint i = 0; i < self->settings->len; i++)
    {
      Setting *setting = g_ptr_array_index (self->settings, i);

      if (setting->is_timed)
        next_us = MIN (next_us, setting->ends_us);
    }
  if (next_us == G_MAXINT64)
    return;

  wait_ms = MIN ((MAX (next_us - now_us, 0) + 999) / 1000, MAX_WAIT_MS);
  self->timeout_id = g_timeout_add ((guint) wait_ms, on_timeout, self);
}

static void
settle (LtLevels *self)
{
  drop_empty_settings (self);
  g_ptr_array_sort (self->settings, compare_settings);
  if (++self->serial == 0)
    self->serial = 1;
  schedule (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
on_timeout (gpointer user_data)
{
  LtLevels *self = LT_LEVELS (user_data);
  gint64 now_us = g_get_monotonic_time ();
  gboolean ended = FALSE;

  self->timeout_id = 0;
  for (guint i = 0; i < self->settings->len; i++)
    {
      Setting *setting = g_ptr_array_index (self->settings, i);

      if (setting->is_timed && setting->ends_us <= now_us)
        {
          setting->is_timed = FALSE;
          ended = TRUE;
        }
    }

  if (ended)
    settle (self);
  else
    schedule (self);
  return G_SOURCE_REMOVE;
}

static void
lt_levels_finalize (GObject *object)
{
  LtLevels *self = LT_LEVELS (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_ptr_array_unref (self->settings);

  G_OBJECT_CLASS (lt_levels_parent_class)->finalize (object);
}

static void
lt_levels_class_init (LtLevelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_levels_finalize;

  /**
   * LtLevels::changed:
   * @self: the levels
   *
   * A setting was made, changed or reset, or has ended by itself.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LT_TYPE_LEVELS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
lt_levels_init (LtLevels *self)
{
  Setting *all;

  self->settings = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);
  all = add_setting (self, "*");
  all->is_configured = TRUE;
  all->configured = LT_LEVEL_TRACE;

  /* Types remember serials, perhaps of other levels before these: do not begin alike. */
  self->serial = g_random_int_range (1, G_MAXINT32);
}

/**
 * lt_level_setting_free:
 * @setting: (transfer full): a setting
 *
 * Frees @setting.
 */
void
lt_level_setting_free (LtLevelSetting *setting)
{
  g_free (setting->glob);
  g_free (setting);
}

/**
 * lt_levels_new:
 *
 * Returns: (transfer full): levels where `*` is `trace` and nothing else is set
 */
LtLevels *
lt_levels_new (void)
{
  return g_object_new (LT_TYPE_LEVELS, NULL);
}

static gboolean
check_configuration (GHashTable *settings, GError **error)
{
  GHashTableIter iter;
  gpointer glob, text;

  if (g_hash_table_size (settings) > LT_LEVELS_MAX_SETTINGS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "levels: there may be at most %d settings", LT_LEVELS_MAX_SETTINGS);
      return FALSE;
    }

  g_hash_table_iter_init (&iter, settings);
  while (g_hash_table_iter_next (&iter, &glob, &text))
    {
      g_autofree char *quoted = lt_text_quote (glob, -1);
      g_autoptr (GError) local = NULL;
      LtLevel level;

      if (lt_type_glob_check (glob, &local) && lt_level_parse_threshold (text, &level, &local))
        continue;
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "levels: setting %s: %s", quoted,
                   local->message);
      return FALSE;
    }

  return TRUE;
}

/**
 * lt_levels_configure:
 * @self: levels
 * @settings: (nullable) (element-type utf8 utf8): type glob → level, `disable` among them
 * @error: return location
 *
 * Replaces the configured settings; changes made while running stay on top of them.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_CONFIG, and then nothing has changed
 */
gboolean
lt_levels_configure (LtLevels *self, GHashTable *settings, GError **error)
{
  GHashTableIter iter;
  gpointer glob, text;

  if (settings != NULL && !check_configuration (settings, error))
    return FALSE;

  for (guint i = 0; i < self->settings->len; i++)
    {
      Setting *setting = g_ptr_array_index (self->settings, i);

      setting->is_configured = strcmp (setting->glob, "*") == 0;
      setting->configured = LT_LEVEL_TRACE;
    }

  if (settings != NULL)
    {
      g_hash_table_iter_init (&iter, settings);
      while (g_hash_table_iter_next (&iter, &glob, &text))
        {
          Setting *setting = find_setting (self, glob);

          if (setting == NULL)
            setting = add_setting (self, glob);
          setting->is_configured = TRUE;
          lt_level_from_string (text, -1, &setting->configured);
        }
    }

  settle (self);
  return TRUE;
}

/**
 * lt_levels_set:
 * @self: levels
 * @glob: a type glob
 * @level: the threshold, %LT_LEVEL_DISABLE for none of these events
 * @seconds: how long it lasts, up to 366 days; 0 until it is reset
 * @error: return location
 *
 * Changes a level while running. One that lasts covers what there was for @glob until it
 * ends; one that stays replaces every earlier change for @glob.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_ARGUMENT, or %LT_ERROR_BUSY if there are
 *   too many settings
 */
gboolean
lt_levels_set (LtLevels *self, const char *glob, LtLevel level, guint64 seconds, GError **error)
{
  Setting *setting;

  g_return_val_if_fail ((guint) level < LT_N_LEVELS, FALSE);

  if (!lt_type_glob_check (glob, error))
    return FALSE;
  if (seconds > MAX_SECONDS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"seconds\" must be at most %d, or 0 for a change that stays", MAX_SECONDS);
      return FALSE;
    }

  setting = find_setting (self, glob);
  if (setting == NULL && self->settings->len >= LT_LEVELS_MAX_SETTINGS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are already %d level settings; reset some first", LT_LEVELS_MAX_SETTINGS);
      return FALSE;
    }
  if (setting == NULL)
    setting = add_setting (self, glob);

  setting->is_timed = seconds > 0;
  if (seconds > 0)
    {
      setting->timed = level;
      setting->ends_us = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
    }
  else
    {
      setting->is_changed = TRUE;
      setting->changed = level;
    }
  settle (self);
  return TRUE;
}

/**
 * lt_levels_reset:
 * @self: levels
 * @glob: a type glob that has a setting
 * @error: return location
 *
 * Takes back what was changed for @glob while running; what is configured stays. `*` can
 * always be reset.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_ARGUMENT or %LT_ERROR_NOT_FOUND
 */
gboolean
lt_levels_reset (LtLevels *self, const char *glob, GError **error)
{
  Setting *setting;

  if (!lt_type_glob_check (glob, error))
    return FALSE;

  setting = find_setting (self, glob);
  if (setting == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_NOT_FOUND, "no level is set for \"%s\"", glob);
      return FALSE;
    }

  if (setting->is_timed || setting->is_changed)
    {
      setting->is_timed = FALSE;
      setting->is_changed = FALSE;
      settle (self);
    }
  return TRUE;
}

static gint
compare_listed (gconstpointer a, gconstpointer b)
{
  const LtLevelSetting *left = *(LtLevelSetting *const *) a;
  const LtLevelSetting *right = *(LtLevelSetting *const *) b;

  return strcmp (left->glob, right->glob);
}

/**
 * lt_levels_list:
 * @self: levels
 *
 * Returns: (transfer full) (element-type LtLevelSetting): the settings in force, by glob in
 *   byte order; `*` is always among them
 */
GPtrArray *
lt_levels_list (LtLevels *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_level_setting_free);
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->settings->len; i++)
    {
      Setting *setting = g_ptr_array_index (self->settings, i);
      LtLevelSetting *listed = g_new0 (LtLevelSetting, 1);

      listed->glob = g_strdup (setting->glob);
      listed->level = get_level (setting);
      listed->configured = setting->is_configured;
      if (setting->is_timed)
        listed->seconds_left
            = (guint64) MAX ((setting->ends_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, 1);
      g_ptr_array_add (list, listed);
    }

  g_ptr_array_sort (list, compare_listed);
  return list;
}

/**
 * lt_levels_get_threshold:
 * @self: levels
 * @type: an event type
 *
 * Returns: the level in force for @type; an event that is less severe is refused
 */
LtLevel
lt_levels_get_threshold (LtLevels *self, LtEventType *type)
{
  if (G_LIKELY (type->threshold_serial == self->serial))
    return type->threshold;

  for (guint i = 0; i < self->settings->len; i++)
    {
      const Setting *setting = g_ptr_array_index (self->settings, i);

      if (lt_type_glob_match (setting->glob, type->name))
        {
          type->threshold = get_level (setting);
          break;
        }
    }

  type->threshold_serial = self->serial;
  return type->threshold;
}
