/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-span-table.h"

#include <string.h>

struct _LtSpanTable
{
  GHashTable *spans; /* (owned): LtSpan.id → (owned) LtSpan */
  GHashTable *feeds; /* (owned): the serials of the feeds that live, a set of guint64 */
  LtSpan *newest;    /* (unowned): most recently used */
  LtSpan *oldest;    /* (unowned): least recently used */
  GQueue ended;      /* (unowned) LtSpan: ended, without events in the ring, soonest to go first */
  guint64 last_serial;
  gsize bytes; /* sum of kept_bytes */
  gsize max_bytes;
  guint32 max_spans;
};

/**
 * lt_span_table_new:
 * @max_spans: how many spans are kept at most, at least 1
 * @max_bytes: what they may cost, start events outside the ring included
 * @feeds: the serials of the feeds that live, a set of guint64 that its owner keeps up to date
 *
 * Returns: (transfer full): an empty table
 */
LtSpanTable *
lt_span_table_new (guint32 max_spans, gsize max_bytes, GHashTable *feeds)
{
  LtSpanTable *self = g_new0 (LtSpanTable, 1);

  self->spans = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL);
  self->feeds = g_hash_table_ref (feeds);
  self->max_spans = max_spans;
  self->max_bytes = max_bytes;
  g_queue_init (&self->ended);

  return self;
}

static void
lru_unlink (LtSpanTable *self, LtSpan *span)
{
  if (span->newer != NULL)
    span->newer->older = span->older;
  else
    self->newest = span->older;
  if (span->older != NULL)
    span->older->newer = span->newer;
  else
    self->oldest = span->newer;

  span->newer = NULL;
  span->older = NULL;
}

static void
lru_push (LtSpanTable *self, LtSpan *span)
{
  span->older = self->newest;
  if (self->newest != NULL)
    self->newest->newer = span;
  else
    self->oldest = span;
  self->newest = span;
}

static void
touch (LtSpanTable *self, LtSpan *span)
{
  if (self->newest == span)
    return;

  lru_unlink (self, span);
  lru_push (self, span);
}

static void
set_cost (LtSpanTable *self, LtSpan *span, gsize start_bytes)
{
  gsize cost = sizeof (LtSpan) + strlen (span->id) + 1 + start_bytes;

  self->bytes += cost - span->kept_bytes;
  span->kept_bytes = cost;
}

static void
wait_to_go (LtSpanTable *self, LtSpan *span)
{
  if (span->ended_link != NULL)
    return;

  g_queue_push_tail (&self->ended, span);
  span->ended_link = self->ended.tail;
}

static void
wait_no_more (LtSpanTable *self, LtSpan *span)
{
  if (span->ended_link == NULL)
    return;

  g_queue_delete_link (&self->ended, g_steal_pointer (&span->ended_link));
}

/* Whether the span's start event is in the ring: then it costs the span nothing. */
static gboolean
start_is_kept (LtSpan *span)
{
  return span->n_events > 0 && span->start != NULL && span->start->sequence != 0
         && span->kept_bytes == sizeof (LtSpan) + strlen (span->id) + 1;
}

/* Lets a span's state go; events in the ring may still refer to the span. For these it remembers
 * what matched, and how it began while that is in the ring too: who reads them late is to
 * get what others got. */
static void
forget (LtSpanTable *self, LtSpan *span)
{
  if (!start_is_kept (span))
    g_clear_object (&span->start);
  g_hash_table_remove (self->spans, span->id);
  lru_unlink (self, span);
  wait_no_more (self, span);
  self->bytes -= span->kept_bytes;
  span->kept_bytes = 0;

  while (span->first_child != NULL)
    lt_span_unlink (span->first_child);
  lt_span_unlink (span);
  g_clear_pointer (&span->id, g_free);
  lt_span_unref (span);
}

/**
 * lt_span_table_free:
 * @self: (transfer full): a table
 *
 * Lets the state of every span go.
 */
void
lt_span_table_free (LtSpanTable *self)
{
  while (self->oldest != NULL)
    {
      g_clear_object (&self->oldest->start);
      forget (self, self->oldest);
    }
  g_hash_table_unref (self->spans);
  g_hash_table_unref (self->feeds);
  g_free (self);
}

static void
enforce_limits (LtSpanTable *self, LtSpan *but)
{
  while (self->oldest != NULL && self->oldest != but
         && (g_hash_table_size (self->spans) > self->max_spans || self->bytes > self->max_bytes))
    forget (self, self->oldest);
}

/**
 * lt_span_table_set_limits:
 * @self: a table
 * @max_spans: how many spans are kept at most, at least 1
 * @max_bytes: what they may cost
 *
 * Changes the limits and enforces them at once.
 */
void
lt_span_table_set_limits (LtSpanTable *self, guint32 max_spans, gsize max_bytes)
{
  self->max_spans = max_spans;
  self->max_bytes = max_bytes;
  enforce_limits (self, NULL);
}

/**
 * lt_span_table_get_length:
 * @self: a table
 *
 * Returns: how many spans have state
 */
guint
lt_span_table_get_length (LtSpanTable *self)
{
  return g_hash_table_size (self->spans);
}

/**
 * lt_span_table_find:
 * @self: a table
 * @id: the text of a `spanId`
 *
 * Returns: (transfer none) (nullable): the span, if its state is kept
 */
LtSpan *
lt_span_table_find (LtSpanTable *self, const char *id)
{
  return g_hash_table_lookup (self->spans, id);
}

static LtSpan *
add (LtSpanTable *self, const char *id)
{
  LtSpan *span = g_new0 (LtSpan, 1);

  span->ref_count = 1;
  span->serial = ++self->last_serial;
  span->id = g_strdup (id);
  g_hash_table_insert (self->spans, span->id, span);
  lru_push (self, span);
  set_cost (self, span, 0);

  return span;
}

/* A span may not be its own ancestor, and no trace may be too deep to follow. */
static gboolean
can_be_parent (LtSpan *parent, LtSpan *span)
{
  guint depth = 1;

  for (; parent != NULL && depth < LT_SPAN_MAX_DEPTH; parent = parent->parent, depth++)
    if (parent == span)
      return FALSE;

  return depth < LT_SPAN_MAX_DEPTH;
}

static void
link_to_parent (LtSpanTable *self, LtSpan *span, const char *parent_id)
{
  LtSpan *parent;

  if (span->parent != NULL)
    return;

  parent = lt_span_table_find (self, parent_id);
  if (parent == NULL)
    parent = add (self, parent_id);
  if (!can_be_parent (parent, span))
    return;

  touch (self, parent);
  lt_span_link (span, parent, self->feeds);
}

static void
set_start (LtSpanTable *self, LtSpan *span, LtEvent *event)
{
  g_set_object (&span->start, event);
  span->started = event->role == LT_SPAN_ROLE_START;
  set_cost (self, span, lt_event_get_size_bytes (event));
}

/**
 * lt_span_table_observe:
 * @self: a table
 * @event: an event the ring does not have yet, or will not have
 *
 * Opens, continues or closes the span that @event names. An event with the role "start"
 * whose span has ended or was started before begins a new span of the same id.
 *
 * Returns: (transfer none) (nullable): the span, or %NULL if @event names none
 */
LtSpan *
lt_span_table_observe (LtSpanTable *self, LtEvent *event)
{
  LtSpan *span;

  if (event->span_id == NULL)
    return NULL;

  span = lt_span_table_find (self, event->span_id);
  if (span != NULL && event->role == LT_SPAN_ROLE_START && (span->started || span->ended_us != 0))
    {
      forget (self, span);
      span = NULL;
    }

  if (span == NULL)
    span = add (self, event->span_id);
  else
    touch (self, span);

  if (span->start == NULL || (event->role == LT_SPAN_ROLE_START && !span->started))
    set_start (self, span, event);
  if (event->parent_span_id != NULL)
    link_to_parent (self, span, event->parent_span_id);

  if (event->role == LT_SPAN_ROLE_END && span->ended_us == 0)
    {
      span->ended_us = g_get_monotonic_time ();
      if (span->n_events == 0)
        wait_to_go (self, span);
    }

  enforce_limits (self, span);

  return span;
}

/**
 * lt_span_table_event_kept:
 * @self: a table
 * @event: an event the ring has just taken, its span set
 *
 * Links @event to the events of its span before it.
 */
void
lt_span_table_event_kept (LtSpanTable *self, LtEvent *event)
{
  LtSpan *span = event->span;

  event->previous_in_span = span->last_sequence;
  event->ordinal_in_span = ++span->n_kept;
  span->last_sequence = event->sequence;
  span->n_events++;
  if (span->start == event)
    set_cost (self, span, 0);
}

/**
 * lt_span_table_event_evicted:
 * @self: a table
 * @event: an event that has just left the ring, its span set
 *
 * Lets the span's state go if that was the last of its events and nothing else keeps it.
 */
void
lt_span_table_event_evicted (LtSpanTable *self, LtEvent *event)
{
  LtSpan *span = event->span;

  span->n_events--;
  if (span->id == NULL)
    {
      if (span->start == event)
        g_clear_object (&span->start);
      return;
    }

  if (span->n_events == 0 && span->ended_us == 0)
    {
      forget (self, span);
      return;
    }

  if (span->n_events == 0)
    wait_to_go (self, span);
  if (span->start == event)
    {
      set_cost (self, span, lt_event_get_size_bytes (event));
      enforce_limits (self, NULL);
    }
}

/**
 * lt_span_table_expire:
 * @self: a table
 * @now_us: monotonic time, microseconds
 *
 * Lets the state of the spans go whose time has come.
 *
 * Returns: when the next is due, monotonic microseconds, or -1 if none is waiting
 */
gint64
lt_span_table_expire (LtSpanTable *self, gint64 now_us)
{
  LtSpan *span;

  while ((span = g_queue_peek_head (&self->ended)) != NULL)
    {
      if (span->n_events > 0)
        wait_no_more (self, span);
      else if (span->ended_us + LT_SPAN_LINGER_US <= now_us)
        forget (self, span);
      else
        return span->ended_us + LT_SPAN_LINGER_US;
    }

  return -1;
}
