/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-log-processor.h"

#include "core/lt-source.h"

G_BEGIN_DECLS

/**
 * LtFollower:
 *
 * A source that reads a log file as it grows, through its rotations.
 */
#define LT_TYPE_FOLLOWER (lt_follower_get_type ())
G_DECLARE_FINAL_TYPE (LtFollower, lt_follower, LT, FOLLOWER, GObject)

LtFollower *lt_follower_new (const char *name, const char *path, const char *state_directory,
                             gboolean from_start, LtLogProcessor *processor);

G_END_DECLS
