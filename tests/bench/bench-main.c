/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct
{
  const char *name;
  void (*run) (Bench *bench);
} themes[] = {
  { "fan-out", bench_fan_out }, { "streams", bench_streams },   { "intake", bench_intake },
  { "filters", bench_filters }, { "ring", bench_ring },         { "spans", bench_spans },
  { "lagging", bench_lagging }, { "rules", bench_rules },       { "memory", bench_memory },
  { "replay", bench_replay },   { "fairness", bench_fairness },
};

/* The daemons write tens of thousands of lines about their streams. They go to @path; what the
 * benchmark itself says stays where it was. */
static void
divert_log (const char *path)
{
  int own = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  int log = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

  if (log < 0)
    g_error ("cannot write \"%s\"", path);
  dup2 (log, STDERR_FILENO);
  close (log);
  stderr = fdopen (own, "w");
  setvbuf (stderr, NULL, _IOLBF, 0);
}

static gboolean
is_wanted (const char *theme, char *const *names)
{
  if (*names == NULL)
    return TRUE;
  for (; *names != NULL; names++)
    if (g_str_equal (*names, theme))
      return TRUE;

  return FALSE;
}

static int
fail_usage (const char *word)
{
  g_printerr ("bench: \"%s\" is no option with its value, and no theme\n"
              "usage: bench [--rounds N] [--json FILE] [--markdown FILE] [--log FILE] [THEME]...\n"
              "themes:",
              word);
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    g_printerr (" %s", themes[i].name);
  g_printerr ("\n");

  return 2;
}

static gboolean
is_theme (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    if (g_str_equal (themes[i].name, word))
      return TRUE;

  return FALSE;
}

int
main (int argc, char *argv[])
{
  const char *json = NULL;
  const char *markdown = NULL;
  const char *log = "/dev/null";
  guint rounds = BENCH_ROUNDS;
  Bench bench;
  int first = 1;

  if (argc == 3 && g_str_equal (argv[1], "--empty-service"))
    bench_serve_empty (argv[2]);

  for (; first + 1 < argc && g_str_has_prefix (argv[first], "--"); first += 2)
    {
      if (g_str_equal (argv[first], "--rounds"))
        rounds = CLAMP (g_ascii_strtoull (argv[first + 1], NULL, 10), 1, BENCH_ROUNDS);
      else if (g_str_equal (argv[first], "--json"))
        json = argv[first + 1];
      else if (g_str_equal (argv[first], "--markdown"))
        markdown = argv[first + 1];
      else if (g_str_equal (argv[first], "--log"))
        log = argv[first + 1];
      else
        return fail_usage (argv[first]);
    }
  for (int i = first; i < argc; i++)
    if (!is_theme (argv[i]))
      return fail_usage (argv[i]);

  g_setenv ("LIVETRACED", BENCH_DAEMON, FALSE);
  divert_log (log);
  bench_init (&bench, rounds);
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    if (is_wanted (themes[i].name, argv + first))
      themes[i].run (&bench);
  bench_print (&bench);
  if (json != NULL)
    bench_write_json (&bench, json);
  if (markdown != NULL)
    bench_write_markdown (&bench, markdown);
  bench_clear (&bench);

  return 0;
}
