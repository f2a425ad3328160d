/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-check.h"

#include "lt-json-scanner.h"

#include "core/lt-error.h"

/* Most members lt_json_parse_object() takes: no request has more, and so few hash well. */
#define MAX_MEMBERS 256

/**
 * lt_json_check:
 * @text: (array length=length): what should be JSON
 * @length: bytes of @text
 * @error: return location for an error
 *
 * Checks that @text is one value of strict JSON (RFC 8259), at most %LT_JSON_MAX_NESTING deep,
 * with numbers that fit 64 bits, text without NUL and no member twice in one object. What passes
 * is safe for less careful parsers.
 *
 * Returns: %TRUE if it is; else %FALSE with %LT_ERROR_INVALID_JSON and a position
 */
gboolean
lt_json_check (const char *text, gsize length, GError **error)
{
  g_auto (LtJsonScanner) scanner;

  lt_json_scanner_init (&scanner, text, length);
  lt_json_scanner_skip_space (&scanner);
  return lt_json_scanner_skip_value (&scanner, error) && lt_json_scanner_finish (&scanner, error);
}

static GVariant *
take_number (const LtJsonNumber *number)
{
  switch (number->kind)
    {
    case LT_JSON_INTEGER:
      return g_variant_new_int64 (number->integer);
    case LT_JSON_UNSIGNED:
      return g_variant_new_uint64 (number->uinteger);
    default:
      return g_variant_new_double (number->number);
    }
}

static GVariant *
read_strings (LtJsonScanner *scanner, const char *name, GError **error)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  gboolean more = FALSE;

  if (!lt_json_scanner_enter (scanner, error))
    return NULL;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *string = NULL;
      gsize length = 0;

      if (!lt_json_scanner_next (scanner, ']', first, &more, error))
        return NULL;
      if (!more)
        break;
      if (lt_json_scanner_peek (scanner) != '"')
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                       "\"%s\": expected a list of strings, found %s in it", name,
                       lt_json_scanner_describe (scanner));
          lt_json_scanner_place (scanner, scanner->cursor, error);
          return NULL;
        }
      if (!lt_json_scanner_read_string (scanner, &string, &length, error))
        return NULL;
      g_ptr_array_add (strings, g_strndup (string, length));
    }

  return g_variant_new_strv ((const char *const *) strings->pdata, (gssize) strings->len);
}

/* Reads one member's value. *@value is NULL for null. */
static gboolean
read_value (LtJsonScanner *scanner, const char *name, GVariant **value, GError **error)
{
  const char *string = NULL;
  gsize length = 0;
  LtJsonNumber number;

  *value = NULL;
  switch (lt_json_scanner_peek (scanner))
    {
    case '"':
      if (!lt_json_scanner_read_string (scanner, &string, &length, error))
        return FALSE;
      *value = g_variant_new_take_string (g_strndup (string, length));
      return TRUE;
    case '[':
      *value = read_strings (scanner, name, error);
      return *value != NULL;
    case '-':
    case '0' ... '9':
      if (!lt_json_scanner_read_number (scanner, &number, error))
        return FALSE;
      *value = take_number (&number);
      return TRUE;
    case 't':
      *value = g_variant_new_boolean (TRUE);
      return lt_json_scanner_read_word (scanner, "true", error);
    case 'f':
      *value = g_variant_new_boolean (FALSE);
      return lt_json_scanner_read_word (scanner, "false", error);
    case 'n':
      return lt_json_scanner_read_word (scanner, "null", error);
    case '{':
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"%s\": expected a string, a number, a boolean or a list of strings, found %s",
                   name, lt_json_scanner_describe (scanner));
      return lt_json_scanner_place (scanner, scanner->cursor, error);
    default:
      return lt_json_scanner_fail_value (scanner, error);
    }
}

static gboolean
read_members (LtJsonScanner *scanner, GVariantDict *dict, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean more = FALSE;

  if (!lt_json_scanner_enter (scanner, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *at = NULL;
      const char *text = NULL;
      char *name = NULL;
      gsize length = 0;
      GVariant *value = NULL;

      if (!lt_json_scanner_next (scanner, '}', first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;

      at = scanner->cursor;
      if (g_hash_table_size (seen) == MAX_MEMBERS)
        return lt_json_scanner_fail (scanner, at, error, "an object of more than %d members",
                                     MAX_MEMBERS);
      if (!lt_json_scanner_read_name (scanner, &text, &length, error))
        return FALSE;
      name = g_strndup (text, length);
      if (!g_hash_table_add (seen, name))
        return lt_json_scanner_fail_twice (scanner, at, text, length, error);
      if (!read_value (scanner, name, &value, error))
        {
          if (value != NULL)
            g_variant_unref (g_variant_ref_sink (value));
          return FALSE;
        }
      if (value != NULL)
        g_variant_dict_insert_value (dict, name, value);
    }
}

/**
 * lt_json_parse_object:
 * @text: (array length=length): a small JSON object, at most 64 KiB
 * @length: bytes of @text
 * @error: return location for an error
 *
 * Reads the body of a request that controls something. Members become `s`, `b`, `x` (`t`
 * above G_MAXINT64), `d` or `as`; one that is null is left out.
 *
 * Returns: (transfer full) (nullable): an `a{sv}`; or `NULL` with %LT_ERROR_INVALID_JSON,
 *   %LT_ERROR_INVALID_ARGUMENT (not an object, or a member of another type) or
 *   %LT_ERROR_TOO_LARGE
 */
GVariant *
lt_json_parse_object (const char *text, gsize length, GError **error)
{
  g_auto (LtJsonScanner) scanner;
  g_auto (GVariantDict) dict;

  lt_json_scanner_init (&scanner, text, length);
  g_variant_dict_init (&dict, NULL);

  if (length > LT_JSON_OBJECT_MAX_BYTES)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_LARGE, "more than %d bytes of JSON",
                   LT_JSON_OBJECT_MAX_BYTES);
      return NULL;
    }

  lt_json_scanner_skip_space (&scanner);
  if (lt_json_scanner_peek (&scanner) != '{')
    {
      if (lt_json_check (text, length, error))
        g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT, "expected an object, found %s",
                     lt_json_scanner_describe (&scanner));
      return NULL;
    }

  if (!read_members (&scanner, &dict, error) || !lt_json_scanner_finish (&scanner, error))
    return NULL;

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
