/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/lt-notifier.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *directory; /* (owned) */
  char *path;      /* (owned): of @socket */
  GSocket *socket; /* (owned): what systemd would listen on */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("livetrace-notifier-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "notify", NULL);
  fixture->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  address = g_unix_socket_address_new (fixture->path);
  g_socket_bind (fixture->socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (fixture->socket, 60);
  g_setenv ("NOTIFY_SOCKET", fixture->path, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  g_clear_object (&fixture->socket);
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
assert_message (Fixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char buffer[512] = { 0 };

  g_socket_receive (fixture->socket, buffer, sizeof buffer - 1, NULL, &error);
  g_assert_no_error (error);
  if (g_str_has_suffix (expected, "*"))
    g_assert_true (strncmp (buffer, expected, strlen (expected) - 1) == 0);
  else
    g_assert_cmpstr (buffer, ==, expected);
}

static void
test_states (Fixture *fixture, gconstpointer user_data)
{
  LtNotifier *notifier = lt_notifier_new ();

  lt_notifier_ready (notifier, "serving");
  assert_message (fixture, "READY=1\nSTATUS=serving");
  lt_notifier_reloading (notifier);
  assert_message (fixture, "RELOADING=1\nMONOTONIC_USEC=*");
  lt_notifier_stopping (notifier);
  assert_message (fixture, "STOPPING=1");
  g_assert_cmpint (g_socket_condition_check (fixture->socket, G_IO_IN), ==, 0);
  g_assert_finalize_object (notifier);
}

static void
test_watchdog (Fixture *fixture, gconstpointer user_data)
{
  LtNotifier *notifier = lt_notifier_new ();
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());

  g_setenv ("WATCHDOG_USEC", "20000", TRUE);
  g_setenv ("WATCHDOG_PID", pid, TRUE);
  lt_notifier_ready (notifier, "serving");
  assert_message (fixture, "READY=1\nSTATUS=serving");
  for (guint i = 0; i < 3; i++)
    {
      while (g_socket_condition_check (fixture->socket, G_IO_IN) == 0)
        g_main_context_iteration (NULL, TRUE);
      assert_message (fixture, "WATCHDOG=1");
    }
  g_assert_finalize_object (notifier);
}

static void
test_no_systemd (Fixture *fixture, gconstpointer user_data)
{
  LtNotifier *notifier = lt_notifier_new ();

  g_unsetenv ("NOTIFY_SOCKET");
  lt_notifier_ready (notifier, "serving");
  lt_notifier_stopping (notifier);
  g_assert_cmpint (g_socket_condition_check (fixture->socket, G_IO_IN), ==, 0);
  g_assert_finalize_object (notifier);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer user_data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/notifier/states", test_states);
  add ("/notifier/watchdog", test_watchdog);
  add ("/notifier/no-systemd", test_no_systemd);
  return g_test_run ();
}
