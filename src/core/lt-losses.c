/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-losses.h"

typedef struct
{
  guint64 start;
  guint64 contexts; /* events lost to this group for the sake of an earlier match */
  guint64 fresh;    /* more of them, lost to this group and to all before it */
  guint n_members;
} Group;

/**
 * lt_losses_init:
 * @self: losses to make ready
 *
 * Nobody has fallen behind.
 */
void
lt_losses_init (LtLosses *self)
{
  *self = (LtLosses){ .groups = g_array_new (FALSE, FALSE, sizeof (Group)) };
}

/**
 * lt_losses_clear:
 * @self: losses
 *
 * Frees what they hold.
 */
void
lt_losses_clear (LtLosses *self)
{
  g_clear_pointer (&self->groups, g_array_unref);
}

/**
 * lt_losses_is_empty:
 * @self: losses
 *
 * Returns: whether nobody lags behind the ring
 */
gboolean
lt_losses_is_empty (const LtLosses *self)
{
  return self->groups->len == 0;
}

/* How many groups started at or before @sequence. */
static guint
count_started (const LtLosses *self, guint64 sequence)
{
  guint low = 0;
  guint high = self->groups->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->groups, Group, middle).start <= sequence)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Tells every group what concerns it. */
static void
settle (LtLosses *self)
{
  guint64 fresh = 0;

  if (!self->unsettled)
    return;

  for (guint i = self->groups->len; i > 0; i--)
    {
      Group *group = &g_array_index (self->groups, Group, i - 1);

      fresh += group->fresh;
      group->contexts += fresh;
      group->fresh = 0;
    }
  self->unsettled = FALSE;
}

/**
 * lt_losses_add:
 * @self: losses
 * @start: the first sequence whose matches count for a subscription
 * @mark: (out caller-allocates): what lt_losses_remove() is to be given
 *
 * From now on events are lost to that subscription.
 */
void
lt_losses_add (LtLosses *self, guint64 start, LtLossMark *mark)
{
  guint at = count_started (self, start);
  Group *group;

  settle (self);
  if (at == 0 || g_array_index (self->groups, Group, at - 1).start != start)
    {
      Group added = { .start = start };

      g_array_insert_val (self->groups, at, added);
      at++;
    }

  group = &g_array_index (self->groups, Group, at - 1);
  group->n_members++;
  *mark = (LtLossMark){ .matches = self->matches, .contexts = group->contexts };
}

/**
 * lt_losses_remove:
 * @self: losses
 * @start: what lt_losses_add() was given
 * @mark: what it returned
 *
 * Ends what lt_losses_add() began.
 *
 * Returns: events lost to the subscription in between
 */
guint64
lt_losses_remove (LtLosses *self, guint64 start, const LtLossMark *mark)
{
  guint at = count_started (self, start);
  Group *group = &g_array_index (self->groups, Group, at - 1);
  guint64 lost;

  g_assert (at > 0 && group->start == start);

  settle (self);
  lost = self->matches - mark->matches + group->contexts - mark->contexts;
  if (--group->n_members == 0)
    g_array_remove_index (self->groups, at - 1);

  return lost;
}

/**
 * lt_losses_count_match:
 * @self: losses
 *
 * An event that matches has left the ring.
 */
void
lt_losses_count_match (LtLosses *self)
{
  self->matches++;
}

/**
 * lt_losses_count_context:
 * @self: losses
 * @match: sequence of the newest match of the span (trace) before the event
 *
 * An event that does not match, but whose span has matched, has left the ring.
 */
void
lt_losses_count_context (LtLosses *self, guint64 match)
{
  guint n = count_started (self, match);

  if (n == 0)
    return;

  g_array_index (self->groups, Group, n - 1).fresh++;
  self->unsettled = TRUE;
}
