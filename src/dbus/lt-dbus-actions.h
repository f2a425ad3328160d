/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_DBUS_NAME             "org.livetrace.Livetrace1"
#define LT_DBUS_PATH             "/org/livetrace/Livetrace1"
#define LT_DBUS_SUBSCRIBERS_PATH LT_DBUS_PATH "/subscribers"

#define LT_DBUS_MANAGER_INTERFACE    LT_DBUS_NAME ".Manager"
#define LT_DBUS_SUBSCRIBER_INTERFACE LT_DBUS_NAME ".Subscriber"

#define LT_DBUS_ACTION_OBSERVE "org.livetrace.observe"
#define LT_DBUS_ACTION_INJECT  "org.livetrace.inject"
#define LT_DBUS_ACTION_MANAGE  "org.livetrace.manage"

/**
 * LtDbusMethodAction:
 *
 * One row of the authorization table.
 */
typedef struct
{
  const char *interface;
  const char *method;
  const char *action; /* the polkit action a caller needs */
} LtDbusMethodAction;

const LtDbusMethodAction *lt_dbus_list_actions (guint *n_rows);
const char *lt_dbus_find_action (const char *interface, const char *method);

G_END_DECLS
