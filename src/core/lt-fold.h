/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void lt_fold_append (GString *out, const char *text, gsize length);
char *lt_fold_dup (const char *text, gssize length);

G_END_DECLS
