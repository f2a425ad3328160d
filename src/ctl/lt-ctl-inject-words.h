/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *lt_ctl_inject_read_words (GPtrArray *words, const char *text, const char *details,
                                    const char *level, const char *role, GError **error);

G_END_DECLS
