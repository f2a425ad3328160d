/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtStateFunc:
 * @user_data: what lt_state_file_save() was given
 *
 * Returns: (transfer full): what the file shall hold now
 */
typedef GKeyFile *(*LtStateFunc) (gpointer user_data);

/**
 * LtStateFile:
 *
 * A small key file in the state directory, mode 0600, replaced as a whole and without
 * blocking. What is saved while a save is under way is written after it, the newest only.
 */
#define LT_TYPE_STATE_FILE (lt_state_file_get_type ())
G_DECLARE_FINAL_TYPE (LtStateFile, lt_state_file, LT, STATE_FILE, GObject)

LtStateFile *lt_state_file_new (const char *path);
const char *lt_state_file_get_path (LtStateFile *self);
GKeyFile *lt_state_file_load (LtStateFile *self, GError **error);
void lt_state_file_save (LtStateFile *self, LtStateFunc func, gpointer user_data);
void lt_state_file_settle (LtStateFile *self);
gboolean lt_state_file_is_saving (LtStateFile *self);
gboolean lt_state_file_check (LtStateFile *self, GError **error);
void lt_state_file_wait_async (LtStateFile *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean lt_state_file_wait_finish (LtStateFile *self, GAsyncResult *result, GError **error);

G_END_DECLS
