/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtCtlStyle:
 *
 * How a piece of text stands out where there are colours.
 */
typedef enum
{
  LT_CTL_STYLE_PLAIN,
  LT_CTL_STYLE_BOLD,
  LT_CTL_STYLE_DIM,
  LT_CTL_STYLE_RED,
  LT_CTL_STYLE_YELLOW,
  LT_CTL_STYLE_GREEN,
  LT_CTL_STYLE_BLUE,
  LT_CTL_STYLE_CYAN,
} LtCtlStyle;

/**
 * LtCtlColor:
 *
 * When to use colours.
 */
typedef enum
{
  LT_CTL_COLOR_AUTO,
  LT_CTL_COLOR_ALWAYS,
  LT_CTL_COLOR_NEVER,
} LtCtlColor;

/**
 * LtCtlOutput:
 *
 * Writes to a descriptor, whole pieces at a time. All text goes through escapes.
 */
typedef struct
{
  int fd;            /* (unowned) */
  gboolean color;    /* whether to use colours */
  gboolean ascii;    /* a terminal that does not show UTF-8 */
  gboolean closed;   /* the reader is gone, or writing failed */
  guint width;       /* columns of the terminal, or 0 if it is none */
  GString *buffer;   /* (owned): not yet written */
  gsize line_start;  /* where in @buffer the line begins */
  guint line_width;  /* columns of the line so far */
  gboolean truncate; /* whether lines end at @width */
  int error;         /* an errno, if writing failed for another reason than a gone reader */
} LtCtlOutput;

LtCtlOutput *lt_ctl_output_new (int fd, LtCtlColor when);
void lt_ctl_output_free (LtCtlOutput *self);
void lt_ctl_output_text (LtCtlOutput *self, LtCtlStyle style, const char *text);
void lt_ctl_output_print (LtCtlOutput *self, LtCtlStyle style, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void lt_ctl_output_pad (LtCtlOutput *self, guint column);
void lt_ctl_output_end_line (LtCtlOutput *self);
void lt_ctl_output_json_line (LtCtlOutput *self, const char *json, gsize length);
gboolean lt_ctl_output_flush (LtCtlOutput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtCtlOutput, lt_ctl_output_free)

G_END_DECLS
