/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench-readers.h"

G_BEGIN_DECLS

/**
 * BenchLowRate:
 *
 * Events one by one and evenly to all of some streams.
 */
typedef struct
{
  double cpu_us; /* of the server's processor, per delivery */
  double p50_ms;
  double p99_ms;
  double max_ms;
} BenchLowRate;

/**
 * BenchSaturated:
 *
 * As much as goes, to all of some streams.
 */
typedef struct
{
  double deliveries;
  double seconds;
  double cpu_seconds; /* of the server's processor */
  double event_bytes; /* of one event on the wire */
  gsize batch_bytes;  /* of what is written at once */
} BenchSaturated;

BenchLowRate bench_measure_low_rate (BenchServer *server, BenchReaders *readers, guint rate,
                                     guint n_events);
BenchSaturated bench_measure_saturated (BenchServer *server, BenchReaders *readers,
                                        double event_bytes);

G_END_DECLS
