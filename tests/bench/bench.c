/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

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
bench_init (Bench *self, guint runs)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->runs = runs;
}

void
bench_clear (Bench *self)
{
  g_ptr_array_unref (self->rows);
}

static BenchRow *
add_row (Bench *self, const char *work, double figure, const char *unit, gboolean less_is_better)
{
  BenchRow *row = g_new0 (BenchRow, 1);

  row->work = g_strdup (work);
  row->unit = g_strdup (unit);
  row->figure = figure;
  row->less_is_better = less_is_better;
  g_ptr_array_add (self->rows, row);

  return row;
}

/* A figure without a reference. */
void
bench_add (Bench *self, const char *work, double figure, const char *unit, gboolean less_is_better)
{
  add_row (self, work, figure, unit, less_is_better);
  g_printerr ("# %s: %.4g %s\n", work, figure, unit);
}

/* A figure beside its reference of the same run; @target_ratio is 0 where there is none. */
void
bench_compare (Bench *self, const char *work, double figure, const char *unit,
               gboolean less_is_better, const char *reference, double reference_figure,
               double target_ratio)
{
  BenchRow *row = add_row (self, work, figure, unit, less_is_better);

  row->reference = g_strdup (reference);
  row->reference_figure = reference_figure;
  row->target = target_ratio;
  row->target_is_ratio = TRUE;
  g_printerr ("# %s: %.4g %s; %s: %.4g; ratio %.2f\n", work, figure, unit, reference,
              reference_figure, figure / reference_figure);
}

/* What the figure added last is to reach, absolutely. */
void
bench_target (Bench *self, double target)
{
  BenchRow *row = g_ptr_array_index (self->rows, self->rows->len - 1);

  row->target = target;
  row->target_is_ratio = FALSE;
}

static const char *
judge (const BenchRow *row)
{
  double value = row->target_is_ratio ? row->figure / row->reference_figure : row->figure;

  if (row->target == 0)
    return "";

  return (row->less_is_better ? value <= row->target : value >= row->target) ? "reached"
                                                                             : "NOT REACHED";
}

static char *
format_figure (double figure)
{
  if (fabs (figure) >= 10000)
    return g_strdup_printf ("%.0f", figure);

  return g_strdup_printf (fabs (figure) >= 100 ? "%.1f" : "%.2f", figure);
}

void
bench_print (Bench *self)
{
  printf ("\n| work | figure | unit | reference | its figure | ratio | to reach | |\n"
          "| --- | ---: | --- | --- | ---: | ---: | ---: | --- |\n");
  for (guint i = 0; i < self->rows->len; i++)
    {
      const BenchRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *figure = format_figure (row->figure);
      g_autofree char *reference = format_figure (row->reference_figure);
      g_autofree char *ratio = format_figure (row->figure / row->reference_figure);
      g_autofree char *target = format_figure (row->target);
      const char *sign = row->less_is_better ? "≤ " : "≥ ";

      printf ("| %s | %s | %s | %s | %s | %s | %s%s%s | %s |\n", row->work, figure, row->unit,
              row->reference != NULL ? row->reference : "", row->reference ? reference : "",
              row->reference ? ratio : "", row->target != 0 ? sign : "",
              row->target != 0 ? target : "", row->target != 0 && row->target_is_ratio ? " ×" : "",
              judge (row));
    }
}

void
bench_write_json (Bench *self, const char *path)
{
  g_autoptr (GString) out = g_string_new ("[\n");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const BenchRow *row = g_ptr_array_index (self->rows, i);

      g_string_append_printf (out, "  {\"work\":\"%s\",\"figure\":%.6g,\"unit\":\"%s\"", row->work,
                              row->figure, row->unit);
      if (row->reference != NULL)
        g_string_append_printf (
            out, ",\"reference\":\"%s\",\"referenceFigure\":%.6g,\"ratio\":%.4g", row->reference,
            row->reference_figure, row->figure / row->reference_figure);
      if (row->target != 0)
        g_string_append_printf (out, ",\"target\":%.6g,\"targetIsRatio\":%s,\"reached\":%s",
                                row->target, row->target_is_ratio ? "true" : "false",
                                g_str_equal (judge (row), "reached") ? "true" : "false");
      g_string_append (out, i + 1 < self->rows->len ? "},\n" : "}\n");
    }
  g_string_append (out, "]\n");
  if (!g_file_set_contents (path, out->str, out->len, &error))
    g_error ("%s", error->message);
  printf ("\nWritten to %s\n", path);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

double
bench_median (const double *values, guint n)
{
  double *sorted = g_memdup2 (values, n * sizeof (double));
  double median;

  qsort (sorted, n, sizeof (double), compare_doubles);
  median = sorted[n / 2];
  g_free (sorted);

  return median;
}

/* Sorts @values. */
double
bench_percentile (GArray *values, double percent)
{
  g_array_sort (values, compare_doubles);
  if (values->len == 0)
    return NAN;

  return g_array_index (values, double,
                        MIN (values->len - 1, (guint) (values->len * percent / 100)));
}

/* Processor time a process has used, all its threads. */
gint64
bench_cpu_ns (pid_t pid)
{
  clockid_t clock;
  struct timespec time;

  g_assert_cmpint (clock_getcpuclockid (pid, &clock), ==, 0);
  g_assert_cmpint (clock_gettime (clock, &time), ==, 0);

  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

gint64
bench_now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);

  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* Servers get one processor, whoever measures the other. */
void
bench_pin (pid_t pid, int cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  sched_setaffinity (pid, sizeof set, &set);
}

pid_t
bench_daemon_pid (TestDaemon *daemon)
{
  return atoi (g_subprocess_get_identifier (daemon->process));
}

guint64
bench_daemon_counter (TestDaemon *daemon, const char *property)
{
  g_autoptr (GVariant) value = test_daemon_get (daemon, property);

  return g_variant_get_uint64 (value);
}

/* An event of about 300 bytes, as a mail server sends them, and a line feed. Spans are of this
 * second, so that no earlier run's come along. */
char *
bench_event_line (guint i, const char *to, gboolean with_stamp)
{
  g_autofree char *stamp
      = with_stamp ? g_strdup_printf (",\"stamp\":%" G_GINT64_FORMAT, bench_now_ns ()) : NULL;

  return g_strdup_printf (
      "{\"type\":\"smtp.rcpt-to\",\"level\":\"info\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\","
      "\"data\":{\"remoteIp\":\"192.0.2.%u\",\"localPort\":25,\"spanId\":\"%" G_GINT64_FORMAT
      ".%u\","
      "\"hostname\":\"mail.example.net\",\"from\":\"john@example.com\",\"to\":\"%s\","
      "\"messageId\":\"<20261122063506.%u@mail.example.net>\",\"size\":18234%s}}\n",
      i % 250, bench_now_ns () >> 30, i / 8, to, i, stamp != NULL ? stamp : "");
}

void
bench_send_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      g_assert_cmpint (n, >, 0);
      data += n;
      length -= n;
    }
}
