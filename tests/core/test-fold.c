/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-fold.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *folded;
} rows[] = {
  { "", "" },
  { "plain", "plain" },
  { "MiXeD 123 @[`{", "mixed 123 @[`{" },
  { "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG", "the quick brown fox jumps over the lazy dog" },
  { "ÄÖÜ", "äöü" },
  { "STRAßE", "straße" },
  { "ẞ", "ß" },
  { "ΣΑΣ σας", "σασ σασ" },
  { "ПОЧТА", "почта" },
  { "K", "k" },
  { "ſ", "s" },
  { "µ", "μ" },
  { "Ǆǅǆ", "ǆǆǆ" },
  { "İıI", "İıi" },
  { "ȺȾȺ", "ⱥⱦⱥ" },
  { "日本語", "日本語" },
  { "0123456789ABCDEFé0123456789ABCDEF", "0123456789abcdefé0123456789abcdef" },
  { "𐐀", "𐐨" },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *folded = lt_fold_dup (rows[i].text, -1);

      g_assert_cmpstr (folded, ==, rows[i].folded);
    }
}

/* For every character: folding twice is folding once, both cases fold alike, and what comes
 * out is UTF-8. */
static void
test_every_character (void)
{
  for (gunichar c = 1; c <= 0x10ffff; c++)
    {
      char text[8];
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;

      if (!g_unichar_validate (c))
        continue;

      text[g_unichar_to_utf8 (c, text)] = '\0';
      once = lt_fold_dup (text, -1);
      if (strcmp (once, text) == 0)
        continue;
      twice = lt_fold_dup (once, -1);
      g_assert_cmpstr (once, ==, twice);
      g_assert_true (g_utf8_validate (once, -1, NULL));
      g_assert_cmpuint (strlen (once), <=, strlen (text) + strlen (text) / 2);
    }
}

static void
test_append (void)
{
  g_autoptr (GString) out = g_string_new ("Keep");

  lt_fold_append (out, "ABCdefX", 6);
  lt_fold_append (out, "ÉÈ", 2);
  lt_fold_append (out, "", 0);
  g_assert_cmpstr (out->str, ==, "Keepabcdefé");
  g_assert_cmpuint (out->len, ==, strlen (out->str));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fold/table", test_table);
  g_test_add_func ("/fold/every-character", test_every_character);
  g_test_add_func ("/fold/append", test_append);

  return g_test_run ();
}
