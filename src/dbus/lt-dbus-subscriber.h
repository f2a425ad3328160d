/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-dbus-authority.h"

#include "core/lt-subscription.h"

G_BEGIN_DECLS

/**
 * LtDbusSubscriber:
 *
 * The D-Bus face of one subscription: the interface `org.livetrace.Livetrace1.Subscriber`. It is no
 * generated skeleton, since those keep a copy of every property: here they are read live, and an
 * object costs 2.5 KB.
 */
#define LT_TYPE_DBUS_SUBSCRIBER (lt_dbus_subscriber_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusSubscriber, lt_dbus_subscriber, LT, DBUS_SUBSCRIBER,
                      GDBusInterfaceSkeleton)

LtDbusSubscriber *lt_dbus_subscriber_new (LtHub *hub, LtSubscription *subscription,
                                          LtDbusAuthority *authority);
char *lt_dbus_subscriber_dup_path (LtSubscription *subscription);

G_END_DECLS
