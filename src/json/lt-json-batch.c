/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-batch.h"

#include "lt-json-event-reader.h"

#include "core/lt-error.h"
#include "core/lt-hub.h"
#include "core/lt-slice.h"
#include "core/lt-text.h"

#include <string.h>

/* How many bytes are read between two looks at the clock. */
#define CLOCK_BYTES 4096

/* Where in a batch the reader stands. */
typedef enum
{
  STATE_BEGIN,   /* before the first byte */
  STATE_MEMBERS, /* in `{"events":[…]}`, outside the list */
  STATE_LIST,    /* in the list, outside an event */
  STATE_LINES,   /* between two lines */
  STATE_END,     /* behind everything */
} State;

typedef struct
{
  LtEventBuilder *builder; /* (unowned): the caller keeps it */
  GBytes *body;            /* (owned) */
  GPtrArray *events;       /* (owned) (nullable): NULL once returned */
  LtJsonScanner scanner;
  State state;
  guint max_events;
  gboolean wrapped;     /* the list stands in an object */
  gboolean first;       /* no item of the list or object at hand has been read */
  gboolean seen_events; /* the object's `events` */
  gboolean seen_last;   /* the object's `last` */
} Batch;

static void
batch_free (Batch *self)
{
  lt_json_scanner_clear (&self->scanner);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_bytes_unref (self->body);
  g_free (self);
}

G_GNUC_PRINTF (5, 6)
static gboolean
fail_batch (Batch *self, const char *at, LtErrorCode code, GError **error, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return FALSE;

  va_start (arguments, format);
  *error = g_error_new_valist (LT_ERROR, code, format, arguments);
  va_end (arguments);
  return lt_json_scanner_place (&self->scanner, at, error);
}

/* Says which event is meant; in the message too, unless there is but one. */
static gboolean
fail_item (Batch *self, GError **error)
{
  if (error != NULL)
    {
      lt_error_set_index (*error, (gssize) self->events->len);
      if (self->state != STATE_END)
        g_prefix_error (error, "event %u (index %u): ", self->events->len + 1, self->events->len);
    }
  return FALSE;
}

static gboolean
read_event (Batch *self, GError **error)
{
  LtJsonScanner *scanner = &self->scanner;
  g_autoptr (LtEvent) event = NULL;

  if (self->events->len == self->max_events)
    return fail_batch (self, scanner->cursor, LT_ERROR_TOO_LARGE, error,
                       "more than %u events in one batch; send them in parts", self->max_events);
  if (!lt_json_scan_event (scanner, self->builder, &event, error)
      || (self->state == STATE_LINES && !lt_json_scanner_finish (scanner, error)))
    return fail_item (self, error);

  g_ptr_array_add (self->events, g_steal_pointer (&event));
  return TRUE;
}

/* Tells a batch in an object from one event by its first member, and goes back. */
static gboolean
look_at_object (Batch *self, gboolean *wrapped, GError **error)
{
  LtJsonScanner *scanner = &self->scanner;
  const char *start = scanner->cursor;
  const char *name = NULL;
  gsize length = 0;
  gboolean more = FALSE;

  if (!lt_json_scanner_enter (scanner, error)
      || !lt_json_scanner_next (scanner, '}', TRUE, &more, error)
      || (more && !lt_json_scanner_read_name (scanner, &name, &length, error)))
    return FALSE;

  *wrapped = more
             && ((length == 6 && memcmp (name, "events", 6) == 0)
                 || (length == 4 && memcmp (name, "last", 4) == 0));
  scanner->cursor = start;
  scanner->depth = 0;
  return TRUE;
}

static gboolean
begin (Batch *self, GError **error)
{
  LtJsonScanner *scanner = &self->scanner;

  lt_json_scanner_skip_space (scanner);
  if (lt_json_scanner_peek (scanner) == '{')
    {
      if (!look_at_object (self, &self->wrapped, error))
        return FALSE;
      if (!self->wrapped)
        {
          self->state = STATE_END;
          return read_event (self, error);
        }
      self->state = STATE_MEMBERS;
    }
  else if (lt_json_scanner_peek (scanner) == '[')
    self->state = STATE_LIST;
  else if (scanner->cursor == scanner->end)
    return fail_batch (self, scanner->cursor, LT_ERROR_INVALID_JSON, error,
                       "nothing there: expected a list of events, or one event");
  else
    {
      const char *at = scanner->cursor;

      return lt_json_scanner_skip_value (scanner, error)
             && fail_batch (self, at, LT_ERROR_INVALID_EVENT, error,
                            "expected a list of events, one event, or an object with \"events\"");
    }

  self->first = TRUE;
  return lt_json_scanner_enter (scanner, error);
}

/* Reads a member of the object around a list. What lists kept events has "last" too: what was
 * exported can be fed back. */
static gboolean
read_member (Batch *self, GError **error)
{
  LtJsonScanner *scanner = &self->scanner;
  const char *at = NULL;
  const char *name = NULL;
  gsize length = 0;
  gboolean more = FALSE;

  if (!lt_json_scanner_next (scanner, '}', self->first, &more, error))
    return FALSE;
  self->first = FALSE;
  if (!more)
    {
      self->state = STATE_END;
      return self->seen_events
             || fail_batch (self, scanner->cursor - 1, LT_ERROR_INVALID_EVENT, error,
                            "\"events\" is missing");
    }

  at = scanner->cursor;
  if (!lt_json_scanner_read_name (scanner, &name, &length, error))
    return FALSE;
  if (length == 4 && memcmp (name, "last", 4) == 0)
    {
      if (self->seen_last)
        return lt_json_scanner_fail_twice (scanner, at, name, length, error);
      self->seen_last = TRUE;
      return lt_json_scanner_skip_value (scanner, error);
    }
  if (length != 6 || memcmp (name, "events", 6) != 0)
    {
      g_autofree char *quoted = lt_text_quote (name, (gssize) length);

      return fail_batch (self, at, LT_ERROR_INVALID_EVENT, error,
                         "unknown member %s; a batch has only \"events\"", quoted);
    }
  if (self->seen_events)
    return lt_json_scanner_fail_twice (scanner, at, name, length, error);
  if (lt_json_scanner_peek (scanner) != '[')
    return fail_batch (self, scanner->cursor, LT_ERROR_INVALID_EVENT, error,
                       "\"events\" must be a list, not %s", lt_json_scanner_describe (scanner));

  self->seen_events = TRUE;
  self->state = STATE_LIST;
  self->first = TRUE;
  return lt_json_scanner_enter (scanner, error);
}

static gboolean
read_item (Batch *self, GError **error)
{
  gboolean more = FALSE;

  if (!lt_json_scanner_next (&self->scanner, ']', self->first, &more, error))
    return FALSE;
  self->first = FALSE;
  if (more)
    return read_event (self, error);

  self->state = self->wrapped ? STATE_MEMBERS : STATE_END;
  return TRUE;
}

static gboolean
read_line (Batch *self, GError **error)
{
  LtJsonScanner *scanner = &self->scanner;
  const char *end = scanner->end;
  const char *newline = memchr (scanner->cursor, '\n', (gsize) (end - scanner->cursor));
  gboolean taken = TRUE;

  scanner->end = newline != NULL ? newline : end;
  lt_json_scanner_skip_space (scanner);
  if (scanner->cursor < scanner->end)
    taken = read_event (self, error);
  scanner->end = end;
  if (!taken)
    return FALSE;

  scanner->cursor = newline != NULL ? newline + 1 : end;
  if (scanner->cursor == end)
    self->state = STATE_END;
  return TRUE;
}

/* Reads at most one event. */
static gboolean
read_step (Batch *self, GError **error)
{
  switch (self->state)
    {
    case STATE_BEGIN:
      return begin (self, error);
    case STATE_MEMBERS:
      return read_member (self, error);
    case STATE_LIST:
      return read_item (self, error);
    case STATE_LINES:
      return read_line (self, error);
    case STATE_END:
      return TRUE;
    }

  g_return_val_if_reached (FALSE);
}

/* Reads as much as one turn may. */
static gboolean
read_slice (Batch *self, GError **error)
{
  const char *start = self->scanner.cursor;
  const char *looked = start;
  gint64 begun_us = g_get_monotonic_time ();

  while (self->state != STATE_END)
    {
      if (!read_step (self, error))
        return FALSE;
      if (self->scanner.cursor - start >= LT_BATCH_TURN_BYTES)
        return TRUE;
      if (self->scanner.cursor - looked < CLOCK_BYTES)
        continue;
      looked = self->scanner.cursor;
      if (g_get_monotonic_time () - begun_us >= LT_BATCH_TURN_US)
        return TRUE;
    }

  return lt_json_scanner_finish (&self->scanner, error);
}

static gboolean
on_turn (gpointer user_data)
{
  GTask *task = user_data;
  Batch *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      g_task_return_new_error (task, LT_ERROR, LT_ERROR_CANCELLED, "cancelled");
      return G_SOURCE_REMOVE;
    }

  if (!lt_slice_begin ())
    return G_SOURCE_CONTINUE;
  if (!read_slice (self, &error))
    {
      g_task_return_error (task, error);
      return G_SOURCE_REMOVE;
    }
  if (self->state != STATE_END)
    return G_SOURCE_CONTINUE;

  g_task_return_pointer (task, g_steal_pointer (&self->events), (GDestroyNotify) g_ptr_array_unref);
  return G_SOURCE_REMOVE;
}

/**
 * lt_json_read_batch_async:
 * @builder: what to build the events with; the caller keeps it until the callback, or until
 *   it has cancelled
 * @body: the batch; no larger than the caller's limit
 * @format: how it is written
 * @max_events: events it may hold; at least 1
 * @cancellable: (nullable): ends the reading
 * @callback: called when the whole batch has been read, or at its first fault
 * @user_data: for @callback
 *
 * Reads a batch: all of it, or none. Each turn of the main loop reads at most
 * %LT_BATCH_TURN_BYTES and takes at most %LT_BATCH_TURN_US, behind what controls the daemon.
 */
void
lt_json_read_batch_async (LtEventBuilder *builder, GBytes *body, LtBatchFormat format,
                          guint max_events, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSource) source = g_idle_source_new ();
  Batch *self = g_new0 (Batch, 1);
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);

  self->builder = builder;
  self->body = g_bytes_ref (body);
  self->events = g_ptr_array_new_with_free_func (g_object_unref);
  self->max_events = max_events;
  self->state = format == LT_BATCH_NDJSON ? STATE_LINES : STATE_BEGIN;
  lt_json_scanner_init (&self->scanner, text != NULL ? text : "", length);

  g_task_set_source_tag (task, lt_json_read_batch_async);
  g_task_set_check_cancellable (task, FALSE); /* ours is the only error domain */
  g_task_set_task_data (task, self, (GDestroyNotify) batch_free);
  /* Attaching gives the source the task's priority. */
  g_task_set_priority (task, LT_PRIORITY_BULK);
  g_task_attach_source (task, source, on_turn);
}

/**
 * lt_json_read_batch_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type LtEvent) (nullable): the events in order, perhaps none;
 *   or `NULL` with %LT_ERROR_INVALID_JSON, %LT_ERROR_INVALID_EVENT, %LT_ERROR_INVALID_LEVEL,
 *   %LT_ERROR_TOO_LARGE or %LT_ERROR_CANCELLED; the error has the position, and where one
 *   event is at fault its index
 */
GPtrArray *
lt_json_read_batch_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, lt_json_read_batch_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
