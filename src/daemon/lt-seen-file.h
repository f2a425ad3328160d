/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-catalogue.h"

G_BEGIN_DECLS

/**
 * LtSeenFile:
 *
 * Keeps the keys and types that a catalogue has only seen in events over a restart: a small
 * file in the state directory, written when they have changed, now and then and at the end.
 */
#define LT_TYPE_SEEN_FILE (lt_seen_file_get_type ())
G_DECLARE_FINAL_TYPE (LtSeenFile, lt_seen_file, LT, SEEN_FILE, GObject)

LtSeenFile *lt_seen_file_new (LtCatalogue *catalogue, const char *path);
void lt_seen_file_load (LtSeenFile *self);
gboolean lt_seen_file_save (LtSeenFile *self, GError **error);

G_END_DECLS
