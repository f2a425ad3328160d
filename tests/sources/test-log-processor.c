/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log-fixture.h"

#include <string.h>

#define SPANS                                                                                      \
  "[span outer]\nIdentity={hostname} {pid}\nId=outer-{pid}\n"                                      \
  "[span inner]\nIdentity={hostname} {id}\nId={id}\nParent=outer\n"

/* A rule's entries, a message, and the value that a key then has. */
static const struct
{
  const char *match;
  const char *keys;
  const char *message;
  const char *key;
  const char *value;
} value_cases[] = {
  { "(?<a>.*)", "a", "x \"y\"", "a", "\"x \\\"y\\\"\"" },
  { "(?<a>.*)", "remoteIp=a", "192.0.2.1", "remoteIp", "\"192.0.2.1\"" },
  { "(?<a>.*)", "size=a", "12", "size", "12" },
  { "(?<a>.*)", "size=a", "12x", "size", "\"12x\"" },
  { "(?<a>.*)", "size=a", "99999999999999999999", "size", "\"99999999999999999999\"" },
  { "(?<a>.*)", "elapsed=a", "1500", "elapsed", "1500" },
  { "(?<a>.*)", "elapsed=a", "1.5s", "elapsed", "1500" },
  { "(?<a>.*)", "elapsed=a:s", "0.0216", "elapsed", "22" },
  { "(?<a>.*)", "elapsed=a:m", "2", "elapsed", "120000" },
  { "(?<a>.*)", "elapsed=a:us", "2600", "elapsed", "3" },
  { "(?<a>.*)", "elapsed=a:s", "soon", "elapsed", "\"soon\"" },
  { "(?<a>.*)", "elapsed=a:s", "nan", "elapsed", "\"nan\"" },
  { "(?<a>.*)", "elapsed=a:d", "1e300", "elapsed", "\"1e300\"" },
  { "(?<a>.*)", "size=a:KiB", "1.5", "size", "1536" },
  { "(?<a>.*)", "size=a:MB", "2", "size", "2000000" },
  { "(?<a>.*)", "a:integer", "-7", "a", "-7" },
  { "(?<a>.*)", "a:number", "2.5", "a", "2.5" },
  { "(?<a>.*)", "a:number", "0x10", "a", "\"0x10\"" },
  { "(?<a>.*)", "a:boolean", "Yes", "a", "true" },
  { "(?<a>.*)", "a:boolean", "perhaps", "a", "\"perhaps\"" },
  { "(?<a>.*)", "a:lower", "J\xC3\x84NE", "a", "\"j\xC3\xA4ne\"" },
  { "(?<a>.*)", "a:list", "x, y,,z", "a", "[\"x\",\"y\",\"\",\"z\"]" },
  { "(?<a>.*)", "size=a:string", "12", "size", "\"12\"" },
  { "(?<a>x)?(?<b>.*)", "a;b", "y", "a", NULL },
  { "<(?<a>.*)>", "a", "<>", "a", "\"\"" },
  { "x", "a=message", "x", "a", "\"x\"" },
  { "x", "a=program-first", "x", "a", "\"one\"" },
  { "x", "a=program-middle", "x", "a", "\"two/three\"" },
  { "x", "a=program-last", "x", "a", "\"four\"" },
  { "x", "hostname=pid", "x", "hostname", "\"12\"" },
};

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (value_cases); i++)
    {
      g_autofree char *rules = g_strdup_printf ("[rule r]\nMatch=%s\nType=x\nKeys=%s\n",
                                                value_cases[i].match, value_cases[i].keys);
      g_autofree char *line = g_strdup_printf ("Nov 22 06:35:06 host one/two/three/four[12]: %s\n",
                                               value_cases[i].message);
      g_autofree char *value = NULL;
      LogFixture fixture;

      g_test_message ("%s %s", value_cases[i].keys, value_cases[i].message);
      log_fixture_init (&fixture, rules);
      log_fixture_feed (&fixture, line);
      g_assert_cmpstr (log_fixture_peek (&fixture, 1)->type->name, ==, "x");
      value = log_fixture_dup_value (&fixture, 1, value_cases[i].key);
      g_assert_cmpstr (value, ==, value_cases[i].value);
      log_fixture_clear (&fixture);
    }
}

static void
test_text (void)
{
  static const char rules[] = "[type own.type]\nLevel=warn\nText=Own {text}\n"
                              "[rule one]\nMatch=^one (?<a>.*)$\nType=own.type\n"
                              "[rule two]\nMatch=^two (?<a>.*)$\nType=own.type\nLevel=error\n"
                              "Text={{{a}}} on {hostname}\nDetails=\n"
                              "[rule three]\nMatch=^three (?<a>.*)$\nType=x.some-thing\nText={a}\n"
                              "Details={a} {pid}\n";
  LogFixture fixture;
  LtEvent *event;

  log_fixture_init (&fixture, rules);
  log_fixture_feed (&fixture, "Nov 22 06:35:06 host p[1]: one 1\n"
                              "Nov 22 06:35:06 host p[1]: two 2\n"
                              "Nov 22 06:35:06 host p[1]: three \n");
  event = log_fixture_peek (&fixture, 1);
  g_assert_cmpstr (event->text, ==, "Own {text}");
  g_assert_cmpstr (event->details, ==, "one 1");
  g_assert_cmpint (event->level, ==, LT_LEVEL_WARN);
  event = log_fixture_peek (&fixture, 2);
  g_assert_cmpstr (event->text, ==, "{2} on host");
  g_assert_null (event->details);
  g_assert_cmpint (event->level, ==, LT_LEVEL_ERROR);
  event = log_fixture_peek (&fixture, 3);
  g_assert_cmpstr (event->text, ==, event->type->text);
  g_assert_cmpstr (event->details, ==, " 1");
  log_fixture_clear (&fixture);
}

static void
test_pairs (void)
{
  static const char rules[] = "[rule one]\nMatch=^one (?<a>.*)$\nType=x\nPairs=a count\nKeys=a\n"
                              "[rule two]\nMatch=^two (?<a>.*)$\nType=x\nPairs=a\n";
  static const struct
  {
    guint64 number;
    const char *key;
    const char *value;
  } expected[] = {
    { 1, "countRcpt", "2" },
    { 1, "countRcptTotal", "3" },
    { 1, "countQuit", "1" },
    { 1, "countBad", NULL },
    { 1, "countWord", "\"x/y\"" },
    { 2, "size", "5" },
    { 2, "remoteIp", "\"192.0.2.1\"" },
    { 2, "program", "\"mine\"" },
    { 2, "b", "\"\"" },
  };
  LogFixture fixture;

  log_fixture_init (&fixture, rules);
  log_fixture_feed (
      &fixture, "Nov 22 06:35:06 host p[1]: one rcpt=2/3 quit=1 bad word=x/y quit=2 !=3\n"
                "Nov 22 06:35:06 host p[1]: two size=5, remote_ip=192.0.2.1;program=mine b= =c\n");
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *value
          = log_fixture_dup_value (&fixture, expected[i].number, expected[i].key);

      g_assert_cmpstr (value, ==, expected[i].value);
    }
  log_fixture_clear (&fixture);
}

static void
test_spans (void)
{
  static const char rules[]
      = SPANS "[rule open]\nMatch=^open$\nType=x\nSpan=outer\nRole=start\n"
              "[rule close]\nMatch=^close$\nType=x\nSpan=outer\nRole=end\n"
              "[rule begin]\nMatch=^begin (?<id>\\w+)$\nType=x\nSpan=inner\nRole=start\n"
              "[rule say]\nMatch=^say(?: (?<id>\\w+))?$\nType=x\nSpan=inner;outer?\n"
              "[rule end]\nMatch=^end (?<id>\\w+)$\nType=x\nSpan=inner\nRole=end\n";
  static const char lines[] = "Nov 22 06:35:06 host p[1]: say\n"      /* 1: none is open */
                              "Nov 22 06:35:06 host p[1]: open\n"     /* 2 */
                              "Nov 22 06:35:06 host p[1]: say\n"      /* 3 */
                              "Nov 22 06:35:06 host p[1]: begin A\n"  /* 4 */
                              "Nov 22 06:35:06 host q[2]: say A\n"    /* 5 */
                              "Nov 22 06:35:06 other p[1]: say A\n"   /* 6: another host's */
                              "Nov 22 06:35:06 host p[1]: close\n"    /* 7 */
                              "Nov 22 06:35:06 host p[1]: open\n"     /* 8: the number again */
                              "Nov 22 06:35:06 host q[2]: end A\n"    /* 9 */
                              "Nov 22 06:35:06 host q[2]: say A\n"    /* 10: anew */
                              "Nov 22 06:35:06 host p[1]: begin A\n"  /* 11: anew again */
                              "Nov 22 06:35:06 host p[1]: begin B\n"; /* 12 */
  const char *ids[13] = { NULL };
  const char *parents[13] = { NULL };
  LogFixture fixture;

  log_fixture_init (&fixture, rules);
  log_fixture_feed (&fixture, lines);
  for (guint i = 1; i < G_N_ELEMENTS (ids); i++)
    {
      ids[i] = log_fixture_peek (&fixture, i)->span_id;
      parents[i] = log_fixture_peek (&fixture, i)->parent_span_id;
    }

  g_assert_null (ids[1]);
  g_assert_true (g_str_has_prefix (ids[2], "outer-1-"));
  g_assert_cmpstr (ids[3], ==, ids[2]);
  g_assert_true (g_str_has_prefix (ids[4], "A-"));
  g_assert_cmpstr (parents[4], ==, ids[2]);
  g_assert_cmpstr (ids[5], ==, ids[4]);
  g_assert_null (parents[5]);
  g_assert_cmpstr (ids[6], !=, ids[4]);
  g_assert_null (parents[6]);
  g_assert_cmpstr (ids[7], ==, ids[2]);
  g_assert_true (g_str_has_prefix (ids[8], "outer-1-"));
  g_assert_cmpstr (ids[8], !=, ids[2]);
  g_assert_cmpstr (ids[9], ==, ids[4]);
  g_assert_cmpstr (ids[10], !=, ids[4]);
  g_assert_cmpstr (ids[11], !=, ids[10]);
  g_assert_cmpstr (parents[11], ==, ids[8]);
  g_assert_cmpstr (parents[12], ==, ids[8]);
  g_assert_cmpint (log_fixture_peek (&fixture, 2)->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpint (log_fixture_peek (&fixture, 5)->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpint (log_fixture_peek (&fixture, 7)->role, ==, LT_SPAN_ROLE_END);
  log_fixture_clear (&fixture);
}

static void
test_plain (void)
{
  g_autofree char *repeats = NULL;
  LtLogCounts counts;
  LogFixture fixture;
  LtEvent *event;

  log_fixture_init (&fixture, "[rule r]\nMatch=^known$\nType=x\n");
  log_fixture_feed (&fixture, "no syslog at all\n"
                              "<27>Nov 22 06:35:06 p[1]: bad\n"
                              "<28>Nov 22 06:35:06 p[1]: so so\n"
                              "<31>Nov 22 06:35:06 p[1]: chatter\n"
                              "Nov 22 06:35:06 host p[1]: message repeated 3 times: [ x]\n"
                              "Nov 22 06:35:06 host p[1]: \n"
                              "known\n");
  event = log_fixture_peek (&fixture, 1);
  g_assert_cmpstr (event->type->name, ==, "log.line");
  g_assert_cmpstr (event->text, ==, "no syslog at all");
  g_assert_null (event->details);
  g_assert_cmpint (event->level, ==, LT_LEVEL_INFO);
  g_assert_cmpint (ABS (event->created_at_us - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (log_fixture_peek (&fixture, 2)->level, ==, LT_LEVEL_ERROR);
  g_assert_cmpint (log_fixture_peek (&fixture, 3)->level, ==, LT_LEVEL_WARN);
  g_assert_cmpint (log_fixture_peek (&fixture, 4)->level, ==, LT_LEVEL_DEBUG);
  repeats = log_fixture_dup_value (&fixture, 5, "repeats");
  g_assert_cmpstr (repeats, ==, "3");
  g_assert_cmpstr (log_fixture_peek (&fixture, 5)->text, ==, "x");
  lt_log_processor_get_counts (fixture.processor, &counts);
  g_assert_cmpuint (counts.lines, ==, 7);
  g_assert_cmpuint (counts.events, ==, 7);
  g_assert_cmpuint (counts.unmatched, ==, 6);
  log_fixture_clear (&fixture);
}

/* A rule given up counts for the source whose line it was, whoever else has the rules. */
static void
test_exhausted (void)
{
  g_autofree char *many = g_strnfill (200, 'x');
  g_autofree char *line = g_strconcat ("<27>Nov 22 06:35:06 p[1]: ", many, "zy\n", NULL);
  LtLogProcessor *other;
  LtLogCounts counts;
  LogFixture fixture;

  log_fixture_init (&fixture, "[rule r]\nMatch=(?<a>(?:x+x+)+)y\nType=x\n");
  other = lt_log_processor_new (fixture.hub, fixture.rules, NULL);
  log_fixture_feed (&fixture, line);
  lt_log_processor_get_counts (fixture.processor, &counts);
  g_assert_cmpuint (counts.exhausted, ==, 1);
  g_assert_cmpuint (counts.unmatched, ==, 1);
  lt_log_processor_get_counts (other, &counts);
  g_assert_cmpuint (counts.exhausted, ==, 0);
  lt_log_processor_process (other, "short", 5, 0, "host");
  lt_log_processor_get_counts (other, &counts);
  g_assert_cmpuint (counts.exhausted, ==, 0);
  lt_log_processor_free (other);
  log_fixture_clear (&fixture);
}

/* However small the limits are, a line is an event. */
static void
test_small_limits (void)
{
  const LtEventLimits limits = { .max_bytes = 1024, .max_keys = 2, .max_nesting = 1 };
  static const char rules[] = "[rule r]\nMatch=^(?<a>.)(?<b>.)(?<c>.)(?<d>.*)$\nType=x\n"
                              "Keys=a;b;c;d\nText={d}\nDetails={d}{d}\n";
  g_autofree char *text = g_strnfill (5000, 'x');
  LogFixture fixture;
  LtEvent *event;

  log_fixture_init (&fixture, rules);
  lt_log_processor_free (fixture.processor);
  fixture.processor = lt_log_processor_new (fixture.hub, fixture.rules, &limits);
  lt_log_processor_process (fixture.processor, text, strlen (text), 0, "host");
  event = log_fixture_peek (&fixture, 1);
  g_assert_cmpstr (event->type->name, ==, "log.line");
  g_assert_cmpuint (event->text_length, ==, 512);
  g_assert_cmpstr (event->details, ==, "4488 bytes of the line were cut");
  log_fixture_clear (&fixture);
}

static void
test_new_rules (void)
{
  static const char other[] = "[rule r]\nMatch=.\nType=other\n";
  g_autoptr (LtRuleSet) rules = NULL;
  LogFixture fixture;

  log_fixture_init (&fixture, "[rule r]\nMatch=.\nType=one\n");
  log_fixture_feed (&fixture, "a\n");
  rules = lt_rule_set_new (fixture.catalogue);
  g_assert_true (lt_rule_set_load_text (rules, "other.conf", other, strlen (other), NULL));
  lt_log_processor_set_rules (fixture.processor, rules);
  log_fixture_feed (&fixture, "b\n");
  g_assert_cmpstr (log_fixture_peek (&fixture, 1)->type->name, ==, "one");
  g_assert_cmpstr (log_fixture_peek (&fixture, 2)->type->name, ==, "other");
  g_clear_pointer (&rules, lt_rule_set_unref);
  log_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-processor/values", test_values);
  g_test_add_func ("/log-processor/text", test_text);
  g_test_add_func ("/log-processor/pairs", test_pairs);
  g_test_add_func ("/log-processor/spans", test_spans);
  g_test_add_func ("/log-processor/plain", test_plain);
  g_test_add_func ("/log-processor/exhausted", test_exhausted);
  g_test_add_func ("/log-processor/small-limits", test_small_limits);
  g_test_add_func ("/log-processor/new-rules", test_new_rules);
  return g_test_run ();
}
