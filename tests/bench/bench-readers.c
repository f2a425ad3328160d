/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-readers.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES (1024 * 1024)
#define QUIET_US     60000

static guint
count (const char *data, gsize length, const char *pattern)
{
  const char *end = data + length;
  guint n = 0;

  while ((data = memmem (data, end - data, pattern, strlen (pattern))) != NULL)
    {
      data += strlen (pattern);
      n++;
    }

  return n;
}

static void
take_stamps (BenchReaders *self, const char *data, gsize length)
{
  static const char pattern[] = "\"stamp\":";
  gint64 now = bench_now_ns ();
  const char *end = data + length;

  while ((data = memmem (data, end - data, pattern, sizeof pattern - 1)) != NULL)
    {
      double latency_ms;

      data += sizeof pattern - 1;
      latency_ms = (now - g_ascii_strtoll (data, NULL, 10)) / 1e6;
      g_array_append_val (self->latencies_ms, latency_ms);
    }
}

static void
read_one (BenchReaders *self, int fd, char *buffer)
{
  /* Where nobody looks at them, the bytes need not be copied, see tcp(7). */
  gboolean is_probe = fd == g_array_index (self->fds, int, 0);
  gboolean is_read = self->with_latency || is_probe;
  gssize length = recv (fd, buffer, BUFFER_BYTES - 1, MSG_DONTWAIT | (is_read ? 0 : MSG_TRUNC));

  if (length <= 0)
    return;
  self->bytes += length;
  buffer[is_read ? length : 0] = '\0';
  if (is_probe)
    {
      self->probe_bytes += length;
      self->probe_blocks += count (buffer, length, "event: trace");
      self->probe_events += count (buffer, length, "\"messageId\":");
    }
  if (self->with_latency)
    take_stamps (self, buffer, length);
}

static gpointer
read_streams (gpointer data)
{
  BenchReaders *self = data;
  g_autofree char *buffer = g_malloc (BUFFER_BYTES);

  for (;;)
    {
      struct epoll_event events[64];
      int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.fd == self->stop_fd)
            return NULL;
          read_one (self, events[i].data.fd, buffer);
        }
    }
}

/* Opens @n streams and waits for each one's answer. */
void
bench_readers_open (BenchReaders *self, BenchServer *server, guint n)
{
  struct epoll_event event = { .events = EPOLLIN };

  *self = (BenchReaders){
    .fds = g_array_new (FALSE, FALSE, sizeof (int)),
    .epoll_fd = epoll_create1 (EPOLL_CLOEXEC),
    .stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK),
    .latencies_ms = g_array_new (FALSE, FALSE, sizeof (double)),
  };
  event.data.fd = self->stop_fd;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->stop_fd, &event);
  for (guint i = 0; i < n; i++)
    {
      int fd = bench_connect (server->port);
      char answer[4096] = "";

      g_assert_cmpint (fd, >=, 0);
      bench_send_all (fd, server->request, strlen (server->request));
      g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
      g_array_append_val (self->fds, fd);
      event.data.fd = fd;
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

/* Reads them from now on, in a thread. */
void
bench_readers_start (BenchReaders *self, gboolean with_latency)
{
  self->with_latency = with_latency;
  self->bytes = self->probe_bytes = self->probe_blocks = self->probe_events = 0;
  g_array_set_size (self->latencies_ms, 0);
  self->thread = g_thread_new ("readers", read_streams, self);
}

void
bench_readers_pause (BenchReaders *self)
{
  eventfd_t unread;

  if (self->thread == NULL)
    return;
  g_assert_cmpint (eventfd_write (self->stop_fd, 1), ==, 0);
  g_thread_join (g_steal_pointer (&self->thread));
  g_assert_cmpint (eventfd_read (self->stop_fd, &unread), ==, 0);
}

/* Reads what is still on its way, at most for @limit_ms, and stops. */
void
bench_readers_finish (BenchReaders *self, guint limit_ms)
{
  gint64 end = g_get_monotonic_time () + limit_ms * G_GINT64_CONSTANT (1000);
  guint64 before;

  do
    {
      before = self->bytes;
      g_usleep (QUIET_US);
    }
  while (self->bytes != before && g_get_monotonic_time () < end);
  bench_readers_pause (self);
}

/* How long an event is on the wire, its share of its block included. */
double
bench_readers_get_event_bytes (BenchReaders *self)
{
  return (double) self->probe_bytes / MAX (self->probe_events, 1);
}

void
bench_readers_close (BenchReaders *self)
{
  bench_readers_pause (self);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  close (self->epoll_fd);
  close (self->stop_fd);
  g_array_unref (self->fds);
  g_array_unref (self->latencies_ms);
}
