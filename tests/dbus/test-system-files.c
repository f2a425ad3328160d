/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The files that make the daemon a system service: bus policy, polkit policy, units, user. */

#include "bus-fixture.h"

#include "dbus/lt-dbus-actions.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#define GROUP    "games"
#define GROUP_ID "60"

/* What /usr/share/dbus-1/system.conf says before it includes services' policies. */
static const char system_configuration[]
    = "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\""
      " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
      "<busconfig><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>"
      "<policy context=\"default\"><allow user=\"*\"/><deny own=\"*\"/>"
      "<deny send_type=\"method_call\"/><allow send_type=\"signal\"/>"
      "<allow send_requested_reply=\"true\" send_type=\"method_return\"/>"
      "<allow send_requested_reply=\"true\" send_type=\"error\"/>"
      "<allow receive_type=\"method_call\"/><allow receive_type=\"method_return\"/>"
      "<allow receive_type=\"error\"/><allow receive_type=\"signal\"/>"
      "<allow send_destination=\"org.freedesktop.DBus\"/></policy>"
      "<include>%s/livetrace.conf</include></busconfig>";

static char *
load (const char *relative)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", relative, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The policy as it is shipped, but for users and groups that exist wherever the test runs. */
static char *
make_configuration (const char *directory)
{
  g_autofree char *policy = load ("dbus/" LT_DBUS_NAME ".conf");
  g_autofree char *path = g_build_filename (directory, "livetrace.conf", NULL);
  g_autoptr (GString) text = g_string_new (policy);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_string_replace (text, "user=\"livetrace\"", "user=\"root\"", 0), ==, 1);
  g_assert_cmpuint (g_string_replace (text, "group=\"livetrace\"", "group=\"" GROUP "\"", 0), ==,
                    1);
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
  return g_strdup_printf (system_configuration, directory, directory);
}

static char *
run_as_nobody (TestService *fixture, gboolean in_group, const char *const *command)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  g_ptr_array_add (words, (gpointer) "setpriv");
  g_ptr_array_add (words, (gpointer) "--reuid=65534");
  g_ptr_array_add (words, (gpointer) "--regid=65534");
  g_ptr_array_add (words, (gpointer) (in_group ? "--groups=" GROUP_ID : "--clear-groups"));
  for (guint i = 0; command[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) command[i]);
  g_ptr_array_add (words, NULL);
  return test_run ((const char *const *) words->pdata, NULL, FALSE, NULL);
}

static char *
call_as_nobody (TestService *fixture, gboolean in_group, const char *path, const char *method)
{
  return run_as_nobody (fixture, in_group,
                        (const char *const[]){ "gdbus", "call", "--address", fixture->bus.address,
                                               "--dest", LT_DBUS_NAME, "--object-path", path,
                                               "--method", method, NULL });
}

static void
assert_has (char *output, const char *part)
{
  if (strstr (output, part) == NULL)
    g_error ("\"%s\" is not in \"%s\"", part, output);
  g_free (output);
}

static void
test_calls (TestService *fixture)
{
  const char *list = MANAGER ".ListLevels";
  const char *objects = "org.freedesktop.DBus.ObjectManager.GetManagedObjects";

  assert_has (call_as_nobody (fixture, FALSE, LT_DBUS_PATH, list),
              "org.freedesktop.DBus.Error.AccessDenied");
  assert_has (call_as_nobody (fixture, FALSE, LT_DBUS_PATH, objects),
              "org.freedesktop.DBus.Error.AccessDenied");
  /* Members of the group come near; what they may is another question. */
  assert_has (call_as_nobody (fixture, TRUE, LT_DBUS_PATH, list), ERRORS "Denied");
  assert_has (call_as_nobody (fixture, TRUE, LT_DBUS_PATH, objects), "a{oa{sa{sv}}}");
}

static void
test_own (TestService *fixture)
{
  const char *const command[] = { "gdbus",
                                  "call",
                                  "--address",
                                  fixture->bus.address,
                                  "--dest",
                                  "org.freedesktop.DBus",
                                  "--object-path",
                                  "/org/freedesktop/DBus",
                                  "--method",
                                  "org.freedesktop.DBus.RequestName",
                                  LT_DBUS_NAME,
                                  "4",
                                  NULL };

  assert_has (run_as_nobody (fixture, FALSE, command), "not allowed to own");
  assert_has (run_as_nobody (fixture, TRUE, command), "not allowed to own");
}

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_null (g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL,
                                                                  result, error));
}

static gboolean
has_error (gpointer user_data)
{
  return *(GError **) user_data != NULL;
}

static void
test_descriptors (TestService *fixture)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  g_unix_fd_list_append (fds, 0, &error);
  g_assert_no_error (error);
  g_dbus_connection_call_with_unix_fd_list (
      fixture->bus.client, LT_DBUS_NAME, LT_DBUS_PATH, MANAGER, "Inject",
      g_variant_new_parsed ("({'type': <'a'>, 'data': <{'fd': <handle 0>}>},)"), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, fds, NULL, on_refused, &error);
  test_iterate_until (has_error, &error);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
}

/* Counts the signals that reach it, says so, and goes. */
static const char listener[]
    = "import sys\n"
      "from gi.repository import Gio, GLib\n"
      "bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], "
      "Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | "
      "Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)\n"
      "loop = GLib.MainLoop()\n"
      "seen = set()\n"
      "def on_signal(bus, sender, path, interface, signal, parameters):\n"
      "    seen.add(signal)\n"
      "    if signal == 'End':\n"
      "        loop.quit()\n"
      "bus.signal_subscribe(None, None, None, None, None, 0, on_signal)\n"
      "bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', "
      "'GetId', None, None, 0, -1, None)\n"
      "print('ready', flush=True)\n"
      "loop.run()\n"
      "print('InterfacesAdded' in seen, flush=True)\n";

static GSubprocess *
start_listener (TestService *fixture, gboolean in_group, GDataInputStream **output)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "setpriv", "--reuid=65534",
                          "--regid=65534", in_group ? "--groups=" GROUP_ID : "--clear-groups",
                          "/usr/bin/python3", "-c", listener, fixture->bus.address, NULL);
  g_autofree char *line = NULL;

  g_assert_no_error (error);
  *output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (*output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "ready");
  return process;
}

static void
test_signals (TestService *fixture)
{
  g_autoptr (GDataInputStream) near_output = NULL;
  g_autoptr (GDataInputStream) far_output = NULL;
  g_autoptr (GSubprocess) near_process = start_listener (fixture, TRUE, &near_output);
  g_autoptr (GSubprocess) far_process = start_listener (fixture, FALSE, &far_output);
  g_autofree char *near_seen = NULL;
  g_autofree char *far_seen = NULL;
  g_autofree char *path = NULL;

  close (test_open (fixture->bus.client, "Subscribe", g_variant_new ("(sa{sv})", "", NULL), &path));
  g_dbus_connection_emit_signal (fixture->bus.client, NULL, "/test", "org.example.Test", "End",
                                 NULL, NULL);
  near_seen = g_data_input_stream_read_line (near_output, NULL, NULL, NULL);
  far_seen = g_data_input_stream_read_line (far_output, NULL, NULL, NULL);
  g_assert_cmpstr (near_seen, ==, "True");
  g_assert_cmpstr (far_seen, ==, "False");
  g_subprocess_wait (near_process, NULL, NULL);
  g_subprocess_wait (far_process, NULL, NULL);
}

static void
test_bus_policy (void)
{
  TestService fixture = { 0 };

  if (geteuid () != 0)
    {
      g_test_skip ("needs root to be somebody else");
      return;
    }

  test_service_init_with_policy (&fixture, make_configuration);
  test_calls (&fixture);
  test_own (&fixture);
  test_descriptors (&fixture);
  test_signals (&fixture);
  test_service_clear (&fixture);
}

/* Runs a tool over a file, if the tool is there. */
static void
check_with (const char *const *argv)
{
  g_autofree char *program = g_find_program_in_path (argv[0]);
  g_autofree char *output = NULL;
  int status;

  if (program == NULL)
    {
      g_test_skip ("the tool is not installed");
      return;
    }

  output = test_run (argv, NULL, FALSE, &status);
  g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
}

/* The threshold is in tenths. */
static void
test_unit_security (void)
{
  g_autofree char *unit = g_test_build_filename (G_TEST_BUILT, "data", "livetraced.service", NULL);

  check_with ((const char *const[]){ "systemd-analyze", "security", "--no-pager", "--offline=true",
                                     "--threshold=10", unit, NULL });
}

static void
test_user (void)
{
  g_autofree char *file
      = g_test_build_filename (G_TEST_DIST, "data", "sysusers.d", "livetrace.conf", NULL);

  check_with ((const char *const[]){ "systemd-sysusers", "--dry-run", file, NULL });
}

static void
test_polkit_policy (void)
{
  static const char dtd[] = "/usr/share/polkit-1/policyconfig-1.dtd";
  g_autofree char *policy
      = g_test_build_filename (G_TEST_BUILT, "data", LT_DBUS_NAME ".policy", NULL);

  if (!g_file_test (dtd, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("polkit's DTD is not installed");
      return;
    }

  check_with (
      (const char *const[]){ "xmllint", "--noout", "--nonet", "--dtdvalid", dtd, policy, NULL });
}

/* Activation by the bus ends in the unit, and everything names the same program. */
static void
test_activation (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_BUILT, "data", LT_DBUS_NAME ".service", NULL);
  g_autofree char *unit_path
      = g_test_build_filename (G_TEST_BUILT, "data", "livetraced.service", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = NULL;
  g_autofree char *unit = NULL;
  g_autofree char *program = NULL;
  g_autofree char *user = NULL;
  g_autofree char *text = NULL;
  g_autofree char *start = NULL;
  g_autoptr (GError) error = NULL;

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  name = g_key_file_get_string (file, "D-BUS Service", "Name", NULL);
  unit = g_key_file_get_string (file, "D-BUS Service", "SystemdService", NULL);
  user = g_key_file_get_string (file, "D-BUS Service", "User", NULL);
  program = g_key_file_get_string (file, "D-BUS Service", "Exec", NULL);
  g_assert_cmpstr (name, ==, LT_DBUS_NAME);
  g_assert_cmpstr (unit, ==, "livetraced.service");
  g_assert_cmpstr (user, ==, "livetrace");

  g_file_get_contents (unit_path, &text, NULL, &error);
  g_assert_no_error (error);
  start = g_strdup_printf ("ExecStart=%s\n", program);
  g_assert_nonnull (strstr (text, start));
  g_assert_nonnull (strstr (text, "\nUser=livetrace\n"));
  g_assert_nonnull (strstr (text, "\nType=notify\n"));
  g_assert_nonnull (strstr (text, "\nWatchdogSec="));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/system-files/bus-policy", test_bus_policy);
  g_test_add_func ("/system-files/unit-security", test_unit_security);
  g_test_add_func ("/system-files/user", test_user);
  g_test_add_func ("/system-files/polkit-policy", test_polkit_policy);
  g_test_add_func ("/system-files/activation", test_activation);

  return g_test_run ();
}
