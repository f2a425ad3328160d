/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-line-reader.h"

#include "core/lt-error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Most bytes one read asks for. */
#define READ_BYTES (64 * 1024)

struct _LtLineReader
{
  char *buffer;   /* (owned) (nullable): NULL while nothing is held */
  gsize capacity; /* bytes of @buffer */
  gsize begin;    /* where the first byte not yet handed out lies */
  gsize searched; /* no newline lies in [begin, searched) */
  gsize end;      /* behind the last byte read */
  gsize max_line_bytes;
  guint64 number;    /* of the last line handed out, from 1 */
  gboolean skipping; /* inside a line already reported as too long */
  gboolean ended;    /* the descriptor has no more */
};

/* Moves what is held to the front and makes room for @wanted bytes behind it. */
static void
make_room (LtLineReader *self, gsize wanted)
{
  gsize held = self->end - self->begin;

  if (self->capacity - self->end >= wanted)
    return;

  if (self->begin > 0 && held > 0)
    memmove (self->buffer, self->buffer + self->begin, held);
  self->searched -= self->begin;
  self->begin = 0;
  self->end = held;
  if (self->capacity - held >= wanted)
    return;

  self->capacity = held + wanted;
  self->buffer = g_realloc (self->buffer, self->capacity);
}

/* An idle reader keeps no buffer: there may be many of them. */
static void
release_if_empty (LtLineReader *self)
{
  if (self->begin < self->end)
    return;

  g_clear_pointer (&self->buffer, g_free);
  self->capacity = self->begin = self->searched = self->end = 0;
}

/**
 * lt_line_reader_new:
 * @max_line_bytes: bytes a line may have, its newline not counted; at least 1
 *
 * Returns: (transfer full): a reader that holds nothing yet
 */
LtLineReader *
lt_line_reader_new (gsize max_line_bytes)
{
  LtLineReader *self = NULL;

  g_return_val_if_fail (max_line_bytes > 0, NULL);

  self = g_new0 (LtLineReader, 1);
  self->max_line_bytes = max_line_bytes;
  return self;
}

/**
 * lt_line_reader_free:
 * @self: (transfer full): a reader
 *
 * Frees @self and what it holds. The descriptor is the caller's.
 */
void
lt_line_reader_free (LtLineReader *self)
{
  g_free (self->buffer);
  g_free (self);
}

/**
 * lt_line_reader_fill:
 * @self: a reader
 * @fd: a descriptor that does not block
 * @budget: bytes to read at most; at least 1
 * @error: return location for an error
 *
 * Reads once, at most 64 KiB. All lines must have been taken with lt_line_reader_next()
 * before, or what is held grows.
 *
 * Returns: how many bytes were read; 0 at the end; -1 with @error unset where the
 *   descriptor has nothing now, and -1 with %LT_ERROR_IO where reading failed
 */
gssize
lt_line_reader_fill (LtLineReader *self, int fd, gsize budget, GError **error)
{
  gsize wanted = MIN (budget, (gsize) READ_BYTES);
  gssize n_read = 0;

  g_return_val_if_fail (budget > 0, -1);

  make_room (self, wanted);
  do
    n_read = read (fd, self->buffer + self->end, wanted);
  while (n_read < 0 && errno == EINTR);

  if (n_read > 0)
    {
      self->end += (gsize) n_read;
      return n_read;
    }

  if (n_read == 0)
    self->ended = TRUE;
  else if (errno != EAGAIN && errno != EWOULDBLOCK)
    g_set_error (error, LT_ERROR, LT_ERROR_IO, "cannot read: %s", g_strerror (errno));
  release_if_empty (self);
  return n_read;
}

/**
 * lt_line_reader_next:
 * @self: a reader
 * @line: (out) (transfer none): the line without its newline, valid until the next call on
 *   @self; not NUL-terminated; `NULL` for a line that is too long
 * @length: (out): bytes of @line
 * @too_long: (out): whether a line over the limit begins here; its bytes are dropped
 * @number: (out) (optional): which line this is, from 1
 *
 * Hands out the next line. After the end, what follows the last newline counts as a line.
 *
 * Returns: %FALSE if no whole line is held
 */
gboolean
lt_line_reader_next (LtLineReader *self, const char **line, gsize *length, gboolean *too_long,
                     guint64 *number)
{
  while (self->begin < self->end)
    {
      const char *from = self->buffer + self->searched;
      const char *newline = memchr (from, '\n', self->end - self->searched);
      gboolean whole = newline != NULL || self->ended;
      gsize stop = newline != NULL ? (gsize) (newline - self->buffer) : self->end;
      gsize begin = self->begin;
      gsize held = stop - begin;

      if (!whole && !self->skipping && held <= self->max_line_bytes)
        {
          self->searched = self->end;
          return FALSE;
        }

      if (self->skipping || held > self->max_line_bytes || whole)
        self->begin = self->searched = newline != NULL ? stop + 1 : self->end;
      if (self->skipping)
        {
          self->skipping = newline == NULL;
          continue;
        }

      *too_long = held > self->max_line_bytes;
      *line = *too_long ? NULL : self->buffer + begin;
      *length = *too_long ? 0 : held;
      self->skipping = *too_long && newline == NULL;
      self->number++;
      if (number != NULL)
        *number = self->number;
      return TRUE;
    }

  return FALSE;
}
