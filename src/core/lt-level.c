/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-level.h"

#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

static const char *const level_names[LT_N_LEVELS] = {
  [LT_LEVEL_DISABLE] = "disable", [LT_LEVEL_ERROR] = "error", [LT_LEVEL_WARN] = "warn",
  [LT_LEVEL_INFO] = "info",       [LT_LEVEL_DEBUG] = "debug", [LT_LEVEL_TRACE] = "trace",
};

/**
 * lt_level_to_string:
 * @level: a level
 *
 * Returns: (transfer none) (not nullable): its name, as every interface spells it
 */
const char *
lt_level_to_string (LtLevel level)
{
  g_return_val_if_fail ((unsigned int) level < LT_N_LEVELS, "disable");

  return level_names[level];
}

/**
 * lt_level_from_string:
 * @text: a word
 * @length: bytes of @text, or -1 if it ends in NUL
 * @level: (out): the level, unset on failure
 *
 * Reads the exact name of a level, `disable` among them.
 *
 * Returns: %TRUE if @text names a level
 */
gboolean
lt_level_from_string (const char *text, gssize length, LtLevel *level)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;

  for (guint i = 0; i < LT_N_LEVELS; i++)
    {
      if (strlen (level_names[i]) == n_bytes && memcmp (level_names[i], text, n_bytes) == 0)
        {
          *level = (LtLevel) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lt_level_parse_event:
 * @text: a word
 * @level: (out): the level
 * @error: return location
 *
 * Reads the level of an event: `error`, `warn`, `info`, `debug` or `trace`.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_LEVEL
 */
gboolean
lt_level_parse_event (const char *text, LtLevel *level, GError **error)
{
  g_autofree char *quoted = NULL;

  if (lt_level_from_string (text, -1, level) && *level != LT_LEVEL_DISABLE)
    return TRUE;

  quoted = lt_text_quote (text, -1);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_LEVEL,
               "%s is not a level; use error, warn, info, debug or trace", quoted);
  return FALSE;
}

/**
 * lt_level_parse_threshold:
 * @text: a word
 * @level: (out): the level
 * @error: return location
 *
 * Reads a level setting: the level of an event, or `disable`.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_LEVEL
 */
gboolean
lt_level_parse_threshold (const char *text, LtLevel *level, GError **error)
{
  g_autofree char *quoted = NULL;

  if (lt_level_from_string (text, -1, level))
    return TRUE;

  quoted = lt_text_quote (text, -1);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_LEVEL,
               "%s is not a level; use error, warn, info, debug, trace or disable", quoted);
  return FALSE;
}
