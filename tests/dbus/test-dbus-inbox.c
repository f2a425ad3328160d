/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "core/lt-error.h"

#include <string.h>

static const char interface_xml[]
    = "<node><interface name='org.example.Sink'><method name='Take'><arg type='ay' "
      "direction='in'/></method><method name='TakeMany'><arg type='av' direction='in'/></method>"
      "<method name='GetManagedObjects'/>"
      "</interface></node>";

typedef struct
{
  TestBus bus;
  GDBusNodeInfo *node;
  GDBusConnection *server;
  LtDbusInbox *inbox;
  guint id;
  guint n_taken;
  gsize n_values;        /* of the last that were taken */
  gboolean is_one_piece; /* whether they were */
  guint n_answers;
  guint n_busy;
  guint n_too_large;
} Fixture;

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_taken++;
  if (g_str_equal (method, "TakeMany"))
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (parameters, 0);
      g_autoptr (GVariant) first = g_variant_get_child_value (values, 0);
      g_autoptr (GVariant) again = g_variant_get_child_value (values, 0);

      /* A tree gives out its pieces, from one piece each is made anew. */
      fixture->n_values = g_variant_n_children (values);
      fixture->is_one_piece = first != again;
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable vtable = { on_method_call, NULL, NULL };

static void
set_up (Fixture *fixture, gconstpointer limits)
{
  g_autoptr (GError) error = NULL;

  test_bus_init (&fixture->bus, NULL);
  fixture->server = test_bus_connect (&fixture->bus);
  fixture->inbox = lt_dbus_inbox_new (fixture->server, limits);
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
  lt_dbus_inbox_free (fixture->inbox);
  g_dbus_connection_close_sync (fixture->server, NULL, NULL);
  g_object_unref (fixture->server);
  g_dbus_node_info_unref (fixture->node);
  test_bus_clear (&fixture->bus);
}

static GVariant *
make_bytes (gsize n_bytes)
{
  g_autofree char *bytes = g_malloc0 (n_bytes);

  return g_variant_new ("(@ay)",
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  fixture->n_answers++;
  if (answer != NULL)
    return;

  name = g_dbus_error_get_remote_error (error);
  if (g_str_equal (name, ERRORS "Busy"))
    fixture->n_busy++;
  else if (g_str_equal (name, ERRORS "TooLarge"))
    fixture->n_too_large++;
  else
    g_assert_not_reached ();
}

static void
call (Fixture *fixture, gsize n_bytes)
{
  g_dbus_connection_call (fixture->bus.client, g_dbus_connection_get_unique_name (fixture->server),
                          "/x", "org.example.Sink", "Take", make_bytes (n_bytes), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, fixture);
}

static void
send_without_reply (Fixture *fixture, gsize n_bytes)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
      g_dbus_connection_get_unique_name (fixture->server), "/x", "org.example.Sink", "Take");

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (message, make_bytes (n_bytes));
  g_dbus_connection_send_message (fixture->bus.client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                  NULL, NULL);
}

/* Lets the server's thread read all that was sent while the main loop stands still: the bus
 * delivers in order, and answers what comes behind it. */
static void
settle (Fixture *fixture)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = g_dbus_connection_call_sync (
      fixture->bus.client, g_dbus_connection_get_unique_name (fixture->server), "/x",
      "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
all_answered (gpointer user_data)
{
  Fixture *fixture = user_data;

  return fixture->n_answers == 200;
}

static gboolean
is_empty (gpointer user_data)
{
  Fixture *fixture = user_data;

  return lt_dbus_inbox_get_pending (fixture->inbox) == 0;
}

static void
test_calls_over_the_limit_are_answered (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 200; i++)
    call (fixture, 10);
  test_iterate_until (all_answered, fixture);
  test_iterate_until (is_empty, fixture);

  g_assert_cmpuint (fixture->n_taken + fixture->n_busy, ==, 200);
  g_assert_cmpuint (lt_dbus_inbox_get_dropped (fixture->inbox), ==, fixture->n_busy);
}

/* A caller that expects no answer and does not stop while the main loop stands still. */
static void
test_flood (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 500; i++)
    send_without_reply (fixture, 64 * 1024);
  g_dbus_connection_flush_sync (fixture->bus.client, NULL, NULL);
  settle (fixture);

  g_assert_cmpuint (lt_dbus_inbox_get_pending (fixture->inbox), ==, 15);
  g_assert_cmpuint (lt_dbus_inbox_get_dropped (fixture->inbox), ==, 485);
  test_iterate_until (is_empty, fixture);
  g_assert_cmpuint (fixture->n_taken, ==, 15);

  /* And it goes on. */
  fixture->n_answers = 199;
  call (fixture, 10);
  test_iterate_until (all_answered, fixture);
  g_assert_cmpuint (fixture->n_taken, ==, 16);
}

static void
test_too_large (Fixture *fixture, gconstpointer unused)
{
  fixture->n_answers = 199;
  call (fixture, 2 * 1024 * 1024);
  test_iterate_until (all_answered, fixture);
  g_assert_cmpuint (fixture->n_too_large, ==, 1);
  g_assert_cmpuint (fixture->n_taken, ==, 0);
}

static void
test_large_is_one_piece (Fixture *fixture, gconstpointer unused)
{
  const gsize n_values[] = { 10, 80000 };

  for (guint i = 0; i < G_N_ELEMENTS (n_values); i++)
    {
      GVariantBuilder values;

      g_variant_builder_init (&values, G_VARIANT_TYPE ("av"));
      for (gsize j = 0; j < n_values[i]; j++)
        g_variant_builder_add (&values, "v", g_variant_new_byte (1));
      fixture->n_answers = 199;
      g_dbus_connection_call (fixture->bus.client,
                              g_dbus_connection_get_unique_name (fixture->server), "/x",
                              "org.example.Sink", "TakeMany", g_variant_new ("(av)", &values), NULL,
                              G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, fixture);
      test_iterate_until (all_answered, fixture);
      g_assert_cmpuint (fixture->n_values, ==, n_values[i]);
    }

  g_assert_true (fixture->is_one_piece);
}

/* Calls for all objects are dear: few at a time. */
static void
test_listings (Fixture *fixture, gconstpointer unused)
{
  for (guint round = 0; round < 2; round++)
    {
      fixture->n_answers = 190;
      fixture->n_busy = 0;
      for (guint i = 0; i < 10; i++)
        g_dbus_connection_call (fixture->bus.client,
                                g_dbus_connection_get_unique_name (fixture->server), "/x",
                                "org.example.Sink", "GetManagedObjects", NULL, NULL,
                                G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, fixture);
      settle (fixture);
      g_assert_cmpuint (lt_dbus_inbox_get_pending (fixture->inbox), ==, 2);
      test_iterate_until (all_answered, fixture);
      test_iterate_until (is_empty, fixture);
      g_assert_cmpuint (fixture->n_busy, ==, 8);
    }
}

/* Messages that outlive the inbox are still counted off. */
static void
test_freed_early (Fixture *fixture, gconstpointer limits)
{
  send_without_reply (fixture, 10);
  g_dbus_connection_flush_sync (fixture->bus.client, NULL, NULL);
  settle (fixture);
  lt_dbus_inbox_free (fixture->inbox);
  while (fixture->n_taken == 0)
    g_main_context_iteration (NULL, TRUE);
  fixture->inbox = lt_dbus_inbox_new (fixture->server, limits);
}

int
main (int argc, char **argv)
{
  static const LtDbusInboxLimits few = { 8, 1024 * 1024 };
  static const LtDbusInboxLimits small = { 100, 1024 * 1024 };

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/dbus-inbox/calls-over-the-limit-are-answered", Fixture, &few, set_up,
              test_calls_over_the_limit_are_answered, tear_down);
  g_test_add ("/dbus-inbox/flood", Fixture, &small, set_up, test_flood, tear_down);
  g_test_add ("/dbus-inbox/too-large", Fixture, &small, set_up, test_too_large, tear_down);
  g_test_add ("/dbus-inbox/large-is-one-piece", Fixture, &small, set_up, test_large_is_one_piece,
              tear_down);
  g_test_add ("/dbus-inbox/listings", Fixture, &small, set_up, test_listings, tear_down);
  g_test_add ("/dbus-inbox/freed-early", Fixture, &small, set_up, test_freed_early, tear_down);

  return g_test_run ();
}
