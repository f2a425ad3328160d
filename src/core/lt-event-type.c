/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue-private.h"
#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

/**
 * lt_event_type_check_name:
 * @name: (array length=length): what should be an event type
 * @length: bytes of @name
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_event_type_check_name (const char *name, gsize length, GError **error)
{
  gboolean good = length > 0 && length <= LT_TYPE_MAX_BYTES && name[length - 1] != '.';
  gboolean word_begins = TRUE;
  g_autofree char *quoted = NULL;

  for (gsize i = 0; i < length && good; i++)
    {
      good = g_ascii_islower (name[i]) || g_ascii_isdigit (name[i]) || name[i] == '-'
             || (name[i] == '.' && !word_begins);
      word_begins = name[i] == '.';
    }

  if (good)
    return TRUE;

  quoted = lt_text_quote (name, (gssize) length);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT,
               "%s is not an event type; use words of a-z, 0-9 and \"-\" joined by dots, "
               "at most %d bytes",
               quoted, LT_TYPE_MAX_BYTES);
  return FALSE;
}

/**
 * lt_event_type_make_title:
 * @name: an event type
 *
 * Returns: (transfer full) (not nullable): the English text of a type that has none, such as
 *   `Queue rescheduled` for `queue.rescheduled`
 */
char *
lt_event_type_make_title (const char *name)
{
  char *title = g_strdelimit (g_strdup (name), ".-", ' ');

  title[0] = g_ascii_toupper (title[0]);
  return title;
}

/**
 * lt_event_type_guess_role:
 * @name: an event type
 *
 * Returns: the span role that types so named have unless a file says otherwise
 */
LtSpanRole
lt_event_type_guess_role (const char *name)
{
  if (g_str_has_suffix (name, ".connection-start") || strcmp (name, "delivery.attempt-start") == 0)
    return LT_SPAN_ROLE_START;
  if (g_str_has_suffix (name, ".connection-end") || strcmp (name, "delivery.attempt-end") == 0)
    return LT_SPAN_ROLE_END;

  return LT_SPAN_ROLE_NONE;
}

/**
 * lt_event_type_entry_new:
 * @name: (array length=length): a good event type
 * @length: bytes of @name
 *
 * Returns: (transfer full): a type of no catalogue yet, with one reference, such as one is
 *   that nobody described
 */
LtEventTypeEntry *
lt_event_type_entry_new (const char *name, gsize length)
{
  LtEventTypeEntry *entry = g_new0 (LtEventTypeEntry, 1);
  LtEventType *type = &entry->type;

  entry->seen_link.data = entry;
  type->ref_count = 1;
  type->name = g_strndup (name, length);
  type->name_length = (guint) length;
  type->level = LT_LEVEL_INFO;
  type->role = lt_event_type_guess_role (type->name);
  type->text = lt_event_type_make_title (type->name);
  type->text_length = (guint) strlen (type->text);
  return entry;
}

/**
 * lt_event_type_entry_set_text:
 * @entry: a type
 * @text: the text its events have from now on when they give none
 *
 * Former texts stay as long as the type does, since events point to them.
 */
void
lt_event_type_entry_set_text (LtEventTypeEntry *entry, const char *text)
{
  char *next = NULL;

  if (strcmp (entry->type.text, text) == 0)
    return;

  if (entry->old_texts == NULL)
    entry->old_texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < entry->old_texts->len && next == NULL; i++)
    {
      if (strcmp (g_ptr_array_index (entry->old_texts, i), text) == 0)
        next = g_ptr_array_steal_index_fast (entry->old_texts, i);
    }

  g_ptr_array_add (entry->old_texts, (char *) entry->type.text);
  entry->type.text = next != NULL ? next : g_strdup (text);
  entry->type.text_length = (guint) strlen (text);
}

/**
 * lt_event_type_free:
 * @type: (transfer full): a type without references
 *
 * Only for lt_event_type_unref().
 */
void
lt_event_type_free (LtEventType *type)
{
  LtEventTypeEntry *entry = (LtEventTypeEntry *) type;

  if (entry->catalogue != NULL)
    lt_name_table_remove (&entry->catalogue->types, type->name, type->name_length);

  g_free ((char *) type->name);
  g_free ((char *) type->text);
  g_clear_pointer (&entry->old_texts, g_ptr_array_unref);
  g_free (entry->titles);
  g_free (entry);
}
