/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-fan-out.h"

/* Where each event is a turn of its own: no more deliveries a second than a processor does with
 * ease. */
#define DELIVERIES_A_SECOND 50000
#define MAX_EVENTS_A_SECOND 500
#define N_SIZES             5

/* About what the daemon writes at once, and for one event of it. */
#define BATCH_BYTES 70000
#define EVENT_BYTES 343.0

typedef struct
{
  TestDaemon daemon;
  BenchServer server;
  BenchReaders readers;
} Streams;

static void
set_up (Streams *self, guint n_streams)
{
  const char *arguments[]
      = { "--set", "http.max-streams=20000",    "--set", "http.max-connections=21000",
          "--set", "subscriptions.limit=20000", NULL };

  test_daemon_init (&self->daemon, arguments);
  bench_server_init_daemon (&self->server, &self->daemon, "to=jane");
  bench_readers_open (&self->readers, &self->server, n_streams);
}

static void
clear (Streams *self)
{
  bench_readers_close (&self->readers);
  bench_server_stop (&self->server);
  test_daemon_clear (&self->daemon);
}

static double
measure_one_by_one (BenchServer *server, BenchReaders *readers)
{
  guint rate = MIN (MAX_EVENTS_A_SECOND, DELIVERIES_A_SECOND / readers->fds->len);

  return bench_measure_low_rate (server, readers, rate, rate).cpu_us;
}

static double
measure_most (BenchServer *server, BenchReaders *readers, double event_bytes)
{
  BenchSaturated result = bench_measure_saturated (server, readers, event_bytes);

  return result.deliveries / result.cpu_seconds;
}

/* What the kernel's part of it is: the same of a bare loop. */
static void
bare (Bench *bench, const guint *sizes, guint n_sizes)
{
  static const BenchSeries one_by_one = {
    .work = "bare send() loop, one by one to # streams: processor per delivery",
    .unit = "µs",
    .smallest = "1 stream",
    .less_is_better = TRUE,
  };
  static const BenchSeries most = {
    .work = "bare send() loop, most deliveries to # streams",
    .unit = "a second of its processor",
    .smallest = "1 stream",
  };
  BenchSamples low[N_SIZES] = { 0 };
  BenchSamples high[N_SIZES] = { 0 };

  for (guint i = 0; i < 2 * n_sizes; i++)
    {
      gboolean is_low = i < n_sizes;
      BenchServer server;
      BenchReaders readers;

      bench_server_init_bare (&server, is_low ? 0 : BATCH_BYTES);
      bench_readers_open (&readers, &server, sizes[i % n_sizes]);
      for (guint round = 0; round < bench->rounds; round++)
        if (is_low)
          bench_samples_add (&low[i], measure_one_by_one (&server, &readers));
        else
          bench_samples_add (&high[i - n_sizes], measure_most (&server, &readers, EVENT_BYTES));
      bench_readers_close (&readers);
      bench_server_stop (&server);
    }
  bench_grow (bench, &one_by_one, sizes, low, n_sizes);
  bench_grow (bench, &most, sizes, high, n_sizes);
}

/* How cost grows with streams. */
void
bench_streams (Bench *bench)
{
  static const guint sizes[N_SIZES] = { 1, 10, 100, 1000, 10000 };
  static const BenchSeries one_by_one = {
    .work = "events one by one to # streams: processor per delivery",
    .unit = "µs",
    .smallest = "1 stream",
    .target = BENCH_TARGET_LINEAR,
    .less_is_better = TRUE,
    .is_share = TRUE,
  };
  static const BenchSeries most = {
    .work = "most deliveries to # streams",
    .unit = "a second of its processor",
    .smallest = "1 stream",
    .target = BENCH_TARGET_LINEAR,
    .is_share = TRUE,
  };
  guint n_sizes = N_SIZES;
  Streams streams[N_SIZES];
  BenchSamples low[N_SIZES] = { 0 };
  BenchSamples high[N_SIZES] = { 0 };

  if (!bench_raise_descriptors (12000))
    {
      bench_skip (bench, "10000 streams", "a process may not open 12,000 files here");
      n_sizes--;
    }
  bench_pin (0, 1);
  for (guint i = 0; i < n_sizes; i++)
    set_up (&streams[i], sizes[i]);
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < n_sizes; i++)
      bench_samples_add (&low[i], measure_one_by_one (&streams[i].server, &streams[i].readers));
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < n_sizes; i++)
      bench_samples_add (&high[i], measure_most (&streams[i].server, &streams[i].readers, 0));
  for (guint i = 0; i < n_sizes; i++)
    clear (&streams[i]);
  bench_grow (bench, &one_by_one, sizes, low, n_sizes);
  bench_grow (bench, &most, sizes, high, n_sizes);
  bare (bench, sizes, n_sizes);
}
