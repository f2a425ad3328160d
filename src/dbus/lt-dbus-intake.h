/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What one batch may hold. */
#define LT_DBUS_BATCH_EVENTS 10000
#define LT_DBUS_BATCH_BYTES  (8 * 1024 * 1024)

/**
 * LtDbusIntake:
 *
 * Takes the events of `Inject` and `InjectBatch` calls, one call after another in the order in
 * which they came, each batch whole or not at all, in slices of a turn.
 */
#define LT_TYPE_DBUS_INTAKE (lt_dbus_intake_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusIntake, lt_dbus_intake, LT, DBUS_INTAKE, GObject)

LtDbusIntake *lt_dbus_intake_new (LtHub *hub, LtEventBuilder *builder);
void lt_dbus_intake_inject (LtDbusIntake *self, GDBusMethodInvocation *invocation);
void lt_dbus_intake_inject_batch (LtDbusIntake *self, GDBusMethodInvocation *invocation);
void lt_dbus_intake_shut_down (LtDbusIntake *self);

G_END_DECLS
