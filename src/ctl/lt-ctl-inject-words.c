/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-inject-words.h"

#include "lt-ctl-error.h"
#include "lt-ctl-json.h"

#include "core/lt-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Returns: the length of the key that @word begins with, if it is KEY=VALUE or KEY:=JSON; else 0 */
static gsize
get_key_length (const char *word)
{
  gsize length = strspn (word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

  return word[length] == '=' || (word[length] == ':' && word[length + 1] == '=') ? length : 0;
}

/* What reads as a JSON number or as true or false is one; all else is a string. */
static GVariant *
guess (const char *text)
{
  g_autoptr (GVariant) value = NULL;

  if (*text == '-' || g_ascii_isdigit (*text) || g_str_equal (text, "true")
      || g_str_equal (text, "false"))
    value = lt_ctl_json_parse (text, strlen (text), NULL);

  return value != NULL ? g_steal_pointer (&value)
                       : g_variant_ref_sink (g_variant_new_string (text));
}

/* The bus has no null. */
static gboolean
holds_null (GVariant *value)
{
  gsize n_children;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT))
    return TRUE;
  if (!g_variant_is_container (value))
    return FALSE;

  n_children = g_variant_n_children (value);
  for (gsize i = 0; i < n_children; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (holds_null (child))
        return TRUE;
    }

  return FALSE;
}

static gboolean
add_pair (GVariantBuilder *data, const char *word, gsize key_length, GError **error)
{
  g_autofree char *key = g_strndup (word, key_length);
  gboolean exact = word[key_length] == ':';
  const char *text = word + key_length + (exact ? 2 : 1);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) failure = NULL;

  if (!exact)
    {
      value = guess (text);
      g_variant_builder_add (data, "{sv}", key, value);
      return TRUE;
    }

  value = lt_ctl_json_parse (text, strlen (text), &failure);
  if (value == NULL)
    return lt_ctl_error_usage (error, "%s: %s", key, failure->message);
  /* At the top null is absence, as in JSON. */
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT))
    return TRUE;
  if (holds_null (value))
    return lt_ctl_error_usage (error, _ ("%s: null cannot stand inside a value"), key);

  g_variant_builder_add (data, "{sv}", key, value);
  return TRUE;
}

static void
add_text (GVariantBuilder *event, const char *member, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (event, "{sv}", member, g_variant_new_string (text));
}

/**
 * lt_ctl_inject_read_words:
 * @words: (element-type utf8): the type, perhaps the text, and `key=value` or `key:=JSON`
 * @text: (nullable): the text, where it is not among @words
 * @details: (nullable): the details
 * @level: (nullable): the level
 * @role: (nullable): `start` or `end`
 * @error: return location for an error
 *
 * Puts an event together from a command line.
 *
 * Returns: (transfer floating) (nullable): an `a{sv}` for the daemon's method `Inject`, or %NULL
 *   with %LT_CTL_EXIT_USAGE
 */
GVariant *
lt_ctl_inject_read_words (GPtrArray *words, const char *text, const char *details,
                          const char *level, const char *role, GError **error)
{
  g_auto (GVariantBuilder) event = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GVariantBuilder) data = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_text (&event, "type", g_ptr_array_index (words, 0));
  for (guint i = 1; i < words->len; i++)
    {
      const char *word = g_ptr_array_index (words, i);
      gsize key_length = get_key_length (word);

      if (key_length == 0 && text == NULL)
        {
          text = word;
        }
      else if (key_length == 0)
        {
          g_autofree char *quoted = lt_text_quote (word, -1);

          lt_ctl_error_usage (
              error, _ ("%s is not KEY=VALUE, and there is a text already; put it in quotes"),
              quoted);
          return NULL;
        }
      else if (!add_pair (&data, word, key_length, error))
        {
          return NULL;
        }
    }

  add_text (&event, "level", level);
  add_text (&event, "text", text);
  add_text (&event, "details", details);
  add_text (&event, "span", role);
  g_variant_builder_add (&event, "{sv}", "data", g_variant_builder_end (&data));
  return g_variant_builder_end (&event);
}
