/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-value.h"

static void
test_kinds (void)
{
  static const char *const names[] = { "string", "integer",  "number", "boolean", "ip",
                                       "time",   "duration", "bytes",  "list",    "event" };
  LtValueKind kind;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (lt_value_kind_from_string (names[i], &kind));
      g_assert_cmpstr (lt_value_kind_to_string (kind), ==, names[i]);
    }
  g_assert_false (lt_value_kind_from_string ("any", &kind));
  g_assert_false (lt_value_kind_from_string ("", &kind));
  g_assert_cmpstr (lt_value_kind_to_string (LT_VALUE_NONE), ==, "any");
  g_assert_cmpstr (lt_value_kind_to_string (LT_VALUE_UNSIGNED), ==, "integer");
}

static void
test_accessors (void)
{
  LtValue text = { .kind = LT_VALUE_STRING, .length = 3, .string = "abc" };
  LtValue integer = { .kind = LT_VALUE_INTEGER, .integer = -5 };
  LtValue huge = { .kind = LT_VALUE_UNSIGNED, .uinteger = G_MAXUINT64 };
  LtValue number = { .kind = LT_VALUE_NUMBER, .number = 0.5 };
  LtValue duration = { .kind = LT_VALUE_DURATION, .integer = 1500 };
  LtValue truth = { .kind = LT_VALUE_BOOLEAN, .boolean = TRUE };
  double found;

  g_assert_cmpstr (lt_value_get_text (&text), ==, "abc");
  g_assert_null (lt_value_get_text (&integer));
  g_assert_false (lt_value_get_double (&text, &found));
  g_assert_false (lt_value_get_double (&truth, &found));
  g_assert_true (lt_value_get_double (&integer, &found));
  g_assert_cmpfloat (found, ==, -5);
  g_assert_true (lt_value_get_double (&huge, &found));
  g_assert_cmpfloat (found, ==, 18446744073709551616.0);
  g_assert_true (lt_value_get_double (&number, &found));
  g_assert_cmpfloat (found, ==, 0.5);
  g_assert_true (lt_value_get_double (&duration, &found));
  g_assert_cmpfloat (found, ==, 1500);
}

static void
test_equal (void)
{
  LtValue values[] = {
    { .kind = LT_VALUE_STRING, .length = 3, .string = "abc" },
    { .kind = LT_VALUE_STRING, .length = 3, .string = "abd" },
    { .kind = LT_VALUE_STRING, .length = 2, .string = "ab" },
    { .kind = LT_VALUE_BYTES, .length = 3, .string = "abc" },
    { .kind = LT_VALUE_INTEGER, .integer = 1 },
    { .kind = LT_VALUE_INTEGER, .integer = 2 },
    { .kind = LT_VALUE_DURATION, .integer = 1 },
    { .kind = LT_VALUE_UNSIGNED, .uinteger = G_MAXUINT64 },
    { .kind = LT_VALUE_NUMBER, .number = 1 },
    { .kind = LT_VALUE_NUMBER, .number = 1.5 },
    { .kind = LT_VALUE_BOOLEAN, .boolean = TRUE },
    { .kind = LT_VALUE_BOOLEAN, .boolean = FALSE },
    { .kind = LT_VALUE_LIST, .length = 0 },
    { .kind = LT_VALUE_LIST, .length = 2, .items = &values[0] },
    { .kind = LT_VALUE_LIST, .length = 2, .items = &values[1] },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (values); j++)
        g_assert_cmpint (lt_value_equal (&values[i], &values[j]), ==, i == j);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/kinds", test_kinds);
  g_test_add_func ("/value/accessors", test_accessors);
  g_test_add_func ("/value/equal", test_equal);
  return g_test_run ();
}
