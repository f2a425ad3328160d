/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-filter-pattern.h"

#include "lt-error.h"

#include <string.h>

struct _LtPattern
{
  GRegex *regex; /* (owned) */
};

/* What would step out of the bounds that compile_bounded() sets, or out of UTF-8. */
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

/* GRegex tells the place in its message only: "… ‘PATTERN’ at char N: what is wrong", maybe
 * translated. */
static void
translate_regex_error (const char *text, const GError *foreign, GError **error)
{
  const char *digits = strstr (foreign->message, text);
  const char *reason = foreign->message;
  gsize position = 0;

  if (digits != NULL)
    {
      digits += strlen (text);
      digits += strcspn (digits, "0123456789");
      if (*digits != '\0')
        {
          guint64 n_characters = g_ascii_strtoull (digits, (char **) &digits, 10);
          glong length = g_utf8_strlen (text, -1);

          position = (gsize) (g_utf8_offset_to_pointer (text, MIN ((glong) n_characters, length))
                              - text);
          reason = g_str_has_prefix (digits, ": ") ? digits + 2 : foreign->message;
        }
    }

  lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, position,
                    "the regular expression is not valid: %s", reason);
}

/* PCRE2 counts steps anew for each place it tries to match at, which makes its limit
 * worthless on long texts: 10,000 steps, 65,536 times. So the search for the place becomes
 * part of the pattern, which is anchored and so tried once. "\E" ends a "\Q" that the
 * pattern left open; a line feed ends a comment of an "(?x)" pattern. */
static GRegex *
compile_bounded (const char *text)
{
  gboolean is_anchored = text[0] == '^' && strchr (text, '|') == NULL;
  const char *const ends[] = { "\\E)", "\\E\n)" };
  GRegex *regex = NULL;

  for (guint i = 0; regex == NULL && i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *bounded
          = g_strdup_printf ("(*LIMIT_MATCH=%d)%s(?:%s%s", LT_PATTERN_MAX_STEPS,
                             is_anchored ? "" : "(?s:.*?)", text, ends[i]);

      regex
          = g_regex_new (bounded, G_REGEX_CASELESS | G_REGEX_OPTIMIZE | G_REGEX_ANCHORED, 0, NULL);
    }

  return regex;
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
  g_autoptr (GRegex) plain = NULL;
  g_autoptr (GError) foreign = NULL;
  LtPattern *self;
  GRegex *regex;

  if (!check_allowed (text, error))
    return NULL;

  plain = g_regex_new (text, G_REGEX_CASELESS, 0, &foreign);
  if (plain == NULL)
    {
      translate_regex_error (text, foreign, error);
      return NULL;
    }

  regex = compile_bounded (text);
  if (regex == NULL)
    {
      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, 0,
                        "the regular expression is too large or too deeply nested");
      return NULL;
    }

  self = g_new0 (LtPattern, 1);
  self->regex = regex;
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
  g_regex_unref (self->regex);
  g_free (self);
}

/**
 * lt_pattern_match:
 * @self: a pattern
 * @text: (array length=length): valid UTF-8
 * @length: bytes of @text; only the first %LT_PATTERN_MAX_SUBJECT_BYTES are searched
 * @exhausted: (out): set to %TRUE if the match was given up after %LT_PATTERN_MAX_STEPS,
 *   else left alone
 *
 * Returns: %TRUE if @text matches anywhere
 */
gboolean
lt_pattern_match (const LtPattern *self, const char *text, gsize length, gboolean *exhausted)
{
  GRegexMatchFlags flags = 0;
  g_autoptr (GError) error = NULL;
  gboolean matches;

  if (length > LT_PATTERN_MAX_SUBJECT_BYTES)
    {
      length = LT_PATTERN_MAX_SUBJECT_BYTES;
      while ((text[length] & 0xc0) == 0x80)
        length--;
      flags = G_REGEX_MATCH_NOTEOL;
    }

  matches = g_regex_match_full (self->regex, text, (gssize) length, 0, flags, NULL, &error);
  if (error != NULL)
    *exhausted = TRUE;

  return matches && error == NULL;
}
