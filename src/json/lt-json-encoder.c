/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-encoder.h"

#include "core/lt-time.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ONES  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGHS G_GUINT64_CONSTANT (0x8080808080808080)

/* Digits of the longest 64-bit integer, with its sign. */
#define INTEGER_SIZE 20

/* Integers up to here are exact as doubles. */
#define EXACT_INTEGER 9007199254740992.0

/* Makes room for @size bytes and a NUL and returns where they go. */
static inline char *
reserve (GString *out, gsize size)
{
  if (G_UNLIKELY (out->allocated_len - out->len <= size))
    {
      gsize length = out->len;

      g_string_set_size (out, length + size);
      out->len = length;
    }

  return out->str + out->len;
}

static inline void
commit (GString *out, char *end)
{
  out->len = (gsize) (end - out->str);
  *end = '\0';
}

static inline char *
put (char *at, const char *text, gsize length)
{
  memcpy (at, text, length);
  return at + length;
}

static inline void
append (GString *out, const char *text, gsize length)
{
  commit (out, put (reserve (out, length), text, length));
}

#define APPEND(out, literal) append (out, literal, sizeof (literal) - 1)

/* How many bytes at @text need no escape; see lt-json-string.c for the arithmetic. Bytes over
 * 0x7f do need none, so here they are masked out, and a byte that seems to need one is looked at.
 */
static gsize
count_plain (const char *text, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      guchar c = 0;

      while (length - i >= 8)
        {
          guint64 word = 0;
          guint64 quote = 0;
          guint64 backslash = 0;

          memcpy (&word, text + i, sizeof word);
          quote = word ^ (ONES * '"');
          backslash = word ^ (ONES * '\\');
          if ((((word - ONES * 0x20) | (quote - ONES) | (backslash - ONES)) & ~word & HIGHS) != 0)
            break;
          i += 8;
        }

      for (gsize stop = MIN (length, i + 8); i < stop; i++)
        {
          c = (guchar) text[i];
          if (c < 0x20 || c == '"' || c == '\\')
            return i;
        }
    }

  return i;
}

static char *
put_escape (char *at, guchar c)
{
  static const char digits[] = "0123456789abcdef";
  const char *name = NULL;

  switch (c)
    {
    case '"':
      name = "\\\"";
      break;
    case '\\':
      name = "\\\\";
      break;
    case '\b':
      name = "\\b";
      break;
    case '\f':
      name = "\\f";
      break;
    case '\n':
      name = "\\n";
      break;
    case '\r':
      name = "\\r";
      break;
    case '\t':
      name = "\\t";
      break;
    default:
      at = put (at, "\\u00", 4);
      *at++ = digits[c >> 4];
      *at++ = digits[c & 15];
      return at;
    }

  return put (at, name, 2);
}

/**
 * lt_json_append_string:
 * @out: where to append
 * @text: UTF-8
 * @length: bytes of @text, or -1 if it is NUL-terminated
 *
 * Appends @text in quotes, with no more escapes than JSON asks for. There is no line end in it.
 */
void
lt_json_append_string (GString *out, const char *text, gssize length)
{
  gsize left = length < 0 ? strlen (text) : (gsize) length;
  char *at = reserve (out, left + 2);

  *at++ = '"';
  for (;;)
    {
      gsize plain = count_plain (text, left);

      at = put (at, text, plain);
      text += plain;
      left -= plain;
      if (G_LIKELY (left == 0))
        break;

      /* An escape takes up to six bytes for one. */
      commit (out, at);
      at = put_escape (reserve (out, left + 7), (guchar) *text);
      text++;
      left--;
    }
  *at++ = '"';
  commit (out, at);
}

static char *
put_unsigned (char *at, guint64 number)
{
  static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233"
                              "34353637383940414243444546474849505152535455565758596061626364656667"
                              "6869707172737475767778798081828384858687888990919293949596979899";
  char digits[INTEGER_SIZE];
  char *first = digits + sizeof digits;

  while (number >= 100)
    {
      first -= 2;
      memcpy (first, pairs + 2 * (number % 100), 2);
      number /= 100;
    }
  if (number >= 10)
    {
      first -= 2;
      memcpy (first, pairs + 2 * number, 2);
    }
  else
    *--first = (char) ('0' + number);

  return put (at, first, (gsize) (digits + sizeof digits - first));
}

static char *
put_integer (char *at, gint64 number)
{
  guint64 magnitude = (guint64) number;

  if (number < 0)
    {
      *at++ = '-';
      magnitude = 0 - magnitude;
    }

  return put_unsigned (at, magnitude);
}

/**
 * lt_json_append_unsigned:
 * @out: where to append
 * @number: any number
 *
 * Appends @number.
 */
void
lt_json_append_unsigned (GString *out, guint64 number)
{
  commit (out, put_unsigned (reserve (out, INTEGER_SIZE), number));
}

/**
 * lt_json_append_integer:
 * @out: where to append
 * @number: any number
 *
 * Appends @number.
 */
void
lt_json_append_integer (GString *out, gint64 number)
{
  commit (out, put_integer (reserve (out, INTEGER_SIZE), number));
}

/* The common doubles: integral ones, and those with up to six decimals. Such a decimal is the
 * number's shortest form if dividing it again gives the number. */
static gboolean
append_short_number (GString *out, double number)
{
  static const double scales[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
  double magnitude = fabs (number);

  if (!(magnitude < 1e9))
    return FALSE;

  for (guint decimals = 0; decimals < G_N_ELEMENTS (scales); decimals++)
    {
      double scaled = rint (magnitude * scales[decimals]);
      guint64 digits = (guint64) scaled;
      guint64 scale = (guint64) scales[decimals];
      char *at = NULL;

      if (scaled > EXACT_INTEGER || scaled / scales[decimals] != magnitude)
        continue;

      at = reserve (out, INTEGER_SIZE + 8);
      if (signbit (number))
        *at++ = '-';
      at = put_unsigned (at, digits / scale);
      *at++ = '.';
      for (digits %= scale; scale > 1; digits %= scale)
        {
          scale /= 10;
          *at++ = (char) ('0' + digits / scale);
        }
      if (decimals == 0)
        *at++ = '0';
      commit (out, at);
      return TRUE;
    }

  return FALSE;
}

/**
 * lt_json_append_number:
 * @out: where to append
 * @number: a finite number
 *
 * Appends the shortest text that reads as @number again, always with a point or an exponent,
 * so that it reads as a double.
 */
void
lt_json_append_number (GString *out, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  int precision = fabs (number) < DBL_MIN ? 1 : 15; /* 15 digits or fewer: 15 shows them all */

  g_return_if_fail (isfinite (number));

  if (append_short_number (out, number))
    return;

  for (; precision <= 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (buffer, sizeof buffer, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }

  append (out, buffer, strlen (buffer));
  if (strpbrk (buffer, ".e") == NULL)
    APPEND (out, ".0");
}

static void append_nested (GString *out, const LtNested *nested);

/**
 * lt_json_append_value:
 * @out: where to append
 * @value: a value of any kind
 *
 * Appends @value as its producer wrote it.
 */
void
lt_json_append_value (GString *out, const LtValue *value)
{
  switch ((LtValueKind) value->kind)
    {
    case LT_VALUE_NONE:
      APPEND (out, "null");
      return;
    case LT_VALUE_STRING:
    case LT_VALUE_BYTES:
      lt_json_append_string (out, value->string, value->length);
      return;
    case LT_VALUE_IP:
      lt_json_append_string (out, value->ip->text, value->length);
      return;
    case LT_VALUE_TIME:
      lt_json_append_string (out, value->time->text, value->length);
      return;
    case LT_VALUE_INTEGER:
    case LT_VALUE_DURATION:
      lt_json_append_integer (out, value->integer);
      return;
    case LT_VALUE_UNSIGNED:
      lt_json_append_unsigned (out, value->uinteger);
      return;
    case LT_VALUE_NUMBER:
      lt_json_append_number (out, value->number);
      return;
    case LT_VALUE_BOOLEAN:
      if (value->boolean)
        APPEND (out, "true");
      else
        APPEND (out, "false");
      return;
    case LT_VALUE_LIST:
      APPEND (out, "[");
      for (guint32 i = 0; i < value->length; i++)
        {
          if (i > 0)
            APPEND (out, ",");
          lt_json_append_value (out, &value->items[i]);
        }
      APPEND (out, "]");
      return;
    case LT_VALUE_EVENT:
      append_nested (out, value->nested);
      return;
    }

  g_return_if_reached ();
}

static void
append_data (GString *out, const LtField *fields, guint32 n_fields)
{
  APPEND (out, ",\"data\":{");
  for (guint32 i = 0; i < n_fields; i++)
    {
      const LtKey *key = fields[i].key;
      char *at = reserve (out, key->name_length + 4);

      if (i > 0)
        *at++ = ',';
      *at++ = '"';
      at = put (at, key->name, key->name_length);
      at = put (at, "\":", 2);
      commit (out, at);
      lt_json_append_value (out, &fields[i].value);
    }
  APPEND (out, "}");
}

static void
append_created_at (GString *out, gint64 created_at_us)
{
  char time[LT_TIME_FORMAT_SIZE];
  gsize length = lt_time_format (created_at_us, time);

  APPEND (out, "\"createdAt\":\"");
  append (out, time, length);
  APPEND (out, "\",");
}

static void
append_level_and_type (GString *out, LtLevel level, const LtEventType *type)
{
  const char *name = lt_level_to_string (level);

  APPEND (out, "\"level\":\"");
  append (out, name, strlen (name));
  APPEND (out, "\",\"type\":\"");
  append (out, type->name, type->name_length);
  APPEND (out, "\",\"text\":");
}

static void
append_nested (GString *out, const LtNested *nested)
{
  APPEND (out, "{");
  if (nested->created_at_us != G_MININT64)
    append_created_at (out, nested->created_at_us);
  append_level_and_type (out, nested->level, nested->type);
  lt_json_append_string (out, nested->text, nested->text_length);
  if (nested->details != NULL)
    {
      APPEND (out, ",\"details\":");
      lt_json_append_string (out, nested->details, nested->details_length);
    }
  append_data (out, nested->fields, nested->n_fields);
  APPEND (out, "}");
}

/* Appends an event without its closing brace. */
static void
append_open_event (GString *out, LtEvent *event, const char *epoch)
{
  APPEND (out, "{");
  if (event->sequence > 0)
    {
      APPEND (out, "\"id\":\"");
      append (out, epoch, strlen (epoch));
      APPEND (out, ".");
      lt_json_append_unsigned (out, event->sequence);
      APPEND (out, "\",");
    }
  append_created_at (out, event->created_at_us);
  append_level_and_type (out, event->level, event->type);
  lt_json_append_string (out, event->text, event->text_length);
  if (event->details != NULL)
    {
      APPEND (out, ",\"details\":");
      lt_json_append_string (out, event->details, event->details_length);
    }
  if (event->role == LT_SPAN_ROLE_START)
    APPEND (out, ",\"span\":\"start\"");
  else if (event->role == LT_SPAN_ROLE_END)
    APPEND (out, ",\"span\":\"end\"");
  append_data (out, event->fields, event->n_fields);
}

/**
 * lt_json_append_event:
 * @out: where to append
 * @event: an event
 * @epoch: the epoch of its id
 * @backfill: whether it is earlier than the match that called it
 *
 * Appends @event as it stands in every interface: one line, members always in the same order.
 * Its id is left out while it has none. Where the hub says that several feeds send the event this
 * turn, the first encoding is kept for the others.
 */
void
lt_json_append_event (GString *out, LtEvent *event, const char *epoch, gboolean backfill)
{
  if (event->json != NULL)
    {
      gsize length = 0;
      const char *json = g_bytes_get_data (event->json, &length);

      append (out, json, length);
    }
  else
    {
      gsize begin = out->len;

      append_open_event (out, event, epoch);
      if (event->n_feeds > 1)
        event->json = g_bytes_new (out->str + begin, out->len - begin);
    }

  if (backfill)
    APPEND (out, ",\"backfill\":true}");
  else
    APPEND (out, "}");
}
