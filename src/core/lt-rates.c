/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-rates.h"

#include <string.h>

static guint64 *
get_slot (LtRates *self, gint64 second)
{
  return self->totals[(guint64) second % G_N_ELEMENTS (self->totals)];
}

/* Nothing was told for the seconds in between, so nothing happened in them. */
static void
advance (LtRates *self, gint64 second)
{
  gint64 first = MAX (self->second + 1, second - (gint64) G_N_ELEMENTS (self->totals) + 1);
  guint64 last[LT_N_LEVELS];

  if (second <= self->second)
    return;

  memcpy (last, get_slot (self, self->second), sizeof last);
  for (gint64 i = first; i <= second; i++)
    memcpy (get_slot (self, i), last, sizeof last);
  self->second = second;
}

/**
 * lt_rates_init:
 * @self: rates
 * @now_us: the monotonic time, in microseconds
 *
 * Starts with totals of 0.
 */
void
lt_rates_init (LtRates *self, gint64 now_us)
{
  memset (self, 0, sizeof *self);
  self->second = now_us / G_USEC_PER_SEC;
}

/**
 * lt_rates_update:
 * @self: rates
 * @totals: events of each level so far
 * @now_us: the monotonic time, in microseconds
 *
 * Tells that the totals have changed.
 */
void
lt_rates_update (LtRates *self, const guint64 totals[LT_N_LEVELS], gint64 now_us)
{
  advance (self, now_us / G_USEC_PER_SEC);
  memcpy (get_slot (self, self->second), totals, LT_N_LEVELS * sizeof totals[0]);
}

/**
 * lt_rates_read:
 * @self: rates
 * @seconds: over how many, 1 to %LT_RATES_SECONDS; the one under way is left out
 * @now_us: the monotonic time, in microseconds
 * @rates: (out caller-allocates): events a second, by level
 *
 * Reads the mean rates of the last seconds.
 */
void
lt_rates_read (LtRates *self, guint seconds, gint64 now_us, double rates[LT_N_LEVELS])
{
  const guint64 *newest;
  const guint64 *oldest;

  g_return_if_fail (seconds >= 1 && seconds <= LT_RATES_SECONDS);

  advance (self, now_us / G_USEC_PER_SEC);
  newest = get_slot (self, self->second - 1);
  oldest = get_slot (self, self->second - 1 - seconds);
  for (guint level = 0; level < LT_N_LEVELS; level++)
    rates[level] = (double) (newest[level] - oldest[level]) / seconds;
}
