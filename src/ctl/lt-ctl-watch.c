/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-stream.h"

#include "json/lt-line-reader.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

/* How long to wait between two tries to reach the daemon again. */
#define MIN_RETRY_MS 100
#define MAX_RETRY_MS 5000

/* How much is read before what came is written. */
#define TURN_BYTES (256 * 1024)

typedef struct
{
  LtCtl *ctl; /* (unowned) */
  LtCtlStart start;
  LtCtlEventView view;
  guint64 limit;        /* as the user said, or 0 */
  gboolean once;        /* the option --once */
  GMainLoop *loop;      /* (owned) */
  LtLineReader *reader; /* (owned) (nullable): while there is a stream */
  int fd;               /* (owned): the stream, or -1 */
  guint input_id;
  guint retry_id;
  guint retry_ms;   /* of the next retry */
  guint name_id;    /* a watch for the daemon's name */
  gboolean owned;   /* whether the name has an owner */
  gboolean calling; /* whether Subscribe is under way */
  gboolean opened;  /* whether there has been a stream */
  guint64 seen;     /* events */
  guint64 counted;  /* those of them that did not come late */
  char *bye;        /* (owned) (nullable): why the daemon ended the stream */
  GError *error;    /* (owned) (nullable): what ends the watch */
} Watch;

static void
end (Watch *self)
{
  g_main_loop_quit (self->loop);
}

static void
close_stream (Watch *self)
{
  if (self->input_id != 0)
    g_source_remove (self->input_id);
  self->input_id = 0;
  g_clear_pointer (&self->reader, lt_line_reader_free);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
take_hello (Watch *self, const LtCtlEvent *hello)
{
  const char *filter = lt_ctl_event_get_text (hello, "filter");
  const char *context = lt_ctl_event_get_text (hello, "context");

  if (self->opened)
    {
      lt_ctl_say (self->ctl, LT_CTL_STYLE_DIM, _ ("connected again"));
      return;
    }

  self->opened = TRUE;
  if (filter == NULL || context == NULL || *filter == '\0')
    lt_ctl_say (self->ctl, LT_CTL_STYLE_DIM, _ ("watching everything"));
  else
    lt_ctl_say (self->ctl, LT_CTL_STYLE_DIM, _ ("watching %s (context: %s)"), filter, context);
}

static void
take_control (Watch *self, const LtCtlEvent *control)
{
  if (g_str_equal (control->control, "hello"))
    take_hello (self, control);
  else if (g_str_equal (control->control, "gap"))
    lt_ctl_stream_say_gap (self->ctl, control);
  else if (g_str_equal (control->control, "live"))
    lt_ctl_say (self->ctl, LT_CTL_STYLE_DIM, _ ("live from here"));
  else if (g_str_equal (control->control, "bye"))
    {
      g_free (self->bye);
      self->bye = g_strdup (lt_ctl_event_get_text (control, "reason"));
    }
}

static void
take_line (Watch *self, const char *json, gsize length)
{
  g_autoptr (LtCtlEvent) event = lt_ctl_event_new_from_json (json, length);

  /* The last line of a daemon that was killed may be cut off: it comes again. */
  if (event == NULL)
    return;

  if (event->control != NULL)
    {
      take_control (self, event);
    }
  else
    {
      self->seen++;
      if (!event->backfill)
        self->counted++;
      if (self->ctl->json)
        lt_ctl_output_json_line (self->ctl->out, json, length);
      else
        lt_ctl_event_put (event, &self->view, self->ctl->out);
    }

  if (event->id != NULL && !event->backfill)
    {
      g_free (self->start.after);
      self->start.after = g_strdup (event->id);
    }
}

static gboolean on_retry (gpointer user_data);

static void
schedule_retry (Watch *self)
{
  if (self->retry_id == 0)
    self->retry_id = g_timeout_add (self->retry_ms, on_retry, self);
  self->retry_ms = MIN (self->retry_ms * 2, MAX_RETRY_MS);
}

/* The daemon's end of the stream is closed. */
static void
lose_stream (Watch *self)
{
  g_autofree char *bye = g_steal_pointer (&self->bye);

  close_stream (self);
  if (g_strcmp0 (bye, "limit") == 0)
    {
      end (self);
    }
  else if (g_strcmp0 (bye, "disconnected") == 0)
    {
      g_set_error_literal (&self->error, LT_CTL_ERROR, LT_CTL_EXIT_REFUSED,
                           _ ("somebody ended this stream"));
      end (self);
    }
  else if (self->once)
    {
      g_set_error_literal (&self->error, LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE,
                           _ ("the daemon went away"));
      end (self);
    }
  else
    {
      lt_ctl_say (self->ctl, LT_CTL_STYLE_YELLOW,
                  g_strcmp0 (bye, "shutdown") == 0
                      ? _ ("the daemon went away; waiting until it is back")
                      : _ ("the stream broke off; trying to go on"));
      self->retry_ms = MIN_RETRY_MS;
      schedule_retry (self);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;
  gssize budget = TURN_BYTES;
  gssize n_read = 1;

  while (budget > 0 && n_read > 0)
    {
      const char *line;
      gsize length;
      gboolean too_long;
      guint64 number;

      n_read = lt_line_reader_fill (self->reader, fd, (gsize) budget, NULL);
      budget -= MAX (n_read, 1);
      while (lt_line_reader_next (self->reader, &line, &length, &too_long, &number))
        take_line (self, line, length);
    }

  if (!lt_ctl_output_flush (self->ctl->out))
    {
      end (self);
      return G_SOURCE_CONTINUE;
    }
  if (n_read > 0 || (n_read < 0 && (condition & G_IO_HUP) == 0))
    return G_SOURCE_CONTINUE;

  self->input_id = 0;
  lose_stream (self);
  return G_SOURCE_REMOVE;
}

static void
open_stream (Watch *self, int fd)
{
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->fd = fd;
  self->reader = lt_line_reader_new (LT_CTL_MAX_LINE_BYTES);
  self->input_id = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, on_readable, self);
  self->retry_ms = MIN_RETRY_MS;
}

static void
fail_call (Watch *self, const GError *foreign)
{
  self->error = foreign != NULL
                    ? lt_ctl_translate (self->ctl, foreign, self->start.filter)
                    : g_error_new (LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE, _ ("no descriptor came"));
  end (self);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Watch *self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) foreign = NULL;
  int fd = -1;

  self->calling = FALSE;
  reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result,
                                                           &foreign);
  if (reply != NULL && fds != NULL)
    fd = g_unix_fd_list_get (fds, 0, &foreign);
  if (fd >= 0)
    open_stream (self, fd);
  else if (self->opened && (foreign == NULL || lt_ctl_error_is_passing (foreign)))
    schedule_retry (self);
  else
    fail_call (self, foreign);
}

static void
subscribe (Watch *self)
{
  /* A daemon that was stopped on purpose is not started by those who wait for it. */
  GDBusCallFlags flags = self->opened ? G_DBUS_CALL_FLAGS_NO_AUTO_START : G_DBUS_CALL_FLAGS_NONE;

  if (self->limit > 0)
    self->start.limit = self->limit > self->counted ? self->limit - self->counted : 1;
  self->calling = TRUE;
  g_dbus_connection_call_with_unix_fd_list (
      self->ctl->connection, LT_CTL_BUS_NAME, LT_CTL_PATH, LT_CTL_MANAGER, "Subscribe",
      lt_ctl_start_to_parameters (&self->start), NULL,
      flags | G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, LT_CTL_TIMEOUT_MS, NULL, NULL,
      on_subscribed, self);
}

static void
on_name_appeared (GDBusConnection *connection, const char *name, const char *owner,
                  gpointer user_data)
{
  Watch *self = user_data;

  self->owned = TRUE;
  if (self->retry_id == 0)
    return;

  g_source_remove (self->retry_id);
  self->retry_id = 0;
  subscribe (self);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Watch *self = user_data;

  self->owned = FALSE;
}

static void
unwatch_name (Watch *self)
{
  if (self->name_id != 0)
    g_bus_unwatch_name (self->name_id);
  self->name_id = 0;
  self->owned = FALSE;
}

/* Connects where that is needed, and looks out for the daemon's name there. */
static gboolean
connect_to_bus (Watch *self, GError **error)
{
  gboolean connected
      = self->ctl->connection != NULL && !g_dbus_connection_is_closed (self->ctl->connection);

  if (connected)
    return TRUE;

  unwatch_name (self);
  if (!lt_ctl_connect (self->ctl, error))
    return FALSE;

  self->name_id = g_bus_watch_name_on_connection (self->ctl->connection, LT_CTL_BUS_NAME,
                                                  G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
                                                  on_name_vanished, self, NULL);
  return TRUE;
}

static gboolean
on_retry (gpointer user_data)
{
  Watch *self = user_data;

  self->retry_id = 0;
  if (connect_to_bus (self, NULL) && self->owned)
    subscribe (self);
  else
    schedule_retry (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_CONTINUE;
}

/* Nobody reads what is put out. */
static gboolean
on_output_closed (int fd, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  self->ctl->out->closed = TRUE;
  end (self);
  return G_SOURCE_REMOVE;
}

static void
watch (Watch *self)
{
  guint signal_ids[] = { g_unix_signal_add (SIGINT, on_signal, self),
                         g_unix_signal_add (SIGTERM, on_signal, self) };

  g_unix_fd_add (self->ctl->out->fd, G_IO_ERR, on_output_closed, self);
  if (connect_to_bus (self, &self->error))
    {
      subscribe (self);
      g_main_loop_run (self->loop);
    }

  for (guint i = 0; i < G_N_ELEMENTS (signal_ids); i++)
    g_source_remove (signal_ids[i]);
  if (self->error == NULL && !self->ctl->out->closed)
    lt_ctl_say (self->ctl, LT_CTL_STYLE_DIM,
                ngettext ("%lu event seen", "%lu events seen", (gulong) self->seen),
                (gulong) self->seen);
}

static void
clear (Watch *self)
{
  close_stream (self);
  unwatch_name (self);
  if (self->retry_id != 0)
    g_source_remove (self->retry_id);
  g_main_loop_unref (self->loop);
  lt_ctl_start_clear (&self->start);
  g_free (self->bye);
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  Watch self = { .ctl = ctl, .start = { .context = -1, .level = -1 }, .fd = -1 };
  const LtCtlOption options[] = {
    { "context", 0, LT_CTL_OPTION_CHOICE, &self.start.context, LT_CTL_CONTEXTS, N_ ("CONTEXT"),
      N_ ("Show the event, its span (the default) or its trace") },
    { "last", 'n', LT_CTL_OPTION_COUNT, &self.start.last, NULL, N_ ("N"),
      N_ ("Begin with the newest N matches") },
    { "since", 0, LT_CTL_OPTION_TEXT, &self.start.since, NULL, N_ ("TIME"),
      N_ ("Begin at a time, or a duration ago such as 5m") },
    { "limit", 0, LT_CTL_OPTION_COUNT, &self.limit, NULL, N_ ("N"), N_ ("End after N matches") },
    { "level", 0, LT_CTL_OPTION_CHOICE, &self.start.level, LT_CTL_LEVELS, N_ ("LEVEL"),
      N_ ("Show only what is at least this severe") },
    { "once", 0, LT_CTL_OPTION_FLAG, &self.once, NULL, NULL, N_ ("End when the daemon goes away") },
    { "utc", 0, LT_CTL_OPTION_FLAG, &self.view.utc, NULL, NULL, N_ ("Show times as UTC") },
    { "verbose", 'v', LT_CTL_OPTION_FLAG, &self.view.verbose, NULL, NULL,
      N_ ("Show all keys, and long lines whole") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  gboolean success = lt_ctl_parse (ctl, options, words, rest, error);

  self.loop = g_main_loop_new (NULL, FALSE);
  self.retry_ms = MIN_RETRY_MS;
  if (success && self.start.since != NULL && self.start.last > 0)
    success = lt_ctl_error_usage (error, _ ("--since and --last do not go together"));
  if (success)
    {
      lt_ctl_start_set_filter (&self.start, rest);
      watch (&self);
      success = self.error == NULL;
      if (!success)
        g_propagate_error (error, g_steal_pointer (&self.error));
    }

  clear (&self);
  return success;
}

const LtCtlCommand lt_ctl_command_watch = {
  .name = "watch",
  .synopsis = N_ ("[FILTER]..."),
  .summary = N_ ("Show events as they happen"),
  .description = N_ ("The words of FILTER are put together to one filter, such as\n"
                     "  livetracectl watch to:jane@example.org level:warn -domain:example.net\n"
                     "livetracectl(1) says how filters are written. Ctrl-C ends."),
  .flags = LT_CTL_OPTIONS_FILTER,
  .run = run,
};
