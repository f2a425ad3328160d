/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-actions.h"

#define MANAGER    LT_DBUS_MANAGER_INTERFACE
#define SUBSCRIBER LT_DBUS_SUBSCRIBER_INTERFACE

/* The whole of authorization: a method that has no row here is refused. */
static const LtDbusMethodAction method_actions[] = {
  { MANAGER, "Inject", LT_DBUS_ACTION_INJECT },
  { MANAGER, "InjectBatch", LT_DBUS_ACTION_INJECT },
  { MANAGER, "OpenInjector", LT_DBUS_ACTION_INJECT },
  { MANAGER, "Subscribe", LT_DBUS_ACTION_OBSERVE },
  { MANAGER, "ListLevels", LT_DBUS_ACTION_OBSERVE },
  { MANAGER, "ListSubscribers", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "SetLevel", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "ResetLevel", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "CreateToken", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "ListTokens", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "RevokeToken", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "CreateSignIn", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "ClearRing", LT_DBUS_ACTION_MANAGE },
  { MANAGER, "Reload", LT_DBUS_ACTION_MANAGE },
  { SUBSCRIBER, "Disconnect", LT_DBUS_ACTION_MANAGE },
};

/**
 * lt_dbus_list_actions:
 * @n_rows: (out): how many rows there are
 *
 * Returns: (transfer none) (array length=n_rows): the authorization table
 */
const LtDbusMethodAction *
lt_dbus_list_actions (guint *n_rows)
{
  *n_rows = G_N_ELEMENTS (method_actions);
  return method_actions;
}

/**
 * lt_dbus_find_action:
 * @interface: a D-Bus interface
 * @method: one of its methods
 *
 * Returns: (transfer none) (nullable): the polkit action that a caller of @method needs, or %NULL
 *   if nobody may call it
 */
const char *
lt_dbus_find_action (const char *interface, const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (method_actions); i++)
    {
      if (g_str_equal (method_actions[i].method, method)
          && g_str_equal (method_actions[i].interface, interface))
        return method_actions[i].action;
    }

  return NULL;
}
