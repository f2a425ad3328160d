/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtLineFunc:
 * @text: (array length=length): a line without its newline, in any encoding
 * @length: bytes of @text
 * @cut_bytes: bytes of the line that @text no longer has
 * @user_data: what lt_line_splitter_feed() was given
 *
 * Takes a line.
 */
typedef void (*LtLineFunc) (const char *text, gsize length, guint64 cut_bytes, gpointer user_data);

/**
 * LtLineSplitter:
 *
 * Cuts a flow of bytes into lines. Keeps the beginning of a line whose end has not come yet,
 * up to %LT_LOG_LINE_MAX_BYTES; of a longer line the rest is counted. Empty lines are left out.
 */
typedef struct
{
  GString *partial; /* (owned): the line whose end has not come yet */
  guint64 pending;  /* bytes of that line so far, those not kept too */
} LtLineSplitter;

void lt_line_splitter_init (LtLineSplitter *self);
void lt_line_splitter_clear (LtLineSplitter *self);
void lt_line_splitter_feed (LtLineSplitter *self, const char *bytes, gsize length, LtLineFunc func,
                            gpointer user_data);
void lt_line_splitter_flush (LtLineSplitter *self, LtLineFunc func, gpointer user_data);

G_END_DECLS
