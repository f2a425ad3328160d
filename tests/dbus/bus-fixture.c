/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"
#include "directory-fixture.h"

#include "dbus/lt-dbus-actions.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char bus_configuration[]
    = "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\""
      " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
      "<busconfig><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>"
      "<policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/>"
      "<allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/></policy>"
      "<limit name=\"max_replies_per_connection\">50000</limit>"
      "</busconfig>";

typedef struct
{
  GVariant *answer; /* (owned) (nullable) */
  GUnixFDList *fds; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
  gboolean done;
} Call;

static gboolean
keep_waking (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
test_iterate_until (gboolean (*is_done) (gpointer), gpointer user_data)
{
  gint64 until_us = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  guint wake_id = g_timeout_add (20, keep_waking, NULL);

  while (!is_done (user_data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (wake_id);
}

GDBusConnection *
test_bus_connect (TestBus *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      self->address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

void
test_bus_init (TestBus *self, TestMakeConfiguration make_configuration)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *configuration = NULL;
  g_autofree char *path = NULL;

  self->directory = g_dir_make_tmp ("livetrace-bus-XXXXXX", &error);
  g_assert_no_error (error);
  /* Other users must reach the socket. */
  g_assert_no_errno (g_chmod (self->directory, 0755));
  path = g_build_filename (self->directory, "bus.conf", NULL);
  configuration = make_configuration != NULL ? make_configuration (self->directory)
                                             : g_strdup_printf (bus_configuration, self->directory);
  g_file_set_contents (path, configuration, -1, &error);
  g_assert_no_error (error);

  self->daemon = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "dbus-daemon",
      "--config-file", path, "--nofork", "--nopidfile", "--print-address=1", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->daemon));
  self->address = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->address);
  self->client = test_bus_connect (self);
}

void
test_bus_clear (TestBus *self)
{
  if (self->client != NULL)
    {
      g_dbus_connection_close_sync (self->client, NULL, NULL);
      g_clear_object (&self->client);
    }
  g_subprocess_force_exit (self->daemon);
  g_subprocess_wait (self->daemon, NULL, NULL);
  g_clear_object (&self->daemon);
  test_remove_tree (self->directory);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->address, g_free);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *started = user_data;
  g_autoptr (GError) error = NULL;

  lt_dbus_service_start_finish (LT_DBUS_SERVICE (source), result, &error);
  g_assert_no_error (error);
  *started = TRUE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static void
start_service (TestService *self, gboolean as_system_bus, const LtDbusServiceLimits *limits,
               TestMakeConfiguration make_configuration)
{
  static const LtHubLimits hub_limits = LT_HUB_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autofree char *state = NULL;
  gboolean started = FALSE;

  test_bus_init (&self->bus, make_configuration);
  state = g_build_filename (self->bus.directory, "state", NULL);
  g_assert_no_errno (g_mkdir (state, 0700));
  self->catalogue = lt_catalogue_new ();
  self->hub = lt_hub_new (self->catalogue, &hub_limits);
  self->access = lt_access_new (state, &error);
  g_assert_no_error (error);
  self->service = lt_dbus_service_new (self->hub, self->access, limits);

  if (as_system_bus)
    g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", self->bus.address, TRUE);
  lt_dbus_service_start_async (self->service, as_system_bus ? "system" : self->bus.address, NULL,
                               on_started, &started);
  test_iterate_until (is_true, &started);
}

void
test_service_init (TestService *self, gboolean as_system_bus, const LtDbusServiceLimits *limits)
{
  start_service (self, as_system_bus, limits, NULL);
}

void
test_service_init_with_policy (TestService *self, TestMakeConfiguration make_configuration)
{
  start_service (self, FALSE, NULL, make_configuration);
}

/* A stream lives until its peer's end is closed, of which GDBus's thread may still hold a copy. */
static gboolean
is_last_reference (gpointer user_data)
{
  return g_atomic_int_get (&((GObject *) user_data)->ref_count) == 1;
}

void
test_service_clear (TestService *self)
{
  lt_dbus_service_stop (self->service);
  g_assert_finalize_object (self->service);
  lt_hub_end_subscriptions (self->hub, "shutdown");
  lt_access_flush (self->access);
  test_iterate_until (is_last_reference, self->hub);
  test_bus_clear (&self->bus);
  g_assert_finalize_object (self->access);
  g_assert_finalize_object (self->hub);
  g_assert_finalize_object (self->catalogue);
  g_unsetenv ("DBUS_SYSTEM_BUS_ADDRESS");
}

LtEvent *
test_service_peek (TestService *self, guint64 sequence)
{
  LtEvent *event = lt_hub_peek_event (self->hub, sequence);

  g_assert_nonnull (event);
  return event;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;

  call->answer = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                                  &call->fds, result, &call->error);
  call->done = TRUE;
}

static gboolean
is_call_done (gpointer user_data)
{
  return ((Call *) user_data)->done;
}

/* The service runs in this thread too, so nobody may wait. */
GVariant *
test_call (GDBusConnection *client, const char *path, const char *interface, const char *method,
           GVariant *parameters, GUnixFDList **fds, GError **error)
{
  Call call = { 0 };

  g_dbus_connection_call_with_unix_fd_list (client, LT_DBUS_NAME, path, interface, method,
                                            parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                            NULL, on_answer, &call);
  test_iterate_until (is_call_done, &call);
  if (fds != NULL)
    *fds = g_steal_pointer (&call.fds);
  g_clear_object (&call.fds);
  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.answer;
}

GVariant *
test_call_manager (GDBusConnection *client, const char *method, GVariant *parameters,
                   GError **error)
{
  return test_call (client, LT_DBUS_PATH, MANAGER, method, parameters, NULL, error);
}

/* @name: what stands behind the common prefix */
void
test_assert_error (GError *error, const char *name, const char *part_of_message)
{
  g_autofree char *full = g_strconcat (ERRORS, name, NULL);
  g_autofree char *found = NULL;

  g_assert_nonnull (error);
  found = g_dbus_error_get_remote_error (error);
  if (g_strcmp0 (found, full) != 0)
    g_test_message ("%s", error->message);
  g_assert_cmpstr (found, ==, full);
  if (strstr (error->message, part_of_message) == NULL)
    g_error ("\"%s\" is not in \"%s\"", part_of_message, error->message);
  g_error_free (error);
}

/* Reads a variant from text; unlike g_variant_parse() it gives a floating reference. */
GVariant *
test_parse (const char *type, const char *text)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  variant = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);
  g_assert_no_error (error);
  bytes = g_variant_get_data_as_bytes (variant);
  return g_variant_new_from_bytes (g_variant_get_type (variant), bytes, TRUE);
}

/* Calls a method that answers with a descriptor, behind an object path if @path is given. */
int
test_open (GDBusConnection *client, const char *method, GVariant *parameters, char **path)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  int handle = -1;
  int fd;

  answer = test_call (client, LT_DBUS_PATH, MANAGER, method, parameters, &fds, &error);
  g_assert_no_error (error);
  if (path != NULL)
    g_variant_get (answer, "(oh)", path, &handle);
  else
    g_variant_get (answer, "(h)", &handle);
  fd = g_unix_fd_list_get (fds, handle, &error);
  g_assert_no_error (error);
  return fd;
}

typedef struct
{
  int fd;
  GString *line;
  gboolean done;
} LineRead;

static gboolean
has_line (gpointer user_data)
{
  LineRead *read_line = user_data;
  char c;

  while (recv (read_line->fd, &c, 1, MSG_DONTWAIT) == 1)
    {
      if (c == '\n')
        return TRUE;
      g_string_append_c (read_line->line, c);
    }
  return FALSE;
}

/* Reads one line while the main loop runs. */
char *
test_read_line (int fd)
{
  LineRead read_line = { fd, g_string_new (NULL), FALSE };

  test_iterate_until (has_line, &read_line);
  return g_string_free (read_line.line, FALSE);
}

typedef struct
{
  char *output;
  gboolean done;
} Run;

static void
on_output (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &run->output, NULL, &error);
  g_assert_no_error (error);
  run->done = TRUE;
}

static gboolean
is_run_done (gpointer user_data)
{
  return ((Run *) user_data)->done;
}

/* Runs a command to its end while the main loop runs, as another user than root if wanted, and
 * returns what it wrote. */
char *
test_run (const char *const *argv, const char *const *environment, gboolean as_nobody, int *status)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Run run = { 0 };

  if (as_nobody && geteuid () == 0)
    {
      g_ptr_array_add (words, (gpointer) "setpriv");
      g_ptr_array_add (words, (gpointer) "--reuid=65534");
      g_ptr_array_add (words, (gpointer) "--regid=65534");
      g_ptr_array_add (words, (gpointer) "--clear-groups");
    }
  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) argv[i]);
  g_ptr_array_add (words, NULL);
  for (guint i = 0; environment != NULL && environment[i] != NULL; i += 2)
    g_subprocess_launcher_setenv (launcher, environment[i], environment[i + 1], TRUE);

  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_output, &run);
  test_iterate_until (is_run_done, &run);
  if (status != NULL)
    *status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return run.output;
}

guint
test_count_fds (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_fds = 0;

  while (g_dir_read_name (directory) != NULL)
    n_fds++;
  return n_fds;
}
