/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs what docs/dbus-api.md shows, as a newcomer who pastes it would. */

#include "bus-fixture.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  TestService service;
  char *page;
} Fixture;

static gboolean
reload (gpointer user_data, GError **error)
{
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const char *const addresses[] = { "127.0.0.1:8425", NULL };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "dbus-api.md", NULL);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &fixture->page, NULL, &error);
  g_assert_no_error (error);
  test_service_init (&fixture->service, FALSE, NULL);
  lt_dbus_service_set_reload_func (fixture->service.service, reload, NULL);
  lt_dbus_service_set_http (fixture->service.service, addresses, "http://127.0.0.1:8425/");
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  test_service_clear (&fixture->service);
  g_free (fixture->page);
}

static char *
run (Fixture *fixture, const char *const *argv)
{
  const char *const environment[]
      = { "DBUS_SESSION_BUS_ADDRESS", fixture->service.bus.address, NULL };
  int status;
  char *output = test_run (argv, environment, FALSE, &status);

  g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
  return output;
}

static int
subscribe (Fixture *fixture)
{
  g_autofree char *path = NULL;

  return test_open (fixture->service.bus.client, "Subscribe", g_variant_new ("(sa{sv})", "", NULL),
                    &path);
}

typedef struct
{
  Fixture *fixture;
  GString *seen;
  GSubprocess *process;
} Monitor;

static void read_more (Monitor *monitor);

static void
on_output (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Monitor *monitor = user_data;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;

  g_string_append_len (monitor->seen, g_bytes_get_data (bytes, NULL),
                       (gssize) g_bytes_get_size (bytes));
  read_more (monitor);
}

static void
read_more (Monitor *monitor)
{
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (monitor->process), 4096,
                                   G_PRIORITY_DEFAULT, NULL, on_output, monitor);
}

static gboolean
is_watching (gpointer user_data)
{
  return strstr (((Monitor *) user_data)->seen->str, "is owned by") != NULL;
}

static gboolean
saw_removal (gpointer user_data)
{
  Monitor *monitor = user_data;

  return strstr (monitor->seen->str, "InterfacesAdded") != NULL
         && strstr (monitor->seen->str, "InterfacesRemoved") != NULL;
}

/* `gdbus monitor` does not end by itself. */
static void
run_monitor (Fixture *fixture, const char *command)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  Monitor monitor = { fixture, g_string_new (NULL), NULL };
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", fixture->service.bus.address,
                                TRUE);
  monitor.process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  read_more (&monitor);
  test_iterate_until (is_watching, &monitor);
  /* What happens before it has found out who owns the name, it does not show. */
  while (!saw_removal (&monitor))
    {
      close (subscribe (fixture));
      for (guint i = 0; i < 100 && g_main_context_iteration (NULL, FALSE); i++)
        ;
    }

  g_subprocess_force_exit (monitor.process);
  g_subprocess_wait (monitor.process, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (monitor.process);
  g_string_free (monitor.seen, TRUE);
}

static void
test_console (Fixture *fixture, gconstpointer unused)
{
  g_auto (GStrv) lines = g_strsplit (fixture->page, "\n", -1);
  guint n_commands = 0;
  /* The commands speak of subscriber 1. */
  int fd = subscribe (fixture);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *command = lines[i] + 2;
      g_autofree char *output = NULL;

      if (!g_str_has_prefix (lines[i], "$ "))
        continue;

      n_commands++;
      g_test_message ("%s", command);
      if (strstr (command, "gdbus monitor") != NULL)
        run_monitor (fixture, command);
      else
        output = run (fixture, (const char *const[]){ "sh", "-c", command, NULL });
    }

  g_assert_cmpuint (n_commands, >=, 18);
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->service.hub), ==, 4);
  close (fd);
}

static gboolean
has_a_thousand (gpointer user_data)
{
  return lt_hub_get_last_sequence (user_data) >= 1001;
}

static void
test_python (Fixture *fixture, gconstpointer unused)
{
  g_auto (GStrv) parts = g_strsplit (fixture->page, "```python\n", -1);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (parts), ==, 3);
  answer = test_call_manager (
      fixture->service.bus.client, "Inject",
      test_parse ("(a{sv})", "({'type': <'delivery.completed'>, 'text': <'Delivered'>, 'data': "
                             "<{'to': <'jane@example.org'>}>},)"),
      &error);
  g_assert_no_error (error);

  for (guint i = 1; parts[i] != NULL; i++)
    {
      g_autofree char *output = NULL;

      *strstr (parts[i], "```") = '\0';
      output = run (fixture, (const char *const[]){ "/usr/bin/python3", "-c", parts[i], NULL });
      if (i == 1)
        g_assert_true (g_str_has_suffix (output, "Z Delivered\n"));
    }
  test_iterate_until (has_a_thousand, fixture->service.hub);
}

/* Every method and property that there is, is in the page. */
static void
test_complete (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "data", "org.livetrace.Livetrace1.xml", NULL);
  g_autofree char *xml = NULL;
  g_autoptr (GDBusNodeInfo) node = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  for (guint i = 0; node->interfaces[i] != NULL; i++)
    {
      for (guint j = 0; node->interfaces[i]->methods[j] != NULL; j++)
        {
          g_autofree char *call = g_strdup_printf ("`%s(", node->interfaces[i]->methods[j]->name);

          g_test_message ("%s", call);
          g_assert_nonnull (strstr (fixture->page, call));
        }
      for (guint j = 0; node->interfaces[i]->properties[j] != NULL; j++)
        {
          g_autofree char *name
              = g_strdup_printf ("`%s`", node->interfaces[i]->properties[j]->name);

          g_test_message ("%s", name);
          g_assert_nonnull (strstr (fixture->page, name));
        }
    }
}

#define ADD(name)                                                                                  \
  g_test_add ("/dbus-commands/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (console);
  ADD (python);
  ADD (complete);

  return g_test_run ();
}
