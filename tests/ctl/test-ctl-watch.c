/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl-fixture.h"

#include "ctl/lt-ctl-error.h"

#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Injects an event that says which one it is. */
static void
inject (CtlFixture *fixture, guint number)
{
  g_autofree char *text = g_strdup_printf ("number %u", number);
  g_autoptr (GVariant) answer = test_daemon_call (
      &fixture->daemon, "Inject",
      g_variant_new_parsed ("({'type': <'app.tick'>, 'text': <%s>, 'data': <{'n': <%u>}>},)", text,
                            number));
}

/* The next event must be that one. */
static void
expect_number (Ctl *watch, guint number)
{
  g_autofree char *line = ctl_read_line (watch);
  g_autofree char *with_end = g_strconcat (line, "\n", NULL);
  g_autofree char *expected = g_strdup_printf ("number %u", number);
  g_autoptr (GVariant) event = ctl_parse_json (with_end);
  const char *text;

  g_assert_true (g_variant_lookup (event, "text", "&s", &text));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_live (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *line = NULL;
  Ctl watch;

  inject (fixture, 0);
  ctl_start (&watch, fixture->bus, "watch", "type:app.*", "--utc", NULL);
  ctl_expect_error (&watch, "watching type:app.* (context: span)");
  inject (fixture, 1);
  line = ctl_read_line (&watch);
  g_assert_true (g_str_has_suffix (line, "Z info  app.tick number 1 n=1"));
  ctl_signal (&watch, SIGINT);
  ctl_expect_error (&watch, "1 event seen");
  ctl_end (&watch, 0);
}

static void
test_replay (CtlFixture *fixture, gconstpointer user_data)
{
  Ctl watch;

  for (guint i = 1; i <= 3; i++)
    inject (fixture, i);
  ctl_start (&watch, fixture->bus, "watch", "--last=2", "--json", NULL);
  ctl_expect_error (&watch, "watching everything");
  expect_number (&watch, 2);
  expect_number (&watch, 3);
  ctl_expect_error (&watch, "live from here");
  inject (fixture, 4);
  expect_number (&watch, 4);
  ctl_signal (&watch, SIGTERM);
  ctl_expect_error (&watch, "3 events seen");
  ctl_end (&watch, 0);
}

static void
test_limit (CtlFixture *fixture, gconstpointer user_data)
{
  Ctl watch;

  for (guint i = 1; i <= 3; i++)
    inject (fixture, i);
  ctl_start (&watch, fixture->bus, "watch", "--since=1h", "--limit=2", "--json", NULL);
  expect_number (&watch, 1);
  expect_number (&watch, 2);
  g_assert_null (ctl_read_line (&watch));
  ctl_expect_error (&watch, "2 events seen");
  ctl_end (&watch, 0);
}

/* What the daemon took before it ended and what the next one took before the watch was back
 * comes, in order, once. */
static void
test_restart (CtlFixture *fixture, gconstpointer user_data)
{
  guint number = 0;
  Ctl watch;

  ctl_start (&watch, fixture->bus, "watch", "--json", NULL);
  ctl_expect_error (&watch, "watching everything");
  for (guint round = 0; round < 4; round++)
    {
      guint first = number + 1;

      for (guint i = 0; i < 50; i++)
        inject (fixture, ++number);
      g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
      ctl_expect_error (&watch, "the daemon went away; waiting until it is back");
      for (; first <= number; first++)
        expect_number (&watch, first);
      test_daemon_launch (&fixture->daemon);
      for (guint i = 0; i < 50; i++)
        inject (fixture, ++number);
      for (; first <= number; first++)
        expect_number (&watch, first);
      ctl_expect_error (&watch, "connected again");
      ctl_expect_error (&watch, "events may be missing here");
      ctl_expect_error (&watch, "live from here");
    }

  ctl_signal (&watch, SIGINT);
  ctl_expect_error (&watch, "400 events seen");
  ctl_end (&watch, 0);
}

static void
test_killed (CtlFixture *fixture, gconstpointer user_data)
{
  Ctl watch;

  ctl_start (&watch, fixture->bus, "watch", "--json", "--limit=3", NULL);
  ctl_expect_error (&watch, "watching everything");
  inject (fixture, 1);
  expect_number (&watch, 1);
  test_daemon_kill (&fixture->daemon);
  ctl_expect_error (&watch, "the stream broke off; trying to go on");
  test_daemon_launch (&fixture->daemon);
  inject (fixture, 2);
  expect_number (&watch, 2);
  inject (fixture, 3);
  expect_number (&watch, 3);
  ctl_expect_error (&watch, "3 events seen");
  ctl_end (&watch, 0);
}

/* Waiting for the daemon can be ended too. */
static void
test_end_while_waiting (CtlFixture *fixture, gconstpointer user_data)
{
  Ctl watch;

  ctl_start (&watch, fixture->bus, "watch", NULL);
  ctl_expect_error (&watch, "watching everything");
  test_daemon_kill (&fixture->daemon);
  ctl_expect_error (&watch, "the stream broke off; trying to go on");
  ctl_signal (&watch, SIGINT);
  ctl_expect_error (&watch, "0 events seen");
  ctl_end (&watch, 0);
}

static void
test_once (CtlFixture *fixture, gconstpointer user_data)
{
  Ctl watch;

  ctl_start (&watch, fixture->bus, "watch", "--once", NULL);
  ctl_expect_error (&watch, "watching everything");
  g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
  ctl_expect_error (&watch, "livetracectl: the daemon went away");
  ctl_end (&watch, LT_CTL_EXIT_UNREACHABLE);
}

/* The bus goes away, and comes back at the same place with a new daemon. */
static void
test_bus_restart (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *socket = g_strdup_printf ("%s/bus", fixture->daemon.directory);
  g_autofree char *address = g_strdup_printf ("unix:path=%s", socket);
  g_autofree char *listen = g_strdup_printf ("--address=%s", address);
  g_autofree char *state
      = g_strdup_printf ("daemon.state-directory=%s/other", fixture->daemon.directory);
  Ctl watch = { 0 };

  for (guint round = 1; round <= 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("number %u", round);
      g_autoptr (GSubprocess) bus
          = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "dbus-daemon", "--session",
                              "--nofork", "--print-address", listen, NULL);
      g_autoptr (GDataInputStream) lines
          = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bus));
      g_autofree char *ready = g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_autoptr (GSubprocess) daemon
          = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, g_getenv ("LIVETRACED"),
                              "--bus", address, "--set", "http.listen=", "--set", state, NULL);
      g_autoptr (GDataInputStream) log
          = g_data_input_stream_new (g_subprocess_get_stderr_pipe (daemon));
      g_autofree char *serving = g_data_input_stream_read_line (log, NULL, NULL, &error);

      g_assert_no_error (error);
      if (round == 1)
        {
          ctl_start (&watch, address, "watch", "--json", NULL);
          ctl_expect_error (&watch, "watching everything");
        }
      ctl_run (address, 0, NULL, NULL, NULL, "inject", "app.tick", text, NULL);
      expect_number (&watch, round);

      g_subprocess_send_signal (bus, SIGTERM);
      g_subprocess_wait (bus, NULL, NULL);
      g_subprocess_wait (daemon, NULL, NULL);
      ctl_expect_error (&watch, "the daemon went away; waiting until it is back");
    }

  ctl_signal (&watch, SIGINT);
  ctl_end (&watch, 0);
}

static void
test_reader_gone (CtlFixture *fixture, gconstpointer user_data)
{
  g_autofree char *errors = NULL;
  Ctl watch;

  /* Even when nothing more is put out. */
  inject (fixture, 1);
  ctl_start (&watch, fixture->bus, "watch", "--last=1", "--json", NULL);
  expect_number (&watch, 1);
  g_input_stream_close (G_INPUT_STREAM (watch.output), NULL, NULL);
  ctl_end (&watch, 0);

  ctl_start (&watch, fixture->bus, "events", NULL);
  g_input_stream_close (G_INPUT_STREAM (watch.output), NULL, NULL);
  ctl_end (&watch, 0);
}

/* Runs livetracectl on a terminal of 60 columns. Returns: what it showed */
static char *
run_on_terminal (const char *bus, const char *const *words)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  g_autoptr (GString) shown = g_string_new (NULL);
  const struct winsize size = { .ws_row = 24, .ws_col = 60 };
  int status;
  int fd;
  pid_t pid;

  g_ptr_array_add (command, (gpointer) g_getenv ("LIVETRACECTL"));
  g_ptr_array_add (command, (gpointer) "--bus");
  g_ptr_array_add (command, (gpointer) bus);
  for (; *words != NULL; words++)
    g_ptr_array_add (command, (gpointer) *words);
  g_ptr_array_add (command, NULL);

  pid = forkpty (&fd, NULL, NULL, &size);
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      execv (command->pdata[0], (char **) command->pdata);
      _exit (127);
    }

  for (;;)
    {
      char buffer[4096];
      gssize n_read = read (fd, buffer, sizeof buffer);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        break;
      g_string_append_len (shown, buffer, n_read);
    }
  close (fd);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

static void
test_terminal (CtlFixture *fixture, gconstpointer user_data)
{
  static const char *const plain[] = { "events", NULL };
  static const char *const verbose[] = { "events", "-v", NULL };
  static const char *const never[] = { "events", "--color=never", NULL };
  static const char *const json[] = { "events", "--json", NULL };
  g_autofree char *colored = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *uncolored = NULL;
  g_autofree char *no_color = NULL;
  g_autofree char *json_shown = NULL;

  g_unsetenv ("NO_COLOR");
  g_unsetenv ("COLUMNS");
  g_setenv ("TERM", "xterm", TRUE);
  ctl_run (fixture->bus, 0, NULL, NULL, NULL, "inject", "app.tick", "--level=error",
           "evil \033[2J\xc2\x9b text that is longer than a terminal is wide, by far", "last=word",
           NULL);

  colored = run_on_terminal (fixture->bus, plain);
  g_assert_nonnull (strstr (colored, "\033[1;31merror\033[0m"));
  g_assert_nonnull (strstr (colored, "evil \\u001b[2J\\u009b"));
  g_assert_nonnull (strstr (colored, "…"));
  g_assert_null (strstr (colored, "\033[2J"));
  g_assert_null (strstr (colored, "\xc2\x9b"));
  g_assert_null (strstr (colored, "word"));

  whole = run_on_terminal (fixture->bus, verbose);
  g_assert_nonnull (strstr (whole, "=word"));

  uncolored = run_on_terminal (fixture->bus, never);
  g_assert_null (strchr (uncolored, '\033'));
  g_setenv ("NO_COLOR", "1", TRUE);
  no_color = run_on_terminal (fixture->bus, plain);
  g_unsetenv ("NO_COLOR");
  g_assert_cmpstr (no_color, ==, uncolored);

  json_shown = run_on_terminal (fixture->bus, json);
  g_assert_null (strchr (json_shown, '\033'));
  g_assert_null (strstr (json_shown, "\xc2\x9b"));
  g_assert_nonnull (strstr (json_shown, "\"last\":\"word\"}}\r\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ctl_fixture_add ("/ctl-watch/live", test_live);
  ctl_fixture_add ("/ctl-watch/replay", test_replay);
  ctl_fixture_add ("/ctl-watch/limit", test_limit);
  ctl_fixture_add ("/ctl-watch/restart", test_restart);
  ctl_fixture_add ("/ctl-watch/killed", test_killed);
  ctl_fixture_add ("/ctl-watch/end-while-waiting", test_end_while_waiting);
  ctl_fixture_add ("/ctl-watch/once", test_once);
  ctl_fixture_add ("/ctl-watch/bus-restart", test_bus_restart);
  ctl_fixture_add ("/ctl-watch/reader-gone", test_reader_gone);
  ctl_fixture_add ("/ctl-watch/terminal", test_terminal);
  return g_test_run ();
}
