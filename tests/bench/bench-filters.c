/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_EVENTS 60000

/* The mix the design names: 40 % recipients, 30 % text, 20 % networks, 10 % types. */
static char *
make_filter (guint i, gboolean equal)
{
  guint kind = i % 10;

  if (equal)
    return g_strdup ("to:nobody@example.net");
  if (kind < 4)
    return g_strdup_printf ("to:user%u@example.org", i);
  if (kind < 7)
    return g_strdup_printf ("\"needle %u\"", i);
  if (kind < 9)
    return g_strdup_printf ("remoteIp:10.%u.%u.0/24", i / 256 % 256, i % 256);

  return g_strdup_printf ("type:test.kind%u", i);
}

/* An event that matches filter @target, or none of them (G_MAXUINT). */
static void
append_event (GString *out, guint i, guint target)
{
  gboolean matching = target != G_MAXUINT;
  guint kind = target % 10;
  g_autofree char *to = kind < 4 && matching ? g_strdup_printf ("user%u@example.org", target)
                                             : g_strdup ("jane@example.com");
  g_autofree char *ip = kind >= 7 && kind < 9 && matching
                            ? g_strdup_printf ("10.%u.%u.7", target / 256 % 256, target % 256)
                            : g_strdup_printf ("192.0.2.%u", i % 250);
  g_autofree char *reason = kind >= 4 && kind < 7 && matching
                                ? g_strdup_printf ("needle %u", target)
                                : g_strdup ("mailbox is full");
  g_autofree char *type
      = kind == 9 && matching ? g_strdup_printf ("test.kind%u", target) : g_strdup ("smtp.rcpt-to");

  g_string_append_printf (
      out,
      "{\"type\":\"%s\",\"level\":\"info\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\","
      "\"data\":{\"remoteIp\":\"%s\",\"localPort\":25,\"hostname\":\"mail.example.net\","
      "\"from\":\"john@example.com\",\"to\":\"%s\",\"messageId\":\"<20261122063506.%u@example.net>"
      "\","
      "\"reason\":\"%s\",\"size\":18234}}\n",
      type, ip, to, i, reason);
}

static int
subscribe (TestDaemon *daemon, const char *filter)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder options;
  int fd;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "context", g_variant_new_string ("event"));
  answer = g_dbus_connection_call_with_unix_fd_list_sync (
      daemon->connection, TEST_BUS_NAME, TEST_OBJECT_PATH, TEST_MANAGER, "Subscribe",
      g_variant_new ("(sa{sv})", filter, &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &fds,
      NULL, &error);
  g_assert_no_error (error);
  fd = g_unix_fd_list_get (fds, 0, NULL);
  fcntl (fd, F_SETFL, O_NONBLOCK);

  return fd;
}

typedef struct
{
  GArray *fds;
  gint stop;
} Drain;

static gpointer
drain (gpointer data)
{
  Drain *self = data;
  static char buffer[262144];

  while (!g_atomic_int_get (&self->stop))
    {
      for (guint i = 0; i < self->fds->len; i++)
        while (recv (g_array_index (self->fds, int, i), buffer, sizeof buffer, MSG_DONTWAIT) > 0)
          ;
      g_usleep (20000);
    }

  return NULL;
}

/* Events a second of the daemon's processor, with that many subscriptions. */
static double
measure (guint n_filters, gboolean equal, gboolean matching)
{
  const char *arguments[] = { "--set", "subscriptions.limit=20000", NULL };
  Drain drained = { .fds = g_array_new (FALSE, FALSE, sizeof (int)) };
  g_autoptr (GString) lines = g_string_new (NULL);
  TestDaemon daemon;
  GThread *thread;
  gint64 cpu;
  int fd;

  test_daemon_init (&daemon, arguments);
  bench_pin (bench_daemon_pid (&daemon), 0);
  for (guint i = 0; i < n_filters; i++)
    {
      g_autofree char *filter = make_filter (i, equal);
      int subscriber = subscribe (&daemon, filter);

      g_array_append_val (drained.fds, subscriber);
    }
  thread = g_thread_new ("drain", drain, &drained);
  for (guint i = 0; i < 10000; i++)
    append_event (lines, i, matching && i % 100 == 0 ? i / 100 % n_filters : G_MAXUINT);

  fd = test_daemon_open_injector (&daemon);
  cpu = bench_cpu_ns (bench_daemon_pid (&daemon));
  for (guint i = 0; i < N_EVENTS / 10000; i++)
    bench_send_all (fd, lines->str, lines->len);
  while (bench_daemon_counter (&daemon, "Received") < N_EVENTS)
    g_usleep (2000);
  cpu = bench_cpu_ns (bench_daemon_pid (&daemon)) - cpu;
  close (fd);

  g_atomic_int_set (&drained.stop, 1);
  g_thread_join (thread);
  for (guint i = 0; i < drained.fds->len; i++)
    close (g_array_index (drained.fds, int, i));
  g_array_unref (drained.fds);
  test_daemon_clear (&daemon);

  return N_EVENTS / (cpu / 1e9);
}

static void
add_rows (Bench *bench, gboolean equal, gboolean matching)
{
  static const guint counts[] = { 1, 10, 100, 1000, 10000 };
  double first[BENCH_RUNS];

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *work
          = g_strdup_printf ("%u %s filters, %s", counts[i], equal ? "equal" : "different",
                             matching ? "1 % of events match" : "none matches");
      guint runs = counts[i] > 1000 ? 1 : MIN (bench->runs, 3);
      double figures[BENCH_RUNS];

      for (guint run = 0; run < runs; run++)
        figures[run] = measure (counts[i], equal, matching);
      if (i == 0)
        {
          memcpy (first, figures, sizeof first);
          bench_add (bench, work, bench_median (figures, runs), "ev/s of its processor", FALSE);
        }
      else
        bench_compare (bench, work, bench_median (figures, runs), "ev/s of its processor", FALSE,
                       "1 filter", bench_median (first, MIN (bench->runs, 3)),
                       counts[i] == 1000 && !equal ? 0.5 : 0);
    }
}

void
bench_filters (Bench *bench)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  bench_pin (0, 1);
  add_rows (bench, FALSE, FALSE);
  add_rows (bench, FALSE, TRUE);
  add_rows (bench, TRUE, FALSE);
}
