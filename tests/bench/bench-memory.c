/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-readers.h"

#include <string.h>

#define N_IDLE_STREAMS 2000
#define N_WATCHED      100
#define IDLE_SECONDS   15

static const char *const arguments[]
    = { "--set", "http.max-streams=20000",    "--set", "http.max-connections=21000",
        "--set", "subscriptions.limit=20000", NULL };

/* How often each thread of a process has gone to sleep. */
static GHashTable *
list_wakeups (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (path, 0, NULL);
  GHashTable *threads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *task;

  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, task, "status", NULL);
      g_autofree char *status = NULL;

      if (g_file_get_contents (file, &status, NULL, NULL))
        g_hash_table_insert (threads, g_strdup (task),
                             GSIZE_TO_POINTER (g_ascii_strtoull (
                                 strstr (status, "\nvoluntary_ctxt_switches:") + 26, NULL, 10)));
    }

  return threads;
}

static guint64
count_wakeups (GHashTable *before, GHashTable *after)
{
  GHashTableIter iter;
  gpointer task;
  gpointer n;
  guint64 sum = 0;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &task, &n))
    sum += GPOINTER_TO_SIZE (n) - GPOINTER_TO_SIZE (g_hash_table_lookup (before, task));

  return sum;
}

/* A daemon that nobody watches, and one that some watch while nothing happens. */
static void
wakeups (Bench *bench)
{
  static const guint streams[] = { 0, N_WATCHED };
  TestDaemon daemons[2];
  BenchServer servers[2];
  BenchReaders readers[2];
  BenchSamples figures[2] = { 0 };
  GHashTable *before[2];

  for (guint i = 0; i < 2; i++)
    {
      test_daemon_init (&daemons[i], arguments);
      bench_server_init_daemon (&servers[i], &daemons[i], "to=jane");
      bench_readers_open (&readers[i], &servers[i], streams[i]);
    }
  g_usleep (500000);
  for (guint i = 0; i < 2; i++)
    before[i] = list_wakeups (servers[i].pid);
  g_usleep (IDLE_SECONDS * G_USEC_PER_SEC);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GHashTable) after = list_wakeups (servers[i].pid);

      bench_samples_add (&figures[i], (double) count_wakeups (before[i], after) / IDLE_SECONDS);
      g_hash_table_unref (before[i]);
      bench_readers_close (&readers[i]);
      bench_server_stop (&servers[i]);
      test_daemon_clear (&daemons[i]);
    }
  bench_add (bench, "wake-ups a second, idle", &figures[0], "a second", TRUE);
  bench_add (bench, "wake-ups a second, 100 idle streams and their pings", &figures[1], "a second",
             TRUE);
}

/* What the kernel says is resident. */
static void
memory (Bench *bench)
{
  BenchSamples idle = { 0 };
  BenchSamples stream = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    {
      TestDaemon daemon;
      BenchServer server;
      BenchReaders readers;
      gsize before;

      test_daemon_init (&daemon, arguments);
      bench_server_init_daemon (&server, &daemon, "to=jane");
      g_usleep (300000);
      before = test_daemon_get_rss_bytes (&daemon);
      bench_samples_add (&idle, before / 1e6);
      bench_readers_open (&readers, &server, N_IDLE_STREAMS);
      g_usleep (300000);
      bench_samples_add (&stream,
                         (test_daemon_get_rss_bytes (&daemon) - before) / 1e3 / N_IDLE_STREAMS);
      bench_readers_close (&readers);
      bench_server_stop (&server);
      test_daemon_clear (&daemon);
    }
  bench_add (bench, "resident memory, idle", &idle, "MB", TRUE);
  bench_limit (bench, 12);
  bench_add (bench, "resident memory per idle stream, of 2,000 opened one by one", &stream, "kB",
             TRUE);
  bench_limit (bench, 6);
}

void
bench_memory (Bench *bench)
{
  memory (bench);
  wakeups (bench);
}
