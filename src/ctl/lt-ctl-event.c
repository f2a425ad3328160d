/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-event.h"

#include "lt-ctl-format.h"
#include "lt-ctl-json.h"

#include "core/lt-time.h"

#include <string.h>

/* How many keys are shown where none of those that usually tell most is there. */
#define MAX_OTHER_KEYS 4

/* Keys that usually tell most, in the order in which they are shown; spanId follows them. */
static const char *const telling_keys[] = {
  "queueId", "from",      "to",     "remoteIp", "hostname", "domain",  "accountName",
  "relay",   "status",    "code",   "dsn",      "size",     "elapsed", "delay",
  "attempt", "nextRetry", "reason", "result",   "causedBy",
};

static const char *
get_text (GVariant *members, const char *name)
{
  const char *text = "";

  g_variant_lookup (members, name, "&s", &text);
  return text;
}

static guint64
read_sequence (const char *id)
{
  const char *dot = id != NULL ? strchr (id, '.') : NULL;

  return dot != NULL ? g_ascii_strtoull (dot + 1, NULL, 10) : 0;
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
  g_autoptr (GVariant) members = lt_ctl_json_parse (json, length, NULL);
  LtCtlEvent *self;
  const char *created_at;

  if (members == NULL || !g_variant_is_of_type (members, G_VARIANT_TYPE_VARDICT))
    return NULL;

  self = g_new0 (LtCtlEvent, 1);
  self->data = g_variant_lookup_value (members, "data", G_VARIANT_TYPE_VARDICT);
  if (self->data == NULL)
    self->data = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_variant_lookup (members, "control", "&s", &self->control);
  g_variant_lookup (members, "id", "&s", &self->id);
  self->level = get_text (members, "level");
  self->type = get_text (members, "type");
  self->text = get_text (members, "text");
  self->details = get_text (members, "details");
  self->role = get_text (members, "span");
  g_variant_lookup (members, "backfill", "b", &self->backfill);
  created_at = get_text (members, "createdAt");
  lt_time_parse (created_at, strlen (created_at), &self->created_at_us);
  self->sequence = read_sequence (self->id);
  self->members = g_steal_pointer (&members);
  return self;
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
  g_variant_unref (self->members);
  g_variant_unref (self->data);
  g_free (self);
}

static void
append_plain (GString *out, GVariant *value)
{
  gsize n_items;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_string_append (out, g_variant_get_string (value, NULL));
      return;
    }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    {
      lt_ctl_json_append (out, value);
      return;
    }

  n_items = g_variant_n_children (value);
  for (gsize i = 0; i < n_items; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) item = g_variant_get_variant (child);

      if (i > 0)
        g_string_append_c (out, ',');
      if (g_variant_is_of_type (item, G_VARIANT_TYPE_STRING))
        g_string_append (out, g_variant_get_string (item, NULL));
      else
        lt_ctl_json_append (out, item);
    }
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
  g_autoptr (GVariant) value = g_variant_lookup_value (self->data, key, NULL);
  GString *text;

  if (value == NULL)
    return NULL;

  text = g_string_new (NULL);
  append_plain (text, value);
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
put_pair (LtCtlOutput *out, const char *key, GVariant *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *quoted = NULL;

  append_plain (text, value);
  quoted = g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) ? g_strdup (text->str)
                                                                : quote_if_needed (text->str);
  lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, " ");
  lt_ctl_output_text (out, LT_CTL_STYLE_CYAN, key);
  lt_ctl_output_print (out, LT_CTL_STYLE_PLAIN, "=%s", quoted);
}

static void
put_in_order (const LtCtlEvent *self, gsize maximum, LtCtlOutput *out)
{
  gsize n_entries = g_variant_n_children (self->data);

  for (gsize i = 0; i < n_entries && maximum > 0; i++)
    {
      g_autoptr (GVariant) value = NULL;
      const char *key;

      g_variant_get_child (self->data, i, "{&sv}", &key, &value);
      put_pair (out, key, value);
      maximum--;
    }
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
  g_autoptr (GVariant) span_id = NULL;
  gboolean any = FALSE;

  if (all)
    {
      put_in_order (self, G_MAXSIZE, out);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (telling_keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (self->data, telling_keys[i], NULL);

      if (value == NULL)
        continue;
      put_pair (out, telling_keys[i], value);
      any = TRUE;
    }
  if (!any)
    put_in_order (self, MAX_OTHER_KEYS, out);
  else if ((span_id = g_variant_lookup_value (self->data, "spanId", NULL)) != NULL)
    put_pair (out, "spanId", span_id);
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
