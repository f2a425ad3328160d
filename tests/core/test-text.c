/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-text.h"

#include <string.h>

static void
test_check (void)
{
  static const struct
  {
    const char *text;
    gsize length;
    gboolean good;
  } rows[] = {
    { "", 0, TRUE },
    { "a", 1, TRUE },
    { "\x7f\x01 12345678", 11, TRUE },
    { "a\0b", 3, FALSE },
    { "12345678\0", 9, FALSE },
    { "1234\0006789", 9, FALSE },
    { "Grüße aus Köln, 你好", 25, TRUE },
    { "12345678\xc3\xa4", 10, TRUE },
    { "12345678\xc3", 9, FALSE },
    { "\xff", 1, FALSE },
    { "1234567\xff", 8, FALSE },
    { "\xc0\x80", 2, FALSE },
    { "\xed\xa0\x80", 3, FALSE },
    { "\xf4\x90\x80\x80", 4, FALSE },
    { "ä234567\0", 9, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (lt_text_check (rows[i].text, rows[i].length), ==, rows[i].good);
}

/* The quick way must say what GLib says. */
static void
test_check_random (void)
{
  for (guint i = 0; i < 50000; i++)
    {
      char text[24];
      gsize length = (gsize) g_test_rand_int_range (0, sizeof text);
      guint kind = (guint) g_test_rand_int_range (0, 3);

      for (gsize j = 0; j < length; j++)
        text[j] = (char) (kind == 0   ? g_test_rand_int_range (0, 256)
                          : kind == 1 ? g_test_rand_int_range (1, 128)
                                      : "a\xc3\xa4\0z"[g_test_rand_int_range (0, 5)]);

      g_assert_cmpint (lt_text_check (text, length), ==, g_utf8_validate_len (text, length, NULL));
    }
}

static void
assert_quoted (const char *text, gssize length, const char *expected)
{
  g_autofree char *quoted = lt_text_quote (text, length);

  g_assert_cmpstr (quoted, ==, expected);
}

static void
test_quote (void)
{
  g_autofree char *long_word = g_strnfill (200, 'x');
  g_autofree char *quoted = lt_text_quote (long_word, -1);

  assert_quoted ("plain", -1, "\"plain\"");
  assert_quoted ("", -1, "\"\"");
  assert_quoted ("abc", 2, "\"ab\"");
  assert_quoted ("a\"b\\", -1, "\"a\\\"b\\\\\"");
  assert_quoted ("a\n\x1b[1m", -1, "\"a\\u000a\\u001b[1m\"");
  assert_quoted ("\xff!", -1, "\"\\xff!\"");
  assert_quoted ("a\0b", 3, "\"a\\x00b\"");
  assert_quoted ("Grüße\xe2\x80\xae", -1, "\"Grüße\\u202e\"");
  g_assert_cmpuint (strlen (quoted), ==, 80 + strlen ("\"\"…"));
}

static void
test_quote_cut (void)
{
  for (guint n_before = 70; n_before < 90; n_before++)
    {
      g_autofree char *before = g_strnfill (n_before, 'x');
      g_autofree char *text = g_strconcat (before, "ü你😀ü你😀", NULL);
      g_autofree char *quoted = lt_text_quote (text, -1);

      g_assert_true (g_utf8_validate (quoted, -1, NULL));
      g_assert_null (strchr (quoted, '\\'));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/check", test_check);
  g_test_add_func ("/text/check-random", test_check_random);
  g_test_add_func ("/text/quote", test_quote);
  g_test_add_func ("/text/quote-cut", test_quote_cut);
  return g_test_run ();
}
