/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtLineReader:
 *
 * Takes bytes from a descriptor that does not block and hands them out as lines. It holds
 * at most one unfinished line and what one read brought behind it; a line over the limit
 * is reported once and skipped up to its newline.
 */
typedef struct _LtLineReader LtLineReader;

LtLineReader *lt_line_reader_new (gsize max_line_bytes);
void lt_line_reader_free (LtLineReader *self);
gssize lt_line_reader_fill (LtLineReader *self, int fd, gsize budget, GError **error);
gboolean lt_line_reader_next (LtLineReader *self, const char **line, gsize *length,
                              gboolean *too_long, guint64 *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLineReader, lt_line_reader_free)

G_END_DECLS
