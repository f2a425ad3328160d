/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench-servers.h"

G_BEGIN_DECLS

/**
 * BenchReaders:
 *
 * Many streams read by one thread. The first one is the probe: what it gets is looked at.
 */
typedef struct
{
  GThread *thread;
  GArray *fds; /* (owned) (element-type int) */
  int epoll_fd;
  int stop_fd;
  gboolean with_latency;       /* looks for stamps; else only counts bytes */
  GArray *latencies_ms;        /* (owned) (element-type double): good once it is paused */
  _Atomic guint64 bytes;       /* received in all */
  _Atomic guint64 probe_bytes; /* of the probe, */
  guint64 probe_blocks;        /* how many blocks they were */
  guint64 probe_events;        /* and events */
} BenchReaders;

void bench_readers_open (BenchReaders *self, BenchServer *server, guint n);
void bench_readers_start (BenchReaders *self, gboolean with_latency);
void bench_readers_finish (BenchReaders *self, guint limit_ms);
void bench_readers_pause (BenchReaders *self);
double bench_readers_get_event_bytes (BenchReaders *self);
void bench_readers_close (BenchReaders *self);

G_END_DECLS
