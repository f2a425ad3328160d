/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-readers.h"

#include <string.h>
#include <unistd.h>

#define N_EVENTS        100000
#define N_STAMPED       250
#define EVENTS_A_SECOND 500
#define N_SIZES         4

/* A daemon whose ring is full, with one stream that gets the few events meant for it. */
typedef struct
{
  TestDaemon daemon;
  BenchServer server;
  BenchReaders readers;
  guint next; /* number of the next event */
} Ring;

static double
send_events (Ring *self, guint n)
{
  gsize length;
  g_autofree char *lines = bench_make_lines (self->next, n, "john@example.com", &length);

  self->next += n;

  return bench_measure_intake (&self->daemon, self->server.input, lines, length, n);
}

static void
set_up (Ring *self, guint size_mib)
{
  g_autofree char *setting = g_strdup_printf ("ring.size=%uMiB", size_mib);
  const char *arguments[] = { "--set", setting, NULL };

  memset (self, 0, sizeof *self);
  test_daemon_init (&self->daemon, arguments);
  bench_pin (bench_daemon_pid (&self->daemon), 0);
  bench_server_init_daemon (&self->server, &self->daemon, "to=jane");
  bench_readers_open (&self->readers, &self->server, 1);
  do
    send_events (self, N_EVENTS);
  while (bench_daemon_counter (&self->daemon, "RingEvents") == self->next);
}

/* Milliseconds from a producer's write() to the stream's read(). */
static void
measure_latency (Ring *self, BenchSamples *p50, BenchSamples *p99)
{
  gint64 start = g_get_monotonic_time ();

  bench_readers_start (&self->readers, TRUE);
  for (guint i = 0; i < N_STAMPED; i++)
    {
      gint64 due = start + (gint64) i * G_USEC_PER_SEC / EVENTS_A_SECOND;
      g_autofree char *line = NULL;

      g_usleep (MAX (due - g_get_monotonic_time (), 0));
      line = bench_event_line (self->next++, "jane@example.org", TRUE);
      bench_send_all (self->server.input, line, strlen (line));
    }
  g_usleep (50000);
  bench_readers_pause (&self->readers);
  bench_samples_add (p50, bench_percentile (self->readers.latencies_ms, 50));
  bench_samples_add (p99, bench_percentile (self->readers.latencies_ms, 99));
}

static void
clear (Ring *self)
{
  bench_readers_close (&self->readers);
  bench_server_stop (&self->server);
  test_daemon_clear (&self->daemon);
}

/* How cost grows with the size of a ring that is full, so that each event that comes in puts one
 * out. */
void
bench_ring (Bench *bench)
{
  static const guint sizes[N_SIZES] = { 1, 8, 64, 512 };
  static const BenchSeries intake = {
    .work = "intake into a full ring of # MiB",
    .unit = "ev/s of its processor",
    .smallest = "1 MiB",
    .target = BENCH_TARGET_FLAT,
  };
  static const BenchSeries median = {
    .work = "a full ring of # MiB: latency of a stream, p50",
    .unit = "ms",
    .smallest = "1 MiB",
    .target = BENCH_TARGET_FLAT,
    .less_is_better = TRUE,
  };
  static const BenchSeries tail = {
    .work = "a full ring of # MiB: latency of a stream, p99",
    .unit = "ms",
    .smallest = "1 MiB",
    .less_is_better = TRUE,
  };
  Ring rings[N_SIZES];
  BenchSamples figures[N_SIZES] = { 0 };
  BenchSamples p50[N_SIZES] = { 0 };
  BenchSamples p99[N_SIZES] = { 0 };

  bench_pin (0, 1);
  for (guint i = 0; i < N_SIZES; i++)
    set_up (&rings[i], sizes[i]);
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < N_SIZES; i++)
      {
        bench_samples_add (&figures[i], send_events (&rings[i], N_EVENTS));
        measure_latency (&rings[i], &p50[i], &p99[i]);
      }
  for (guint i = 0; i < N_SIZES; i++)
    clear (&rings[i]);
  bench_grow (bench, &intake, sizes, figures, N_SIZES);
  bench_grow (bench, &median, sizes, p50, N_SIZES);
  bench_grow (bench, &tail, sizes, p99, N_SIZES);
}
