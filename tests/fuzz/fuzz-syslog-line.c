/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-log-values.h"
#include "sources/lt-syslog-parser.h"

/* 2026-11-22T06:35:06Z */
#define NOW_US (G_GINT64_CONSTANT (1795329306) * G_USEC_PER_SEC)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is found lies in good text. */
static void
check (LtLogText text)
{
  if (text.text == NULL)
    g_assert_cmpuint (text.length, ==, 0);
  else
    g_assert_true (g_utf8_validate_len (text.text, text.length, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LtSyslogParser) parser = lt_syslog_parser_new ();
  GString *buffer = g_string_new (NULL);
  LtLogText text = lt_log_text_make_valid ((const char *) data, size, buffer);
  /* Exactly as long as it is, so that reading past its end is found. */
  char *copy = g_memdup2 (text.length > 0 ? text.text : "", MAX (text.length, 1));
  LtLogLine line;

  lt_syslog_parser_parse (parser, copy, text.length, NOW_US, &line);
  check (line.hostname);
  check (line.program);
  check (line.pid);
  check (line.message_id);
  check (line.message);
  g_assert_nonnull (line.message.text);
  g_assert_cmpint (line.severity, <=, 7);
  g_assert_cmpint (line.facility, <=, 23);
  g_assert_cmpuint (line.repeats, >=, 1);
  g_assert_cmpuint (line.n_parameters, <=, LT_LOG_LINE_MAX_PARAMETERS);
  for (guint i = 0; i < line.n_parameters; i++)
    {
      check (line.parameters[i].element);
      check (line.parameters[i].name);
      check (line.parameters[i].value);
    }
  g_free (copy);
  g_string_free (buffer, TRUE);
  return 0;
}
