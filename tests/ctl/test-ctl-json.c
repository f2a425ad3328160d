/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-json.h"

#include "core/lt-error.h"

#include <string.h>

static void
test_round_trip (void)
{
  static const char *const cases[] = {
    "\"\"",
    "\"a\\\"b\\\\c\\n\\u001b\"",
    "true",
    "false",
    "null",
    "0",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551615",
    "0.5",
    "[]",
    "[1,\"a\",[null,true],{\"x\":[]}]",
    "{}",
    "{\"z\":1,\"a\":{\"type\":\"x.y\",\"data\":{}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = lt_ctl_json_parse (cases[i], strlen (cases[i]), &error);
      g_autoptr (GString) out = g_string_new (NULL);

      g_assert_no_error (error);
      g_assert_false (g_variant_is_floating (value));
      lt_ctl_json_append (out, value);
      g_assert_cmpstr (out->str, ==, cases[i]);
    }
}

static void
test_types (void)
{
  g_autoptr (GVariant) value = lt_ctl_json_parse (" {\"a\":[1]} ", 11, NULL);
  g_autoptr (GVariant) list = g_variant_lookup_value (value, "a", NULL);

  g_assert_true (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT));
  g_assert_true (g_variant_is_of_type (list, G_VARIANT_TYPE ("av")));
}

static void
test_bad (void)
{
  static const char *const cases[] = {
    "",
    "{",
    "[1,",
    "{\"a\"}",
    "{\"a\":1,}",
    "nul",
    "01",
    "1e400",
    "\"a",
    "\"\\u0000\"",
    "1 2",
    "'a'",
    "[1 2]",
    "\"\xff\"",
    "{\"a\":}",
    "{1:2}",
    "18446744073709551616",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lt_ctl_json_parse (cases[i], strlen (cases[i]), &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_JSON);
    }
}

static void
test_deep (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');

  g_assert_null (lt_ctl_json_parse (deep, strlen (deep), NULL));
}

static void
test_bus_values (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_parsed ("{'o': <objectpath '/a'>, 't': <uint64 5>, 'as': <['x']>, "
                            "'ss': <{'k': 'v'}>, 'u': <()>}"));
  g_autoptr (GString) out = g_string_new (NULL);

  lt_ctl_json_append (out, value);
  g_assert_cmpstr (out->str, ==,
                   "{\"o\":\"/a\",\"t\":5,\"as\":[\"x\"],\"ss\":{\"k\":\"v\"},\"u\":null}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-json/round-trip", test_round_trip);
  g_test_add_func ("/ctl-json/types", test_types);
  g_test_add_func ("/ctl-json/bad", test_bad);
  g_test_add_func ("/ctl-json/deep", test_deep);
  g_test_add_func ("/ctl-json/bus-values", test_bus_values);
  return g_test_run ();
}
