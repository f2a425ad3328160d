/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-matcher.h"

#include "lt-matcher-index.h"

/* So few filters are judged one by one: looking them up would cost more. */
#define MAX_UNINDEXED 8

typedef struct
{
  LtFilter *filter; /* (owned) */
  gpointer tag;
} LtMatcherEntry;

/* All that were added with equal filters. */
typedef struct
{
  LtCandidate candidate; /* its filter is that of the first entry */
  GArray *entries;       /* (owned) (element-type LtMatcherEntry) */
} LtMatcherGroup;

struct _LtMatcher
{
  GHashTable *groups;      /* (owned) (element-type utf8 LtMatcherGroup): by canonical text */
  LtMatcherIndex *index;   /* (owned) */
  LtMatchContext *context; /* (owned) */
  LtEvent *event;          /* (unowned) (nullable): while one is judged */
  guint64 work_end;        /* the context's work at which an event is given up */
  gboolean is_cut;         /* whether it was */
  LtMatcherFunc func;      /* while an event is judged */
  gpointer user_data;      /* for @func */
};

static void
clear_entry (gpointer data)
{
  LtMatcherEntry *entry = data;

  g_object_unref (entry->filter);
}

static LtMatcherGroup *
group_new (LtMatcher *self, LtFilter *filter)
{
  LtMatcherGroup *group = g_new0 (LtMatcherGroup, 1);

  group->entries = g_array_new (FALSE, FALSE, sizeof (LtMatcherEntry));
  g_array_set_clear_func (group->entries, clear_entry);
  group->candidate.filter = g_object_ref (filter);
  lt_matcher_index_add (self->index, &group->candidate);
  g_hash_table_insert (self->groups, (char *) lt_filter_get_text (filter), group);
  return group;
}

static void
group_free (LtMatcher *self, LtMatcherGroup *group)
{
  lt_matcher_index_remove (self->index, &group->candidate);
  g_array_unref (group->entries);
  g_object_unref (group->candidate.filter);
  g_free (group);
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

  self->groups = g_hash_table_new (g_str_hash, g_str_equal);
  self->index = lt_matcher_index_new ();
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
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, self->groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    group_free (self, group);

  g_hash_table_unref (self->groups);
  lt_matcher_index_free (self->index);
  lt_match_context_free (self->context);
  g_free (self);
}

/**
 * lt_matcher_add:
 * @self: a matcher
 * @filter: a filter
 * @tag: what to call back with
 *
 * Adds a filter. Equal filters are judged once, however often they are added.
 */
void
lt_matcher_add (LtMatcher *self, LtFilter *filter, gpointer tag)
{
  LtMatcherEntry entry = { .tag = tag };
  LtMatcherGroup *group;

  g_return_if_fail (self->event == NULL);

  group = g_hash_table_lookup (self->groups, lt_filter_get_text (filter));
  if (group == NULL)
    group = group_new (self, filter);

  entry.filter = g_object_ref (filter);
  g_array_append_val (group->entries, entry);
}

static gboolean
find_entry (const LtMatcherGroup *group, LtFilter *filter, gpointer tag, guint *index)
{
  for (guint i = 0; i < group->entries->len; i++)
    {
      const LtMatcherEntry *entry = &g_array_index (group->entries, LtMatcherEntry, i);

      if (entry->tag == tag && entry->filter == filter)
        {
          *index = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* The filter that is judged keeps count of what it gave up, so that it must be one of those
 * that are still here. */
static void
change_filter (LtMatcher *self, LtMatcherGroup *group, LtFilter *filter)
{
  lt_matcher_index_remove (self->index, &group->candidate);
  g_hash_table_remove (self->groups, lt_filter_get_text (filter));
  g_object_unref (group->candidate.filter);

  group->candidate = (LtCandidate){ .filter = g_object_ref (filter) };
  lt_matcher_index_add (self->index, &group->candidate);
  g_hash_table_insert (self->groups, (char *) lt_filter_get_text (filter), group);
}

/**
 * lt_matcher_remove:
 * @self: a matcher
 * @filter: a filter
 * @tag: what it was added with
 *
 * Takes out @filter, once, as it was added with @tag; does nothing if it was not.
 */
void
lt_matcher_remove (LtMatcher *self, LtFilter *filter, gpointer tag)
{
  LtMatcherGroup *group;
  guint index;

  g_return_if_fail (self->event == NULL);

  group = g_hash_table_lookup (self->groups, lt_filter_get_text (filter));
  if (group == NULL || !find_entry (group, filter, tag, &index))
    return;

  g_array_remove_index_fast (group->entries, index);
  if (group->entries->len == 0)
    {
      g_hash_table_remove (self->groups, lt_filter_get_text (filter));
      group_free (self, group);
    }
  else if (group->candidate.filter == filter)
    {
      change_filter (self, group, g_array_index (group->entries, LtMatcherEntry, 0).filter);
    }
}

/**
 * lt_matcher_is_empty:
 * @self: a matcher
 *
 * Returns: whether it has no filters
 */
gboolean
lt_matcher_is_empty (LtMatcher *self)
{
  return g_hash_table_size (self->groups) == 0;
}

static void
judge (LtCandidate *candidate, gpointer user_data)
{
  LtMatcher *self = user_data;
  const LtMatcherGroup *group = (const LtMatcherGroup *) candidate;

  if (self->context->work >= self->work_end)
    self->is_cut = TRUE;
  if (self->is_cut || !lt_filter_match (candidate->filter, self->context))
    return;

  for (guint i = 0; i < group->entries->len; i++)
    self->func (g_array_index (group->entries, LtMatcherEntry, i).tag, self->event,
                self->user_data);
}

/**
 * lt_matcher_match:
 * @self: a matcher
 * @event: an event
 * @work_left: (inout) (nullable): what it may cost, as lt_filter_match() counts; what it has cost
 * is taken off
 * @func: (scope call): called for each filter that matches, once for each time it was added
 * @user_data: for @func
 *
 * Judges one event by every filter, or by as many as may be.
 *
 * Returns: whether it was by every one
 */
gboolean
lt_matcher_match (LtMatcher *self, LtEvent *event, gint64 *work_left, LtMatcherFunc func,
                  gpointer user_data)
{
  guint64 work = self->context->work;

  g_return_val_if_fail (self->event == NULL, FALSE);

  self->is_cut = FALSE;
  self->work_end = work_left != NULL ? work + (guint64) MAX (*work_left, 0) : G_MAXUINT64;
  self->event = event;
  self->func = func;
  self->user_data = user_data;
  lt_match_context_set_event (self->context, event);

  if (g_hash_table_size (self->groups) > MAX_UNINDEXED)
    lt_matcher_index_look_up (self->index, self->context, judge, self);
  else
    {
      GHashTableIter iter;
      gpointer group;

      g_hash_table_iter_init (&iter, self->groups);
      while (g_hash_table_iter_next (&iter, NULL, &group))
        judge (group, self);
    }

  lt_match_context_set_event (self->context, NULL);
  self->event = NULL;
  if (work_left != NULL)
    *work_left -= (gint64) (self->context->work - work);

  return !self->is_cut;
}
