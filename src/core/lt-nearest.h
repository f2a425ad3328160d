/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint lt_edit_distance (const char *a, const char *b);
const char *lt_nearest_word (const char *word, const char *const *words, guint n_words);

G_END_DECLS
