/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-table.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static LtCtlOutput *
new_output (guint width)
{
  LtCtlOutput *out = lt_ctl_output_new (-1, LT_CTL_COLOR_NEVER);

  out->width = width;
  out->truncate = width > 0;
  return out;
}

static LtCtlTable *
new_table (void)
{
  static const LtCtlColumn columns[] = { { "N", TRUE }, { "WHO", FALSE }, { "WHAT", FALSE } };
  LtCtlTable *table = lt_ctl_table_new (columns, G_N_ELEMENTS (columns));

  lt_ctl_table_add (table, g_strdup ("1"));
  lt_ctl_table_add (table, g_strdup ("日本"));
  lt_ctl_table_add (table, g_strdup ("everything"));
  lt_ctl_table_add (table, g_strdup ("100"));
  lt_ctl_table_add (table, NULL);
  lt_ctl_table_add (table, g_strdup ("a\033\nb"));
  return table;
}

static void
test_columns (void)
{
  g_autoptr (LtCtlTable) table = new_table ();
  g_autoptr (LtCtlOutput) out = new_output (0);

  lt_ctl_table_print (table, out);
  g_assert_cmpstr (out->buffer->str, ==,
                   "  N  WHO   WHAT\n"
                   "  1  日本  everything\n"
                   "100  -     a\\u001b\\nb\n");
}

static void
test_narrow (void)
{
  g_autoptr (LtCtlTable) table = new_table ();
  g_autoptr (LtCtlOutput) out = new_output (14);

  lt_ctl_table_print (table, out);
  g_assert_cmpstr (out->buffer->str, ==,
                   "  N  WHO   WH…\n"
                   "  1  日本  ev…\n"
                   "100  -     a\\…\n");
}

static void
test_empty (void)
{
  static const LtCtlColumn columns[] = { { "A", FALSE }, { "B", FALSE } };
  g_autoptr (LtCtlTable) table = lt_ctl_table_new (columns, G_N_ELEMENTS (columns));
  g_autoptr (LtCtlOutput) out = new_output (0);

  lt_ctl_table_print (table, out);
  g_assert_cmpstr (out->buffer->str, ==, "A  B\n");
}

static void
test_colors (void)
{
  g_autoptr (LtCtlOutput) plain = lt_ctl_output_new (-1, LT_CTL_COLOR_AUTO);
  g_autoptr (LtCtlOutput) colored = lt_ctl_output_new (-1, LT_CTL_COLOR_ALWAYS);

  lt_ctl_output_text (plain, LT_CTL_STYLE_RED, "a");
  lt_ctl_output_text (colored, LT_CTL_STYLE_RED, "a\033");
  lt_ctl_output_text (colored, LT_CTL_STYLE_RED, "");
  lt_ctl_output_text (colored, LT_CTL_STYLE_PLAIN, "b");
  g_assert_cmpstr (plain->buffer->str, ==, "a");
  g_assert_cmpstr (colored->buffer->str, ==, "\033[1;31ma\\u001b\033[0mb");
}

static void
test_closed (void)
{
  g_autoptr (LtCtlOutput) gone = NULL;
  g_autoptr (LtCtlOutput) full = NULL;
  int pair[2];
  int full_fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  signal (SIGPIPE, SIG_IGN);
  g_assert_cmpint (pipe (pair), ==, 0);
  close (pair[0]);
  gone = lt_ctl_output_new (pair[1], LT_CTL_COLOR_AUTO);
  lt_ctl_output_text (gone, LT_CTL_STYLE_PLAIN, "a");
  lt_ctl_output_end_line (gone);
  g_assert_false (lt_ctl_output_flush (gone));
  g_assert_cmpint (gone->error, ==, 0);
  close (pair[1]);

  full = lt_ctl_output_new (full_fd, LT_CTL_COLOR_AUTO);
  lt_ctl_output_text (full, LT_CTL_STYLE_PLAIN, "a");
  g_assert_false (lt_ctl_output_flush (full));
  g_assert_cmpint (full->error, !=, 0);
  close (full_fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-table/columns", test_columns);
  g_test_add_func ("/ctl-table/narrow", test_narrow);
  g_test_add_func ("/ctl-table/empty", test_empty);
  g_test_add_func ("/ctl-table/colors", test_colors);
  g_test_add_func ("/ctl-table/closed", test_closed);
  return g_test_run ();
}
