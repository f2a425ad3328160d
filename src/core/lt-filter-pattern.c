/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-pattern.h"

#include "lt-error.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* GRegex can bound a match only by a limit that PCRE2 counts anew at each place of the text, and
 * that leaves out most of the work: what possessive and atomic groups, assertions and back
 * references run over costs nothing. So the pattern is compiled with a callout before each of
 * its items, and the callouts count. */
struct _LtPattern
{
  pcre2_code *code;             /* (owned) */
  pcre2_match_data *data;       /* (owned) */
  pcre2_match_context *context; /* (owned) */
  gboolean is_costly;           /* whether an item may read far and then fail */
};

/* The count of one match. */
typedef struct
{
  gsize position; /* where the last callout was, bytes */
  guint cost;     /* steps of one item */
  guint steps;    /* left */
} Count;

/* Bytes that one step may run over, and bytes of the text that add a step to each item of a
 * costly pattern. */
#define STEP_BYTES        8
#define COSTLY_STEP_BYTES 64

/* What could not be counted, or would step out of UTF-8. */
static const struct
{
  const char *text;
  const char *problem;
} refused[] = {
  { "(?R)", "recursion into the whole pattern is not possible here" },
  { "(?0)", "recursion into the whole pattern is not possible here" },
  { "\\g<0>", "recursion into the whole pattern is not possible here" },
  { "\\g'0'", "recursion into the whole pattern is not possible here" },
  { "\\C", "\\C, a single byte, is not possible here" },
};

static gboolean
check_allowed (const char *text, GError **error)
{
  if (strlen (text) > LT_PATTERN_MAX_BYTES)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, LT_PATTERN_MAX_BYTES,
                             "the regular expression is longer than %d bytes",
                             LT_PATTERN_MAX_BYTES);
  if (g_str_has_prefix (text, "(*"))
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                             "a regular expression cannot begin with \"(*\"; write \\(\\* to "
                             "find that text");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *found = strstr (text, refused[i].text);

      if (found != NULL)
        return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, (gsize) (found - text),
                                 "in the regular expression, %s", refused[i].problem);
    }

  return TRUE;
}

static int
on_item (pcre2_callout_block *block, void *user_data)
{
  Count *count = user_data;
  gsize position = block->current_position;
  gsize distance = position > count->position ? position - count->position : 0;
  gsize steps = count->cost + distance / STEP_BYTES;

  count->position = position;
  if (steps > count->steps)
    {
      count->steps = 0;
      return PCRE2_ERROR_CALLOUT;
    }
  count->steps -= (guint) steps;
  return 0;
}

/* As g_regex_new() does it, but for the callouts. */
static pcre2_code *
compile_counted (const char *text, GError **error)
{
  pcre2_compile_context *context = pcre2_compile_context_create (NULL);
  PCRE2_UCHAR reason[256] = { '\0' };
  pcre2_code *code;
  PCRE2_SIZE position;
  int problem;

  pcre2_set_newline (context, PCRE2_NEWLINE_ANY);
  pcre2_set_bsr (context, PCRE2_BSR_UNICODE);
  code = pcre2_compile ((PCRE2_SPTR) text, PCRE2_ZERO_TERMINATED,
                        PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_CASELESS
                            | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT,
                        &problem, &position, context);
  pcre2_compile_context_free (context);
  if (code == NULL)
    {
      pcre2_get_error_message (problem, reason, sizeof reason);
      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position,
                        "the regular expression is not valid: %s", (const char *) reason);
      return NULL;
    }

  /* Where there is no machine code to be had, the pattern is interpreted. */
  pcre2_jit_compile (code, PCRE2_JIT_COMPLETE);
  return code;
}

/**
 * lt_pattern_new:
 * @text: a regular expression, valid UTF-8
 * @error: return location for an error
 *
 * Raises %LT_ERROR_INVALID_FILTER with the position in bytes into @text.
 *
 * Returns: (transfer full): the pattern, or %NULL
 */
LtPattern *
lt_pattern_new (const char *text, GError **error)
{
  LtPattern *self;
  pcre2_code *code;
  guint32 n_references = 0;

  if (!check_allowed (text, error))
    return NULL;

  code = compile_counted (text, error);
  if (code == NULL)
    return NULL;

  self = g_new0 (LtPattern, 1);
  self->code = code;
  self->data = pcre2_match_data_create (1, NULL);
  self->context = pcre2_match_context_create (NULL);
  pcre2_pattern_info (code, PCRE2_INFO_BACKREFMAX, &n_references);
  self->is_costly = n_references > 0 || strchr (text, '{') != NULL;
  return self;
}

/**
 * lt_pattern_free:
 * @self: (transfer full): a pattern
 *
 * Frees @self.
 */
void
lt_pattern_free (LtPattern *self)
{
  pcre2_match_context_free (self->context);
  pcre2_match_data_free (self->data);
  pcre2_code_free (self->code);
  g_free (self);
}

/**
 * lt_pattern_match:
 * @self: a pattern
 * @text: (array length=length): valid UTF-8
 * @length: bytes of @text; only the first %LT_PATTERN_MAX_SUBJECT_BYTES are searched
 * @budget: what matching may cost; what this match did is taken off. One that takes more than
 *   %LT_PATTERN_MAX_STEPS, or than is left, is given up and counted
 *
 * A step is an item of the pattern that is tried, or eight bytes of text run over by one. On
 * long texts items of patterns with a counted repeat or a back reference are several: such an
 * item may compare much and then fail.
 *
 * Returns: %TRUE if @text matches anywhere
 */
gboolean
lt_pattern_match (const LtPattern *self, const char *text, gsize length, LtPatternBudget *budget)
{
  guint limit = MIN (budget->steps, LT_PATTERN_MAX_STEPS);
  Count count = { .cost = 1, .steps = limit };
  guint32 flags = PCRE2_NO_UTF_CHECK;
  int result;

  if (length > LT_PATTERN_MAX_SUBJECT_BYTES)
    {
      length = LT_PATTERN_MAX_SUBJECT_BYTES;
      while ((text[length] & 0xc0) == 0x80)
        length--;
      flags |= PCRE2_NOTEOL;
    }
  if (self->is_costly)
    count.cost += (guint) (length / COSTLY_STEP_BYTES);

  pcre2_set_callout (self->context, on_item, &count);
  result = pcre2_match (self->code, (PCRE2_SPTR) text, length, 0, flags, self->data, self->context);
  budget->steps -= limit - count.steps;
  if (result < 0 && result != PCRE2_ERROR_NOMATCH)
    budget->exhausted++;

  return result >= 0;
}
