/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-scanner.h"

#include <string.h>

#define ONES  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGHS G_GUINT64_CONSTANT (0x8080808080808080)

/* Skips what a string holds as it is: neither `"`, `\`, a control character nor a byte that
 * is not ASCII. Eight bytes a step: each test leaves a high bit in the first byte it
 * fits; the bytes behind it may carry false ones, so only the lowest counts. */
static const char *
skip_plain (const char *p, const char *end)
{
  while (end - p >= 8)
    {
      guint64 word = 0;
      guint64 quote = 0;
      guint64 backslash = 0;
      guint64 special = 0;

      memcpy (&word, p, sizeof word);
      word = GUINT64_FROM_LE (word);
      quote = word ^ (ONES * '"');
      backslash = word ^ (ONES * '\\');
      special = (word | (word - ONES * 0x20) | (quote - ONES) | (backslash - ONES)) & HIGHS;
      if (special != 0)
        return p + (__builtin_ctzll (special) >> 3);
      p += 8;
    }

  while (p < end && (guchar) *p >= 0x20 && (guchar) *p < 0x80 && *p != '"' && *p != '\\')
    p++;
  return p;
}

static inline gboolean
is_continuation (guchar c)
{
  return (c & 0xc0) == 0x80;
}

/* How many bytes the UTF-8 sequence at @text has (RFC 3629 section 4), or 0 if it is none. */
static guint
get_sequence_length (const char *text, const char *end)
{
  const guchar *p = (const guchar *) text;
  gsize left = (gsize) (end - text);

  if (p[0] >= 0xc2 && p[0] <= 0xdf)
    return left >= 2 && is_continuation (p[1]) ? 2 : 0;

  if (p[0] >= 0xe0 && p[0] <= 0xef)
    {
      guchar low = p[0] == 0xe0 ? 0xa0 : 0x80;
      guchar high = p[0] == 0xed ? 0x9f : 0xbf;

      return left >= 3 && p[1] >= low && p[1] <= high && is_continuation (p[2]) ? 3 : 0;
    }

  if (p[0] >= 0xf0 && p[0] <= 0xf4)
    {
      guchar low = p[0] == 0xf0 ? 0x90 : 0x80;
      guchar high = p[0] == 0xf4 ? 0x8f : 0xbf;

      return left >= 4 && p[1] >= low && p[1] <= high && is_continuation (p[2])
                     && is_continuation (p[3])
                 ? 4
                 : 0;
    }

  return 0;
}

/* Skips the text of a string up to its next quote or backslash. */
static const char *
skip_text (const LtJsonScanner *self, const char *p, GError **error)
{
  for (;;)
    {
      guint sequence = 0;

      p = skip_plain (p, self->end);
      if (p == self->end)
        {
          lt_json_scanner_fail (self, p, error, "the text ends inside a string");
          return NULL;
        }
      if (*p == '"' || *p == '\\')
        return p;
      if ((guchar) *p < 0x20)
        {
          lt_json_scanner_fail (self, p, error,
                                "control character U+%04X in a string; write it as \\u%04x",
                                (guint) (guchar) *p, (guint) (guchar) *p);
          return NULL;
        }

      sequence = get_sequence_length (p, self->end);
      if (sequence == 0)
        {
          lt_json_scanner_fail (self, p, error, "byte 0x%02X is not UTF-8", (guint) (guchar) *p);
          return NULL;
        }
      p += sequence;
    }
}

/* Where decoded text goes: room for @size bytes, what is there already kept. */
static char *
reserve_scratch (LtJsonScanner *self, gsize used, gsize size)
{
  char *bigger = NULL;

  if (self->heap == NULL && size <= sizeof self->scratch)
    return self->scratch;
  if (size <= self->heap_size)
    return self->heap;

  self->heap_size = MAX (size, 2 * self->heap_size);
  bigger = g_malloc (self->heap_size);
  if (used > 0)
    memcpy (bigger, self->heap != NULL ? self->heap : self->scratch, used);
  g_free (self->heap);
  self->heap = bigger;
  return bigger;
}

/* Reads the four digits behind `\u` at @p. */
static gboolean
read_code_unit (const LtJsonScanner *self, const char *p, guint *unit, GError **error)
{
  guint value = 0;

  for (const char *digit = p + 2; digit < p + 6; digit++)
    {
      if (digit >= self->end)
        return lt_json_scanner_fail (self, self->end, error, "the text ends inside a string");
      if (!g_ascii_isxdigit (*digit))
        return lt_json_scanner_fail (self, digit, error, "\\u needs four hexadecimal digits");
      value = value << 4 | (guint) g_ascii_xdigit_value (*digit);
    }

  *unit = value;
  return TRUE;
}

/* Decodes the `\uXXXX` at *@p, or the two of a surrogate pair, into UTF-8 at @out. */
static gboolean
read_unicode_escape (const LtJsonScanner *self, const char **p, char *out, guint *written,
                     GError **error)
{
  const char *at = *p;
  guint unit = 0;
  guint low = 0;

  if (!read_code_unit (self, at, &unit, error))
    return FALSE;
  if (unit == 0)
    return lt_json_scanner_fail (self, at, error, "\\u0000 is not taken: no text here holds NUL");
  *p = at + 6;

  if (unit >= 0xdc00 && unit <= 0xdfff)
    return lt_json_scanner_fail (self, at, error,
                                 "\\u%04x is the second half of a surrogate pair "
                                 "without its first",
                                 unit);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (self->end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return lt_json_scanner_fail (self, at, error,
                                     "\\u%04x is the first half of a surrogate "
                                     "pair without its second",
                                     unit);
      if (!read_code_unit (self, *p, &low, error))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return lt_json_scanner_fail (self, at, error,
                                     "\\u%04x is the first half of a surrogate "
                                     "pair without its second",
                                     unit);
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      *p += 6;
    }

  *written = (guint) g_unichar_to_utf8 (unit, out);
  return TRUE;
}

/* Decodes the escape at *@p to at most 4 bytes at @out. */
static gboolean
read_escape (const LtJsonScanner *self, const char **p, char *out, guint *written, GError **error)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *name = NULL;

  if (self->end - *p < 2)
    return lt_json_scanner_fail (self, self->end, error, "the text ends inside a string");
  if ((*p)[1] == 'u')
    return read_unicode_escape (self, p, out, written, error);

  name = (*p)[1] != '\0' ? strchr (names, (*p)[1]) : NULL;
  if (name == NULL)
    return lt_json_scanner_fail (self, *p, error,
                                 "unknown escape in a string; JSON has \\\" \\\\ "
                                 "\\/ \\b \\f \\n \\r \\t and \\uXXXX");

  *out = meanings[name - names];
  *written = 1;
  *p += 2;
  return TRUE;
}

/* Decodes a string with escapes: @start is its first byte, @p its first backslash. */
static gboolean
read_escaped (LtJsonScanner *self, const char *start, const char *p, const char **string,
              gsize *length, GError **error)
{
  char *out = NULL;
  gsize used = 0;

  for (;;)
    {
      gsize run = (gsize) (p - start);
      guint written = 0;

      out = reserve_scratch (self, used, used + run + 4);
      memcpy (out + used, start, run);
      used += run;
      if (*p == '"')
        break;
      if (!read_escape (self, &p, out + used, &written, error))
        return FALSE;
      used += written;

      start = p;
      p = skip_text (self, p, error);
      if (p == NULL)
        return FALSE;
    }

  self->cursor = p + 1;
  *string = out;
  *length = used;
  return TRUE;
}

/**
 * lt_json_scanner_read_string:
 * @self: a scanner at a quote
 * @string: (out) (transfer none): the text, UTF-8 without NUL, not NUL-terminated: a slice of
 *   the input, or, where it has escapes, valid until the next string is read
 * @length: (out): bytes of @string
 * @error: return location for an error
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_read_string (LtJsonScanner *self, const char **string, gsize *length,
                             GError **error)
{
  const char *start = self->cursor + 1;
  const char *p = skip_text (self, start, error);

  if (G_UNLIKELY (p == NULL))
    return FALSE;
  if (G_UNLIKELY (*p == '\\'))
    return read_escaped (self, start, p, string, length, error);

  *string = start;
  *length = (gsize) (p - start);
  self->cursor = p + 1;
  return TRUE;
}
