/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-fold.h"

#include <string.h>

/* Folding lengthens a character by half at most: U+023A takes two bytes, its lower case
 * U+2C65 three. */
#define FOLDED_MAX_BYTES(length) ((length) + (length) / 2 + 6)

/* Simple folding as Unicode's CaseFolding.txt has it. The dotted capital I and the dotless
 * small i have no simple folding, though their case mappings lead to "i". */
static gunichar
fold_character (gunichar c)
{
  if (c == 0x130 || c == 0x131)
    return c;

  return g_unichar_tolower (g_unichar_toupper (c));
}

#define EACH_BYTE(value) (G_GUINT64_CONSTANT (0x0101010101010101) * (value))

static inline char
fold_byte (char c)
{
  return (char) (c + (((guint8) (c - 'A') < 26) << 5));
}

/* Copies ASCII in lower case up to the first other byte; returns how many bytes. */
static gsize
fold_ascii (char *out, const char *text, gsize length)
{
  gsize done = 0;

  for (; length - done >= 8; done += 8)
    {
      guint64 word, from_a, past_z;

      memcpy (&word, text + done, 8);
      if ((word & EACH_BYTE (0x80)) != 0)
        break;
      /* Bytes from "A" on, and those past "Z", carry into their top bits. */
      from_a = word + EACH_BYTE (0x80 - 'A');
      past_z = word + EACH_BYTE (0x7f - 'Z');
      word |= ((from_a ^ past_z) & EACH_BYTE (0x80)) >> 2;
      memcpy (out + done, &word, 8);
    }

  for (; done < length && (text[done] & 0x80) == 0; done++)
    out[done] = fold_byte (text[done]);

  return done;
}

/**
 * lt_fold_append:
 * @out: where to append
 * @text: (array length=length): valid UTF-8, need not end in NUL
 * @length: bytes of @text
 *
 * Appends @text with its case folded (Unicode simple case folding), so that texts which
 * differ in case only become the same bytes. Folding what is folded changes nothing.
 * The result may be up to half as long again as @text.
 */
void
lt_fold_append (GString *out, const char *text, gsize length)
{
  const char *end = text + length;
  gsize used = out->len;
  gsize done;

  g_string_set_size (out, used + length);
  done = fold_ascii (out->str + used, text, length);
  if (done == length)
    return;

  g_string_set_size (out, used + FOLDED_MAX_BYTES (length));
  used += done;
  text += done;
  while (text < end)
    {
      if ((*text & 0x80) == 0)
        {
          out->str[used++] = fold_byte (*text++);
          continue;
        }
      used += g_unichar_to_utf8 (fold_character (g_utf8_get_char (text)), out->str + used);
      text = g_utf8_next_char (text);
    }

  g_string_truncate (out, used);
}

/**
 * lt_fold_dup:
 * @text: valid UTF-8
 * @length: bytes of @text, or -1 if it ends in NUL
 *
 * Returns: (transfer full) (not nullable): @text with its case folded, see
 *   lt_fold_append()
 */
char *
lt_fold_dup (const char *text, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  GString *out = g_string_sized_new (n_bytes);

  lt_fold_append (out, text, n_bytes);
  return g_string_free (out, FALSE);
}
