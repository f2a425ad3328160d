/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench.h"

G_BEGIN_DECLS

#define BENCH_NCHAN_INPUTS 4
#define BENCH_NO_NCHAN     "nginx with libnginx-mod-nchan is not installed"

/**
 * BenchServer:
 *
 * What serves streams in a fan-out: the daemon, or a reference.
 */
typedef struct _BenchServer BenchServer;

struct _BenchServer
{
  const char *name;
  pid_t pid;                      /* whose processor time counts */
  guint16 port;                   /* where readers connect */
  char *request;                  /* (owned): what a reader sends */
  int input;                      /* what publish() writes to */
  int inputs[BENCH_NCHAN_INPUTS]; /* the same of nchan */
  void (*publish) (BenchServer *self, const char *lines, gsize length);
  void (*stop) (BenchServer *self);
  gboolean takes_bytes; /* each byte is a batch, see bench_server_init_bare() */
  TestDaemon *daemon;   /* (unowned) (nullable) */
  GSubprocess *process; /* (owned) (nullable) */
  char *directory;      /* (owned) (nullable) */
};

void bench_server_init_daemon (BenchServer *self, TestDaemon *daemon, const char *query);
gboolean bench_server_init_bare (BenchServer *self, gsize batch_bytes);
gboolean bench_server_init_nchan (BenchServer *self);
void bench_server_stop (BenchServer *self);

int bench_connect (guint16 port);

G_END_DECLS
