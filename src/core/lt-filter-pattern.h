/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest regular expression, in bytes. */
#define LT_PATTERN_MAX_BYTES 4096

/* How many steps a match may take before it is given up. */
#define LT_PATTERN_MAX_STEPS 10000

/* How much of a value a regular expression sees, in bytes. */
#define LT_PATTERN_MAX_SUBJECT_BYTES 2048

/**
 * LtPattern:
 *
 * A regular expression (PCRE2 as GRegex has it, without regard to case) whose matching
 * takes bounded time whatever it is and whatever it is given.
 */
typedef struct _LtPattern LtPattern;

LtPattern *lt_pattern_new (const char *text, GError **error);
void lt_pattern_free (LtPattern *self);
gboolean lt_pattern_match (const LtPattern *self, const char *text, gsize length,
                           gboolean *exhausted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtPattern, lt_pattern_free)

G_END_DECLS
