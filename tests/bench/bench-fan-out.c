/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-fan-out.h"

#include <math.h>
#include <string.h>

#define N_STREAMS       100
#define EVENTS_A_SECOND 500
#define LOW_EVENTS      1000
#define N_TRIES         3
#define WARM_UP_US      200000
#define WINDOW_US       300000
#define FINISH_MS       2000

enum
{
  DAEMON,
  BARE,
  NCHAN,
  N_SERVERS
};

/* Events one by one, evenly, to all streams. */
BenchLowRate
bench_measure_low_rate (BenchServer *server, BenchReaders *readers, guint rate, guint n_events)
{
  guint n = n_events * readers->fds->len;
  BenchLowRate result;
  gint64 start;
  gint64 cpu;

  bench_pin (server->pid, 0);
  bench_readers_start (readers, TRUE);
  cpu = bench_cpu_ns (server->pid);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n_events; i++)
    {
      g_autofree char *line = NULL;
      gint64 due = start + (gint64) i * G_USEC_PER_SEC / rate;
      gint64 now = g_get_monotonic_time ();

      if (due > now)
        g_usleep (due - now);
      line = bench_event_line (i, "jane@example.org", TRUE);
      server->publish (server, line, strlen (line));
    }
  g_usleep (100000);
  bench_readers_finish (readers, FINISH_MS);
  cpu = bench_cpu_ns (server->pid) - cpu;
  result.cpu_us = cpu / 1e3 / n;
  result.p50_ms = bench_percentile (readers->latencies_ms, 50);
  result.p99_ms = bench_percentile (readers->latencies_ms, 99);
  result.max_ms = bench_percentile (readers->latencies_ms, 100);
  if (readers->latencies_ms->len < n * 0.99)
    g_printerr ("# %s: only %u of %u deliveries were seen\n", server->name,
                readers->latencies_ms->len, n);

  return result;
}

typedef struct
{
  BenchServer *server;
  gint stop; /* (atomic) */
} Publisher;

static gpointer
publish_flat_out (gpointer data)
{
  Publisher *self = data;
  gsize length;
  g_autofree char *lines = bench_make_lines (0, 100, "jane@example.org", &length);

  if (self->server->takes_bytes)
    length = 1;
  while (!g_atomic_int_get (&self->stop))
    self->server->publish (self->server, lines, length);

  return NULL;
}

/* As much as goes, once it flows. What counts is what the readers have received: an event on its
 * way is not delivered. @event_bytes is how large one is, or 0 to count them. */
BenchSaturated
bench_measure_saturated (BenchServer *server, BenchReaders *readers, double event_bytes)
{
  Publisher publisher = { .server = server };
  BenchSaturated result;
  GThread *thread;
  guint64 bytes;
  gint64 start;
  gint64 cpu;

  bench_pin (server->pid, 0);
  bench_readers_start (readers, FALSE);
  thread = g_thread_new ("publisher", publish_flat_out, &publisher);
  g_usleep (WARM_UP_US);
  cpu = bench_cpu_ns (server->pid);
  start = bench_now_ns ();
  bytes = readers->bytes;
  g_usleep (WINDOW_US);
  bytes = readers->bytes - bytes;
  cpu = bench_cpu_ns (server->pid) - cpu;
  start = bench_now_ns () - start;
  g_atomic_int_set (&publisher.stop, 1);
  g_thread_join (thread);
  bench_readers_finish (readers, FINISH_MS);

  result.event_bytes = event_bytes > 0 ? event_bytes : bench_readers_get_event_bytes (readers);
  result.deliveries = bytes / result.event_bytes;
  result.seconds = start / 1e9;
  result.cpu_seconds = cpu / 1e9;
  result.batch_bytes = readers->probe_bytes / MAX (readers->probe_blocks, 1);

  return result;
}

static gboolean
init_server (BenchServer *server, int which, TestDaemon *daemon, gsize batch_bytes)
{
  switch (which)
    {
    case DAEMON:
      bench_server_init_daemon (server, daemon, "to=jane");
      return TRUE;
    case BARE:
      return bench_server_init_bare (server, batch_bytes);
    default:
      return bench_server_init_nchan (server);
    }
}

static void
low_rate (Bench *bench, TestDaemon *daemon)
{
  BenchSamples cpu[N_SERVERS] = { 0 };
  BenchSamples p50[N_SERVERS] = { 0 };
  BenchSamples p99[N_SERVERS] = { 0 };
  BenchSamples maximum[N_SERVERS] = { 0 };
  BenchSamples best_p50 = { 0 };
  BenchSamples best_p99 = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    for (int which = 0; which < N_SERVERS; which++)
      {
        BenchServer server;
        BenchReaders readers;
        BenchLowRate result;

        if (!init_server (&server, which, daemon, 0))
          continue;
        bench_readers_open (&readers, &server, N_STREAMS);
        result = bench_measure_low_rate (&server, &readers, EVENTS_A_SECOND, LOW_EVENTS);
        bench_readers_close (&readers);
        bench_server_stop (&server);
        bench_samples_add (&cpu[which], result.cpu_us);
        bench_samples_add (&p50[which], result.p50_ms);
        bench_samples_add (&p99[which], result.p99_ms);
        bench_samples_add (&maximum[which], result.max_ms);
      }
  for (guint i = 0; i < bench->rounds; i++)
    {
      bench_samples_add (&best_p50,
                         fmin (p50[BARE].values[i], p50[NCHAN].n > 0 ? p50[NCHAN].values[i] : NAN));
      bench_samples_add (&best_p99,
                         fmin (p99[BARE].values[i], p99[NCHAN].n > 0 ? p99[NCHAN].values[i] : NAN));
    }

  bench_compare (bench, "500 ev/s to 100 streams: processor per delivery", &cpu[DAEMON], "µs", TRUE,
                 "bare send() loop", &cpu[BARE], 1.15);
  if (cpu[NCHAN].n > 0)
    bench_compare (bench, "the same, beside nchan", &cpu[DAEMON], "µs", TRUE, "nchan", &cpu[NCHAN],
                   0);
  else
    bench_skip (bench, "the same, beside nchan", BENCH_NO_NCHAN);
  bench_compare (bench, "the same: latency p50", &p50[DAEMON], "ms", TRUE,
                 "better of bare loop and nchan", &best_p50, 1.15);
  bench_compare (bench, "the same: latency p99", &p99[DAEMON], "ms", TRUE,
                 "better of bare loop and nchan", &best_p99, 1.15);
  bench_compare (bench, "the same: latency maximum", &maximum[DAEMON], "ms", TRUE,
                 "bare send() loop", &maximum[BARE], 0);
}

/* One after the other, the bare loop with batches as large as the daemon's were right before. */
static void
measure_all (TestDaemon *daemon, BenchSaturated *sums)
{
  BenchSaturated results[N_SERVERS] = { 0 };

  for (int which = 0; which < N_SERVERS; which++)
    {
      double event_bytes = which == BARE ? results[DAEMON].event_bytes : 0;
      BenchServer server;
      BenchReaders readers;

      if (!init_server (&server, which, daemon, results[DAEMON].batch_bytes))
        continue;
      bench_readers_open (&readers, &server, N_STREAMS);
      results[which] = bench_measure_saturated (&server, &readers, event_bytes);
      bench_readers_close (&readers);
      bench_server_stop (&server);
      sums[which].deliveries += results[which].deliveries;
      sums[which].seconds += results[which].seconds;
      sums[which].cpu_seconds += results[which].cpu_seconds;
      sums[which].batch_bytes = results[which].batch_bytes;
    }
}

static void
saturated (Bench *bench, TestDaemon *daemon)
{
  BenchSamples by_cpu[N_SERVERS] = { 0 };
  BenchSamples by_clock[N_SERVERS] = { 0 };
  BenchSamples batches = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    {
      BenchSaturated sums[N_SERVERS] = { 0 };

      /* How quick a socket is depends on where its memory happens to lie, so one try is by chance.
       */
      for (guint i = 0; i < N_TRIES; i++)
        measure_all (daemon, sums);
      for (guint which = 0; which < N_SERVERS; which++)
        if (sums[which].seconds > 0)
          {
            bench_samples_add (&by_cpu[which], sums[which].deliveries / sums[which].cpu_seconds);
            bench_samples_add (&by_clock[which], sums[which].deliveries / sums[which].seconds);
          }
      bench_samples_add (&batches, sums[DAEMON].batch_bytes);
    }

  bench_compare (bench, "most deliveries to 100 streams, by its processor", &by_cpu[DAEMON],
                 "a second", FALSE, "bare send() loop, same batches", &by_cpu[BARE], 0.7);
  if (by_cpu[NCHAN].n > 0)
    bench_compare (bench, "the same, beside nchan", &by_cpu[DAEMON], "a second", FALSE, "nchan",
                   &by_cpu[NCHAN], 20);
  else
    bench_skip (bench, "the same, beside nchan", BENCH_NO_NCHAN);
  bench_compare (bench, "the same, by the clock", &by_clock[DAEMON], "a second", FALSE,
                 "bare send() loop, same batches", &by_clock[BARE], 0);
  bench_add (bench, "the same: bytes of a batch", &batches, "bytes", FALSE);
}

void
bench_fan_out (Bench *bench)
{
  TestDaemon daemon;

  test_daemon_init (&daemon, NULL);
  bench_pin (0, 1);
  low_rate (bench, &daemon);
  saturated (bench, &daemon);
  test_daemon_clear (&daemon);
}
