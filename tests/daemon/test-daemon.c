/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon-fixture.h"

#include "daemon/lt-daemon.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
use_any_port (DaemonFixture *fixture)
{
  daemon_fixture_add_setting (fixture, "http.listen=127.0.0.1:0");
}

static void
use_no_bus (DaemonFixture *fixture)
{
  daemon_fixture_add_argument (fixture, "--bus");
  daemon_fixture_add_argument (fixture, "none");
}

static void
test_version (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *output = NULL;

  daemon_fixture_add_argument (fixture, "--version");
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 0, &output, NULL);
  g_assert_cmpstr (output, ==, "livetraced " LT_VERSION "\n");
}

static void
test_command_line (DaemonFixture *fixture, gconstpointer user_data)
{
  static const char *const bad[][3] = {
    { "--frobnicate", NULL, "--frobnicate" },
    { "word", NULL, "\"word\" is not an option; see livetraced --help" },
    { "--bus", "tram", "--bus must be system, session, none or a D-Bus address, not \"tram\"" },
    { "--set", NULL, "--set" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *errors = NULL;

      g_ptr_array_set_size (fixture->arguments, 0);
      daemon_fixture_add_argument (fixture, bad[i][0]);
      if (bad[i][1] != NULL)
        daemon_fixture_add_argument (fixture, bad[i][1]);
      daemon_fixture_spawn (fixture);
      daemon_fixture_end (fixture, LT_EXIT_USAGE, NULL, &errors);
      if (strstr (errors, bad[i][2]) == NULL)
        g_error ("\"%s\" does not say \"%s\"", errors, bad[i][2]);
    }
}

static void
test_check_config (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  daemon_fixture_add_argument (fixture, "--check-config");
  daemon_fixture_write_config (fixture, "[ring]\nsize=1MiB\n");
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 0, &output, NULL);
  g_assert_nonnull (strstr (output, "[ring]\nsize=1MiB\n"));

  daemon_fixture_write_config (fixture, "[ring]\nsiez=1MiB\n");
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_true (g_str_has_prefix (errors, "livetraced: /"));
  g_assert_true (g_str_has_suffix (errors, "/livetrace.conf:2: [ring] unknown option "
                                           "\"ring.siez\"; did you mean \"ring.size\"?\n"));
}

static void
test_bad_config (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *errors = NULL;

  use_no_bus (fixture);
  daemon_fixture_write_config (fixture, "[http]\nmax-streams=many\n");
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, ":2: [http] option \"http.max-streams\" must be"));
}

static void
test_bad_state_directory (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *errors = NULL;
  g_autofree char *setting
      = g_strdup_printf ("daemon.state-directory=%s/below", fixture->config_path);

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_add_setting (fixture, setting);
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, "cannot make the state directory"));
}

static GSocket *
listen_anywhere (guint16 *port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

static void
test_port_in_use (DaemonFixture *fixture, gconstpointer user_data)
{
  guint16 port;
  g_autoptr (GSocket) socket = listen_anywhere (&port);
  g_autofree char *setting = g_strdup_printf ("http.listen=127.0.0.1:%u", port);
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *errors = NULL;

  use_no_bus (fixture);
  daemon_fixture_add_setting (fixture, setting);
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, place));
  g_assert_nonnull (strstr (errors, "in use"));
}

static void
test_end (DaemonFixture *fixture, gconstpointer user_data)
{
  int number = GPOINTER_TO_INT (user_data);

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_start (fixture);
  g_subprocess_send_signal (fixture->process, number);
  daemon_fixture_expect (fixture, "STOPPING=1");
  daemon_fixture_end (fixture, 0, NULL, NULL);
}

static void
test_goodbye (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = daemon_fixture_create_token (fixture);
  g_autofree char *hello = NULL;
  g_autofree char *rest = NULL;
  g_autoptr (GIOStream) stream = NULL;

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_start (fixture);
  stream = daemon_fixture_request (fixture, "GET", "/api/tracing/live", token);
  hello = daemon_fixture_read_until (stream, "event: hello");
  g_assert_true (g_str_has_prefix (hello, "HTTP/1.1 200 "));

  g_subprocess_send_signal (fixture->process, SIGTERM);
  rest = daemon_fixture_read_until (stream, NULL);
  g_assert_nonnull (strstr (rest, "event: bye"));
  g_assert_nonnull (strstr (rest, "{\"reason\":\"shutdown\"}"));
  daemon_fixture_end (fixture, 0, NULL, NULL);
}

static void
test_reload (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = daemon_fixture_create_token (fixture);
  g_autofree char *errors = NULL;
  g_autofree char *levels = NULL;
  g_autofree char *levels_after = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) stream_after = NULL;

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_start (fixture);

  daemon_fixture_write_config (fixture, "[levels]\nsmtp.*=warn\n");
  g_subprocess_send_signal (fixture->process, SIGHUP);
  daemon_fixture_expect (fixture, "RELOADING=1");
  daemon_fixture_expect (fixture, "READY=1");
  stream = daemon_fixture_request (fixture, "GET", "/api/tracing/levels", token);
  levels = daemon_fixture_read_until (stream, NULL);
  g_assert_nonnull (strstr (levels, "smtp.*"));

  daemon_fixture_write_config (fixture, "[levels]\nsmtp.*=loud\n[daemon]\n");
  g_subprocess_send_signal (fixture->process, SIGHUP);
  daemon_fixture_expect (fixture, "RELOADING=1");
  daemon_fixture_expect (fixture, "READY=1");
  stream_after = daemon_fixture_request (fixture, "GET", "/api/tracing/levels", token);
  levels_after = daemon_fixture_read_until (stream_after, NULL);
  g_assert_nonnull (strstr (levels_after, "smtp.*"));

  g_subprocess_send_signal (fixture->process, SIGTERM);
  daemon_fixture_end (fixture, 0, NULL, &errors);
  g_assert_nonnull (strstr (errors, "the configuration in force stays"));
  g_assert_nonnull (strstr (errors, ":2: [levels]"));
}

static void
test_watchdog (DaemonFixture *fixture, gconstpointer user_data)
{
  g_ptr_array_add (fixture->environment, g_strdup ("WATCHDOG_USEC=200000"));
  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_start (fixture);
  for (guint i = 0; i < 3; i++)
    daemon_fixture_expect (fixture, "WATCHDOG=1");
}

static void
test_socket_activation (DaemonFixture *fixture, gconstpointer user_data)
{
  guint16 port;
  g_autoptr (GSocket) socket = listen_anywhere (&port);
  g_autofree char *expected = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *health = NULL;
  g_autoptr (GIOStream) stream = NULL;

  use_no_bus (fixture);
  fixture->listen_fd = dup (g_socket_get_fd (socket));
  daemon_fixture_start (fixture);
  g_assert_cmpstr (fixture->address, ==, expected);
  stream = daemon_fixture_request (fixture, "GET", "/healthz", NULL);
  health = daemon_fixture_read_until (stream, NULL);
  g_assert_true (g_str_has_prefix (health, "HTTP/1.1 200 "));
}

static void
test_bad_activation (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *errors = NULL;

  use_no_bus (fixture);
  fixture->listen_fd = g_open ("/dev/null", O_RDONLY | O_CLOEXEC, 0);
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, "no listening stream socket"));
}

static void
test_own_events (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = daemon_fixture_create_token (fixture);
  g_autofree char *text = NULL;
  g_autoptr (GIOStream) stream = NULL;

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_add_setting (fixture, "daemon.events=true");
  daemon_fixture_start (fixture);
  stream = daemon_fixture_request (fixture, "GET", "/api/tracing/live?last=1", token);
  text = daemon_fixture_read_until (stream, "\"type\":\"livetrace.started\"");
}

static void
test_demo (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *token = daemon_fixture_create_token (fixture);
  g_autofree char *text = NULL;
  g_autoptr (GIOStream) stream = NULL;

  use_no_bus (fixture);
  use_any_port (fixture);
  daemon_fixture_add_argument (fixture, "--demo");
  daemon_fixture_add_setting (fixture, "demo.rate=1000");
  daemon_fixture_start (fixture);
  stream = daemon_fixture_request (fixture, "GET", "/api/tracing/live?type=smtp.*", token);
  text = daemon_fixture_read_until (stream, "\"demo\":true");
}

static void
test_no_http (DaemonFixture *fixture, gconstpointer user_data)
{
  use_no_bus (fixture);
  daemon_fixture_add_setting (fixture, "http.listen=");
  daemon_fixture_start (fixture);
  g_assert_cmpstr (fixture->status, ==, "serving");
  g_assert_null (fixture->address);
}

static GSubprocess *
start_bus (DaemonFixture *fixture, char **address)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *listen = g_strdup_printf ("--address=unix:path=%s/bus", fixture->directory);
  g_autoptr (GDataInputStream) lines = NULL;
  GSubprocess *bus = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "dbus-daemon",
                                       "--session", "--nofork", "--print-address", listen, NULL);

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
  *address = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
end_bus (GSubprocess *bus)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (bus, SIGTERM);
  g_subprocess_wait (bus, NULL, &error);
  g_assert_no_error (error);
}

static GDBusConnection *
connect_to_bus (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static GVariant *
call (GDBusConnection *connection, const char *method, GVariant *parameters, GError **error)
{
  return g_dbus_connection_call_sync (connection, "org.livetrace.Livetrace1",
                                      "/org/livetrace/Livetrace1",
                                      "org.livetrace.Livetrace1.Manager", method, parameters, NULL,
                                      G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
}

static void
test_bus (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *address = NULL;
  g_autofree char *link = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GSubprocess) bus = start_bus (fixture, &address);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  daemon_fixture_add_argument (fixture, "--bus");
  daemon_fixture_add_argument (fixture, address);
  use_any_port (fixture);
  daemon_fixture_start (fixture);

  /* The name is there as soon as it says that it is ready. */
  connection = connect_to_bus (address);
  reply = call (connection, "CreateSignIn", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(s)", &link);
  expected = g_strdup_printf ("http://%s/#sign-in=", fixture->address);
  g_assert_true (g_str_has_prefix (link, expected));

  daemon_fixture_write_config (fixture, "[levels]\nsmtp.*=loud\n");
  g_assert_null (call (connection, "Reload", NULL, &error));
  g_assert_nonnull (strstr (error->message, ":2: [levels]"));
  g_clear_error (&error);
  daemon_fixture_write_config (fixture, "[levels]\nsmtp.*=warn\n");
  g_clear_pointer (&reply, g_variant_unref);
  reply = call (connection, "Reload", NULL, &error);
  g_assert_no_error (error);

  g_subprocess_send_signal (fixture->process, SIGTERM);
  daemon_fixture_end (fixture, 0, NULL, &errors);
  g_assert_nonnull (strstr (errors, "the configuration in force stays: "));
  end_bus (bus);
}

static void
test_bus_lost (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *address = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GSubprocess) bus = start_bus (fixture, &address);

  daemon_fixture_add_argument (fixture, "--bus");
  daemon_fixture_add_argument (fixture, address);
  use_any_port (fixture);
  daemon_fixture_start (fixture);
  end_bus (bus);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, "livetraced: the bus is lost: "));
}

static void
test_no_bus (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *errors = NULL;

  daemon_fixture_add_argument (fixture, "--bus");
  daemon_fixture_add_argument (fixture, "unix:path=/nonexistent/bus");
  use_any_port (fixture);
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, "/nonexistent/bus"));
}

static void
test_name_taken (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autofree char *address = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GSubprocess) bus = start_bus (fixture, &address);
  g_autoptr (GDBusConnection) connection = connect_to_bus (address);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.livetrace.Livetrace1", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  daemon_fixture_add_argument (fixture, "--bus");
  daemon_fixture_add_argument (fixture, address);
  use_any_port (fixture);
  daemon_fixture_spawn (fixture);
  daemon_fixture_end (fixture, 1, NULL, &errors);
  g_assert_nonnull (strstr (errors, "org.livetrace.Livetrace1"));
  end_bus (bus);
}

static void
add (const char *path, gconstpointer data,
     void (*test) (DaemonFixture *fixture, gconstpointer user_data))
{
  g_test_add (path, DaemonFixture, data, daemon_fixture_set_up, test, daemon_fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/daemon/version", NULL, test_version);
  add ("/daemon/command-line", NULL, test_command_line);
  add ("/daemon/check-config", NULL, test_check_config);
  add ("/daemon/bad-config", NULL, test_bad_config);
  add ("/daemon/bad-state-directory", NULL, test_bad_state_directory);
  add ("/daemon/port-in-use", NULL, test_port_in_use);
  add ("/daemon/end/sigterm", GINT_TO_POINTER (SIGTERM), test_end);
  add ("/daemon/end/sigint", GINT_TO_POINTER (SIGINT), test_end);
  add ("/daemon/goodbye", NULL, test_goodbye);
  add ("/daemon/reload", NULL, test_reload);
  add ("/daemon/watchdog", NULL, test_watchdog);
  add ("/daemon/socket-activation", NULL, test_socket_activation);
  add ("/daemon/bad-activation", NULL, test_bad_activation);
  add ("/daemon/own-events", NULL, test_own_events);
  add ("/daemon/demo", NULL, test_demo);
  add ("/daemon/no-http", NULL, test_no_http);
  add ("/daemon/bus", NULL, test_bus);
  add ("/daemon/bus-lost", NULL, test_bus_lost);
  add ("/daemon/no-bus", NULL, test_no_bus);
  add ("/daemon/name-taken", NULL, test_name_taken);
  return g_test_run ();
}
