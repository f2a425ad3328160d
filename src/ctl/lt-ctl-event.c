/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-event.h"

#include "lt-ctl-format.h"

#include "core/lt-time.h"
#include "json/lt-json-scanner.h"

#include <string.h>

/* How many keys are shown where none of those that usually tell most is there. */
#define MAX_OTHER_KEYS 4

/* How much is decoded of a usual event. */
#define STRINGS_BYTES 512

/* Keys that usually tell most, in the order in which they are shown; spanId follows them. */
static const char *const telling_keys[] = {
  "queueId", "from",      "to",     "remoteIp", "hostname", "domain",  "accountName",
  "relay",   "status",    "code",   "dsn",      "size",     "elapsed", "delay",
  "attempt", "nextRetry", "reason", "result",   "causedBy",
};

/* A member of an object: its name, decoded, and its value, as JSON. */
typedef struct
{
  const char *name; /* (unowned): in the event's strings */
  const char *json; /* (unowned): in the event's line */
  gsize length;     /* bytes of @json */
} Member;

static gboolean
read_members (LtJsonScanner *scanner, GStringChunk *strings, GArray *members)
{
  gboolean more = TRUE;

  if (lt_json_scanner_peek (scanner) != '{' || !lt_json_scanner_enter (scanner, NULL))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      const char *name;
      gsize length;
      Member member;

      if (!lt_json_scanner_next (scanner, '}', first, &more, NULL))
        return FALSE;
      if (!more)
        return TRUE;
      if (!lt_json_scanner_read_name (scanner, &name, &length, NULL))
        return FALSE;
      member.name = g_string_chunk_insert_len (strings, name, (gssize) length);
      member.json = scanner->cursor;
      if (!lt_json_scanner_skip_value (scanner, NULL))
        return FALSE;
      member.length = (gsize) (scanner->cursor - member.json);
      g_array_append_val (members, member);
    }
}

static const Member *
find_member (GArray *members, const char *name)
{
  for (guint i = 0; i < members->len; i++)
    {
      const Member *member = &g_array_index (members, Member, i);

      if (g_str_equal (member->name, name))
        return member;
    }

  return NULL;
}

/* Appends what a JSON string says. */
static void
append_string (GString *out, const char *json, gsize length)
{
  g_auto (LtJsonScanner) scanner;
  const char *text;
  gsize text_length;

  lt_json_scanner_init (&scanner, json, length);
  if (lt_json_scanner_read_string (&scanner, &text, &text_length, NULL))
    g_string_append_len (out, text, (gssize) text_length);
}

/* Appends the items of a JSON list, with commas between. */
static void
append_list (GString *out, const char *json, gsize length)
{
  g_auto (LtJsonScanner) scanner;
  gboolean more = FALSE;

  lt_json_scanner_init (&scanner, json, length);
  lt_json_scanner_enter (&scanner, NULL);
  for (gboolean first = TRUE; lt_json_scanner_next (&scanner, ']', first, &more, NULL) && more;
       first = FALSE)
    {
      const char *item = scanner.cursor;

      if (!lt_json_scanner_skip_value (&scanner, NULL))
        return;
      if (!first)
        g_string_append_c (out, ',');
      if (*item == '"')
        append_string (out, item, (gsize) (scanner.cursor - item));
      else
        g_string_append_len (out, item, scanner.cursor - item);
    }
}

/* Strings as they are, lists of them with commas between, all else as JSON. */
static void
append_plain (GString *out, const Member *member)
{
  if (*member->json == '"')
    append_string (out, member->json, member->length);
  else if (*member->json == '[')
    append_list (out, member->json, member->length);
  else
    g_string_append_len (out, member->json, (gssize) member->length);
}

static gboolean
is_member (const Member *member, const char *json)
{
  return member != NULL && strlen (json) == member->length
         && memcmp (json, member->json, member->length) == 0;
}

static guint64
read_sequence (const char *id)
{
  const char *dot = id != NULL ? strchr (id, '.') : NULL;

  return dot != NULL ? g_ascii_strtoull (dot + 1, NULL, 10) : 0;
}

static const char *
get_text_or_empty (const LtCtlEvent *self, const char *name)
{
  const char *text = lt_ctl_event_get_text (self, name);

  return text != NULL ? text : "";
}

static gboolean
read_line (LtCtlEvent *self, gsize length)
{
  g_auto (LtJsonScanner) scanner;
  const Member *data;

  lt_json_scanner_init (&scanner, self->line, length);
  if (!read_members (&scanner, self->strings, self->members)
      || !lt_json_scanner_finish (&scanner, NULL))
    return FALSE;

  data = find_member (self->members, "data");
  if (data != NULL && *data->json == '{')
    {
      g_auto (LtJsonScanner) inner;

      lt_json_scanner_init (&inner, data->json, data->length);
      read_members (&inner, self->strings, self->data);
    }
  return TRUE;
}

/**
 * lt_ctl_event_new_from_json:
 * @json: (array length=length): a line of a stream
 * @length: bytes of @json
 *
 * Returns: (transfer full) (nullable): what it says, or %NULL if it is no JSON object
 */
LtCtlEvent *
lt_ctl_event_new_from_json (const char *json, gsize length)
{
  g_autoptr (LtCtlEvent) self = g_new0 (LtCtlEvent, 1);
  const char *created_at;

  self->line = g_strndup (json, length);
  self->strings = g_string_chunk_new (STRINGS_BYTES);
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  self->data = g_array_new (FALSE, FALSE, sizeof (Member));
  if (!read_line (self, length))
    return NULL;

  self->control = lt_ctl_event_get_text (self, "control");
  self->id = lt_ctl_event_get_text (self, "id");
  self->sequence = read_sequence (self->id);
  self->level = get_text_or_empty (self, "level");
  self->type = get_text_or_empty (self, "type");
  self->text = get_text_or_empty (self, "text");
  self->details = get_text_or_empty (self, "details");
  self->role = get_text_or_empty (self, "span");
  self->backfill = is_member (find_member (self->members, "backfill"), "true");
  created_at = get_text_or_empty (self, "createdAt");
  lt_time_parse (created_at, strlen (created_at), &self->created_at_us);
  return g_steal_pointer (&self);
}

/**
 * lt_ctl_event_free:
 * @self: (transfer full): an event
 *
 * Frees it.
 */
void
lt_ctl_event_free (LtCtlEvent *self)
{
  g_free (self->line);
  g_string_chunk_free (self->strings);
  g_array_unref (self->members);
  g_array_unref (self->data);
  g_free (self);
}

/**
 * lt_ctl_event_get_text:
 * @self: an event
 * @name: a member of the line
 *
 * Returns: (transfer none) (nullable): its text, or %NULL where there is none
 */
const char *
lt_ctl_event_get_text (const LtCtlEvent *self, const char *name)
{
  const Member *member = find_member (self->members, name);
  g_autoptr (GString) text = NULL;

  if (member == NULL || *member->json != '"')
    return NULL;

  text = g_string_new (NULL);
  append_string (text, member->json, member->length);
  return g_string_chunk_insert_len (self->strings, text->str, (gssize) text->len);
}

/**
 * lt_ctl_event_get_count:
 * @self: an event
 * @name: a member of the line
 * @count: (out): its value
 *
 * Returns: whether there is such a member with a number from 0 up
 */
gboolean
lt_ctl_event_get_count (const LtCtlEvent *self, const char *name, guint64 *count)
{
  const Member *member = find_member (self->members, name);
  g_autofree char *text = NULL;

  if (member == NULL)
    return FALSE;

  text = g_strndup (member->json, member->length);
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, count, NULL);
}

/**
 * lt_ctl_event_dup_value:
 * @self: an event
 * @key: a key, spelled as JSON has it
 *
 * Returns: (transfer full) (nullable): its value as people read it, not escaped; %NULL where
 *   the event has no such key
 */
char *
lt_ctl_event_dup_value (const LtCtlEvent *self, const char *key)
{
  const Member *member = find_member (self->data, key);
  GString *text;

  if (member == NULL)
    return NULL;

  text = g_string_new (NULL);
  append_plain (text, member);
  return g_string_free (text, FALSE);
}

/**
 * lt_ctl_event_get_style:
 * @self: an event
 *
 * Returns: how its level stands out
 */
LtCtlStyle
lt_ctl_event_get_style (const LtCtlEvent *self)
{
  switch (self->level[0])
    {
    case 'e':
      return LT_CTL_STYLE_RED;
    case 'w':
      return LT_CTL_STYLE_YELLOW;
    case 'i':
      return LT_CTL_STYLE_GREEN;
    case 'd':
      return LT_CTL_STYLE_BLUE;
    default:
      return LT_CTL_STYLE_DIM;
    }
}

/* A value that could be taken for more than one, or for the next key, is quoted. */
static char *
quote_if_needed (const char *text)
{
  GString *out;

  if (*text != '\0' && strpbrk (text, " \"=\t\n") == NULL)
    return g_strdup (text);

  out = g_string_new ("\"");
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

static void
put_pair (LtCtlOutput *out, const Member *member)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *quoted = NULL;

  append_plain (text, member);
  quoted = *member->json == '{' ? g_strdup (text->str) : quote_if_needed (text->str);
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, " ");
  lt_ctl_output_text (out, LT_CTL_STYLE_CYAN, member->name);
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, "=");
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, quoted);
}

static void
put_in_order (const LtCtlEvent *self, guint maximum, LtCtlOutput *out)
{
  for (guint i = 0; i < self->data->len && i < maximum; i++)
    put_pair (out, &g_array_index (self->data, Member, i));
}

/**
 * lt_ctl_event_put_data:
 * @self: an event
 * @all: whether to show all keys, not only those that tell most
 * @out: where to
 *
 * Adds keys and values to the line, each behind a space.
 */
void
lt_ctl_event_put_data (const LtCtlEvent *self, gboolean all, LtCtlOutput *out)
{
  const Member *span_id = find_member (self->data, "spanId");
  gboolean any = FALSE;

  if (all)
    {
      put_in_order (self, G_MAXUINT, out);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (telling_keys); i++)
    {
      const Member *member = find_member (self->data, telling_keys[i]);

      if (member == NULL)
        continue;
      put_pair (out, member);
      any = TRUE;
    }
  if (!any)
    put_in_order (self, MAX_OTHER_KEYS, out);
  else if (span_id != NULL)
    put_pair (out, span_id);
}

/**
 * lt_ctl_event_put:
 * @self: an event
 * @view: how to show it
 * @out: where to
 *
 * Puts an event out as one line. An event that comes late, for its span, has `~` behind its time.
 */
void
lt_ctl_event_put (const LtCtlEvent *self, const LtCtlEventView *view, LtCtlOutput *out)
{
  g_autofree char *moment
      = lt_ctl_format_moment (self->created_at_us, g_get_real_time (), view->utc);
  gboolean truncate = out->truncate;

  out->truncate = truncate && !view->verbose;
  lt_ctl_output_text (out, LT_CTL_STYLE_DIM, moment);
  lt_ctl_output_text (out, LT_CTL_STYLE_DIM, self->backfill ? "~" : " ");
  lt_ctl_output_print (out, lt_ctl_event_get_style (self), "%-5s", self->level);
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, " ");
  lt_ctl_output_text (out, LT_CTL_STYLE_BOLD, self->type);
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, " ");
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, self->text);
  if (self->details[0] != '\0')
    lt_ctl_output_print (out, LT_CTL_STYLE_PLAIN, " (%s)", self->details);
  lt_ctl_event_put_data (self, view->verbose, out);
  lt_ctl_output_end_line (out);
  out->truncate = truncate;
}
