/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-variant-event.h"

#include "core/lt-error.h"
#include "core/lt-event-member.h"

#include <string.h>

/* Values hold events, events hold values; the builder bounds how deep. */
static gboolean read_value (LtEventBuilder *builder, GVariant *value, GError **error);

static gboolean
fail_type (const char *member, const char *wanted, GVariant *value, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT, "\"%s\": expected %s, found type \"%s\"",
               member, wanted, g_variant_get_type_string (value));
  return FALSE;
}

/* The text of a string. GLib's own function for that looks at the type again and locks the value
 * twice; all that is read here has passed lt_variant_read_event(), so it ends in NUL and has no
 * other. */
static const char *
get_text (GVariant *string, gsize *length)
{
  const char *text = g_variant_get_data (string);

  *length = strlen (text);
  return text;
}

/* Takes @value; returns what lies in it, however many variants it is wrapped in. */
static GVariant *
unwrap (GVariant *value)
{
  while (g_variant_classify (value) == G_VARIANT_CLASS_VARIANT)
    {
      GVariant *inner = g_variant_get_child_value (value, 0);

      g_variant_unref (value);
      value = inner;
    }

  return value;
}

/* Takes one entry of a dictionary apart. This runs for every value of every event, so it goes
 * without format strings. */
static GVariant *
get_entry (GVariant *dict, gsize index, GVariant **key, const char **name, gsize *length)
{
  g_autoptr (GVariant) entry = g_variant_get_child_value (dict, index);

  *key = g_variant_get_child_value (entry, 0);
  *name = get_text (*key, length);
  return unwrap (g_variant_get_child_value (entry, 1));
}

static gboolean
read_list (LtEventBuilder *builder, GVariant *list, GError **error)
{
  gsize n_children = g_variant_n_children (list);

  if (!lt_event_builder_begin_list (builder, error))
    return FALSE;

  for (gsize i = 0; i < n_children; i++)
    {
      g_autoptr (GVariant) child = unwrap (g_variant_get_child_value (list, i));

      if (!read_value (builder, child, error))
        return FALSE;
    }

  return lt_event_builder_end_list (builder, error);
}

/* The builder names the key where that is at fault; what lies deeper does not know it. */
static void
prefix_key (const char *name, GError **error)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", name);

  if (error != NULL && strstr ((*error)->message, quoted) == NULL)
    g_prefix_error (error, "%s: ", quoted);
}

static gboolean
read_data (LtEventBuilder *builder, GVariant *data, GError **error)
{
  gsize n_children;

  if (!g_variant_is_of_type (data, G_VARIANT_TYPE_VARDICT))
    return fail_type ("data", "a dictionary (a{sv})", data, error);

  n_children = g_variant_n_children (data);
  for (gsize i = 0; i < n_children; i++)
    {
      g_autoptr (GVariant) key = NULL;
      g_autoptr (GVariant) value = NULL;
      const char *name;
      gsize length;

      value = get_entry (data, i, &key, &name, &length);
      if (!lt_event_builder_set_key (builder, name, (gssize) length, error))
        return FALSE;
      if (!read_value (builder, value, error))
        {
          prefix_key (name, error);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
fail_member (const char *name, gboolean nested, GError **error)
{
  g_autofree char *shown = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), 64));
  const char *similar = lt_event_member_find_similar (name, strlen (name));

  if (similar != NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
                   "unknown member \"%s\"; did you mean \"%s\"?", shown, similar);
      return FALSE;
    }

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
               nested
                   ? "unknown member \"%s\": a dictionary inside \"data\" must be an event, with "
                     "type, createdAt, level, text, details and data"
                   : "unknown member \"%s\"; an event has type, createdAt, level, text, "
                     "details, span and data",
               shown);
  return FALSE;
}

static gboolean
read_created_at (LtEventBuilder *builder, GVariant *value, GError **error)
{
  if (g_variant_classify (value) == G_VARIANT_CLASS_INT64)
    return lt_event_builder_set_created_at (builder, g_variant_get_int64 (value), error);

  return fail_type ("createdAt", "a time (s, RFC 3339, or x, microseconds)", value, error);
}

static gboolean
read_member (LtEventBuilder *builder, guint index, GVariant *value, gboolean nested, GError **error)
{
  const LtEventMember *member = &lt_event_members[index];
  const char *text;
  gsize length;

  if (index == LT_EVENT_MEMBER_DATA)
    return read_data (builder, value, error);
  if (member->set == NULL || (nested && !member->nested))
    return TRUE;
  if (g_variant_classify (value) != G_VARIANT_CLASS_STRING)
    {
      return index == LT_EVENT_MEMBER_CREATED_AT
                 ? read_created_at (builder, value, error)
                 : fail_type (member->name, "a string (s)", value, error);
    }

  text = get_text (value, &length);
  return member->set (builder, text, (gssize) length, error);
}

static guint
find_member (const char *name)
{
  for (guint i = 0; i < LT_N_EVENT_MEMBERS; i++)
    {
      const char *member = lt_event_members[i].name;

      if (member[0] == name[0] && strcmp (member, name) == 0)
        return i;
    }

  return LT_N_EVENT_MEMBERS;
}

/* @dict: of the type a{sv} */
static gboolean
read_event (LtEventBuilder *builder, GVariant *dict, gboolean nested, GError **error)
{
  gsize n_children = g_variant_n_children (dict);
  guint seen = 0;

  for (gsize i = 0; i < n_children; i++)
    {
      g_autoptr (GVariant) key = NULL;
      g_autoptr (GVariant) value = NULL;
      const char *name;
      gsize length;
      guint member;

      value = get_entry (dict, i, &key, &name, &length);
      member = find_member (name);
      if (member == LT_N_EVENT_MEMBERS)
        return fail_member (name, nested, error);
      if ((seen & (1u << member)) != 0)
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT, "member \"%s\" is there twice",
                       name);
          return FALSE;
        }

      seen |= 1u << member;
      if (!read_member (builder, member, value, nested, error))
        return FALSE;
    }

  if ((seen & (1u << LT_EVENT_MEMBER_TYPE)) == 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
                   nested ? "a dictionary inside \"data\" must be an event with a \"type\""
                          : "an event must have a \"type\"");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_array (LtEventBuilder *builder, GVariant *value, GError **error)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      gsize length;
      const guint8 *bytes = g_variant_get_fixed_array (value, &length, sizeof (guint8));

      return lt_event_builder_add_bytes (builder, bytes, length, error);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    {
      return lt_event_builder_begin_event (builder, error)
             && read_event (builder, value, TRUE, error)
             && lt_event_builder_end_event (builder, error);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
                   "a value of type \"%s\": a dictionary must be a nested event (a{sv})",
                   g_variant_get_type_string (value));
      return FALSE;
    }

  return read_list (builder, value, error);
}

static gboolean
read_value (LtEventBuilder *builder, GVariant *value, GError **error)
{
  const char *text;
  gsize length;

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      text = get_text (value, &length);
      return lt_event_builder_add_string (builder, text, (gssize) length, error);
    case G_VARIANT_CLASS_BOOLEAN:
      return lt_event_builder_add_boolean (builder, g_variant_get_boolean (value), error);
    case G_VARIANT_CLASS_BYTE:
      return lt_event_builder_add_integer (builder, g_variant_get_byte (value), error);
    case G_VARIANT_CLASS_INT16:
      return lt_event_builder_add_integer (builder, g_variant_get_int16 (value), error);
    case G_VARIANT_CLASS_UINT16:
      return lt_event_builder_add_integer (builder, g_variant_get_uint16 (value), error);
    case G_VARIANT_CLASS_INT32:
      return lt_event_builder_add_integer (builder, g_variant_get_int32 (value), error);
    case G_VARIANT_CLASS_UINT32:
      return lt_event_builder_add_integer (builder, g_variant_get_uint32 (value), error);
    case G_VARIANT_CLASS_INT64:
      return lt_event_builder_add_integer (builder, g_variant_get_int64 (value), error);
    case G_VARIANT_CLASS_UINT64:
      return lt_event_builder_add_unsigned (builder, g_variant_get_uint64 (value), error);
    case G_VARIANT_CLASS_DOUBLE:
      return lt_event_builder_add_number (builder, g_variant_get_double (value), error);
    case G_VARIANT_CLASS_ARRAY:
      return read_array (builder, value, error);
    case G_VARIANT_CLASS_TUPLE:
      return read_list (builder, value, error);
    default:
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT, "a value of type \"%s\" has no meaning",
                   g_variant_get_type_string (value));
      return FALSE;
    }
}

/**
 * lt_variant_read_event:
 * @builder: what puts the event together
 * @dict: an event as `a{sv}`, in normal form, as all that comes in messages is; see the Inject()
 *   method in data/org.livetrace.Livetrace1.xml
 * @event: (out) (transfer full): the event
 * @error: return location for an error
 *
 * Reads one event from its D-Bus form.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT, %LT_ERROR_INVALID_LEVEL or
 *   %LT_ERROR_TOO_LARGE; then the message names the member or key at fault
 */
gboolean
lt_variant_read_event (LtEventBuilder *builder, GVariant *dict, LtEvent **event, GError **error)
{
  g_return_val_if_fail (g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT), FALSE);
  g_return_val_if_fail (g_variant_is_normal_form (dict), FALSE);

  lt_event_builder_reset (builder);
  if (!read_event (builder, dict, FALSE, error))
    return FALSE;

  *event = lt_event_builder_end (builder, error);
  return *event != NULL;
}
