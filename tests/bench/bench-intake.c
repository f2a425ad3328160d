/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include "core/lt-event-builder.h"
#include "json/lt-json.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define INJECTOR_EVENTS 500000
#define BATCH_EVENTS    1000
#define BATCHES         20
#define CALLS           1000
#define N_KEY_SIZES     8

static double
measure_injector (TestDaemon *daemon)
{
  gsize length;
  g_autofree char *lines = bench_make_lines (0, 1000, "jane@example.org", &length);
  guint64 before = bench_daemon_counter (daemon, "Received");
  int fd = test_daemon_open_injector (daemon);
  gint64 start = bench_now_ns ();

  for (guint i = 0; i < INJECTOR_EVENTS / 1000; i++)
    bench_send_all (fd, lines, length);
  bench_wait_read (fd);
  while (bench_daemon_counter (daemon, "Received") < before + INJECTOR_EVENTS)
    g_usleep (500);
  close (fd);

  return INJECTOR_EVENTS / ((bench_now_ns () - start) / 1e9);
}

/* The same bytes read by a process that does nothing with them. */
static double
measure_bare_read (void)
{
  gsize length;
  g_autofree char *lines = bench_make_lines (0, 1000, "jane@example.org", &length);
  gint64 start;
  pid_t pid;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      static char buffer[65536];

      close (fds[0]);
      while (read (fds[1], buffer, sizeof buffer) > 0)
        ;
      _exit (0);
    }
  close (fds[1]);
  bench_pin (pid, 0);
  start = bench_now_ns ();
  for (guint i = 0; i < INJECTOR_EVENTS / 1000; i++)
    bench_send_all (fds[0], lines, length);
  close (fds[0]);
  waitpid (pid, NULL, 0);

  return INJECTOR_EVENTS / ((bench_now_ns () - start) / 1e9);
}

/* json-glib parsing the same events, nothing else. */
static double
measure_json_glib (void)
{
  g_autofree char *line = bench_event_line (1, "jane@example.org", FALSE);
  g_autoptr (JsonParser) parser = json_parser_new ();
  gint64 start = bench_now_ns ();
  guint n = 50000;

  for (guint i = 0; i < n; i++)
    g_assert_true (json_parser_load_from_data (parser, line, -1, NULL));

  return n / ((bench_now_ns () - start) / 1e9);
}

static void
injector (Bench *bench, TestDaemon *daemon)
{
  BenchSamples figures = { 0 };
  BenchSamples read_figures = { 0 };
  BenchSamples json_figures = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    {
      bench_samples_add (&figures, measure_injector (daemon));
      bench_samples_add (&read_figures, measure_bare_read ());
      bench_samples_add (&json_figures, measure_json_glib ());
    }
  bench_compare (bench, "injector socket, parse to ring", &figures, "ev/s", FALSE,
                 "json-glib parse alone", &json_figures, 0);
  bench_limit (bench, 500000);
  bench_compare (bench, "the same, beside reading alone", &figures, "ev/s", FALSE,
                 "bare read() loop", &read_figures, 0);
}

static GVariant *
make_event_dict (guint i)
{
  GVariantBuilder event;
  GVariantBuilder data;
  g_autofree char *span = g_strdup_printf ("%u", i / 8);
  g_autofree char *ip = g_strdup_printf ("192.0.2.%u", i % 250);

  g_variant_builder_init (&data, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&data, "{sv}", "remoteIp", g_variant_new_string (ip));
  g_variant_builder_add (&data, "{sv}", "localPort", g_variant_new_uint32 (25));
  g_variant_builder_add (&data, "{sv}", "spanId", g_variant_new_string (span));
  g_variant_builder_add (&data, "{sv}", "hostname", g_variant_new_string ("mail.example.net"));
  g_variant_builder_add (&data, "{sv}", "to", g_variant_new_string ("jane@example.org"));
  g_variant_builder_init (&event, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&event, "{sv}", "type", g_variant_new_string ("smtp.rcpt-to"));
  g_variant_builder_add (&event, "{sv}", "data", g_variant_builder_end (&data));

  return g_variant_builder_end (&event);
}

static GVariant *
make_batch (void)
{
  GVariantBuilder batch;

  g_variant_builder_init (&batch, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < BATCH_EVENTS; i++)
    g_variant_builder_add_value (&batch, make_event_dict (i));

  return g_variant_new ("(aa{sv})", &batch);
}

static void
on_empty_call (GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *method, GVariant *parameters,
               GDBusMethodInvocation *invocation, gpointer data)
{
  if (g_str_equal (method, "Inject"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", ""));
  else
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(tt)", (guint64) BATCH_EVENTS, (guint64) 0));
}

#define EMPTY_NAME "org.livetrace.bench.Empty"

/* A service with the same two methods that do nothing. */
void
bench_serve_empty (const char *address)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_empty_call };
  g_autoptr (GDBusNodeInfo) node = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  node = g_dbus_node_info_new_for_xml (
      "<node><interface name='org.livetrace.Livetrace1.Manager'>"
      "<method name='Inject'><arg type='a{sv}' direction='in'/><arg type='s' direction='out'/>"
      "</method><method name='InjectBatch'><arg type='aa{sv}' direction='in'/>"
      "<arg type='t' direction='out'/><arg type='t' direction='out'/></method></interface></node>",
      NULL);
  connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  g_dbus_connection_register_object (connection, TEST_OBJECT_PATH, node->interfaces[0], &vtable,
                                     NULL, NULL, NULL);
  g_bus_own_name_on_connection (connection, EMPTY_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL,
                                NULL, NULL);
  g_main_loop_run (loop);
  _exit (0);
}

static double
measure_calls (TestDaemon *daemon, const char *name, const char *method, GVariant *parameters,
               guint calls, guint events_a_call)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (parameters);
  gint64 start = bench_now_ns ();

  for (guint i = 0; i < calls; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer = NULL;

      answer = g_dbus_connection_call_sync (daemon->connection, name, TEST_OBJECT_PATH,
                                            TEST_MANAGER, method, kept, NULL,
                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      g_assert_no_error (error);
    }

  return (double) calls * events_a_call / ((bench_now_ns () - start) / 1e9);
}

static pid_t
start_empty_service (TestDaemon *daemon)
{
  const char *address = g_test_dbus_get_bus_address (daemon->bus);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) self = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  /* A process of its own from the start: GDBus has threads and does not survive a fork. */
  self = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--empty-service", address,
                           NULL);
  g_assert_no_error (error);
  for (gboolean owned = FALSE; !owned; g_usleep (5000))
    {
      g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
          daemon->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
          "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", EMPTY_NAME), NULL,
          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

      g_variant_get (answer, "(b)", &owned);
    }

  return atoi (g_subprocess_get_identifier (self));
}

static void
bus (Bench *bench, TestDaemon *daemon)
{
  pid_t empty = start_empty_service (daemon);
  BenchSamples single[2] = { 0 };
  BenchSamples batch[2] = { 0 };

  bench_pin (empty, 0);
  for (guint round = 0; round < bench->rounds; round++)
    for (int which = 0; which < 2; which++)
      {
        const char *name = which == 0 ? TEST_BUS_NAME : EMPTY_NAME;

        bench_samples_add (&single[which],
                           measure_calls (daemon, name, "Inject",
                                          g_variant_new ("(@a{sv})", make_event_dict (1)), CALLS,
                                          1));
        bench_samples_add (&batch[which], measure_calls (daemon, name, "InjectBatch", make_batch (),
                                                         BATCHES, BATCH_EVENTS));
      }
  kill (empty, SIGKILL);
  bench_compare (bench, "Inject, caller included", &single[0], "ev/s", FALSE, "empty GDBus handler",
                 &single[1], 0);
  bench_compare (bench, "InjectBatch of 1,000, caller included", &batch[0], "ev/s", FALSE,
                 "empty GDBus handler", &batch[1], 0.85);
}

static double
measure_http (TestDaemon *daemon)
{
  gsize length;
  g_autofree char *lines = bench_make_lines (0, 10000, "jane@example.org", &length);
  g_autofree char *head = g_strdup_printf (
      "POST /api/tracing/events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/x-ndjson\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
      daemon->port, daemon->token, length);
  gint64 start = bench_now_ns ();
  guint rounds = 20;

  for (guint i = 0; i < rounds; i++)
    {
      int fd = test_daemon_connect (daemon);
      char answer[4096] = "";

      bench_send_all (fd, head, strlen (head));
      bench_send_all (fd, lines, length);
      g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 202"));
      close (fd);
    }

  return rounds * 10000 / ((bench_now_ns () - start) / 1e9);
}

static void
http (Bench *bench, TestDaemon *daemon)
{
  BenchSamples figures = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    bench_samples_add (&figures, measure_http (daemon));
  bench_add (bench, "HTTP injection, 10,000 events of NDJSON a request", &figures, "ev/s", FALSE);
}

/* Microseconds to read an event of so many keys, by key. */
static double
measure_keys (LtEventBuilder *builder, guint n_keys)
{
  g_autoptr (GString) text = g_string_new ("{\"type\":\"a.b\",\"data\":{");
  guint n = 1000000 / (n_keys + 10);
  gint64 start;

  for (guint i = 0; i < n_keys; i++)
    g_string_append_printf (text, "%s\"key%u\":\"value %u\"", i > 0 ? "," : "", i, i);
  g_string_append (text, "}}");
  start = bench_now_ns ();
  for (guint i = 0; i < n; i++)
    {
      LtEvent *event = NULL;

      g_assert_true (lt_json_read_event (builder, text->str, text->len, &event, NULL));
      g_object_unref (event);
    }

  return (bench_now_ns () - start) / 1e3 / n;
}

/* How cost grows with keys: reading alone, in this process. */
static void
keys (Bench *bench)
{
  static const guint sizes[N_KEY_SIZES] = { 1, 8, 16, 32, 64, 256, 1024, 4096 };
  static const LtEventLimits limits = { 1024 * 1024, 4096, 8 };
  static const BenchSeries series = {
    .work = "an event of # keys, read",
    .unit = "µs",
    .smallest = "1 key",
    .target = BENCH_TARGET_LINEAR,
    .less_is_better = TRUE,
  };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, &limits);
  BenchSamples figures[N_KEY_SIZES] = { 0 };

  for (guint round = 0; round < bench->rounds; round++)
    for (guint i = 0; i < N_KEY_SIZES; i++)
      bench_samples_add (&figures[i], measure_keys (builder, sizes[i]));
  bench_grow (bench, &series, sizes, figures, N_KEY_SIZES);
}

void
bench_intake (Bench *bench)
{
  TestDaemon daemon;

  /* The bus stays with its caller. */
  bench_pin (0, 1);
  test_daemon_init (&daemon, NULL);
  bench_pin (bench_daemon_pid (&daemon), 0);
  injector (bench, &daemon);
  bus (bench, &daemon);
  http (bench, &daemon);
  keys (bench);
  test_daemon_clear (&daemon);
}
