/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"
#include "core/lt-source.h"

G_BEGIN_DECLS

/**
 * LtDemoSource:
 *
 * A source that simulates a mail server. Every event of it says so: it has `"demo":true`.
 */
#define LT_TYPE_DEMO_SOURCE (lt_demo_source_get_type ())
G_DECLARE_FINAL_TYPE (LtDemoSource, lt_demo_source, LT, DEMO_SOURCE, GObject)

LtDemoSource *lt_demo_source_new (LtHub *hub, const LtEventLimits *limits, guint rate,
                                  guint32 seed);

G_END_DECLS
