/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-hub.h"

G_BEGIN_DECLS

/* The turns of a hub: when the main loop is to run it, and what it does then. */

void lt_hub_turn_init (LtHub *self);
void lt_hub_turn_clear (LtHub *self);
void lt_hub_plan_turn (LtHub *self);

G_END_DECLS
