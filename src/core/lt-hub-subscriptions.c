/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-error.h"
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/**
 * lt_hub_add_reader:
 * @self: the hub
 * @subscription: a subscription that reads the ring by itself
 *
 * From now on @subscription hears of events that leave the ring.
 */
void
lt_hub_add_reader (LtHub *self, LtSubscription *subscription)
{
  if (subscription->in_reach)
    return;

  subscription->in_reach = TRUE;
  self->n_readers++;
  if (lt_subscription_knows_start (subscription))
    lt_hub_expect_reader (self, subscription);
}

/**
 * lt_hub_add_follower:
 * @self: the hub
 * @subscription: one of its readers, which has caught up
 *
 * From now on @subscription reads what each turn brings.
 */
void
lt_hub_add_follower (LtHub *self, LtSubscription *subscription)
{
  subscription->is_follower = TRUE;
  g_ptr_array_add (self->followers, subscription);
}

/**
 * lt_hub_remove_reader:
 * @self: the hub
 * @subscription: one of its readers
 *
 * Ends what lt_hub_add_reader() began.
 */
void
lt_hub_remove_reader (LtHub *self, LtSubscription *subscription)
{
  /* Nobody is left to share them with. */
  if (--self->n_readers == 0)
    lt_block_cache_clear (&self->block_cache);
  lt_subscription_catch_up (subscription);
  lt_subscription_stop_losing (subscription);
  subscription->in_reach = FALSE;
  g_clear_pointer (&subscription->ahead, g_sequence_remove);
  if (subscription->is_follower)
    g_ptr_array_remove_fast (self->followers, subscription);
  subscription->is_follower = FALSE;
  if (subscription->is_runnable)
    g_queue_remove (subscription->is_slow ? &self->slow : &self->runnable, subscription);
  subscription->is_runnable = FALSE;
}

/**
 * lt_hub_admit_subscription:
 * @self: the hub
 * @number: (out): the number for it
 * @error: return location for an error
 *
 * Counts a new subscription. Errors: %LT_ERROR_BUSY.
 *
 * Returns: whether there was room
 */
gboolean
lt_hub_admit_subscription (LtHub *self, guint64 *number, GError **error)
{
  if (self->n_subscriptions >= self->limits.max_subscriptions)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are %u subscribers already, as many as subscriptions.limit allows; "
                   "try again later",
                   self->n_subscriptions);
      return FALSE;
    }

  self->n_subscriptions++;
  *number = ++self->last_subscription;

  return TRUE;
}

/**
 * lt_hub_start_subscription:
 * @self: the hub
 * @subscription: a counted subscription
 *
 * Keeps it until it is removed, and tells of it.
 */
void
lt_hub_start_subscription (LtHub *self, LtSubscription *subscription)
{
  g_hash_table_insert (self->subscriptions, &subscription->number, g_object_ref (subscription));
  g_signal_emit_by_name (self, "subscription-added", subscription);
}

/**
 * lt_hub_remove_subscription:
 * @self: the hub
 * @subscription: a counted subscription, which has closed
 * @started: whether it was started
 *
 * Forgets it; its counters live on in the hub's.
 */
void
lt_hub_remove_subscription (LtHub *self, LtSubscription *subscription, gboolean started)
{
  self->n_subscriptions--;
  if (!started)
    return;

  self->totals.delivered += lt_subscription_get_delivered (subscription);
  self->totals.dropped += lt_subscription_get_dropped (subscription);
  g_signal_emit_by_name (self, "subscription-removed", subscription);
  g_hash_table_remove (self->subscriptions, &subscription->number);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 first = (*(LtSubscription *const *) a)->number;
  guint64 second = (*(LtSubscription *const *) b)->number;

  return (first > second) - (first < second);
}

/**
 * lt_hub_list_subscriptions:
 * @self: the hub
 *
 * Returns: (transfer full) (element-type LtSubscription): those started and not closed, by number
 */
GPtrArray *
lt_hub_list_subscriptions (LtHub *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, g_object_ref (value));
  g_ptr_array_sort (list, compare_numbers);

  return list;
}

/**
 * lt_hub_find_subscription:
 * @self: the hub
 * @number: a subscription's number
 *
 * Returns: (transfer none) (nullable): the subscription, if it has started and not closed
 */
LtSubscription *
lt_hub_find_subscription (LtHub *self, guint64 number)
{
  return g_hash_table_lookup (self->subscriptions, &number);
}

/**
 * lt_hub_end_subscriptions:
 * @self: the hub
 * @reason: why, one word, such as "shutdown"
 *
 * Ends every subscription with a `bye`.
 */
void
lt_hub_end_subscriptions (LtHub *self, const char *reason)
{
  g_autoptr (GPtrArray) list = lt_hub_list_subscriptions (self);

  for (guint i = 0; i < list->len; i++)
    lt_subscription_end (g_ptr_array_index (list, i), reason);
}
