/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "dbus/lt-dbus-actions.h"
#include "dbus/lt-dbus-authority.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MOCK "org.freedesktop.DBus.Mock"

typedef struct
{
  TestService service;
  GSubprocess *polkit; /* (owned) (nullable) */
} Fixture;

typedef struct
{
  LtDbusServiceLimits limits;
  gboolean with_polkit;
} Setting;

static const Setting with_polkit = { LT_DBUS_SERVICE_LIMITS_DEFAULT, TRUE };
static const Setting without_polkit = { LT_DBUS_SERVICE_LIMITS_DEFAULT, FALSE };
static const Setting impatient
    = { { LT_DBUS_INBOX_LIMITS_DEFAULT, { 256, 256, 16, 300, 300 }, LT_DBUS_STREAM_LIMITS_DEFAULT },
        TRUE };
static const Setting narrow
    = { { LT_DBUS_INBOX_LIMITS_DEFAULT, { 2, 6, 4, 25000, 25000 }, LT_DBUS_STREAM_LIMITS_DEFAULT },
        TRUE };

static GVariant *
call_polkit (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer
      = g_dbus_connection_call_sync (fixture->service.bus.client, "org.freedesktop.PolicyKit1",
                                     "/org/freedesktop/PolicyKit1/Authority", MOCK, method,
                                     parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

static void
set_polkit (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_variant_unref (call_polkit (fixture, method, parameters));
}

static gboolean
has_polkit (gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      fixture->service.bus.client, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", "org.freedesktop.PolicyKit1"),
      NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean has_owner = FALSE;

  g_variant_get (answer, "(b)", &has_owner);
  return has_owner;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const Setting *setting = data;
  g_autoptr (GError) error = NULL;

  test_service_init (&fixture->service, TRUE, &setting->limits);
  if (!setting->with_polkit)
    return;

  fixture->polkit = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
      "/usr/bin/python3", "-m", "dbusmock", "--template", "polkitd", NULL);
  g_assert_no_error (error);
  test_iterate_until (has_polkit, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->polkit != NULL)
    {
      g_subprocess_force_exit (fixture->polkit);
      g_subprocess_wait (fixture->polkit, NULL, NULL);
      g_clear_object (&fixture->polkit);
    }
  test_service_clear (&fixture->service);
}

/* Calls a method that takes nothing, as a user who is not root. Returns what `gdbus` wrote. */
static char *
call_as_nobody (Fixture *fixture, const char *method, int *status)
{
  g_autofree char *name = g_strconcat (MANAGER ".", method, NULL);

  return test_run ((const char *const[]){ "gdbus", "call", "--address",
                                          fixture->service.bus.address, "--dest", LT_DBUS_NAME,
                                          "--object-path", LT_DBUS_PATH, "--method", name, NULL },
                   NULL, TRUE, status);
}

static void
assert_denied (Fixture *fixture, const char *method, const char *part_of_message)
{
  int status;
  g_autofree char *output = call_as_nobody (fixture, method, &status);

  g_test_message ("%s", output);
  g_assert_cmpint (status, !=, 0);
  g_assert_nonnull (strstr (output, ERRORS "Denied"));
  g_assert_nonnull (strstr (output, part_of_message));
}

static void
assert_allowed (Fixture *fixture, const char *method)
{
  int status;
  g_autofree char *output = call_as_nobody (fixture, method, &status);

  g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
}

static void
test_allowed_by_action (Fixture *fixture, gconstpointer unused)
{
  const char *const actions[] = { LT_DBUS_ACTION_OBSERVE, NULL };

  assert_denied (fixture, "ListLevels", "polkit does not allow org.livetrace.observe");
  set_polkit (fixture, "SetAllowed", g_variant_new ("(^as)", actions));
  assert_allowed (fixture, "ListLevels");
  assert_denied (fixture, "ClearRing", "org.livetrace.manage");
  assert_denied (fixture, "ListSubscribers", "org.livetrace.manage");
  set_polkit (fixture, "AllowUnknown", g_variant_new ("(b)", TRUE));
  assert_allowed (fixture, "ClearRing");
}

static void
test_no_polkit (Fixture *fixture, gconstpointer unused)
{
  assert_denied (fixture, "ListLevels", "polkit cannot be asked, so only root may");
}

static void
test_root_needs_no_polkit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("needs root");
      return;
    }

  answer = test_call_manager (fixture->service.bus.client, "ClearRing", NULL, &error);
  g_assert_no_error (error);
}

static void
test_hung_polkit (Fixture *fixture, gconstpointer unused)
{
  set_polkit (fixture, "SimulateHang", g_variant_new ("(b)", TRUE));
  assert_denied (fixture, "ListLevels", "polkit did not answer in time");
}

static gboolean
hangs (gpointer user_data)
{
  g_autoptr (GVariant) answer = call_polkit (user_data, "HaveHangingCalls", NULL);
  gboolean has_hanging;

  g_variant_get (answer, "(b)", &has_hanging);
  return has_hanging;
}

static GSubprocess *
start_call_as_nobody (Fixture *fixture)
{
  const char *const as_nobody[]
      = { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", NULL };
  g_autofree char *address = g_strconcat ("--address=", fixture->service.bus.address, NULL);
  const char *const call[] = { "busctl",     address, "--timeout=60", "call", LT_DBUS_NAME,
                               LT_DBUS_PATH, MANAGER, "ListLevels",   NULL };
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  for (guint i = 0; geteuid () == 0 && as_nobody[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) as_nobody[i]);
  for (guint i = 0; call[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) call[i]);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_newv ((const char *const *) words->pdata,
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  return process;
}

static gboolean
has_one_check (gpointer user_data)
{
  Fixture *fixture = user_data;

  return lt_dbus_service_get_n_checks (fixture->service.service) == 1;
}

static gboolean
has_no_check (gpointer user_data)
{
  Fixture *fixture = user_data;

  return lt_dbus_service_get_n_checks (fixture->service.service) == 0;
}

/* The questions about a caller end with the caller, and others are served meanwhile. */
static void
test_caller_gone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GSubprocess) process = NULL;
  const char *const hanging[] = { LT_DBUS_ACTION_OBSERVE, NULL };

  set_polkit (fixture, "AllowUnknown", g_variant_new ("(b)", TRUE));
  set_polkit (fixture, "SimulateHangActions", g_variant_new ("(^as)", hanging));
  process = start_call_as_nobody (fixture);
  test_iterate_until (has_one_check, fixture);
  test_iterate_until (hangs, fixture);
  assert_allowed (fixture, "ClearRing");
  g_assert_true (has_one_check (fixture));

  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  test_iterate_until (has_no_check, fixture);

  /* An answer that comes late finds nobody. */
  set_polkit (fixture, "ReleaseHangingCalls", NULL);
  assert_allowed (fixture, "ClearRing");
}

static void
test_stopped_while_asking (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GSubprocess) process = NULL;

  set_polkit (fixture, "SimulateHang", g_variant_new ("(b)", TRUE));
  process = start_call_as_nobody (fixture);
  test_iterate_until (has_one_check, fixture);
  lt_dbus_service_stop (fixture->service.service);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

/* Many calls of one caller, of which only some may wait for polkit. Python, because none of the
 * command line tools sends a second call before the first is answered. */
static const char many_calls[]
    = "import sys, gi\n"
      "from gi.repository import Gio, GLib\n"
      "bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], "
      "Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | "
      "Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)\n"
      "loop = GLib.MainLoop()\n"
      "left = 10\n"
      "def done(bus, result):\n"
      "    global left\n"
      "    try:\n"
      "        bus.call_finish(result)\n"
      "    except GLib.Error as error:\n"
      "        print(Gio.DBusError.get_remote_error(error), flush=True)\n"
      "    left -= 1\n"
      "    if left == 4:\n"
      "        loop.quit()\n"
      "for i in range(10):\n"
      "    bus.call('org.livetrace.Livetrace1', '/org/livetrace/Livetrace1', "
      "'org.livetrace.Livetrace1.Manager', 'ListLevels', None, None, 0, 60000, None, done)\n"
      "loop.run()\n";

static void
test_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *output = NULL;
  guint n_refused = 0;
  int status;

  set_polkit (fixture, "SimulateHang", g_variant_new ("(b)", TRUE));
  output = test_run ((const char *const[]){ "/usr/bin/python3", "-c", many_calls,
                                            fixture->service.bus.address, NULL },
                     NULL, TRUE, &status);
  g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
  for (const char *at = output; (at = strstr (at, ERRORS "TooMany")) != NULL; at++)
    n_refused++;
  g_assert_cmpuint (n_refused, ==, 6);
  test_iterate_until (has_no_check, fixture);
}

/* More callers than are remembered. */
static void
test_many_callers (Fixture *fixture, gconstpointer unused)
{
  set_polkit (fixture, "AllowUnknown", g_variant_new ("(b)", TRUE));
  for (guint i = 0; i < 5; i++)
    assert_allowed (fixture, "ListLevels");
}

static void
test_own_user (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = test_call_manager (fixture->service.bus.client, "ClearRing", NULL, &error);
  g_assert_no_error (error);
  if (geteuid () != 0)
    {
      g_test_skip ("needs root to be somebody else");
      return;
    }

  assert_denied (fixture, "ListLevels", "only the daemon's own user and root may call");
}

static void
set_up_private (Fixture *fixture, gconstpointer unused)
{
  test_service_init (&fixture->service, FALSE, NULL);
}

#define ADD(name, setting)                                                                         \
  g_test_add ("/dbus-authority/" #name, Fixture, setting, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (allowed_by_action, &with_polkit);
  ADD (no_polkit, &without_polkit);
  ADD (root_needs_no_polkit, &without_polkit);
  ADD (hung_polkit, &impatient);
  ADD (caller_gone, &with_polkit);
  ADD (stopped_while_asking, &with_polkit);
  ADD (bounded, &narrow);
  ADD (many_callers, &narrow);
  g_test_add ("/dbus-authority/own_user", Fixture, NULL, set_up_private, test_own_user, tear_down);

  return g_test_run ();
}
