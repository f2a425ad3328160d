/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"

G_BEGIN_DECLS

LtEvent *make_random_event (LtEventBuilder *builder);

G_END_DECLS
