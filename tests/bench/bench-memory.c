/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_IDLE_STREAMS 2000
#define IDLE_SECONDS   10

static guint64
count_wakeups (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));

  return g_ascii_strtoull (strstr (status, "\nvoluntary_ctxt_switches:") + 26, NULL, 10);
}

/* What the kernel says is resident, and how often the daemon wakes with nothing to do. */
void
bench_memory (Bench *bench)
{
  const char *arguments[]
      = { "--set", "http.max-streams=20000",    "--set", "http.max-connections=21000",
          "--set", "subscriptions.limit=20000", NULL };
  TestDaemon daemon;
  BenchServer server;
  BenchReaders readers;
  guint64 wakeups;
  gsize idle;

  test_daemon_init (&daemon, arguments);
  bench_server_init_daemon (&server, &daemon, "to=jane");
  g_usleep (500000);
  idle = test_daemon_get_rss_bytes (&daemon);
  bench_add (bench, "resident memory, idle", idle / 1e6, "MB", TRUE);
  bench_target (bench, 12);

  wakeups = count_wakeups (server.pid);
  g_usleep (IDLE_SECONDS * G_USEC_PER_SEC);
  bench_add (bench, "wake-ups a second, idle",
             (count_wakeups (server.pid) - wakeups) / (double) IDLE_SECONDS, "a second", TRUE);

  bench_readers_start (&readers, &server, N_IDLE_STREAMS, FALSE);
  g_usleep (500000);
  bench_add (bench, "resident memory per idle stream, of 2,000 opened one by one",
             (test_daemon_get_rss_bytes (&daemon) - idle) / 1e3 / N_IDLE_STREAMS, "kB", TRUE);
  bench_target (bench, 6);
  bench_readers_stop (&readers);
  bench_server_stop (&server);
  test_daemon_clear (&daemon);
}
