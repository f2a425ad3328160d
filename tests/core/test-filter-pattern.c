/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-filter-pattern.h"

#include <string.h>

#define LONG 4000 /* more of a text than a pattern sees */

static LtPattern *
new_pattern (const char *text)
{
  g_autoptr (GError) error = NULL;
  LtPattern *pattern = lt_pattern_new (text, &error);

  g_assert_no_error (error);
  return pattern;
}

static gboolean
match (const char *text, const char *subject, LtPatternBudget *budget)
{
  g_autoptr (LtPattern) pattern = new_pattern (text);

  return lt_pattern_match (pattern, subject, strlen (subject), budget);
}

/* As g_regex_match() has it, without regard to case. */
static void
test_like_gregex (void)
{
  static const struct
  {
    const char *text;
    const char *subject;
  } cases[] = {
    { "^b.*e$", "Bounce" },
    { "^b.*e$", "a\nbounce" },
    { "(?m)^b.*e$", "a\nbounce\r\nz" },
    { "a$", "a\n" },
    { "a$", "a\r\n" },
    { "a$", "a\xe2\x80\xa8" },
    { "a.b", "a\nb" },
    { "a.b", "a\xc2\x85"
             "b" },
    { "a\\Rb", "a\xe2\x80\xa9"
               "b" },
    { "^\\w+$", "\xc3\x84pfel" },
    { "\xc3\xa4PFEL", "\xc3\x84pfel" },
    { "^\\d$", "\xd9\xa3" },
    { "\\bfoo\\b", "a foo b" },
    { "(?<=@)example(?!\\.org)", "jane@example.org" },
    { "(?<=@)example(?!\\.org)", "jane@example.net" },
    { "(a+)b\\1", "aabaa" },
    { "(?-i)A", "a" },
    { "(?<n>a)(?&n)", "AA" },
    { "(?x) a # b", "A" },
    { "\\Qa.b", "a.b" },
    { "\\x{1F600}", "\xf0\x9f\x98\x80" },
    { "", "" },
    { "x|", "a" },
    { "\\A\\z", "" },
    { "a\\Kb", "ab" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LtPatternBudget budget = LT_PATTERN_BUDGET_EVENT;

      g_test_message ("%s on \"%s\"", cases[i].text, cases[i].subject);
      g_assert_cmpint (match (cases[i].text, cases[i].subject, &budget), ==,
                       g_regex_match_simple (cases[i].text, cases[i].subject, G_REGEX_CASELESS, 0));
      g_assert_cmpuint (budget.exhausted, ==, 0);
    }
}

/* Each problem is told with its place, in bytes. */
static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    gssize position;
    const char *message;
  } cases[] = {
    { "(", 1, "the regular expression is not valid: missing closing parenthesis" },
    { "ab[", 3, "the regular expression is not valid: missing terminating ] for character class" },
    { "a)b", 1, "the regular expression is not valid: unmatched closing parenthesis" },
    { "\xc3\xa4*+?x", 4,
      "the regular expression is not valid: quantifier does not follow a repeatable item" },
    { "a\\", 2, "the regular expression is not valid: \\ at end of pattern" },
    { "a{3,2}", 5, "the regular expression is not valid: numbers out of order in {} quantifier" },
    { "(?<=a+)b", 0,
      "the regular expression is not valid: lookbehind assertion is not fixed length" },
    { "[[:nope:]]", 3, "the regular expression is not valid: unknown POSIX class name" },
    { "(a)\\2", 4, "the regular expression is not valid: reference to non-existent subpattern" },
    { "(*UTF)a", 0,
      "a regular expression cannot begin with \"(*\"; write \\(\\* to find that text" },
    { "a(?R)?", 1,
      "in the regular expression, recursion into the whole pattern is not possible here" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lt_pattern_new (cases[i].text, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_FILTER);
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_cmpint (lt_error_get_position (error), ==, cases[i].position);
    }
}

/* However large it is, a pattern is compiled or refused. */
static void
test_large (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GError) too_deep = NULL;
  g_autoptr (GError) too_large = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, "(");
  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, ")");
  g_assert_null (lt_pattern_new (deep->str, &too_deep));
  g_assert_error (too_deep, LT_ERROR, LT_ERROR_INVALID_FILTER);
  g_assert_nonnull (strstr (too_deep->message, "too deeply nested"));

  g_assert_null (lt_pattern_new ("((((a{200}){200}){200}){200})", &too_large));
  g_assert_error (too_large, LT_ERROR, LT_ERROR_INVALID_FILTER);
  g_assert_nonnull (strstr (too_large->message, "too large"));
}

/* Whatever runs over a text counts: also what PCRE2's own limit does not count. */
static void
test_steps (void)
{
  static const char *const greedy[] = {
    "(a+)+[bc]",
    "a*a*[bc]",
    "a++[bc]",
    "(?>a*)[bc]",
    "(?=.*[xy])a",
    "(?:.*+[xy]|.*+[zy]|.*+[xw]|.)+[bc]",
    "(?=(.*))\\1.*[bc]",
    "(.*)\\1[bc]",
    "(?:(?=.*)){200}[bc]",
    "a{2000}[xy]|a{2001}[xy]",
    "(?=[\\pL\\pN]*+[xy])a",
  };
  g_autofree char *subject = g_strnfill (LONG, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (greedy); i++)
    {
      LtPatternBudget budget = LT_PATTERN_BUDGET_EVENT;

      g_test_message ("%s", greedy[i]);
      g_assert_false (match (greedy[i], subject, &budget));
      g_assert_cmpuint (budget.exhausted, ==, 1);
      g_assert_cmpuint (budget.steps, ==, LT_PATTERN_MAX_EVENT_STEPS - LT_PATTERN_MAX_STEPS);
    }
}

/* What people write is far from the limit. */
static void
test_frugal (void)
{
  static const struct
  {
    const char *text;
    gboolean matches;
    guint max_steps;
  } cases[] = {
    { "foo", FALSE, 0 },         { "error.*timeout", FALSE, 0 },
    { "^bounce\\+", FALSE, 10 }, { "@example\\.(org|net)$", FALSE, 10 },
    { "\\d+ms", FALSE, 2100 },   { "z$", TRUE, 300 },
    { "^a+z$", TRUE, 300 },
  };
  g_autofree char *subject = g_strnfill (LT_PATTERN_MAX_SUBJECT_BYTES, 'a');

  subject[LT_PATTERN_MAX_SUBJECT_BYTES - 1] = 'z';
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LtPatternBudget budget = LT_PATTERN_BUDGET_EVENT;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (match (cases[i].text, subject, &budget), ==, cases[i].matches);
      g_assert_cmpuint (LT_PATTERN_MAX_EVENT_STEPS - budget.steps, <=, cases[i].max_steps);
      g_assert_cmpuint (budget.exhausted, ==, 0);
    }
}

/* Matches share what they may cost together. */
static void
test_budget (void)
{
  g_autofree char *subject = g_strnfill (LONG, 'a');
  g_autoptr (LtPattern) greedy = new_pattern ("(a+)+[bc]");
  g_autoptr (LtPattern) frugal = new_pattern ("^a");
  LtPatternBudget budget = { LT_PATTERN_MAX_STEPS + 3, 0 };

  g_assert_false (lt_pattern_match (greedy, subject, LONG, &budget));
  g_assert_cmpuint (budget.steps, ==, 3);
  g_assert_true (lt_pattern_match (frugal, subject, LONG, &budget));
  g_assert_cmpuint (budget.exhausted, ==, 1);
  g_assert_false (lt_pattern_match (greedy, subject, LONG, &budget));
  g_assert_false (lt_pattern_match (frugal, subject, LONG, &budget));
  g_assert_cmpuint (budget.steps, ==, 0);
  g_assert_cmpuint (budget.exhausted, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter-pattern/like-gregex", test_like_gregex);
  g_test_add_func ("/filter-pattern/refused", test_refused);
  g_test_add_func ("/filter-pattern/large", test_large);
  g_test_add_func ("/filter-pattern/steps", test_steps);
  g_test_add_func ("/filter-pattern/frugal", test_frugal);
  g_test_add_func ("/filter-pattern/budget", test_budget);
  return g_test_run ();
}
