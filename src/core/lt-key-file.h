/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lt_key_file_load (GKeyFile *key_file, const char *path, const char *text, gsize length,
                           GKeyFileFlags flags, GError **error);

G_END_DECLS
