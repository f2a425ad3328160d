/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-output.h"

#include "lt-ctl-text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STYLE_END "\033[0m"

/* A terminal that does not say how wide it is. */
#define FALLBACK_WIDTH 80

/* Written at the latest when so much waits. */
#define FLUSH_BYTES (64 * 1024)

static const char *const style_starts[] = {
  [LT_CTL_STYLE_PLAIN] = "",          [LT_CTL_STYLE_BOLD] = "\033[1m",
  [LT_CTL_STYLE_DIM] = "\033[2m",     [LT_CTL_STYLE_RED] = "\033[1;31m",
  [LT_CTL_STYLE_YELLOW] = "\033[33m", [LT_CTL_STYLE_GREEN] = "\033[32m",
  [LT_CTL_STYLE_BLUE] = "\033[34m",   [LT_CTL_STYLE_CYAN] = "\033[36m",
};

static guint
get_terminal_width (int fd)
{
  const char *columns = g_getenv ("COLUMNS");
  guint64 number = columns != NULL ? g_ascii_strtoull (columns, NULL, 10) : 0;
  struct winsize size = { 0 };

  if (number > 0 && number <= G_MAXUINT16)
    return (guint) number;
  if (ioctl (fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;

  return FALLBACK_WIDTH;
}

static gboolean
wants_color (LtCtlColor when, gboolean terminal)
{
  const char *no_color = g_getenv ("NO_COLOR");

  if (when != LT_CTL_COLOR_AUTO)
    return when == LT_CTL_COLOR_ALWAYS;

  return terminal && (no_color == NULL || *no_color == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/**
 * lt_ctl_output_new:
 * @fd: where to write; it stays open
 * @when: when to use colours; %LT_CTL_COLOR_AUTO asks the terminal, `NO_COLOR` and `TERM`
 *
 * Returns: (transfer full): an output
 */
LtCtlOutput *
lt_ctl_output_new (int fd, LtCtlColor when)
{
  LtCtlOutput *self = g_new0 (LtCtlOutput, 1);
  gboolean terminal = isatty (fd);

  self->fd = fd;
  self->color = wants_color (when, terminal);
  self->ascii = terminal && !g_get_charset (NULL);
  self->width = terminal ? get_terminal_width (fd) : 0;
  self->truncate = terminal;
  self->buffer = g_string_new (NULL);
  return self;
}

/**
 * lt_ctl_output_free:
 * @self: (transfer full): an output
 *
 * Frees it. What was not flushed is not written.
 */
void
lt_ctl_output_free (LtCtlOutput *self)
{
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

/**
 * lt_ctl_output_text:
 * @self: an output
 * @style: how it stands out
 * @text: any bytes that end in NUL
 *
 * Adds text to the line, escaped; on a terminal no further than its width.
 */
void
lt_ctl_output_text (LtCtlOutput *self, LtCtlStyle style, const char *text)
{
  g_autofree char *escaped = lt_ctl_text_escape (text, -1, self->ascii);
  g_autofree char *cut = NULL;
  const char *shown = escaped;
  guint width = lt_ctl_text_get_width (escaped, -1);

  if (self->truncate && self->line_width + width > self->width)
    {
      if (self->line_width >= self->width)
        return;
      cut = lt_ctl_text_truncate (escaped, self->width - self->line_width, self->ascii);
      shown = cut;
      self->line_width = self->width;
    }
  else
    {
      self->line_width += width;
    }

  if (self->color && style != LT_CTL_STYLE_PLAIN && *shown != '\0')
    {
      g_string_append (self->buffer, style_starts[style]);
      g_string_append (self->buffer, shown);
      g_string_append (self->buffer, STYLE_END);
    }
  else
    {
      g_string_append (self->buffer, shown);
    }
}

/**
 * lt_ctl_output_print:
 * @self: an output
 * @style: how it stands out
 * @format: the text, for printf()
 * @...: its arguments
 *
 * Adds text to the line, as lt_ctl_output_text() does.
 */
void
lt_ctl_output_print (LtCtlOutput *self, LtCtlStyle style, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  lt_ctl_output_text (self, style, text);
}

/**
 * lt_ctl_output_pad:
 * @self: an output
 * @column: from 0
 *
 * Adds spaces until the line is @column wide.
 */
void
lt_ctl_output_pad (LtCtlOutput *self, guint column)
{
  if (column > self->line_width)
    lt_ctl_output_print (self, LT_CTL_STYLE_PLAIN, "%*s", (int) (column - self->line_width), "");
}

/**
 * lt_ctl_output_end_line:
 * @self: an output
 *
 * Ends the line.
 */
void
lt_ctl_output_end_line (LtCtlOutput *self)
{
  while (self->buffer->len > self->line_start && self->buffer->str[self->buffer->len - 1] == ' ')
    g_string_truncate (self->buffer, self->buffer->len - 1);
  g_string_append_c (self->buffer, '\n');
  self->line_start = self->buffer->len;
  self->line_width = 0;
  if (self->buffer->len >= FLUSH_BYTES)
    lt_ctl_output_flush (self);
}

/**
 * lt_ctl_output_json_line:
 * @self: an output at the start of a line
 * @json: (array length=length): JSON without line ends
 * @length: bytes of @json
 *
 * Adds a line of JSON whose meaning is that of @json.
 */
void
lt_ctl_output_json_line (LtCtlOutput *self, const char *json, gsize length)
{
  lt_ctl_text_append_json_safe (self->buffer, json, length);
  lt_ctl_output_end_line (self);
}

/**
 * lt_ctl_output_flush:
 * @self: an output
 *
 * Writes what has been added.
 *
 * Returns: %FALSE if nobody takes it any more
 */
gboolean
lt_ctl_output_flush (LtCtlOutput *self)
{
  const char *at = self->buffer->str;
  gsize left = self->buffer->len;

  while (left > 0 && !self->closed)
    {
      gssize n_written = write (self->fd, at, left);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0 && errno == EAGAIN)
        {
          GPollFD wait = { self->fd, G_IO_OUT, 0 };

          g_poll (&wait, 1, -1);
          continue;
        }
      if (n_written < 0)
        {
          self->closed = TRUE;
          self->error = errno != EPIPE ? errno : 0;
          break;
        }
      at += n_written;
      left -= (gsize) n_written;
    }

  g_string_truncate (self->buffer, 0);
  self->line_start = 0;
  return !self->closed;
}
