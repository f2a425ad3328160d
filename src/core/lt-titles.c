/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue-private.h"

#include <string.h>

static const char *
find_title (const char *titles, const char *locale)
{
  for (const char *at = titles; at != NULL && *at != '\0';)
    {
      const char *title = at + strlen (at) + 1;

      if (strcmp (at, locale) == 0)
        return title;
      at = title + strlen (title) + 1;
    }

  return NULL;
}

/**
 * lt_titles_set:
 * @titles: (inout): titles in several languages, %NULL for none: pairs of strings, each
 *   ended by a NUL, locale and title, after the last pair an empty string. They are read
 *   when somebody looks and kept for hundreds of names, so they are packed.
 * @locale: a locale such as `de` or `pt_BR`, or `en`
 * @title: the title
 *
 * Puts @title in place of what stood under @locale.
 */
void
lt_titles_set (char **titles, const char *locale, const char *title)
{
  GString *packed = g_string_new (NULL);

  for (const char *at = *titles; at != NULL && *at != '\0';)
    {
      const char *old_title = at + strlen (at) + 1;
      const char *next = old_title + strlen (old_title) + 1;

      if (strcmp (at, locale) != 0)
        g_string_append_len (packed, at, next - at);
      at = next;
    }

  g_string_append_len (packed, locale, (gssize) strlen (locale) + 1);
  g_string_append_len (packed, title, (gssize) strlen (title) + 1);
  g_free (*titles);
  *titles = g_malloc (packed->len + 1);
  memcpy (*titles, packed->str, packed->len + 1);
  g_string_free (packed, TRUE);
}

/**
 * lt_titles_dup:
 * @titles: (nullable): titles as lt_titles_set() packs them
 * @locale: (nullable): a locale such as `de`, `de_AT.UTF-8` or `de-AT`; %NULL is English
 *
 * Returns: (transfer full) (nullable): the title in the language nearest to @locale, else
 *   in English, else %NULL
 */
char *
lt_titles_dup (const char *titles, const char *locale)
{
  if (locale != NULL && strlen (locale) < 64)
    {
      g_autofree char *posix = g_strdelimit (g_strdup (locale), "-", '_');
      g_auto (GStrv) variants = g_get_locale_variants (posix);

      for (guint i = 0; variants[i] != NULL; i++)
        {
          const char *title = find_title (titles, variants[i]);

          if (title != NULL)
            return g_strdup (title);
        }
    }

  return g_strdup (find_title (titles, "en"));
}
