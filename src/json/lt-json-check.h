/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest text lt_json_parse_object() reads. */
#define LT_JSON_OBJECT_MAX_BYTES (64 * 1024)

gboolean lt_json_check (const char *text, gsize length, GError **error);
GVariant *lt_json_parse_object (const char *text, gsize length, GError **error);

G_END_DECLS
