/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *lt_ctl_json_parse (const char *json, gsize length, GError **error);
void lt_ctl_json_append (GString *out, GVariant *value);

G_END_DECLS
