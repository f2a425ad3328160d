/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-followed-file.h"
#include "lt-log-spans.h"

G_BEGIN_DECLS

/* Old files whose places are kept beside that of the file itself. */
#define LT_FOLLOW_STATE_MAX_POSITIONS 16

GArray *lt_follow_state_new (void);
gboolean lt_follow_state_load (const char *state_path, const char *path, GArray **positions,
                               LtLogSpans *spans, GError **error);
gboolean lt_follow_state_save (const char *state_path, const char *path, GArray *positions,
                               LtLogSpans *spans, GError **error);

GPtrArray *lt_follow_state_find_rotated (const char *path, const LtFollowPosition *position);

G_END_DECLS
