/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue-private.h"
#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

static inline gboolean
is_separator (char c)
{
  return c == '-' || c == '_';
}

/**
 * lt_key_fold:
 * @name: a key name, in any spelling
 * @length: bytes of @name, or -1 if it ends in NUL
 *
 * Returns: (transfer full) (not nullable): what all spellings of @name have in common: lower
 *   case, no `-` and no `_`
 */
char *
lt_key_fold (const char *name, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (name) : (gsize) length;
  char *folded = g_malloc (n_bytes + 1);
  char *out = folded;

  for (gsize i = 0; i < n_bytes; i++)
    {
      if (!is_separator (name[i]))
        *out++ = g_ascii_tolower (name[i]);
    }

  *out = '\0';
  return folded;
}

/* Makes `queueTime` of `queue_time` and `QueueTime`, `saslUsername` of `SASL_username`. */
static char *
make_camel_case (const char *name, gsize length)
{
  GString *camel = g_string_sized_new (length + 1);
  gsize at = 0;

  while (at < length)
    {
      gsize end = at;
      gboolean has_lower = FALSE;

      for (; end < length && !is_separator (name[end]); end++)
        has_lower = has_lower || g_ascii_islower (name[end]);

      for (gsize i = at; i < end; i++)
        {
          gboolean first_of_name = camel->len == 0;
          gboolean first_of_word = i == at;

          if (first_of_word && !first_of_name)
            g_string_append_c (camel, g_ascii_toupper (name[i]));
          else if (first_of_word || !has_lower)
            g_string_append_c (camel, g_ascii_tolower (name[i]));
          else
            g_string_append_c (camel, name[i]);
        }
      at = end + 1;
    }

  return g_string_free (camel, FALSE);
}

/**
 * lt_key_make_title:
 * @name: a key name in camelCase
 *
 * Returns: (transfer full) (not nullable): a title for a key that has none, such as
 *   `Queue time` for `queueTime`
 */
char *
lt_key_make_title (const char *name)
{
  GString *title = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at++)
    {
      gboolean new_word = at > name && g_ascii_isupper (*at) && g_ascii_islower (at[-1]);

      if (new_word || *at == '.')
        g_string_append_c (title, ' ');
      if (*at != '.')
        g_string_append_c (title, new_word ? g_ascii_tolower (*at) : *at);
    }

  title->str[0] = g_ascii_toupper (title->str[0]);
  return g_string_free (title, FALSE);
}

/**
 * lt_key_check_name:
 * @name: (array length=length): what should be a key name
 * @length: bytes of @name
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_key_check_name (const char *name, gsize length, GError **error)
{
  gboolean good = length <= LT_KEY_MAX_BYTES;
  gboolean has_alphanumeric = FALSE;
  g_autofree char *quoted = NULL;

  for (gsize i = 0; i < length && good; i++)
    {
      has_alphanumeric = has_alphanumeric || g_ascii_isalnum (name[i]);
      good = g_ascii_isalnum (name[i]) || is_separator (name[i]) || name[i] == '.';
    }

  if (good && has_alphanumeric)
    return TRUE;

  quoted = lt_text_quote (name, (gssize) length);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
               "%s is not a key name; use 1 to %d letters, digits, \"-\", \"_\" and \".\"", quoted,
               LT_KEY_MAX_BYTES);
  return FALSE;
}

/**
 * lt_key_entry_new:
 * @name: (array length=length): a good key name
 * @length: bytes of @name
 *
 * Returns: (transfer full): a key of no catalogue yet, with one reference; its name is
 *   @name in camelCase
 */
LtKeyEntry *
lt_key_entry_new (const char *name, gsize length)
{
  LtKeyEntry *entry = g_new0 (LtKeyEntry, 1);

  entry->spellings[0] = make_camel_case (name, length);
  entry->n_spellings = 1;
  entry->seen_link.data = entry;
  entry->key.ref_count = 1;
  entry->key.name = entry->spellings[0];
  entry->key.name_length = (guint) strlen (entry->key.name);
  entry->key.folded = lt_key_fold (name, (gssize) length);
  return entry;
}

/**
 * lt_key_entry_add_spelling:
 * @entry: a key of a catalogue
 * @name: (array length=length): another way to write its name
 * @length: bytes of @name
 *
 * Lets the catalogue find @entry by @name without folding, while there is room for that.
 */
void
lt_key_entry_add_spelling (LtKeyEntry *entry, const char *name, gsize length)
{
  char *spelling;

  if (entry->n_spellings == LT_KEY_MAX_SPELLINGS
      || lt_name_table_lookup (&entry->catalogue->spellings, name, length) != NULL)
    return;

  spelling = g_strndup (name, length);
  entry->spellings[entry->n_spellings++] = spelling;
  lt_name_table_insert (&entry->catalogue->spellings, spelling, length, entry);
}

/**
 * lt_key_entry_set_name:
 * @entry: a key of a catalogue
 * @name: a spelling of its name
 *
 * Makes @name the spelling that JSON shows.
 */
void
lt_key_entry_set_name (LtKeyEntry *entry, const char *name)
{
  guint at = 0;

  while (at < entry->n_spellings && strcmp (entry->spellings[at], name) != 0)
    at++;

  if (at == LT_KEY_MAX_SPELLINGS)
    {
      at--;
      lt_name_table_remove (&entry->catalogue->spellings, entry->spellings[at],
                            strlen (entry->spellings[at]));
      g_free (entry->spellings[at]);
      entry->n_spellings--;
    }
  if (at == entry->n_spellings)
    lt_key_entry_add_spelling (entry, name, strlen (name));

  name = entry->spellings[at];
  entry->spellings[at] = entry->spellings[0];
  entry->spellings[0] = (char *) name;
  entry->key.name = name;
  entry->key.name_length = (guint) strlen (name);
}

/**
 * lt_key_free:
 * @key: (transfer full): a key without references
 *
 * Only for lt_key_unref().
 */
void
lt_key_free (LtKey *key)
{
  LtKeyEntry *entry = (LtKeyEntry *) key;

  for (guint i = 0; i < entry->n_spellings; i++)
    {
      if (entry->catalogue != NULL)
        lt_name_table_remove (&entry->catalogue->spellings, entry->spellings[i],
                              strlen (entry->spellings[i]));
      g_free (entry->spellings[i]);
    }
  if (entry->catalogue != NULL)
    lt_name_table_remove (&entry->catalogue->keys, key->folded, strlen (key->folded));

  g_free ((char *) key->folded);
  g_free (entry->titles);
  g_free (entry);
}
