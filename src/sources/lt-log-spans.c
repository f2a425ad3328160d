/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-spans.h"

#include <string.h>

/* One span that is open. */
typedef struct
{
  char *identity;    /* (owned): what the log calls it; the table's key */
  char *id;          /* (owned): its `spanId` */
  char *parent_id;   /* (owned) (nullable): the `spanId` of the span it began under */
  gsize bytes;       /* of the three */
  gboolean restored; /* whether its parent has not been told since it was restored */
  GList link;        /* in @used of the table */
} OpenSpan;

struct _LtLogSpans
{
  GHashTable *spans; /* (owned): identity → OpenSpan */
  GQueue used;       /* of OpenSpan, the latest used first */
  guint limit;
  gsize bytes;      /* of all spans */
  gint64 last_mark; /* marks never repeat and never go back */
};

static void
open_span_free (OpenSpan *span)
{
  g_free (span->identity);
  g_free (span->id);
  g_free (span->parent_id);
  g_free (span);
}

/* A number in base 36: short, and good in any `spanId`. */
static char *
dup_mark (guint64 mark)
{
  static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  char text[16];
  gsize at = sizeof text - 1;

  text[at] = '\0';
  do
    {
      text[--at] = digits[mark % 36];
      mark /= 36;
    }
  while (mark > 0);
  return g_strdup (text + at);
}

/**
 * lt_log_spans_new:
 * @limit: how many may be open at once, at least 1
 *
 * Returns: (transfer full): a table without spans
 */
LtLogSpans *
lt_log_spans_new (guint limit)
{
  LtLogSpans *self = g_new0 (LtLogSpans, 1);

  self->spans
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) open_span_free);
  g_queue_init (&self->used);
  self->limit = MAX (limit, 1);
  return self;
}

/**
 * lt_log_spans_free:
 * @self: (transfer full) (nullable): a table
 */
void
lt_log_spans_free (LtLogSpans *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->spans);
  g_free (self);
}

/**
 * lt_log_spans_get_length:
 * @self: a table
 *
 * Returns: how many spans are open
 */
guint
lt_log_spans_get_length (LtLogSpans *self)
{
  return g_hash_table_size (self->spans);
}

/**
 * lt_log_spans_find:
 * @self: a table
 * @identity: what the log calls the span
 * @parent_id: (out) (optional) (nullable): the `spanId` of its parent, if the span was restored
 *   and its parent has not been asked for since: the events that told of it are of another run
 *
 * Returns: (transfer none) (nullable): the `spanId` of the open span, or %NULL if none is open
 */
const char *
lt_log_spans_find (LtLogSpans *self, const char *identity, const char **parent_id)
{
  OpenSpan *span = g_hash_table_lookup (self->spans, identity);

  if (parent_id != NULL)
    *parent_id = NULL;
  if (span == NULL)
    return NULL;

  if (parent_id != NULL && span->restored)
    {
      *parent_id = span->parent_id;
      span->restored = FALSE;
    }
  g_queue_unlink (&self->used, &span->link);
  g_queue_push_head_link (&self->used, &span->link);
  return span->id;
}

static void
drop (LtLogSpans *self, OpenSpan *span)
{
  self->bytes -= span->bytes;
  g_queue_unlink (&self->used, &span->link);
  g_hash_table_remove (self->spans, span->identity);
}

/* Adds a span as the one used last, where it is not too large; those used least recently go. */
static OpenSpan *
add (LtLogSpans *self, const char *identity, const char *id, const char *parent_id)
{
  gsize bytes = strlen (identity) + strlen (id) + (parent_id != NULL ? strlen (parent_id) : 0);
  OpenSpan *span;

  lt_log_spans_close (self, identity);
  if (bytes > LT_LOG_SPANS_MAX_SPAN_BYTES)
    return NULL;
  while (g_hash_table_size (self->spans) >= self->limit
         || self->bytes + bytes > LT_LOG_SPANS_MAX_BYTES)
    drop (self, g_queue_peek_tail (&self->used));

  span = g_new0 (OpenSpan, 1);
  span->identity = g_strdup (identity);
  span->id = g_strdup (id);
  span->parent_id = g_strdup (parent_id);
  span->bytes = bytes;
  span->link.data = span;
  self->bytes += bytes;
  g_hash_table_insert (self->spans, span->identity, span);
  g_queue_push_head_link (&self->used, &span->link);
  return span;
}

/**
 * lt_log_spans_open:
 * @self: a table
 * @identity: what the log calls the span
 * @id: what its `spanId` begins with
 * @parent_id: (nullable): the `spanId` of the span it begins under
 * @time_us: when it began, microseconds since the epoch
 *
 * Opens a span. One of the same identity that is still open is forgotten: its name is used anew.
 *
 * Returns: (transfer none) (nullable): the `spanId`, which no other span of this table has had;
 *   %NULL if @identity and @id are longer than %LT_LOG_SPANS_MAX_SPAN_BYTES
 */
const char *
lt_log_spans_open (LtLogSpans *self, const char *identity, const char *id, const char *parent_id,
                   gint64 time_us)
{
  g_autofree char *mark = NULL;
  g_autofree char *span_id = NULL;
  OpenSpan *span;

  self->last_mark = MAX (time_us, self->last_mark + 1);
  mark = dup_mark ((guint64) self->last_mark);
  span_id = g_strconcat (id, "-", mark, NULL);
  span = add (self, identity, span_id, parent_id);
  return span == NULL ? NULL : span->id;
}

/**
 * lt_log_spans_close:
 * @self: a table
 * @identity: what the log calls the span
 *
 * Forgets a span, if it is open.
 */
void
lt_log_spans_close (LtLogSpans *self, const char *identity)
{
  OpenSpan *span = g_hash_table_lookup (self->spans, identity);

  if (span != NULL)
    drop (self, span);
}

/**
 * lt_log_spans_get_last_mark:
 * @self: a table
 *
 * Returns: what tells the span opened last from others of its name
 */
gint64
lt_log_spans_get_last_mark (LtLogSpans *self)
{
  return self->last_mark;
}

/**
 * lt_log_spans_set_last_mark:
 * @self: a table
 * @last_mark: what lt_log_spans_get_last_mark() once gave
 *
 * Sees to it that no span to come gets a `spanId` of another run.
 */
void
lt_log_spans_set_last_mark (LtLogSpans *self, gint64 last_mark)
{
  self->last_mark = MAX (self->last_mark, last_mark);
}

/**
 * lt_log_spans_foreach:
 * @self: a table
 * @max_spans: how many are wanted
 * @func: (scope call): takes each
 * @user_data: for @func
 *
 * Tells of the spans used last, the latest used last.
 */
void
lt_log_spans_foreach (LtLogSpans *self, guint max_spans, LtLogSpansFunc func, gpointer user_data)
{
  guint n_spans = MIN (max_spans, self->used.length);
  GList *link;

  if (n_spans == 0)
    return;
  for (link = self->used.head; n_spans > 1; n_spans--)
    link = link->next;
  for (; link != NULL; link = link->prev)
    {
      const OpenSpan *span = link->data;

      func (span->identity, span->id, span->parent_id, user_data);
    }
}

/**
 * lt_log_spans_restore:
 * @self: a table
 * @identity: what the log calls the span
 * @id: its `spanId`
 * @parent_id: (nullable): the `spanId` of the span it began under
 *
 * Opens a span as an earlier run had it.
 */
void
lt_log_spans_restore (LtLogSpans *self, const char *identity, const char *id, const char *parent_id)
{
  OpenSpan *span = add (self, identity, id, parent_id);

  if (span != NULL)
    span->restored = TRUE;
}
