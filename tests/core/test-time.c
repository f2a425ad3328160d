/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-time.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 unix_us;
  } rows[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1970-01-01T00:00:00.000001Z", 1 },
    { "1969-12-31T23:59:59.999999Z", -1 },
    { "2026-11-22T06:35:06.041377Z", G_GINT64_CONSTANT (1795329306041377) },
    { "2026-11-22t06:35:06.041377z", G_GINT64_CONSTANT (1795329306041377) },
    { "2026-11-22T07:35:06.041377+01:00", G_GINT64_CONSTANT (1795329306041377) },
    { "2026-11-21T20:05:06.041377-10:30", G_GINT64_CONSTANT (1795329306041377) },
    { "2026-11-22T06:35:06.0413779999999999999999999999999Z",
      G_GINT64_CONSTANT (1795329306041377) },
    { "2026-11-22T06:35:06.5-00:00", G_GINT64_CONSTANT (1795329306500000) },
    { "2000-02-29T00:00:00Z", G_GINT64_CONSTANT (951782400000000) },
    { "2016-12-31T23:59:60Z", G_GINT64_CONSTANT (1483228800000000) },
    { "2016-12-31T23:59:60.25Z", G_GINT64_CONSTANT (1483228800250000) },
    { "0001-01-01T00:00:00Z", LT_TIME_MIN_US },
    { "9999-12-31T23:59:59.999999Z", LT_TIME_MAX_US },
    { "9999-12-31T23:59:59.9999999Z", LT_TIME_MAX_US },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 unix_us = G_MAXINT64;

      g_assert_true (lt_time_parse (rows[i].text, strlen (rows[i].text), &unix_us));
      g_assert_cmpint (unix_us, ==, rows[i].unix_us);
    }
}

static void
test_parse_bad (void)
{
  static const char *const bad[] = {
    "",
    "2026",
    "2026-11-22",
    "2026-11-22T06:35:06",
    "2026-11-22 06:35:06Z",
    "2026-11-22T06:35Z",
    "2026-11-22T06:35:06.Z",
    "2026-11-22T06:35:06,5Z",
    "2026-11-22T06:35:06.5",
    "2026-11-22T06:35:06ZZ",
    "2026-11-22T06:35:06Z ",
    " 2026-11-22T06:35:06Z",
    "2026-11-22T06:35:06+0100",
    "2026-11-22T06:35:06+01",
    "2026-11-22T06:35:06+24:00",
    "2026-11-22T06:35:06+01:60",
    "2026-11-22T06:35:06 01:00",
    "2026-13-22T06:35:06Z",
    "2026-00-22T06:35:06Z",
    "2026-11-31T06:35:06Z",
    "2026-11-00T06:35:06Z",
    "2026-02-29T06:35:06Z",
    "1900-02-29T06:35:06Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T06:60:06Z",
    "2026-11-22T06:35:61Z",
    "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-00:01",
    "10000-01-01T00:00:00Z",
    "-026-11-22T06:35:06Z",
    "2026-1a-22T06:35:06Z",
    "2026-11-22T06:35:06.04137xZ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gint64 unix_us;

      g_assert_false (lt_time_parse (bad[i], strlen (bad[i]), &unix_us));
    }
}

static void
test_parse_length (void)
{
  gint64 unix_us;

  g_assert_true (lt_time_parse ("1970-01-01T00:00:00Z5", 20, &unix_us));
  for (gsize length = 0; length < 32; length++)
    {
      /* Not NUL-terminated and exactly as long as said, so that reading on is found out. */
      g_autofree char *text = g_memdup2 ("1970-01-01T00:00:00.000000+00:00", length);

      g_assert_false (lt_time_parse (text, length, &unix_us));
    }
}

static void
test_format (void)
{
  char text[LT_TIME_FORMAT_SIZE];

  g_assert_cmpuint (lt_time_format (G_GINT64_CONSTANT (1795329306041377), text), ==, 27);
  g_assert_cmpstr (text, ==, "2026-11-22T06:35:06.041377Z");
  lt_time_format (-1, text);
  g_assert_cmpstr (text, ==, "1969-12-31T23:59:59.999999Z");
  lt_time_format (G_MININT64, text);
  g_assert_cmpstr (text, ==, "0001-01-01T00:00:00.000000Z");
  lt_time_format (G_MAXINT64, text);
  g_assert_cmpstr (text, ==, "9999-12-31T23:59:59.999999Z");
}

static void
test_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gint64 seconds = (gint64) g_test_rand_double_range ((double) LT_TIME_MIN_US / 1e6,
                                                          (double) LT_TIME_MAX_US / 1e6);
      gint64 unix_us = seconds * G_USEC_PER_SEC + g_test_rand_int_range (0, G_USEC_PER_SEC);
      g_autoptr (GDateTime) reference = NULL;
      g_autofree char *expected = NULL;
      char text[LT_TIME_FORMAT_SIZE];
      gint64 parsed = 0;
      gint year, month, day;

      unix_us = CLAMP (unix_us, LT_TIME_MIN_US, LT_TIME_MAX_US);
      lt_time_format (unix_us, text);
      g_assert_true (lt_time_parse (text, strlen (text), &parsed));
      g_assert_cmpint (parsed, ==, unix_us);

      reference = g_date_time_new_from_unix_utc (unix_us >= 0 ? unix_us / G_USEC_PER_SEC
                                                              : -((-unix_us + 999999) / 1000000));
      g_date_time_get_ymd (reference, &year, &month, &day);
      expected = g_strdup_printf (
          "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, g_date_time_get_hour (reference),
          g_date_time_get_minute (reference), g_date_time_get_second (reference));
      text[19] = '\0';
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    const char *text;
    double milliseconds;
  } rows[] = {
    { "0", 0 },          { "250", 250 },     { "250ms", 250 },
    { "1.5s", 1500 },    { "2m", 120000 },   { "1.5h", 5400000 },
    { "7d", 604800000 }, { "0.25ms", 0.25 }, { "007s", 7000 },
  };
  static const char *const bad[]
      = { "",      "s",   "-1s",  "+1s",  "1 s",  "1S", "1.s", ".5s", "1..5",
          "1.2.3", "1e3", "0x10", "1sec", "1ms ", "1y", "inf", "nan" };
  double milliseconds;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (lt_duration_parse (rows[i].text, strlen (rows[i].text), &milliseconds));
      g_assert_cmpfloat (milliseconds, ==, rows[i].milliseconds);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (lt_duration_parse (bad[i], strlen (bad[i]), &milliseconds));
  g_assert_true (lt_duration_parse ("12ss", 3, &milliseconds));
  g_assert_cmpfloat (milliseconds, ==, 12000);
}

static void
test_size (void)
{
  static const struct
  {
    const char *text;
    double bytes;
  } rows[] = {
    { "0", 0 },
    { "17", 17 },
    { "17B", 17 },
    { "10KB", 10000 },
    { "10kb", 10000 },
    { "10KiB", 10240 },
    { "10kib", 10240 },
    { "1.5MB", 1.5e6 },
    { "1MiB", 1048576 },
    { "2GB", 2e9 },
    { "2GiB", 2147483648.0 },
    { "1TB", 1e12 },
    { "1TiB", 1099511627776.0 },
  };
  static const char *const bad[] = { "", "KB", "1K", "1KBB", "1PB", "-1KB", "1 KB", "1.KB", "1e3" };
  g_autofree char *endless = g_strnfill (100, '9');
  double bytes;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (lt_size_parse (rows[i].text, strlen (rows[i].text), &bytes));
      g_assert_cmpfloat (bytes, ==, rows[i].bytes);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (lt_size_parse (bad[i], strlen (bad[i]), &bytes));
  g_assert_false (lt_size_parse (endless, strlen (endless), &bytes));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/parse", test_parse);
  g_test_add_func ("/time/parse-bad", test_parse_bad);
  g_test_add_func ("/time/parse-length", test_parse_length);
  g_test_add_func ("/time/format", test_format);
  g_test_add_func ("/time/random", test_random);
  g_test_add_func ("/time/duration", test_duration);
  g_test_add_func ("/time/size", test_size);
  return g_test_run ();
}
