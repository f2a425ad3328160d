/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter.h"

G_BEGIN_DECLS

/**
 * LtMatcher:
 *
 * Many filters matched against one event together, each with a tag of its owner's.
 * Filters share what work they can, so that cost grows with what matches.
 */
typedef struct _LtMatcher LtMatcher;

/**
 * LtMatcherFunc:
 * @tag: what lt_matcher_add() was given
 * @event: the event that matched
 * @user_data: what lt_matcher_match() was given
 *
 * Called once for every filter that matches. It must not add or remove filters.
 */
typedef void (*LtMatcherFunc) (gpointer tag, LtEvent *event, gpointer user_data);

LtMatcher *lt_matcher_new (void);
void lt_matcher_free (LtMatcher *self);
void lt_matcher_add (LtMatcher *self, LtFilter *filter, gpointer tag);
void lt_matcher_remove (LtMatcher *self, LtFilter *filter, gpointer tag);
gboolean lt_matcher_is_empty (LtMatcher *self);
gboolean lt_matcher_match (LtMatcher *self, LtEvent *event, gint64 *work_left, LtMatcherFunc func,
                           gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtMatcher, lt_matcher_free)

G_END_DECLS
