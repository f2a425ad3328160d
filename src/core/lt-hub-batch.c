/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-error.h"
#include "lt-hub-private.h"
#include "lt-slice.h"
#include "lt-source.h"

typedef struct
{
  GPtrArray *events; /* (owned) (element-type LtEvent), owned */
  guint next;        /* index of the next event to submit */
  guint64 accepted;
  guint64 refused;
} Batch;

static void
batch_free (Batch *self)
{
  g_ptr_array_unref (self->events);
  g_free (self);
}

static gboolean
submit_slice (gpointer user_data)
{
  GTask *task = user_data;
  LtHub *hub = g_task_get_source_object (task);
  Batch *batch = g_task_get_task_data (task);
  gint64 deadline = g_get_monotonic_time () + LT_HUB_SLICE_US;
  gsize bytes = 0;

  while (batch->next < batch->events->len)
    {
      LtEvent *event = g_ptr_array_index (batch->events, batch->next++);

      bytes += lt_event_get_size_bytes (event);
      if (lt_hub_submit (hub, g_object_ref (event)) != 0)
        batch->accepted++;
      else
        batch->refused++;
      if (bytes >= lt_hub_get_turn_bytes (hub)
          || (batch->next % 64 == 0 && g_get_monotonic_time () >= deadline))
        break;
    }

  if (batch->next < batch->events->len)
    return G_SOURCE_CONTINUE;

  g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
on_turn (gpointer user_data)
{
  return lt_slice_begin () ? submit_slice (user_data) : G_SOURCE_CONTINUE;
}

/**
 * lt_hub_submit_batch_async:
 * @self: the hub
 * @events: (transfer none) (element-type LtEvent): events no hub has yet, each owned by the array
 * @cancellable: (nullable): ignored: what was begun is completed, so that a batch is taken whole
 * @callback: called when all have been submitted
 * @user_data: for @callback
 *
 * Submits a batch in slices of a turn.
 */
void
lt_hub_submit_batch_async (LtHub *self, GPtrArray *events, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Batch *batch = g_new0 (Batch, 1);
  g_autoptr (GSource) source = NULL;

  batch->events = g_ptr_array_ref (events);
  g_task_set_source_tag (task, lt_hub_submit_batch_async);
  g_task_set_task_data (task, batch, (GDestroyNotify) batch_free);

  /* The first slice at once: most batches need no other. */
  if (!submit_slice (task))
    {
      g_object_unref (task);
      return;
    }

  /* Attaching gives the source the task's priority. */
  source = g_idle_source_new ();
  g_task_set_priority (task, LT_PRIORITY_BULK);
  g_task_attach_source (task, source, on_turn);
  g_object_unref (task);
}

/**
 * lt_hub_submit_batch_finish:
 * @self: the hub
 * @result: what the callback got
 * @accepted: (out): events taken
 * @refused: (out): events below their type's level
 * @error: return location for an error
 *
 * Ends lt_hub_submit_batch_async().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lt_hub_submit_batch_finish (LtHub *self, GAsyncResult *result, guint64 *accepted, guint64 *refused,
                            GError **error)
{
  Batch *batch = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  *accepted = batch->accepted;
  *refused = batch->refused;

  return TRUE;
}
