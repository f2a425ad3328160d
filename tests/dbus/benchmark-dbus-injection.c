/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What injection over D-Bus costs: InjectBatch beside a handler that does nothing, turn about, and
 * the injector's socket. The client is a thread of its own and counts as part of the cost. Prints
 * medians of five runs. */

#include "bus-fixture.h"

#include "json/lt-json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_RUNS      5
#define BATCH       1000
#define N_BATCHES   40
#define N_LINES     400000
#define EMPTY_PATH  "/empty"
#define OBJECT_PATH "/org/livetrace/Livetrace1"

static const char empty_xml[]
    = "<node><interface name='org.livetrace.Livetrace1.Manager'><method name='InjectBatch'>"
      "<arg type='aa{sv}' direction='in'/><arg type='t' direction='out'/>"
      "<arg type='t' direction='out'/></method></interface></node>";

typedef struct
{
  TestService service;
  GDBusConnection *server; /* of the handler that does nothing */
  GDBusNodeInfo *node;
} Fixture;

typedef struct
{
  GDBusConnection *client;
  const char *destination;
  const char *path;
  const char *lines;
  gsize n_bytes;
  gint64 took_us;
  gint done; /* (atomic) */
  int fd;
} Job;

/* An event of some 300 bytes of JSON, as a mail server makes them. */
static GVariant *
make_event (guint number)
{
  GVariantBuilder data;
  GVariantBuilder event;
  g_autofree char *queue_id = g_strdup_printf ("4XkQ%08u", number);

  g_variant_builder_init (&data, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&data, "{sv}", "spanId", g_variant_new_string (queue_id));
  g_variant_builder_add (&data, "{sv}", "to", g_variant_new_string ("jane@example.org"));
  g_variant_builder_add (&data, "{sv}", "from", g_variant_new_string ("bounces@lists.example.com"));
  g_variant_builder_add (&data, "{sv}", "remoteIp", g_variant_new_string ("192.168.1.1"));
  g_variant_builder_add (&data, "{sv}", "remotePort", g_variant_new_uint32 (25));
  g_variant_builder_add (&data, "{sv}", "size", g_variant_new_uint64 (48213));
  g_variant_builder_add (&data, "{sv}", "hostname", g_variant_new_string ("mail.example.net"));
  g_variant_builder_init (&event, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&event, "{sv}", "type", g_variant_new_string ("delivery.delivered"));
  g_variant_builder_add (&event, "{sv}", "text", g_variant_new_string ("Message delivered"));
  g_variant_builder_add (&event, "{sv}", "data", g_variant_builder_end (&data));
  return g_variant_builder_end (&event);
}

static GVariant *
make_batch (void)
{
  GVariantBuilder batch;

  g_variant_builder_init (&batch, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < BATCH; i++)
    g_variant_builder_add_value (&batch, make_event (i));
  return g_variant_new ("(aa{sv})", &batch);
}

static void
on_empty_call (GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *method, GVariant *parameters,
               GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(tt)", (guint64) BATCH, (guint64) 0));
}

static const GDBusInterfaceVTable empty_vtable = { on_empty_call, NULL, NULL };

static gpointer
call_batches (gpointer user_data)
{
  Job *job = user_data;
  gint64 began_us = g_get_monotonic_time ();

  for (guint i = 0; i < N_BATCHES; i++)
    {
      g_autoptr (GVariant) answer = NULL;
      g_autoptr (GError) error = NULL;

      answer = g_dbus_connection_call_sync (job->client, job->destination, job->path, MANAGER,
                                            "InjectBatch", make_batch (), NULL,
                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      g_assert_no_error (error);
    }
  job->took_us = g_get_monotonic_time () - began_us;
  g_atomic_int_set (&job->done, TRUE);
  return NULL;
}

static gpointer
write_lines (gpointer user_data)
{
  Job *job = user_data;

  for (gsize at = 0; at < job->n_bytes;)
    {
      gssize n = send (job->fd, job->lines + at, MIN (job->n_bytes - at, 64 * 1024), MSG_NOSIGNAL);

      g_assert_cmpint (n, >, 0);
      at += (gsize) n;
    }
  g_atomic_int_set (&job->done, TRUE);
  return NULL;
}

static gboolean
is_done (gpointer user_data)
{
  return g_atomic_int_get (&((Job *) user_data)->done);
}

static double
run_batches (Fixture *fixture, const char *destination, const char *path)
{
  Job job = { .client = fixture->service.bus.client, .destination = destination, .path = path };
  GThread *thread = g_thread_new ("client", call_batches, &job);

  test_iterate_until (is_done, &job);
  g_thread_join (thread);
  return BATCH * (double) N_BATCHES * G_USEC_PER_SEC / (double) job.took_us;
}

static double
run_injector (Fixture *fixture, const GString *lines)
{
  Job job = { .lines = lines->str, .n_bytes = lines->len };
  guint64 before = lt_hub_get_last_sequence (fixture->service.hub);
  gint64 began_us;
  GThread *thread;

  job.fd = test_open (fixture->service.bus.client, "OpenInjector", g_variant_new ("(a{sv})", NULL),
                      NULL);
  began_us = g_get_monotonic_time ();
  thread = g_thread_new ("client", write_lines, &job);
  while (lt_hub_get_last_sequence (fixture->service.hub) < before + N_LINES)
    g_main_context_iteration (NULL, TRUE);
  began_us = g_get_monotonic_time () - began_us;
  g_thread_join (thread);
  close (job.fd);
  return N_LINES * (double) G_USEC_PER_SEC / (double) began_us;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static double
median (double figures[N_RUNS])
{
  qsort (figures, N_RUNS, sizeof (double), compare);
  return figures[N_RUNS / 2];
}

static GString *
make_lines (Fixture *fixture)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < N_LINES; i++)
    g_string_append_printf (
        lines,
        "{\"createdAt\":\"2026-11-22T06:35:06.041377Z\",\"type\":\"delivery.delivered\","
        "\"text\":\"Message delivered\",\"data\":{\"spanId\":\"4XkQ%08u\",\"to\":"
        "\"jane@example.org\",\"from\":\"bounces@lists.example.com\",\"remoteIp\":\"192.168.1.1\","
        "\"remotePort\":25,\"size\":48213,\"hostname\":\"mail.example.net\",\"relay\":"
        "\"mx.example.org\"}}\n",
        i % 5000);
  return lines;
}

int
main (int argc, char **argv)
{
  Fixture fixture = { 0 };
  double empty[N_RUNS];
  double batch[N_RUNS];
  double injector[N_RUNS];
  g_autoptr (GError) error = NULL;
  GString *lines;
  guint id;

  test_service_init (&fixture.service, FALSE, NULL);
  fixture.server = test_bus_connect (&fixture.service.bus);
  fixture.node = g_dbus_node_info_new_for_xml (empty_xml, &error);
  g_assert_no_error (error);
  id = g_dbus_connection_register_object (fixture.server, EMPTY_PATH, fixture.node->interfaces[0],
                                          &empty_vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  lines = make_lines (&fixture);

  for (guint i = 0; i < N_RUNS; i++)
    {
      empty[i]
          = run_batches (&fixture, g_dbus_connection_get_unique_name (fixture.server), EMPTY_PATH);
      batch[i] = run_batches (&fixture, "org.livetrace.Livetrace1", OBJECT_PATH);
      injector[i] = run_injector (&fixture, lines);
    }

  g_print ("empty handler      %9.0f events/s\n", median (empty));
  g_print ("InjectBatch        %9.0f events/s, %.2f of the empty handler\n", median (batch),
           median (batch) / median (empty));
  g_print ("injector socket    %9.0f events/s of %" G_GSIZE_FORMAT " bytes\n", median (injector),
           lines->len / N_LINES);

  g_string_free (lines, TRUE);
  g_dbus_connection_unregister_object (fixture.server, id);
  g_dbus_connection_close_sync (fixture.server, NULL, NULL);
  g_object_unref (fixture.server);
  g_dbus_node_info_unref (fixture.node);
  test_service_clear (&fixture.service);
  return 0;
}
