/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-line-splitter.h"

G_BEGIN_DECLS

/* The first bytes of a file, by which it is known again. */
#define LT_FOLLOWED_FILE_HEAD_BYTES 1024

/**
 * LtFollowPosition:
 *
 * A place in a file, and what is needed to know that file again.
 */
typedef struct
{
  guint64 device;
  guint64 inode;
  guint64 offset;    /* of the first byte not yet turned into an event */
  guint head_length; /* bytes that @head_hash is made of */
  char *head_hash;   /* (owned) (nullable): SHA-256 of the first @head_length bytes, hexadecimal */
} LtFollowPosition;

/**
 * LtReadResult:
 *
 * How reading a file went.
 */
typedef enum
{
  LT_READ_END,       /* all there is has been read */
  LT_READ_MORE,      /* there may be more */
  LT_READ_TRUNCATED, /* the file is not what it was: it was cut or written anew */
  LT_READ_FAILED,    /* errno says why */
} LtReadResult;

/**
 * LtFollowedFile:
 *
 * A log file that is open.
 */
typedef struct
{
  int fd;    /* (owned) */
  int watch; /* inotify's watch, or -1 */
  guint64 device;
  guint64 inode;
  guint64 offset; /* of the first byte not yet read */
  LtLineSplitter splitter;
  gboolean expired; /* of an old file: no more is awaited */
  gsize head_length;
  guint8 head[LT_FOLLOWED_FILE_HEAD_BYTES];
} LtFollowedFile;

LtFollowedFile *lt_followed_file_open (const char *path, GError **error);
void lt_followed_file_free (LtFollowedFile *self);
gboolean lt_followed_file_seek (LtFollowedFile *self, guint64 offset);
guint64 lt_followed_file_get_size (LtFollowedFile *self);
gboolean lt_followed_file_fits (LtFollowedFile *self, const LtFollowPosition *position,
                                gboolean is_copy);
void lt_followed_file_get_position (LtFollowedFile *self, LtFollowPosition *position);
LtReadResult lt_followed_file_read (LtFollowedFile *self, gsize *budget_bytes, LtLineFunc func,
                                    gpointer user_data);
void lt_follow_position_clear (LtFollowPosition *position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtFollowedFile, lt_followed_file_free)

G_END_DECLS
