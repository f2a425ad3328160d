/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-dbus-authority.h"

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"

G_BEGIN_DECLS

/**
 * LtDbusStreamLimits:
 *
 * How many injectors there may be.
 */
typedef struct
{
  guint max_injectors;            /* default 256 */
  guint max_injectors_per_caller; /* default 64 */
} LtDbusStreamLimits;

#define LT_DBUS_STREAM_LIMITS_DEFAULT                                                              \
  {                                                                                                \
    256, 64                                                                                        \
  }

/**
 * LtDbusStreams:
 *
 * The calls that hand out a stream socket: `Subscribe` and `OpenInjector`. It keeps the injectors;
 * the hub keeps the subscriptions.
 */
#define LT_TYPE_DBUS_STREAMS (lt_dbus_streams_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusStreams, lt_dbus_streams, LT, DBUS_STREAMS, GObject)

LtDbusStreams *lt_dbus_streams_new (LtHub *hub, LtEventBuilder *builder, LtDbusAuthority *authority,
                                    const LtDbusStreamLimits *limits);
void lt_dbus_streams_subscribe (LtDbusStreams *self, GDBusMethodInvocation *invocation);
void lt_dbus_streams_open_injector (LtDbusStreams *self, GDBusMethodInvocation *invocation);
GPtrArray *lt_dbus_streams_list_sources (LtDbusStreams *self);
void lt_dbus_streams_shut_down (LtDbusStreams *self);

G_END_DECLS
