/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Programs on the bus of a running daemon: busctl and gdbus as a new user takes them from
 * docs/dbus-api.md, and clients that die. */

#include "daemon-fixture.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define N_CLIENTS 10

#define MANAGER TEST_BUS_NAME " " TEST_OBJECT_PATH " " TEST_MANAGER

static void
set_up (TestDaemon *daemon, gconstpointer unused)
{
  /* GTestDBus makes its bus the session bus of what is run here. */
  test_daemon_init (daemon, NULL);
}

static void
tear_down (TestDaemon *daemon, gconstpointer unused)
{
  test_daemon_clear (daemon);
}

static int
subscribe (TestDaemon *daemon)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  answer = g_dbus_connection_call_with_unix_fd_list_sync (
      daemon->connection, TEST_BUS_NAME, TEST_OBJECT_PATH, TEST_MANAGER, "Subscribe",
      g_variant_new ("(sa{sv})", "", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &fds, NULL,
      &error);
  g_assert_no_error (error);
  fd = g_unix_fd_list_get (fds, 0, &error);
  g_assert_no_error (error);

  return fd;
}

static char *
run (TestDaemon *daemon, const char *command, gboolean succeeds)
{
  int status;
  char *output = test_daemon_run (daemon, &status, "sh", "-c", command, NULL);

  g_test_message ("$ %s", command);
  for (char *line = output, *end; line != NULL && *line != '\0'; line = end)
    {
      int length = (int) strcspn (line, "\n");

      g_test_message ("  %.*s", length, line);
      end = line[length] == '\n' ? line + length + 1 : NULL;
    }
  g_assert_cmpint (status == 0, ==, succeeds);

  return output;
}

/* `gdbus monitor` does not end by itself, nor say when it listens: streams come and go until it
 * has seen it. */
static void
run_monitor (TestDaemon *daemon, const char *command)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  struct pollfd output = { .events = POLLIN };

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  process = test_spawn ((const char *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  output.fd
      = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));
  while (strstr (seen->str, "InterfacesAdded") == NULL
         || strstr (seen->str, "InterfacesRemoved") == NULL)
    {
      char bytes[4096];
      gssize n;

      close (subscribe (daemon));
      if (poll (&output, 1, 100) == 0)
        continue;
      n = read (output.fd, bytes, sizeof bytes);
      g_assert_cmpint (n, >, 0);
      g_string_append_len (seen, bytes, n);
    }
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

/* Every command of the guide works when it is pasted. */
static void
test_guide (TestDaemon *daemon, gconstpointer unused)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "dbus-api.md", NULL);
  g_autofree char *page = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) received = NULL;
  guint n_commands = 0;
  /* The commands speak of subscriber 1. */
  int fd = subscribe (daemon);

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (page, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *command = lines[i] + 2;
      g_autofree char *output = NULL;

      if (!g_str_has_prefix (lines[i], "$ "))
        continue;

      n_commands++;
      if (strstr (command, "gdbus monitor") != NULL)
        run_monitor (daemon, command);
      else
        output = run (daemon, command, TRUE);
    }
  g_assert_cmpuint (n_commands, >=, 18);
  received = test_daemon_get (daemon, "Received");
  g_assert_cmpuint (g_variant_get_uint64 (received), ==, 4);
  close (fd);
}

/* What a new user looks at first says what there is. */
static void
test_introspect (TestDaemon *daemon, gconstpointer unused)
{
  static const char *const members[] = {
    ".Inject",          ".InjectBatch", ".OpenInjector",  ".Subscribe",
    ".ListSubscribers", ".SetLevel",    ".CreateToken",   ".CreateSignIn",
    ".Reload",          ".Version",     ".HttpAddresses", "org.freedesktop.DBus.ObjectManager"
  };
  int fd = subscribe (daemon);
  g_autofree char *manager = run (
      daemon, "busctl --user --no-pager introspect " TEST_BUS_NAME " " TEST_OBJECT_PATH, TRUE);
  g_autofree char *tree = run (daemon, "busctl --user --no-pager tree " TEST_BUS_NAME, TRUE);
  g_autofree char *subscriber = run (daemon,
                                     "gdbus introspect --session --dest " TEST_BUS_NAME
                                     " --object-path " TEST_OBJECT_PATH "/subscribers/1",
                                     TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (strstr (manager, members[i]) == NULL)
      g_error ("busctl does not show %s", members[i]);
  g_assert_nonnull (strstr (tree, TEST_OBJECT_PATH "/subscribers/1"));
  g_assert_nonnull (strstr (subscriber, "Transport = 'dbus'"));
  close (fd);
}

/* What goes wrong is told in words that help. */
static void
test_mistakes (TestDaemon *daemon, gconstpointer unused)
{
  static const struct
  {
    const char *command;
    const char *words;
  } mistakes[] = {
    { "busctl --user call " MANAGER " Inject 'a{sv}' 1 typo s smtp.error", "\"typo\"" },
    { "busctl --user call " MANAGER " Inject 'a{sv}' 1 text s Hello", "\"type\"" },
    { "busctl --user call " MANAGER " Inject 'a{sv}' 1 type s 'No Type'", "\"No Type\"" },
    { "busctl --user call " MANAGER " SetLevel sst 'smtp.*' loud 0", "\"loud\"" },
    { "busctl --user call " MANAGER " Subscribe 'sa{sv}' remoteipp:192.0.2.1 0", "\"remoteIp\"" },
    { "busctl --user call " MANAGER " Subscribe 'sa{sv}' '' 1 lasst t 5", "\"last\"" },
    { "busctl --user call " MANAGER " RevokeToken s nothing", "\"nothing\"" },
    { "busctl --user call " MANAGER " CreateToken sast x 1 rule 0", "\"rule\"" },
    { "gdbus call --session --dest " TEST_BUS_NAME " --object-path " TEST_OBJECT_PATH
      " --method " TEST_MANAGER ".InjectBatch \"[{'type': <'a.a'>}, {'type': <'A'>}]\"",
      "event 2 (index 1)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *output = run (daemon, mistakes[i].command, FALSE);

      if (strstr (output, mistakes[i].words) == NULL)
        g_error ("not a word of %s in: %s", mistakes[i].words, output);
    }
}

static guint
count_objects (TestDaemon *daemon)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      daemon->connection, TEST_BUS_NAME, TEST_OBJECT_PATH, "org.freedesktop.DBus.ObjectManager",
      "GetManagedObjects", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autoptr (GVariant) objects = g_variant_get_child_value (answer, 0);

  return (guint) g_variant_n_children (objects);
}

static void
wait_for_subscribers (TestDaemon *daemon, guint n)
{
  for (;;)
    {
      g_autoptr (GVariant) answer = test_daemon_call (daemon, "ListSubscribers", NULL);
      g_autoptr (GVariant) list = g_variant_get_child_value (answer, 0);

      if (g_variant_n_children (list) == n)
        return;
      g_usleep (5000);
    }
}

/* Watchers and feeders that are killed leave nothing behind: no subscriber, no object, no
 * descriptor; what they handed in whole is kept. */
static void
test_killed (TestDaemon *daemon, gconstpointer unused)
{
  const char *livetracectl = g_getenv ("LIVETRACECTL");
  const char *const watch[]
      = { livetracectl, "--bus", "session", "watch", "to:jane@example.org", NULL };
  const char *const feed[] = { livetracectl, "--bus", "session", "inject", "--stdin", NULL };
  static const char lines[] = "{\"type\":\"e2e.event\"}\n{\"type\":\"e2e.ev";
  GSubprocess *clients[2 * N_CLIENTS];
  guint objects = count_objects (daemon);
  guint descriptors;

  /* What is made with the first stream is made. */
  close (subscribe (daemon));
  wait_for_subscribers (daemon, 0);
  descriptors = test_daemon_count_descriptors (daemon);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      clients[2 * i] = test_spawn (watch, G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                              | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
      clients[2 * i + 1] = test_spawn (feed, G_SUBPROCESS_FLAGS_STDIN_PIPE);
      g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (clients[2 * i + 1]),
                                                lines, strlen (lines), NULL, NULL, NULL));
    }
  wait_for_subscribers (daemon, N_CLIENTS);
  g_assert_cmpuint (count_objects (daemon), ==, objects + N_CLIENTS);
  for (;;)
    {
      g_autoptr (GVariant) received = test_daemon_get (daemon, "Received");

      if (g_variant_get_uint64 (received) == N_CLIENTS)
        break;
      g_usleep (5000);
    }
  g_assert_cmpuint (test_daemon_count_descriptors (daemon), >=, descriptors + 2 * N_CLIENTS);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_subprocess_force_exit (clients[i]);
      g_subprocess_wait (clients[i], NULL, NULL);
      g_object_unref (clients[i]);
    }
  wait_for_subscribers (daemon, 0);
  test_daemon_check_descriptors (daemon, descriptors);
  g_assert_cmpuint (count_objects (daemon), ==, objects);
}

int
main (int argc, char *argv[])
{
  static const char *const programs[] = { "busctl", "gdbus" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *program = g_find_program_in_path (programs[i]);

      if (program == NULL)
        {
          g_print ("1..0 # SKIP %s is not installed\n", programs[i]);
          return 0;
        }
    }
#define ADD(path, function)                                                                        \
  g_test_add ("/bus-clients/" path, TestDaemon, NULL, set_up, function, tear_down)
  ADD ("guide", test_guide);
  ADD ("introspect", test_introspect);
  ADD ("mistakes", test_mistakes);
  ADD ("killed", test_killed);
#undef ADD
  return g_test_run ();
}
