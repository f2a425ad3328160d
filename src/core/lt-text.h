/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lt_text_check (const char *text, gsize length);
char *lt_text_quote (const char *text, gssize length);

G_END_DECLS
