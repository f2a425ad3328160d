/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-fan-out.h"

/* Where each event is a turn of its own: no more deliveries a second than a processor does with
 * ease. */
#define DELIVERIES_A_SECOND 50000
#define MAX_EVENTS_A_SECOND 500
#define N_SIZES             5

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

static void
measure (Streams *self, BenchSamples *low, BenchSamples *high)
{
  guint rate = MIN (MAX_EVENTS_A_SECOND, DELIVERIES_A_SECOND / self->readers.fds->len);
  BenchLowRate one_by_one = bench_measure_low_rate (&self->server, &self->readers, rate, rate);
  BenchSaturated most = bench_measure_saturated (&self->server, &self->readers, 0);

  bench_samples_add (low, one_by_one.cpu_us);
  bench_samples_add (high, most.deliveries / most.cpu_seconds);
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
      measure (&streams[i], &low[i], &high[i]);
  for (guint i = 0; i < n_sizes; i++)
    clear (&streams[i]);
  bench_grow (bench, &one_by_one, sizes, low, n_sizes);
  bench_grow (bench, &most, sizes, high, n_sizes);
}
