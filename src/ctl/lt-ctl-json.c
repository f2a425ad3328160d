/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-json.h"

#include "json/lt-json-encoder.h"
#include "json/lt-json-scanner.h"

/* Lists hold lists. */
static GVariant *read_value (LtJsonScanner *scanner, GError **error);

static GVariant *
read_object (LtJsonScanner *scanner, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gboolean more = TRUE;

  if (!lt_json_scanner_enter (scanner, error))
    return NULL;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *slice;
      gsize length;
      g_autofree char *name = NULL;
      GVariant *value;

      if (!lt_json_scanner_next (scanner, '}', first, &more, error))
        return NULL;
      if (!more)
        return g_variant_builder_end (&builder);
      if (!lt_json_scanner_read_name (scanner, &slice, &length, error))
        return NULL;
      name = g_strndup (slice, length);
      value = read_value (scanner, error);
      if (value == NULL)
        return NULL;
      g_variant_builder_add (&builder, "{sv}", name, value);
    }
}

static GVariant *
read_list (LtJsonScanner *scanner, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  gboolean more = TRUE;

  if (!lt_json_scanner_enter (scanner, error))
    return NULL;

  for (gboolean first = TRUE;; first = FALSE)
    {
      GVariant *value;

      if (!lt_json_scanner_next (scanner, ']', first, &more, error))
        return NULL;
      if (!more)
        return g_variant_builder_end (&builder);
      value = read_value (scanner, error);
      if (value == NULL)
        return NULL;
      g_variant_builder_add (&builder, "v", value);
    }
}

static GVariant *
read_number (LtJsonScanner *scanner, GError **error)
{
  LtJsonNumber number;

  if (!lt_json_scanner_read_number (scanner, &number, error))
    return NULL;

  switch (number.kind)
    {
    case LT_JSON_INTEGER:
      return g_variant_new_int64 (number.integer);
    case LT_JSON_UNSIGNED:
      return g_variant_new_uint64 (number.uinteger);
    case LT_JSON_DOUBLE:
    default:
      return g_variant_new_double (number.number);
    }
}

static GVariant *
read_value (LtJsonScanner *scanner, GError **error)
{
  const char *slice;
  gsize length;

  switch (lt_json_scanner_peek (scanner))
    {
    case '"':
      if (!lt_json_scanner_read_string (scanner, &slice, &length, error))
        return NULL;
      return g_variant_new_take_string (g_strndup (slice, length));
    case '{':
      return read_object (scanner, error);
    case '[':
      return read_list (scanner, error);
    case 't':
      return lt_json_scanner_read_word (scanner, "true", error) ? g_variant_new_boolean (TRUE)
                                                                : NULL;
    case 'f':
      return lt_json_scanner_read_word (scanner, "false", error) ? g_variant_new_boolean (FALSE)
                                                                 : NULL;
    case 'n':
      return lt_json_scanner_read_word (scanner, "null", error) ? g_variant_new_tuple (NULL, 0)
                                                                : NULL;
    case '-':
    case '0' ... '9':
      return read_number (scanner, error);
    default:
      lt_json_scanner_fail_value (scanner, error);
      return NULL;
    }
}

/**
 * lt_ctl_json_parse:
 * @json: (array length=length): a JSON value
 * @length: bytes of @json
 * @error: return location for an error
 *
 * Reads JSON as D-Bus would carry it: strings, booleans, 64-bit integers (signed where they
 * fit), doubles, lists as `av`, objects as `a{sv}`, null as `()`.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL and %LT_ERROR_INVALID_JSON with the
 *   place
 */
GVariant *
lt_ctl_json_parse (const char *json, gsize length, GError **error)
{
  g_auto (LtJsonScanner) scanner;
  g_autoptr (GVariant) value = NULL;

  lt_json_scanner_init (&scanner, json, length);
  lt_json_scanner_skip_space (&scanner);
  value = read_value (&scanner, error);
  if (value == NULL)
    return NULL;

  g_variant_ref_sink (value);
  return lt_json_scanner_finish (&scanner, error) ? g_steal_pointer (&value) : NULL;
}

static void
append_dictionary (GString *out, GVariant *dictionary)
{
  gsize n_entries = g_variant_n_children (dictionary);

  g_string_append_c (out, '{');
  for (gsize i = 0; i < n_entries; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (dictionary, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);

      if (i > 0)
        g_string_append_c (out, ',');
      lt_json_append_string (out, g_variant_get_string (key, NULL), -1);
      g_string_append_c (out, ':');
      lt_ctl_json_append (out, value);
    }
  g_string_append_c (out, '}');
}

static void
append_list (GString *out, GVariant *list)
{
  gsize n_items = g_variant_n_children (list);

  g_string_append_c (out, '[');
  for (gsize i = 0; i < n_items; i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (list, i);

      if (i > 0)
        g_string_append_c (out, ',');
      lt_ctl_json_append (out, item);
    }
  g_string_append_c (out, ']');
}

/**
 * lt_ctl_json_append:
 * @out: where to append
 * @value: what lt_ctl_json_parse() made or the daemon sent
 *
 * Appends a value as JSON: dictionaries as objects, arrays as lists.
 */
void
lt_ctl_json_append (GString *out, GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
      inner = g_variant_get_variant (value);
      lt_ctl_json_append (out, inner);
      return;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
      lt_json_append_string (out, g_variant_get_string (value, NULL), -1);
      return;
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (out, g_variant_get_boolean (value) ? "true" : "false");
      return;
    case G_VARIANT_CLASS_INT64:
      lt_json_append_integer (out, g_variant_get_int64 (value));
      return;
    case G_VARIANT_CLASS_UINT64:
      lt_json_append_unsigned (out, g_variant_get_uint64 (value));
      return;
    case G_VARIANT_CLASS_DOUBLE:
      lt_json_append_number (out, g_variant_get_double (value));
      return;
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
        append_dictionary (out, value);
      else
        append_list (out, value);
      return;
    default:
      g_string_append (out, "null");
      return;
    }
}
