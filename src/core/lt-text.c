/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-text.h"

#include <string.h>

/* How much of a user's word an error repeats. */
#define QUOTE_MAX_BYTES 80

/**
 * lt_text_check:
 * @text: (array length=length): bytes
 * @length: how many
 *
 * Returns: %TRUE if @text is valid UTF-8 and holds no NUL
 */
gboolean
lt_text_check (const char *text, gsize length)
{
  const char *end = text + length;

  while (end - text >= 8)
    {
      guint64 word;

      memcpy (&word, text, sizeof word);
      /* A byte above 0x7f has its top bit set; a zero byte borrows from the one above it. */
      if (((word | (word - G_GUINT64_CONSTANT (0x0101010101010101)))
           & G_GUINT64_CONSTANT (0x8080808080808080))
          != 0)
        break;
      text += 8;
    }

  while (text < end && (guint8) (*text - 1) < 0x7f)
    text++;

  return text == end || g_utf8_validate_len (text, end - text, NULL);
}

/**
 * lt_text_quote:
 * @text: what a user wrote, of any bytes
 * @length: bytes of @text, or -1 if it ends in NUL
 *
 * Makes a user's word fit to stand in an error: in ASCII quotes, control characters and
 * bytes that are no UTF-8 escaped, cut after 80 bytes.
 *
 * Returns: (transfer full) (not nullable): the quoted word, valid UTF-8
 */
char *
lt_text_quote (const char *text, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  const char *end = text + MIN (n_bytes, QUOTE_MAX_BYTES);
  GString *out = g_string_new ("\"");

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);

      if (c == (gunichar) -2 && n_bytes > QUOTE_MAX_BYTES)
        break;
      if (c == (gunichar) -1 || c == (gunichar) -2)
        g_string_append_printf (out, "\\x%02x", (guint8) *text++);
      else
        {
          if (c == '"' || c == '\\')
            g_string_append_printf (out, "\\%c", (char) c);
          else if (g_unichar_isprint (c))
            g_string_append_unichar (out, c);
          else
            g_string_append_printf (out, "\\u%04x", c);
          text = c == 0 ? text + 1 : g_utf8_next_char (text);
        }
    }

  g_string_append (out, n_bytes > QUOTE_MAX_BYTES ? "…\"" : "\"");
  return g_string_free (out, FALSE);
}
