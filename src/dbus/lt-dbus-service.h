/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-dbus-inbox.h"
#include "lt-dbus-manager.h"

G_BEGIN_DECLS

/**
 * LtDbusServiceLimits:
 *
 * What callers may use up.
 */
typedef struct
{
  LtDbusInboxLimits inbox;
  LtDbusAuthorityLimits authority;
  LtDbusStreamLimits streams;
  LtEventLimits event; /* what one event may hold */
} LtDbusServiceLimits;

#define LT_DBUS_SERVICE_LIMITS_DEFAULT                                                             \
  {                                                                                                \
    LT_DBUS_INBOX_LIMITS_DEFAULT, LT_DBUS_AUTHORITY_LIMITS_DEFAULT, LT_DBUS_STREAM_LIMITS_DEFAULT, \
        LT_EVENT_LIMITS_DEFAULT                                                                    \
  }

/**
 * LtDbusService:
 *
 * The daemon on a bus: `org.livetrace.Livetrace1` with its manager and a subscriber object for
 * every subscription of the hub.
 *
 * Signal `lost (const char *why)`: the name or the bus is gone; emitted once, after a start that
 * succeeded.
 */
#define LT_TYPE_DBUS_SERVICE (lt_dbus_service_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusService, lt_dbus_service, LT, DBUS_SERVICE, GObject)

LtDbusService *lt_dbus_service_new (LtHub *hub, LtAccess *access,
                                    const LtDbusServiceLimits *limits);
void lt_dbus_service_set_reload_func (LtDbusService *self, LtDbusReloadFunc func,
                                      gpointer user_data);
void lt_dbus_service_set_http (LtDbusService *self, const char *const *addresses, const char *url);
void lt_dbus_service_start_async (LtDbusService *self, const char *bus, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean lt_dbus_service_start_finish (LtDbusService *self, GAsyncResult *result, GError **error);
void lt_dbus_service_stop (LtDbusService *self);
GPtrArray *lt_dbus_service_list_sources (LtDbusService *self);
guint64 lt_dbus_service_get_dropped_messages (LtDbusService *self);
guint lt_dbus_service_get_n_checks (LtDbusService *self);

G_END_DECLS
