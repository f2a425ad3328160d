/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-name.h"

#include "lt-error.h"
#include "lt-nearest.h"
#include "lt-text.h"

#include <string.h>

/* As lt_key_fold() makes them. */
static const struct
{
  const char *folded;
  const char *name;
  LtSubject subject;
} own_fields[] = {
  { "type", "type", LT_SUBJECT_TYPE },
  { "level", "level", LT_SUBJECT_LEVEL },
  { "text", "text", LT_SUBJECT_TEXT },
  { "span", "span", LT_SUBJECT_SPAN },
  { "createdat", "createdAt", LT_SUBJECT_CREATED_AT },
};

/* What a mistyped name of a query may have meant besides a key. */
static const char *const query_words[]
    = { "type",    "level", "text",  "span",  "createdAt",     "filter", "q",
        "context", "last",  "since", "until", "last-event-id", "limit",  "format" };

#define N_OWN_WORDS 5

/**
 * lt_own_field_find:
 * @name: (array length=length): a name as a filter has it
 * @length: bytes of @name
 * @subject: (out): what it is, unset on failure
 *
 * Returns: %TRUE if @name is one of the event's own fields
 */
gboolean
lt_own_field_find (const char *name, gsize length, LtSubject *subject)
{
  g_autofree char *folded = lt_key_fold (name, (gssize) length);

  for (guint i = 0; i < G_N_ELEMENTS (own_fields); i++)
    if (strcmp (folded, own_fields[i].folded) == 0)
      {
        *subject = own_fields[i].subject;
        return TRUE;
      }

  return FALSE;
}

/**
 * lt_own_field_get_name:
 * @subject: what a term looks at
 *
 * Returns: (nullable): its name in a filter, if it is one of the event's own fields
 */
const char *
lt_own_field_get_name (LtSubject subject)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_fields); i++)
    if (own_fields[i].subject == subject)
      return own_fields[i].name;

  return NULL;
}

/**
 * lt_key_prefix_skip:
 * @name: (array length=length): a name as a filter has it
 * @length: bytes of @name
 *
 * Returns: (nullable): what follows if @name begins with `key.`
 */
const char *
lt_key_prefix_skip (const char *name, gsize length)
{
  return length > 4 && g_ascii_strncasecmp (name, "key.", 4) == 0 ? name + 4 : NULL;
}

/**
 * lt_term_name_is_known:
 * @catalogue: the keys there are
 * @name: (array length=length): a name
 * @length: bytes of @name
 *
 * Returns: %TRUE if a term with @name before its operator would be taken: @name is a key
 *   that is known or was seen, one of the event's own fields, or `key.` and any key name
 */
gboolean
lt_term_name_is_known (LtCatalogue *catalogue, const char *name, gsize length)
{
  const char *plain = lt_key_prefix_skip (name, length);
  g_autoptr (LtKey) key = NULL;
  LtSubject subject;

  if (plain != NULL)
    {
      key = lt_catalogue_intern_key (catalogue, plain, (gssize) (length - 4), NULL);
      return key != NULL;
    }

  return lt_own_field_find (name, length, &subject)
         || lt_catalogue_find_key (catalogue, name, (gssize) length) != NULL;
}

static const char *
find_nearest (const LtTermSource *source, const char *name)
{
  const char *key = lt_catalogue_nearest_key (source->catalogue, name, -1);
  const char *word = lt_nearest_word (name, query_words,
                                      source->is_query ? G_N_ELEMENTS (query_words) : N_OWN_WORDS);

  if (key == NULL || word == NULL)
    return key != NULL ? key : word;

  return lt_edit_distance (name, word) < lt_edit_distance (name, key) ? word : key;
}

/**
 * lt_term_fail_unknown_name:
 * @source: what was compiled with
 * @name: (array length=length): a name that is none
 * @length: bytes of @name
 * @error: return location
 *
 * Sets %LT_ERROR_UNKNOWN_KEY, with what may have been meant.
 *
 * Returns: %FALSE, so that a function can end in this call
 */
gboolean
lt_term_fail_unknown_name (const LtTermSource *source, const char *name, gsize length,
                           GError **error)
{
  g_autofree char *word = g_strndup (name, length);
  g_autofree char *quoted = lt_text_quote (name, (gssize) length);
  g_autofree char *folded = lt_key_fold (name, (gssize) length);
  gsize n_good = strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
  const char *nearest = NULL;

  if (n_good < length || *folded == '\0')
    return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0, "%s cannot be a key; %s", quoted,
                             source->is_query
                                 ? "to search for text, write filter=…"
                                 : "to search for text that holds \":\", put it in quotes");

  nearest = find_nearest (source, word);
  if (source->is_query)
    return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0,
                             nearest != NULL ? "unknown key %s; did you mean \"%s\"? To search for "
                                               "text, write filter=…; key.NAME=… takes any key name"
                                             : "unknown key %s%s; to search for text, write "
                                               "filter=…; key.NAME=… takes any key name",
                             quoted, nearest != NULL ? nearest : "");

  return lt_error_fail_at (error, LT_ERROR_UNKNOWN_KEY, 0,
                           nearest != NULL ? "unknown key %s; did you mean \"%s\"? To search for "
                                             "the text, put it in quotes"
                                           : "unknown key %s%s; to search for the text, put it in "
                                             "quotes",
                           quoted, nearest != NULL ? nearest : "");
}
