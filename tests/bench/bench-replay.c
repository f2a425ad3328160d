/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static guint64
fill_ring (TestDaemon *daemon)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  guint64 before = bench_daemon_counter (daemon, "Received");
  int fd = test_daemon_open_injector (daemon);
  guint n = 300000;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *line
          = bench_event_line (i, i % 10 ? "john@example.com" : "jane@example.org", FALSE);

      g_string_append (lines, line);
    }
  bench_send_all (fd, lines->str, lines->len);
  while (bench_daemon_counter (daemon, "Received") < before + n)
    g_usleep (2000);
  close (fd);

  return bench_daemon_counter (daemon, "RingEvents");
}

/* Seconds from the request to `live`. */
static double
measure (TestDaemon *daemon, const char *query)
{
  g_autofree char *request = g_strdup_printf (
      "GET /api/tracing/live?%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
      "Last-Event-ID: 00000000.1\r\n\r\n",
      query, daemon->port, daemon->token);
  static char buffer[1024 * 1024];
  gint64 start = bench_now_ns ();
  int fd = test_daemon_connect (daemon);
  gsize kept = 0;

  bench_send_all (fd, request, strlen (request));
  for (;;)
    {
      gssize n = recv (fd, buffer + kept, sizeof buffer - kept, 0);

      g_assert_cmpint (n, >, 0);
      if (memmem (buffer, kept + n, "event: live", 11) != NULL)
        break;
      kept = MIN (kept + n, 16);
      memmove (buffer, buffer + n - MIN ((gsize) n, kept), kept);
    }
  close (fd);

  return (bench_now_ns () - start) / 1e9;
}

static void
add_row (Bench *bench, TestDaemon *daemon, const char *work, const char *query, guint64 n_events)
{
  BenchSamples figures = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    bench_samples_add (&figures, n_events / measure (daemon, query));
  bench_add (bench, work, &figures, "events read a second", FALSE);
}

/* A full ring of the default size, read by one that resumes. */
void
bench_replay (Bench *bench)
{
  TestDaemon daemon;
  guint64 n_events;

  test_daemon_init (&daemon, NULL);
  bench_pin (bench_daemon_pid (&daemon), 0);
  bench_pin (0, 1);
  n_events = fill_ring (&daemon);
  add_row (bench, &daemon, "replay of a full ring, everything", "context=event", n_events);
  add_row (bench, &daemon, "replay of a full ring, a tenth of it", "context=event&to=jane",
           n_events);
  add_row (bench, &daemon, "replay of a full ring, a tenth with its spans", "context=span&to=jane",
           n_events);
  test_daemon_clear (&daemon);
}
