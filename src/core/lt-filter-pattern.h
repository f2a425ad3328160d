/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest regular expression, in bytes. */
#define LT_PATTERN_MAX_BYTES 4096

/* How many steps a match may take before it is given up, and all matches that judging one event
 * by one filter takes. */
#define LT_PATTERN_MAX_STEPS       10000
#define LT_PATTERN_MAX_EVENT_STEPS 20000

/* How much of a value a regular expression sees, in bytes. */
#define LT_PATTERN_MAX_SUBJECT_BYTES 2048

/**
 * LtPattern:
 *
 * A regular expression (PCRE2 as GRegex has it, without regard to case) whose matching
 * takes bounded work whatever it is and whatever it is given.
 */
typedef struct _LtPattern LtPattern;

/**
 * LtPatternBudget:
 *
 * What matching may still cost, and what came of it.
 */
typedef struct
{
  guint steps;       /* that may still be taken */
  guint64 exhausted; /* matches that were given up for want of steps */
} LtPatternBudget;

/* What judging one event by one filter may cost. */
#define LT_PATTERN_BUDGET_EVENT ((LtPatternBudget){ LT_PATTERN_MAX_EVENT_STEPS, 0 })

LtPattern *lt_pattern_new (const char *text, GError **error);
void lt_pattern_free (LtPattern *self);
gboolean lt_pattern_match (const LtPattern *self, const char *text, gsize length,
                           LtPatternBudget *budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtPattern, lt_pattern_free)

G_END_DECLS
