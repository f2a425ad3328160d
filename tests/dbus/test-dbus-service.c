/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "dbus/lt-dbus-actions.h"

#include "core/lt-error.h"

#include <string.h>

static void
set_up (TestService *fixture, gconstpointer limits)
{
  test_service_init (fixture, FALSE, limits);
}

static void
tear_down (TestService *fixture, gconstpointer unused)
{
  test_service_clear (fixture);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  if (lt_dbus_service_start_finish (LT_DBUS_SERVICE (source), result, error))
    *error = g_error_new (LT_ERROR, LT_ERROR_FAILED, "it started");
}

static gboolean
has_error (gpointer user_data)
{
  return *(GError **) user_data != NULL;
}

static void
assert_does_not_start (TestService *fixture, const char *bus, LtErrorCode code, const char *message)
{
  LtDbusService *second = lt_dbus_service_new (fixture->hub, fixture->access, NULL);
  g_autoptr (GError) error = NULL;

  lt_dbus_service_start_async (second, bus, NULL, on_started, &error);
  test_iterate_until (has_error, &error);
  g_assert_error (error, LT_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_finalize_object (second);
}

static void
test_does_not_start (TestService *fixture, gconstpointer unused)
{
  assert_does_not_start (fixture, fixture->bus.address, LT_ERROR_BUSY, "another process has it");
  assert_does_not_start (fixture, "unix:path=/nonexistent/bus", LT_ERROR_IO,
                         "cannot connect to the bus");
  assert_does_not_start (fixture, "nonsense", LT_ERROR_IO, "cannot find the bus");
}

static void
on_lost (LtDbusService *service, const char *why, gpointer user_data)
{
  GString *reasons = user_data;

  g_string_append_printf (reasons, "%s;", why);
}

static gboolean
has_text (gpointer user_data)
{
  return ((GString *) user_data)->len > 0;
}

static void
test_bus_goes_away (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GString) reasons = g_string_new (NULL);

  g_signal_connect (fixture->service, "lost", G_CALLBACK (on_lost), reasons);
  g_subprocess_force_exit (fixture->bus.daemon);
  test_iterate_until (has_text, reasons);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (reasons->str, ==, "the connection to the bus is gone;");
}

/* Nobody can take the name, whatever flags they ask with, and nobody queues for it. */
static void
test_name_is_kept (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GString) reasons = g_string_new (NULL);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) queue = NULL;
  g_autoptr (GVariant) owners = NULL;
  g_autoptr (GError) error = NULL;
  guint32 reply;

  g_signal_connect (fixture->service, "lost", G_CALLBACK (on_lost), reasons);
  /* ALLOW_REPLACEMENT | REPLACE_EXISTING | DO_NOT_QUEUE */
  answer = g_dbus_connection_call_sync (fixture->bus.client, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new ("(su)", LT_DBUS_NAME, 7),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(u)", &reply);
  g_assert_cmpuint (reply, ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (reasons->str, ==, "");
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;
  g_autoptr (GVariant) answer = NULL;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  (*n_left)--;
}

static gboolean
is_zero (gpointer user_data)
{
  return *(guint *) user_data == 0;
}

/* A flood while the daemon is behind: what is over the cap is refused, memory stays bounded, and
 * the service answers afterwards. */
static void
test_flood (TestService *fixture, gconstpointer unused)
{
  g_autofree char *text = g_strnfill (60000, 'x');
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint n_left = 1000;

  for (guint i = 0; i < 1000; i++)
    {
      GVariantDict event;

      g_variant_dict_init (&event, NULL);
      g_variant_dict_insert (&event, "type", "s", "a.b");
      g_variant_dict_insert (&event, "text", "s", text);
      g_dbus_connection_call (fixture->bus.client, LT_DBUS_NAME, LT_DBUS_PATH, MANAGER, "Inject",
                              g_variant_new ("(@a{sv})", g_variant_dict_end (&event)), NULL,
                              G_DBUS_CALL_FLAGS_NONE, 60000, NULL, on_answer, &n_left);
    }
  /* The main loop stands still meanwhile. */
  g_dbus_connection_flush_sync (fixture->bus.client, NULL, NULL);
  test_iterate_until (is_zero, &n_left);

  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub)
                        + lt_dbus_service_get_dropped_messages (fixture->service),
                    ==, 1000);
  answer = test_call_manager (fixture->bus.client, "ListLevels", NULL, &error);
  g_assert_no_error (error);
}

/* What the daemon shows on the bus is what the file in data/ says. */
static void
test_introspection (TestService *fixture, gconstpointer unused)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", LT_DBUS_NAME ".xml", NULL);
  g_autofree char *xml = NULL;
  g_autoptr (GDBusNodeInfo) expected = NULL;
  g_autoptr (GDBusNodeInfo) found = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  GDBusInterfaceInfo *shown;
  GDBusInterfaceInfo *documented;
  const char *text;

  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  expected = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  answer = test_call (fixture->bus.client, LT_DBUS_PATH, "org.freedesktop.DBus.Introspectable",
                      "Introspect", NULL, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s)", &text);
  found = g_dbus_node_info_new_for_xml (text, &error);
  g_assert_no_error (error);

  g_assert_nonnull (
      g_dbus_node_info_lookup_interface (found, "org.freedesktop.DBus.ObjectManager"));
  shown = g_dbus_node_info_lookup_interface (found, LT_DBUS_MANAGER_INTERFACE);
  documented = g_dbus_node_info_lookup_interface (expected, LT_DBUS_MANAGER_INTERFACE);
  for (guint i = 0; documented->methods[i] != NULL; i++)
    g_assert_nonnull (g_dbus_interface_info_lookup_method (shown, documented->methods[i]->name));
  for (guint i = 0; documented->properties[i] != NULL; i++)
    {
      GDBusPropertyInfo *property
          = g_dbus_interface_info_lookup_property (shown, documented->properties[i]->name);

      g_assert_nonnull (property);
      g_assert_cmpstr (property->signature, ==, documented->properties[i]->signature);
    }
}

#define ADD(name)                                                                                  \
  g_test_add ("/dbus-service/" #name, TestService, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (does_not_start);
  ADD (bus_goes_away);
  ADD (name_is_kept);
  ADD (flood);
  ADD (introspection);

  return g_test_run ();
}
