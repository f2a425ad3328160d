/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_EVENTS     60000
#define N_SIZES      5
#define NO_TARGET    G_MAXUINT
#define BUFFER_BYTES (256 * 1024)

typedef struct
{
  const char *work;
  const char *target_work; /* (nullable): of the row with what the design asks for */
  const char *context;
  gboolean equal;
  gboolean matching; /* one event of a hundred */
  BenchTarget target;
  guint n_sizes;
} FilterSet;

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

/* An event that matches filter @target, or none of them (NO_TARGET). Eight are a span, and eight
 * spans a trace. */
static void
append_event (GString *out, guint i, guint target)
{
  gboolean matching = target != NO_TARGET;
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
      "\"spanId\":\"s%u\",\"parentSpanId\":\"p%u\","
      "\"from\":\"john@example.com\",\"to\":\"%s\",\"messageId\":\"<20261122063506.%u@example.net>"
      "\","
      "\"reason\":\"%s\",\"size\":18234}}\n",
      type, ip, i / 8, i / 64, to, i, reason);
}

static int
subscribe (TestDaemon *daemon, const char *filter, const char *context)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "context", g_variant_new_string (context));
  answer = g_dbus_connection_call_with_unix_fd_list_sync (
      daemon->connection, TEST_BUS_NAME, TEST_OBJECT_PATH, TEST_MANAGER, "Subscribe",
      g_variant_new ("(sa{sv})", filter, &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &fds,
      NULL, &error);
  g_assert_no_error (error);

  return g_unix_fd_list_get (fds, 0, NULL);
}

/* A daemon with subscriptions over D-Bus, and what reads them. */
typedef struct
{
  TestDaemon daemon;
  GArray *fds; /* (owned) (element-type int) */
  int epoll_fd;
  int stop_fd;
  int input;
  GThread *thread;
  guint next; /* number of the next event */
} Filters;

static gpointer
drain (gpointer data)
{
  Filters *self = data;
  g_autofree char *buffer = g_malloc (BUFFER_BYTES);

  for (;;)
    {
      struct epoll_event events[64];
      int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.fd == self->stop_fd)
            return NULL;
          recv (events[i].data.fd, buffer, BUFFER_BYTES, MSG_DONTWAIT);
        }
    }
}

static void
set_up (Filters *self, const FilterSet *set, guint n_filters)
{
  const char *arguments[] = { "--set", "subscriptions.limit=20000", NULL };
  struct epoll_event event = { .events = EPOLLIN };

  *self = (Filters){ .fds = g_array_new (FALSE, FALSE, sizeof (int)),
                     .epoll_fd = epoll_create1 (EPOLL_CLOEXEC),
                     .stop_fd = eventfd (0, EFD_CLOEXEC) };
  event.data.fd = self->stop_fd;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->stop_fd, &event);
  test_daemon_init (&self->daemon, arguments);
  for (guint i = 0; i < n_filters; i++)
    {
      g_autofree char *filter = make_filter (i, set->equal);

      event.data.fd = subscribe (&self->daemon, filter, set->context);
      g_array_append_val (self->fds, event.data.fd);
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event);
    }
  bench_pin (bench_daemon_pid (&self->daemon), 0);
  self->thread = g_thread_new ("drain", drain, self);
  self->input = test_daemon_open_injector (&self->daemon);
}

static void
clear (Filters *self)
{
  close (self->input);
  g_assert_cmpint (eventfd_write (self->stop_fd, 1), ==, 0);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  g_array_unref (self->fds);
  close (self->epoll_fd);
  close (self->stop_fd);
  test_daemon_clear (&self->daemon);
}

static double
measure (Filters *self, gboolean matching)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = self->next; i < self->next + N_EVENTS; i++)
    append_event (lines, i, matching && i % 100 == 0 ? i / 100 % self->fds->len : NO_TARGET);
  self->next += N_EVENTS;

  return bench_measure_intake (&self->daemon, self->input, lines->str, lines->len, N_EVENTS);
}

static void
add_rows (Bench *bench, const FilterSet *set, guint n_sizes)
{
  static const guint sizes[N_SIZES] = { 1, 10, 100, 1000, 10000 };
  const BenchSeries series = {
    .work = set->work,
    .unit = "ev/s of its processor",
    .smallest = "1 filter",
    .target = set->target,
  };
  Filters filters[N_SIZES];
  BenchSamples figures[N_SIZES] = { 0 };

  n_sizes = MIN (n_sizes, set->n_sizes);
  for (guint i = 0; i < n_sizes; i++)
    set_up (&filters[i], set, sizes[i]);
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < n_sizes; i++)
      bench_samples_add (&figures[i], measure (&filters[i], set->matching));
  for (guint i = 0; i < n_sizes; i++)
    clear (&filters[i]);
  bench_grow (bench, &series, sizes, figures, n_sizes);
  if (set->target_work != NULL)
    bench_compare (bench, set->target_work, &figures[3], "ev/s of its processor", FALSE, "1 filter",
                   &figures[0], 0.5);
}

void
bench_filters (Bench *bench)
{
  static const FilterSet sets[] = {
    { "# different filters, none matches", "1,000 different filters against 1, none matches",
      "event", FALSE, FALSE, BENCH_TARGET_LINEAR, N_SIZES },
    { "# different filters, 1 % of events match",
      "1,000 different filters against 1, 1 % of events match", "event", FALSE, TRUE,
      BENCH_TARGET_LINEAR, N_SIZES },
    { "# equal filters, none matches", NULL, "event", TRUE, FALSE, BENCH_TARGET_FLAT, N_SIZES },
    { "# different filters with context=trace, 1 % of events match", NULL, "trace", FALSE, TRUE,
      BENCH_TARGET_LINEAR, N_SIZES - 1 },
  };
  guint n_sizes = N_SIZES;

  if (!bench_raise_descriptors (12000))
    {
      bench_skip (bench, "10000 filters", "a process may not open 12,000 files here");
      n_sizes--;
    }
  bench_pin (0, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    add_rows (bench, &sets[i], n_sizes);
}
