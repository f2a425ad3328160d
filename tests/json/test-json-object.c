/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-check.h"

#include "core/lt-error.h"

#include <string.h>

static void
test_values (void)
{
  static const char text[]
      = " {\"label\":\"caf\\u00e9\",\"seconds\":60,\"big\":18446744073709551615,\"ratio\":0.5,"
        "\"on\":true,\"off\":false,\"permissions\":[\"observe\",\"inject\"],\"none\":[],"
        "\"absent\":null,\"negative\":-1} ";
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) object = lt_json_parse_object (text, sizeof (text) - 1, &error);
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (
      "{'label': <'café'>, 'seconds': <int64 60>, 'big': <uint64 18446744073709551615>,"
      " 'ratio': <0.5>, 'on': <true>, 'off': <false>, 'permissions': <['observe', 'inject']>,"
      " 'none': <@as []>, 'negative': <int64 -1>}"));

  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (object), ==, "a{sv}");
  g_assert_false (g_variant_is_floating (object));
  g_assert_cmpuint (g_variant_n_children (object), ==, g_variant_n_children (expected));
  for (gsize i = 0; i < g_variant_n_children (expected); i++)
    {
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) found = NULL;
      const char *name = NULL;

      g_variant_get_child (expected, i, "{&sv}", &name, &value);
      found = g_variant_lookup_value (object, name, NULL);
      g_assert_cmpvariant (found, value);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    LtErrorCode code;
    gssize position;
    const char *message;
  } refused[] = {
    { "[]", LT_ERROR_INVALID_ARGUMENT, -1, "expected an object, found a list" },
    { "\"x\"", LT_ERROR_INVALID_ARGUMENT, -1, "expected an object, found a string" },
    { "nil", LT_ERROR_INVALID_JSON, 0, NULL },
    { "", LT_ERROR_INVALID_JSON, 0, NULL },
    { "{} x", LT_ERROR_INVALID_JSON, 3, NULL },
    { "{\"a\":1,\"a\":1}", LT_ERROR_INVALID_JSON, 7, NULL },
    { "{\"a\":{}}", LT_ERROR_INVALID_ARGUMENT, 5,
      "\"a\": expected a string, a number, a boolean or a list of strings, found an object" },
    { "{\"a\":[\"x\",1]}", LT_ERROR_INVALID_ARGUMENT, 10,
      "\"a\": expected a list of strings, found a number in it" },
    { "{\"a\":[[]]}", LT_ERROR_INVALID_ARGUMENT, 6, NULL },
    { "{\"a\":tru}", LT_ERROR_INVALID_JSON, 5, NULL },
    { "{\"a\":falsy}", LT_ERROR_INVALID_JSON, 5, NULL },
    { "{\"a\":1e999}", LT_ERROR_INVALID_JSON, 5, NULL },
    { "{\"a\":\"\\u0000\"}", LT_ERROR_INVALID_JSON, 6, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lt_json_parse_object (refused[i].text, strlen (refused[i].text), &error));
      g_assert_error (error, LT_ERROR, (int) refused[i].code);
      g_assert_cmpint (lt_error_get_position (error), ==, refused[i].position);
      if (refused[i].message != NULL)
        g_assert_cmpstr (error->message, ==, refused[i].message);
    }
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) object = NULL;
  g_autoptr (GString) text = g_string_new ("{\"a\":\"");

  while (text->len < LT_JSON_OBJECT_MAX_BYTES - 2)
    g_string_append_c (text, 'x');
  g_string_append (text, "\"}");
  object = lt_json_parse_object (text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);

  g_string_append_c (text, ' ');
  g_assert_null (lt_json_parse_object (text->str, text->len, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_string_assign (text, "{");
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "%s\"%u\":1", i > 0 ? "," : "", i);
  g_string_append_c (text, '}');
  g_assert_null (lt_json_parse_object (text->str, text->len, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_JSON);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/object/values", test_values);
  g_test_add_func ("/json/object/refused", test_refused);
  g_test_add_func ("/json/object/limits", test_limits);
  return g_test_run ();
}
