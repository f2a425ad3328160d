/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_PROBES 300

typedef struct
{
  int fd;
  gint stop;
} Flood;

static gpointer
flood (gpointer data)
{
  Flood *self = data;
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *line = bench_event_line (i, "jane@example.org", FALSE);

      g_string_append (lines, line);
    }
  while (!g_atomic_int_get (&self->stop))
    bench_send_all (self->fd, lines->str, lines->len);

  return NULL;
}

static double
probe_health (TestDaemon *daemon)
{
  g_autofree char *request
      = g_strdup_printf ("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", daemon->port);
  gint64 start = bench_now_ns ();
  int fd = test_daemon_connect (daemon);
  char answer[1024] = "";

  bench_send_all (fd, request, strlen (request));
  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
  close (fd);

  return (bench_now_ns () - start) / 1e6;
}

/* How quick control is while one source gives all it can to a hundred streams, one of them dead. */
void
bench_fairness (Bench *bench)
{
  g_autoptr (GArray) health = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) property = g_array_new (FALSE, FALSE, sizeof (double));
  TestDaemon daemon;
  BenchServer server;
  BenchReaders readers;
  Flood flooding = { 0 };
  GThread *thread;
  int dead;

  test_daemon_init (&daemon, NULL);
  bench_pin (bench_daemon_pid (&daemon), 0);
  bench_pin (0, 1);
  bench_server_init_daemon (&server, &daemon, "to=jane");
  dead = test_daemon_connect (&daemon);
  bench_send_all (dead, server.request, strlen (server.request));
  bench_readers_start (&readers, &server, 100, FALSE);
  flooding.fd = test_daemon_open_injector (&daemon);
  thread = g_thread_new ("flood", flood, &flooding);
  for (guint i = 0; i < N_PROBES; i++)
    {
      double ms = probe_health (&daemon);
      gint64 start = bench_now_ns ();

      g_array_append_val (health, ms);
      bench_daemon_counter (&daemon, "Received");
      ms = (bench_now_ns () - start) / 1e6;
      g_array_append_val (property, ms);
      g_usleep (10000);
    }
  g_atomic_int_set (&flooding.stop, 1);
  g_thread_join (thread);
  bench_readers_stop (&readers);
  close (dead);
  close (flooding.fd);
  bench_add (bench, "under full load: /healthz, p99", bench_percentile (health, 99), "ms", TRUE);
  bench_target (bench, 20);
  bench_add (bench, "under full load: a D-Bus property, p99", bench_percentile (property, 99), "ms",
             TRUE);
  bench_target (bench, 20);
  bench_server_stop (&server);
  test_daemon_clear (&daemon);
}
