/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon-fixture.h"
#include "directory-fixture.h"

#include "access/lt-access.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* How long a test waits for what must come. */
#define PATIENCE_S 60

/* What its status begins with, where it serves HTTP. */
#define SERVING_AT "serving at "

void
daemon_fixture_set_up (DaemonFixture *fixture, gconstpointer user_data)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *state = NULL;

  fixture->directory = g_dir_make_tmp ("livetrace-daemon-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->config_path = g_build_filename (fixture->directory, "livetrace.conf", NULL);
  daemon_fixture_write_config (fixture, "");

  fixture->notify_path = g_build_filename (fixture->directory, "notify", NULL);
  fixture->notify = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  address = g_unix_socket_address_new (fixture->notify_path);
  g_socket_bind (fixture->notify, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (fixture->notify, PATIENCE_S);

  fixture->listen_fd = -1;
  fixture->environment = g_ptr_array_new_with_free_func (g_free);
  fixture->arguments = g_ptr_array_new_with_free_func (g_free);
  daemon_fixture_add_argument (fixture, "--config");
  daemon_fixture_add_argument (fixture, fixture->config_path);
  state = g_strdup_printf ("daemon.state-directory=%s/state", fixture->directory);
  daemon_fixture_add_setting (fixture, state);
}

void
daemon_fixture_tear_down (DaemonFixture *fixture, gconstpointer user_data)
{
  if (fixture->process != NULL)
    {
      g_subprocess_force_exit (fixture->process);
      g_subprocess_wait (fixture->process, NULL, NULL);
    }
  g_clear_object (&fixture->process);
  g_clear_object (&fixture->notify);
  if (fixture->listen_fd >= 0)
    close (fixture->listen_fd);
  test_remove_tree (fixture->directory);
  g_ptr_array_unref (fixture->arguments);
  g_ptr_array_unref (fixture->environment);
  g_free (fixture->directory);
  g_free (fixture->config_path);
  g_free (fixture->notify_path);
  g_free (fixture->status);
  g_free (fixture->address);
}

void
daemon_fixture_add_argument (DaemonFixture *fixture, const char *argument)
{
  g_ptr_array_add (fixture->arguments, g_strdup (argument));
}

void
daemon_fixture_add_setting (DaemonFixture *fixture, const char *setting)
{
  daemon_fixture_add_argument (fixture, "--set");
  daemon_fixture_add_argument (fixture, setting);
}

void
daemon_fixture_write_config (DaemonFixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->config_path, text, -1, &error);
  g_assert_no_error (error);
}

/* Makes a token that may do all, where the daemon will find it. */
char *
daemon_fixture_create_token (DaemonFixture *fixture)
{
  g_autofree char *state = g_build_filename (fixture->directory, "state", NULL);
  g_autoptr (LtAccess) access = NULL;
  g_autoptr (GError) error = NULL;
  char *token;

  g_assert_cmpint (g_mkdir_with_parents (state, 0700), ==, 0);
  access = lt_access_new (state, &error);
  g_assert_no_error (error);
  token = lt_access_create_token (access, "test", LT_PERMISSION_ALL, 0, NULL, &error);
  g_assert_no_error (error);
  lt_access_flush (access);
  return token;
}

/* A test that aborts leaves no daemon behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts the daemon and waits for nothing. A shell stands between, to know the process id
 * that socket activation wants. */
void
daemon_fixture_spawn (DaemonFixture *fixture)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *program
      = g_test_build_filename (G_TEST_BUILT, "src", "daemon", "livetraced", NULL);

  launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", fixture->notify_path, TRUE);
  /* The daemon warns of what goes wrong around it; only its own mistakes end it. */
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-criticals", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  for (guint i = 0; i < fixture->environment->len; i++)
    {
      g_auto (GStrv) pair = g_strsplit (g_ptr_array_index (fixture->environment, i), "=", 2);

      g_subprocess_launcher_setenv (launcher, pair[0], pair[1], TRUE);
    }
  if (fixture->listen_fd >= 0)
    {
      g_subprocess_launcher_setenv (launcher, "LISTEN_FDS", "1", TRUE);
      g_subprocess_launcher_take_fd (launcher, fixture->listen_fd, 3);
      fixture->listen_fd = -1;
    }

  g_ptr_array_add (command, (gpointer) "sh");
  g_ptr_array_add (command, (gpointer) "-c");
  g_ptr_array_add (command, (gpointer) "LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" \"$@\"");
  g_ptr_array_add (command, program);
  g_ptr_array_extend (command, fixture->arguments, NULL, NULL);
  g_ptr_array_add (command, NULL);
  fixture->process
      = g_subprocess_launcher_spawnv (launcher, (const char *const *) command->pdata, &error);
  g_assert_no_error (error);
}

/* Waits until the daemon tells systemd @line; learns its status and address on the way. */
void
daemon_fixture_expect (DaemonFixture *fixture, const char *line)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) lines = NULL;
      char buffer[4096] = { 0 };

      g_socket_receive (fixture->notify, buffer, sizeof buffer - 1, NULL, &error);
      g_assert_no_error (error);
      lines = g_strsplit (buffer, "\n", -1);
      for (guint i = 0; lines[i] != NULL; i++)
        {
          if (!g_str_has_prefix (lines[i], "STATUS="))
            continue;
          g_free (fixture->status);
          fixture->status = g_strdup (lines[i] + strlen ("STATUS="));
        }
      if (g_strv_contains ((const char *const *) lines, line))
        return;
    }
}

/* Starts the daemon and waits until it says that it is ready. */
void
daemon_fixture_start (DaemonFixture *fixture)
{
  const char *place;

  daemon_fixture_spawn (fixture);
  daemon_fixture_expect (fixture, "READY=1");
  if (g_str_has_prefix (fixture->status, SERVING_AT))
    {
      place = fixture->status + strlen (SERVING_AT);
      g_free (fixture->address);
      fixture->address = g_strndup (place, strcspn (place, ", "));
    }
}

/* Waits for the daemon's end. */
void
daemon_fixture_end (DaemonFixture *fixture, int expected_status, char **output, char **errors)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (fixture->process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (fixture->process)
      || g_subprocess_get_exit_status (fixture->process) != expected_status)
    g_error ("livetraced ended with wait status %d, not with exit status %d; it said: %s",
             g_subprocess_get_status (fixture->process), expected_status, err);
  g_clear_object (&fixture->process);
  if (output != NULL)
    *output = g_steal_pointer (&out);
  if (errors != NULL)
    *errors = g_steal_pointer (&err);
}

/* Sends a request without a body. */
GIOStream *
daemon_fixture_request (DaemonFixture *fixture, const char *method, const char *target,
                        const char *token)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *credential = NULL;
  g_autofree char *head = NULL;

  g_assert_nonnull (fixture->address);
  g_socket_client_set_timeout (client, PATIENCE_S);
  connection = g_socket_client_connect_to_host (client, fixture->address, 0, NULL, &error);
  g_assert_no_error (error);
  if (token != NULL)
    credential = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  head = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, target, fixture->address,
                          credential != NULL ? credential : "");
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), head,
                             strlen (head), NULL, NULL, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (g_steal_pointer (&connection));
}

/* Reads until what came holds @part, or to the end for %NULL. */
char *
daemon_fixture_read_until (GIOStream *stream, const char *part)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gssize length = 1;

  while (length > 0 && (part == NULL || strstr (text->str, part) == NULL))
    {
      g_autoptr (GError) error = NULL;
      char buffer[4096];

      length = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer,
                                    NULL, &error);
      g_assert_no_error (error);
      g_string_append_len (text, buffer, length);
    }
  if (part != NULL && strstr (text->str, part) == NULL)
    g_error ("\"%s\" did not come, but: %s", part, text->str);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
