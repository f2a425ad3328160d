/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-slice.h"

/* What a turn may have taken when another slice is begun. */
#define TURN_US 10000

/**
 * lt_slice_begin:
 *
 * For sources of the main loop that do long work in slices, of which there may be hundreds: tells
 * the one being dispatched whether this turn has time for another slice. If not it is to go on in
 * a turn to come, where it is before those that have had theirs.
 *
 * Returns: whether to do some of the work now
 */
gboolean
lt_slice_begin (void)
{
  GSource *source = g_main_current_source ();

  if (g_get_monotonic_time () - g_source_get_time (source) >= TURN_US)
    return FALSE;

  /* This puts it behind all others of the same priority. */
  g_source_set_priority (source, g_source_get_priority (source));
  return TRUE;
}
