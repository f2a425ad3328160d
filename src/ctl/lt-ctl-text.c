/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-text.h"

#include <string.h>

/* What stands between a text and the words around it when its place is marked. */
#define MARK_INDENT "  "

/* Whether a character may not reach a terminal: it would steer it, or change the order in
 * which the rest of the line is shown, or end the line, or cannot be seen. */
static gboolean
is_unsafe (gunichar c)
{
  static const struct
  {
    gunichar first;
    gunichar last;
  } ranges[] = {
    { 0x00, 0x1f },       /* C0 */
    { 0x7f, 0x9f },       /* DEL and C1 */
    { 0x061c, 0x061c },   /* Arabic letter mark */
    { 0x200e, 0x200f },   /* left-to-right and right-to-left marks */
    { 0x2028, 0x202e },   /* separators of lines and paragraphs, embeddings and overrides */
    { 0x2060, 0x206f },   /* isolates and other invisible format characters */
    { 0xfeff, 0xfeff },   /* byte order mark */
    { 0xfff9, 0xfffb },   /* interlinear annotation */
    { 0xe0000, 0xe0fff }, /* tags and other invisible selectors */
  };

  if (c >= 0x20 && c < 0x7f)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      if (c >= ranges[i].first && c <= ranges[i].last)
        return TRUE;
    }

  return FALSE;
}

static void
append_escape (GString *out, gunichar c)
{
  switch (c)
    {
    case '\n':
      g_string_append (out, "\\n");
      return;
    case '\r':
      g_string_append (out, "\\r");
      return;
    case '\t':
      g_string_append (out, "\\t");
      return;
    default:
      if (c > 0xffff)
        g_string_append_printf (out, "\\U%08x", c);
      else
        g_string_append_printf (out, "\\u%04x", c);
      return;
    }
}

/**
 * lt_ctl_text_escape:
 * @text: any bytes
 * @length: bytes of @text, or -1 if it ends in NUL
 * @ascii: whether to escape what is not ASCII too, for a terminal that does not show UTF-8
 *
 * Makes text harmless to a terminal and one line: controls, C1, bidirectional controls, line
 * separators and invisible characters become `\n`, `\u202e` and the like, bytes that are no
 * UTF-8 become `\xff`.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
lt_ctl_text_escape (const char *text, gssize length, gboolean ascii)
{
  const char *end = text + (length < 0 ? (gsize) strlen (text) : (gsize) length);
  GString *out = g_string_sized_new (end - text + 1);

  while (text < end)
    {
      const char *next = text;
      gunichar c;

      while (next < end && *next >= 0x20 && *next < 0x7f)
        next++;
      g_string_append_len (out, text, next - text);
      text = next;
      if (text == end)
        break;

      c = *text == '\0' ? 0 : g_utf8_get_char_validated (text, end - text);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (out, "\\x%02x", (guint8) *text);
          text++;
          continue;
        }
      next = *text == '\0' ? text + 1 : g_utf8_next_char (text);
      if (is_unsafe (c) || (ascii && c > 0x7f))
        append_escape (out, c);
      else
        g_string_append_len (out, text, next - text);
      text = next;
    }

  return g_string_free (out, FALSE);
}

/**
 * lt_ctl_text_append_json_safe:
 * @out: where to append
 * @json: (array length=length): JSON in UTF-8, without line ends
 * @length: bytes of @json
 *
 * Appends JSON so that it means the same and is harmless to a terminal: what may not be shown
 * is escaped as JSON has it. Such characters stand only in strings.
 */
void
lt_ctl_text_append_json_safe (GString *out, const char *json, gsize length)
{
  const char *end = json + length;

  while (json < end)
    {
      const char *next = json;
      gunichar c;

      while (next < end && *next >= 0x20 && *next < 0x7f)
        next++;
      g_string_append_len (out, json, next - json);
      json = next;
      if (json == end)
        break;

      c = *json == '\0' ? 0 : g_utf8_get_char_validated (json, end - json);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append (out, "\\ufffd");
          json++;
          continue;
        }
      next = *json == '\0' ? json + 1 : g_utf8_next_char (json);
      if (!is_unsafe (c))
        g_string_append_len (out, json, next - json);
      else if (c > 0xffff)
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
      else
        g_string_append_printf (out, "\\u%04x", c);
      json = next;
    }
}

static guint
get_char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;

  return g_unichar_iswide (c) ? 2 : 1;
}

/**
 * lt_ctl_text_get_width:
 * @text: what lt_ctl_text_escape() made
 * @length: bytes of @text, or -1 if it ends in NUL
 *
 * Returns: how many columns of a terminal @text takes
 */
guint
lt_ctl_text_get_width (const char *text, gssize length)
{
  const char *end = text + (length < 0 ? (gsize) strlen (text) : (gsize) length);
  guint width = 0;

  for (; text < end; text = g_utf8_next_char (text))
    width += get_char_width (g_utf8_get_char (text));

  return width;
}

/**
 * lt_ctl_text_truncate:
 * @text: what lt_ctl_text_escape() made
 * @width: columns, at least 1
 * @ascii: whether the sign of omission must be ASCII
 *
 * Cuts text that is wider than @width; the last column it may take then shows that it was cut.
 *
 * Returns: (transfer full): text of at most @width columns
 */
char *
lt_ctl_text_truncate (const char *text, guint width, gboolean ascii)
{
  const char *at = text;
  guint used = 0;

  if (lt_ctl_text_get_width (text, -1) <= width)
    return g_strdup (text);

  for (; *at != '\0'; at = g_utf8_next_char (at))
    {
      guint one = get_char_width (g_utf8_get_char (at));

      if (used + one > width - 1)
        break;
      used += one;
    }

  return g_strdup_printf ("%.*s%s", (int) (at - text), text, ascii ? ">" : "…");
}

/**
 * lt_ctl_text_mark:
 * @text: what a user wrote
 * @position: bytes into @text; past its end counts as its end
 * @ascii: as for lt_ctl_text_escape()
 *
 * Shows a place in a text by a caret under it.
 *
 * Returns: (transfer full): two lines, without an end to the second
 */
char *
lt_ctl_text_mark (const char *text, gsize position, gboolean ascii)
{
  gsize length = strlen (text);
  g_autofree char *shown = lt_ctl_text_escape (text, -1, ascii);
  g_autofree char *before = lt_ctl_text_escape (text, (gssize) MIN (position, length), ascii);

  return g_strdup_printf (MARK_INDENT "%s\n" MARK_INDENT "%*s^", shown,
                          (int) lt_ctl_text_get_width (before, -1), "");
}
