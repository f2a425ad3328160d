/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtFollowWatchFunc:
 * @path_changed: whether something else may now be at the watched path; else only what files
 *   hold may have changed
 * @user_data: what lt_follow_watch_new() was given
 *
 * Hears that something has changed.
 */
typedef void (*LtFollowWatchFunc) (gboolean path_changed, gpointer user_data);

/**
 * LtFollowWatch:
 *
 * Tells when the file at a path is written, moved, or replaced by another, by inotify.
 */
typedef struct _LtFollowWatch LtFollowWatch;

LtFollowWatch *lt_follow_watch_new (const char *path, LtFollowWatchFunc func, gpointer user_data);
void lt_follow_watch_free (LtFollowWatch *self);
int lt_follow_watch_add_file (LtFollowWatch *self, int fd);
void lt_follow_watch_remove_file (LtFollowWatch *self, int watch);
gboolean lt_follow_watch_check_folder (LtFollowWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtFollowWatch, lt_follow_watch_free)

G_END_DECLS
