/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dbus/lt-dbus-actions.h"

#include <gio/gio.h>

#define ACTION_ANNOTATION "org.livetrace.Livetrace1.Action"

static GDBusNodeInfo *
load_interfaces (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", LT_DBUS_NAME ".xml", NULL);
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node;

  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  return node;
}

/* Whoever adds a method must say who may call it. */
static void
test_every_method_has_a_row (void)
{
  g_autoptr (GDBusNodeInfo) node = load_interfaces ();
  guint n_methods = 0;
  guint n_rows;

  for (guint i = 0; node->interfaces[i] != NULL; i++)
    {
      GDBusInterfaceInfo *interface = node->interfaces[i];

      for (guint j = 0; interface->methods != NULL && interface->methods[j] != NULL; j++)
        {
          GDBusMethodInfo *method = interface->methods[j];
          const char *documented
              = g_dbus_annotation_info_lookup (method->annotations, ACTION_ANNOTATION);

          n_methods++;
          g_test_message ("%s.%s", interface->name, method->name);
          g_assert_nonnull (documented);
          g_assert_cmpstr (lt_dbus_find_action (interface->name, method->name), ==, documented);
        }
    }

  lt_dbus_list_actions (&n_rows);
  g_assert_cmpuint (n_rows, ==, n_methods);
}

/* Every action of the table is in the polkit policy, and the daemon's user may ask about it: polkit
 * answers questions about others only to root and to the owner of the action. */
static void
test_every_action_has_a_policy (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "data", "polkit", LT_DBUS_NAME ".policy.in", NULL);
  g_autofree char *policy = NULL;
  g_autoptr (GError) error = NULL;
  const LtDbusMethodAction *rows;
  guint n_rows;

  g_file_get_contents (path, &policy, NULL, &error);
  g_assert_no_error (error);
  rows = lt_dbus_list_actions (&n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *begin = g_strdup_printf ("<action id=\"%s\">", rows[i].action);
      const char *action = strstr (policy, begin);
      const char *owner;
      const char *end;

      g_assert_nonnull (action);
      owner = strstr (action, "<annotate key=\"org.freedesktop.policykit.owner\">"
                              "unix-user:livetrace</annotate>");
      end = strstr (action, "</action>");
      g_assert_nonnull (owner);
      g_assert_true (owner < end);
    }
}

static void
test_unknown (void)
{
  g_assert_null (lt_dbus_find_action (LT_DBUS_MANAGER_INTERFACE, "Disconnect"));
  g_assert_null (lt_dbus_find_action (LT_DBUS_SUBSCRIBER_INTERFACE, "Inject"));
  g_assert_null (lt_dbus_find_action (LT_DBUS_MANAGER_INTERFACE, "inject"));
  g_assert_null (lt_dbus_find_action ("", ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/dbus-actions/every-method-has-a-row", test_every_method_has_a_row);
  g_test_add_func ("/dbus-actions/every-action-has-a-policy", test_every_action_has_a_policy);
  g_test_add_func ("/dbus-actions/unknown", test_unknown);

  return g_test_run ();
}
