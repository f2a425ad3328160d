/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-fan-out.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_STREAMS      100
#define N_PROBES       60
#define N_TRIES        3
#define SLOW_BYTES     4096
#define SLOW_PERIOD_US 50000

typedef struct
{
  int fd;
  gint stop; /* (atomic) */
} Worker;

static gpointer
flood (gpointer data)
{
  Worker *self = data;
  gsize length;
  g_autofree char *lines = bench_make_lines (0, 500, "jane@example.org", &length);

  while (!g_atomic_int_get (&self->stop))
    bench_send_all (self->fd, lines, length);

  return NULL;
}

/* A client that takes 80 kB a second. */
static gpointer
read_slowly (gpointer data)
{
  Worker *self = data;
  char buffer[SLOW_BYTES];

  while (!g_atomic_int_get (&self->stop))
    {
      recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      g_usleep (SLOW_PERIOD_US);
    }

  return NULL;
}

static int
open_stream (BenchServer *server)
{
  int fd = bench_connect (server->port);

  bench_send_all (fd, server->request, strlen (server->request));

  return fd;
}

/* Milliseconds until a request of its own is answered with @status. */
static double
probe (TestDaemon *daemon, const char *request, const char *status)
{
  gint64 start = bench_now_ns ();
  int fd = test_daemon_connect (daemon);
  char answer[4096] = "";

  bench_send_all (fd, request, strlen (request));
  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
  if (!g_str_has_prefix (answer, status))
    g_error ("not %s: %s", status, answer);
  close (fd);

  return (bench_now_ns () - start) / 1e6;
}

static double
probe_property (TestDaemon *daemon)
{
  gint64 start = bench_now_ns ();

  bench_daemon_counter (daemon, "Received");

  return (bench_now_ns () - start) / 1e6;
}

static char *
make_sign_in (TestDaemon *daemon)
{
  g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", daemon->token);

  return g_strdup_printf ("POST /api/session HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                          "Content-Type: application/json\r\nContent-Length: %u\r\n\r\n%s",
                          daemon->port, (guint) strlen (body), body);
}

static void
add_row (Bench *bench, const char *work, const BenchSamples *figures)
{
  bench_add (bench, work, figures, "ms", TRUE);
  bench_limit (bench, 20);
}

/* How quick control is while one source gives all it can to a hundred streams, one of them dead. */
static void
control (Bench *bench, TestDaemon *daemon)
{
  g_autofree char *health
      = g_strdup_printf ("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", daemon->port);
  g_autofree char *sign_in = make_sign_in (daemon);
  BenchSamples figures[3] = { 0 };
  Worker flooding = { 0 };
  BenchServer server;
  BenchReaders readers;
  GThread *thread;
  int dead;

  bench_server_init_daemon (&server, daemon, "to=jane");
  bench_readers_open (&readers, &server, N_STREAMS);
  bench_readers_start (&readers, FALSE);
  dead = open_stream (&server);
  flooding.fd = server.input;
  thread = g_thread_new ("flood", flood, &flooding);
  g_usleep (300000);
  for (guint round = 0; round < bench->rounds; round++)
    {
      GArray *times[3];

      for (guint i = 0; i < 3; i++)
        times[i] = g_array_new (FALSE, FALSE, sizeof (double));
      for (guint i = 0; i < N_PROBES; i++)
        {
          double ms[] = { probe (daemon, health, "HTTP/1.1 200"), probe_property (daemon),
                          probe (daemon, sign_in, "HTTP/1.1 20") };

          for (guint j = 0; j < 3; j++)
            g_array_append_val (times[j], ms[j]);
          g_usleep (10000);
        }
      for (guint i = 0; i < 3; i++)
        {
          bench_samples_add (&figures[i], bench_percentile (times[i], 99));
          g_array_unref (times[i]);
        }
    }
  g_atomic_int_set (&flooding.stop, 1);
  g_thread_join (thread);
  close (dead);
  bench_readers_close (&readers);
  bench_server_stop (&server);
  add_row (bench, "under full load: /healthz, p99", &figures[0]);
  add_row (bench, "under full load: a D-Bus property, p99", &figures[1]);
  add_row (bench, "under full load: sign-in with a token, p99", &figures[2]);
}

/* What all others get, in the company of a stream that is dead and one that is slow. */
static BenchSaturated
measure_others (TestDaemon *daemon, gboolean in_company)
{
  Worker slow = { 0 };
  GThread *thread = NULL;
  BenchServer server;
  BenchReaders readers;
  BenchSaturated result;
  int dead = -1;

  bench_server_init_daemon (&server, daemon, "to=jane");
  bench_readers_open (&readers, &server, N_STREAMS);
  if (in_company)
    {
      dead = open_stream (&server);
      slow.fd = open_stream (&server);
      thread = g_thread_new ("slow", read_slowly, &slow);
    }
  result = bench_measure_saturated (&server, &readers, 0);
  if (in_company)
    {
      g_atomic_int_set (&slow.stop, 1);
      g_thread_join (thread);
      close (slow.fd);
      close (dead);
    }
  bench_readers_close (&readers);
  bench_server_stop (&server);

  return result;
}

static void
company (Bench *bench, TestDaemon *daemon)
{
  BenchSamples by_clock[2] = { 0 };
  BenchSamples by_cpu[2] = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    {
      BenchSaturated sums[2] = { 0 };

      for (guint i = 0; i < N_TRIES; i++)
        for (guint which = 0; which < 2; which++)
          {
            BenchSaturated result = measure_others (daemon, which == 1);

            sums[which].deliveries += result.deliveries;
            sums[which].seconds += result.seconds;
            sums[which].cpu_seconds += result.cpu_seconds;
          }
      for (guint which = 0; which < 2; which++)
        {
          bench_samples_add (&by_clock[which], sums[which].deliveries / sums[which].seconds);
          bench_samples_add (&by_cpu[which], sums[which].deliveries / sums[which].cpu_seconds);
        }
    }
  bench_compare (bench, "most deliveries to 100 streams beside a dead and a slow one", &by_clock[1],
                 "a second", FALSE, "without them", &by_clock[0], 0.9);
  bench_compare (bench, "the same, by its processor", &by_cpu[1], "a second", FALSE, "without them",
                 &by_cpu[0], 0.9);
}

void
bench_fairness (Bench *bench)
{
  TestDaemon daemon;

  bench_pin (0, 1);
  test_daemon_init (&daemon, NULL);
  bench_pin (bench_daemon_pid (&daemon), 0);
  control (bench, &daemon);
  company (bench, &daemon);
  test_daemon_clear (&daemon);
}
