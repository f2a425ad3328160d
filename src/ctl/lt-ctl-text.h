/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lt_ctl_text_escape (const char *text, gssize length, gboolean ascii);
void lt_ctl_text_append_json_safe (GString *out, const char *json, gsize length);
guint lt_ctl_text_get_width (const char *text, gssize length);
char *lt_ctl_text_truncate (const char *text, guint width, gboolean ascii);
char *lt_ctl_text_mark (const char *text, gsize position, gboolean ascii);

G_END_DECLS
