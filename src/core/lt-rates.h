/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-level.h"

#include <glib.h>

G_BEGIN_DECLS

/* How far back rates can look, in seconds. */
#define LT_RATES_SECONDS 60

/**
 * LtRates:
 *
 * How many events a second there were lately, by level. Whoever counts events tells it the
 * totals whenever they have changed; while nothing changes nothing needs to be done.
 */
typedef struct
{
  guint64 totals[LT_RATES_SECONDS + 2][LT_N_LEVELS]; /* at the end of second n, at n modulo size */
  gint64 second;                                     /* the newest second in @totals */
} LtRates;

void lt_rates_init (LtRates *self, gint64 now_us);
void lt_rates_update (LtRates *self, const guint64 totals[LT_N_LEVELS], gint64 now_us);
void lt_rates_read (LtRates *self, guint seconds, gint64 now_us, double rates[LT_N_LEVELS]);

G_END_DECLS
