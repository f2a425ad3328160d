/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-format.h"

#include "core/lt-time.h"

#include <time.h>

static void
split (gint64 unix_us, gboolean utc, struct tm *parts)
{
  time_t seconds = (time_t) (unix_us / G_USEC_PER_SEC);

  if (unix_us % G_USEC_PER_SEC < 0)
    seconds--;
  if (utc)
    gmtime_r (&seconds, parts);
  else
    localtime_r (&seconds, parts);
}

static int
get_fraction (gint64 unix_us)
{
  return (int) ((unix_us % G_USEC_PER_SEC + G_USEC_PER_SEC) % G_USEC_PER_SEC);
}

/**
 * lt_ctl_format_time:
 * @unix_us: microseconds since 1970-01-01T00:00:00Z
 * @utc: whether to write UTC, not local time
 *
 * Returns: (transfer full): a time to the second, such as `2026-11-22 07:35:06`
 */
char *
lt_ctl_format_time (gint64 unix_us, gboolean utc)
{
  struct tm parts;

  split (unix_us, utc, &parts);
  return g_strdup_printf ("%04d-%02d-%02d %02d:%02d:%02d%s", parts.tm_year + 1900, parts.tm_mon + 1,
                          parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, utc ? "Z" : "");
}

/**
 * lt_ctl_format_moment:
 * @unix_us: microseconds since 1970-01-01T00:00:00Z
 * @now_us: the time now
 * @utc: whether to write UTC, not local time
 *
 * Returns: (transfer full): a time to the microsecond, such as `07:35:06.041377`, with its date if
 *   that is not today's
 */
char *
lt_ctl_format_moment (gint64 unix_us, gint64 now_us, gboolean utc)
{
  struct tm parts;
  struct tm today;
  char date[32] = "";

  split (unix_us, utc, &parts);
  split (now_us, utc, &today);
  if (parts.tm_year != today.tm_year || parts.tm_yday != today.tm_yday)
    g_snprintf (date, sizeof date, "%04d-%02d-%02d ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday);

  return g_strdup_printf ("%s%02d:%02d:%02d.%06d%s", date, parts.tm_hour, parts.tm_min,
                          parts.tm_sec, get_fraction (unix_us), utc ? "Z" : "");
}

/**
 * lt_ctl_format_time_json:
 * @unix_us: microseconds since 1970-01-01T00:00:00Z
 *
 * Returns: (transfer full): a time as JSON has it, such as `2026-11-22T06:35:06.041377Z`
 */
char *
lt_ctl_format_time_json (gint64 unix_us)
{
  char text[LT_TIME_FORMAT_SIZE];

  lt_time_format (CLAMP (unix_us, LT_TIME_MIN_US, LT_TIME_MAX_US), text);
  return g_strdup (text);
}

/**
 * lt_ctl_format_duration:
 * @seconds: how long
 *
 * Returns: (transfer full): a duration in its two largest units, such as `3 d 4 h`
 */
char *
lt_ctl_format_duration (guint64 seconds)
{
  static const struct
  {
    guint64 seconds;
    const char *symbol;
  } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
  GString *text = g_string_new (NULL);
  guint first = 0;

  while (seconds < units[first].seconds && first < G_N_ELEMENTS (units) - 1)
    first++;
  for (guint i = first; i < G_N_ELEMENTS (units) && i < first + 2; i++)
    {
      guint64 number = seconds / units[i].seconds;

      seconds %= units[i].seconds;
      if (number == 0 && i > first)
        continue;
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", i > first ? " " : "", number,
                              units[i].symbol);
    }

  return g_string_free (text, FALSE);
}

/**
 * lt_ctl_format_interval:
 * @microseconds: how long, 0 or more
 *
 * Returns: (transfer full): a short time with three digits that tell, such as `1.25 ms`
 */
char *
lt_ctl_format_interval (gint64 microseconds)
{
  double number = (double) microseconds;

  if (microseconds < 1000)
    return g_strdup_printf ("%d µs", (int) microseconds);
  if (microseconds < 10 * 1000)
    return g_strdup_printf ("%.2f ms", number / 1e3);
  if (microseconds < 1000 * 1000)
    return g_strdup_printf ("%.0f ms", number / 1e3);
  if (microseconds < 100 * 1000 * 1000)
    return g_strdup_printf ("%.2f s", number / 1e6);

  return lt_ctl_format_duration ((guint64) (microseconds / G_USEC_PER_SEC));
}
