/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-accept.h"

#include <string.h>

/* No sane client names more; the rest of a longer list is not read. */
#define MAX_RANGES 64

/* Thousandths: `q=0.8` is 800. What cannot be read counts as 0. */
static guint
read_weight (const char *parameters)
{
  g_auto (GStrv) parts = g_strsplit (parameters, ";", MAX_RANGES);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);
      char *end = NULL;
      double weight;

      if (g_ascii_strncasecmp (part, "q=", 2) != 0)
        continue;
      weight = g_ascii_strtod (part + 2, &end);
      if (end == part + 2 || *end != '\0' || !(weight >= 0 && weight <= 1))
        return 0;
      return (guint) (weight * 1000 + 0.5);
    }

  return 1000;
}

/* How exactly @range names @type: 0 not at all, 1 as any, 2 by its first half, 3 in full. */
static guint
get_fit (const char *range, const char *type)
{
  gsize length = strlen (range);

  if (g_str_equal (range, "*/*") || g_str_equal (range, "*"))
    return 1;
  if (g_str_has_suffix (range, "/*") && g_ascii_strncasecmp (range, type, length - 1) == 0)
    return 2;

  return g_ascii_strcasecmp (range, type) == 0 ? 3 : 0;
}

static guint
get_weight (GStrv ranges, const char *type)
{
  guint best_fit = 0;
  guint weight = 0;

  for (gsize i = 0; ranges[i] != NULL; i++)
    {
      g_autofree char *range = g_strdup (ranges[i]);
      char *parameters = strchr (range, ';');
      guint fit;

      if (parameters != NULL)
        *parameters++ = '\0';
      fit = get_fit (g_strstrip (range), type);
      if (fit > best_fit)
        {
          best_fit = fit;
          weight = read_weight (parameters != NULL ? parameters : "");
        }
    }

  return weight;
}

/**
 * lt_http_accept_choose:
 * @accept: (nullable): the Accept header, or %NULL if there is none
 * @types: (array zero-terminated=1): media types to choose from, the preferred first
 *
 * Chooses as RFC 9110 section 12.5.1 has it.
 *
 * Returns: the index of the type the client likes best, or -1 if it likes none
 */
gssize
lt_http_accept_choose (const char *accept, const char *const *types)
{
  g_auto (GStrv) ranges = NULL;
  gssize best = -1;
  guint best_weight = 0;

  if (accept == NULL || *accept == '\0')
    return 0;

  ranges = g_strsplit (accept, ",", MAX_RANGES);
  for (gsize i = 0; types[i] != NULL; i++)
    {
      guint weight = get_weight (ranges, types[i]);

      if (weight > best_weight)
        {
          best_weight = weight;
          best = (gssize) i;
        }
    }

  return best;
}

/**
 * lt_http_accept_language:
 * @accept_language: (nullable): the Accept-Language header, or %NULL if there is none
 * @languages: (array zero-terminated=1): languages to choose from; the first is the default
 *
 * Chooses by the first part of a language tag: `de-AT` is served with `de`.
 *
 * Returns: (transfer none): one of @languages
 */
const char *
lt_http_accept_language (const char *accept_language, const char *const *languages)
{
  g_auto (GStrv) ranges = NULL;
  const char *best = languages[0];
  guint best_weight = 0;

  if (accept_language == NULL)
    return best;

  ranges = g_strsplit (accept_language, ",", MAX_RANGES);
  for (gsize i = 0; ranges[i] != NULL; i++)
    {
      char *parameters = strchr (ranges[i], ';');
      guint weight;

      if (parameters != NULL)
        *parameters++ = '\0';
      g_strdelimit (g_strstrip (ranges[i]), "-", '\0');
      weight = read_weight (parameters != NULL ? parameters : "");
      for (gsize j = 0; languages[j] != NULL; j++)
        {
          if (weight > best_weight && g_ascii_strcasecmp (ranges[i], languages[j]) == 0)
            {
              best_weight = weight;
              best = languages[j];
            }
        }
    }

  return best;
}

/**
 * lt_http_media_type_is:
 * @content_type: (nullable): a Content-Type header
 * @type: a media type, such as `application/json`
 *
 * Parameters do not count, but a `charset` must be UTF-8.
 *
 * Returns: %TRUE if @content_type is @type
 */
gboolean
lt_http_media_type_is (const char *content_type, const char *type)
{
  g_auto (GStrv) parts = NULL;

  if (content_type == NULL)
    return FALSE;

  parts = g_strsplit (content_type, ";", MAX_RANGES);
  if (parts[0] == NULL || g_ascii_strcasecmp (g_strstrip (parts[0]), type) != 0)
    return FALSE;
  for (gsize i = 1; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      if (g_ascii_strncasecmp (part, "charset=", 8) == 0
          && g_ascii_strcasecmp (part + 8, "utf-8") != 0
          && g_ascii_strcasecmp (part + 8, "\"utf-8\"") != 0)
        return FALSE;
    }

  return TRUE;
}
