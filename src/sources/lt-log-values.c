/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-values.h"

#include "core/lt-time.h"

#include <math.h>
#include <string.h>

/* Longest text that is tried as a number. */
#define NUMBER_BYTES 40

/* Items of a list that are told apart; the rest is one item. */
#define LIST_ITEMS 256

static gboolean
parse_integer (LtLogText text, gint64 *integer)
{
  char number[NUMBER_BYTES];

  if (text.length == 0 || text.length >= sizeof number)
    return FALSE;
  memcpy (number, text.text, text.length);
  number[text.length] = '\0';
  return g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, integer, NULL);
}

static gboolean
parse_number (LtLogText text, double *value)
{
  char number[NUMBER_BYTES];
  char *end;

  if (text.length == 0 || text.length >= sizeof number)
    return FALSE;
  memcpy (number, text.text, text.length);
  number[text.length] = '\0';
  /* Digits only: "nan", "inf" and hexadecimal are words in a log. */
  if (strspn (number, "+-.0123456789eE") != text.length)
    return FALSE;
  *value = g_ascii_strtod (number, &end);
  return *end == '\0' && isfinite (*value);
}

static gboolean
parse_boolean (LtLogText text, gboolean *boolean)
{
  static const struct
  {
    const char *word;
    gboolean boolean;
  } words[] = { { "true", TRUE }, { "false", FALSE }, { "yes", TRUE },
                { "no", FALSE },  { "on", TRUE },     { "off", FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i].word) == text.length
        && g_ascii_strncasecmp (words[i].word, text.text, text.length) == 0)
      {
        *boolean = words[i].boolean;
        return TRUE;
      }
  return FALSE;
}

/* A number of units, rounded to whole milliseconds or bytes. */
static gboolean
parse_scaled (LtLogText text, double factor, gint64 *whole)
{
  double number;

  if (!parse_number (text, &number))
    return FALSE;
  number = round (number * factor);
  if (!(fabs (number) < 9.0e18))
    return FALSE;
  *whole = (gint64) number;
  return TRUE;
}

static gboolean
add_text (LtEventBuilder *builder, LtLogText text, GError **error)
{
  return lt_event_builder_add_string (builder, text.text, (gssize) text.length, error);
}

static LtLogText
trim (LtLogText text)
{
  while (text.length > 0 && *text.text == ' ')
    {
      text.text++;
      text.length--;
    }
  while (text.length > 0 && text.text[text.length - 1] == ' ')
    text.length--;
  return text;
}

static gboolean
add_list (LtEventBuilder *builder, LtLogText text, GError **error)
{
  if (!lt_event_builder_begin_list (builder, error))
    return FALSE;
  for (guint i = 0; text.length > 0; i++)
    {
      const char *comma = i < LIST_ITEMS - 1 ? memchr (text.text, ',', text.length) : NULL;
      LtLogText item = { text.text, comma == NULL ? text.length : (gsize) (comma - text.text) };
      gsize used = item.length + (comma != NULL);

      if (!add_text (builder, trim (item), error))
        return FALSE;
      text.text += used;
      text.length -= used;
    }
  return lt_event_builder_end_list (builder, error);
}

/**
 * lt_log_value_add:
 * @builder: a builder whose key has been set
 * @kind: what the value is to be
 * @text: the value as the log has it
 * @error: where to put %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 *
 * Adds a value; a text that cannot be read as @kind is added as a string.
 *
 * Returns: %FALSE with @error set if the event cannot take it
 */
gboolean
lt_log_value_add (LtEventBuilder *builder, LtValueKind kind, LtLogText text, GError **error)
{
  gint64 integer;
  double number;
  gboolean boolean;

  switch (kind)
    {
    case LT_VALUE_INTEGER:
    case LT_VALUE_UNSIGNED:
      if (parse_integer (text, &integer))
        return lt_event_builder_add_integer (builder, integer, error);
      break;
    case LT_VALUE_DURATION:
      if (parse_integer (text, &integer) && integer >= 0)
        return lt_event_builder_add_integer (builder, integer, error);
      if (lt_duration_parse (text.text, text.length, &number) && number >= 0 && number < 9.0e18)
        return lt_event_builder_add_integer (builder, (gint64) round (number), error);
      break;
    case LT_VALUE_NUMBER:
      if (parse_number (text, &number))
        return lt_event_builder_add_number (builder, number, error);
      break;
    case LT_VALUE_BOOLEAN:
      if (parse_boolean (text, &boolean))
        return lt_event_builder_add_boolean (builder, boolean, error);
      break;
    case LT_VALUE_LIST:
      return add_list (builder, text, error);
    case LT_VALUE_NONE:
    case LT_VALUE_STRING:
    case LT_VALUE_IP:
    case LT_VALUE_TIME:
    case LT_VALUE_BYTES:
    case LT_VALUE_EVENT:
      break;
    }
  return add_text (builder, text, error);
}

/**
 * lt_log_value_add_reading:
 * @builder: a builder whose key has been set
 * @key: how a rule wants the text read
 * @text: the value as the log has it
 * @error: where to put %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 *
 * Adds a value; a text that cannot be read as the rule has it is added as a string.
 *
 * Returns: %FALSE with @error set if the event cannot take it
 */
gboolean
lt_log_value_add_reading (LtEventBuilder *builder, const LtRuleKey *key, LtLogText text,
                          GError **error)
{
  g_autofree char *lower = NULL;
  gint64 whole;

  switch (key->reading)
    {
    case LT_RULE_READING_KIND:
      return lt_log_value_add (builder, key->key->kind, text, error);
    case LT_RULE_READING_STRING:
      break;
    case LT_RULE_READING_LOWER:
      lower = g_utf8_strdown (text.text, (gssize) text.length);
      return lt_event_builder_add_string (builder, lower, -1, error);
    case LT_RULE_READING_INTEGER:
      return lt_log_value_add (builder, LT_VALUE_INTEGER, text, error);
    case LT_RULE_READING_NUMBER:
      return lt_log_value_add (builder, LT_VALUE_NUMBER, text, error);
    case LT_RULE_READING_BOOLEAN:
      return lt_log_value_add (builder, LT_VALUE_BOOLEAN, text, error);
    case LT_RULE_READING_LIST:
      return add_list (builder, text, error);
    case LT_RULE_READING_DURATION:
    case LT_RULE_READING_SIZE:
      if (parse_scaled (text, key->factor, &whole))
        return lt_event_builder_add_integer (builder, whole, error);
      break;
    }
  return add_text (builder, text, error);
}

/**
 * lt_log_facility_to_string:
 * @facility: a facility of syslog, or -1
 *
 * Returns: (transfer none) (nullable): its name, or %NULL if there is no such facility
 */
const char *
lt_log_facility_to_string (int facility)
{
  static const char *const names[]
      = { "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
          "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
          "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7" };

  return facility >= 0 && facility < (int) G_N_ELEMENTS (names) ? names[facility] : NULL;
}

/**
 * lt_log_severity_to_level:
 * @severity: a severity of syslog, 0 (emergency) to 7 (debug), or -1
 *
 * Returns: the level that fits it; info where it is not known
 */
LtLevel
lt_log_severity_to_level (int severity)
{
  if (severity < 0)
    return LT_LEVEL_INFO;
  if (severity <= 3)
    return LT_LEVEL_ERROR;
  if (severity == 4)
    return LT_LEVEL_WARN;
  return severity <= 6 ? LT_LEVEL_INFO : LT_LEVEL_DEBUG;
}

/**
 * lt_log_text_cut:
 * @text: valid UTF-8
 * @max_length: bytes it may have
 *
 * Returns: as much of the beginning of @text as fits, no character cut in two
 */
LtLogText
lt_log_text_cut (LtLogText text, gsize max_length)
{
  if (text.length <= max_length)
    return text;

  while (max_length > 0 && ((guchar) text.text[max_length] & 0xc0) == 0x80)
    max_length--;
  text.length = max_length;
  return text;
}

/**
 * lt_log_text_make_valid:
 * @bytes: (array length=length): what a log holds
 * @length: bytes of @bytes
 * @buffer: where to put the text if it has to be mended
 *
 * Replaces what is not UTF-8, and NUL, by U+FFFD.
 *
 * Returns: @bytes itself if it is good, else the content of @buffer
 */
LtLogText
lt_log_text_make_valid (const char *bytes, gsize length, GString *buffer)
{
  const char *end = bytes + length;

  if (g_utf8_validate_len (bytes, length, NULL))
    return (LtLogText){ bytes, length };

  g_string_truncate (buffer, 0);
  while (bytes < end)
    {
      const char *bad;

      g_utf8_validate_len (bytes, (gsize) (end - bytes), &bad);
      g_string_append_len (buffer, bytes, bad - bytes);
      bytes = bad;
      if (bytes < end)
        {
          g_string_append (buffer, "\357\277\275");
          bytes++;
        }
    }
  return (LtLogText){ buffer->str, buffer->len };
}
