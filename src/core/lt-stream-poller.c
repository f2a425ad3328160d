/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-stream-poller.h"

#include "lt-due.h"
#include "lt-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* Streams served in one turn; the others' readiness stays for the next. */
#define EVENTS_PER_TURN 64

/* What serving them may take of a turn. */
#define TURN_US 2000

/* The part of the time a stream may be quiet to which its last send is known. */
#define QUIET_PARTS 64

struct _LtStreamPoller
{
  GSource *source;             /* (owned) */
  int epoll_fd;                /* (owned) */
  GQueue quiet;                /* (element-type LtStreamWatch): longest without a send first */
  GQueue stalled;              /* (element-type LtStreamWatch): longest stalled first */
  gint64 quiet_us;             /* how long a stream may be quiet */
  gint64 stalled_us;           /* how long a stream may be stalled */
  struct epoll_event *current; /* (unowned) (nullable): events of this turn not yet served */
  int n_current;
};

typedef struct
{
  GSource source;
  LtStreamPoller *poller; /* (unowned) */
} PollerSource;

static LtStreamWatch *
peek (GQueue *queue)
{
  return queue->head != NULL ? queue->head->data : NULL;
}

static gint64
next_due (LtStreamPoller *self)
{
  LtStreamWatch *quiet = peek (&self->quiet);
  LtStreamWatch *stalled = peek (&self->stalled);
  gint64 due_us;

  /* What is stalled is in both. */
  if (quiet == NULL)
    return LT_DUE_NEVER;

  due_us = quiet->quiet_since_us + self->quiet_us;
  if (stalled != NULL)
    due_us = MIN (due_us, stalled->stalled_since_us + self->stalled_us);

  return due_us;
}

static void
move_to_tail (GQueue *queue, GList *link)
{
  if (queue->tail == link)
    return;

  g_queue_unlink (queue, link);
  g_queue_push_tail_link (queue, link);
}

/* The daemon may have been stopped for as long, or not have come to it yet. */
static gboolean
can_write (const LtStreamWatch *watch)
{
  struct pollfd descriptor = { .fd = watch->fd, .events = POLLOUT };

  return poll (&descriptor, 1, 0) > 0 && (descriptor.revents & POLLOUT) != 0;
}

/* A few milliseconds behind at most, and much cheaper than g_get_monotonic_time(). */
static gint64
get_coarse_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC_COARSE, &time);

  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
serve_timers (LtStreamPoller *self)
{
  gint64 now = g_get_monotonic_time ();
  LtStreamWatch *watch;

  while ((watch = peek (&self->stalled)) != NULL
         && watch->stalled_since_us + self->stalled_us <= now)
    {
      /* Not removed by its owner, it is asked again after another such time. */
      watch->stalled_since_us = now;
      move_to_tail (&self->stalled, &watch->stalled_link);
      if (!can_write (watch))
        watch->funcs->stalled (watch);
    }

  while ((watch = peek (&self->quiet)) != NULL && watch->quiet_since_us + self->quiet_us <= now)
    {
      watch->quiet_since_us = now;
      move_to_tail (&self->quiet, &watch->quiet_link);
      watch->funcs->quiet (watch);
    }
}

static void
serve_descriptors (LtStreamPoller *self)
{
  struct epoll_event events[EVENTS_PER_TURN];
  int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), 0);
  gint64 deadline_us = g_get_monotonic_time () + TURN_US;

  self->current = events;
  self->n_current = MAX (n, 0);
  for (int i = 0; i < self->n_current; i++)
    {
      LtStreamWatch *watch = events[i].data.ptr;

      if (watch != NULL && (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
        watch->funcs->readable (watch);
      /* The call may have removed this watch or any later one. */
      watch = events[i].data.ptr;
      if (watch != NULL && (events[i].events & EPOLLOUT))
        watch->funcs->writable (watch);
      if (g_get_monotonic_time () >= deadline_us)
        break;
    }
  self->current = NULL;
  self->n_current = 0;
}

/**
 * lt_stream_poller_serve:
 * @self: a poller
 *
 * Serves the streams that are ready now, a few at a time.
 */
void
lt_stream_poller_serve (LtStreamPoller *self)
{
  serve_descriptors (self);
  serve_timers (self);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  lt_stream_poller_serve (((PollerSource *) source)->poller);

  return G_SOURCE_CONTINUE;
}

/* The next deadline is at hand at any time, and moves with every send: so the source is asked for
 * it each turn, which is cheaper than to set it at every send. */
static gboolean
prepare (GSource *source, int *timeout_ms)
{
  return lt_due_prepare (source, next_due (((PollerSource *) source)->poller), timeout_ms);
}

static gboolean
check (GSource *source)
{
  return lt_due_check (source, next_due (((PollerSource *) source)->poller));
}

static GSourceFuncs source_funcs = {
  .prepare = prepare,
  .check = check,
  .dispatch = dispatch,
};

/**
 * lt_stream_poller_new:
 * @context: (nullable): the main context to wait in
 * @priority: of its source there
 *
 * Returns: (transfer full): a poller without streams
 */
LtStreamPoller *
lt_stream_poller_new (GMainContext *context, int priority)
{
  LtStreamPoller *self = g_new0 (LtStreamPoller, 1);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("cannot make an epoll descriptor: %s", g_strerror (errno));
  self->quiet_us = 15 * G_USEC_PER_SEC;
  self->stalled_us = 30 * G_USEC_PER_SEC;
  self->source = g_source_new (&source_funcs, sizeof (PollerSource));
  ((PollerSource *) self->source)->poller = self;
  g_source_set_static_name (self->source, "livetrace streams");
  g_source_set_priority (self->source, priority);
  g_source_add_unix_fd (self->source, self->epoll_fd, G_IO_IN);
  /* Else GLib wakes the loop, by a write to its eventfd, before and after each dispatch. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);

  return self;
}

/**
 * lt_stream_poller_free:
 * @self: (transfer full): a poller without streams
 *
 * Closes its descriptor.
 */
void
lt_stream_poller_free (LtStreamPoller *self)
{
  g_assert (self->quiet.length == 0 && self->stalled.length == 0);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll_fd);
  g_free (self);
}

/**
 * lt_stream_poller_set_times:
 * @self: a poller
 * @quiet_us: how long a stream may be quiet, microseconds
 * @stalled_us: how long a stream may be stalled, microseconds
 *
 * Sets the times for all streams, those being watched too.
 */
void
lt_stream_poller_set_times (LtStreamPoller *self, gint64 quiet_us, gint64 stalled_us)
{
  self->quiet_us = quiet_us;
  self->stalled_us = stalled_us;
}

/**
 * lt_stream_poller_add:
 * @self: a poller
 * @watch: the stream's place, its functions and descriptor set
 * @error: return location for an error
 *
 * Watches a stream until lt_stream_poller_remove().
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_IO
 */
gboolean
lt_stream_poller_add (LtStreamPoller *self, LtStreamWatch *watch, GError **error)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = watch };

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_IO, "cannot watch a stream: %s", g_strerror (errno));
      return FALSE;
    }

  watch->is_watched = TRUE;
  watch->is_stalled = FALSE;
  watch->quiet_since_us = g_get_monotonic_time ();
  watch->quiet_link = (GList){ .data = watch };
  watch->stalled_link = (GList){ .data = watch };
  g_queue_push_tail_link (&self->quiet, &watch->quiet_link);

  return TRUE;
}

/**
 * lt_stream_poller_remove:
 * @self: a poller
 * @watch: one of its watches, or one already removed
 *
 * Watches the stream no more.
 */
void
lt_stream_poller_remove (LtStreamPoller *self, LtStreamWatch *watch)
{
  if (!watch->is_watched)
    return;

  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = 0; i < self->n_current; i++)
    if (self->current[i].data.ptr == watch)
      self->current[i].data.ptr = NULL;

  g_queue_unlink (&self->quiet, &watch->quiet_link);
  if (watch->is_stalled)
    g_queue_unlink (&self->stalled, &watch->stalled_link);
  watch->is_watched = FALSE;
}

/**
 * lt_stream_poller_want_write:
 * @self: a poller
 * @watch: one of its watches
 * @wanted: whether the stream waits for room to write
 *
 * While it waits, the stream counts as stalled unless lt_stream_poller_sent() is called.
 */
void
lt_stream_poller_want_write (LtStreamPoller *self, LtStreamWatch *watch, gboolean wanted)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = watch };

  if (watch->is_stalled == wanted)
    return;

  if (wanted)
    event.events |= EPOLLOUT;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);

  watch->is_stalled = wanted;
  if (wanted)
    {
      watch->stalled_since_us = g_get_monotonic_time ();
      g_queue_push_tail_link (&self->stalled, &watch->stalled_link);
    }
  else
    g_queue_unlink (&self->stalled, &watch->stalled_link);
}

/**
 * lt_stream_poller_sent:
 * @self: a poller
 * @watch: one of its watches
 *
 * Notes that something has just been sent.
 */
void
lt_stream_poller_sent (LtStreamPoller *self, LtStreamWatch *watch)
{
  gint64 now = get_coarse_time ();

  /* Each turn sends to every stream: not each time is worth a new place among the quiet. */
  if (now - watch->quiet_since_us > self->quiet_us / QUIET_PARTS)
    {
      watch->quiet_since_us = now;
      move_to_tail (&self->quiet, &watch->quiet_link);
    }
  if (!watch->is_stalled)
    return;

  watch->stalled_since_us = now;
  move_to_tail (&self->stalled, &watch->stalled_link);
}
