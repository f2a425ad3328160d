/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

void
bench_samples_add (BenchSamples *self, double value)
{
  g_assert_cmpuint (self->n, <, BENCH_ROUNDS);
  self->values[self->n++] = value;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

double
bench_samples_get_median (const BenchSamples *self)
{
  BenchSamples sorted = *self;

  if (self->n == 0)
    return NAN;
  qsort (sorted.values, sorted.n, sizeof (double), compare_doubles);

  return sorted.n % 2 == 1 ? sorted.values[sorted.n / 2]
                           : (sorted.values[sorted.n / 2 - 1] + sorted.values[sorted.n / 2]) / 2;
}

/* What was measured in one round stands beside what was measured right after it: the median of
 * these ratios is not moved by a machine that becomes slower or quicker meanwhile. */
double
bench_samples_get_ratio (const BenchSamples *self, const BenchSamples *other)
{
  BenchSamples ratios = { .n = 0 };

  for (guint i = 0; i < MIN (self->n, other->n); i++)
    bench_samples_add (&ratios, self->values[i] / other->values[i]);

  return bench_samples_get_median (&ratios);
}

static void
row_free (gpointer data)
{
  BenchRow *row = data;

  g_free (row->work);
  g_free (row->unit);
  g_free (row->reference);
  g_free (row);
}

void
bench_init (Bench *self, guint rounds)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->rounds = rounds;
  self->start_us = g_get_monotonic_time ();
}

void
bench_clear (Bench *self)
{
  g_ptr_array_unref (self->rows);
}

static BenchRow *
add_row (Bench *self, const char *work, const BenchSamples *figures, const char *unit,
         gboolean less_is_better)
{
  BenchRow *row = g_new0 (BenchRow, 1);

  row->work = g_strdup (work);
  row->unit = g_strdup (unit);
  row->figure = bench_samples_get_median (figures);
  row->rounds = figures->n;
  row->less_is_better = less_is_better;
  g_ptr_array_add (self->rows, row);

  return row;
}

static void
set_reference (BenchRow *row, const BenchSamples *figures, const char *reference,
               const BenchSamples *reference_figures)
{
  row->reference = g_strdup (reference);
  row->reference_figure = bench_samples_get_median (reference_figures);
  row->ratio = bench_samples_get_ratio (figures, reference_figures);
}

static gboolean
reaches (double value, double limit, gboolean less_is_better)
{
  return less_is_better ? value <= limit : value >= limit;
}

static void
say (const BenchRow *row)
{
  g_autofree char *beside = row->reference != NULL
                                ? g_strdup_printf ("; %s: %.4g; ratio %.2f", row->reference,
                                                   row->reference_figure, row->ratio)
                                : NULL;

  fprintf (stderr, "# %s: %.4g %s%s%s\n", row->work, row->figure, row->unit, beside ? beside : "",
           row->target != BENCH_TARGET_NONE && !row->is_reached ? " (NOT REACHED)" : "");
}

/* A figure without a reference. */
void
bench_add (Bench *self, const char *work, const BenchSamples *figures, const char *unit,
           gboolean less_is_better)
{
  say (add_row (self, work, figures, unit, less_is_better));
}

/* What the figure added last is to reach by itself. */
void
bench_limit (Bench *self, double limit)
{
  BenchRow *row = g_ptr_array_index (self->rows, self->rows->len - 1);

  row->target = BENCH_TARGET_FIGURE;
  row->limit = limit;
  row->is_reached = reaches (row->figure, limit, row->less_is_better);
}

/* A figure beside its reference of the same rounds; @limit is 0 where nothing is to be reached. */
void
bench_compare (Bench *self, const char *work, const BenchSamples *figures, const char *unit,
               gboolean less_is_better, const char *reference,
               const BenchSamples *reference_figures, double limit)
{
  BenchRow *row = add_row (self, work, figures, unit, less_is_better);

  set_reference (row, figures, reference, reference_figures);
  if (limit != 0)
    {
      row->target = BENCH_TARGET_RATIO;
      row->limit = limit;
      row->is_reached = reaches (row->ratio, limit, less_is_better);
    }
  say (row);
}

/* How much worse a figure may be, of something that has become @growth times as large. */
static double
get_growth_limit (const BenchSeries *series, double growth)
{
  double worse = 1 / BENCH_TOLERANCE;

  if (series->target == BENCH_TARGET_LINEAR && !series->is_share)
    worse *= growth;

  return series->less_is_better ? worse : 1 / worse;
}

/* Figures for several sizes, each beside the smallest. What is to grow linearly is compared with
 * the size before too, since at the smallest a fixed cost may hide how it grows. */
void
bench_grow (Bench *self, const BenchSeries *series, const guint *sizes, const BenchSamples *figures,
            guint n_sizes)
{
  g_auto (GStrv) parts = g_strsplit (series->work, "#", 2);

  for (guint i = 0; i < n_sizes; i++)
    {
      g_autofree char *work = g_strdup_printf ("%s%u%s", parts[0], sizes[i], parts[1]);
      BenchRow *row = add_row (self, work, &figures[i], series->unit, series->less_is_better);

      if (i > 0)
        {
          set_reference (row, &figures[i], series->smallest, &figures[0]);
          row->target = series->target;
          row->limit = get_growth_limit (series, sizes[i] / MAX (sizes[0], 1.0));
          row->is_reached = reaches (row->ratio, row->limit, row->less_is_better);
        }
      if (i > 0 && series->target == BENCH_TARGET_LINEAR)
        row->is_reached = row->is_reached
                          && reaches (bench_samples_get_ratio (&figures[i], &figures[i - 1]),
                                      get_growth_limit (series, sizes[i] / MAX (sizes[i - 1], 1.0)),
                                      row->less_is_better);
      say (row);
    }
}

/* A row that cannot be measured on this machine. */
void
bench_skip (Bench *self, const char *work, const char *why)
{
  BenchRow *row = add_row (self, work, &(BenchSamples){ .n = 0 }, "", FALSE);

  row->reference = g_strdup_printf ("skipped: %s", why);
  fprintf (stderr, "# %s: skipped: %s\n", work, why);
}

static const char *
judge (const BenchRow *row)
{
  if (row->rounds == 0)
    return "skipped";
  switch (row->target)
    {
    case BENCH_TARGET_FIGURE:
    case BENCH_TARGET_RATIO:
      return row->is_reached ? "reached" : "NOT REACHED";
    case BENCH_TARGET_FLAT:
      return row->is_reached ? "flat" : "NOT FLAT";
    case BENCH_TARGET_LINEAR:
      return row->is_reached ? "linear or less" : "WORSE THAN LINEAR";
    case BENCH_TARGET_NONE:
      break;
    }

  return "";
}

static char *
format_figure (double figure)
{
  if (isnan (figure))
    return g_strdup ("");
  if (fabs (figure) >= 10000)
    return g_strdup_printf ("%.0f", figure);
  if (figure != 0 && fabs (figure) < 0.1)
    return g_strdup_printf ("%.2g", figure);

  return g_strdup_printf (fabs (figure) >= 100 ? "%.1f" : "%.2f", figure);
}

static char *
format_target (const BenchRow *row)
{
  const char *sign = row->less_is_better ? "≤" : "≥";
  g_autofree char *limit = format_figure (row->limit);

  switch (row->target)
    {
    case BENCH_TARGET_FIGURE:
      return g_strdup_printf ("%s %s", sign, limit);
    case BENCH_TARGET_RATIO:
      return g_strdup_printf ("%s %s ×", sign, limit);
    case BENCH_TARGET_FLAT:
      return g_strdup_printf ("flat: %s %s ×", sign, limit);
    case BENCH_TARGET_LINEAR:
      return g_strdup ("linear");
    case BENCH_TARGET_NONE:
      break;
    }

  return g_strdup ("");
}

static char *
make_table (Bench *self)
{
  GString *out
      = g_string_new ("| work | figure | unit | reference | its figure | ratio | to reach | | n |\n"
                      "| --- | ---: | --- | --- | ---: | ---: | ---: | --- | ---: |\n");

  for (guint i = 0; i < self->rows->len; i++)
    {
      const BenchRow *row = g_ptr_array_index (self->rows, i);
      gboolean compared = row->reference != NULL && row->rounds > 0;
      g_autofree char *figure = format_figure (row->figure);
      g_autofree char *reference = format_figure (compared ? row->reference_figure : NAN);
      g_autofree char *ratio = format_figure (compared ? row->ratio : NAN);
      g_autofree char *target = format_target (row);

      g_string_append_printf (out, "| %s | %s | %s | %s | %s | %s | %s | %s | %u |\n", row->work,
                              figure, row->unit, row->reference != NULL ? row->reference : "",
                              reference, ratio, target, judge (row), row->rounds);
    }

  return g_string_free (out, FALSE);
}

void
bench_print (Bench *self)
{
  g_autofree char *table = make_table (self);

  printf ("\n%s", table);
}

/* What stands after @name and a colon in a file of the kernel's or the system's. */
static char *
find_value (const char *path, const char *name)
{
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &contents, NULL, NULL))
    return NULL;
  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *value = strpbrk (lines[i], ":=");

      if (value != NULL && g_str_has_prefix (lines[i], name))
        return g_strdup (g_strstrip (g_strdelimit (lines[i] + (value + 1 - lines[i]), "\"", ' ')));
    }

  return NULL;
}

/* Where and when, and how the daemon was built. */
static char *
describe_run (Bench *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%F");
  g_autofree char *system = find_value ("/etc/os-release", "PRETTY_NAME");
  g_autofree char *model = find_value ("/proc/cpuinfo", "model name");
  g_autofree char *flags = find_value ("/proc/cpuinfo", "flags");
  gboolean is_virtual = flags != NULL && strstr (flags, " hypervisor") != NULL;
  struct utsname kernel;

  uname (&kernel);

  return g_strdup_printf ("%s, %s, %s with %ld processors (%s), kernel %s, %s, %s build; "
                          "rounds: %u, %" G_GINT64_FORMAT " s in all",
                          date, system != NULL ? system : "an unknown system",
                          is_virtual ? "a virtual machine" : "a machine",
                          sysconf (_SC_NPROCESSORS_ONLN), model != NULL ? model : kernel.machine,
                          kernel.release, BENCH_COMPILER, BENCH_BUILD_TYPE, self->rounds,
                          (g_get_monotonic_time () - self->start_us) / G_USEC_PER_SEC);
}

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, text, -1, &error))
    g_error ("%s", error->message);
  printf ("\nWritten to %s\n", path);
}

/* The table as it stands in docs/performance.md. */
void
bench_write_markdown (Bench *self, const char *path)
{
  g_autofree char *run = describe_run (self);
  g_autofree char *table = make_table (self);
  g_autofree char *text = g_strdup_printf ("%s.\n\n%s", run, table);

  write_file (path, text);
}

void
bench_write_json (Bench *self, const char *path)
{
  static const char *const targets[] = { "", "figure", "ratio", "flat", "linear" };
  g_autofree char *run = describe_run (self);
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"run\":\"%s\",\"rows\":[\n", run);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const BenchRow *row = g_ptr_array_index (self->rows, i);

      g_string_append_printf (out, "  {\"work\":\"%s\",\"rounds\":%u", row->work, row->rounds);
      if (row->rounds == 0)
        g_string_append_printf (out, ",\"skipped\":\"%s\"", row->reference);
      else
        g_string_append_printf (out, ",\"figure\":%.6g,\"unit\":\"%s\"", row->figure, row->unit);
      if (row->reference != NULL && row->rounds > 0)
        g_string_append_printf (out,
                                ",\"reference\":\"%s\",\"referenceFigure\":%.6g,\"ratio\":%.4g",
                                row->reference, row->reference_figure, row->ratio);
      if (row->target != BENCH_TARGET_NONE)
        g_string_append_printf (out, ",\"target\":\"%s\",\"%s\":%.6g,\"reached\":%s",
                                targets[row->target], row->less_is_better ? "atMost" : "atLeast",
                                row->limit, row->is_reached ? "true" : "false");
      g_string_append (out, i + 1 < self->rows->len ? "},\n" : "}\n");
    }
  g_string_append (out, "]}\n");
  write_file (path, out->str);
}
