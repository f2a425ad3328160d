/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-pacer.h"

/* What a turn may have taken when another piece is begun. */
#define TURN_US 10000

struct _LtDbusPacer
{
  LtDbusPacerFunc func;
  GQueue waiting; /* data for @func, the first one first */
  guint source_id;
};

/**
 * lt_dbus_pacer_new:
 * @func: does one piece of work
 *
 * Returns: (transfer full): a pacer with nothing to do
 */
LtDbusPacer *
lt_dbus_pacer_new (LtDbusPacerFunc func)
{
  LtDbusPacer *self = g_new0 (LtDbusPacer, 1);

  self->func = func;
  g_queue_init (&self->waiting);
  return self;
}

/**
 * lt_dbus_pacer_free:
 * @self: (transfer full): a pacer
 *
 * Does what is still waiting, and frees @self.
 */
void
lt_dbus_pacer_free (LtDbusPacer *self)
{
  while (self->waiting.length > 0)
    self->func (g_queue_pop_head (&self->waiting));
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_free (self);
}

/* When the turn began, or when this was first asked in it. */
static gint64
get_turn_us (void)
{
  GSource *source = g_main_current_source ();

  return source != NULL ? g_source_get_time (source) : g_get_monotonic_time ();
}

static gboolean
on_turn (gpointer user_data)
{
  LtDbusPacer *self = user_data;
  gint64 deadline_us = get_turn_us () + TURN_US;

  /* One at least, or what else is busy would leave none. */
  do
    self->func (g_queue_pop_head (&self->waiting));
  while (self->waiting.length > 0 && g_get_monotonic_time () < deadline_us);

  if (self->waiting.length > 0)
    return G_SOURCE_CONTINUE;

  self->source_id = 0;
  return G_SOURCE_REMOVE;
}

/**
 * lt_dbus_pacer_run:
 * @self: a pacer
 * @data: for the function it was made with
 *
 * Has a piece of work done: at once if there is time in this turn and nothing waits before it,
 * else in one of the next.
 */
void
lt_dbus_pacer_run (LtDbusPacer *self, gpointer data)
{
  if (self->source_id == 0 && g_get_monotonic_time () < get_turn_us () + TURN_US)
    {
      self->func (data);
      return;
    }

  g_queue_push_tail (&self->waiting, data);
  if (self->source_id == 0)
    self->source_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}
