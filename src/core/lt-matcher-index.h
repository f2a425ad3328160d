/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter-private.h"

G_BEGIN_DECLS

typedef struct _LtProbe LtProbe;

/**
 * LtCandidate:
 *
 * A filter in the index. Embedded in what its owner keeps about the filter.
 */
typedef struct
{
  LtFilter *filter;      /* (owned) */
  LtProbe *probes;       /* (owned) (nullable): what leads to it, besides types */
  const LtClause *types; /* (unowned) (nullable): if it is found by event types, part of @filter */
  guint64 visited;       /* the last look-up that found it */
  guint list_index;      /* its place in the list of those found by type or always */
  gboolean is_always;    /* no way leads to it: every event must be judged */
} LtCandidate;

/**
 * LtMatcherIndex:
 *
 * Says which filters an event can match at all. Each filter chooses one condition that it
 * cannot match without, and that is cheap to find in an event: text it holds, an address,
 * a key, a type. A look-up finds the filters whose condition is met, and maybe a few more.
 */
typedef struct _LtMatcherIndex LtMatcherIndex;

typedef void (*LtCandidateFunc) (LtCandidate *candidate, gpointer user_data);

LtMatcherIndex *lt_matcher_index_new (void);
void lt_matcher_index_free (LtMatcherIndex *self);
void lt_matcher_index_add (LtMatcherIndex *self, LtCandidate *candidate);
void lt_matcher_index_remove (LtMatcherIndex *self, LtCandidate *candidate);
void lt_matcher_index_look_up (LtMatcherIndex *self, LtMatchContext *context, LtCandidateFunc func,
                               gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtMatcherIndex, lt_matcher_index_free)

G_END_DECLS
