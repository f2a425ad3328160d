/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-rule-set.h"

#include "core/lt-error.h"

#include <glib/gstdio.h>
#include <string.h>

/* Rules with a mistake, and what the error must say. */
typedef struct
{
  const char *rules;
  const char *message;
} BadCase;

#define RULE "[rule a]\nMatch=^a(?<b>.)\nType=x\n"

static const BadCase bad_cases[] = {
  { "x", "t.conf:1: expected \"Key=value\"" },
  { "=x", "t.conf:1: expected \"Key=value\"" },
  { "\n\nA=b\n", "t.conf:3: an entry must stand in a section" },
  { "[rule a\n", "t.conf:1: a section must end in \"]\"" },
  { "[]\n", "t.conf:1: a section needs a name" },
  { "[rule a]\nMatch=a\nMatch=b\n", "t.conf:3: [rule a] has \"Match\" already on line 2" },
  { RULE "\n[rule a]\n", "t.conf:5: section \"[rule a]\" is already on line 1" },
  { "[role a]\n", "t.conf:1: [role a] unknown section" },
  { "[rule]\nMatch=a\nType=x\n", "t.conf:1: [rule] a rule needs a name" },
  { "[rule a]\nMatch=a\n", "t.conf:1: [rule a] a rule needs a name, \"Match\" and \"Type\"" },
  { "[rule a]\nType=x\n", "t.conf:1: [rule a] a rule needs \"Match\"" },
  { "[rule a]\nMatch=\nType=x\n", "t.conf:2: [rule a] Match: a rule needs \"Match\"" },
  { "[rule a]\nMatch=(\nType=x\n", "t.conf:2: [rule a] Match: " },
  { "[rule a]\nMatch=(*UTF)a\nType=x\n", "cannot begin with \"(*\"" },
  { "[rule a]\nMatch=%{b}\nType=x\n", "Match: character 1: \"%{b}\" is not in a [define]" },
  { "[rule a]\nMatch=a%{b\nType=x\n", "Match: character 2: \"%{}\" is not in a [define]" },
  { "[define]\na=%{b}\nb=c\n", "t.conf:2: [define] a: character 1: \"%{b}\"" },
  { "[rule a]\nMatch=a\nType=X!\n", "t.conf:3: [rule a] Type: " },
  { RULE "Level=loud\n", "t.conf:4: [rule a] Level: " },
  { RULE "Level=disable\n", "t.conf:4: [rule a] Level: " },
  { RULE "Role=start\n", "t.conf:4: [rule a] Role: a role needs a \"Span\"" },
  { RULE "Role=middle\n", "Role: \"middle\" is no role; use start or end" },
  { RULE "Span=c\n", "Span: no section [span c] above this one" },
  { "[span c]\nIdentity={pid}\n", "a span needs a name, \"Identity\" and \"Id\"" },
  { "[span c]\nIdentity={pid}\nId=x\nParent=d\n",
    "t.conf:4: [span c] Parent: no section [span d]" },
  { "[span c]\nIdentity={q}\nId=x\n" RULE "Span=c\n", "Span: character 2: \"q\" is neither" },
  { RULE "Text={c}\n", "Text: character 2: \"c\" is neither" },
  { RULE "Text=a {b\n", "Text: character 3: a lone \"{\"" },
  { RULE "Text=a } b\n", "Text: character 3: a lone \"}\"" },
  { RULE "Details={c}\n", "t.conf:4: [rule a] Details: character 2" },
  { RULE "Keys=c\n", "Keys: \"c\" is neither a named group" },
  { RULE "Keys=to=c\n", "Keys: \"c\" is neither a named group" },
  { RULE "Keys=b:parsecs\n", "Keys: \"parsecs\" is no way to read a value" },
  { RULE "Keys=b;B\n", "is neither a named group" },
  { RULE "Keys=b;b\n", "Keys: \"b\" is given twice" },
  { RULE "Keys=b\nSet=b=1\n", "Set: \"b\" is given twice" },
  { RULE "Keys=!=b\n", "t.conf:4: [rule a] Keys: " },
  { RULE "Set=x\n", "Set: expected \"key=value\" in \"x\"" },
  { RULE "Pairs=c\n", "Pairs: \"c\" is not a named group" },
  { RULE "Pairs=b !\n", "t.conf:4: [rule a] Pairs: " },
  { RULE "Program=;\n", "Program: names no program" },
  { RULE "Colour=red\n", "t.conf:4: [rule a] Colour: unknown entry; known are Program, Match" },
  { "[key !]\n", "t.conf:1: [key !] " },
  { "[key a]\nKind=wood\n", "Kind: \"wood\" is no kind" },
  { "[type A!]\n", "t.conf:1: [type A!] " },
  { "[type a]\nLevel=x\n", "t.conf:2: [type a] Level: " },
  { "[pack]\nName=x\n", "t.conf:2: [pack] Name: unknown entry; known are Title" },
  { "[pack]\nTitle=\xff\n", "t.conf:2: not valid UTF-8" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
      g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad_cases[i].message);
      g_assert_false (lt_rule_set_load_text (rules, "t.conf", bad_cases[i].rules,
                                             strlen (bad_cases[i].rules), &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, "t.conf:"));
      if (strstr (error->message, bad_cases[i].message) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error->message, bad_cases[i].message);
      g_assert_cmpuint (lt_rule_set_get_length (rules), ==, 0);
    }
}

/* The place in a pattern is the user's, whatever is put before it. */
static void
test_pattern_place (void)
{
  static const char text[] = "[rule a]\nMatch=abc)\nType=x\n";
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autoptr (GError) error = NULL;

  g_assert_false (lt_rule_set_load_text (rules, "t.conf", text, strlen (text), &error));
  g_assert_nonnull (strstr (error->message, "at char 3"));
}

static const char *
match (LtRuleSet *rules, const char *program, const char *message)
{
  LtLogLine line = { .created_at_us = G_MININT64,
                     .program = { program, program == NULL ? 0 : strlen (program) },
                     .message = { message, strlen (message) } };
  LtRuleMatch found;
  const char *name;

  if (!lt_rule_set_match (rules, &line, &found))
    return NULL;
  name = found.rule->name;
  lt_rule_match_clear (&found);
  return name;
}

static void
test_order_and_programs (void)
{
  static const char text[] = "[rule one]\nProgram=a*/x; b\nMatch=^go\nType=x\n"
                             "[rule two]\nProgram=a*\nMatch=go\nType=x\n"
                             "[rule three]\nMatch=go$\nType=x\n";
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autoptr (GError) error = NULL;

  lt_rule_set_load_text (rules, "t.conf", text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lt_rule_set_get_length (rules), ==, 3);
  g_assert_cmpstr (match (rules, "a/x", "go"), ==, "one");
  g_assert_cmpstr (match (rules, "a/b/x", "gone"), ==, "one");
  g_assert_cmpstr (match (rules, "a/y", "gone"), ==, "two");
  g_assert_cmpstr (match (rules, "a/x", "ego"), ==, "two");
  g_assert_cmpstr (match (rules, "b", "gone"), ==, "one");
  g_assert_cmpstr (match (rules, "c", "ego"), ==, "three");
  g_assert_cmpstr (match (rules, NULL, "ego"), ==, "three");
  g_assert_cmpstr (match (rules, "", "ego"), ==, "three");
  g_assert_null (match (rules, "c", "gone"));
  g_assert_null (match (rules, "a/x", ""));

  /* More programs than are remembered. */
  for (int i = 0; i < 3 * LT_RULE_SET_MAX_PROGRAMS; i++)
    {
      g_autofree char *program = g_strdup_printf ("p%d", i);

      g_assert_cmpstr (match (rules, program, "go"), ==, "three");
    }
}

/* A pattern that never ends is given up; the next rule has its turn. */
static void
test_exhausted (void)
{
  static const char text[] = "[rule one]\nMatch=(?<a>(?:x+x+)+)y\nType=x\n"
                             "[rule two]\nMatch=x\nType=x\n";
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autofree char *many = g_strnfill (200, 'x');
  g_autofree char *message = g_strconcat (many, "zy", NULL);

  g_assert_true (lt_rule_set_load_text (rules, "t.conf", text, strlen (text), NULL));
  g_assert_cmpstr (match (rules, NULL, message), ==, "two");
  g_assert_cmpuint (lt_rule_set_get_exhausted (rules), ==, 1);
}

/* Of a long message the beginning is searched, and its end is not taken for the message's. */
static void
test_long_message (void)
{
  static const char text[] = "[rule far]\nMatch=b\nType=x\n"
                             "[rule end]\nMatch=a$\nType=x\n"
                             "[rule start]\nMatch=^(?<all>a.*)\nType=x\n";
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autofree char *many = g_strnfill (LT_RULE_MATCH_BYTES, 'a');
  g_autofree char *message = g_strconcat (many, "b", NULL);

  g_assert_true (lt_rule_set_load_text (rules, "t.conf", text, strlen (text), NULL));
  g_assert_cmpstr (match (rules, NULL, message), ==, "start");
  g_assert_cmpstr (match (rules, NULL, message + 1), ==, "far");
  g_assert_cmpstr (match (rules, NULL, many), ==, "end");
}

/* A pattern, and what every match of it begins with and has in it. */
static const struct
{
  const char *pattern;
  const char *prefix;
  const char *literal;
} literal_cases[] = {
  { "^connect from (?<a>x)$", "connect from ", NULL },
  { "^(?<a>[^]()]+): to=<(.*?)>, relay=", NULL, ">, relay=" },
  { "abc", NULL, "abc" },
  { "^abc?def", "ab", "def" },
  { "^abc*?def", "ab", "def" },
  { "^abc{0,2}def", "ab", "def" },
  { "^abc+def", "abc", "def" },
  { "^ab\\.c\\dlonger", "ab.c", "longer" },
  { "a|b", NULL, NULL },
  { "(a|b)cd", NULL, "cd" },
  { "(?i)abc", NULL, NULL },
  { "a(?i:b)c", NULL, NULL },
  { "a\\x41b", NULL, NULL },
  { "a\\Q.*\\E", NULL, NULL },
  { "(?:x\\)y)abc", NULL, "abc" },
  { "(?:[)(])abc", NULL, "abc" },
  { "[[:alpha:]]abc", NULL, "abc" },
  { "[]x]abc", NULL, "abc" },
  { "[^]x]abc", NULL, "abc" },
  { "a\xC3\xA4?bcd", NULL, "bcd" },
  { "^\xC3\xA4?", NULL, NULL },
  { "^", NULL, NULL },
  { "x(?=y)zz", NULL, "zz" },
  { "a{b", NULL, "b" },
};

static void
test_literals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (literal_cases); i++)
    {
      g_autofree char *prefix = NULL;
      g_autofree char *literal = NULL;

      g_test_message ("%s", literal_cases[i].pattern);
      lt_rule_find_literals (literal_cases[i].pattern, &prefix, &literal);
      g_assert_cmpstr (prefix, ==, literal_cases[i].prefix);
      g_assert_cmpstr (literal, ==, literal_cases[i].literal);
    }
}

static void
test_directories (void)
{
  g_autofree char *first = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *second = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  g_autofree char *a = g_build_filename (first, "a.conf", NULL);
  g_autofree char *b = g_build_filename (first, "b.conf", NULL);
  g_autofree char *other_a = g_build_filename (second, "a.conf", NULL);
  g_autofree char *other_0 = g_build_filename (second, "0.conf", NULL);
  g_autofree char *no_rules = g_build_filename (second, "b.txt", NULL);
  g_autofree char *absent = g_build_filename (second, "absent", NULL);
  const char *const folders[] = { first, absent, second, NULL };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (a, "[rule a]\nMatch=x\nType=x\n", -1, NULL);
  g_file_set_contents (b, "[rule b]\nMatch=x\nType=x\n", -1, NULL);
  g_file_set_contents (other_a, "", -1, NULL);
  g_file_set_contents (other_0, "[rule 0]\nMatch=x\nType=x\n", -1, NULL);
  g_file_set_contents (no_rules, "!", -1, NULL);
  lt_rule_set_load_directories (rules, folders, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lt_rule_set_get_length (rules), ==, 2);
  g_assert_cmpstr (lt_rule_set_get_rule (rules, 0)->name, ==, "0");
  g_assert_cmpstr (lt_rule_set_get_rule (rules, 1)->name, ==, "b");

  g_file_set_contents (other_a, "!", -1, NULL);
  g_assert_false (lt_rule_set_load_directories (rules, folders, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_true (g_str_has_prefix (error->message, other_a));
  g_clear_error (&error);
  g_assert_false (lt_rule_set_load (rules, absent, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);

  g_remove (a);
  g_remove (b);
  g_remove (other_a);
  g_remove (other_0);
  g_remove (no_rules);
  g_rmdir (first);
  g_rmdir (second);
}

/* The examples of the manual are rules. */
static void
test_manual (void)
{
  static const char fence[] = "```rules\n";
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "log-rules.md", NULL);
  g_autofree char *manual = NULL;
  guint n_examples = 0;

  g_assert_true (g_file_get_contents (path, &manual, NULL, NULL));
  for (const char *at = manual; (at = strstr (at, fence)) != NULL; n_examples++)
    {
      g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
      g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
      g_autoptr (GError) error = NULL;

      at += strlen (fence);
      lt_rule_set_load_text (rules, "example", at, (gsize) (strstr (at, "```") - at), &error);
      g_assert_no_error (error);
      if (n_examples == 0)
        g_assert_cmpstr (match (rules, "contentfilter",
                                "quarantined 4Rk8sX1Tnz3q for jane@example.org, score 12.5"),
                         ==, "quarantined");
    }
  g_assert_cmpuint (n_examples, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule-set/errors", test_errors);
  g_test_add_func ("/rule-set/pattern-place", test_pattern_place);
  g_test_add_func ("/rule-set/order-and-programs", test_order_and_programs);
  g_test_add_func ("/rule-set/exhausted", test_exhausted);
  g_test_add_func ("/rule-set/long-message", test_long_message);
  g_test_add_func ("/rule-set/literals", test_literals);
  g_test_add_func ("/rule-set/directories", test_directories);
  g_test_add_func ("/rule-set/manual", test_manual);
  return g_test_run ();
}
