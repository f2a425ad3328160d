/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-spans.h"

/* One span that is open. */
typedef struct
{
  char *identity; /* (owned): what the log calls it; the table's key */
  char *id;       /* (owned): its `spanId` */
  GList link;     /* in @used of the table */
} OpenSpan;

struct _LtLogSpans
{
  GHashTable *spans; /* (owned): identity → OpenSpan */
  GQueue used;       /* of OpenSpan, the latest used first */
  guint limit;
  gint64 last_mark; /* marks never repeat and never go back */
};

static void
open_span_free (OpenSpan *span)
{
  g_free (span->identity);
  g_free (span->id);
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
 *
 * Returns: (transfer none) (nullable): the `spanId` of the open span, or %NULL if none is open
 */
const char *
lt_log_spans_find (LtLogSpans *self, const char *identity)
{
  OpenSpan *span = g_hash_table_lookup (self->spans, identity);

  if (span == NULL)
    return NULL;

  g_queue_unlink (&self->used, &span->link);
  g_queue_push_head_link (&self->used, &span->link);
  return span->id;
}

/**
 * lt_log_spans_open:
 * @self: a table
 * @identity: what the log calls the span
 * @id: what its `spanId` begins with
 * @time_us: when it began, microseconds since the epoch
 *
 * Opens a span. One of the same identity that is still open is forgotten: its name is used anew.
 *
 * Returns: (transfer none): the `spanId`, which no other span of this table has had
 */
const char *
lt_log_spans_open (LtLogSpans *self, const char *identity, const char *id, gint64 time_us)
{
  OpenSpan *span = g_new0 (OpenSpan, 1);
  g_autofree char *mark = NULL;

  lt_log_spans_close (self, identity);
  while (g_hash_table_size (self->spans) >= self->limit)
    {
      OpenSpan *oldest = g_queue_peek_tail (&self->used);

      lt_log_spans_close (self, oldest->identity);
    }

  self->last_mark = MAX (time_us, self->last_mark + 1);
  mark = dup_mark ((guint64) self->last_mark);
  span->identity = g_strdup (identity);
  span->id = g_strconcat (id, "-", mark, NULL);
  span->link.data = span;
  g_hash_table_insert (self->spans, span->identity, span);
  g_queue_push_head_link (&self->used, &span->link);
  return span->id;
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

  if (span == NULL)
    return;

  g_queue_unlink (&self->used, &span->link);
  g_hash_table_remove (self->spans, identity);
}
