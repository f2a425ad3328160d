/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* How many type globs can have a setting. */
#define LT_LEVELS_MAX_SETTINGS 1000

/**
 * LtLevels:
 *
 * The level settings in force: a threshold per type glob. Of the globs that fit a type the
 * one with the longest literal prefix wins (of equals, the longer glob, then the first by
 * byte order); `*` is always there, `trace` unless set. A setting made for a time
 * ends by itself and what was in force before is so again. Emits `changed`.
 */
#define LT_TYPE_LEVELS (lt_levels_get_type ())
G_DECLARE_FINAL_TYPE (LtLevels, lt_levels, LT, LEVELS, GObject)

/**
 * LtLevelSetting:
 * @glob: (owned): a type glob, such as `smtp.*`
 * @level: the threshold now in force for it
 * @configured: whether it would stay if every change made while running ended
 * @seconds_left: seconds until the change ends by itself, or 0 if it stays
 */
typedef struct
{
  char *glob;
  LtLevel level;
  gboolean configured;
  guint64 seconds_left;
} LtLevelSetting;

void lt_level_setting_free (LtLevelSetting *setting);

LtLevels *lt_levels_new (void);
gboolean lt_levels_configure (LtLevels *self, GHashTable *settings, GError **error);
gboolean lt_levels_set (LtLevels *self, const char *glob, LtLevel level, guint64 seconds,
                        GError **error);
gboolean lt_levels_reset (LtLevels *self, const char *glob, GError **error);
GPtrArray *lt_levels_list (LtLevels *self);
LtLevel lt_levels_get_threshold (LtLevels *self, LtEventType *type);
gboolean lt_type_glob_check (const char *glob, GError **error);
gboolean lt_type_glob_match (const char *glob, const char *type);

G_END_DECLS
