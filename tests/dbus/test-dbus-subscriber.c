/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "lt-bus-generated.h"

#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SUBSCRIBER "org.livetrace.Livetrace1.Subscriber"
#define PROPERTIES "org.freedesktop.DBus.Properties"

static void
set_up (TestService *fixture, gconstpointer unused)
{
  test_service_init (fixture, FALSE, NULL);
}

static void
tear_down (TestService *fixture, gconstpointer unused)
{
  test_service_clear (fixture);
}

static int
subscribe (TestService *fixture, char **path)
{
  return test_open (fixture->bus.client, "Subscribe", g_variant_new ("(sa{sv})", "", NULL), path);
}

static GVariant *
get_property (TestService *fixture, const char *path, const char *name)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *value;

  answer = test_call (fixture->bus.client, path, PROPERTIES, "Get",
                      g_variant_new ("(ss)", SUBSCRIBER, name), NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);
  return value;
}

static guint64
get_counter (TestService *fixture, const char *path, const char *name)
{
  g_autoptr (GVariant) value = get_property (fixture, path, name);

  return g_variant_get_uint64 (value);
}

static void
assert_string (TestService *fixture, const char *path, const char *name, const char *expected)
{
  g_autoptr (GVariant) value = get_property (fixture, path, name);

  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, expected);
}

static void
inject (TestService *fixture)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = test_call_manager (fixture->bus.client, "Inject",
                              test_parse ("(a{sv})", "({'type': <'a.b'>},)"), &error);
  g_assert_no_error (error);
}

/* Counters are what they are when they are read. */
static void
test_properties (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) connected_at = NULL;
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autofree char *id = g_strconcat (lt_hub_get_epoch (fixture->hub), ".2", NULL);
  int fd = subscribe (fixture, &path);

  line = test_read_line (fd);
  connected_at = get_property (fixture, path, "ConnectedAt");
  g_assert_cmpint (ABS (g_variant_get_int64 (connected_at) - g_get_real_time ()), <,
                   60 * G_USEC_PER_SEC);
  assert_string (fixture, path, "Transport", "dbus");
  assert_string (fixture, path, "State", "live");
  g_assert_cmpuint (get_counter (fixture, path, "Delivered"), ==, 0);
  inject (fixture);
  inject (fixture);
  g_free (test_read_line (fd));
  g_free (test_read_line (fd));
  g_assert_cmpuint (get_counter (fixture, path, "Delivered"), ==, 2);
  g_assert_cmpuint (get_counter (fixture, path, "Matched"), ==, 2);
  g_assert_cmpuint (get_counter (fixture, path, "Dropped"), ==, 0);
  g_assert_cmpuint (get_counter (fixture, path, "QueuedBytes"), ==, 0);
  assert_string (fixture, path, "LastEventId", id);
  close (fd);
}

static void
test_disconnect (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *hello = NULL;
  g_autofree char *bye = NULL;
  int fd = subscribe (fixture, &path);
  char c;

  hello = test_read_line (fd);
  answer = test_call (fixture->bus.client, path, SUBSCRIBER, "Disconnect", NULL, NULL, &error);
  g_assert_no_error (error);
  bye = test_read_line (fd);
  g_assert_nonnull (strstr (bye, "\"reason\":\"disconnected\""));
  g_assert_cmpint (recv (fd, &c, 1, 0), ==, 0);
  close (fd);
}

typedef struct
{
  GDBusObjectManager *client;
  GString *seen;
} Watch;

static void
on_added (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  Watch *watch = user_data;

  g_string_append_printf (watch->seen, "+%s",
                          strrchr (g_dbus_object_get_object_path (object), '/') + 1);
}

static void
on_removed (GDBusObjectManager *manager, GDBusObject *object, gpointer user_data)
{
  Watch *watch = user_data;

  g_string_append_printf (watch->seen, "-%s",
                          strrchr (g_dbus_object_get_object_path (object), '/') + 1);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (GError) error = NULL;

  watch->client = lt_bus_object_manager_client_new_finish (result, &error);
  g_assert_no_error (error);
}

static gboolean
has_client (gpointer user_data)
{
  return ((Watch *) user_data)->client != NULL;
}

static gboolean
saw_all (gpointer user_data)
{
  return g_str_equal (((Watch *) user_data)->seen->str, "+2+3-2-3-1");
}

/* The objects come and go as ObjectManager has it, seen through the generated client. */
static void
test_object_manager (TestService *fixture, gconstpointer unused)
{
  Watch watch = { NULL, g_string_new (NULL) };
  g_autoptr (LtBusObject) object = NULL;
  g_autoptr (GVariant) levels = NULL;
  LtBusSubscriber *subscriber;
  int fds[3];
  char *paths[3] = { NULL };

  fds[0] = subscribe (fixture, &paths[0]);
  lt_bus_object_manager_client_new (fixture->bus.client, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE,
                                    "org.livetrace.Livetrace1", "/org/livetrace/Livetrace1", NULL,
                                    on_client, &watch);
  test_iterate_until (has_client, &watch);
  g_signal_connect (watch.client, "object-added", G_CALLBACK (on_added), &watch);
  g_signal_connect (watch.client, "object-removed", G_CALLBACK (on_removed), &watch);
  object = LT_BUS_OBJECT (g_dbus_object_manager_get_object (watch.client, paths[0]));
  g_assert_nonnull (object);
  subscriber = lt_bus_object_peek_subscriber (object);
  g_assert_cmpstr (lt_bus_subscriber_get_transport (subscriber), ==, "dbus");

  fds[1] = subscribe (fixture, &paths[1]);
  fds[2] = subscribe (fixture, &paths[2]);
  close (fds[1]);
  levels = test_call_manager (fixture->bus.client, "ListLevels", NULL, NULL);
  while (strstr (watch.seen->str, "-2") == NULL)
    g_main_context_iteration (NULL, TRUE);
  close (fds[2]);
  while (strstr (watch.seen->str, "-3") == NULL)
    g_main_context_iteration (NULL, TRUE);
  close (fds[0]);
  test_iterate_until (saw_all, &watch);

  g_clear_object (&object);
  g_object_unref (watch.client);
  g_string_free (watch.seen, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_free (paths[i]);
}

/* An idle stream opened over D-Bus, its object included, is to cost no more than 6 KB. */
static void
test_memory (TestService *fixture, gconstpointer unused)
{
  enum
  {
    N_SUBSCRIBERS = 400
  };
  static int fds[N_SUBSCRIBERS];
  struct mallinfo2 before;
  gsize n_bytes;
  char *path = NULL;

  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      if (i == 50)
        before = mallinfo2 ();
      fds[i] = subscribe (fixture, &path);
      g_clear_pointer (&path, g_free);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  n_bytes = (mallinfo2 ().uordblks - before.uordblks) / (N_SUBSCRIBERS - 50);
  g_test_message ("%" G_GSIZE_FORMAT " bytes each", n_bytes);
  /* A sanitizer's own bookkeeping is not counted by mallinfo2(), nor is anything else then. */
  g_assert_cmpuint (n_bytes, <=, 6000);
  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    close (fds[i]);
}

#define ADD(name)                                                                                  \
  g_test_add ("/dbus-subscriber/" #name, TestService, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (properties);
  ADD (disconnect);
  ADD (object_manager);
  ADD (memory);

  return g_test_run ();
}
