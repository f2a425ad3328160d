/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "core/lt-source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const LtDbusServiceLimits few_injectors
    = { LT_DBUS_INBOX_LIMITS_DEFAULT, LT_DBUS_AUTHORITY_LIMITS_DEFAULT, { 3, 2 } };

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

static int
subscribe (TestService *fixture, const char *filter, const char *options, char **path)
{
  g_autofree char *unused = NULL;

  return test_open (fixture->bus.client, "Subscribe",
                    g_variant_new ("(s@a{sv})", filter, test_parse ("a{sv}", options)),
                    path != NULL ? path : &unused);
}

static void
inject (TestService *fixture, const char *type, const char *text)
{
  g_autofree char *dict = g_strdup_printf ("({'type': <'%s'>, 'text': <'%s'>},)", type, text);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = test_call_manager (fixture->bus.client, "Inject", test_parse ("(a{sv})", dict), &error);
  g_assert_no_error (error);
}

static void
assert_line_has (int fd, const char *part)
{
  g_autofree char *line = test_read_line (fd);

  if (strstr (line, part) == NULL)
    g_error ("\"%s\" is not in \"%s\"", part, line);
}

static gboolean
has_no_subscription (gpointer user_data)
{
  g_autoptr (GPtrArray) subscriptions = lt_hub_list_subscriptions (user_data);

  return subscriptions->len == 0;
}

static void
test_live (TestService *fixture, gconstpointer unused)
{
  g_autofree char *path = NULL;
  int fd = subscribe (fixture, "two", "{}", &path);

  g_assert_cmpstr (path, ==, "/org/livetrace/Livetrace1/subscribers/1");
  /* As a newcomer expects a descriptor to be. */
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, 0);
  assert_line_has (fd, "\"control\":\"hello\"");
  inject (fixture, "a.b", "one");
  inject (fixture, "a.b", "two");
  assert_line_has (fd, "\"text\":\"two\"");
  close (fd);
  test_iterate_until (has_no_subscription, fixture->hub);
}

static void
test_starts (TestService *fixture, gconstpointer unused)
{
  g_autofree char *options = NULL;
  int fd;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("n%u", i);

      inject (fixture, "a.b", text);
    }

  fd = subscribe (fixture, "", "{'last': <2>}", NULL);
  assert_line_has (fd, "hello");
  assert_line_has (fd, "\"n3\"");
  assert_line_has (fd, "\"n4\"");
  assert_line_has (fd, "\"live\"");
  close (fd);

  options = g_strdup_printf ("{'last-event-id': <'%s.4'>, 'last': <5>}",
                             lt_hub_get_epoch (fixture->hub));
  fd = subscribe (fixture, "", options, NULL);
  assert_line_has (fd, "hello");
  assert_line_has (fd, "\"n4\"");
  close (fd);

  fd = subscribe (fixture, "", "{'since': <'1h'>, 'context': <'event'>}", NULL);
  assert_line_has (fd, "\"context\":\"event\"");
  assert_line_has (fd, "\"n0\"");
  close (fd);

  fd = subscribe (fixture, "", "{'since': <int64 1000000>, 'limit': <uint64 1>}", NULL);
  assert_line_has (fd, "hello");
  assert_line_has (fd, "\"n0\"");
  assert_line_has (fd, "\"bye\"");
  close (fd);

  fd = subscribe (fixture, "", "{'last-event-id': <'nonsense'>}", NULL);
  assert_line_has (fd, "hello");
  assert_line_has (fd, "\"gap\"");
  close (fd);
}

static const struct
{
  const char *parameters;
  const char *error;
  const char *message;
} refusals[] = {
  { "('nosuchkey:1', @a{sv} {})", "UnknownKey", "nosuchkey" },
  { "('\"open', @a{sv} {})", "InvalidFilter", "" },
  { "('', {'frob': <1>})", "UnknownOption", "frob" },
  { "('', {'context': <'galaxy'>})", "InvalidArgument", "event, span, trace" },
  { "('', {'last': <'x'>})", "InvalidArgument", "last" },
  { "('', {'last': <-1>})", "InvalidArgument", "last" },
  { "('', {'limit': <0>})", "InvalidArgument", "limit" },
  { "('', {'since': <'later'>})", "InvalidArgument", "since" },
  { "('', {'since': <1.5>})", "InvalidArgument", "since" },
};

static void
test_refused (TestService *fixture, gconstpointer unused)
{
  guint n_fds = test_count_fds ();

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      GError *error = NULL;
      GVariant *parameters = test_parse ("(sa{sv})", refusals[i].parameters);

      g_test_message ("%s", refusals[i].parameters);
      g_assert_null (test_call_manager (fixture->bus.client, "Subscribe", parameters, &error));
      test_assert_error (error, refusals[i].error, refusals[i].message);
    }
  g_assert_true (has_no_subscription (fixture->hub));
  g_assert_cmpuint (test_count_fds (), ==, n_fds);
}

/* GDBus's thread may still hold what it has just sent. */
static gboolean
has_fds (gpointer user_data)
{
  return test_count_fds () <= *(guint *) user_data;
}

/* Whatever a client held goes with its socket, and no descriptor stays behind. */
static void
test_nothing_is_left (TestService *fixture, gconstpointer unused)
{
  guint n_fds;
  int fd = subscribe (fixture, "", "{}", NULL);

  close (fd);
  test_iterate_until (has_no_subscription, fixture->hub);
  n_fds = test_count_fds ();
  for (guint i = 0; i < 100; i++)
    {
      fd = subscribe (fixture, "", "{}", NULL);
      close (fd);
      fd = test_open (fixture->bus.client, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
      close (fd);
    }
  test_iterate_until (has_no_subscription, fixture->hub);
  test_iterate_until (has_fds, &n_fds);
}

static gboolean
has_five (gpointer user_data)
{
  return lt_hub_get_last_sequence (user_data) == 5;
}

static gboolean
has_no_source (gpointer user_data)
{
  g_autoptr (GPtrArray) sources = lt_dbus_service_list_sources (user_data);

  return sources->len == 0;
}

static void
test_injector (TestService *fixture, gconstpointer unused)
{
  static const char lines[] = "{\"type\":\"a\"}\n{\"type\":\"b\"}\n{\"type\":\"c\"}\nx\n"
                              "{\"type\":\"d\"}\n{\"type\":\"e\"}\n";
  g_autoptr (GError) error = NULL;
  GVariant *options = test_parse ("(a{sv})", "({'name': <'import'>},)");
  int fd = test_open (fixture->bus.client, "OpenInjector", options, NULL);

  {
    g_autoptr (GPtrArray) sources = lt_dbus_service_list_sources (fixture->service);

    g_assert_cmpuint (sources->len, ==, 1);
    g_assert_cmpstr (lt_source_get_name (g_ptr_array_index (sources, 0)), ==, "import");
  }
  g_assert_cmpint (write (fd, lines, strlen (lines)), ==, (gssize) strlen (lines));
  test_iterate_until (has_five, fixture->hub);
  assert_line_has (fd, "{\"line\":4,");
  close (fd);
  test_iterate_until (has_no_source, fixture->service);
}

static void
test_injectors_are_bounded (TestService *fixture, gconstpointer unused)
{
  g_autoptr (GDBusConnection) other = test_bus_connect (&fixture->bus);
  GError *error = NULL;
  int fds[3];

  fds[0] = test_open (other, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
  fds[1] = test_open (other, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
  g_assert_null (
      test_call_manager (other, "OpenInjector", g_variant_new ("(a{sv})", NULL), &error));
  test_assert_error (error, "TooMany", "you have 2 injectors open");
  fds[2] = test_open (fixture->bus.client, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
  error = NULL;
  g_assert_null (test_call_manager (fixture->bus.client, "OpenInjector",
                                    g_variant_new ("(a{sv})", NULL), &error));
  test_assert_error (error, "Busy", "3 injectors already");

  /* They outlive their caller's time on the bus, and go with their sockets. */
  g_dbus_connection_close_sync (other, NULL, NULL);
  g_assert_false (has_no_source (fixture->service));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  test_iterate_until (has_no_source, fixture->service);
  fds[0] = test_open (fixture->bus.client, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
  close (fds[0]);
}

static void
test_injector_options (TestService *fixture, gconstpointer unused)
{
  g_autofree char *long_name = g_strnfill (65, 'n');
  GError *error = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "nmae", "s", "x");
  g_assert_null (test_call_manager (fixture->bus.client, "OpenInjector",
                                    g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)),
                                    &error));
  test_assert_error (error, "UnknownOption", "did you mean \"name\"?");

  error = NULL;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", long_name);
  g_assert_null (test_call_manager (fixture->bus.client, "OpenInjector",
                                    g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)),
                                    &error));
  test_assert_error (error, "InvalidArgument", "64 bytes");
}

/* A stop ends what is open. */
static void
test_stop (TestService *fixture, gconstpointer unused)
{
  int fd = test_open (fixture->bus.client, "OpenInjector", g_variant_new ("(a{sv})", NULL), NULL);
  char c;

  lt_dbus_service_stop (fixture->service);
  g_assert_cmpint (recv (fd, &c, 1, 0), ==, 0);
  close (fd);
}

#define ADD(name, limits)                                                                          \
  g_test_add ("/dbus-streams/" #name, TestService, limits, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (live, NULL);
  ADD (starts, NULL);
  ADD (refused, NULL);
  ADD (nothing_is_left, NULL);
  ADD (injector, NULL);
  ADD (injectors_are_bounded, &few_injectors);
  ADD (injector_options, NULL);
  ADD (stop, NULL);

  return g_test_run ();
}
