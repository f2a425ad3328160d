/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-scanner.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Digits that a double holds exactly, and the powers of ten it does. */
#define EXACT_MANTISSA (G_GUINT64_CONSTANT (1) << 53)
#define EXACT_POWER    22

static const double powers_of_ten[EXACT_POWER + 1]
    = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* What a number's text says, before it is one. */
typedef struct
{
  const char *start;
  const char *stop;
  guint64 mantissa; /* all digits, read as one integer; meaningless if @overflow */
  gint64 exponent;  /* of ten, held within ±100,000 */
  gboolean overflow;
  gboolean negative;
  gboolean integral; /* neither fraction nor exponent */
} NumberText;

static inline gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

static const char *
read_digits (const char *p, const char *end, NumberText *number)
{
  for (; p < end && is_digit (*p); p++)
    {
      guint64 digit = (guint64) (*p - '0');

      if (G_UNLIKELY (number->mantissa > (G_MAXUINT64 - digit) / 10))
        number->overflow = TRUE;
      else
        number->mantissa = number->mantissa * 10 + digit;
    }

  return p;
}

static gboolean
fail_digit (const LtJsonScanner *self, const char *p, const char *where, GError **error)
{
  if (p == self->end)
    return lt_json_scanner_fail (self, p, error, "the text ends inside a number");

  return lt_json_scanner_fail (self, p, error, "a number needs a digit %s", where);
}

static gboolean
read_fraction (const LtJsonScanner *self, const char **p, NumberText *number, GError **error)
{
  const char *first = *p + 1;

  *p = read_digits (first, self->end, number);
  if (*p == first)
    return fail_digit (self, *p, "behind its point", error);

  number->exponent -= *p - first;
  number->integral = FALSE;
  return TRUE;
}

static gboolean
read_exponent (const LtJsonScanner *self, const char **p, NumberText *number, GError **error)
{
  gboolean negative = FALSE;
  gint64 exponent = 0;
  const char *first = NULL;

  ++*p;
  if (*p < self->end && (**p == '+' || **p == '-'))
    negative = *(*p)++ == '-';
  first = *p;
  for (; *p < self->end && is_digit (**p); ++*p)
    exponent = MIN (exponent * 10 + (**p - '0'), 100000);
  if (*p == first)
    return fail_digit (self, *p, "in its exponent", error);

  number->exponent += negative ? -exponent : exponent;
  number->integral = FALSE;
  return TRUE;
}

static gboolean
read_text (const LtJsonScanner *self, NumberText *number, GError **error)
{
  const char *p = self->cursor;
  const char *first = NULL;

  number->start = p;
  number->integral = TRUE;
  if (*p == '-')
    {
      number->negative = TRUE;
      p++;
    }

  first = p;
  p = read_digits (p, self->end, number);
  if (p == first)
    return fail_digit (self, p, "behind its minus sign", error);
  if (*first == '0' && p - first > 1)
    return lt_json_scanner_fail (self, first, error, "a number does not begin with a needless 0");
  if (p < self->end && *p == '.' && !read_fraction (self, &p, number, error))
    return FALSE;
  if (p < self->end && (*p == 'e' || *p == 'E') && !read_exponent (self, &p, number, error))
    return FALSE;
  if (p - number->start > LT_JSON_NUMBER_MAX_BYTES)
    return lt_json_scanner_fail (self, number->start, error, "a number of more than %d bytes",
                                 LT_JSON_NUMBER_MAX_BYTES);

  number->stop = p;
  return TRUE;
}

static gboolean
convert_integer (const LtJsonScanner *self, const NumberText *text, LtJsonNumber *number,
                 GError **error)
{
  const guint64 lowest = (guint64) G_MAXINT64 + 1;

  if (text->overflow || (text->negative && text->mantissa > lowest))
    return lt_json_scanner_fail (self, text->start, error, "%.*s%s does not fit 64 bits",
                                 (int) MIN (text->stop - text->start, 40), text->start,
                                 text->stop - text->start > 40 ? "…" : "");

  if (text->negative)
    {
      number->kind = LT_JSON_INTEGER;
      number->integer = (gint64) (0 - text->mantissa);
    }
  else if (text->mantissa > G_MAXINT64)
    {
      number->kind = LT_JSON_UNSIGNED;
      number->uinteger = text->mantissa;
    }
  else
    {
      number->kind = LT_JSON_INTEGER;
      number->integer = (gint64) text->mantissa;
    }

  return TRUE;
}

/* Where mantissa and power of ten are both exact doubles, one operation rounds correctly; else
 * the C library does the work. */
static gboolean
convert_double (const LtJsonScanner *self, const NumberText *text, double *number, GError **error)
{
  char copy[LT_JSON_NUMBER_MAX_BYTES + 1];
  gsize length = (gsize) (text->stop - text->start);

#if FLT_EVAL_METHOD == 0
  if (!text->overflow && text->mantissa <= EXACT_MANTISSA && text->exponent >= -EXACT_POWER
      && text->exponent <= EXACT_POWER)
    {
      double value = (double) text->mantissa;

      value = text->exponent < 0 ? value / powers_of_ten[-text->exponent]
                                 : value * powers_of_ten[text->exponent];
      *number = text->negative ? -value : value;
      return TRUE;
    }
#endif

  memcpy (copy, text->start, length);
  copy[length] = '\0';
  *number = g_ascii_strtod (copy, NULL);
  if (!isfinite (*number))
    return lt_json_scanner_fail (self, text->start, error, "%.*s%s is more than a double holds",
                                 (int) MIN (length, 40), text->start, length > 40 ? "…" : "");
  return TRUE;
}

/**
 * lt_json_scanner_read_number:
 * @self: a scanner at `-` or a digit
 * @number: (out caller-allocates): the number
 * @error: return location for an error
 *
 * Reads a number. One with neither fraction nor exponent is an integer and must fit 64 bits,
 * but `-0` is a double, for no integer would give it back.
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_read_number (LtJsonScanner *self, LtJsonNumber *number, GError **error)
{
  NumberText text = { 0 };

  if (!read_text (self, &text, error))
    return FALSE;

  self->cursor = text.stop;
  if (text.integral && !(text.negative && text.mantissa == 0 && !text.overflow))
    return convert_integer (self, &text, number, error);

  number->kind = LT_JSON_DOUBLE;
  return convert_double (self, &text, &number->number, error);
}
