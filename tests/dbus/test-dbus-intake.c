/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include <string.h>

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

static GVariant *
make_event (const char *type, guint number)
{
  GVariantDict data;
  GVariantDict event;

  g_variant_dict_init (&data, NULL);
  g_variant_dict_insert (&data, "number", "u", number);
  g_variant_dict_init (&event, NULL);
  g_variant_dict_insert (&event, "type", "s", type);
  g_variant_dict_insert_value (&event, "data", g_variant_dict_end (&data));
  return g_variant_dict_end (&event);
}

static GVariant *
make_batch (guint n_events, guint bad)
{
  GVariantBuilder batch;

  g_variant_builder_init (&batch, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_events; i++)
    g_variant_builder_add_value (&batch, make_event (i == bad ? "BAD" : "a.b", i));
  return g_variant_new ("(aa{sv})", &batch);
}

static void
assert_batch (TestService *fixture, GVariant *parameters, guint64 accepted, guint64 refused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_accepted;
  guint64 n_refused;

  answer = test_call_manager (fixture->bus.client, "InjectBatch", parameters, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(tt)", &n_accepted, &n_refused);
  g_assert_cmpuint (n_accepted, ==, accepted);
  g_assert_cmpuint (n_refused, ==, refused);
}

static void
test_inject (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strconcat (lt_hub_get_epoch (fixture->hub), ".1", NULL);
  const char *id;

  answer = test_call_manager (fixture->bus.client, "Inject",
                              g_variant_new ("(@a{sv})", make_event ("a.b", 7)), &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s)", &id);
  g_assert_cmpstr (id, ==, expected);
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 1);
}

static void
test_refused_by_level (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  lt_levels_set (lt_hub_get_levels (fixture->hub), "a.*", LT_LEVEL_ERROR, 0, &error);
  g_assert_no_error (error);
  answer = test_call_manager (fixture->bus.client, "Inject",
                              g_variant_new ("(@a{sv})", make_event ("a.b", 7)), &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s)", &id);
  g_assert_cmpstr (id, ==, "");
  assert_batch (fixture, make_batch (3, G_MAXUINT), 0, 3);
}

static void
test_batch (TestService *fixture, gconstpointer unused)
{
  assert_batch (fixture, make_batch (0, G_MAXUINT), 0, 0);
  assert_batch (fixture, make_batch (1, G_MAXUINT), 1, 0);
  assert_batch (fixture, make_batch (10000, G_MAXUINT), 10000, 0);
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 10001);
  for (guint i = 0; i < 10000; i += 1999)
    g_assert_cmpint (test_service_peek (fixture, i + 2)->fields[0].value.integer, ==, i);
}

static void
test_bad_event_refuses_the_batch (TestService *fixture, gconstpointer unused)
{
  GError *error = NULL;

  g_assert_null (
      test_call_manager (fixture->bus.client, "InjectBatch", make_batch (9000, 8765), &error));
  test_assert_error (error, "InvalidEvent", "event 8766 (index 8765): \"BAD\"");
  error = NULL;
  g_assert_null (test_call_manager (fixture->bus.client, "InjectBatch", make_batch (1, 0), &error));
  test_assert_error (error, "InvalidEvent", "event 1 (index 0): ");
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 0);

  /* A single event has no index. */
  error = NULL;
  g_assert_null (test_call_manager (fixture->bus.client, "Inject",
                                    g_variant_new ("(@a{sv})", make_event ("BAD", 1)), &error));
  test_assert_error (error, "InvalidEvent", "Livetrace1.Error.InvalidEvent: \"BAD\"");
}

static void
test_too_large (TestService *fixture, gconstpointer unused)
{
  g_autofree char *text = g_strnfill (60000, 'x');
  GVariantBuilder batch;
  GError *error = NULL;

  g_assert_null (
      test_call_manager (fixture->bus.client, "InjectBatch", make_batch (10001, 5), &error));
  test_assert_error (error, "TooLarge", "10001 events");

  g_variant_builder_init (&batch, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 145; i++)
    g_variant_builder_add_parsed (&batch, "{'type': <'a'>, 'text': <%s>}", text);
  error = NULL;
  g_assert_null (test_call_manager (fixture->bus.client, "InjectBatch",
                                    g_variant_new ("(aa{sv})", &batch), &error));
  test_assert_error (error, "TooLarge", "send it in parts");
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 0);
}

typedef struct
{
  GString *order;
  guint n_left;
} Order;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Order *order = user_data;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  g_string_append_c (order->order, g_variant_n_children (answer) == 1 ? 'i' : 'b');
  order->n_left--;
}

static gboolean
is_over (gpointer user_data)
{
  return ((Order *) user_data)->n_left == 0;
}

/* A short call does not overtake a long one, however many turns that takes. */
static void
test_order (TestService *fixture, gconstpointer unused)
{
  Order order = { g_string_new (NULL), 5 };
  const char *const methods[] = { "Inject", "InjectBatch", "Inject", "InjectBatch", "Inject" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      GVariant *parameters = g_str_equal (methods[i], "Inject")
                                 ? g_variant_new ("(@a{sv})", make_event ("one", i))
                                 : make_batch (8000, G_MAXUINT);

      g_dbus_connection_call (fixture->bus.client, "org.livetrace.Livetrace1",
                              "/org/livetrace/Livetrace1", MANAGER, methods[i], parameters, NULL,
                              G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, &order);
    }
  test_iterate_until (is_over, &order);

  g_assert_cmpstr (order.order->str, ==, "ibibi");
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 16003);
  g_assert_cmpint (test_service_peek (fixture, 8002)->fields[0].value.integer, ==, 2);
  g_assert_cmpint (test_service_peek (fixture, 16003)->fields[0].value.integer, ==, 4);
  g_string_free (order.order, TRUE);
}

static gboolean
is_whole (gpointer hub)
{
  return lt_hub_get_last_sequence (hub) % 10000 == 0;
}

/* Stopping answers what waits. */
static void
on_any_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Order *order = user_data;
  g_autoptr (GVariant) answer = NULL;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_string_append_c (order->order, answer != NULL ? 'y' : 'n');
  order->n_left--;
}

static gboolean
has_begun (gpointer user_data)
{
  return lt_hub_get_last_sequence (user_data) > 0;
}

static void
test_stop (TestService *fixture, gconstpointer unused)
{
  Order order = { g_string_new (NULL), 4 };

  for (guint i = 0; i < 4; i++)
    g_dbus_connection_call (fixture->bus.client, "org.livetrace.Livetrace1",
                            "/org/livetrace/Livetrace1", MANAGER, "InjectBatch",
                            make_batch (10000, G_MAXUINT), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_any_answer, &order);
  test_iterate_until (has_begun, fixture->hub);
  lt_dbus_service_stop (fixture->service);
  test_iterate_until (is_over, &order);

  /* What had begun goes on in the hub after its caller was answered. */
  test_iterate_until (is_whole, fixture->hub);
  g_string_free (order.order, TRUE);
}

#define ADD(name)                                                                                  \
  g_test_add ("/dbus-intake/" #name, TestService, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (inject);
  ADD (refused_by_level);
  ADD (batch);
  ADD (bad_event_refuses_the_batch);
  ADD (too_large);
  ADD (order);
  ADD (stop);

  return g_test_run ();
}
