/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes on an injector's socket. The first two say how many come at once and how many are read
 * at once. */
#include "core/lt-error.h"
#include "json/lt-json.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Short, so that small inputs pass it. */
#define MAX_LINE_BYTES 256

static void
take_lines (LtLineReader *reader, LtEventBuilder *builder, guint64 *last)
{
  const char *line = NULL;
  gsize length = 0;
  gboolean too_long = FALSE;
  guint64 number = 0;

  while (lt_line_reader_next (reader, &line, &length, &too_long, &number))
    {
      g_autoptr (LtEvent) event = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (number, ==, *last + 1);
      *last = number;
      g_assert_cmpuint (length, <=, MAX_LINE_BYTES);
      if (too_long)
        continue;
      g_assert_null (memchr (line, '\n', length));
      if (!lt_json_read_event (builder, line, length, &event, &error))
        {
          g_assert_true (error->domain == LT_ERROR);
          g_assert_cmpint (lt_error_get_position (error), >=, 0);
          g_assert_cmpint (lt_error_get_position (error), <=, (gssize) length);
        }
    }
}

static guint64
count_lines (const guint8 *data, gsize size)
{
  guint64 lines = 0;

  for (gsize i = 0; i < size; i++)
    lines += data[i] == '\n';
  return lines + (size > 0 && data[size - 1] != '\n');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (LtLineReader) reader = lt_line_reader_new (MAX_LINE_BYTES);
  gsize piece = size > 0 ? data[0] + 1u : 1;
  gsize budget = size > 1 ? data[1] + 1u : 1;
  guint64 last = 0;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, NULL));
  data += MIN (size, 2);
  size -= MIN (size, 2);
  for (gsize at = 0; at < size; at += piece)
    {
      gsize n = MIN (piece, size - at);

      g_assert_cmpint (write (fds[1], data + at, n), ==, (gssize) n);
      while (lt_line_reader_fill (reader, fds[0], budget, NULL) > 0)
        take_lines (reader, builder, &last);
    }
  close (fds[1]);
  g_assert_cmpint (lt_line_reader_fill (reader, fds[0], budget, NULL), ==, 0);
  take_lines (reader, builder, &last);
  close (fds[0]);

  g_assert_cmpuint (last, ==, count_lines (data, size));
  return 0;
}
