/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-backfill.h"
#include "lt-error.h"
#include "lt-hub-private.h"
#include "lt-slice.h"
typedef struct
{
  LtFilter *filter; /* (owned) */
  LtContext context;
  guint32 limit;
  gint64 since_us;
  gint64 until_us;
  guint64 after;      /* only events behind this sequence */
  guint64 scan;       /* the next sequence to look at */
  guint64 last;       /* the newest sequence when the query was made */
  GPtrArray *matches; /* (owned) (element-type LtEvent), owned, newest first */
  GPtrArray *events;  /* (owned) (nullable) (element-type LtEvent), owned: gathered so far */
  GHashTable *seen;   /* (owned): a set of the events gathered, unowned */
  GHashTable *spans;  /* (owned): a set of the spans gone through */
  guint gathered;     /* matches whose spans have been gone through */
  guint64 omitted;
} Query;

static void
query_free (Query *self)
{
  g_object_unref (self->filter);
  g_ptr_array_unref (self->matches);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->spans);
  g_free (self);
}

static void
add_once (Query *query, LtEvent *event)
{
  if (g_hash_table_add (query->seen, event))
    g_ptr_array_add (query->events, g_object_ref (event));
}

/* Adds a match, and what belongs to its span. */
static void
gather_match (LtHub *hub, Query *query, LtEvent *match)
{
  g_autoptr (GPtrArray) members = NULL;
  LtSpan *span = match->span;
  guint64 omitted = 0;

  add_once (query, match);
  if (query->context == LT_CONTEXT_EVENT || span == NULL || span->id == NULL)
    return;
  if (query->context == LT_CONTEXT_TRACE)
    span = lt_span_get_root (span);
  if (query->events->len >= LT_HUB_MAX_RESULT_EVENTS || g_hash_table_contains (query->spans, span))
    return;

  g_hash_table_add (query->spans, lt_span_ref (span));
  members = lt_span_list_events (hub, span, query->context, LT_HUB_MAX_RESULT_EVENTS, &omitted);
  query->omitted += omitted;
  for (guint i = 0; i < members->len; i++)
    {
      LtEvent *member = g_ptr_array_index (members, i);

      if (member->sequence > query->after && member->sequence <= query->last)
        add_once (query, member);
    }
}

/* The matches, and what belongs to their spans, in order, once all are there. */
static gboolean
gather_slice (LtHub *hub, Query *query, gint64 deadline)
{
  while (query->gathered < query->matches->len)
    {
      gather_match (hub, query, g_ptr_array_index (query->matches, query->gathered++));
      if (query->context != LT_CONTEXT_EVENT && g_get_monotonic_time () >= deadline)
        return FALSE;
    }

  g_ptr_array_sort (query->events, lt_event_compare_sequences);
  if (query->events->len > LT_HUB_MAX_RESULT_EVENTS)
    {
      query->omitted += query->events->len - LT_HUB_MAX_RESULT_EVENTS;
      g_ptr_array_remove_range (query->events, 0, query->events->len - LT_HUB_MAX_RESULT_EVENTS);
    }

  return TRUE;
}

static gboolean
scan_slice (gpointer user_data)
{
  GTask *task = user_data;
  LtHub *hub = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);
  gint64 deadline = g_get_monotonic_time () + LT_HUB_SLICE_US;
  guint64 work;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (!lt_slice_begin ())
    return G_SOURCE_CONTINUE;

  work = hub->match->work;
  for (guint steps = 1; query->matches->len < query->limit && query->scan > query->after; steps++)
    {
      LtEvent *event = lt_hub_peek_event (hub, query->scan);

      if (event == NULL)
        break;
      query->scan--;
      if (event->created_at_us >= query->since_us && event->created_at_us <= query->until_us
          && lt_hub_match (hub, query->filter, event))
        g_ptr_array_add (query->matches, g_object_ref (event));
      if ((steps % 64 == 0 || hub->match->work - work >= LT_HUB_LOOK_WORK)
          && g_get_monotonic_time () >= deadline)
        return G_SOURCE_CONTINUE;
    }

  if (!gather_slice (hub, query, deadline))
    return G_SOURCE_CONTINUE;

  g_task_return_pointer (task, g_steal_pointer (&query->events),
                         (GDestroyNotify) g_ptr_array_unref);

  return G_SOURCE_REMOVE;
}

/**
 * lt_hub_query_async:
 * @self: the hub
 * @filter: what to look for
 * @options: how much, and where; copied
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Looks for events in the ring, newest first, in slices of a turn.
 */
void
lt_hub_query_async (LtHub *self, LtFilter *filter, const LtQueryOptions *options,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Query *query = g_new0 (Query, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  query->filter = g_object_ref (filter);
  query->context = options->context;
  query->limit = CLAMP (options->limit, 1, LT_HUB_MAX_RESULT_EVENTS);
  query->since_us = options->since_us;
  query->until_us = options->until_us != 0 ? options->until_us : G_MAXINT64;
  query->last = lt_hub_get_last_sequence (self);
  query->scan = query->last;
  query->matches = g_ptr_array_new_with_free_func (g_object_unref);
  query->events = g_ptr_array_new_with_free_func (g_object_unref);
  query->seen = g_hash_table_new (NULL, NULL);
  query->spans = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) lt_span_unref, NULL);
  if (options->after != NULL && !lt_hub_parse_id (self, options->after, &query->after))
    query->after = 0;
  g_task_set_source_tag (task, lt_hub_query_async);
  g_task_set_task_data (task, query, (GDestroyNotify) query_free);

  /* Attaching gives the source the task's priority. */
  g_task_set_priority (task, LT_PRIORITY_BULK);
  g_task_attach_source (task, source, scan_slice);
  g_object_unref (task);
}

/**
 * lt_hub_query_finish:
 * @self: the hub
 * @result: what the callback got
 * @last_sequence: (out) (optional): the newest sequence when the query was made
 * @omitted: (out) (optional): events of matching spans that were left out, being too many
 * @error: return location for an error
 *
 * Ends lt_hub_query_async(). Errors: %LT_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (element-type LtEvent): the events, oldest first, or %NULL
 */
GPtrArray *
lt_hub_query_finish (LtHub *self, GAsyncResult *result, guint64 *last_sequence, guint64 *omitted,
                     GError **error)
{
  GPtrArray *events = g_task_propagate_pointer (G_TASK (result), error);
  Query *query = g_task_get_task_data (G_TASK (result));

  if (events == NULL)
    {
      lt_error_translate (error, LT_ERROR_FAILED, "cannot search the ring");
      return NULL;
    }

  if (last_sequence != NULL)
    *last_sequence = query->last;
  if (omitted != NULL)
    *omitted = query->omitted;

  return events;
}

/**
 * lt_hub_list_span_events:
 * @self: the hub
 * @span_id: the text of a `spanId`
 * @context: %LT_CONTEXT_TRACE for the whole trace, else the span alone
 * @omitted: (out) (optional): older events left out, being too many
 * @error: return location for an error
 *
 * Lists what the ring holds of a span. Errors: %LT_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full) (element-type LtEvent): the events in order, or %NULL
 */
GPtrArray *
lt_hub_list_span_events (LtHub *self, const char *span_id, LtContext context, guint64 *omitted,
                         GError **error)
{
  LtSpan *span = lt_span_table_find (self->spans, span_id);
  g_autoptr (GPtrArray) found = NULL;
  GPtrArray *events;
  guint64 left_out;

  if (span == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_NOT_FOUND,
                   "no span \"%.128s\" is known; its last event may have left the ring", span_id);
      return NULL;
    }

  if (context == LT_CONTEXT_TRACE)
    span = lt_span_get_root (span);
  found = lt_span_list_events (self, span, context, LT_HUB_MAX_RESULT_EVENTS, &left_out);
  events = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (events, g_object_ref (g_ptr_array_index (found, i)));
  if (omitted != NULL)
    *omitted = left_out;

  return events;
}
