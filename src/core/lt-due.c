/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-due.h"

/**
 * lt_due_get_wait_ms:
 * @due_us: when something is due
 * @now_us: monotonic time, microseconds
 *
 * Returns: for how long to sleep until then, never too short; 0 if it is due now, -1 if never
 */
int
lt_due_get_wait_ms (gint64 due_us, gint64 now_us)
{
  gint64 wait_us = due_us - now_us;

  if (due_us < 0)
    return -1;

  return (int) CLAMP (wait_us / 1000 + (wait_us % 1000 > 0), 0, G_MAXINT);
}

/**
 * lt_due_prepare:
 * @source: a source
 * @due_us: when it is due
 * @timeout_ms: (out): how long the main loop may sleep for it, or -1
 *
 * What the prepare function of a source does that says by itself when it is due. Such a source is
 * cheaper to move than one with g_source_set_ready_time(), which writes to the loop's eventfd
 * each time, and wakes it once more for nothing.
 *
 * Returns: whether it is due now
 */
gboolean
lt_due_prepare (GSource *source, gint64 due_us, int *timeout_ms)
{
  *timeout_ms = lt_due_get_wait_ms (due_us, due_us > 0 ? g_source_get_time (source) : 0);

  return *timeout_ms == 0;
}

/**
 * lt_due_check:
 * @source: a source
 * @due_us: when it is due
 *
 * What the check function of such a source does.
 *
 * Returns: whether it is due now
 */
gboolean
lt_due_check (GSource *source, gint64 due_us)
{
  return due_us >= 0 && due_us <= g_source_get_time (source);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/**
 * lt_due_source_new:
 * @name: (type static utf8): its name, for debugging
 * @callback: what to call when it is due
 * @user_data: for @callback
 *
 * Makes a source that g_source_set_ready_time() sets, any number of times: for what is seldom
 * due. It is not due before that, nor attached.
 *
 * Returns: (transfer full): the source
 */
GSource *
lt_due_source_new (const char *name, GSourceFunc callback, gpointer user_data)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, user_data, NULL);

  return source;
}
