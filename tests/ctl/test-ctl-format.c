/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-format.h"

#include <time.h>

#define MOMENT G_GINT64_CONSTANT (1006410906041377)

static void
test_times (void)
{
  g_autofree char *time = lt_ctl_format_time (MOMENT, TRUE);
  g_autofree char *json = lt_ctl_format_time_json (MOMENT);
  g_autofree char *today = lt_ctl_format_moment (MOMENT, MOMENT + G_USEC_PER_SEC, TRUE);
  g_autofree char *later = lt_ctl_format_moment (MOMENT, MOMENT + G_TIME_SPAN_DAY, TRUE);
  g_autofree char *early = lt_ctl_format_moment (-1, MOMENT, TRUE);

  g_assert_cmpstr (time, ==, "2001-11-22 06:35:06Z");
  g_assert_cmpstr (json, ==, "2001-11-22T06:35:06.041377Z");
  g_assert_cmpstr (today, ==, "06:35:06.041377Z");
  g_assert_cmpstr (later, ==, "2001-11-22 06:35:06.041377Z");
  g_assert_cmpstr (early, ==, "1969-12-31 23:59:59.999999Z");
}

static void
test_local_time (void)
{
  g_autofree char *moment = NULL;

  g_setenv ("TZ", "UTC-2", TRUE);
  tzset ();
  moment = lt_ctl_format_moment (MOMENT, MOMENT, FALSE);
  g_assert_cmpstr (moment, ==, "08:35:06.041377");
}

static void
test_durations (void)
{
  static const struct
  {
    guint64 seconds;
    const char *expected;
  } cases[] = {
    { 0, "0 s" },        { 59, "59 s" },       { 60, "1 min" },
    { 61, "1 min 1 s" }, { 3600, "1 h" },      { 3661, "1 h 1 min" },
    { 86400, "1 d" },    { 90061, "1 d 1 h" }, { 3601, "1 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = lt_ctl_format_duration (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_intervals (void)
{
  static const struct
  {
    gint64 microseconds;
    const char *expected;
  } cases[] = {
    { 0, "0 µs" },      { 999, "999 µs" },     { 1250, "1.25 ms" },
    { 21055, "21 ms" }, { 3214000, "3.21 s" }, { 125000000, "2 min 5 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = lt_ctl_format_interval (cases[i].microseconds);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-format/times", test_times);
  g_test_add_func ("/ctl-format/local-time", test_local_time);
  g_test_add_func ("/ctl-format/durations", test_durations);
  g_test_add_func ("/ctl-format/intervals", test_intervals);
  return g_test_run ();
}
