/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-span.h"

#include <string.h>

/**
 * lt_span_watches_clear:
 * @self: watches
 *
 * Forgets them all.
 */
void
lt_span_watches_clear (LtSpanWatches *self)
{
  g_clear_pointer (&self->items, g_free);
  self->length = 0;
}

/* Where the watch of @feed is, or belongs. */
static guint
search (const LtSpanWatches *self, guint64 feed)
{
  guint low = 0;
  guint high = self->length;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->items[middle].feed < feed)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/**
 * lt_span_watches_find:
 * @self: watches
 * @feed: a feed's serial
 *
 * Returns: (transfer none) (nullable): what the feed knows; valid until the watches change
 */
const LtSpanWatch *
lt_span_watches_find (const LtSpanWatches *self, guint64 feed)
{
  guint at = search (self, feed);

  if (at == self->length || self->items[at].feed != feed)
    return NULL;

  return &self->items[at];
}

static void
drop_dead (LtSpanWatches *self, GHashTable *feeds)
{
  guint kept = 0;

  for (guint i = 0; i < self->length; i++)
    if (g_hash_table_contains (feeds, &self->items[i].feed))
      self->items[kept++] = self->items[i];

  self->length = kept;
}

/* The least power of two above @length. */
static gsize
next_power_of_two (guint length)
{
  gsize size = 1;

  while (size <= length)
    size *= 2;

  return size;
}

static gboolean
is_full (const LtSpanWatches *self)
{
  return (self->length & (self->length - 1)) == 0;
}

/**
 * lt_span_watches_record:
 * @self: watches
 * @feed: the serial of the feed that found matches
 * @first: sequence of the oldest
 * @last: sequence of the newest
 * @feeds: the feeds that live, by pointer to their serial (a set); watches of others are
 *   dropped before room is made
 *
 * Adds to what the feed knows.
 */
void
lt_span_watches_record (LtSpanWatches *self, guint64 feed, guint64 first, guint64 last,
                        GHashTable *feeds)
{
  guint at = search (self, feed);

  if (at < self->length && self->items[at].feed == feed)
    {
      self->items[at].first = MIN (self->items[at].first, first);
      self->items[at].last = MAX (self->items[at].last, last);
      return;
    }

  /* The capacity is the next power of two: no need to keep it. */
  if (is_full (self))
    {
      drop_dead (self, feeds);
      self->items = g_renew (LtSpanWatch, self->items, next_power_of_two (self->length));
      at = search (self, feed);
    }

  memmove (&self->items[at + 1], &self->items[at], (self->length - at) * sizeof (LtSpanWatch));
  self->items[at] = (LtSpanWatch){ .feed = feed, .first = first, .last = last };
  self->length++;
}

/**
 * lt_span_ref:
 * @self: a span
 *
 * Returns: (transfer full): @self
 */
LtSpan *
lt_span_ref (LtSpan *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_span_unlink:
 * @self: a span
 *
 * Takes @self out from under its parent, if it has one.
 */
void
lt_span_unlink (LtSpan *self)
{
  if (self->parent == NULL)
    return;

  if (self->previous_sibling != NULL)
    self->previous_sibling->next_sibling = self->next_sibling;
  else
    self->parent->first_child = self->next_sibling;
  if (self->next_sibling != NULL)
    self->next_sibling->previous_sibling = self->previous_sibling;

  self->previous_sibling = NULL;
  self->next_sibling = NULL;
  g_clear_pointer (&self->parent, lt_span_unref);
}

/**
 * lt_span_unref:
 * @self: (transfer full): a span
 *
 * Gives up a reference.
 */
void
lt_span_unref (LtSpan *self)
{
  if (--self->ref_count > 0)
    return;

  lt_span_unlink (self);
  g_clear_object (&self->start);
  lt_span_watches_clear (&self->watches);
  lt_span_watches_clear (&self->trace_watches);
  g_free (self->id);
  g_free (self);
}

/**
 * lt_span_get_root:
 * @self: a span
 *
 * Returns: (transfer none): the span at the root of its trace, which may be itself
 */
LtSpan *
lt_span_get_root (LtSpan *self)
{
  LtSpan *root = self;

  for (guint depth = 1; depth < LT_SPAN_MAX_DEPTH && root->parent != NULL; depth++)
    root = root->parent;

  return root;
}

/**
 * lt_span_collect_trace:
 * @self: the root of a trace
 * @spans: (element-type LtSpan): where @self and the spans below it are put, unowned, parents
 *   before their children, down to %LT_SPAN_MAX_DEPTH levels
 * @limit: most spans to put there, at least 1
 *
 * Lists a trace.
 *
 * Returns: whether that is all of it
 */
gboolean
lt_span_collect_trace (LtSpan *self, GPtrArray *spans, guint limit)
{
  guint level_start = spans->len;

  g_ptr_array_add (spans, self);
  for (guint depth = 1; depth < LT_SPAN_MAX_DEPTH && level_start < spans->len; depth++)
    {
      guint level_end = spans->len;

      for (; level_start < level_end; level_start++)
        {
          LtSpan *span = g_ptr_array_index (spans, level_start);

          for (LtSpan *child = span->first_child; child != NULL; child = child->next_sibling)
            {
              if (spans->len == limit)
                return FALSE;
              g_ptr_array_add (spans, child);
            }
        }
    }

  return TRUE;
}

static void
merge_watches (LtSpanWatches *into, const LtSpanWatches *from, GHashTable *feeds)
{
  for (guint i = 0; i < from->length; i++)
    lt_span_watches_record (into, from->items[i].feed, from->items[i].first, from->items[i].last,
                            feeds);
}

/**
 * lt_span_link:
 * @self: a span without a parent
 * @parent: its parent
 * @feeds: see lt_span_watches_record()
 *
 * Puts @self, and so its trace, under @parent. What feeds know of the trace goes to
 * the trace's new root.
 */
void
lt_span_link (LtSpan *self, LtSpan *parent, GHashTable *feeds)
{
  self->parent = lt_span_ref (parent);
  self->next_sibling = parent->first_child;
  if (parent->first_child != NULL)
    parent->first_child->previous_sibling = self;
  parent->first_child = self;

  merge_watches (&lt_span_get_root (self)->trace_watches, &self->trace_watches, feeds);
  lt_span_watches_clear (&self->trace_watches);
}
