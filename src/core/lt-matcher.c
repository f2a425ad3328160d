/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-matcher.h"

typedef struct
{
  LtFilter *filter; /* (owned) */
  gpointer tag;
} LtMatcherEntry;

struct _LtMatcher
{
  GArray *entries;         /* (owned) (element-type LtMatcherEntry) */
  LtMatchContext *context; /* (owned) */
};

static void
clear_entry (gpointer data)
{
  LtMatcherEntry *entry = data;

  g_object_unref (entry->filter);
}

/**
 * lt_matcher_new:
 *
 * Returns: (transfer full): a matcher without filters
 */
LtMatcher *
lt_matcher_new (void)
{
  LtMatcher *self = g_new0 (LtMatcher, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (LtMatcherEntry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->context = lt_match_context_new ();
  return self;
}

/**
 * lt_matcher_free:
 * @self: (transfer full): a matcher
 *
 * Frees @self.
 */
void
lt_matcher_free (LtMatcher *self)
{
  g_array_unref (self->entries);
  lt_match_context_free (self->context);
  g_free (self);
}

/**
 * lt_matcher_add:
 * @self: a matcher
 * @filter: a filter
 * @tag: what to call back with
 *
 * Adds a filter. The same filter may be added with several tags.
 */
void
lt_matcher_add (LtMatcher *self, LtFilter *filter, gpointer tag)
{
  LtMatcherEntry entry = { .filter = g_object_ref (filter), .tag = tag };

  g_array_append_val (self->entries, entry);
}

/**
 * lt_matcher_remove:
 * @self: a matcher
 * @filter: a filter
 * @tag: what it was added with
 *
 * Takes a filter out that was added with @tag.
 */
void
lt_matcher_remove (LtMatcher *self, LtFilter *filter, gpointer tag)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const LtMatcherEntry *entry = &g_array_index (self->entries, LtMatcherEntry, i);

      if (entry->filter == filter && entry->tag == tag)
        {
          g_array_remove_index (self->entries, i);
          return;
        }
    }
}

/**
 * lt_matcher_match:
 * @self: a matcher
 * @event: an event
 * @func: (scope call): called for each filter that matches
 * @user_data: for @func
 *
 * Judges one event by every filter.
 */
void
lt_matcher_match (LtMatcher *self, LtEvent *event, LtMatcherFunc func, gpointer user_data)
{
  lt_match_context_set_event (self->context, event);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const LtMatcherEntry *entry = &g_array_index (self->entries, LtMatcherEntry, i);

      if (lt_filter_match (entry->filter, self->context))
        func (entry->tag, event, user_data);
    }

  lt_match_context_set_event (self->context, NULL);
}
