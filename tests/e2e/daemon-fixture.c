/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon-fixture.h"
#include "directory-fixture.h"

#include <arpa/inet.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
name_is_owned (TestDaemon *self)
{
  g_autoptr (GVariant) answer = NULL;
  gboolean owned;

  answer = g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "NameHasOwner", g_variant_new ("(s)", TEST_BUS_NAME), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
  g_variant_get (answer, "(b)", &owned);

  return owned;
}

static void
die_with_parent (gpointer unused)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* Starts a program that does not outlive the test, even one that fails. */
GSubprocess *
test_spawn (const char *const *argv, GSubprocessFlags flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);

  return process;
}

/* Starts the daemon and waits until it owns its name, which it does last. */
void
test_daemon_launch (TestDaemon *self)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GVariant) addresses = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *state = g_strdup_printf ("daemon.state-directory=%s", self->directory);
  g_autofree char *listen = g_strdup_printf ("http.listen=127.0.0.1:%u", self->port);
  const char *first = NULL;

  g_ptr_array_add (argv, (gpointer) g_getenv ("LIVETRACED"));
  g_ptr_array_add (argv, (gpointer) "--bus");
  g_ptr_array_add (argv, (gpointer) g_test_dbus_get_bus_address (self->bus));
  for (const char *const *word = (const char *const[]){ "--set", state, "--set", listen, NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, (gpointer) *word);
  for (guint i = 0; i < self->settings->len; i++)
    g_ptr_array_add (argv, g_ptr_array_index (self->settings, i));
  g_ptr_array_add (argv, NULL);

  self->process = test_spawn ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_NONE);
  while (!name_is_owned (self))
    {
      g_assert_nonnull (g_subprocess_get_identifier (self->process));
      g_main_context_iteration (NULL, FALSE);
      g_usleep (5000);
    }

  addresses = test_daemon_get (self, "HttpAddresses");
  g_variant_get_child (addresses, 0, "&s", &first);
  self->port = (guint16) atoi (strrchr (first, ':') + 1);
  g_assert_cmpuint (self->port, >, 0);
}

/* Starts a bus and a daemon on a free port; @arguments go to the command line. */
void
test_daemon_init (TestDaemon *self, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  static const char *const permissions[] = { "observe", "inject", "manage", NULL };

  memset (self, 0, sizeof *self);
  self->settings = g_ptr_array_new_with_free_func (g_free);
  for (; arguments != NULL && *arguments != NULL; arguments++)
    g_ptr_array_add (self->settings, g_strdup (*arguments));
  self->directory = g_dir_make_tmp ("livetrace-XXXXXX", &error);
  g_assert_no_error (error);

  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (self->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  test_daemon_launch (self);

  answer = test_daemon_call (
      self, "CreateToken", g_variant_new ("(s^ast)", "test", permissions, G_GUINT64_CONSTANT (0)));
  g_variant_get (answer, "(s)", &self->token);
}

/* Ends the daemon as systemd does. Returns its exit status. */
int
test_daemon_stop (TestDaemon *self)
{
  int status;

  g_subprocess_send_signal (self->process, SIGTERM);
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (self->process));
  status = g_subprocess_get_exit_status (self->process);
  g_clear_object (&self->process);

  return status;
}

void
test_daemon_kill (TestDaemon *self)
{
  g_subprocess_force_exit (self->process);
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_clear_object (&self->process);
  while (name_is_owned (self))
    g_usleep (5000);
}

void
test_daemon_clear (TestDaemon *self)
{
  if (self->process != NULL)
    g_assert_cmpint (test_daemon_stop (self), ==, 0);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_test_dbus_down (self->bus);
  g_clear_object (&self->bus);
  test_remove_tree (self->directory);
  g_free (self->directory);
  g_free (self->token);
  g_ptr_array_unref (self->settings);
}

GVariant *
test_daemon_call (TestDaemon *self, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  answer = g_dbus_connection_call_sync (self->connection, TEST_BUS_NAME, TEST_OBJECT_PATH,
                                        TEST_MANAGER, method, parameters, NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);

  return answer;
}

GVariant *
test_daemon_get (TestDaemon *self, const char *property)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  GVariant *value;

  answer = g_dbus_connection_call_sync (self->connection, TEST_BUS_NAME, TEST_OBJECT_PATH,
                                        "org.freedesktop.DBus.Properties", "Get",
                                        g_variant_new ("(ss)", TEST_MANAGER, property), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);

  return value;
}

int
test_daemon_open_injector (TestDaemon *self)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  answer = g_dbus_connection_call_with_unix_fd_list_sync (
      self->connection, TEST_BUS_NAME, TEST_OBJECT_PATH, TEST_MANAGER, "OpenInjector",
      g_variant_new ("(a{sv})", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &fds, NULL, &error);
  g_assert_no_error (error);
  fd = g_unix_fd_list_get (fds, 0, &error);
  g_assert_no_error (error);

  return fd;
}

/* A blocking socket to the daemon's HTTP port. */
int
test_daemon_connect (TestDaemon *self)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (self->port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);

  return fd;
}

/* Runs a program to its end. Returns what it wrote, errors included. */
char *
test_daemon_run (TestDaemon *self, int *status, const char *program, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  const char *word;
  va_list words;

  g_ptr_array_add (argv, (gpointer) program);
  va_start (words, program);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                               &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  if (status != NULL)
    *status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;

  return output;
}

/* What the daemon has open, one a line. */
static char *
list_descriptors (TestDaemon *self, guint *n)
{
  g_autofree char *folder
      = g_strdup_printf ("/proc/%s/fd", g_subprocess_get_identifier (self->process));
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  GString *list = g_string_new (NULL);
  const char *name;

  g_assert_nonnull (directory);
  *n = 0;
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      g_string_append_printf (list, "%s %s\n", name, target != NULL ? target : "closed");
      (*n)++;
    }

  return g_string_free (list, FALSE);
}

/* Counts the daemon's descriptors once their number stands still: it closes its side of what is
 * over a moment later. */
guint
test_daemon_count_descriptors (TestDaemon *self)
{
  guint n = 0;

  for (guint same = 0; same < 20; same++)
    {
      g_autofree char *list = NULL;
      guint now;

      g_usleep (5000);
      list = list_descriptors (self, &now);
      if (now != n)
        same = 0;
      n = now;
    }

  return n;
}

/* Waits until there are no more of them than @expected: a busy daemon closes late. */
void
test_daemon_check_descriptors (TestDaemon *self, guint expected)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint n = test_daemon_count_descriptors (self);
  g_autofree char *list = NULL;

  while (n > expected && g_get_monotonic_time () < end)
    n = test_daemon_count_descriptors (self);
  list = list_descriptors (self, &n);
  if (n > expected)
    g_error ("%u descriptors where there were %u:\n%s", n, expected, list);
}

gsize
test_daemon_get_rss_bytes (TestDaemon *self)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/statm", g_subprocess_get_identifier (self->process));
  g_autofree char *contents = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  words = g_strsplit (contents, " ", 3);

  return g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}
