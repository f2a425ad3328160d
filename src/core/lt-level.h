/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtLevel:
 *
 * How severe an event is, most severe first: a smaller value is more severe.
 * %LT_LEVEL_DISABLE is only ever a setting (a threshold that no event passes).
 */
typedef enum
{
  LT_LEVEL_DISABLE = 0,
  LT_LEVEL_ERROR = 1,
  LT_LEVEL_WARN = 2,
  LT_LEVEL_INFO = 3,
  LT_LEVEL_DEBUG = 4,
  LT_LEVEL_TRACE = 5,
} LtLevel;

#define LT_N_LEVELS 6

const char *lt_level_to_string (LtLevel level);
gboolean lt_level_from_string (const char *text, gssize length, LtLevel *level);
gboolean lt_level_parse_event (const char *text, LtLevel *level, GError **error);
gboolean lt_level_parse_threshold (const char *text, LtLevel *level, GError **error);

/**
 * lt_level_passes:
 * @level: an event's level
 * @threshold: a level setting
 *
 * Returns: %TRUE if an event of @level is at least as severe as @threshold
 */
static inline gboolean
lt_level_passes (LtLevel level, LtLevel threshold)
{
  return level <= threshold;
}

G_END_DECLS
