/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-span.h"

#include <string.h>

static void
clear_watch (LtSpanWatch *watch)
{
  g_clear_pointer (&watch->later, g_array_unref);
}

/**
 * lt_span_watches_clear:
 * @self: watches
 *
 * Forgets them all.
 */
void
lt_span_watches_clear (LtSpanWatches *self)
{
  for (guint i = 0; i < self->length; i++)
    clear_watch (&self->items[i]);
  g_clear_pointer (&self->items, g_free);
  self->length = 0;
}

/* How many members of @sequences, which are in order, are less than @sequence. */
static guint
count_less (const GArray *sequences, guint64 sequence)
{
  guint low = 0;
  guint high = sequences != NULL ? sequences->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (sequences, guint64, middle) < sequence)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
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
    else
      clear_watch (&self->items[i]);

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

/* The feed's watch, made if there is none: then without matches. */
static LtSpanWatch *
ensure (LtSpanWatches *self, guint64 feed, GHashTable *feeds)
{
  guint at = search (self, feed);

  if (at < self->length && self->items[at].feed == feed)
    return &self->items[at];

  /* The capacity is the next power of two: no need to keep it. */
  if (is_full (self))
    {
      drop_dead (self, feeds);
      self->items = g_renew (LtSpanWatch, self->items, next_power_of_two (self->length));
      at = search (self, feed);
    }

  memmove (&self->items[at + 1], &self->items[at], (self->length - at) * sizeof (LtSpanWatch));
  self->items[at] = (LtSpanWatch){ .feed = feed, .first = G_MAXUINT64 };
  self->length++;

  return &self->items[at];
}

/* Keeps of the later matches those that are the first since some start. */
static void
prune (LtSpanWatch *watch, const GArray *starts)
{
  guint64 previous = watch->first;
  guint kept = 0;

  for (guint i = 0; i < watch->later->len; i++)
    {
      guint64 match = g_array_index (watch->later, guint64, i);

      if (count_less (starts, previous + 1) == count_less (starts, match + 1))
        continue;
      g_array_index (watch->later, guint64, kept++) = match;
      previous = match;
    }
  g_array_set_size (watch->later, kept);
}

static void
add_later (LtSpanWatch *watch, guint64 match, const GArray *starts)
{
  guint at;

  if (watch->later == NULL)
    watch->later = g_array_new (FALSE, FALSE, sizeof (guint64));
  else if (starts != NULL && watch->later->len >= 4
           && (watch->later->len & (watch->later->len - 1)) == 0)
    prune (watch, starts);

  at = count_less (watch->later, match);
  if (at == watch->later->len || g_array_index (watch->later, guint64, at) != match)
    g_array_insert_val (watch->later, at, match);
}

static void
add_match (LtSpanWatch *watch, guint64 match, const GArray *starts)
{
  watch->last = MAX (watch->last, match);
  if (match == watch->first)
    return;

  if (match > watch->first)
    {
      add_later (watch, match, starts);
      return;
    }

  if (watch->first != G_MAXUINT64)
    add_later (watch, watch->first, starts);
  watch->first = match;
}

/**
 * lt_span_watch_find_before:
 * @self: a watch
 * @sequence: any sequence
 *
 * Finds the newest match it remembers before @sequence. Nothing is forgotten that tells a start
 * of one of the feed's subscriptions from another: there is a match from such a start on and
 * before @sequence if and only if the one found is at or behind that start.
 *
 * Returns: the match's sequence, or 0 if there is none
 */
guint64
lt_span_watch_find_before (const LtSpanWatch *self, guint64 sequence)
{
  guint n;

  if (self->first >= sequence)
    return 0;

  n = count_less (self->later, sequence);

  return n > 0 ? g_array_index (self->later, guint64, n - 1) : self->first;
}

/**
 * lt_span_watches_record:
 * @self: watches
 * @feed: the serial of the feed that found a match
 * @match: the match's sequence
 * @starts: (element-type guint64): the starts of the feed's subscriptions, in order
 * @feeds: the feeds that live, by pointer to their serial (a set); watches of others are
 *   dropped before room is made
 *
 * Adds to what the feed knows.
 */
void
lt_span_watches_record (LtSpanWatches *self, guint64 feed, guint64 match, const GArray *starts,
                        GHashTable *feeds)
{
  LtSpanWatch *watch = ensure (self, feed, feeds);
  guint64 known = lt_span_watch_find_before (watch, match);
  guint n_starts = count_less (starts, match + 1);

  /* Where there is one since the newest start so far, there is one since every start so far. */
  if (known != 0 && (n_starts == 0 || known >= g_array_index (starts, guint64, n_starts - 1)))
    watch->last = MAX (watch->last, match);
  else
    add_match (watch, match, starts);
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
    {
      const LtSpanWatch *watch = &from->items[i];
      LtSpanWatch *merged = ensure (into, watch->feed, feeds);

      add_match (merged, watch->first, NULL);
      for (guint j = 0; watch->later != NULL && j < watch->later->len; j++)
        add_match (merged, g_array_index (watch->later, guint64, j), NULL);
      merged->last = MAX (merged->last, watch->last);
    }
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
