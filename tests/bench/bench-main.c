/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <string.h>

static const struct
{
  const char *name;
  void (*run) (Bench *bench);
} themes[] = {
  { "fan-out", bench_fan_out },   { "intake", bench_intake }, { "filters", bench_filters },
  { "rules", bench_rules },       { "memory", bench_memory }, { "replay", bench_replay },
  { "fairness", bench_fairness },
};

/* usage: bench [--runs N] [--json FILE] [THEME]… */
int
main (int argc, char *argv[])
{
  const char *json = NULL;
  guint runs = BENCH_RUNS;
  gboolean named = FALSE;
  Bench bench;
  int first = 1;

  if (argc == 3 && g_str_equal (argv[1], "--empty-service"))
    bench_serve_empty (argv[2]);

  for (; first + 1 < argc && g_str_has_prefix (argv[first], "--"); first += 2)
    {
      if (g_str_equal (argv[first], "--runs"))
        runs = CLAMP (g_ascii_strtoull (argv[first + 1], NULL, 10), 1, BENCH_RUNS);
      else if (g_str_equal (argv[first], "--json"))
        json = argv[first + 1];
      else
        g_error ("unknown option \"%s\"", argv[first]);
    }

  bench_init (&bench, runs);
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      gboolean wanted = first == argc;

      for (int j = first; j < argc; j++)
        wanted = wanted || g_str_equal (argv[j], themes[i].name);
      named = named || wanted;
      if (wanted)
        themes[i].run (&bench);
    }
  if (!named)
    g_error ("unknown theme \"%s\"", argv[first]);
  bench_print (&bench);
  if (json != NULL)
    bench_write_json (&bench, json);
  bench_clear (&bench);

  return 0;
}
