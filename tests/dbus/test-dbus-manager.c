/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "lt-bus-generated.h"

#include "core/lt-error.h"

#include <string.h>
#include <unistd.h>

#define MANAGER_PATH "/org/livetrace/Livetrace1"

typedef struct
{
  TestService service;
  guint n_reloads;
  gboolean reload_fails;
} Fixture;

static gboolean
reload (gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;

  fixture->n_reloads++;
  if (!fixture->reload_fails)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG, "livetrace.conf: [http]: odd");
  return FALSE;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const char *const addresses[] = { "127.0.0.1:8425", "[::1]:8425", NULL };

  test_service_init (&fixture->service, FALSE, NULL);
  lt_dbus_service_set_reload_func (fixture->service.service, reload, fixture);
  lt_dbus_service_set_http (fixture->service.service, addresses, "http://127.0.0.1:8425/");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  test_service_clear (&fixture->service);
}

static GVariant *
call (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = test_call_manager (fixture->service.bus.client, method, parameters, &error);

  g_assert_no_error (error);
  return answer;
}

/* Calls a method whose answer is not of interest. */
static void
run (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_variant_unref (call (fixture, method, parameters));
}

static void
refuse (Fixture *fixture, const char *method, GVariant *parameters, const char *name,
        const char *message)
{
  GError *error = NULL;

  g_assert_null (test_call_manager (fixture->service.bus.client, method, parameters, &error));
  test_assert_error (error, name, message);
}

static void
assert_levels (Fixture *fixture, const char *expected)
{
  g_autoptr (GVariant) answer = call (fixture, "ListLevels", NULL);
  g_autofree char *found = g_variant_print (answer, FALSE);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_levels (Fixture *fixture, gconstpointer unused)
{
  assert_levels (fixture, "({'*': 'trace'},)");
  run (fixture, "SetLevel", test_parse ("(sst)", "('smtp.*', 'info', 0)"));
  run (fixture, "SetLevel", test_parse ("(sst)", "('a.b', 'disable', 3600)"));
  assert_levels (fixture, "({'*': 'trace', 'a.b': 'disable', 'smtp.*': 'info'},)");
  run (fixture, "ResetLevel", test_parse ("(s)", "('a.b',)"));
  assert_levels (fixture, "({'*': 'trace', 'smtp.*': 'info'},)");

  refuse (fixture, "SetLevel", test_parse ("(sst)", "('smtp.*', 'loud', 0)"), "InvalidLevel",
          "loud");
  refuse (fixture, "SetLevel", test_parse ("(sst)", "('A B', 'info', 0)"), "InvalidArgument",
          "A B");
  refuse (fixture, "ResetLevel", test_parse ("(s)", "('x.y',)"), "NotFound", "x.y");
}

static void
test_tokens (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) created = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) token = NULL;
  g_autoptr (LtIdentity) identity = NULL;
  g_autofree const char **permissions = NULL;
  const char *text;
  const char *id;
  const char *label;
  gint64 created_at;
  gint64 expires_at;

  created = call (fixture, "CreateToken", test_parse ("(sast)", "('monitoring', ['observe'], 60)"));
  g_variant_get (created, "(&s)", &text);
  identity = lt_access_find_token (fixture->service.access, text);
  g_assert_nonnull (identity);
  g_assert_true (lt_identity_may (identity, LT_PERMISSION_OBSERVE));
  g_assert_false (lt_identity_may (identity, LT_PERMISSION_MANAGE));

  answer = call (fixture, "ListTokens", NULL);
  list = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 1);
  token = g_variant_get_child_value (list, 0);
  g_assert_true (g_variant_lookup (token, "id", "&s", &id));
  g_assert_true (g_variant_lookup (token, "label", "&s", &label));
  g_assert_true (g_variant_lookup (token, "permissions", "^a&s", &permissions));
  g_assert_true (g_variant_lookup (token, "createdAt", "x", &created_at));
  g_assert_true (g_variant_lookup (token, "expiresAt", "x", &expires_at));
  g_assert_cmpstr (label, ==, "monitoring");
  g_assert_cmpstr (permissions[0], ==, "observe");
  g_assert_null (permissions[1]);
  g_assert_cmpint (expires_at - created_at, ==, 60 * G_USEC_PER_SEC);

  run (fixture, "RevokeToken", g_variant_new ("(s)", id));
  g_assert_null (lt_access_find_token (fixture->service.access, text));

  refuse (fixture, "RevokeToken", g_variant_new ("(s)", id), "NotFound", id);
  refuse (fixture, "CreateToken", test_parse ("(sast)", "('x', ['fly'], 0)"), "InvalidArgument",
          "fly");
  refuse (fixture, "CreateToken", test_parse ("(sast)", "('x', [], 0)"), "InvalidArgument",
          "observe");
  refuse (fixture, "CreateToken", test_parse ("(sast)", "('', ['observe'], 0)"), "InvalidArgument",
          "");
}

static void
test_sign_in (Fixture *fixture, gconstpointer unused)
{
  static const char begin[] = "http://127.0.0.1:8425/#sign-in=";
  g_autoptr (GVariant) answer = call (fixture, "CreateSignIn", NULL);
  g_autoptr (LtIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *session = NULL;
  const char *url;

  g_variant_get (answer, "(&s)", &url);
  g_assert_true (g_str_has_prefix (url, begin));
  session = lt_access_sign_in_with_link (fixture->service.access, url + strlen (begin), "127.0.0.1",
                                         &identity, &error);
  g_assert_no_error (error);
  g_assert_true (lt_identity_may (identity, LT_PERMISSION_ALL));

  lt_dbus_service_set_http (fixture->service.service, NULL, NULL);
  refuse (fixture, "CreateSignIn", NULL, "NotFound", "http.listen");
}

static void
test_reload (Fixture *fixture, gconstpointer unused)
{
  run (fixture, "Reload", NULL);
  g_assert_cmpuint (fixture->n_reloads, ==, 1);
  fixture->reload_fails = TRUE;
  refuse (fixture, "Reload", NULL, "InvalidConfig", "[http]: odd");
}

static void
test_clear_ring (Fixture *fixture, gconstpointer unused)
{
  run (fixture, "Inject", test_parse ("(a{sv})", "({'type': <'a'>},)"));
  g_assert_cmpuint (lt_hub_get_first_sequence (fixture->service.hub), ==, 1);
  run (fixture, "ClearRing", NULL);
  g_assert_null (lt_hub_peek_event (fixture->service.hub, 1));
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->service.hub), ==, 1);
}

static void
test_list_subscribers (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) entry = NULL;
  g_autoptr (GVariant) member = NULL;
  g_autofree char *path = NULL;
  const char *listed;
  const char *text;
  guint64 number;
  int fd = test_open (
      fixture->service.bus.client, "Subscribe",
      test_parse ("(sa{sv})", "('level:warn two', {'client': <'trace-viewer 1.0'>})"), &path);

  answer = call (fixture, "ListSubscribers", NULL);
  list = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 1);
  entry = g_variant_get_child_value (list, 0);
  g_variant_get (entry, "(&o@a{sv})", &listed, &member);
  g_assert_cmpstr (listed, ==, path);
  g_assert_true (g_variant_lookup (member, "number", "t", &number));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (g_variant_lookup (member, "transport", "&s", &text));
  g_assert_cmpstr (text, ==, "dbus");
  g_assert_true (g_variant_lookup (member, "peer", "&s", &text));
  g_assert_cmpstr (text, ==, g_dbus_connection_get_unique_name (fixture->service.bus.client));
  g_assert_true (g_variant_lookup (member, "identity", "&s", &text));
  g_assert_cmpstr (text, ==, g_get_user_name ());
  g_assert_true (g_variant_lookup (member, "userAgent", "&s", &text));
  g_assert_cmpstr (text, ==, "trace-viewer 1.0");
  g_assert_true (g_variant_lookup (member, "filter", "&s", &text));
  g_assert_cmpstr (text, ==, "level:warn two");
  g_assert_true (g_variant_lookup (member, "context", "&s", &text));
  g_assert_cmpstr (text, ==, "span");
  g_assert_true (g_variant_lookup (member, "state", "&s", &text));
  g_assert_true (g_variant_lookup (member, "delivered", "t", &number));
  g_assert_true (g_variant_lookup (member, "dropped", "t", &number));
  g_assert_true (g_variant_lookup (member, "matched", "t", &number));
  g_assert_true (g_variant_lookup (member, "queuedBytes", "t", &number));
  g_assert_true (g_variant_lookup (member, "lastEventId", "&s", &text));
  g_assert_true (g_variant_lookup (member, "connectedAt", "x", &number));
  close (fd);
}

/* What is changed, and who watches, is told with who did it; what is only read is not. */
static void
test_log (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *changed
      = g_strdup_printf ("SetLevel ('smtp.*', 'info', 0) called by %s from :*", g_get_user_name ());
  g_autofree char *opened = g_strdup_printf (
      "stream 1 opened: %s from :* watches \"level:warn two\" (span)", g_get_user_name ());
  g_autofree char *long_glob = g_strnfill (100000, 'x');
  g_autofree char *path = NULL;
  int fd;
  int second_fd;

  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, changed);
  run (fixture, "SetLevel", test_parse ("(sst)", "('smtp.*', 'info', 0)"));
  g_test_assert_expected_messages ();

  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "ResetLevel (…) called by *");
  refuse (fixture, "ResetLevel", g_variant_new ("(s)", long_glob), "InvalidArgument", "x");
  g_test_assert_expected_messages ();

  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, opened);
  fd = test_open (fixture->service.bus.client, "Subscribe",
                  test_parse ("(sa{sv})", "('level:warn two', {})"), &path);
  g_variant_unref (call (fixture, "ListSubscribers", NULL));
  g_test_assert_expected_messages ();

  /* The first stays open: when its end is told would be anybody's guess. */
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "stream 2 opened: * watches everything (span)");
  g_free (path);
  second_fd = test_open (fixture->service.bus.client, "Subscribe",
                         test_parse ("(sa{sv})", "('', {})"), &path);
  g_variant_unref (call (fixture, "ListSubscribers", NULL));
  g_test_assert_expected_messages ();
  close (second_fd);
  close (fd);
}

static void
test_properties (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char **addresses = NULL;
  const char *text;
  guint64 number;
  gint64 started_at;

  run (fixture, "Inject", test_parse ("(a{sv})", "({'type': <'a'>},)"));
  run (fixture, "SetLevel", test_parse ("(sst)", "('b', 'disable', 0)"));
  run (fixture, "Inject", test_parse ("(a{sv})", "({'type': <'b'>},)"));
  answer = test_call (fixture->service.bus.client, MANAGER_PATH, "org.freedesktop.DBus.Properties",
                      "GetAll", g_variant_new ("(s)", MANAGER), NULL, &error);
  g_assert_no_error (error);
  values = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (values), ==, 12);
  g_assert_true (g_variant_lookup (values, "Version", "&s", &text));
  g_assert_cmpstr (text, ==, LT_VERSION);
  g_assert_true (g_variant_lookup (values, "Epoch", "&s", &text));
  g_assert_cmpstr (text, ==, lt_hub_get_epoch (fixture->service.hub));
  g_assert_true (g_variant_lookup (values, "StartedAt", "x", &started_at));
  g_assert_true (g_variant_lookup (values, "Received", "t", &number));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (g_variant_lookup (values, "Refused", "t", &number));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (g_variant_lookup (values, "RingEvents", "t", &number));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (g_variant_lookup (values, "HttpAddresses", "^a&s", &addresses));
  g_assert_cmpstr (addresses[1], ==, "[::1]:8425");
}

static void
on_changed (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  char **seen = user_data;

  g_free (*seen);
  *seen = g_variant_print (parameters, FALSE);
}

static gboolean
is_set (gpointer user_data)
{
  return *(char **) user_data != NULL;
}

static void
test_http_addresses_change (Fixture *fixture, gconstpointer unused)
{
  static const char *const addresses[] = { "127.0.0.1:9000", NULL };
  g_autofree char *seen = NULL;
  guint id = g_dbus_connection_signal_subscribe (
      fixture->service.bus.client, NULL, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      MANAGER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, &seen, NULL);

  run (fixture, "ListLevels", NULL);
  lt_dbus_service_set_http (fixture->service.service, addresses, "http://127.0.0.1:9000/");
  test_iterate_until (is_set, &seen);
  g_assert_cmpstr (seen, ==, "('" MANAGER "', {'HttpAddresses': <['127.0.0.1:9000']>}, [])");
  g_dbus_connection_signal_unsubscribe (fixture->service.bus.client, id);
}

static void
test_what_there_is_not (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (test_call_manager (fixture->service.bus.client, "Frob", NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
  g_clear_error (&error);
  g_assert_null (test_call_manager (fixture->service.bus.client, "Inject", NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
  g_clear_error (&error);
  g_assert_null (test_call (fixture->service.bus.client, MANAGER_PATH "/subscribers/99",
                            "org.livetrace.Livetrace1.Subscriber", "Disconnect", NULL, NULL,
                            &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

#define ADD(name) g_test_add ("/dbus-manager/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (levels);
  ADD (tokens);
  ADD (sign_in);
  ADD (reload);
  ADD (clear_ring);
  ADD (list_subscribers);
  ADD (log);
  ADD (properties);
  ADD (http_addresses_change);
  ADD (what_there_is_not);

  return g_test_run ();
}
