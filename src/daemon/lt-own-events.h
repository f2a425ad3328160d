/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-hub.h"

G_BEGIN_DECLS

/**
 * LtOwnEvents:
 *
 * Puts what the daemon itself does on the stream, where the setting `daemon.events` asks
 * for it.
 */
#define LT_TYPE_OWN_EVENTS (lt_own_events_get_type ())
G_DECLARE_FINAL_TYPE (LtOwnEvents, lt_own_events, LT, OWN_EVENTS, GObject)

LtOwnEvents *lt_own_events_new (LtHub *hub);
void lt_own_events_set_enabled (LtOwnEvents *self, gboolean enabled);
void lt_own_events_emit (LtOwnEvents *self, const char *type, const char *level,
                         const char *details);

G_END_DECLS
