/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-line-splitter.h"

#include "lt-log-line.h"

#include <string.h>

/**
 * lt_line_splitter_init:
 * @self: a splitter
 *
 * Makes @self ready.
 */
void
lt_line_splitter_init (LtLineSplitter *self)
{
  self->partial = g_string_new (NULL);
  self->pending = 0;
}

/**
 * lt_line_splitter_clear:
 * @self: a splitter
 *
 * Frees what @self holds.
 */
void
lt_line_splitter_clear (LtLineSplitter *self)
{
  if (self->partial != NULL)
    g_string_free (self->partial, TRUE);
  self->partial = NULL;
}

static void
emit (const char *text, gsize length, guint64 cut_bytes, LtLineFunc func, gpointer user_data)
{
  /* A log that was truncated under a writer that keeps its place begins with a hole. */
  while (length > 0 && *text == '\0')
    {
      text++;
      length--;
    }
  if (length > 0 && cut_bytes == 0 && text[length - 1] == '\r')
    length--;
  if (length > LT_LOG_LINE_MAX_BYTES)
    {
      cut_bytes += length - LT_LOG_LINE_MAX_BYTES;
      length = LT_LOG_LINE_MAX_BYTES;
    }
  if (length > 0)
    func (text, length, cut_bytes, user_data);
}

/* Keeps as much of an unfinished line as a line may have. */
static void
keep (LtLineSplitter *self, const char *bytes, gsize length)
{
  gsize room = LT_LOG_LINE_MAX_BYTES - self->partial->len;

  self->pending += length;
  if (self->partial->len == 0)
    while (length > 0 && *bytes == '\0')
      {
        bytes++;
        length--;
      }
  g_string_append_len (self->partial, bytes, (gssize) MIN (length, room));
}

/**
 * lt_line_splitter_feed:
 * @self: a splitter
 * @bytes: (array length=length): what came next
 * @length: bytes of @bytes
 * @func: (scope call): takes each line that is complete
 * @user_data: for @func
 *
 * Gives out the lines that @bytes complete.
 */
void
lt_line_splitter_feed (LtLineSplitter *self, const char *bytes, gsize length, LtLineFunc func,
                       gpointer user_data)
{
  const char *end = bytes + length;

  while (bytes < end)
    {
      const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));

      if (newline == NULL)
        {
          keep (self, bytes, (gsize) (end - bytes));
          return;
        }
      if (self->pending == 0)
        emit (bytes, (gsize) (newline - bytes), 0, func, user_data);
      else
        {
          keep (self, bytes, (gsize) (newline - bytes));
          lt_line_splitter_flush (self, func, user_data);
        }
      bytes = newline + 1;
    }
}

/**
 * lt_line_splitter_flush:
 * @self: a splitter
 * @func: (scope call): takes the line
 * @user_data: for @func
 *
 * Gives out the unfinished line, if there is one: its end will not come.
 */
void
lt_line_splitter_flush (LtLineSplitter *self, LtLineFunc func, gpointer user_data)
{
  guint64 cut_bytes = 0;

  if (self->partial->len == LT_LOG_LINE_MAX_BYTES)
    cut_bytes = self->pending - self->partial->len;
  if (self->partial->len > 0)
    emit (self->partial->str, self->partial->len, cut_bytes, func, user_data);
  /* The buffer of one long line is not kept for all the short ones after it. */
  if (self->partial->allocated_len > 4096)
    {
      g_string_free (self->partial, TRUE);
      self->partial = g_string_new (NULL);
    }
  g_string_truncate (self->partial, 0);
  self->pending = 0;
}
