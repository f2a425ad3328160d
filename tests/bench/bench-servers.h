/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench.h"

G_BEGIN_DECLS

/**
 * BenchServer:
 *
 * What serves streams in a fan-out: the daemon, or a reference.
 */
typedef struct _BenchServer BenchServer;

struct _BenchServer
{
  const char *name;
  pid_t pid;     /* whose processor time counts */
  guint16 port;  /* where readers connect */
  char *request; /* (owned): what a reader sends */
  int input;     /* what publish() writes to */
  void (*publish) (BenchServer *self, const char *line, gsize length);
  void (*stop) (BenchServer *self);
  TestDaemon *daemon;   /* (unowned) (nullable) */
  GSubprocess *process; /* (owned) (nullable) */
  char *directory;      /* (owned) (nullable) */
};

void bench_server_init_daemon (BenchServer *self, TestDaemon *daemon, const char *query);
gboolean bench_server_init_bare (BenchServer *self, gsize batch_bytes);
gboolean bench_server_init_nchan (BenchServer *self);
void bench_server_stop (BenchServer *self);

/**
 * BenchReaders:
 *
 * Many streams read by one thread.
 */
typedef struct
{
  GThread *thread;
  GArray *fds; /* (owned) (element-type int) */
  int epoll_fd;
  gboolean with_latency; /* looks for stamps; else only counts bytes */
  gint stop;             /* (atomic) */
  GArray *latencies_ms;  /* (owned) (element-type double) */
  guint64 bytes;         /* received in all */
  guint64 probe_bytes;   /* of the first stream, */
  guint64 probe_blocks;  /* and how many blocks they were */
} BenchReaders;

void bench_readers_start (BenchReaders *self, BenchServer *server, guint n, gboolean with_latency);
void bench_readers_stop (BenchReaders *self);

G_END_DECLS
