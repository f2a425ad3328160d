/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-followed-file.h"

#include "core/lt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes read at once: lines enough to keep busy for some 2 ms. */
#define CHUNK_BYTES (16 * 1024)

/**
 * lt_followed_file_open:
 * @path: a file's path
 * @error: where to put %LT_ERROR_NOT_FOUND, or %LT_ERROR_IO for one that cannot be read
 *
 * Opens a file at its start.
 *
 * Returns: (transfer full) (nullable): the file, or %NULL with @error set
 */
LtFollowedFile *
lt_followed_file_open (const char *path, GError **error)
{
  LtFollowedFile *self;
  struct stat info;
  /* Opening a FIFO must not wait for its other end. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      gboolean absent = errno == ENOENT || errno == ENOTDIR;

      g_set_error (error, LT_ERROR, absent ? LT_ERROR_NOT_FOUND : LT_ERROR_IO,
                   "cannot open \"%s\": %s", path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_IO,
                   "cannot follow \"%s\": it is not a regular file; name a file", path);
      close (fd);
      return NULL;
    }

  self = g_new0 (LtFollowedFile, 1);
  self->fd = fd;
  self->watch = -1;
  self->device = info.st_dev;
  self->inode = info.st_ino;
  lt_line_splitter_init (&self->splitter);
  return self;
}

/**
 * lt_followed_file_free:
 * @self: (transfer full) (nullable): a file
 *
 * Closes a file.
 */
void
lt_followed_file_free (LtFollowedFile *self)
{
  if (self == NULL)
    return;

  close (self->fd);
  lt_line_splitter_clear (&self->splitter);
  g_free (self);
}

static gssize
read_at (int fd, void *buffer, gsize length, guint64 offset)
{
  gssize n_read;

  do
    n_read = pread (fd, buffer, length, (off_t) offset);
  while (n_read < 0 && errno == EINTR);
  return n_read;
}

/**
 * lt_followed_file_get_size:
 * @self: a file
 *
 * Returns: its size now, in bytes
 */
guint64
lt_followed_file_get_size (LtFollowedFile *self)
{
  struct stat info;

  return fstat (self->fd, &info) < 0 ? 0 : (guint64) info.st_size;
}

/**
 * lt_followed_file_seek:
 * @self: a file
 * @offset: where to read on, in bytes from the start
 *
 * Changes the place; an unfinished line is forgotten.
 *
 * Returns: %FALSE if the file is not that long
 */
gboolean
lt_followed_file_seek (LtFollowedFile *self, guint64 offset)
{
  gsize head_length = (gsize) MIN (offset, LT_FOLLOWED_FILE_HEAD_BYTES);

  if (lt_followed_file_get_size (self) < offset)
    return FALSE;
  if (head_length > 0 && read_at (self->fd, self->head, head_length, 0) != (gssize) head_length)
    return FALSE;

  lt_line_splitter_clear (&self->splitter);
  lt_line_splitter_init (&self->splitter);
  self->head_length = head_length;
  self->offset = offset;
  return TRUE;
}

/**
 * lt_followed_file_fits:
 * @self: a file
 * @position: a place
 * @is_copy: whether a copy of the file counts, which has another inode
 *
 * Returns: whether @position is a place in @self
 */
gboolean
lt_followed_file_fits (LtFollowedFile *self, const LtFollowPosition *position, gboolean is_copy)
{
  guint8 head[LT_FOLLOWED_FILE_HEAD_BYTES];
  g_autofree char *hash = NULL;

  if (!is_copy && (self->device != position->device || self->inode != position->inode))
    return FALSE;
  if (lt_followed_file_get_size (self) < position->offset)
    return FALSE;
  if (position->head_length == 0)
    return !is_copy;
  if (read_at (self->fd, head, position->head_length, 0) != (gssize) position->head_length)
    return FALSE;

  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, head, position->head_length);
  return g_strcmp0 (hash, position->head_hash) == 0;
}

/**
 * lt_followed_file_get_position:
 * @self: a file
 * @position: (out caller-allocates): clear it with lt_follow_position_clear()
 *
 * Tells the place from which to read on after a restart: the start of the unfinished line.
 */
void
lt_followed_file_get_position (LtFollowedFile *self, LtFollowPosition *position)
{
  guint64 offset = self->offset - self->splitter.pending;
  guint head_length = (guint) MIN (offset, self->head_length);

  *position = (LtFollowPosition){
    .device = self->device, .inode = self->inode, .offset = offset, .head_length = head_length
  };
  if (head_length > 0)
    position->head_hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, self->head, head_length);
}

/**
 * lt_follow_position_clear:
 * @position: a place
 *
 * Frees what @position holds.
 */
void
lt_follow_position_clear (LtFollowPosition *position)
{
  g_clear_pointer (&position->head_hash, g_free);
}

/* Whether the file still begins as it did and is as long as it was. */
static gboolean
is_unchanged (LtFollowedFile *self)
{
  guint8 head[LT_FOLLOWED_FILE_HEAD_BYTES];

  if (lt_followed_file_get_size (self) < self->offset)
    return FALSE;
  return self->head_length == 0
         || (read_at (self->fd, head, self->head_length, 0) == (gssize) self->head_length
             && memcmp (head, self->head, self->head_length) == 0);
}

/**
 * lt_followed_file_read:
 * @self: a file
 * @budget_bytes: (inout): how many bytes may be read; what was read is taken off
 * @func: (scope call): takes each line
 * @user_data: for @func
 *
 * Reads some of what the file holds: at most 16 KiB, so that the caller can look at the clock.
 *
 * Returns: how it went
 */
LtReadResult
lt_followed_file_read (LtFollowedFile *self, gsize *budget_bytes, LtLineFunc func,
                       gpointer user_data)
{
  char buffer[CHUNK_BYTES];
  gsize wanted = MIN (sizeof buffer, *budget_bytes);
  gssize n_read;

  if (wanted == 0)
    return LT_READ_MORE;
  if (!is_unchanged (self))
    return LT_READ_TRUNCATED;

  n_read = read_at (self->fd, buffer, wanted, self->offset);
  if (n_read < 0)
    return LT_READ_FAILED;
  if (n_read == 0)
    return LT_READ_END;

  if (self->offset == self->head_length && self->head_length < sizeof self->head)
    {
      gsize more = MIN ((gsize) n_read, sizeof self->head - self->head_length);

      memcpy (self->head + self->head_length, buffer, more);
      self->head_length += more;
    }
  self->offset += (guint64) n_read;
  *budget_bytes -= (gsize) n_read;
  lt_line_splitter_feed (&self->splitter, buffer, (gsize) n_read, func, user_data);
  return LT_READ_MORE;
}
