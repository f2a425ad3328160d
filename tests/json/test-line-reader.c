/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-line-reader.h"

#include "core/lt-error.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* A pipe whose reading end does not block. */
typedef struct
{
  int reading;
  int writing;
} Pipe;

static void
pipe_open (Pipe *self)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[1], TRUE, NULL));
  self->reading = fds[0];
  self->writing = fds[1];
}

static void
pipe_end (Pipe *self)
{
  close (self->writing);
  self->writing = -1;
}

static void
pipe_close (Pipe *self)
{
  if (self->writing >= 0)
    close (self->writing);
  close (self->reading);
}

static void
pipe_write (Pipe *self, const char *text, gsize length)
{
  g_assert_cmpint (write (self->writing, text, length), ==, (gssize) length);
}

static void
take_lines (LtLineReader *reader, GString *out)
{
  const char *line = NULL;
  gsize length = 0;
  gboolean too_long = FALSE;
  guint64 number = 0;

  while (lt_line_reader_next (reader, &line, &length, &too_long, &number))
    {
      g_string_append_printf (out, "%" G_GUINT64_FORMAT ":", number);
      if (too_long)
        {
          g_assert_null (line);
          g_assert_cmpuint (length, ==, 0);
          g_string_append (out, "(too long)");
        }
      else
        g_string_append_len (out, line, (gssize) length);
      g_string_append_c (out, '|');
    }
}

/* Feeds @text in pieces of @chunk bytes, read with @budget, and returns what came out. */
static char *
read_in_chunks (const char *text, gsize chunk, gsize budget, gsize max_line_bytes)
{
  g_autoptr (LtLineReader) reader = lt_line_reader_new (max_line_bytes);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gsize left = strlen (text);
  Pipe ends;

  pipe_open (&ends);
  while (left > 0)
    {
      gsize piece = MIN (left, chunk);

      pipe_write (&ends, text, piece);
      text += piece;
      left -= piece;
      while (lt_line_reader_fill (reader, ends.reading, budget, &error) > 0)
        take_lines (reader, out);
      g_assert_no_error (error);
    }
  pipe_end (&ends);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, budget, &error), ==, 0);
  g_assert_no_error (error);
  take_lines (reader, out);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, budget, &error), ==, 0);
  take_lines (reader, out);
  pipe_close (&ends);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_chunkings (void)
{
  static const struct
  {
    const char *text;
    const char *lines;
  } cases[] = {
    { "", "" },
    { "\n", "1:|" },
    { "a\n", "1:a|" },
    { "a", "1:a|" },
    { "a\nb\n", "1:a|2:b|" },
    { "a\n\n\nb", "1:a|2:|3:|4:b|" },
    { "a\r\nb\r\n", "1:a\r|2:b\r|" },
    { "12345678\n", "1:12345678|" },
    { "12345678", "1:12345678|" },
    { "123456789\n", "1:(too long)|" },
    { "123456789", "1:(too long)|" },
    { "123456789\na\n", "1:(too long)|2:a|" },
    { "a\n12345678901234567890\nb", "1:a|2:(too long)|3:b|" },
    { "1234567890\n1234567890\n12345678\n", "1:(too long)|2:(too long)|3:12345678|" },
    { "1234567890\n\n1234567890", "1:(too long)|2:|3:(too long)|" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize chunk = 1; chunk <= 24; chunk++)
      for (gsize budget = 1; budget <= 24; budget += 1 + budget / 4)
        {
          g_autofree char *lines = read_in_chunks (cases[i].text, chunk, budget, 8);

          g_assert_cmpstr (lines, ==, cases[i].lines);
        }
}

static void
test_random (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autofree char *lines = NULL;

      for (int i = 1; i <= 30; i++)
        {
          int length = g_test_rand_int_range (0, 60);

          for (int j = 0; j < length; j++)
            g_string_append_c (text, (char) g_test_rand_int_range ('a', 'z' + 1));
          if (length > 50)
            g_string_append_printf (expected, "%d:(too long)|", i);
          else
            g_string_append_printf (expected, "%d:%s|", i, text->str + text->len - length);
          g_string_append_c (text, '\n');
        }
      lines = read_in_chunks (text->str, (gsize) g_test_rand_int_range (1, 300),
                              (gsize) g_test_rand_int_range (1, 300), 50);
      g_assert_cmpstr (lines, ==, expected->str);
    }
}

static void
test_would_block (void)
{
  g_autoptr (LtLineReader) reader = lt_line_reader_new (100);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Pipe ends;

  pipe_open (&ends);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 100, &error), ==, -1);
  g_assert_no_error (error);

  pipe_write (&ends, "a\nb", 3);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 100, &error), ==, 3);
  take_lines (reader, out);
  g_assert_cmpstr (out->str, ==, "1:a|");
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 100, &error), ==, -1);
  g_assert_no_error (error);
  take_lines (reader, out);
  g_assert_cmpstr (out->str, ==, "1:a|");

  pipe_write (&ends, "c\n", 2);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 100, &error), ==, 2);
  take_lines (reader, out);
  g_assert_cmpstr (out->str, ==, "1:a|2:bc|");
  pipe_close (&ends);
}

static void
test_budget (void)
{
  g_autoptr (LtLineReader) reader = lt_line_reader_new (100);
  g_autoptr (GError) error = NULL;
  Pipe ends;

  pipe_open (&ends);
  pipe_write (&ends, "0123456789\n", 11);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 4, &error), ==, 4);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 4, &error), ==, 4);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 4, &error), ==, 3);
  g_assert_cmpint (lt_line_reader_fill (reader, ends.reading, 4, &error), ==, -1);
  g_assert_no_error (error);
  pipe_close (&ends);
}

static void
test_failure (void)
{
  g_autoptr (LtLineReader) reader = lt_line_reader_new (100);
  g_autoptr (GError) error = NULL;
  int directory = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (directory, >=, 0);
  g_assert_cmpint (lt_line_reader_fill (reader, directory, 100, &error), ==, -1);
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  close (directory);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-reader/chunkings", test_chunkings);
  g_test_add_func ("/line-reader/random", test_random);
  g_test_add_func ("/line-reader/would-block", test_would_block);
  g_test_add_func ("/line-reader/budget", test_budget);
  g_test_add_func ("/line-reader/failure", test_failure);
  return g_test_run ();
}
