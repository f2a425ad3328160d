/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-time.h"

#include <string.h>

#define SECONDS_PER_DAY 86400

/* Longest number with a unit that is read; more digits than this say nothing. */
#define QUANTITY_MAX_BYTES 63

/* Days from 0000-03-01 to 1970-01-01, counting years from March as leap days come last then. */
#define DAYS_TO_UNIX_EPOCH 719468
#define DAYS_PER_ERA       146097

typedef struct
{
  const char *name;
  double factor;
} LtUnit;

static gint64
days_from_date (gint year, gint month, gint day)
{
  gint march_year = month <= 2 ? year - 1 : year;
  gint era = march_year >= 0 ? march_year / 400 : -1;
  gint year_of_era = march_year - era * 400;
  gint day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  gint day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return (gint64) era * DAYS_PER_ERA + day_of_era - DAYS_TO_UNIX_EPOCH;
}

static void
date_from_days (gint64 days, gint *year, gint *month, gint *day)
{
  gint64 shifted = days + DAYS_TO_UNIX_EPOCH;
  gint era = (gint) (shifted / DAYS_PER_ERA);
  gint day_of_era = (gint) (shifted - (gint64) era * DAYS_PER_ERA);
  gint year_of_era
      = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint march_month = (5 * day_of_year + 2) / 153;

  *day = day_of_year - (153 * march_month + 2) / 5 + 1;
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
  *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

static gint
days_in_month (gint year, gint month)
{
  static const guint8 lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
    return 29;

  return lengths[month - 1];
}

static gboolean
read_digits (const char *text, guint n_digits, gint *number)
{
  *number = 0;
  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *number = *number * 10 + (text[i] - '0');
    }

  return TRUE;
}

static gboolean
read_offset (const char *text, gsize length, gint *seconds)
{
  gint hours, minutes;

  if (length == 1 && (*text == 'Z' || *text == 'z'))
    {
      *seconds = 0;
      return TRUE;
    }

  if (length != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':'
      || !read_digits (text + 1, 2, &hours) || !read_digits (text + 4, 2, &minutes) || hours > 23
      || minutes > 59)
    return FALSE;

  *seconds = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
  return TRUE;
}

/**
 * lt_time_parse:
 * @text: (array length=length): a time, need not end in NUL
 * @length: bytes of @text
 * @unix_us: (out): microseconds since 1970-01-01T00:00:00Z, unset on failure
 *
 * Reads a time as RFC 3339 writes it, such as `2026-11-22T06:35:06.041377Z` or
 * `2026-11-22T07:35:06+01:00`. A fraction may have any number of digits; what is finer
 * than a microsecond is cut. A leap second counts as the second after it. The time must
 * lie in the years 1 to 9999 UTC.
 *
 * Returns: %TRUE if @text is such a time
 */
gboolean
lt_time_parse (const char *text, gsize length, gint64 *unix_us)
{
  gint year, month, day, hour, minute, second, offset;
  gint64 us = 0;
  gint64 unit_us = 100000;
  gsize at = 19;

  if (length < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't')
      || text[13] != ':' || text[16] != ':' || !read_digits (text, 4, &year)
      || !read_digits (text + 5, 2, &month) || !read_digits (text + 8, 2, &day)
      || !read_digits (text + 11, 2, &hour) || !read_digits (text + 14, 2, &minute)
      || !read_digits (text + 17, 2, &second))
    return FALSE;

  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month (year, month)
      || hour > 23 || minute > 59 || second > 60)
    return FALSE;

  if (text[at] == '.')
    {
      if (++at == length || !g_ascii_isdigit (text[at]))
        return FALSE;
      for (; at < length && g_ascii_isdigit (text[at]); at++, unit_us /= 10)
        us += (text[at] - '0') * unit_us;
    }

  if (!read_offset (text + at, length - at, &offset))
    return FALSE;

  us += (days_from_date (year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second
         - offset)
        * G_USEC_PER_SEC;
  if (us < LT_TIME_MIN_US || us > LT_TIME_MAX_US)
    return FALSE;

  *unix_us = us;
  return TRUE;
}

/* Writes a number below 100 and @after. */
static inline char *
write_pair (char *out, guint number, char after)
{
  static const char pairs[] = "0001020304050607080910111213141516171819"
                              "2021222324252627282930313233343536373839"
                              "4041424344454647484950515253545556575859"
                              "6061626364656667686970717273747576777879"
                              "8081828384858687888990919293949596979899";

  memcpy (out, pairs + number * 2, 2);
  out[2] = after;
  return out + 3;
}

/**
 * lt_time_format:
 * @unix_us: microseconds since 1970-01-01T00:00:00Z; what lies outside the years 1 to
 *   9999 becomes the nearest time inside
 * @buffer: (out caller-allocates): where to write, always %LT_TIME_FORMAT_SIZE bytes
 *
 * Writes a time as every interface shows it, `2026-11-22T06:35:06.041377Z`, and a NUL.
 *
 * Returns: bytes written without the NUL
 */
gsize
lt_time_format (gint64 unix_us, char buffer[LT_TIME_FORMAT_SIZE])
{
  gint64 since_first = CLAMP (unix_us, LT_TIME_MIN_US, LT_TIME_MAX_US) - LT_TIME_MIN_US;
  gint64 seconds = since_first / G_USEC_PER_SEC;
  guint us = (guint) (since_first % G_USEC_PER_SEC);
  guint second_of_day = (guint) (seconds % SECONDS_PER_DAY);
  gint64 first_day = LT_TIME_MIN_US / G_USEC_PER_SEC / SECONDS_PER_DAY;
  gint year, month, day;
  char *out = buffer;

  date_from_days (seconds / SECONDS_PER_DAY + first_day, &year, &month, &day);

  /* What a pair writes after itself is a place holder where the next pair begins there. */
  out = write_pair (out, (guint) year / 100, '0') - 1;
  out = write_pair (out, (guint) year % 100, '-');
  out = write_pair (out, (guint) month, '-');
  out = write_pair (out, (guint) day, 'T');
  out = write_pair (out, second_of_day / 3600, ':');
  out = write_pair (out, second_of_day / 60 % 60, ':');
  out = write_pair (out, second_of_day % 60, '.');
  out = write_pair (out, us / 10000, '0') - 1;
  out = write_pair (out, us / 100 % 100, '0') - 1;
  out = write_pair (out, us % 100, 'Z');
  *out = '\0';
  return (gsize) (out - buffer);
}

/* Reads digits with at most one point among them and leaves what follows in @unit. */
static gboolean
read_quantity (const char *text, gsize length, double *number, const char **unit,
               gsize *unit_length)
{
  char copy[QUANTITY_MAX_BYTES + 1];
  gsize at = 0;
  guint n_points = 0;

  while (at < length && (g_ascii_isdigit (text[at]) || text[at] == '.'))
    n_points += text[at++] == '.';

  if (at == 0 || at > QUANTITY_MAX_BYTES || n_points > 1 || text[0] == '.' || text[at - 1] == '.')
    return FALSE;

  memcpy (copy, text, at);
  copy[at] = '\0';
  *number = g_ascii_strtod (copy, NULL);
  *unit = text + at;
  *unit_length = length - at;
  return TRUE;
}

static gboolean
read_with_unit (const char *text, gsize length, const LtUnit *units, guint n_units,
                gboolean ignore_case, double *result)
{
  const char *unit;
  gsize unit_length;
  double number;

  if (!read_quantity (text, length, &number, &unit, &unit_length))
    return FALSE;

  for (guint i = 0; i < n_units; i++)
    {
      if (strlen (units[i].name) != unit_length)
        continue;
      if (ignore_case ? g_ascii_strncasecmp (units[i].name, unit, unit_length) == 0
                      : memcmp (units[i].name, unit, unit_length) == 0)
        {
          *result = number * units[i].factor;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lt_duration_parse:
 * @text: (array length=length): a duration, need not end in NUL
 * @length: bytes of @text
 * @milliseconds: (out): how long, unset on failure
 *
 * Reads a duration: a decimal number without sign and one of the units `ms`, `s`, `m`,
 * `h` and `d`, such as `1.5s`. A number alone is milliseconds.
 *
 * Returns: %TRUE if @text is such a duration
 */
gboolean
lt_duration_parse (const char *text, gsize length, double *milliseconds)
{
  static const LtUnit units[] = {
    { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
  };

  return read_with_unit (text, length, units, G_N_ELEMENTS (units), FALSE, milliseconds);
}

/**
 * lt_size_parse:
 * @text: (array length=length): a size, need not end in NUL
 * @length: bytes of @text
 * @bytes: (out): how much, unset on failure
 *
 * Reads a size: a decimal number without sign and one of the units `B`, `KB`, `MB`, `GB`,
 * `TB` (powers of 1000), `KiB`, `MiB`, `GiB` and `TiB` (powers of 1024), in either case,
 * such as `1.5KiB`. A number alone is bytes.
 *
 * Returns: %TRUE if @text is such a size
 */
gboolean
lt_size_parse (const char *text, gsize length, double *bytes)
{
  static const LtUnit units[] = {
    { "", 1 },
    { "B", 1 },
    { "KB", 1e3 },
    { "MB", 1e6 },
    { "GB", 1e9 },
    { "TB", 1e12 },
    { "KiB", 1024.0 },
    { "MiB", 1024.0 * 1024 },
    { "GiB", 1024.0 * 1024 * 1024 },
    { "TiB", 1024.0 * 1024 * 1024 * 1024 },
  };

  return read_with_unit (text, length, units, G_N_ELEMENTS (units), TRUE, bytes);
}
