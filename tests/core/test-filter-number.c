/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-filter-number.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *shown; /* (nullable): NULL if it is no number */
} rows[] = {
  { "0", "0" },
  { "25", "25" },
  { "-25", "-25" },
  { "007", "7" },
  { "-0", "0" },
  { "1.5", "1.5" },
  { "1.50", "1.5" },
  { "2.0", "2" },
  { "1e3", "1000" },
  { "1E+3", "1000" },
  { "25e-2", "0.25" },
  { "0.1", "0.1" },
  { "0.30000000000000004", "0.30000000000000004" },
  { "9223372036854775807", "9223372036854775807" },
  { "-9223372036854775808", "-9223372036854775808" },
  { "9223372036854775808", "9223372036854775808" },
  { "18446744073709551615", "18446744073709551615" },
  { "18446744073709551616", "1.8446744073709552e+19" },
  { "-9223372036854775809", "-9223372036854775808" },
  { "10kb", "10000" },
  { "10KiB", "10240" },
  { "1.5mib", "1572864" },
  { "2s", "2000" },
  { "1.5m", "90000" },
  { "500ms", "500" },
  { "1d", "86400000" },
  { "", NULL },
  { "-", NULL },
  { "+5", NULL },
  { ".5", NULL },
  { "5.", NULL },
  { "1e", NULL },
  { "1e999", NULL },
  { "0x10", NULL },
  { "nan", NULL },
  { "inf", NULL },
  { "-5m", NULL },
  { "5 s", NULL },
  { "10xb", NULL },
  { "25abc", NULL },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LtNumber number;
      g_autofree char *shown = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (lt_number_parse (rows[i].text, &number), ==, rows[i].shown != NULL);
      if (rows[i].shown == NULL)
        continue;
      shown = lt_number_to_string (&number);
      g_assert_cmpstr (shown, ==, rows[i].shown);
    }
}

/* In ascending order, though a double would take some of them for the same. */
static const char *const ascending[] = {
  "-1e30",
  "-9223372036854775808",
  "-9007199254740993",
  "-9007199254740992",
  "-2.5",
  "-2",
  "-0.5",
  "0",
  "1e-300",
  "1",
  "1.0000000000000002",
  "2",
  "9007199254740992",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551614",
  "18446744073709551615",
  "18446744073709551616",
  "1e30",
};

static void
test_compare (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ascending); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ascending); j++)
      {
        LtNumber a, b;
        int order;

        g_assert_true (lt_number_parse (ascending[i], &a));
        g_assert_true (lt_number_parse (ascending[j], &b));
        order = lt_number_compare (&a, &b);
        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
}

/* A value kept as a double compares with whole numbers as exactly. */
static void
test_from_value (void)
{
  LtValue value = { .kind = LT_VALUE_NUMBER, .number = 9007199254740992.0 };
  LtNumber number, other;

  g_assert_true (lt_number_from_value (&value, &number));
  g_assert_true (lt_number_parse ("9007199254740993", &other));
  g_assert_cmpint (lt_number_compare (&number, &other), <, 0);
  g_assert_cmpint (lt_number_compare (&other, &number), >, 0);
  g_assert_true (lt_number_parse ("9007199254740992", &other));
  g_assert_cmpint (lt_number_compare (&number, &other), ==, 0);

  value.number = -1e300;
  g_assert_true (lt_number_from_value (&value, &number));
  g_assert_cmpint (lt_number_compare (&number, &other), <, 0);
  value.number = 1e300;
  g_assert_true (lt_number_from_value (&value, &number));
  g_assert_cmpint (lt_number_compare (&number, &other), >, 0);

  value.kind = LT_VALUE_DURATION;
  value.integer = 1500;
  g_assert_true (lt_number_from_value (&value, &number));
  g_assert_true (lt_number_parse ("1.5s", &other));
  g_assert_cmpint (lt_number_compare (&number, &other), ==, 0);

  value.kind = LT_VALUE_BOOLEAN;
  g_assert_false (lt_number_from_value (&value, &number));
}

static void
test_format (void)
{
  LtValue value = { .kind = LT_VALUE_INTEGER, .integer = G_MININT64 };
  char buffer[LT_SCALAR_TEXT_SIZE];

  g_assert_cmpuint (lt_value_format_scalar (&value, buffer), ==, strlen ("-9223372036854775808"));
  g_assert_cmpstr (buffer, ==, "-9223372036854775808");
  value.kind = LT_VALUE_BOOLEAN;
  value.boolean = TRUE;
  lt_value_format_scalar (&value, buffer);
  g_assert_cmpstr (buffer, ==, "true");
  value.kind = LT_VALUE_LIST;
  g_assert_cmpuint (lt_value_format_scalar (&value, buffer), ==, 0);
  g_assert_cmpstr (buffer, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/filter-number/parse", test_parse);
  g_test_add_func ("/filter-number/compare", test_compare);
  g_test_add_func ("/filter-number/from-value", test_from_value);
  g_test_add_func ("/filter-number/format", test_format);

  return g_test_run ();
}
