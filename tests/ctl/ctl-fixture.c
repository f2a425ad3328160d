/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl-fixture.h"

#include "ctl/lt-ctl-json.h"

#include <string.h>

static void
set_up (CtlFixture *fixture, gconstpointer user_data)
{
  test_daemon_init (&fixture->daemon, NULL);
  fixture->bus = g_test_dbus_get_bus_address (fixture->daemon.bus);
}

static void
tear_down (CtlFixture *fixture, gconstpointer user_data)
{
  test_daemon_clear (&fixture->daemon);
}

/* Adds a test that has a daemon of its own. */
void
ctl_fixture_add (const char *path, CtlFixtureFunc func)
{
  g_test_add (path, CtlFixture, NULL, set_up, func, tear_down);
}

static GPtrArray *
make_command (const char *bus, va_list words)
{
  GPtrArray *command = g_ptr_array_new ();
  const char *word;

  g_ptr_array_add (command, (gpointer) g_getenv ("LIVETRACECTL"));
  g_ptr_array_add (command, (gpointer) "--bus");
  g_ptr_array_add (command, (gpointer) bus);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (command, (gpointer) word);
  g_ptr_array_add (command, NULL);
  return command;
}

static void
check_status (GSubprocess *process, int expected_status, const char *errors)
{
  if (!g_subprocess_get_if_exited (process)
      || g_subprocess_get_exit_status (process) != expected_status)
    g_error ("livetracectl ended with wait status %d, not with exit status %d; it said: %s",
             g_subprocess_get_status (process), expected_status, errors);
}

typedef struct
{
  char *output;
  char *errors;
  gboolean done;
} Communication;

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Communication *communication = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &communication->output,
                                        &communication->errors, &error);
  g_assert_no_error (error);
  communication->done = TRUE;
}

/* Runs livetracectl to its end; what else the test serves on its main context goes on. */
void
ctl_run (const char *bus, int expected_status, const char *input, char **output, char **errors, ...)
{
  g_autoptr (GPtrArray) command = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Communication communication = { 0 };
  va_list words;

  va_start (words, errors);
  command = make_command (bus, words);
  va_end (words);
  process = g_subprocess_newv ((const char *const *) command->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE
                                   | (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0),
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, input, NULL, on_communicated, &communication);
  while (!communication.done)
    g_main_context_iteration (NULL, TRUE);

  check_status (process, expected_status, communication.errors);
  if (output != NULL)
    *output = g_steal_pointer (&communication.output);
  if (errors != NULL)
    *errors = g_steal_pointer (&communication.errors);
  g_free (communication.output);
  g_free (communication.errors);
}

/* Starts livetracectl and waits for nothing. */
void
ctl_start (Ctl *self, const char *bus, ...)
{
  g_autoptr (GPtrArray) command = NULL;
  g_autoptr (GError) error = NULL;
  va_list words;

  va_start (words, bus);
  command = make_command (bus, words);
  va_end (words);
  self->process
      = g_subprocess_newv ((const char *const *) command->pdata,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  self->errors = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
}

/* Waits for a line on standard output. */
char *
ctl_read_line (Ctl *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->output, NULL, NULL, &error);

  g_assert_no_error (error);
  return line;
}

/* Waits for a line on standard error that holds @part. */
void
ctl_expect_error (Ctl *self, const char *part)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = g_data_input_stream_read_line (self->errors, NULL, NULL, &error);

      g_assert_no_error (error);
      if (line == NULL)
        g_error ("\"%s\" was not said", part);
      if (strstr (line, part) != NULL)
        return;
    }
}

void
ctl_signal (Ctl *self, int number)
{
  g_subprocess_send_signal (self->process, number);
}

/* Waits for its end. */
void
ctl_end (Ctl *self, int expected_status)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  check_status (self->process, expected_status, "(see above)");
  g_clear_object (&self->output);
  g_clear_object (&self->errors);
  g_clear_object (&self->process);
}

/* Reads what must be one line of JSON. */
GVariant *
ctl_parse_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value;

  g_assert_true (g_str_has_suffix (text, "\n"));
  g_assert_null (memchr (text, '\n', strlen (text) - 1));
  value = lt_ctl_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return value;
}
