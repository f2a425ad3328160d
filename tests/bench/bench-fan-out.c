/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <math.h>
#include <string.h>

#define N_STREAMS       100
#define EVENTS_A_SECOND 500
#define LOW_SECONDS     4
#define HIGH_SECONDS    3

enum
{
  DAEMON,
  BARE,
  NCHAN,
  N_SERVERS
};

typedef struct
{
  double cpu_us; /* of the server's processor, per delivery */
  double p50_ms;
  double p99_ms;
  double max_ms;
} LowRate;

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

/* Events one by one, evenly, to all streams. */
static LowRate
measure_low_rate (BenchServer *server, guint n_streams)
{
  BenchReaders readers;
  guint n = EVENTS_A_SECOND * LOW_SECONDS;
  gint64 start;
  gint64 cpu;
  LowRate result;

  bench_pin (server->pid, 0);
  bench_readers_start (&readers, server, n_streams, TRUE);
  g_usleep (100000);
  cpu = bench_cpu_ns (server->pid);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *line = NULL;
      gint64 due = start + (gint64) i * G_USEC_PER_SEC / EVENTS_A_SECOND;
      gint64 now = g_get_monotonic_time ();

      if (due > now)
        g_usleep (due - now);
      line = bench_event_line (i, "jane@example.org", TRUE);
      server->publish (server, line, strlen (line));
    }
  g_usleep (200000);
  cpu = bench_cpu_ns (server->pid) - cpu;
  g_atomic_int_set (&readers.stop, 1);
  g_usleep (50000);
  result.cpu_us = cpu / 1e3 / n / n_streams;
  result.p50_ms = bench_percentile (readers.latencies_ms, 50);
  result.p99_ms = bench_percentile (readers.latencies_ms, 99);
  result.max_ms = bench_percentile (readers.latencies_ms, 100);
  if (readers.latencies_ms->len < n * n_streams * 0.99)
    g_printerr ("# %s: only %u of %u deliveries were seen\n", server->name,
                readers.latencies_ms->len, n * n_streams);
  bench_readers_stop (&readers);

  return result;
}

static void
low_rate (Bench *bench, TestDaemon *daemon)
{
  double figures[N_SERVERS][4][BENCH_RUNS];
  gboolean present[N_SERVERS] = { FALSE };
  double medians[N_SERVERS][4];
  double best_p50;
  double best_p99;

  for (guint run = 0; run < bench->runs; run++)
    for (int which = 0; which < N_SERVERS; which++)
      {
        BenchServer server;
        LowRate result;

        if (!init_server (&server, which, daemon, G_MAXSIZE))
          continue;
        result = measure_low_rate (&server, N_STREAMS);
        bench_server_stop (&server);
        present[which] = TRUE;
        figures[which][0][run] = result.cpu_us;
        figures[which][1][run] = result.p50_ms;
        figures[which][2][run] = result.p99_ms;
        figures[which][3][run] = result.max_ms;
      }
  for (int which = 0; which < N_SERVERS; which++)
    for (int i = 0; i < 4; i++)
      medians[which][i] = present[which] ? bench_median (figures[which][i], bench->runs) : INFINITY;

  best_p50 = MIN (medians[BARE][1], medians[NCHAN][1]);
  best_p99 = MIN (medians[BARE][2], medians[NCHAN][2]);
  bench_compare (bench, "500 ev/s to 100 streams: processor per delivery", medians[DAEMON][0], "µs",
                 TRUE, "bare send() loop", medians[BARE][0], 1.15);
  if (present[NCHAN])
    bench_compare (bench, "the same, beside nchan", medians[DAEMON][0], "µs", TRUE, "nchan",
                   medians[NCHAN][0], 0);
  bench_compare (bench, "the same: latency p50", medians[DAEMON][1], "ms", TRUE,
                 "better of bare loop and nchan", best_p50, 1.15);
  bench_compare (bench, "the same: latency p99", medians[DAEMON][2], "ms", TRUE,
                 "better of bare loop and nchan", best_p99, 1.15);
  bench_compare (bench, "the same: latency maximum", medians[DAEMON][3], "ms", TRUE,
                 "bare send() loop", medians[BARE][3], 0);
}

static gpointer
publish_flat_out (gpointer data)
{
  BenchServer *server = data;
  g_autoptr (GString) lines = g_string_new (NULL);
  gint64 end = g_get_monotonic_time () + HIGH_SECONDS * G_USEC_PER_SEC;
  guint64 n = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *line = bench_event_line (i, "jane@example.org", FALSE);

      g_string_append (lines, line);
    }
  while (g_get_monotonic_time () < end)
    {
      if (g_str_equal (server->name, "nchan"))
        {
          server->publish (server, lines->str, strchr (lines->str, '\n') + 1 - lines->str);
          n++;
          continue;
        }
      server->publish (server, lines->str, lines->len);
      n += 100;
    }

  return GSIZE_TO_POINTER (n);
}

/* As much as goes. Returns deliveries a second of the server's own processor; @batch_bytes is set
 * to what the daemon writes at once. */
static double
measure_saturated (BenchServer *server, double *deliveries_a_second, gsize *batch_bytes)
{
  guint64 before = server->daemon ? bench_daemon_counter (server->daemon, "Delivered") : 0;
  g_autofree char *line = bench_event_line (1, "jane@example.org", FALSE);
  BenchReaders readers;
  GThread *publisher;
  double deliveries;
  guint64 published;
  gint64 start;
  gint64 cpu;

  bench_pin (server->pid, 0);
  bench_readers_start (&readers, server, N_STREAMS, FALSE);
  cpu = bench_cpu_ns (server->pid);
  start = bench_now_ns ();
  publisher = g_thread_new ("publisher", publish_flat_out, server);
  published = GPOINTER_TO_SIZE (g_thread_join (publisher));
  if (server->daemon != NULL)
    deliveries = bench_daemon_counter (server->daemon, "Delivered") - before;
  else if (g_str_equal (server->name, "nchan"))
    deliveries = (double) published * N_STREAMS;
  else
    deliveries = readers.bytes / (double) strlen (line);
  *deliveries_a_second = deliveries / ((bench_now_ns () - start) / 1e9);
  cpu = bench_cpu_ns (server->pid) - cpu;
  bench_readers_stop (&readers);
  if (server->daemon != NULL)
    *batch_bytes = readers.probe_bytes / MAX (readers.probe_blocks, 1);

  return deliveries / (cpu / 1e9);
}

static void
saturated (Bench *bench, TestDaemon *daemon)
{
  double by_cpu[N_SERVERS][BENCH_RUNS];
  double by_wall[N_SERVERS][BENCH_RUNS];
  gboolean present[N_SERVERS] = { FALSE };
  gsize batch_bytes = G_MAXSIZE;

  for (guint run = 0; run < bench->runs; run++)
    for (int which = 0; which < N_SERVERS; which++)
      {
        BenchServer server;

        if (!init_server (&server, which, daemon, batch_bytes))
          continue;
        by_cpu[which][run] = measure_saturated (&server, &by_wall[which][run], &batch_bytes);
        present[which] = TRUE;
        bench_server_stop (&server);
      }

  bench_add (bench, "bytes of a batch, most deliveries", batch_bytes, "bytes", FALSE);
  bench_compare (bench, "most deliveries to 100 streams, by its processor",
                 bench_median (by_cpu[DAEMON], bench->runs), "a second", FALSE,
                 "bare send() loop, same batches", bench_median (by_cpu[BARE], bench->runs), 0.7);
  bench_compare (bench, "the same, by the clock", bench_median (by_wall[DAEMON], bench->runs),
                 "a second", FALSE, "bare send() loop", bench_median (by_wall[BARE], bench->runs),
                 0);
  if (present[NCHAN])
    bench_compare (bench, "the same, beside nchan", bench_median (by_wall[DAEMON], bench->runs),
                   "a second", FALSE, "nchan", bench_median (by_wall[NCHAN], bench->runs), 20);
}

/* How cost grows with streams. */
static void
growth (Bench *bench, TestDaemon *daemon)
{
  static const guint counts[] = { 1, 10, 100, 1000 };
  double first = 0;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *work
          = g_strdup_printf ("500 ev/s to %u streams: processor per delivery", counts[i]);
      BenchServer server;
      LowRate result;

      bench_server_init_daemon (&server, daemon, "to=jane");
      result = measure_low_rate (&server, counts[i]);
      bench_server_stop (&server);
      if (i == 0)
        {
          first = result.cpu_us;
          bench_add (bench, work, result.cpu_us, "µs", TRUE);
        }
      else
        bench_compare (bench, work, result.cpu_us, "µs", TRUE, "1 stream", first, 1);
    }
}

void
bench_fan_out (Bench *bench)
{
  const char *arguments[]
      = { "--set", "http.max-streams=20000",    "--set", "http.max-connections=21000",
          "--set", "subscriptions.limit=20000", NULL };
  TestDaemon daemon;

  test_daemon_init (&daemon, arguments);
  bench_pin (0, 1);
  low_rate (bench, &daemon);
  saturated (bench, &daemon);
  growth (bench, &daemon);
  test_daemon_clear (&daemon);
}
