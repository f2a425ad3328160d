/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_EVENTS    60000
#define FILL_EVENTS 20000
#define N_SIZES     4

/* A daemon with streams that have been sent all they can hold and read nothing. */
typedef struct
{
  TestDaemon daemon;
  GArray *fds; /* (owned) (element-type int) */
  int input;
  guint next; /* number of the next event */
} Lagging;

/* A stream whose client never reads. What the kernel keeps for it is little, so that it soon lags.
 */
static int
open_stream (TestDaemon *daemon, const char *filter)
{
  g_autofree char *request
      = g_strdup_printf ("GET /api/tracing/live?context=event&%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                         "Authorization: Bearer %s\r\n\r\n",
                         filter, daemon->port, daemon->token);
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (daemon->port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int bytes = 4096;
  char first;

  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  bench_send_all (fd, request, strlen (request));
  g_assert_cmpint (recv (fd, &first, 1, MSG_PEEK), ==, 1);

  return fd;
}

static double
send_events (Lagging *self, guint n)
{
  gsize length;
  g_autofree char *lines = bench_make_lines (self->next, n, "jane@example.org", &length);

  self->next += n;

  return bench_measure_intake (&self->daemon, self->input, lines, length, n);
}

/* Sends events until no stream gets any, and then as many as the ring holds. */
static void
set_up (Lagging *self, guint n_streams, gboolean equal)
{
  const char *arguments[] = { "--set", "ring.size=8MiB",
                              "--set", "http.max-streams=20000",
                              "--set", "http.max-connections=21000",
                              "--set", "subscriptions.limit=20000",
                              "--set", "http.stall-timeout=10m",
                              NULL };

  *self = (Lagging){ .fds = g_array_new (FALSE, FALSE, sizeof (int)) };
  test_daemon_init (&self->daemon, arguments);
  bench_pin (bench_daemon_pid (&self->daemon), 0);
  for (guint i = 0; i < n_streams; i++)
    {
      g_autofree char *filter = g_strdup_printf ("to=jane&size>=%u", equal ? 0 : i);
      int fd = open_stream (&self->daemon, filter);

      g_array_append_val (self->fds, fd);
    }
  self->input = test_daemon_open_injector (&self->daemon);
  for (guint idle = 0; idle < 3;)
    {
      guint64 before = bench_daemon_counter (&self->daemon, "Delivered");

      send_events (self, FILL_EVENTS);
      idle = bench_daemon_counter (&self->daemon, "Delivered") == before ? idle + 1 : 0;
    }
  g_assert_cmpuint (bench_daemon_counter (&self->daemon, "RingEvents"), <, 3 * FILL_EVENTS);
}

static void
clear (Lagging *self)
{
  close (self->input);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  g_array_unref (self->fds);
  test_daemon_clear (&self->daemon);
}

static void
add_rows (Bench *bench, const char *work, gboolean equal, BenchTarget target, guint n_sizes)
{
  static const guint sizes[N_SIZES] = { 0, 10, 100, 1000 };
  const BenchSeries series = {
    .work = work,
    .unit = "ev/s of its processor",
    .smallest = "none",
    .target = target,
  };
  Lagging lagging[N_SIZES];
  BenchSamples figures[N_SIZES] = { 0 };

  for (guint i = 0; i < n_sizes; i++)
    set_up (&lagging[i], sizes[i], equal);
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < n_sizes; i++)
      bench_samples_add (&figures[i], send_events (&lagging[i], N_EVENTS));
  for (guint i = 0; i < n_sizes; i++)
    clear (&lagging[i]);
  bench_grow (bench, &series, sizes, figures, n_sizes);
}

/* What it costs the others that streams have fallen behind a full ring: each event that leaves it
 * unread is one they lose, and is counted. */
void
bench_lagging (Bench *bench)
{
  bench_pin (0, 1);
  add_rows (bench, "intake with # lagging streams of one filter", TRUE, BENCH_TARGET_FLAT, N_SIZES);
  add_rows (bench, "intake with # lagging streams of filters of their own", FALSE,
            BENCH_TARGET_LINEAR, N_SIZES - 1);
}
