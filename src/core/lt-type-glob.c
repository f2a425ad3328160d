/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-error.h"
#include "lt-levels.h"
#include "lt-text.h"

#include <string.h>

/**
 * lt_type_glob_check:
 * @glob: what should be a type glob
 * @error: return location
 *
 * A type glob is an event type in which `*` stands for any bytes, dots among them, or none,
 * and `?` for any one.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_type_glob_check (const char *glob, GError **error)
{
  gsize length = strlen (glob);
  gsize n_good = strspn (glob, "abcdefghijklmnopqrstuvwxyz0123456789.-*?");
  g_autofree char *quoted = NULL;

  if (length > 0 && length <= LT_TYPE_MAX_BYTES && n_good == length)
    return TRUE;

  quoted = lt_text_quote (glob, -1);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
               "%s is not an event type or a pattern for some; use at most %d of a-z, 0-9, "
               "\"-\", \".\", \"*\" and \"?\", such as smtp.*",
               quoted, LT_TYPE_MAX_BYTES);
  return FALSE;
}

/**
 * lt_type_glob_match:
 * @glob: a type glob
 * @type: an event type
 *
 * Returns: %TRUE if @glob fits the whole of @type
 */
gboolean
lt_type_glob_match (const char *glob, const char *type)
{
  const char *star = NULL;
  const char *retry = NULL;

  /* Only the latest star ever needs another try, so this takes at most |glob| × |type| steps. */
  while (*type != '\0')
    {
      if (*glob == '*')
        {
          star = ++glob;
          retry = type;
        }
      else if (*glob == *type || *glob == '?')
        {
          glob++;
          type++;
        }
      else if (star != NULL)
        {
          glob = star;
          type = ++retry;
        }
      else
        return FALSE;
    }

  return glob[strspn (glob, "*")] == '\0';
}
