/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-syslog-source.h"

#include "lt-syslog-socket.h"

#include <glib-unix.h>

/* Datagrams taken between two looks at the clock. */
#define DATAGRAMS_PER_LOOK 32

/* How often it is told that datagrams were lost, at most. */
#define LOST_INTERVAL_MS 1000

struct _LtSyslogSource
{
  GObject parent_instance;

  char *name;                /* (owned) */
  char *address;             /* (owned) */
  LtLogProcessor *processor; /* (owned) */
  int fd;                    /* (owned): or -1 */
  GSource *source;           /* (owned) (nullable): while running */
  GSource *lost_timer;       /* (owned) (nullable): while the last word of losses is fresh */
  guint32 dropped;           /* the kernel's count, which may wrap */
  guint64 lost;              /* datagrams lost in all */
  guint64 told;              /* of @lost, those that were told */
  char *buffer;              /* (owned): of LT_LOG_LINE_MAX_BYTES */
};

static void lt_syslog_source_source_init (LtSourceInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LtSyslogSource, lt_syslog_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SOURCE, lt_syslog_source_source_init))

static void tell_lost (LtSyslogSource *self);

static gboolean
on_lost_timer (gpointer user_data)
{
  LtSyslogSource *self = user_data;

  g_clear_pointer (&self->lost_timer, g_source_unref);
  tell_lost (self);
  return G_SOURCE_REMOVE;
}

/* One event tells of many losses: at most one a second. */
static void
tell_lost (LtSyslogSource *self)
{
  if (self->lost == self->told || self->lost_timer != NULL)
    return;

  lt_log_processor_report_lost (self->processor, self->lost - self->told);
  g_info ("syslog source \"%s\": %" G_GUINT64_FORMAT " datagrams lost", self->name,
          self->lost - self->told);
  self->told = self->lost;
  self->lost_timer = g_timeout_source_new (LOST_INTERVAL_MS);
  g_source_set_callback (self->lost_timer, on_lost_timer, self, NULL);
  g_source_attach (self->lost_timer, g_main_context_get_thread_default ());
}

static void
take_datagram (LtSyslogSource *self, gsize n_kept, gsize length)
{
  /* Some end a datagram with a newline or with NUL. */
  while (n_kept > 0 && n_kept == length
         && (self->buffer[n_kept - 1] == '\n' || self->buffer[n_kept - 1] == '\0'))
    length = --n_kept;
  if (n_kept > 0)
    lt_log_processor_process (self->processor, self->buffer, n_kept, length - n_kept,
                              g_get_host_name ());
}

static gboolean
on_datagrams (int fd, GIOCondition condition, gpointer user_data)
{
  LtSyslogSource *self = user_data;
  gint64 deadline_us = g_get_monotonic_time () + LT_SOURCE_TURN_US;
  gsize n_bytes = 0;

  for (guint n_taken = 1; n_bytes < LT_SOURCE_TURN_BYTES; n_taken++)
    {
      guint32 dropped = self->dropped;
      gsize length;
      gssize n_kept
          = lt_syslog_socket_receive (fd, self->buffer, LT_LOG_LINE_MAX_BYTES, &length, &dropped);

      if (n_kept < 0)
        break;
      self->lost += (guint32) (dropped - self->dropped);
      self->dropped = dropped;
      tell_lost (self);
      take_datagram (self, (gsize) n_kept, length);
      n_bytes += length;
      if (n_taken % DATAGRAMS_PER_LOOK == 0 && g_get_monotonic_time () >= deadline_us)
        break;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
lt_syslog_source_start (LtSource *source, GError **error)
{
  LtSyslogSource *self = LT_SYSLOG_SOURCE (source);

  if (self->fd >= 0)
    return TRUE;

  self->fd = lt_syslog_socket_open (self->address, error);
  if (self->fd < 0)
    return FALSE;

  self->dropped = 0;
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "livetrace-syslog");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_datagrams), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return TRUE;
}

static void
lt_syslog_source_stop (LtSource *source)
{
  LtSyslogSource *self = LT_SYSLOG_SOURCE (source);

  if (self->fd < 0)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->lost_timer != NULL)
    g_source_destroy (self->lost_timer);
  g_clear_pointer (&self->lost_timer, g_source_unref);
  lt_syslog_socket_close (self->fd, self->address);
  self->fd = -1;
}

static const char *
lt_syslog_source_get_name (LtSource *source)
{
  return LT_SYSLOG_SOURCE (source)->name;
}

static void
lt_syslog_source_get_status (LtSource *source, LtSourceStatus *status)
{
  LtSyslogSource *self = LT_SYSLOG_SOURCE (source);
  LtLogCounts counts;

  lt_log_processor_get_counts (self->processor, &counts);
  status->kind = "syslog";
  status->state = self->fd >= 0 ? "running" : "failed";
  status->detail = g_strdup (self->address);
  status->lines = counts.lines;
  status->events = counts.events;
  status->unmatched = counts.unmatched;
  status->exhausted = counts.exhausted;
  status->lost = self->lost;
}

static void
lt_syslog_source_source_init (LtSourceInterface *interface)
{
  interface->get_name = lt_syslog_source_get_name;
  interface->start = lt_syslog_source_start;
  interface->stop = lt_syslog_source_stop;
  interface->get_status = lt_syslog_source_get_status;
}

static void
lt_syslog_source_finalize (GObject *object)
{
  LtSyslogSource *self = LT_SYSLOG_SOURCE (object);

  lt_syslog_source_stop (LT_SOURCE (self));
  lt_log_processor_free (self->processor);
  g_free (self->buffer);
  g_free (self->address);
  g_free (self->name);

  G_OBJECT_CLASS (lt_syslog_source_parent_class)->finalize (object);
}

static void
lt_syslog_source_class_init (LtSyslogSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_syslog_source_finalize;
}

static void
lt_syslog_source_init (LtSyslogSource *self)
{
  self->fd = -1;
  self->buffer = g_malloc (LT_LOG_LINE_MAX_BYTES);
}

/**
 * lt_syslog_source_check_address:
 * @address: a path, or a loopback address and a port
 * @error: where to put %LT_ERROR_INVALID_CONFIG
 *
 * Returns: %FALSE with @error set if no syslog can be taken there
 */
gboolean
lt_syslog_source_check_address (const char *address, GError **error)
{
  g_return_val_if_fail (address != NULL, FALSE);

  return lt_syslog_socket_check_address (address, error);
}

/**
 * lt_syslog_source_new:
 * @name: the source's name
 * @address: a path such as `/dev/log`, or a loopback address and a port such as `127.0.0.1:5514`;
 *   port 0 takes any that is free
 * @processor: (transfer full): what the lines go to
 *
 * Returns: (transfer full): a source; start it with lt_source_start()
 */
LtSyslogSource *
lt_syslog_source_new (const char *name, const char *address, LtLogProcessor *processor)
{
  LtSyslogSource *self;

  g_return_val_if_fail (name != NULL && address != NULL && processor != NULL, NULL);

  self = g_object_new (LT_TYPE_SYSLOG_SOURCE, NULL);
  self->name = g_strdup (name);
  self->address = g_strdup (address);
  self->processor = processor;
  return self;
}

/**
 * lt_syslog_source_get_port:
 * @self: a syslog source
 *
 * Returns: the UDP port it listens on, or 0 if it has a path or does not run
 */
guint16
lt_syslog_source_get_port (LtSyslogSource *self)
{
  g_return_val_if_fail (LT_IS_SYSLOG_SOURCE (self), 0);

  return self->fd < 0 ? 0 : lt_syslog_socket_get_port (self->fd);
}
