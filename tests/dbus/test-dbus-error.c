/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "dbus/lt-dbus-error.h"

static const char interface_xml[]
    = "<node><interface name='org.example.Failing'><method name='Fail'/></interface></node>";

typedef struct
{
  TestBus bus;
  GDBusNodeInfo *node;
  GDBusConnection *server;
  GError *error; /* what the next call is to end with */
  guint id;
} Fixture;

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (fixture->error != NULL)
    lt_dbus_return_error (invocation, fixture->error);
  else
    lt_dbus_return_new_error (invocation, LT_ERROR_BUSY, "%d of %d", 3, 4);
  g_clear_error (&fixture->error);
}

static const GDBusInterfaceVTable vtable = { on_method_call, NULL, NULL };

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  test_bus_init (&fixture->bus, NULL);
  fixture->server = test_bus_connect (&fixture->bus);
  fixture->node = g_dbus_node_info_new_for_xml (interface_xml, &error);
  g_assert_no_error (error);
  fixture->id = g_dbus_connection_register_object (
      fixture->server, "/x", fixture->node->interfaces[0], &vtable, fixture, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_dbus_connection_unregister_object (fixture->server, fixture->id);
  g_dbus_connection_close_sync (fixture->server, NULL, NULL);
  g_object_unref (fixture->server);
  g_dbus_node_info_unref (fixture->node);
  test_bus_clear (&fixture->bus);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, error));
}

static gboolean
has_error (gpointer user_data)
{
  return *(GError **) user_data != NULL;
}

static void
check (Fixture *fixture, GError *thrown, const char *name, const char *message)
{
  GError *error = NULL;
  g_autofree char *full = NULL;

  fixture->error = thrown;
  g_dbus_connection_call (fixture->bus.client, g_dbus_connection_get_unique_name (fixture->server),
                          "/x", "org.example.Failing", "Fail", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, on_answer, &error);
  test_iterate_until (has_error, &error);
  full = g_strdup_printf ("GDBus.Error:" ERRORS "%s: %s", name, message);
  g_assert_cmpstr (error->message, ==, full);
  g_error_free (error);
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
  check (fixture, g_error_new (LT_ERROR, LT_ERROR_UNKNOWN_KEY, "what"), "UnknownKey", "what");
  check (fixture, g_error_new (LT_ERROR, LT_ERROR_DENIED, "no"), "Denied", "no");
  check (fixture, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "gone"), "Cancelled", "gone");
  check (fixture, g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "odd"), "Failed", "odd");
  check (fixture, NULL, "Busy", "3 of 4");
}

static void
test_places (Fixture *fixture, gconstpointer unused)
{
  GError *error = g_error_new (LT_ERROR, LT_ERROR_INVALID_EVENT, "no type");

  lt_error_set_index (error, 0);
  check (fixture, error, "InvalidEvent", "event 1 (index 0): no type");

  error = g_error_new (LT_ERROR, LT_ERROR_INVALID_FILTER, "odd");
  lt_error_set_position (error, 7);
  check (fixture, error, "InvalidFilter", "odd (at byte 7)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/dbus-error/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/dbus-error/places", Fixture, NULL, set_up, test_places, tear_down);

  return g_test_run ();
}
