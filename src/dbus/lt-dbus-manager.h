/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-dbus-authority.h"
#include "lt-dbus-intake.h"
#include "lt-dbus-streams.h"

#include "access/lt-access.h"
#include "core/lt-hub.h"

G_BEGIN_DECLS

/**
 * LtDbusReloadFunc:
 * @user_data: what was given with it
 * @error: return location for an error
 *
 * Reads the configuration again.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_CONFIG, and then the old one stays
 */
typedef gboolean (*LtDbusReloadFunc) (gpointer user_data, GError **error);

/**
 * LtDbusManager:
 *
 * The interface `org.livetrace.Livetrace1.Manager`. Properties are read live.
 */
#define LT_TYPE_DBUS_MANAGER (lt_dbus_manager_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusManager, lt_dbus_manager, LT, DBUS_MANAGER, GObject)

LtDbusManager *lt_dbus_manager_new (LtHub *hub, LtAccess *access, LtDbusAuthority *authority,
                                    LtDbusIntake *intake, LtDbusStreams *streams);
void lt_dbus_manager_set_reload_func (LtDbusManager *self, LtDbusReloadFunc func,
                                      gpointer user_data);
void lt_dbus_manager_set_http (LtDbusManager *self, const char *const *addresses, const char *url);
gboolean lt_dbus_manager_export (LtDbusManager *self, GDBusConnection *connection, GError **error);
void lt_dbus_manager_unexport (LtDbusManager *self);

G_END_DECLS
