/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-number.h"

#include "lt-time.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 2^63 and 2^64, which doubles hold exactly. */
#define TWO_TO_63 9223372036854775808.0
#define TWO_TO_64 18446744073709551616.0

static void
set_double (LtNumber *number, double value)
{
  if (value == trunc (value) && value >= -TWO_TO_63 && value < TWO_TO_63)
    *number = (LtNumber){ .kind = LT_VALUE_INTEGER, .integer = (gint64) value };
  else if (value == trunc (value) && value >= TWO_TO_63 && value < TWO_TO_64)
    *number = (LtNumber){ .kind = LT_VALUE_UNSIGNED, .uinteger = (guint64) value };
  else
    *number = (LtNumber){ .kind = LT_VALUE_NUMBER, .number = value };
}

static gsize
skip_digits (const char *text)
{
  return strspn (text, "0123456789");
}

/* Reads `-12`, `12.5`, `1e3`: what JSON takes, and leading zeros. */
static gboolean
parse_plain (const char *text, LtNumber *number)
{
  const char *at = text + (*text == '-');
  gsize n_digits = skip_digits (at);
  double value;

  if (n_digits == 0)
    return FALSE;

  at += n_digits;
  if (*at == '\0')
    {
      errno = 0;
      if (*text == '-')
        *number
            = (LtNumber){ .kind = LT_VALUE_INTEGER, .integer = g_ascii_strtoll (text, NULL, 10) };
      else
        *number = (LtNumber){ .kind = LT_VALUE_UNSIGNED,
                              .uinteger = g_ascii_strtoull (text, NULL, 10) };
      if (number->kind == LT_VALUE_UNSIGNED && number->uinteger <= G_MAXINT64)
        number->kind = LT_VALUE_INTEGER;
      if (errno == 0)
        return TRUE;
    }

  if (*at == '.')
    {
      n_digits = skip_digits (++at);
      if (n_digits == 0)
        return FALSE;
      at += n_digits;
    }
  if (*at == 'e' || *at == 'E')
    {
      at += at[1] == '-' || at[1] == '+' ? 2 : 1;
      n_digits = skip_digits (at);
      if (n_digits == 0)
        return FALSE;
      at += n_digits;
    }

  value = g_ascii_strtod (text, NULL);
  if (*at != '\0' || !isfinite (value))
    return FALSE;

  set_double (number, value);
  return TRUE;
}

/**
 * lt_number_parse:
 * @text: a number, a size such as `10KB`, or a duration such as `1.5s`
 * @number: (out caller-allocates): the number; bytes of a size, milliseconds of a duration
 *
 * Returns: %TRUE if @text is one of these
 */
gboolean
lt_number_parse (const char *text, LtNumber *number)
{
  gsize length = strlen (text);
  double value;

  if (parse_plain (text, number))
    return TRUE;
  if (!lt_size_parse (text, length, &value) && !lt_duration_parse (text, length, &value))
    return FALSE;
  if (!isfinite (value))
    return FALSE;

  set_double (number, value);
  return TRUE;
}

/**
 * lt_number_from_value:
 * @value: a value
 * @number: (out caller-allocates): its number; milliseconds of a duration
 *
 * Returns: %FALSE if @value is of no numeric kind
 */
gboolean
lt_number_from_value (const LtValue *value, LtNumber *number)
{
  switch (value->kind)
    {
    case LT_VALUE_INTEGER:
    case LT_VALUE_DURATION:
      *number = (LtNumber){ .kind = LT_VALUE_INTEGER, .integer = value->integer };
      return TRUE;

    case LT_VALUE_UNSIGNED:
      *number = (LtNumber){ .kind = LT_VALUE_UNSIGNED, .uinteger = value->uinteger };
      return TRUE;

    case LT_VALUE_NUMBER:
      *number = (LtNumber){ .kind = LT_VALUE_NUMBER, .number = value->number };
      return TRUE;

    default:
      return FALSE;
    }
}

static int
compare_integer_with_double (const LtNumber *integer, double number)
{
  double whole = trunc (number);
  LtNumber truncated;

  if (number >= TWO_TO_64)
    return -1;
  if (number < -TWO_TO_63)
    return 1;

  set_double (&truncated, whole);
  if (lt_number_compare (integer, &truncated) != 0)
    return lt_number_compare (integer, &truncated);
  return number > whole ? -1 : number < whole ? 1 : 0;
}

/**
 * lt_number_compare:
 * @a: a number
 * @b: another
 *
 * Returns: less than, equal to or greater than 0, as @a is less than, equal to or greater
 *   than @b
 */
int
lt_number_compare (const LtNumber *a, const LtNumber *b)
{
  if (a->kind == LT_VALUE_NUMBER && b->kind == LT_VALUE_NUMBER)
    return (a->number > b->number) - (a->number < b->number);
  if (b->kind == LT_VALUE_NUMBER)
    return compare_integer_with_double (a, b->number);
  if (a->kind == LT_VALUE_NUMBER)
    return -compare_integer_with_double (b, a->number);
  if (a->kind == LT_VALUE_UNSIGNED && b->kind == LT_VALUE_UNSIGNED)
    return (a->uinteger > b->uinteger) - (a->uinteger < b->uinteger);
  if (a->kind == LT_VALUE_INTEGER && b->kind == LT_VALUE_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);

  return a->kind == LT_VALUE_UNSIGNED ? 1 : -1;
}

static gsize
format_integer (guint64 magnitude, gboolean negative, char buffer[LT_SCALAR_TEXT_SIZE])
{
  char digits[24];
  gsize n_digits = 0;
  gsize length = 0;

  do
    digits[n_digits++] = (char) ('0' + magnitude % 10);
  while ((magnitude /= 10) > 0);

  if (negative)
    buffer[length++] = '-';
  while (n_digits > 0)
    buffer[length++] = digits[--n_digits];
  buffer[length] = '\0';
  return length;
}

/* The shortest of the usual precisions that reads back to the same double. */
static gsize
format_double (double number, char buffer[LT_SCALAR_TEXT_SIZE])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, LT_SCALAR_TEXT_SIZE, formats[i], number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }

  return strlen (buffer);
}

/**
 * lt_number_to_string:
 * @number: a number
 *
 * Returns: (transfer full): @number as lt_number_parse() reads it
 */
char *
lt_number_to_string (const LtNumber *number)
{
  LtValue value = { .kind = (guint8) number->kind };
  char buffer[LT_SCALAR_TEXT_SIZE];

  if (number->kind == LT_VALUE_NUMBER)
    value.number = number->number;
  else
    value.uinteger = number->uinteger;
  lt_value_format_scalar (&value, buffer);
  return g_strdup (buffer);
}

/**
 * lt_value_format_scalar:
 * @value: an integer, number, duration or boolean
 * @buffer: (out caller-allocates): where to write
 *
 * Writes what a search for text finds of a value that is no text, and a NUL.
 *
 * Returns: bytes written without the NUL; 0 for any other kind
 */
gsize
lt_value_format_scalar (const LtValue *value, char buffer[LT_SCALAR_TEXT_SIZE])
{
  switch (value->kind)
    {
    case LT_VALUE_INTEGER:
    case LT_VALUE_DURATION:
      return format_integer (value->integer < 0 ? -(guint64) value->integer
                                                : (guint64) value->integer,
                             value->integer < 0, buffer);

    case LT_VALUE_UNSIGNED:
      return format_integer (value->uinteger, FALSE, buffer);

    case LT_VALUE_NUMBER:
      return format_double (value->number, buffer);

    case LT_VALUE_BOOLEAN:
      return g_strlcpy (buffer, value->boolean ? "true" : "false", LT_SCALAR_TEXT_SIZE);

    default:
      buffer[0] = '\0';
      return 0;
    }
}
