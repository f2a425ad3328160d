/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-injector.h"

#include "core/lt-error.h"
#include "json/lt-json-event-reader.h"
#include "json/lt-json.h"
#include "json/lt-line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* Most bytes of answers that wait for the client to read them. */
#define MAX_ANSWER_BYTES (64 * 1024)

/* How long a client that has closed its writing half may take to read its last answers. */
#define LINGER_SECONDS 10

/* How many events are read between two looks at the clock. */
#define EVENTS_PER_LOOK 64

struct _LtInjector
{
  GObject parent_instance;

  LtHub *hub;              /* (owned) */
  LtEventBuilder *builder; /* (unowned) */
  LtLineReader *reader;    /* (owned) */
  GString *answers;        /* (owned) (nullable): not yet sent */
  GSource *input;          /* (owned) (nullable): while it reads */
  GSource *output;         /* (owned) (nullable): while answers wait */
  GSource *linger;         /* (owned) (nullable): after the end of the input */
  char *name;              /* (owned) */
  char *peer;              /* (owned) */
  guint64 lines;
  guint64 events;
  guint64 bad;          /* lines that could not be taken */
  guint64 lost_answers; /* since the last one that went out */
  int fd;               /* (owned): -1 once closed */
  gboolean ended;       /* the peer will write no more */
};

static void lt_injector_source_init (LtSourceInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LtInjector, lt_injector, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SOURCE, lt_injector_source_init))

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
close_now (LtInjector *self)
{
  if (self->fd < 0)
    return;

  clear_source (&self->input);
  clear_source (&self->output);
  clear_source (&self->linger);
  close (self->fd);
  self->fd = -1;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static GSource *
add_source (LtInjector *self, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, self, NULL);
  g_source_set_static_name (source, "injector");
  g_source_set_priority (source, LT_PRIORITY_BULK);
  /* Else GLib wakes the loop, by a write to its eventfd, before and after each dispatch. */
  g_source_set_can_recurse (source, TRUE);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
append_answer (GString *out, guint64 line, const GError *error)
{
  LtErrorCode code = error->domain == LT_ERROR ? (LtErrorCode) error->code : LT_ERROR_FAILED;
  gssize position = lt_error_get_position (error);

  g_string_append_printf (out, "{\"line\":%" G_GUINT64_FORMAT ",\"error\":{\"code\":\"%s\"", line,
                          lt_error_get_info (code)->problem);
  g_string_append (out, ",\"message\":");
  lt_json_append_string (out, error->message, -1);
  if (position >= 0)
    g_string_append_printf (out, ",\"position\":%" G_GSSIZE_FORMAT, position);
  g_string_append (out, "}}\n");
}

static void
drop_answers (LtInjector *self)
{
  if (self->answers != NULL)
    g_string_free (self->answers, TRUE);
  self->answers = NULL;
}

/* Returns: %FALSE if the peer is gone */
static gboolean
send_answers (LtInjector *self)
{
  while (self->answers != NULL && self->answers->len > 0)
    {
      gssize n_sent
          = send (self->fd, self->answers->str, self->answers->len, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n_sent < 0 && errno == EINTR)
        continue;
      if (n_sent < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;

      g_string_erase (self->answers, 0, n_sent);
      if (self->answers->len == 0 && self->lost_answers > 0)
        {
          g_string_append_printf (self->answers, "{\"lost\":%" G_GUINT64_FORMAT "}\n",
                                  self->lost_answers);
          self->lost_answers = 0;
        }
    }

  drop_answers (self);
  return TRUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (LtInjector) self = g_object_ref (LT_INJECTOR (user_data));

  /* What a peer that is gone wrote may still lie unread, so only its end closes. */
  if (!send_answers (self))
    drop_answers (self);
  if (self->answers != NULL)
    return G_SOURCE_CONTINUE;

  clear_source (&self->output);
  if (self->ended)
    close_now (self);
  return G_SOURCE_REMOVE;
}

/* Sends what goes out at once; the rest waits for the socket. */
static void
flush_answers (LtInjector *self)
{
  if (self->answers == NULL || self->output != NULL)
    return;

  if (!send_answers (self))
    drop_answers (self);
  if (self->answers != NULL)
    self->output
        = add_source (self, g_unix_fd_source_new (self->fd, G_IO_OUT), G_SOURCE_FUNC (on_writable));
}

static void
answer (LtInjector *self, guint64 line, const GError *error)
{
  self->bad++;
  if (self->lost_answers > 0 || (self->answers != NULL && self->answers->len >= MAX_ANSWER_BYTES))
    {
      self->lost_answers++;
      return;
    }

  if (self->answers == NULL)
    self->answers = g_string_new (NULL);
  append_answer (self->answers, line, error);
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
        return FALSE;
    }

  return TRUE;
}

static void
take_line (LtInjector *self, guint64 number, const char *line, gsize length, gboolean too_long)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtEvent) event = NULL;

  self->lines++;
  if (too_long)
    {
      g_set_error (&error, LT_ERROR, LT_ERROR_TOO_LARGE,
                   "a line may have at most %" G_GSIZE_FORMAT " bytes",
                   lt_json_get_event_max_bytes (self->builder));
    }
  else if (is_blank (line, length))
    {
      return;
    }
  else if (lt_json_read_event (self->builder, line, length, &event, &error))
    {
      if (lt_hub_submit (self->hub, g_steal_pointer (&event)) != 0)
        self->events++;
      return;
    }

  answer (self, number, error);
}

/* Takes the lines that are there. Returns: %FALSE if time ran out before the lines did */
static gboolean
take_lines (LtInjector *self, gint64 until_us)
{
  const char *line = NULL;
  gsize length = 0;
  gboolean too_long = FALSE;
  guint64 number = 0;

  for (guint n_taken = 1; lt_line_reader_next (self->reader, &line, &length, &too_long, &number);
       n_taken++)
    {
      take_line (self, number, line, length, too_long);
      if (n_taken % EVENTS_PER_LOOK == 0 && g_get_monotonic_time () >= until_us)
        return FALSE;
    }

  return TRUE;
}

static gboolean
on_linger_over (gpointer user_data)
{
  g_autoptr (LtInjector) self = g_object_ref (LT_INJECTOR (user_data));

  close_now (self);
  return G_SOURCE_REMOVE;
}

static void
end_input (LtInjector *self)
{
  self->ended = TRUE;
  clear_source (&self->input);
  flush_answers (self);
  if (self->answers == NULL)
    close_now (self);
  else
    self->linger = add_source (self, g_timeout_source_new_seconds (LINGER_SECONDS), on_linger_over);
}

/* A turn's worth of reading. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (LtInjector) self = g_object_ref (LT_INJECTOR (user_data));
  gint64 until_us = g_get_monotonic_time () + LT_SOURCE_TURN_US;
  gsize budget = lt_hub_get_turn_bytes (self->hub);
  gboolean took_all = take_lines (self, until_us);

  while (took_all && budget > 0 && g_get_monotonic_time () < until_us)
    {
      g_autoptr (GError) error = NULL;
      gssize n_read = lt_line_reader_fill (self->reader, self->fd, budget, &error);

      if (n_read < 0 && error == NULL)
        break;
      if (n_read <= 0)
        {
          /* What follows the last newline is a line now. */
          take_lines (self, G_MAXINT64);
          end_input (self);
          return G_SOURCE_REMOVE;
        }

      budget -= (gsize) n_read;
      took_all = take_lines (self, until_us);
    }

  /* Lines already read do not make the socket readable. */
  g_source_set_ready_time (self->input, took_all ? -1 : 0);
  flush_answers (self);
  return G_SOURCE_CONTINUE;
}

static const char *
lt_injector_get_name (LtSource *source)
{
  return LT_INJECTOR (source)->name;
}

static gboolean
lt_injector_start (LtSource *source, GError **error)
{
  LtInjector *self = LT_INJECTOR (source);

  g_return_val_if_fail (self->fd >= 0 && self->input == NULL, FALSE);

  self->input
      = add_source (self, g_unix_fd_source_new (self->fd, G_IO_IN), G_SOURCE_FUNC (on_readable));
  return TRUE;
}

static void
lt_injector_stop (LtSource *source)
{
  close_now (LT_INJECTOR (source));
}

static void
lt_injector_get_status (LtSource *source, LtSourceStatus *status)
{
  LtInjector *self = LT_INJECTOR (source);

  status->kind = "injector";
  status->state = self->input != NULL ? "running" : "waiting";
  status->detail = g_strdup_printf ("opened by %s", self->peer);
  status->lines = self->lines;
  status->events = self->events;
  status->unmatched = self->bad;
  status->lost = 0;
}

static void
lt_injector_source_init (LtSourceInterface *interface)
{
  interface->get_name = lt_injector_get_name;
  interface->start = lt_injector_start;
  interface->stop = lt_injector_stop;
  interface->get_status = lt_injector_get_status;
}

static void
lt_injector_dispose (GObject *object)
{
  LtInjector *self = LT_INJECTOR (object);

  close_now (self);
  drop_answers (self);
  g_clear_pointer (&self->reader, lt_line_reader_free);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_injector_parent_class)->dispose (object);
}

static void
lt_injector_finalize (GObject *object)
{
  LtInjector *self = LT_INJECTOR (object);

  g_free (self->name);
  g_free (self->peer);

  G_OBJECT_CLASS (lt_injector_parent_class)->finalize (object);
}

static void
lt_injector_class_init (LtInjectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_injector_dispose;
  object_class->finalize = lt_injector_finalize;

  /**
   * LtInjector::closed:
   *
   * The socket is closed: by the peer, and all it wrote was taken, or by lt_source_stop().
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lt_injector_init (LtInjector *self)
{
  self->fd = -1;
}

/**
 * lt_injector_new:
 * @hub: takes the events
 * @builder: (transfer none): puts events together; outlives the injector
 * @name: what lists call it
 * @peer: who opened it, such as a unique bus name
 * @fd: (transfer full): a stream socket that does not block
 *
 * Returns: (transfer full): an injector that does not read before lt_source_start()
 */
LtInjector *
lt_injector_new (LtHub *hub, LtEventBuilder *builder, const char *name, const char *peer, int fd)
{
  LtInjector *self = g_object_new (LT_TYPE_INJECTOR, NULL);

  self->hub = g_object_ref (hub);
  self->builder = builder;
  self->reader = lt_line_reader_new (lt_json_get_event_max_bytes (builder));
  self->name = g_strdup (name);
  self->peer = g_strdup (peer);
  self->fd = fd;
  return self;
}

/**
 * lt_injector_is_closed:
 * @self: an injector
 *
 * Returns: whether its socket is closed
 */
gboolean
lt_injector_is_closed (LtInjector *self)
{
  return self->fd < 0;
}

/**
 * lt_injector_get_peer:
 * @self: an injector
 *
 * Returns: (transfer none): who opened it
 */
const char *
lt_injector_get_peer (LtInjector *self)
{
  return self->peer;
}
