/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_EVENTS 100000
#define N_SIZES  5

/* A daemon with spans that live, one of its events after the other being of another span. */
typedef struct
{
  TestDaemon daemon;
  int input;
  int stream; /* watches spans, and gets none */
  guint n_spans;
  guint next; /* number of the next event */
} Spans;

static double
send_events (Spans *self, guint n, const char *type)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = self->next; i < self->next + n; i++)
    g_string_append_printf (
        lines,
        "{\"type\":\"%s\",\"level\":\"info\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\","
        "\"data\":{\"remoteIp\":\"192.0.2.%u\",\"localPort\":25,\"spanId\":\"%u\","
        "\"hostname\":\"mail.example.net\",\"from\":\"john@example.com\","
        "\"to\":\"jane@example.org\",\"messageId\":\"<20261122063506.%u@mail.example.net>\","
        "\"size\":18234}}\n",
        type, i % 250, i % self->n_spans, i);
  self->next += n;

  return bench_measure_intake (&self->daemon, self->input, lines->str, lines->len, n);
}

static void
set_up (Spans *self, guint n_spans)
{
  const char *arguments[] = { "--set", "spans.bytes=256MiB", NULL };
  g_autofree char *request = NULL;
  char answer[4096];

  *self = (Spans){ .n_spans = n_spans };
  test_daemon_init (&self->daemon, arguments);
  bench_pin (bench_daemon_pid (&self->daemon), 0);
  request = g_strdup_printf ("GET /api/tracing/live?to=nobody HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                             "Authorization: Bearer %s\r\n\r\n",
                             self->daemon.port, self->daemon.token);
  self->stream = test_daemon_connect (&self->daemon);
  bench_send_all (self->stream, request, strlen (request));
  g_assert_cmpint (recv (self->stream, answer, sizeof answer, 0), >, 0);
  self->input = test_daemon_open_injector (&self->daemon);
  send_events (self, n_spans, "smtp.connection-start");
  while (self->next < MAX (2 * n_spans, 2 * N_EVENTS))
    send_events (self, MAX (n_spans, N_EVENTS), "smtp.rcpt-to");
  g_printerr ("# %u spans: %" G_GUINT64_FORMAT " alive\n", n_spans,
              bench_daemon_counter (&self->daemon, "Spans"));
}

static void
clear (Spans *self)
{
  close (self->input);
  close (self->stream);
  test_daemon_clear (&self->daemon);
}

/* How cost grows with the spans that are remembered; of the last size, half fall out. */
void
bench_spans (Bench *bench)
{
  static const guint sizes[N_SIZES] = { 100, 1000, 10000, 100000, 200000 };
  static const BenchSeries series = {
    .work = "intake with # spans in turn",
    .unit = "ev/s of its processor",
    .smallest = "100 spans",
    .target = BENCH_TARGET_FLAT,
  };
  Spans spans[N_SIZES];
  BenchSamples figures[N_SIZES] = { 0 };

  bench_pin (0, 1);
  for (guint i = 0; i < N_SIZES; i++)
    set_up (&spans[i], sizes[i]);
  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < N_SIZES; i++)
      bench_samples_add (&figures[i], send_events (&spans[i], N_EVENTS, "smtp.rcpt-to"));
  for (guint i = 0; i < N_SIZES; i++)
    clear (&spans[i]);
  bench_grow (bench, &series, sizes, figures, N_SIZES);
}
