/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "e2e/daemon-fixture.h"

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Runs of a measurement and of its references in turn; the median counts. */
#define BENCH_RUNS 5

/**
 * Bench:
 *
 * Collects figures, prints them as a table and writes them as JSON.
 */
typedef struct
{
  GPtrArray *rows; /* (owned) (element-type BenchRow) */
  guint runs;      /* of each measurement */
} Bench;

/**
 * BenchRow:
 *
 * One figure. @ratio is the figure by its reference in the same run; @target what it is to reach
 * (0: none), at most or at least by @less_is_better.
 */
typedef struct
{
  char *work;      /* (owned) */
  char *unit;      /* (owned) */
  char *reference; /* (owned) (nullable) */
  double figure;
  double reference_figure;
  double target;
  gboolean target_is_ratio;
  gboolean less_is_better;
} BenchRow;

void bench_init (Bench *self, guint runs);
void bench_clear (Bench *self);
void bench_add (Bench *self, const char *work, double figure, const char *unit,
                gboolean less_is_better);
void bench_compare (Bench *self, const char *work, double figure, const char *unit,
                    gboolean less_is_better, const char *reference, double reference_figure,
                    double target_ratio);
void bench_target (Bench *self, double target);
void bench_print (Bench *self);
void bench_write_json (Bench *self, const char *path);

double bench_median (const double *values, guint n);
double bench_percentile (GArray *values, double percent);
gint64 bench_cpu_ns (pid_t pid);
gint64 bench_now_ns (void);
void bench_pin (pid_t pid, int cpu);
pid_t bench_daemon_pid (TestDaemon *daemon);
guint64 bench_daemon_counter (TestDaemon *daemon, const char *property);
char *bench_event_line (guint i, const char *to, gboolean with_stamp);
void bench_send_all (int fd, const char *data, gsize length);

/* One for each theme: they add their rows. */
void bench_fan_out (Bench *bench);
void bench_intake (Bench *bench);
G_NORETURN void bench_serve_empty (const char *address);
void bench_filters (Bench *bench);
void bench_rules (Bench *bench);
void bench_memory (Bench *bench);
void bench_replay (Bench *bench);
void bench_fairness (Bench *bench);

G_END_DECLS
