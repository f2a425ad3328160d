/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-value.h"

#include "lt-event.h"

#include <string.h>

static const char *const kind_names[] = {
  [LT_VALUE_NONE] = "any",
  [LT_VALUE_STRING] = "string",
  [LT_VALUE_INTEGER] = "integer",
  [LT_VALUE_UNSIGNED] = "integer",
  [LT_VALUE_NUMBER] = "number",
  [LT_VALUE_BOOLEAN] = "boolean",
  [LT_VALUE_IP] = "ip",
  [LT_VALUE_TIME] = "time",
  [LT_VALUE_DURATION] = "duration",
  [LT_VALUE_BYTES] = "bytes",
  [LT_VALUE_LIST] = "list",
  [LT_VALUE_EVENT] = "event",
};

/**
 * lt_value_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none) (not nullable): its name as the catalogue has it, `any` for
 *   %LT_VALUE_NONE; both signed and unsigned are `integer`
 */
const char *
lt_value_kind_to_string (LtValueKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), "any");

  return kind_names[kind];
}

/**
 * lt_value_kind_from_string:
 * @text: a word
 * @kind: (out): the kind, unset on failure
 *
 * Reads the name of a kind that a key may have in the catalogue.
 *
 * Returns: %TRUE if @text names a kind
 */
gboolean
lt_value_kind_from_string (const char *text, LtValueKind *kind)
{
  for (guint i = LT_VALUE_STRING; i < G_N_ELEMENTS (kind_names); i++)
    {
      if (strcmp (kind_names[i], text) == 0)
        {
          *kind = (LtValueKind) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lt_value_get_text:
 * @value: a value
 *
 * Returns: (transfer none) (nullable): the text a producer wrote for a string, ip, time or
 *   bytes, NUL-terminated, @value->length bytes; %NULL for every other kind
 */
const char *
lt_value_get_text (const LtValue *value)
{
  switch ((LtValueKind) value->kind)
    {
    case LT_VALUE_STRING:
    case LT_VALUE_BYTES:
      return value->string;
    case LT_VALUE_IP:
      return value->ip->text;
    case LT_VALUE_TIME:
      return value->time->text;
    case LT_VALUE_NONE:
    case LT_VALUE_INTEGER:
    case LT_VALUE_UNSIGNED:
    case LT_VALUE_NUMBER:
    case LT_VALUE_BOOLEAN:
    case LT_VALUE_DURATION:
    case LT_VALUE_LIST:
    case LT_VALUE_EVENT:
      break;
    }

  return NULL;
}

/**
 * lt_value_get_double:
 * @value: a value
 * @number: (out): its number, a duration's in milliseconds; unset on failure
 *
 * Integers past 2^53 lose their last bits here.
 *
 * Returns: %TRUE if @value is an integer, a number or a duration
 */
gboolean
lt_value_get_double (const LtValue *value, double *number)
{
  switch ((LtValueKind) value->kind)
    {
    case LT_VALUE_INTEGER:
    case LT_VALUE_DURATION:
      *number = (double) value->integer;
      return TRUE;
    case LT_VALUE_UNSIGNED:
      *number = (double) value->uinteger;
      return TRUE;
    case LT_VALUE_NUMBER:
      *number = value->number;
      return TRUE;
    case LT_VALUE_NONE:
    case LT_VALUE_STRING:
    case LT_VALUE_BOOLEAN:
    case LT_VALUE_IP:
    case LT_VALUE_TIME:
    case LT_VALUE_BYTES:
    case LT_VALUE_LIST:
    case LT_VALUE_EVENT:
      break;
    }

  return FALSE;
}

/**
 * lt_value_equal:
 * @a: a value
 * @b: another
 *
 * Compares kind and content; texts byte by byte, nested events as lt_event_equal() does.
 *
 * Returns: %TRUE if both are equal
 */
gboolean
lt_value_equal (const LtValue *a, const LtValue *b)
{
  if (a->kind != b->kind)
    return FALSE;

  switch ((LtValueKind) a->kind)
    {
    case LT_VALUE_STRING:
    case LT_VALUE_IP:
    case LT_VALUE_TIME:
    case LT_VALUE_BYTES:
      return a->length == b->length
             && memcmp (lt_value_get_text (a), lt_value_get_text (b), a->length) == 0;
    case LT_VALUE_INTEGER:
    case LT_VALUE_DURATION:
      return a->integer == b->integer;
    case LT_VALUE_UNSIGNED:
      return a->uinteger == b->uinteger;
    case LT_VALUE_NUMBER:
      return a->number == b->number;
    case LT_VALUE_BOOLEAN:
      return a->boolean == b->boolean;
    case LT_VALUE_LIST:
      if (a->length != b->length)
        return FALSE;
      for (guint32 i = 0; i < a->length; i++)
        {
          if (!lt_value_equal (&a->items[i], &b->items[i]))
            return FALSE;
        }
      return TRUE;
    case LT_VALUE_EVENT:
      return lt_nested_equal (a->nested, b->nested);
    case LT_VALUE_NONE:
      break;
    }

  return TRUE;
}
