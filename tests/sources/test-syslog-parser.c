/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-syslog-parser.h"

#include "core/lt-time.h"

#include <string.h>

/* 2026-11-22T06:35:06Z */
#define NOW_US (G_GINT64_CONSTANT (1795329306) * G_USEC_PER_SEC)

/* A line and what it holds; NULL is what is absent. */
typedef struct
{
  const char *text;
  const char *created_at; /* RFC 3339 in UTC */
  const char *hostname;
  const char *program;
  const char *pid;
  const char *message;
  int facility;
  int severity;
} Case;

static const Case cases[] = {
  /* As rsyslog and Postfix write it to files. */
  { "Nov 22 06:35:06 mail postfix/smtpd[1234]: connect from a[192.0.2.1]",
    "2026-11-22T06:35:06.000000Z", "mail", "postfix/smtpd", "1234", "connect from a[192.0.2.1]", -1,
    -1 },
  { "Nov  2 16:05:06 mail cron: x", "2026-11-02T16:05:06.000000Z", "mail", "cron", NULL, "x", -1,
    -1 },
  { "Nov 02 16:05:06 mail cron: x", "2026-11-02T16:05:06.000000Z", "mail", "cron", NULL, "x", -1,
    -1 },
  { "Nov 22 06:35:06.25 mail cron: x", "2026-11-22T06:35:06.250000Z", "mail", "cron", NULL, "x", -1,
    -1 },
  { "2026-11-22T06:35:06.041377+01:00 mail.example.net postfix/qmgr[77]: 3F2A1: removed",
    "2026-11-22T05:35:06.041377Z", "mail.example.net", "postfix/qmgr", "77", "3F2A1: removed", -1,
    -1 },
  { "2026-11-22T06:35:06Z mail kernel: [    0.0] x", "2026-11-22T06:35:06.000000Z", "mail",
    "kernel", NULL, "[    0.0] x", -1, -1 },

  /* The year is the one that puts the time behind now. */
  { "Nov 23 06:35:05 mail a: soon", "2026-11-23T06:35:05.000000Z", "mail", "a", NULL, "soon", -1,
    -1 },
  { "Dec 31 23:59:59 mail a: last year", "2025-12-31T23:59:59.000000Z", "mail", "a", NULL,
    "last year", -1, -1 },
  { "Feb 29 12:00:00 mail a: leap", "2024-02-29T12:00:00.000000Z", "mail", "a", NULL, "leap", -1,
    -1 },

  /* Through a socket. */
  { "<22>Nov 22 06:35:06 postfix/smtpd[1234]: connect", "2026-11-22T06:35:06.000000Z", NULL,
    "postfix/smtpd", "1234", "connect", 2, 6 },
  { "<13>Nov 22 06:35:06 mail user: hello", "2026-11-22T06:35:06.000000Z", "mail", "user", NULL,
    "hello", 1, 5 },
  { "<13>user[5]: hello", NULL, NULL, "user", "5", "hello", 1, 5 },
  { "<13>hello world", NULL, NULL, NULL, NULL, "hello world", 1, 5 },
  { "<0>x: y", NULL, NULL, "x", NULL, "y", 0, 0 },
  { "<191>x: y", NULL, NULL, "x", NULL, "y", 23, 7 },

  /* RFC 5424. */
  { "<165>1 2026-11-22T06:35:06.041377Z mail.example.net evntslog 12 ID47 - An event",
    "2026-11-22T06:35:06.041377Z", "mail.example.net", "evntslog", "12", "An event", 20, 5 },
  { "<165>1 - - - - - -", NULL, NULL, NULL, NULL, "", 20, 5 },
  { "<165>1 - - - - - - \xEF\xBB\xBFtext", NULL, NULL, NULL, NULL, "text", 20, 5 },
  { "<165>1 - host app - - [a@1 b=\"c\"] text", NULL, "host", "app", NULL, "text", 20, 5 },

  /* What is not understood stays in the message. */
  { "", NULL, NULL, NULL, NULL, "", -1, -1 },
  { "plain words", NULL, NULL, NULL, NULL, "plain words", -1, -1 },
  { "name: words without a time", NULL, NULL, NULL, NULL, "name: words without a time", -1, -1 },
  { "<192>x: y", NULL, NULL, NULL, NULL, "<192>x: y", -1, -1 },
  { "<>x: y", NULL, NULL, NULL, NULL, "<>x: y", -1, -1 },
  { "<1234>x: y", NULL, NULL, NULL, NULL, "<1234>x: y", -1, -1 },
  { "Nov 32 06:35:06 mail a: x", NULL, NULL, NULL, NULL, "Nov 32 06:35:06 mail a: x", -1, -1 },
  { "Nov 31 06:35:06 mail a: x", NULL, NULL, NULL, NULL, "Nov 31 06:35:06 mail a: x", -1, -1 },
  { "Nov 22 24:35:06 mail a: x", NULL, NULL, NULL, NULL, "Nov 22 24:35:06 mail a: x", -1, -1 },
  { "Nov 22 06:60:06 mail a: x", NULL, NULL, NULL, NULL, "Nov 22 06:60:06 mail a: x", -1, -1 },
  { "Nov 22 06:35:0", NULL, NULL, NULL, NULL, "Nov 22 06:35:0", -1, -1 },
  { "Nov 22 06:35:06", "2026-11-22T06:35:06.000000Z", NULL, NULL, NULL, "", -1, -1 },
  { "Nov 22 06:35:06 ", "2026-11-22T06:35:06.000000Z", NULL, NULL, NULL, "", -1, -1 },
  { "Nov 22 06:35:06 mail", "2026-11-22T06:35:06.000000Z", NULL, NULL, NULL, "mail", -1, -1 },
  { "Nov 22 06:35:06 mail -- MARK --", "2026-11-22T06:35:06.000000Z", "mail", NULL, NULL,
    "-- MARK --", -1, -1 },
  { "Nov 22 06:35:06 mail a[12: x", "2026-11-22T06:35:06.000000Z", "mail", NULL, NULL, "a[12: x",
    -1, -1 },
  { "<165>1 yesterday host app 1 - - x", NULL, NULL, NULL, NULL, "1 yesterday host app 1 - - x", 20,
    5 },
  { "<165>1 - host app - - [a@1 b=\"c text", NULL, "host", "app", NULL, "[a@1 b=\"c text", 20, 5 },
  { "<165>1 - host app - - [a@1 b=\"c\"]text", NULL, "host", "app", NULL, "[a@1 b=\"c\"]text", 20,
    5 },
  { "<165>1 - host app - - -text", NULL, "host", "app", NULL, "-text", 20, 5 },
};

static void
assert_text (LtLogText text, const char *expected)
{
  g_autofree char *found = text.text == NULL ? NULL : g_strndup (text.text, text.length);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_lines (void)
{
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  LtLogLine line;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char created_at[LT_TIME_FORMAT_SIZE];

      g_test_message ("%s", cases[i].text);
      lt_syslog_parser_parse (parser, cases[i].text, strlen (cases[i].text), NOW_US, &line);
      if (line.created_at_us == G_MININT64)
        g_assert_null (cases[i].created_at);
      else
        {
          lt_time_format (line.created_at_us, created_at);
          g_assert_cmpstr (created_at, ==, cases[i].created_at);
        }
      assert_text (line.hostname, cases[i].hostname);
      assert_text (line.program, cases[i].program);
      assert_text (line.pid, cases[i].pid);
      assert_text (line.message, cases[i].message);
      g_assert_cmpint (line.facility, ==, cases[i].facility);
      g_assert_cmpint (line.severity, ==, cases[i].severity);
      g_assert_cmpuint (line.repeats, ==, 1);
      g_assert_cmpuint (line.cut_bytes, ==, 0);
    }
}

static void
test_structured_data (void)
{
  static const char text[]
      = "<165>1 - - - - ID47 [one@1 a=\"b \\\"c\\\" \\\\ \\]\" d=\"\\x\"][two e=\"\"] x";
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  LtLogLine line;

  lt_syslog_parser_parse (parser, text, strlen (text), NOW_US, &line);
  g_assert_cmpuint (line.n_parameters, ==, 3);
  assert_text (line.parameters[0].element, "one@1");
  assert_text (line.parameters[0].name, "a");
  assert_text (line.parameters[0].value, "b \"c\" \\ ]");
  assert_text (line.parameters[1].name, "d");
  assert_text (line.parameters[1].value, "\\x");
  assert_text (line.parameters[2].element, "two");
  assert_text (line.parameters[2].name, "e");
  assert_text (line.parameters[2].value, "");
  assert_text (line.message_id, "ID47");
  assert_text (line.message, "x");
}

/* More parameters than are kept: the data stays in the message, nothing is lost. */
static void
test_too_many_parameters (void)
{
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  g_autoptr (GString) text = g_string_new ("<165>1 - - - - - [a");
  LtLogLine line;

  for (int i = 0; i <= LT_LOG_LINE_MAX_PARAMETERS; i++)
    g_string_append_printf (text, " p%d=\"%d\"", i, i);
  g_string_append (text, "] x");
  lt_syslog_parser_parse (parser, text->str, text->len, NOW_US, &line);
  g_assert_cmpuint (line.n_parameters, ==, 0);
  assert_text (line.message, strchr (text->str, '['));
}

static void
test_repeats (void)
{
  static const char text[] = "Nov 22 06:35:06 mail a[1]: message repeated 12 times: [ lost [x]]";
  static const char odd[] = "Nov 22 06:35:06 mail a[1]: message repeated x times: [ lost]";
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  LtLogLine line;

  lt_syslog_parser_parse (parser, text, strlen (text), NOW_US, &line);
  g_assert_cmpuint (line.repeats, ==, 12);
  assert_text (line.message, "lost [x]");
  lt_syslog_parser_parse (parser, odd, strlen (odd), NOW_US, &line);
  g_assert_cmpuint (line.repeats, ==, 1);
  assert_text (line.message, "message repeated x times: [ lost]");
}

/* The year that was right in December is not kept in January. */
static void
test_new_year (void)
{
  static const char text[] = "Dec 31 23:30:00 mail a: x";
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  gint64 december;
  gint64 january;
  gint64 expected;
  LtLogLine line;

  g_assert_true (lt_time_parse ("2026-12-31T23:30:00Z", 20, &expected));
  g_assert_true (lt_time_parse ("2026-12-31T23:30:01Z", 20, &december));
  g_assert_true (lt_time_parse ("2027-01-01T00:00:01Z", 20, &january));
  lt_syslog_parser_parse (parser, text, strlen (text), december, &line);
  g_assert_cmpint (line.created_at_us, ==, expected);
  lt_syslog_parser_parse (parser, text, strlen (text), january, &line);
  g_assert_cmpint (line.created_at_us, ==, expected);
}

int
main (int argc, char *argv[])
{
  /* Times of RFC 3164 are local. */
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/syslog-parser/lines", test_lines);
  g_test_add_func ("/syslog-parser/structured-data", test_structured_data);
  g_test_add_func ("/syslog-parser/too-many-parameters", test_too_many_parameters);
  g_test_add_func ("/syslog-parser/repeats", test_repeats);
  g_test_add_func ("/syslog-parser/new-year", test_new_year);
  return g_test_run ();
}
