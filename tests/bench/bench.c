/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <linux/sockios.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
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

/* Servers get one processor, whoever measures the other. All threads that @pid has by now move;
 * what it starts later follows. */
void
bench_pin (pid_t pid, int cpu)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", pid != 0 ? pid : getpid ());
  g_autoptr (GDir) tasks = g_dir_open (path, 0, NULL);
  const char *task;
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    sched_setaffinity (atoi (task), sizeof set, &set);
}

/* As many descriptors as this machine gives. Returns whether @needed are among them. */
gboolean
bench_raise_descriptors (guint needed)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);

  return limit.rlim_cur >= needed;
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

/* @n such events, of which none has been before, @length bytes of text. */
char *
bench_make_lines (guint first, guint n, const char *to, gsize *length)
{
  GString *lines = g_string_new (NULL);

  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *line = bench_event_line (i, to, FALSE);

      g_string_append (lines, line);
    }
  *length = lines->len;

  return g_string_free (lines, FALSE);
}

/* Waits until the other side has read all that was sent. The daemon is not asked: that would cost
 * it time that is being measured. */
void
bench_wait_read (int fd)
{
  int unread;

  while (ioctl (fd, SIOCOUTQ, &unread) == 0 && unread > 0)
    g_usleep (500);
}

/* Sends @lines through an injector socket, and waits until the daemon has taken all of them.
 * Returns events a second of its processor. */
double
bench_measure_intake (TestDaemon *daemon, int fd, const char *lines, gsize length, guint n_events)
{
  guint64 before = bench_daemon_counter (daemon, "Received");
  pid_t pid = bench_daemon_pid (daemon);
  gint64 cpu = bench_cpu_ns (pid);

  bench_send_all (fd, lines, length);
  bench_wait_read (fd);
  while (bench_daemon_counter (daemon, "Received") < before + n_events)
    g_usleep (1000);

  return n_events / ((bench_cpu_ns (pid) - cpu) / 1e9);
}
