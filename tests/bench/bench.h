/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench-table.h"
#include "e2e/daemon-fixture.h"

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

double bench_percentile (GArray *values, double percent);
gint64 bench_cpu_ns (pid_t pid);
gint64 bench_now_ns (void);
void bench_pin (pid_t pid, int cpu);
gboolean bench_raise_descriptors (guint needed);
pid_t bench_daemon_pid (TestDaemon *daemon);
guint64 bench_daemon_counter (TestDaemon *daemon, const char *property);
char *bench_event_line (guint i, const char *to, gboolean with_stamp);
void bench_send_all (int fd, const char *data, gsize length);
char *bench_make_lines (guint first, guint n, const char *to, gsize *length);
void bench_wait_read (int fd);
double bench_measure_intake (TestDaemon *daemon, int fd, const char *lines, gsize length,
                             guint n_events);

/* One for each theme: they add their rows. */
void bench_fan_out (Bench *bench);
void bench_intake (Bench *bench);
G_NORETURN void bench_serve_empty (const char *address);
void bench_filters (Bench *bench);
void bench_lagging (Bench *bench);
void bench_ring (Bench *bench);
void bench_rules (Bench *bench);
void bench_spans (Bench *bench);
void bench_streams (Bench *bench);
void bench_memory (Bench *bench);
void bench_replay (Bench *bench);
void bench_fairness (Bench *bench);

G_END_DECLS
