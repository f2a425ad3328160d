/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-check.h"

#include "core/lt-error.h"
#include "json/lt-json-scanner.h"

#include <math.h>
#include <string.h>

#define ACCEPTED (-1)

/* One text, and where it is refused. */
typedef struct
{
  const char *text;
  gssize position; /* of the byte at fault, or ACCEPTED */
  gsize length;    /* of @text, or 0 where NUL ends it */
} Case;

#define WITH_NUL(text, position) text, position, sizeof (text) - 1

static const Case cases[] = {
  /* Values on their own, and space. */
  { "null", ACCEPTED },
  { "true", ACCEPTED },
  { "false", ACCEPTED },
  { "\"\"", ACCEPTED },
  { "[]", ACCEPTED },
  { "{}", ACCEPTED },
  { "0", ACCEPTED },
  { " \t\r\n 1 \t\r\n ", ACCEPTED },
  { "[ ]", ACCEPTED },
  { "{\n}", ACCEPTED },
  { "[\r\n1\t, 2 ]", ACCEPTED },
  { "{ \"a\" : 1 , \"b\" : 2 }", ACCEPTED },
  { "", 0 },
  { "   ", 3 },
  { "\f1", 0 },
  { "\v1", 0 },
  { "\xC2\xA0"
    "1",
    0 },
  { "\xE2\x80\xA8"
    "1",
    0 },
  { "\xEF\xBB\xBF{}", 0 },
  { "\xFE\xFF\x00{", 0 },
  { WITH_NUL ("\0", 0) },
  { WITH_NUL ("1\0", 1) },
  { WITH_NUL ("[1,\0 2]", 3) },

  /* Words. */
  { "[true,false,null]", ACCEPTED },
  { "tru", 3 },
  { "nul", 3 },
  { "fals", 4 },
  { "True", 0 },
  { "TRUE", 0 },
  { "nuLl", 0 },
  { "truest", 4 },
  { "nullnull", 4 },
  { "undefined", 0 },
  { "NaN", 0 },
  { "Infinity", 0 },
  { "-Infinity", 1 },
  { "-NaN", 1 },
  { "[nan]", 1 },

  /* Integers. */
  { "-0", ACCEPTED },
  { "-1", ACCEPTED },
  { "1234567890", ACCEPTED },
  { "9223372036854775807", ACCEPTED },
  { "-9223372036854775808", ACCEPTED },
  { "9223372036854775808", ACCEPTED },
  { "18446744073709551615", ACCEPTED },
  { "18446744073709551616", 0 },
  { "-9223372036854775809", 0 },
  { "-18446744073709551615", 0 },
  { "123456789012345678901234567890", 0 },
  { "[1,99999999999999999999]", 3 },
  { "-", 1 },
  { "--1", 1 },
  { "+1", 0 },
  { "[+1]", 1 },
  { "01", 0 },
  { "-01", 1 },
  { "00", 0 },
  { "-00", 1 },
  { "[007]", 1 },
  { "1 2", 2 },
  { "1_000", 1 },
  { "1,000", 1 },
  { "0x10", 1 },
  { "0b1", 1 },
  { "1a", 1 },
  { "- 1", 1 },
  { "\xEF\xBC\x91", 0 },

  /* Fractions and exponents. */
  { "0.0", ACCEPTED },
  { "-0.0", ACCEPTED },
  { "1.5", ACCEPTED },
  { "1e2", ACCEPTED },
  { "1E2", ACCEPTED },
  { "1e+2", ACCEPTED },
  { "1e-2", ACCEPTED },
  { "0e0", ACCEPTED },
  { "0e+00001", ACCEPTED },
  { "1.7976931348623157e308", ACCEPTED },
  { "4.9e-324", ACCEPTED },
  { "1e-400", ACCEPTED },
  { "123456789012345678901234567890.0", ACCEPTED },
  { "0.1234567890123456789012345678901234567890", ACCEPTED },
  { "1e400", 0 },
  { "-1e400", 0 },
  { "[0,1e309]", 3 },
  { "1e99999999999999999999", 0 },
  { "1.", 2 },
  { ".5", 0 },
  { "-.5", 1 },
  { "1.e5", 2 },
  { "1.5.", 3 },
  { "1e", 2 },
  { "1e+", 3 },
  { "1e-", 3 },
  { "1ee5", 2 },
  { "1e5.5", 3 },
  { "1e 5", 2 },
  { "1.-5", 2 },
  { "0.1.2", 3 },
  { "[1.]", 3 },
  { "[1e]", 3 },

  /* Strings. */
  { "\"plain\"", ACCEPTED },
  { "\"exactly8\"", ACCEPTED },
  { "\"a string of more than eight bytes, and more than sixteen\"", ACCEPTED },
  { "\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\"", ACCEPTED },
  { "\"\\u00e9\\u20ac\\uFFFF\"", ACCEPTED },
  { "\"\\uD834\\uDD1E\"", ACCEPTED },
  { "\"\\udbff\\udfff\"", ACCEPTED },
  { "\"\x7F\"", ACCEPTED },
  { "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9D\x84\x9E\"", ACCEPTED },
  { "\"\xEF\xBF\xBF \xF4\x8F\xBF\xBF \xED\x9F\xBF \xEE\x80\x80\"", ACCEPTED },
  { "\"\xE2\x80\xA8\xE2\x80\xA9\"", ACCEPTED },
  { "\"</script>\"", ACCEPTED },
  { "\"", 1 },
  { "\"abc", 4 },
  { "\"abcdefghijklmnop", 17 },
  { "\"\\", 2 },
  { "\"\\u", 3 },
  { "\"\\u00", 5 },
  { "\"\\u12", 5 },
  { "\"\\u12\"", 5 },
  { "\"\\\"", 3 },
  { "'a'", 0 },
  { "a", 0 },
  { "`a`", 0 },
  { "\"\\a\"", 1 },
  { "\"\\'\"", 1 },
  { "\"\\v\"", 1 },
  { "\"\\0\"", 1 },
  { "\"\\x41\"", 1 },
  { "\"\\U0041\"", 1 },
  { "\"a\\\nb\"", 2 },
  { "\"\\u004g\"", 6 },
  { "\"\\u 041\"", 3 },
  { "\"\\u{41}\"", 3 },
  { "\"\\u0000\"", 1 },
  { "\"ab\\u0000cd\"", 3 },
  { "\"\\ud800\"", 1 },
  { "\"\\ud800x\"", 1 },
  { "\"\\ud800\\n\"", 1 },
  { "\"\\ud800\\u0041\"", 1 },
  { "\"\\ud800\\ud800\"", 1 },
  { "\"\\udc00\"", 1 },
  { "\"x\\udfff\\ud800\"", 2 },
  { "\"\\ud834\\u\"", 9 },
  { "\"a\tb\"", 2 },
  { "\"a\nb\"", 2 },
  { "\"\x1F\"", 1 },
  { "\"12345678\x01\"", 9 },
  { "\"1234567\x01\"", 8 },
  { WITH_NUL ("\"a\0b\"", 2) },
  { "\"\x80\"", 1 },
  { "\"a\xBF\"", 2 },
  { "\"\xC0\xAF\"", 1 },
  { "\"\xC1\x81\"", 1 },
  { "\"\xC3(\"", 1 },
  { "\"\xC3", 1 },
  { "\"\xE0\x80\xAF\"", 1 },
  { "\"\xE0\x9F\xBF\"", 1 },
  { "\"\xE2\x82\"", 1 },
  { "\"\xE2(\xA1\"", 1 },
  { "\"\xED\xA0\x80\"", 1 },
  { "\"\xED\xBF\xBF\"", 1 },
  { "\"\xF0\x80\x80\xAF\"", 1 },
  { "\"\xF0\x9D\x84\"", 1 },
  { "\"\xF4\x90\x80\x80\"", 1 },
  { "\"\xF5\x80\x80\x80\"", 1 },
  { "\"\xFE\"", 1 },
  { "\"\xFF\"", 1 },
  { "\"ok\xC3\xA9 then \xE9t\xE9\"", 11 },
  { "{\"\xE9\":1}", 2 },

  /* Lists. */
  { "[1]", ACCEPTED },
  { "[[[]],[[1,[2]]]]", ACCEPTED },
  { "[null,\"a\",{\"b\":[]}]", ACCEPTED },
  { "[", 1 },
  { "[1", 2 },
  { "[1,", 3 },
  { "[1,]", 3 },
  { "[,]", 1 },
  { "[,1]", 1 },
  { "[1,,2]", 3 },
  { "[1 2]", 3 },
  { "[1;2]", 2 },
  { "[1}", 2 },
  { "]", 0 },
  { "[]]", 2 },
  { "[][]", 2 },
  { "[1],", 3 },
  { "[\"a\",", 5 },
  { "[\"a\":1]", 4 },

  /* Objects. */
  { "{\"a\":1}", ACCEPTED },
  { "{\"\":1}", ACCEPTED },
  { "{\"a\":1,\"A\":2}", ACCEPTED },
  { "{\"a\":{\"a\":{\"a\":1}}}", ACCEPTED },
  { "[{\"a\":1},{\"a\":1}]", ACCEPTED },
  { "{", 1 },
  { "{\"", 2 },
  { "{\"a", 3 },
  { "{\"a\"", 4 },
  { "{\"a\":", 5 },
  { "{\"a\":1", 6 },
  { "{\"a\":1,", 7 },
  { "{\"a\":1,}", 7 },
  { "{,\"a\":1}", 1 },
  { "{\"a\":1,,\"b\":2}", 7 },
  { "{\"a\" 1}", 5 },
  { "{\"a\"=1}", 4 },
  { "{\"a\",1}", 4 },
  { "{\"a\"::1}", 5 },
  { "{\"a\":}", 5 },
  { "{\"a\"}", 4 },
  { "{a:1}", 1 },
  { "{'a':1}", 1 },
  { "{1:1}", 1 },
  { "{null:1}", 1 },
  { "{[1]:1}", 1 },
  { "{\"a\":1]", 6 },
  { "{\"a\":1 \"b\":2}", 7 },
  { "{}}", 2 },
  { "{} {}", 3 },
  { "{\"a\":1,\"a\":2}", 7 },
  { "{\"a\":1,\"b\":2,\"a\":3}", 13 },
  { "{\"a\":1,\"\\u0061\":2}", 7 },
  { "{\"x\":{\"b\":1,\"b\":1}}", 12 },
  { "{\"b\":1,\"a\":1,\"b\":1,\"a\":1,\"b\":1}", 13 },
  { "{\"a\":{\"x\":1,\"y\":2},\"x\":{\"x\":1},\"y\":[{\"a\":1}]}", ACCEPTED },
  { "{\"\\u00e9\":1,\"\xC3\xA9\":2}", 12 },
  { "{\"\\u0061\\u0062\":1,\"\\u0061\":2,\"ab\":3}", 29 },
  { "{\"a\":1,\"ab\":2,\"\":3}", ACCEPTED },

  /* What other languages have. */
  { "// x\n1", 0 },
  { "/* x */ 1", 0 },
  { "1 // x", 2 },
  { "1 /* x */", 2 },
  { "[1 /* x */]", 3 },
  { "# x\n1", 0 },
  { "[1] # x", 4 },
  { "{\"a\":/**/1}", 5 },
  { "(1)", 0 },
  { "[1 ... 2]", 3 },
  { "\"a\" \"b\"", 4 },
  { "\"a\"+\"b\"", 3 },
  { "<null>", 0 },
  { "*", 0 },
  { "\x1E{}", 0 },
  { ")]}',\n{}", 0 },
};

static void
test_conformance (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      gsize length = c->length > 0 ? c->length : strlen (c->text);
      /* On the heap in its exact size, so that a sanitizer sees a read past the end. */
      g_autofree char *text = g_memdup2 (c->text, length);
      g_autofree char *escaped = g_strescape (c->text, NULL);
      g_autoptr (GError) error = NULL;
      gboolean accepted = lt_json_check (text != NULL ? text : "", length, &error);

      g_test_message ("%s", escaped);
      g_assert_cmpint (accepted, ==, c->position == ACCEPTED);
      if (accepted)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_JSON);
      g_assert_cmpint (lt_error_get_position (error), ==, c->position);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_true (g_str_has_prefix (error->message, "invalid JSON at byte "));
    }
}

static void
test_no_error_wanted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = cases[i].length > 0 ? cases[i].length : strlen (cases[i].text);

      g_assert_cmpint (lt_json_check (cases[i].text, length, NULL), ==,
                       cases[i].position == ACCEPTED);
    }
}

/* Every beginning of an accepted object is refused, and at its end. */
static void
test_truncated (void)
{
  static const char text[]
      = "{\"a\":[1,-2.5e3,true,null,\"x\\u00e9\\ud834\\udd1e\xC3\xA9\"],\"b\":{}}";

  for (gsize length = 0; length < sizeof (text) - 1; length++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *copy = g_memdup2 (text, length);

      g_assert_false (lt_json_check (copy != NULL ? copy : "", length, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_JSON);
      g_assert_cmpint (lt_error_get_position (error), <=, (gssize) length);
    }
  g_assert_true (lt_json_check (text, sizeof (text) - 1, NULL));
}

static void
test_nesting (void)
{
  for (guint depth = LT_JSON_MAX_NESTING - 1; depth <= LT_JSON_MAX_NESTING + 1; depth++)
    {
      g_autoptr (GString) lists = g_string_new (NULL);
      g_autoptr (GString) objects = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < depth; i++)
        {
          g_string_append_c (lists, '[');
          g_string_append (objects, "{\"a\":");
        }
      g_string_append_c (objects, '1');
      for (guint i = 0; i < depth; i++)
        {
          g_string_append_c (lists, ']');
          g_string_append_c (objects, '}');
        }

      g_assert_cmpint (lt_json_check (objects->str, objects->len, NULL), ==,
                       depth <= LT_JSON_MAX_NESTING);
      g_assert_cmpint (lt_json_check (lists->str, lists->len, &error), ==,
                       depth <= LT_JSON_MAX_NESTING);
      if (depth > LT_JSON_MAX_NESTING)
        g_assert_cmpint (lt_error_get_position (error), ==, LT_JSON_MAX_NESTING);
    }
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  g_assert_false (lt_json_check (text->str, text->len, NULL));

  g_string_assign (text, "[0");
  for (guint i = 0; i < LT_JSON_NUMBER_MAX_BYTES; i++)
    g_string_append (text, i == 0 ? "." : "1");
  g_string_append_c (text, ']');
  g_assert_false (lt_json_check (text->str, text->len, NULL));

  for (guint n_members = LT_JSON_MAX_MEMBERS; n_members <= LT_JSON_MAX_MEMBERS + 1; n_members++)
    {
      g_string_assign (text, "{");
      for (guint i = 0; i < n_members; i++)
        g_string_append_printf (text, "%s\"%u\":%u", i > 0 ? "," : "", i, i);
      g_string_append_c (text, '}');
      g_assert_cmpint (lt_json_check (text->str, text->len, NULL), ==,
                       n_members <= LT_JSON_MAX_MEMBERS);
    }
}

/* Strings of every length and offset, with something special at every place: the scanner takes
 * eight bytes a step. */
static void
test_string_places (void)
{
  static const struct
  {
    const char *bytes;
    gboolean accepted;
  } specials[] = {
    { "x", TRUE },     { "\x01", FALSE },
    { "\x1F", FALSE }, { "\x80", FALSE },
    { "\\n", TRUE },   { "\xC3\xA9", TRUE },
    { "!", TRUE },     { "#", TRUE },
    { "[", TRUE },     { "]", TRUE },
    { "\x7F", TRUE },  { "\xFF", FALSE },
    { "\\\"", TRUE },  { "\xE2\x82\xAC", TRUE },
    { "\\q", FALSE },  { "\xF0\x9D\x84\x9E", TRUE },
  };

  for (guint length = 0; length < 20; length++)
    for (guint place = 0; place <= length; place++)
      for (gsize i = 0; i < G_N_ELEMENTS (specials); i++)
        {
          g_autoptr (GString) text = g_string_new ("\"");

          for (guint j = 0; j <= length; j++)
            g_string_append (text, j == place ? specials[i].bytes : "a");
          g_string_append_c (text, '"');
          g_assert_cmpint (lt_json_check (text->str, text->len, NULL), ==, specials[i].accepted);
        }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    double value;
  } numbers[] = {
    { "-0", -0.0 },
    { "1e2", 100 },
    { "0.1", 0.1 },
    { "123.456", 123.456 },
    { "1e22", 1e22 },
    { "1e23", 1e23 },
    { "9007199254740993.0", 9007199254740992.0 },
    { "9007199254740992.0", 9007199254740992.0 },
    { "2.2250738585072011e-308", 2.2250738585072011e-308 },
    { "5e-324", 5e-324 },
    { "1e-400", 0 },
    { "1.7976931348623157e308", 1.7976931348623157e308 },
    { "100000000000000000000000.0", 1e23 },
    { "0.000000000000000000000000000000000001", 1e-36 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      LtJsonScanner scanner;
      LtJsonNumber number;

      lt_json_scanner_init (&scanner, numbers[i].text, strlen (numbers[i].text));
      g_assert_true (lt_json_scanner_read_number (&scanner, &number, NULL));
      g_assert_cmpint (number.kind, ==, LT_JSON_DOUBLE);
      g_assert_true (number.number == numbers[i].value);
      g_assert_cmpint (signbit (number.number), ==, signbit (numbers[i].value));
      lt_json_scanner_clear (&scanner);
    }
}

/* Doubles written with 17 digits read as they were. */
static void
test_random_numbers (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      union
      {
        guint64 bits;
        double number;
      } value;
      LtJsonScanner scanner;
      LtJsonNumber number;
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      value.bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      if (i % 2 == 0)
        value.number = g_test_rand_double_range (-1e6, 1e6);
      if (!isfinite (value.number))
        continue;
      g_ascii_formatd (text, sizeof text, i % 3 == 0 ? "%.17e" : "%.17g", value.number);
      if (strpbrk (text, ".e") == NULL)
        continue;
      lt_json_scanner_init (&scanner, text, strlen (text));
      g_assert_true (lt_json_scanner_read_number (&scanner, &number, NULL));
      g_assert_true (number.number == value.number);
      lt_json_scanner_clear (&scanner);
    }
}

/* Whatever is done to a text, reading it ends, and the place of the fault lies in it. */
static void
test_mutations (void)
{
  static const char seed[]
      = "{\"type\":\"smtp.x\",\"data\":{\"a\":[1,2.5e-3,true,null,\"\\u00e9\\ud834\\udd1e\"],"
        "\"text\":\"caf\xC3\xA9\",\"n\":-18446744073709551615}}";
  static const char bytes[] = "{}[]\",:\\u0d89eE+-.tfn \n\x01\x80\xC3\xED\xFF";

  for (guint round = 0; round < 50000; round++)
    {
      gsize length = sizeof (seed) - 1;
      g_autofree char *text = g_memdup2 (seed, length);
      g_autoptr (GError) error = NULL;

      for (int changes = g_test_rand_int_range (1, 5); changes > 0; changes--)
        text[g_test_rand_int_range (0, (gint32) length)]
            = bytes[g_test_rand_int_range (0, sizeof (bytes) - 1)];
      if (round % 4 == 0)
        length = (gsize) g_test_rand_int_range (0, (gint32) length);
      if (lt_json_check (text, length, &error))
        continue;
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_JSON);
      g_assert_cmpint (lt_error_get_position (error), >=, 0);
      g_assert_cmpint (lt_error_get_position (error), <=, (gssize) length);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/check/conformance", test_conformance);
  g_test_add_func ("/json/check/no-error-wanted", test_no_error_wanted);
  g_test_add_func ("/json/check/truncated", test_truncated);
  g_test_add_func ("/json/check/nesting", test_nesting);
  g_test_add_func ("/json/check/huge", test_huge);
  g_test_add_func ("/json/check/string-places", test_string_places);
  g_test_add_func ("/json/check/numbers", test_numbers);
  g_test_add_func ("/json/check/random-numbers", test_random_numbers);
  g_test_add_func ("/json/check/mutations", test_mutations);
  return g_test_run ();
}
