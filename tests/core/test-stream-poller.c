/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-stream-poller.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than are served in a turn. */
#define N_STREAMS 200

#define STALLED_US 20000

typedef struct
{
  LtStreamWatch watch;
  LtStreamPoller *poller; /* (unowned) */
  int peer;               /* (owned) */
  gboolean was_writable;
  gboolean was_stalled;
} Stream;

typedef struct
{
  LtStreamPoller *poller;
  Stream streams[N_STREAMS];
} Fixture;

static void
on_nothing (LtStreamWatch *watch)
{
}

static void
on_writable (LtStreamWatch *watch)
{
  Stream *stream = (Stream *) watch;

  stream->was_writable = TRUE;
  lt_stream_poller_sent (stream->poller, watch);
  lt_stream_poller_want_write (stream->poller, watch, FALSE);
}

static void
on_stalled (LtStreamWatch *watch)
{
  Stream *stream = (Stream *) watch;

  stream->was_stalled = TRUE;
  lt_stream_poller_want_write (stream->poller, watch, FALSE);
}

static const LtStreamWatchFuncs funcs = {
  .readable = on_nothing,
  .writable = on_writable,
  .quiet = on_nothing,
  .stalled = on_stalled,
};

/* Each stream's socket is full. */
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const char data[65536];

  fixture->poller = lt_stream_poller_new (NULL, G_PRIORITY_DEFAULT);
  lt_stream_poller_set_times (fixture->poller, G_TIME_SPAN_HOUR, STALLED_US);
  for (guint i = 0; i < N_STREAMS; i++)
    {
      Stream *stream = &fixture->streams[i];
      g_autoptr (GError) error = NULL;
      int fds[2];

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
      stream->poller = fixture->poller;
      stream->watch.funcs = &funcs;
      stream->watch.fd = fds[0];
      stream->peer = fds[1];
      while (send (fds[0], data, sizeof (data), MSG_DONTWAIT) > 0)
        continue;
      g_assert_true (lt_stream_poller_add (fixture->poller, &stream->watch, &error));
      g_assert_no_error (error);
      lt_stream_poller_want_write (fixture->poller, &stream->watch, TRUE);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < N_STREAMS; i++)
    {
      lt_stream_poller_remove (fixture->poller, &fixture->streams[i].watch);
      close (fixture->streams[i].watch.fd);
      close (fixture->streams[i].peer);
    }
  lt_stream_poller_free (fixture->poller);
}

/* The peers of the first @n take all there is. */
static void
drain (Fixture *fixture, guint n)
{
  char buffer[65536];

  for (guint i = 0; i < n; i++)
    while (recv (fixture->streams[i].peer, buffer, sizeof (buffer), MSG_DONTWAIT) > 0)
      continue;
}

/* The main loop stands still for longer than a stream may be stalled. */
static void
stand_still (void)
{
  gint64 until_us = g_get_monotonic_time () + STALLED_US + 1000;

  while (g_get_monotonic_time () < until_us)
    continue;
}

static guint
count (Fixture *fixture, gsize offset)
{
  guint n = 0;

  for (guint i = 0; i < N_STREAMS; i++)
    n += G_STRUCT_MEMBER (gboolean, &fixture->streams[i], offset);

  return n;
}

#define COUNT(fixture, member) count (fixture, G_STRUCT_OFFSET (Stream, member))

static void
test_stalled (Fixture *fixture, gconstpointer unused)
{
  while (COUNT (fixture, was_stalled) < N_STREAMS)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (COUNT (fixture, was_writable), ==, 0);
}

/* Whoever takes what there is does not pay for a daemon that was stopped. */
static void
test_stopped (Fixture *fixture, gconstpointer unused)
{
  drain (fixture, N_STREAMS - 1);
  stand_still ();
  while (COUNT (fixture, was_writable) + COUNT (fixture, was_stalled) < N_STREAMS)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (COUNT (fixture, was_writable), ==, N_STREAMS - 1);
  g_assert_true (fixture->streams[N_STREAMS - 1].was_stalled);
}

#define ADD(name)                                                                                  \
  g_test_add ("/stream-poller/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (stalled);
  ADD (stopped);

  return g_test_run ();
}
