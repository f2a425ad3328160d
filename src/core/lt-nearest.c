/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-nearest.h"

#include <string.h>

/* Longer words are compared by their first bytes: a hint needs no more. */
#define MAX_BYTES 64

/**
 * lt_edit_distance:
 * @a: a word
 * @b: another word
 *
 * Counts the single-byte insertions, deletions, replacements and swaps of neighbours that
 * turn @a into @b, without regard to ASCII case. Of each word, the first 64 bytes count.
 *
 * Returns: the distance, from 0 to 64
 */
guint
lt_edit_distance (const char *a, const char *b)
{
  guint8 rows[3][MAX_BYTES + 1];
  gsize a_length = MIN (strlen (a), MAX_BYTES);
  gsize b_length = MIN (strlen (b), MAX_BYTES);

  for (gsize j = 0; j <= b_length; j++)
    rows[0][j] = (guint8) j;

  for (gsize i = 1; i <= a_length; i++)
    {
      guint8 *row = rows[i % 3];
      const guint8 *above = rows[(i + 2) % 3];
      const guint8 *two_above = rows[(i + 1) % 3];

      row[0] = (guint8) i;
      for (gsize j = 1; j <= b_length; j++)
        {
          char ca = g_ascii_tolower (a[i - 1]);
          char cb = g_ascii_tolower (b[j - 1]);
          guint best = above[j - 1] + (ca == cb ? 0 : 1);

          best = MIN (best, above[j] + 1U);
          best = MIN (best, row[j - 1] + 1U);
          if (i > 1 && j > 1 && ca == g_ascii_tolower (b[j - 2])
              && cb == g_ascii_tolower (a[i - 2]))
            best = MIN (best, two_above[j - 2] + 1U);
          row[j] = (guint8) best;
        }
    }

  return rows[a_length % 3][b_length];
}

/**
 * lt_nearest_word:
 * @word: what a user wrote
 * @words: (array length=n_words): what could have been meant
 * @n_words: how many
 *
 * Finds what a user most likely meant: the word with the smallest distance, if at most a
 * third of its letters differ.
 *
 * Returns: (transfer none) (nullable): one of @words, or %NULL if none is near
 */
const char *
lt_nearest_word (const char *word, const char *const *words, guint n_words)
{
  const char *nearest = NULL;
  guint nearest_distance = G_MAXUINT;

  for (guint i = 0; i < n_words; i++)
    {
      guint distance = lt_edit_distance (word, words[i]);

      if (distance < nearest_distance && distance <= MAX (1, strlen (words[i]) / 3))
        {
          nearest = words[i];
          nearest_distance = distance;
        }
    }

  return nearest;
}
