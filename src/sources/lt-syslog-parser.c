/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-syslog-parser.h"

#include "core/lt-time.h"

#include <string.h>
#include <time.h>

/* A time further ahead than this is taken to be last year's. */
#define FUTURE_LIMIT_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

/* Bytes of "Nov 22 06": what decides the hour. */
#define HOUR_BYTES 9

struct _LtSyslogParser
{
  GString *unescaped;        /* (owned): values of structured data that had escapes */
  char hour[HOUR_BYTES + 1]; /* the hour whose start is in @hour_us, "" for none */
  gint64 hour_us;            /* microseconds since the epoch */
  gint64 hour_valid_until;   /* the time up to which the year guessed for @hour stays right */
};

/* What is still to be read. */
typedef struct
{
  const char *at;
  const char *end;
} Cursor;

static gsize
cursor_left (const Cursor *cursor)
{
  return (gsize) (cursor->end - cursor->at);
}

static gboolean
cursor_take (Cursor *cursor, char byte)
{
  if (cursor->at == cursor->end || *cursor->at != byte)
    return FALSE;

  cursor->at++;
  return TRUE;
}

/* The bytes up to the next space or the end; the cursor then stands on that space. */
static LtLogText
cursor_take_word (Cursor *cursor)
{
  LtLogText word = { cursor->at, 0 };

  while (cursor->at < cursor->end && *cursor->at != ' ')
    cursor->at++;
  word.length = (gsize) (cursor->at - word.text);
  return word;
}

/* One or two digits with an optional leading space, such as a day. */
static int
two_digits (const char *text)
{
  if (!g_ascii_isdigit (text[1]))
    return -1;
  if (text[0] == ' ')
    return text[1] - '0';
  if (!g_ascii_isdigit (text[0]))
    return -1;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

static int
parse_month (const char *text)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

  for (int i = 0; i < 12; i++)
    if (memcmp (text, months + i * 3, 3) == 0)
      return i;
  return -1;
}

/* The start of an hour in local time, of the year that puts it nearest before @now_us. */
static gboolean
parse_hour (LtSyslogParser *self, const char *text, gint64 now_us, gint64 *hour_us)
{
  time_t now = (time_t) (now_us / G_USEC_PER_SEC);
  struct tm local;
  int month = parse_month (text);
  int day = two_digits (text + 4);
  int hour = two_digits (text + 7);
  int this_year;

  if (memcmp (self->hour, text, HOUR_BYTES) == 0 && now_us < self->hour_valid_until)
    {
      *hour_us = self->hour_us;
      return TRUE;
    }
  if (month < 0 || day < 1 || day > 31 || hour < 0 || hour > 23 || text[3] != ' ' || text[6] != ' ')
    return FALSE;
  if (localtime_r (&now, &local) == NULL)
    return FALSE;

  /* The 29th of February may lie some years back; other days at most one. */
  this_year = local.tm_year;
  for (int year = this_year + 1; year >= this_year - 8; year--)
    {
      struct tm candidate
          = { .tm_year = year, .tm_mon = month, .tm_mday = day, .tm_hour = hour, .tm_isdst = -1 };
      gint64 seconds = mktime (&candidate);

      if (candidate.tm_mon != month || candidate.tm_mday != day)
        continue;
      if (seconds * G_USEC_PER_SEC > now_us + FUTURE_LIMIT_US)
        continue;

      memcpy (self->hour, text, HOUR_BYTES);
      self->hour_us = seconds * G_USEC_PER_SEC;
      self->hour_valid_until = now_us + G_TIME_SPAN_HOUR;
      *hour_us = self->hour_us;
      return TRUE;
    }
  return FALSE;
}

/* "Nov 22 06:35:06", with a fraction of a second if there is one. */
static gboolean
parse_traditional_time (LtSyslogParser *self, Cursor *cursor, gint64 now_us, gint64 *time_us)
{
  const char *text = cursor->at;
  gsize used = 15;
  gint64 hour_us;
  gint64 fraction_us = 0;
  int minute;
  int second;

  if (cursor_left (cursor) < used || text[9] != ':' || text[12] != ':')
    return FALSE;
  minute = two_digits (text + 10);
  second = two_digits (text + 13);
  if (minute < 0 || minute > 59 || second < 0 || second > 60 || text[10] == ' ' || text[13] == ' ')
    return FALSE;
  if (!parse_hour (self, text, now_us, &hour_us))
    return FALSE;

  if (cursor_left (cursor) > used + 1 && text[used] == '.' && g_ascii_isdigit (text[used + 1]))
    {
      gint64 unit = 100000;

      for (used++; used < cursor_left (cursor) && g_ascii_isdigit (text[used]); used++)
        {
          fraction_us += unit * (text[used] - '0');
          unit /= 10;
        }
    }
  if (used < cursor_left (cursor) && text[used] != ' ')
    return FALSE;

  cursor->at += used;
  *time_us = hour_us + (minute * 60 + second) * (gint64) G_USEC_PER_SEC + fraction_us;
  return TRUE;
}

/* An RFC 3339 time up to the next space. */
static gboolean
parse_iso_time (Cursor *cursor, gint64 *time_us)
{
  Cursor ahead = *cursor;
  LtLogText word = cursor_take_word (&ahead);

  if (word.length < 20 || !g_ascii_isdigit (word.text[0]) || word.text[4] != '-')
    return FALSE;
  if (!lt_time_parse (word.text, word.length, time_us))
    return FALSE;

  *cursor = ahead;
  return TRUE;
}

/* "<22>": facility and severity. */
static gboolean
parse_priority (Cursor *cursor, LtLogLine *line)
{
  Cursor ahead = *cursor;
  int priority = 0;
  guint digits = 0;

  if (!cursor_take (&ahead, '<'))
    return FALSE;
  for (; digits < 3 && ahead.at < ahead.end && g_ascii_isdigit (*ahead.at); digits++)
    priority = priority * 10 + (*ahead.at++ - '0');
  if (digits == 0 || priority > 191 || !cursor_take (&ahead, '>'))
    return FALSE;

  line->facility = priority / 8;
  line->severity = priority % 8;
  *cursor = ahead;
  return TRUE;
}

/* "postfix/smtpd[1234]: ": program and process. Nothing is taken where there is none. */
static void
parse_tag (Cursor *cursor, LtLogLine *line)
{
  Cursor ahead = *cursor;
  LtLogText program = { ahead.at, 0 };
  LtLogText pid = { NULL, 0 };

  while (ahead.at < ahead.end && *ahead.at != '[' && *ahead.at != ':' && *ahead.at != ' ')
    ahead.at++;
  program.length = (gsize) (ahead.at - program.text);
  if (program.length == 0 || program.length > 128)
    return;

  if (cursor_take (&ahead, '['))
    {
      pid.text = ahead.at;
      while (ahead.at < ahead.end && *ahead.at != ']' && *ahead.at != ' ')
        ahead.at++;
      pid.length = (gsize) (ahead.at - pid.text);
      if (!cursor_take (&ahead, ']'))
        return;
    }
  if (!cursor_take (&ahead, ':') && pid.text == NULL)
    return;
  if (ahead.at < ahead.end && *ahead.at != ' ')
    return;

  cursor_take (&ahead, ' ');
  line->program = program;
  if (pid.length > 0)
    line->pid = pid;
  *cursor = ahead;
}

/* Whether a word is a tag ("sshd[12]:", "kernel:") rather than the name of a host. */
static gboolean
word_is_tag (LtLogText word)
{
  if (word.length == 0)
    return FALSE;
  return word.text[word.length - 1] == ':' || memchr (word.text, '[', word.length) != NULL;
}

/* "message repeated 3 times: [ text]", as rsyslog puts it. */
static void
unwrap_repeats (LtLogLine *line)
{
  static const char before[] = "message repeated ";
  static const char after[] = " times: [";
  const char *text = line->message.text;
  const char *end = text + line->message.length;
  guint64 repeats = 0;

  if (line->message.length < sizeof before + sizeof after
      || memcmp (text, before, sizeof before - 1) != 0 || end[-1] != ']')
    return;

  text += sizeof before - 1;
  for (; text < end && g_ascii_isdigit (*text) && repeats < 1000000; text++)
    repeats = repeats * 10 + (guint64) (*text - '0');
  if (repeats == 0 || (gsize) (end - text) < sizeof after
      || memcmp (text, after, sizeof after - 1) != 0)
    return;

  text += sizeof after - 1;
  if (*text == ' ')
    text++;
  line->repeats = (guint) repeats;
  line->message = (LtLogText){ text, (gsize) (end - 1 - text) };
}

static void
parse_rfc3164 (LtSyslogParser *self, Cursor *cursor, gint64 now_us, LtLogLine *line)
{
  gboolean has_priority = line->severity >= 0;
  gboolean has_time = parse_traditional_time (self, cursor, now_us, &line->created_at_us)
                      || parse_iso_time (cursor, &line->created_at_us);

  if (has_time)
    {
      Cursor ahead;
      LtLogText word;

      cursor_take (cursor, ' ');
      ahead = *cursor;
      word = cursor_take_word (&ahead);
      if (word.length > 0 && word.length <= 255 && !word_is_tag (word) && cursor_take (&ahead, ' '))
        {
          line->hostname = word;
          *cursor = ahead;
        }
    }
  if (has_time || has_priority)
    parse_tag (cursor, line);
  line->message = (LtLogText){ cursor->at, cursor_left (cursor) };
  unwrap_repeats (line);
}

/* The next word of an RFC 5424 header; "-" is absent. */
static gboolean
parse_header_word (Cursor *cursor, gsize max_length, LtLogText *word)
{
  LtLogText found = cursor_take_word (cursor);

  if (found.length == 0 || found.length > max_length || !cursor_take (cursor, ' '))
    return FALSE;

  if (found.length == 1 && found.text[0] == '-')
    found = (LtLogText){ NULL, 0 };
  *word = found;
  return TRUE;
}

/* `"value"` with its escapes; what had some is copied without them. */
static gboolean
parse_parameter_value (LtSyslogParser *self, Cursor *cursor, LtLogText *value)
{
  gsize offset = self->unescaped->len;
  const char *start;
  gboolean escaped = FALSE;

  if (!cursor_take (cursor, '"'))
    return FALSE;
  start = cursor->at;
  while (cursor->at < cursor->end && *cursor->at != '"')
    {
      if (*cursor->at == '\\' && cursor_left (cursor) > 1
          && strchr ("\"\\]", cursor->at[1]) != NULL)
        {
          if (!escaped)
            g_string_append_len (self->unescaped, start, cursor->at - start);
          escaped = TRUE;
          cursor->at++;
        }
      if (escaped)
        g_string_append_c (self->unescaped, *cursor->at);
      cursor->at++;
    }
  *value = (LtLogText){ start, (gsize) (cursor->at - start) };
  if (escaped)
    *value = (LtLogText){ self->unescaped->str + offset, self->unescaped->len - offset };
  return cursor_take (cursor, '"');
}

/* `[id name="value" …]` */
static gboolean
parse_element (LtSyslogParser *self, Cursor *cursor, LtLogLine *line)
{
  LtLogText element = { NULL, 0 };

  if (!cursor_take (cursor, '['))
    return FALSE;
  element.text = cursor->at;
  while (cursor->at < cursor->end && *cursor->at != ' ' && *cursor->at != ']' && *cursor->at != '='
         && *cursor->at != '"')
    cursor->at++;
  element.length = (gsize) (cursor->at - element.text);
  if (element.length == 0)
    return FALSE;

  while (cursor_take (cursor, ' '))
    {
      LtLogParameter *parameter = &line->parameters[line->n_parameters];
      LtLogText name = { cursor->at, 0 };

      if (line->n_parameters == LT_LOG_LINE_MAX_PARAMETERS)
        return FALSE;
      while (cursor->at < cursor->end && *cursor->at != '=' && *cursor->at != ' '
             && *cursor->at != ']' && *cursor->at != '"')
        cursor->at++;
      name.length = (gsize) (cursor->at - name.text);
      if (name.length == 0 || !cursor_take (cursor, '='))
        return FALSE;
      *parameter = (LtLogParameter){ .element = element, .name = name };
      if (!parse_parameter_value (self, cursor, &parameter->value))
        return FALSE;
      line->n_parameters++;
    }
  return cursor_take (cursor, ']');
}

/* Structured data that breaks the rules stays in the message, as it came. */
static void
parse_structured_data (LtSyslogParser *self, Cursor *cursor, LtLogLine *line)
{
  Cursor ahead = *cursor;

  if (cursor_take (&ahead, '-'))
    {
      if (cursor_left (&ahead) > 0 && !cursor_take (&ahead, ' '))
        return;
      *cursor = ahead;
      return;
    }

  /* Room for all, so that what points into it stays good. */
  g_string_set_size (self->unescaped, cursor_left (cursor));
  g_string_truncate (self->unescaped, 0);
  while (ahead.at < ahead.end && *ahead.at == '[')
    if (!parse_element (self, &ahead, line))
      {
        line->n_parameters = 0;
        return;
      }
  if (ahead.at == cursor->at || (cursor_left (&ahead) > 0 && !cursor_take (&ahead, ' ')))
    {
      line->n_parameters = 0;
      return;
    }
  *cursor = ahead;
}

static gboolean
parse_rfc5424 (LtSyslogParser *self, Cursor *cursor, LtLogLine *line)
{
  Cursor ahead = *cursor;
  LtLogLine found = *line;
  LtLogText time_text;

  if (!cursor_take (&ahead, '1') || !cursor_take (&ahead, ' '))
    return FALSE;
  if (!parse_header_word (&ahead, 64, &time_text))
    return FALSE;
  if (time_text.text != NULL
      && !lt_time_parse (time_text.text, time_text.length, &found.created_at_us))
    return FALSE;
  if (!parse_header_word (&ahead, 255, &found.hostname)
      || !parse_header_word (&ahead, 128, &found.program)
      || !parse_header_word (&ahead, 128, &found.pid)
      || !parse_header_word (&ahead, 128, &found.message_id))
    return FALSE;

  parse_structured_data (self, &ahead, &found);
  if (cursor_left (&ahead) >= 3 && memcmp (ahead.at, "\357\273\277", 3) == 0)
    ahead.at += 3;
  found.message = (LtLogText){ ahead.at, cursor_left (&ahead) };
  *line = found;
  return TRUE;
}

/**
 * lt_syslog_parser_new:
 *
 * Returns: (transfer full): a parser; free it with lt_syslog_parser_free()
 */
LtSyslogParser *
lt_syslog_parser_new (void)
{
  LtSyslogParser *self = g_new0 (LtSyslogParser, 1);

  self->unescaped = g_string_new (NULL);
  return self;
}

/**
 * lt_syslog_parser_free:
 * @self: (transfer full) (nullable): a parser
 */
void
lt_syslog_parser_free (LtSyslogParser *self)
{
  if (self == NULL)
    return;

  g_string_free (self->unescaped, TRUE);
  g_free (self);
}

/**
 * lt_syslog_parser_parse:
 * @self: a parser
 * @text: (array length=length): one line without its newline; valid UTF-8 without NUL
 * @length: bytes of @text
 * @now_us: the time now, microseconds since the epoch: it decides the year of a time without one
 * @line: (out caller-allocates): what was found; points into @text and @self, and is good until
 *   the next call
 *
 * Takes a line apart. A time of RFC 3164 is in the local zone; its year is the one that puts it
 * no more than a day ahead of @now_us.
 */
void
lt_syslog_parser_parse (LtSyslogParser *self, const char *text, gsize length, gint64 now_us,
                        LtLogLine *line)
{
  Cursor cursor = { text, text + length };

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);
  g_return_if_fail (line != NULL);

  line->created_at_us = G_MININT64;
  line->facility = -1;
  line->severity = -1;
  line->hostname = line->program = line->pid = line->message_id = (LtLogText){ NULL, 0 };
  line->n_parameters = 0;
  line->repeats = 1;
  line->cut_bytes = 0;

  if (parse_priority (&cursor, line) && parse_rfc5424 (self, &cursor, line))
    return;

  parse_rfc3164 (self, &cursor, now_us, line);
}
