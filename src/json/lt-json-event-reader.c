/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-event-reader.h"

#include "core/lt-error.h"
#include "core/lt-event-member.h"
#include "core/lt-text.h"

#include <string.h>

/* An error this close to where the text was cut off may come of the cut. */
#define CUT_MARGIN 16

/* How much JSON one event may be at least, and what a byte of its text takes at most. */
#define LEAST_EVENT_MAX_BYTES ((gsize) 1024 * 1024)
#define ESCAPE_BYTES          8

/* One event being read. */
typedef struct
{
  LtJsonScanner *scanner;
  LtEventBuilder *builder;
} Reader;

static gboolean read_event (Reader *self, gboolean nested, GError **error);
static gboolean read_value (Reader *self, GError **error);

G_GNUC_PRINTF (4, 5)
static gboolean
fail_event (Reader *self, const char *at, GError **error, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return FALSE;

  va_start (arguments, format);
  *error = g_error_new_valist (LT_ERROR, LT_ERROR_INVALID_EVENT, format, arguments);
  va_end (arguments);
  return lt_json_scanner_place (self->scanner, at, error);
}

static gboolean
read_number (Reader *self, GError **error)
{
  LtJsonNumber number;

  if (!lt_json_scanner_read_number (self->scanner, &number, error))
    return FALSE;

  switch (number.kind)
    {
    case LT_JSON_INTEGER:
      return lt_event_builder_add_integer (self->builder, number.integer, error);
    case LT_JSON_UNSIGNED:
      return lt_event_builder_add_unsigned (self->builder, number.uinteger, error);
    default:
      return lt_event_builder_add_number (self->builder, number.number, error);
    }
}

static gboolean
read_list (Reader *self, GError **error)
{
  gboolean more = FALSE;

  if (!lt_json_scanner_enter (self->scanner, error)
      || !lt_event_builder_begin_list (self->builder, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      if (!lt_json_scanner_next (self->scanner, ']', first, &more, error))
        return FALSE;
      if (!more)
        return lt_event_builder_end_list (self->builder, error);
      if (lt_json_scanner_peek (self->scanner) == 'n')
        {
          const char *at = self->scanner->cursor;

          return lt_json_scanner_read_word (self->scanner, "null", error)
                 && fail_event (self, at, error, "a list cannot hold null");
        }
      if (!read_value (self, error))
        return FALSE;
    }
}

static gboolean
read_value (Reader *self, GError **error)
{
  LtJsonScanner *scanner = self->scanner;
  const char *at = scanner->cursor;
  const char *string = NULL;
  gsize length = 0;
  gboolean taken = FALSE;

  switch (lt_json_scanner_peek (scanner))
    {
    case '"':
      taken = lt_json_scanner_read_string (scanner, &string, &length, error)
              && lt_event_builder_add_string (self->builder, string, (gssize) length, error);
      break;
    case '-':
    case '0' ... '9':
      taken = read_number (self, error);
      break;
    case 't':
      taken = lt_json_scanner_read_word (scanner, "true", error)
              && lt_event_builder_add_boolean (self->builder, TRUE, error);
      break;
    case 'f':
      taken = lt_json_scanner_read_word (scanner, "false", error)
              && lt_event_builder_add_boolean (self->builder, FALSE, error);
      break;
    case '[':
      taken = read_list (self, error);
      break;
    case '{':
      taken = lt_event_builder_begin_event (self->builder, error) && read_event (self, TRUE, error)
              && lt_event_builder_end_event (self->builder, error);
      break;
    default:
      return lt_json_scanner_fail_value (scanner, error);
    }

  return taken || lt_json_scanner_place (scanner, at, error);
}

static gboolean
read_data (Reader *self, GError **error)
{
  LtJsonScanner *scanner = self->scanner;
  gboolean more = FALSE;

  if (lt_json_scanner_peek (scanner) != '{')
    return fail_event (self, scanner->cursor, error, "member \"data\" must be an object, not %s",
                       lt_json_scanner_describe (scanner));
  if (!lt_json_scanner_enter (scanner, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *at = NULL;
      const char *name = NULL;
      gsize length = 0;

      if (!lt_json_scanner_next (scanner, '}', first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;

      at = scanner->cursor;
      if (!lt_json_scanner_read_name (scanner, &name, &length, error))
        return FALSE;
      if (!lt_event_builder_set_key (self->builder, name, (gssize) length, error))
        return lt_json_scanner_place (scanner, at, error);

      if (lt_json_scanner_peek (scanner) == 'n')
        {
          if (!lt_json_scanner_read_word (scanner, "null", error))
            return FALSE;
          lt_event_builder_skip_value (self->builder);
        }
      else if (!read_value (self, error))
        return FALSE;
    }
}

static inline guint
match_member (guint member, const char *name, const char *expected, gsize length)
{
  return memcmp (name, expected, length) == 0 ? member : LT_N_EVENT_MEMBERS;
}

static guint
find_member (const char *name, gsize length)
{
  switch (length)
    {
    case 2:
      return match_member (LT_EVENT_MEMBER_ID, name, "id", 2);
    case 4:
      if (memcmp (name, "type", 4) == 0)
        return LT_EVENT_MEMBER_TYPE;
      if (memcmp (name, "data", 4) == 0)
        return LT_EVENT_MEMBER_DATA;
      if (memcmp (name, "text", 4) == 0)
        return LT_EVENT_MEMBER_TEXT;
      return match_member (LT_EVENT_MEMBER_SPAN, name, "span", 4);
    case 5:
      return match_member (LT_EVENT_MEMBER_LEVEL, name, "level", 5);
    case 7:
      return match_member (LT_EVENT_MEMBER_DETAILS, name, "details", 7);
    case 8:
      return match_member (LT_EVENT_MEMBER_BACKFILL, name, "backfill", 8);
    case 9:
      return match_member (LT_EVENT_MEMBER_CREATED_AT, name, "createdAt", 9);
    default:
      return LT_N_EVENT_MEMBERS;
    }
}

/* A member whose name differs only in what key names may differ in. */
static gboolean
fail_member (Reader *self, const char *at, const char *name, gsize length, gboolean nested,
             GError **error)
{
  g_autofree char *quoted = lt_text_quote (name, (gssize) length);
  const char *similar = lt_event_member_find_similar (name, length);

  if (similar != NULL)
    return fail_event (self, at, error, "unknown member %s; did you mean \"%s\"?", quoted, similar);
  if (nested)
    return fail_event (self, at, error,
                       "unknown member %s: an object inside \"data\" must be an event, with type, "
                       "createdAt, level, text, details and data",
                       quoted);
  return fail_event (self, at, error,
                     "unknown member %s; an event has type, createdAt, level, text, details, span "
                     "and data",
                     quoted);
}

/* Reads the value of a member that is there and not null. */
static gboolean
read_member (Reader *self, const LtEventMember *member, gboolean nested, GError **error)
{
  LtJsonScanner *scanner = self->scanner;
  const char *at = scanner->cursor;
  const char *string = NULL;
  gsize length = 0;

  if (member == &lt_event_members[LT_EVENT_MEMBER_DATA])
    return read_data (self, error);
  if (member->set == NULL || (nested && !member->nested))
    return lt_json_scanner_skip_value (scanner, error);
  if (*at != '"')
    {
      if (strchr ("{[tf-0123456789", *at) == NULL)
        return lt_json_scanner_fail_value (scanner, error);
      return fail_event (self, at, error, "member \"%s\" must be a string, not %s", member->name,
                         lt_json_scanner_describe (scanner));
    }

  if (!lt_json_scanner_read_string (scanner, &string, &length, error))
    return FALSE;
  if (!member->set (self->builder, string, (gssize) length, error))
    return lt_json_scanner_place (scanner, at, error);
  return TRUE;
}

/* Reads an event from its brace on. */
static gboolean
read_event (Reader *self, gboolean nested, GError **error)
{
  LtJsonScanner *scanner = self->scanner;
  const char *start = scanner->cursor;
  gboolean more = FALSE;
  gboolean typed = FALSE;
  guint seen = 0;

  if (!lt_json_scanner_enter (scanner, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *at = NULL;
      const char *name = NULL;
      gsize length = 0;
      guint member = 0;

      if (!lt_json_scanner_next (scanner, '}', first, &more, error))
        return FALSE;
      if (!more)
        break;

      at = scanner->cursor;
      if (!lt_json_scanner_read_name (scanner, &name, &length, error))
        return FALSE;
      member = find_member (name, length);
      if (member == LT_N_EVENT_MEMBERS)
        return fail_member (self, at, name, length, nested, error);
      if (seen & (1u << member))
        return fail_event (self, at, error, "member \"%s\" is given twice",
                           lt_event_members[member].name);
      seen |= 1u << member;

      if (lt_json_scanner_peek (scanner) == 'n')
        {
          if (!lt_json_scanner_read_word (scanner, "null", error))
            return FALSE;
          continue;
        }
      if (scanner->cursor == scanner->end)
        return lt_json_scanner_fail_value (scanner, error);
      if (!read_member (self, &lt_event_members[member], nested, error))
        return FALSE;
      typed = typed || member == LT_EVENT_MEMBER_TYPE;
    }

  if (typed)
    return TRUE;
  return fail_event (self, start, error, "member \"type\" is missing%s",
                     nested ? ": an object inside \"data\" must be an event" : "");
}

static gboolean
read_whole_event (Reader *self, LtEvent **event, GError **error)
{
  LtJsonScanner *scanner = self->scanner;
  const char *start = scanner->cursor;

  if (lt_json_scanner_peek (scanner) != '{')
    {
      if (!lt_json_scanner_begins_value (scanner))
        return lt_json_scanner_fail_value (scanner, error);
      return fail_event (self, start, error, "an event must be an object, not %s",
                         lt_json_scanner_describe (scanner));
    }

  lt_event_builder_reset (self->builder);
  if (!read_event (self, FALSE, error))
    return FALSE;

  *event = lt_event_builder_end (self->builder, error);
  return *event != NULL || lt_json_scanner_place (scanner, start, error);
}

/**
 * lt_json_get_event_max_bytes:
 * @builder: what events are built with
 *
 * One event may be much JSON: its text may be written in escapes, with spaces between.
 *
 * Returns: how many bytes of JSON one event may be: 1 MiB, or more where events may be larger
 *   than usual
 */
gsize
lt_json_get_event_max_bytes (LtEventBuilder *builder)
{
  gsize max_bytes = lt_event_builder_get_limits (builder)->max_bytes;

  return MAX (LEAST_EVENT_MAX_BYTES, ESCAPE_BYTES * max_bytes);
}

/**
 * lt_json_scan_event:
 * @scanner: a scanner where an event begins
 * @builder: what to build it with
 * @event: (out) (transfer full): the event
 * @error: return location for an error
 *
 * Reads one event, of at most lt_json_get_event_max_bytes() of JSON, and leaves
 * @scanner behind it.
 *
 * Returns: %TRUE on success; else %FALSE with an error that carries the position:
 *   %LT_ERROR_INVALID_JSON, %LT_ERROR_INVALID_EVENT, %LT_ERROR_INVALID_LEVEL or
 *   %LT_ERROR_TOO_LARGE
 */
gboolean
lt_json_scan_event (LtJsonScanner *scanner, LtEventBuilder *builder, LtEvent **event,
                    GError **error)
{
  g_autoptr (GError) problem = NULL;
  Reader self = { scanner, builder };
  const char *start = scanner->cursor;
  const char *end = scanner->end;
  gsize max_bytes = lt_json_get_event_max_bytes (builder);
  gboolean cut = (gsize) (end - start) > max_bytes;
  gboolean read = FALSE;

  *event = NULL;
  if (cut)
    scanner->end = start + max_bytes;
  read = read_whole_event (&self, event, &problem);
  if (!read && cut && lt_error_get_position (problem) >= scanner->end - scanner->text - CUT_MARGIN)
    {
      g_clear_error (&problem);
      g_set_error (&problem, LT_ERROR, LT_ERROR_TOO_LARGE,
                   "an event of more than %" G_GSIZE_FORMAT " bytes of JSON", max_bytes);
      lt_json_scanner_place (scanner, start, &problem);
    }
  scanner->end = end;

  if (!read)
    g_propagate_error (error, g_steal_pointer (&problem));
  return read;
}

/**
 * lt_json_read_event:
 * @builder: what to build it with
 * @text: (array length=length): one event as JSON, with nothing but space around it
 * @length: bytes of @text
 * @event: (out) (transfer full): the event
 * @error: return location for an error
 *
 * Reads one event. The members are those of docs/events.md; `id` and `backfill` are ignored, any
 * other is refused, null is absence.
 *
 * Returns: %TRUE on success; else %FALSE with an error that carries the position:
 *   %LT_ERROR_INVALID_JSON, %LT_ERROR_INVALID_EVENT, %LT_ERROR_INVALID_LEVEL or
 *   %LT_ERROR_TOO_LARGE
 */
gboolean
lt_json_read_event (LtEventBuilder *builder, const char *text, gsize length, LtEvent **event,
                    GError **error)
{
  g_auto (LtJsonScanner) scanner;

  lt_json_scanner_init (&scanner, text, length);
  lt_json_scanner_skip_space (&scanner);
  if (!lt_json_scan_event (&scanner, builder, event, error))
    return FALSE;
  if (lt_json_scanner_finish (&scanner, error))
    return TRUE;

  g_clear_object (event);
  return FALSE;
}
