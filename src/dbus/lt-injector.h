/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"
#include "core/lt-source.h"

G_BEGIN_DECLS

/**
 * LtInjector:
 *
 * A source that reads one JSON event a line from a stream socket, and answers lines it cannot take.
 *
 * Signal `closed ()`: the peer has closed and all it wrote was taken; emitted once.
 */
#define LT_TYPE_INJECTOR (lt_injector_get_type ())
G_DECLARE_FINAL_TYPE (LtInjector, lt_injector, LT, INJECTOR, GObject)

LtInjector *lt_injector_new (LtHub *hub, LtEventBuilder *builder, const char *name,
                             const char *peer, int fd);
gboolean lt_injector_is_closed (LtInjector *self);
const char *lt_injector_get_peer (LtInjector *self);

G_END_DECLS
