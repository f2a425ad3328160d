/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"

G_BEGIN_DECLS

gboolean lt_variant_read_event (LtEventBuilder *builder, GVariant *dict, LtEvent **event,
                                GError **error);

G_END_DECLS
