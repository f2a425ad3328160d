/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rounds of a measurement and of its references in turn; the median counts. */
#define BENCH_ROUNDS 5

/* What counts as the same: a throughput of at least this share of the other. */
#define BENCH_TOLERANCE 0.7

/**
 * BenchSamples:
 *
 * What one measurement gave in each round.
 */
typedef struct
{
  double values[BENCH_ROUNDS];
  guint n;
} BenchSamples;

void bench_samples_add (BenchSamples *self, double value);
double bench_samples_get_median (const BenchSamples *self);
double bench_samples_get_ratio (const BenchSamples *self, const BenchSamples *other);

/**
 * BenchTarget:
 * @BENCH_TARGET_NONE: nothing is to be reached
 * @BENCH_TARGET_FIGURE: the figure is to reach a value
 * @BENCH_TARGET_RATIO: the ratio to the reference is to reach a value
 * @BENCH_TARGET_FLAT: the figure stays what it is at the smallest size
 * @BENCH_TARGET_LINEAR: what all of it costs grows no faster than its size
 */
typedef enum
{
  BENCH_TARGET_NONE,
  BENCH_TARGET_FIGURE,
  BENCH_TARGET_RATIO,
  BENCH_TARGET_FLAT,
  BENCH_TARGET_LINEAR,
} BenchTarget;

/**
 * BenchRow:
 *
 * One figure, its ratio to its reference in the same rounds, and what it is to reach: at most or at
 * least @limit, by @less_is_better.
 */
typedef struct
{
  char *work;      /* (owned) */
  char *unit;      /* (owned) */
  char *reference; /* (owned) (nullable) */
  double figure;
  double reference_figure;
  double ratio;
  double limit;
  BenchTarget target;
  guint rounds;
  gboolean less_is_better;
  gboolean is_reached;
} BenchRow;

/**
 * BenchSeries:
 *
 * What figures of one kind of growth have in common. A #BENCH_TARGET_LINEAR figure is of one unit
 * of what grows if @is_share, and else of the whole.
 */
typedef struct
{
  const char *work;     /* where `#` stands for the size */
  const char *unit;     /* of the figures */
  const char *smallest; /* the first size, in words */
  BenchTarget target;
  gboolean less_is_better;
  gboolean is_share;
} BenchSeries;

/**
 * Bench:
 *
 * Collects figures, prints them as a table and writes them to files.
 */
typedef struct
{
  GPtrArray *rows; /* (owned) (element-type BenchRow) */
  guint rounds;    /* of each measurement */
  gint64 start_us; /* when the run began */
} Bench;

void bench_init (Bench *self, guint rounds);
void bench_clear (Bench *self);
void bench_add (Bench *self, const char *work, const BenchSamples *figures, const char *unit,
                gboolean less_is_better);
void bench_limit (Bench *self, double limit);
void bench_compare (Bench *self, const char *work, const BenchSamples *figures, const char *unit,
                    gboolean less_is_better, const char *reference,
                    const BenchSamples *reference_figures, double limit);
void bench_grow (Bench *self, const BenchSeries *series, const guint *sizes,
                 const BenchSamples *figures, guint n_sizes);
void bench_skip (Bench *self, const char *work, const char *why);
void bench_print (Bench *self);
void bench_write_json (Bench *self, const char *path);
void bench_write_markdown (Bench *self, const char *path);

G_END_DECLS
