/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-text.h"

#include <string.h>

static void
test_escape (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "plain ASCII ~", "plain ASCII ~" },
    { "back\\slash", "back\\slash" },
    { "a\nb\rc\td", "a\\nb\\rc\\td" },
    { "\033[31mred\007", "\\u001b[31mred\\u0007" },
    { "\x7f", "\\u007f" },
    { "\xc2\x9b"
      "31m",
      "\\u009b31m" },
    { "\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0" },
    { "Jürgen 日本 ☃ 😀", "Jürgen 日本 ☃ 😀" },
    { "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
      "\\u202a\\u202b\\u202c\\u202d\\u202e" },
    { "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", "\\u2066\\u2067\\u2068\\u2069" },
    { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u200e\\u200f\\u061c" },
    { "\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029" },
    { "\xef\xbb\xbf", "\\ufeff" },
    { "\xf3\xa0\x81\x81", "\\U000e0041" },
    { "\xff\xfe", "\\xff\\xfe" },
    { "\xc3", "\\xc3" },
    { "\xc0\xaf", "\\xc0\\xaf" },
    { "\xed\xa0\x80", "\\xed\\xa0\\x80" },
    { "\xf0\x9f\x98", "\\xf0\\x9f\\x98" },
    { "a\xe2\x80z", "a\\xe2\\x80z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *escaped = lt_ctl_text_escape (cases[i].text, -1, FALSE);

      g_assert_cmpstr (escaped, ==, cases[i].expected);
    }
}

static void
test_escape_length (void)
{
  g_autofree char *nul = lt_ctl_text_escape ("a\0b", 3, FALSE);
  g_autofree char *cut = lt_ctl_text_escape ("aü", 2, FALSE);

  g_assert_cmpstr (nul, ==, "a\\u0000b");
  g_assert_cmpstr (cut, ==, "a\\xc3");
}

static void
test_escape_ascii (void)
{
  g_autofree char *escaped = lt_ctl_text_escape ("Jürgen 😀", -1, TRUE);

  g_assert_cmpstr (escaped, ==, "J\\u00fcrgen \\U0001f600");
}

/* Whatever comes in, what goes out is harmless, and escaping it again changes nothing. */
static void
test_escape_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      guint8 bytes[64];
      gsize length = (gsize) g_test_rand_int_range (0, sizeof bytes);
      g_autofree char *escaped = NULL;
      g_autofree char *again = NULL;

      for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8) g_test_rand_int_range (0, 256);
      escaped = lt_ctl_text_escape ((const char *) bytes, (gssize) length, FALSE);
      again = lt_ctl_text_escape (escaped, -1, FALSE);
      g_assert_true (g_utf8_validate (escaped, -1, NULL));
      g_assert_cmpstr (escaped, ==, again);
      for (const char *at = escaped; *at != '\0'; at = g_utf8_next_char (at))
        {
          gunichar c = g_utf8_get_char (at);

          g_assert_false (c < 0x20 || (c >= 0x7f && c < 0xa0));
        }
    }
}

static void
test_json_safe (void)
{
  static const struct
  {
    const char *json;
    const char *expected;
  } cases[] = {
    { "{\"a\":\"b\\n\"}", "{\"a\":\"b\\n\"}" },
    { "\"\xc2\x9bü\x7f\"", "\"\\u009bü\\u007f\"" },
    { "\"\xe2\x80\xae\"", "\"\\u202e\"" },
    { "\"\xf3\xa0\x81\x81\"", "\"\\udb40\\udc41\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      lt_ctl_text_append_json_safe (out, cases[i].json, strlen (cases[i].json));
      g_assert_cmpstr (out->str, ==, cases[i].expected);
    }
}

static void
test_width (void)
{
  g_assert_cmpuint (lt_ctl_text_get_width ("", -1), ==, 0);
  g_assert_cmpuint (lt_ctl_text_get_width ("abc", -1), ==, 3);
  g_assert_cmpuint (lt_ctl_text_get_width ("abc", 2), ==, 2);
  g_assert_cmpuint (lt_ctl_text_get_width ("日本", -1), ==, 4);
  g_assert_cmpuint (lt_ctl_text_get_width ("e\xcc\x81", -1), ==, 1);
}

static void
test_truncate (void)
{
  static const struct
  {
    const char *text;
    guint width;
    const char *expected;
  } cases[] = {
    { "abc", 3, "abc" },       { "abcd", 3, "ab…" },     { "abcd", 1, "…" },
    { "日本語", 6, "日本語" }, { "日本語", 5, "日本…" }, { "日本語", 4, "日…" },
  };
  g_autofree char *ascii = lt_ctl_text_truncate ("abcd", 3, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *cut = lt_ctl_text_truncate (cases[i].text, cases[i].width, FALSE);

      g_assert_cmpstr (cut, ==, cases[i].expected);
    }
  g_assert_cmpstr (ascii, ==, "ab>");
}

static void
test_mark (void)
{
  g_autofree char *start = lt_ctl_text_mark ("abc", 0, FALSE);
  g_autofree char *wide = lt_ctl_text_mark ("日本 x:1", strlen ("日本 "), FALSE);
  g_autofree char *behind = lt_ctl_text_mark ("abc", 100, FALSE);
  g_autofree char *escaped = lt_ctl_text_mark ("\033 x", 2, FALSE);

  g_assert_cmpstr (start, ==, "  abc\n  ^");
  g_assert_cmpstr (wide, ==, "  日本 x:1\n       ^");
  g_assert_cmpstr (behind, ==, "  abc\n     ^");
  g_assert_cmpstr (escaped, ==, "  \\u001b x\n         ^");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-text/escape", test_escape);
  g_test_add_func ("/ctl-text/escape-length", test_escape_length);
  g_test_add_func ("/ctl-text/escape-ascii", test_escape_ascii);
  g_test_add_func ("/ctl-text/escape-random", test_escape_random);
  g_test_add_func ("/ctl-text/json-safe", test_json_safe);
  g_test_add_func ("/ctl-text/width", test_width);
  g_test_add_func ("/ctl-text/truncate", test_truncate);
  g_test_add_func ("/ctl-text/mark", test_mark);
  return g_test_run ();
}
