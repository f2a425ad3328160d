/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-line-splitter.h"

#include "sources/lt-log-line.h"

#include <string.h>

static void
on_line (const char *text, gsize length, guint64 cut_bytes, gpointer user_data)
{
  GString *lines = user_data;

  g_string_append_len (lines, text, (gssize) length);
  if (cut_bytes > 0)
    g_string_append_printf (lines, " cut %" G_GUINT64_FORMAT, cut_bytes);
  g_string_append_c (lines, '|');
}

/* However the bytes are handed over, the lines are the same. */
static void
test_pieces (void)
{
  static const char text[] = "one\n\n\ntwo\r\n\0\0three\nfour";
  gsize length = sizeof text - 1;

  for (gsize size = 1; size <= length; size++)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      LtLineSplitter splitter;

      lt_line_splitter_init (&splitter);
      for (gsize at = 0; at < length; at += size)
        lt_line_splitter_feed (&splitter, text + at, MIN (size, length - at), on_line, lines);
      g_assert_cmpstr (lines->str, ==, "one|two|three|");
      g_assert_cmpuint (splitter.pending, ==, 4);
      lt_line_splitter_flush (&splitter, on_line, lines);
      g_assert_cmpstr (lines->str, ==, "one|two|three|four|");
      g_assert_cmpuint (splitter.pending, ==, 0);
      lt_line_splitter_flush (&splitter, on_line, lines);
      g_assert_cmpstr (lines->str, ==, "one|two|three|four|");
      lt_line_splitter_clear (&splitter);
    }
}

/* A long line keeps its beginning, and memory its bound. */
static void
test_long_line (void)
{
  g_autofree char *text = g_strnfill (LT_LOG_LINE_MAX_BYTES + 10, 'x');
  gsize length = strlen (text);

  text[length - 1] = '\n';
  for (gsize size = 1000; size <= length; size += 7777)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      LtLineSplitter splitter;

      lt_line_splitter_init (&splitter);
      for (gsize at = 0; at < length; at += size)
        {
          lt_line_splitter_feed (&splitter, text + at, MIN (size, length - at), on_line, lines);
          g_assert_cmpuint (splitter.partial->len, <=, LT_LOG_LINE_MAX_BYTES);
        }
      lt_line_splitter_feed (&splitter, "next\n", 5, on_line, lines);
      g_assert_cmpuint (lines->len, ==, LT_LOG_LINE_MAX_BYTES + strlen (" cut 9|next|"));
      g_assert_true (g_str_has_suffix (lines->str, "x cut 9|next|"));
      lt_line_splitter_clear (&splitter);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-splitter/pieces", test_pieces);
  g_test_add_func ("/line-splitter/long-line", test_long_line);
  return g_test_run ();
}
