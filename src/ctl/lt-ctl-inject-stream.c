/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-inject-stream.h"

#include "lt-ctl-json.h"

#include "json/lt-line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024)

/* Longest answer: it repeats a part of what was wrong, no more. */
#define MAX_ANSWER_BYTES (256 * 1024)

typedef struct
{
  LtCtl *ctl;            /* (unowned) */
  LtLineReader *answers; /* (owned) */
  int input;             /* (unowned) */
  int socket;            /* (owned) */
  char *buffer;          /* (owned): read from @input, not yet written to @socket */
  gsize begin;
  gsize end;
  guint64 lines;
  guint64 refused;
  gboolean unfinished; /* the last byte read was no line end */
  gboolean input_ended;
  gboolean told_end; /* the daemon knows that nothing more comes */
} Pump;

static void
take_answer (Pump *self, const char *json, gsize length)
{
  g_autoptr (GVariant) answer = lt_ctl_json_parse (json, length, NULL);
  g_autoptr (GVariant) problem = NULL;
  const char *message = "";
  gint64 line = 0;
  gint64 lost = 0;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE_VARDICT))
    return;

  if (g_variant_lookup (answer, "lost", "x", &lost))
    {
      self->refused += (guint64) lost;
      lt_ctl_say (
          self->ctl, LT_CTL_STYLE_RED,
          ngettext ("%lu more line was refused", "%lu more lines were refused", (gulong) lost),
          (gulong) lost);
      return;
    }

  self->refused++;
  if (self->ctl->json)
    {
      lt_ctl_output_json_line (self->ctl->out, json, length);
      return;
    }
  problem = g_variant_lookup_value (answer, "error", G_VARIANT_TYPE_VARDICT);
  g_variant_lookup (answer, "line", "x", &line);
  if (problem != NULL)
    g_variant_lookup (problem, "message", "&s", &message);
  lt_ctl_say (self->ctl, LT_CTL_STYLE_RED, _ ("line %lu: %s"), (gulong) line, message);
}

static gboolean
fail_gone (Pump *self, GError **error)
{
  g_set_error (error, LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE,
               _ ("the daemon went away; not all of the first %lu lines may have been taken"),
               (gulong) self->lines);
  return FALSE;
}

/* Sets @over when the daemon has closed its end behind ours. */
static gboolean
read_answers (Pump *self, gboolean *over, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gssize n_read = lt_line_reader_fill (self->answers, self->socket, BUFFER_BYTES, &failure);
  const char *line;
  gsize length;
  gboolean too_long;
  guint64 number;

  while (lt_line_reader_next (self->answers, &line, &length, &too_long, &number))
    take_answer (self, line, length);

  if (n_read == 0)
    *over = TRUE;
  if (failure != NULL || (n_read == 0 && !self->told_end))
    return fail_gone (self, error);

  return TRUE;
}

static void
count_lines (Pump *self)
{
  for (gsize i = self->begin; i < self->end; i++)
    {
      if (!self->unfinished)
        self->lines++;
      self->unfinished = self->buffer[i] != '\n';
    }
}

static gboolean
read_input (Pump *self, GError **error)
{
  gssize n_read;

  do
    n_read = read (self->input, self->buffer, BUFFER_BYTES);
  while (n_read < 0 && errno == EINTR);

  if (n_read < 0)
    {
      g_set_error (error, LT_CTL_ERROR, LT_CTL_EXIT_USAGE, _ ("cannot read standard input: %s"),
                   g_strerror (errno));
      return FALSE;
    }

  self->begin = 0;
  self->end = (gsize) n_read;
  self->input_ended = n_read == 0;
  count_lines (self);
  return TRUE;
}

static gboolean
write_lines (Pump *self, GError **error)
{
  gssize n_sent = send (self->socket, self->buffer + self->begin, self->end - self->begin,
                        MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n_sent < 0)
    return errno == EAGAIN || errno == EINTR ? TRUE : fail_gone (self, error);

  self->begin += (gsize) n_sent;
  return TRUE;
}

/* Does what can be done without waiting for the other. Sets @over at the end. */
static gboolean
turn (Pump *self, gboolean *over, GError **error)
{
  gboolean full = self->begin < self->end;
  struct pollfd waits[] = {
    { self->socket, (short) (full ? POLLIN | POLLOUT : POLLIN), 0 },
    { full || self->input_ended ? -1 : self->input, POLLIN, 0 },
  };

  if (self->input_ended && !full && !self->told_end)
    {
      shutdown (self->socket, SHUT_WR);
      self->told_end = TRUE;
    }
  if (poll (waits, G_N_ELEMENTS (waits), -1) < 0)
    return errno == EINTR ? TRUE : fail_gone (self, error);
  if ((waits[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !read_answers (self, over, error))
    return FALSE;
  if ((waits[0].revents & POLLOUT) != 0 && full && !write_lines (self, error))
    return FALSE;
  if (waits[1].revents != 0 && !read_input (self, error))
    return FALSE;

  return TRUE;
}

static void
tell (Pump *self)
{
  if (self->ctl->json)
    {
      lt_ctl_put_json (self->ctl, g_variant_new_parsed ("{'lines': <%t>, 'refused': <%t>}",
                                                        self->lines, self->refused));
      return;
    }

  lt_ctl_put (self->ctl,
              ngettext ("%lu line, %lu refused", "%lu lines, %lu refused", (gulong) self->lines),
              (gulong) self->lines, (gulong) self->refused);
}

/**
 * lt_ctl_inject_stream:
 * @ctl: this run
 * @input: a descriptor with one JSON event a line
 * @error: return location for an error
 *
 * Hands events to the daemon's injector until the input ends and all has been taken. A line
 * that is refused is told with its number, and stops nothing.
 *
 * Returns: %TRUE where all was read, with the exit status set; or %FALSE with an error
 */
gboolean
lt_ctl_inject_stream (LtCtl *ctl, int input, GError **error)
{
  Pump self = { .ctl = ctl, .input = input };
  gboolean over = FALSE;
  gboolean success = TRUE;
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "name", g_variant_new_string ("livetracectl"));
  self.socket
      = lt_ctl_call_for_fd (ctl, "OpenInjector", g_variant_new ("(a{sv})", &options), error);
  if (self.socket < 0)
    return FALSE;

  g_unix_set_fd_nonblocking (self.socket, TRUE, NULL);
  self.buffer = g_malloc (BUFFER_BYTES);
  self.answers = lt_line_reader_new (MAX_ANSWER_BYTES);
  while (success && !over)
    success = turn (&self, &over, error);

  close (self.socket);
  g_free (self.buffer);
  lt_line_reader_free (self.answers);
  if (!success)
    return FALSE;

  tell (&self);
  if (self.refused > 0)
    ctl->status = LT_CTL_EXIT_REFUSED;
  return TRUE;
}
