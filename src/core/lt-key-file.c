/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-key-file.h"

#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

static gboolean
is_good (const char *text, gsize length)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();

  /* Before GLib 2.78, text that is empty or a comment is said to be no key file at all. */
  return length == 0 || g_key_file_load_from_data (key_file, text, length, G_KEY_FILE_NONE, NULL);
}

/* The line that GKeyFile stumbled at, which it does not tell: it is the first with which the text
 * up to there is bad. */
static guint
find_bad_line (const char *text, gsize length, const char **line, gsize *line_length)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint low = 0;
  guint high;

  for (gsize start = 0; start < length;)
    {
      const char *newline = memchr (text + start, '\n', length - start);

      start = newline == NULL ? length : (gsize) (newline - text) + 1;
      g_array_append_val (ends, start);
    }
  if (ends->len == 0)
    return 0;

  high = ends->len - 1;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (is_good (text, g_array_index (ends, gsize, middle)))
        low = middle + 1;
      else
        high = middle;
    }

  *line = text + (low == 0 ? 0 : g_array_index (ends, gsize, low - 1));
  *line_length = (gsize) (text + g_array_index (ends, gsize, low) - *line);
  while (*line_length > 0 && g_ascii_isspace ((*line)[*line_length - 1]))
    (*line_length)--;
  return low + 1;
}

/**
 * lt_key_file_load:
 * @key_file: an empty key file
 * @path: what errors call the text
 * @text: (array length=length): what stands in the file
 * @length: bytes of @text
 * @flags: as for g_key_file_load_from_data()
 * @error: return location for an error
 *
 * Loads a key file, and where it is none says why and on which line.
 *
 * Returns: %FALSE with %LT_ERROR_INVALID_CONFIG, whose message begins with @path and the line
 */
gboolean
lt_key_file_load (GKeyFile *key_file, const char *path, const char *text, gsize length,
                  GKeyFileFlags flags, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *shown = NULL;
  const char *line = "";
  gsize line_length = 0;
  guint number;

  if (length == 0 || g_key_file_load_from_data (key_file, text, length, flags, &cause))
    return TRUE;

  number = find_bad_line (text, length, &line, &line_length);
  shown = lt_text_quote (line, (gssize) line_length);
  if (g_error_matches (cause, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                 "%s:%u: %s stands before the first [group]", path, number, shown);
  else if (g_error_matches (cause, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING))
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "%s:%u: %s: the text must be UTF-8",
                 path, number, shown);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                 "%s:%u: %s is neither a [group] nor key=value nor a comment behind \"#\"", path,
                 number, shown);
  return FALSE;
}
