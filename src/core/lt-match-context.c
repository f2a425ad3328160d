/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-match-context.h"

#include "lt-filter-number.h"
#include "lt-fold.h"
#include "lt-span.h"

#include <string.h>

/**
 * lt_match_context_new:
 *
 * Returns: (transfer full): a context without an event
 */
LtMatchContext *
lt_match_context_new (void)
{
  LtMatchContext *self = g_new0 (LtMatchContext, 1);

  self->haystack = g_string_sized_new (1024);
  self->offsets = g_array_sized_new (FALSE, FALSE, sizeof (guint32), 64);
  return self;
}

/**
 * lt_match_context_free:
 * @self: (transfer full): a context
 *
 * Frees @self.
 */
void
lt_match_context_free (LtMatchContext *self)
{
  g_string_free (self->haystack, TRUE);
  g_array_unref (self->offsets);
  g_free (self);
}

/**
 * lt_match_context_set_event:
 * @self: a context
 * @event: (transfer none) (nullable): what to match next; must live, and keep its span,
 *   until the next call
 *
 * Chooses the event that lt_filter_match() looks at.
 */
void
lt_match_context_set_event (LtMatchContext *self, LtEvent *event)
{
  self->event = event;
  self->start = event != NULL && event->span != NULL ? event->span->start : NULL;
  if (self->start == event)
    self->start = NULL;
  self->is_folded = FALSE;

  if (self->haystack->allocated_len > LT_MATCH_CONTEXT_KEEP_BYTES)
    {
      g_string_free (self->haystack, TRUE);
      self->haystack = g_string_sized_new (1024);
    }
}

static const LtField *
find_field (LtEvent *event, const LtKey *key)
{
  for (guint i = 0; i < event->n_fields; i++)
    if (event->fields[i].key == key)
      return &event->fields[i];

  return NULL;
}

/**
 * lt_match_context_find:
 * @self: a context with an event
 * @key: a key
 * @slot: (out): which field it is, for lt_match_context_peek_folded()
 *
 * Returns: (transfer none) (nullable): the event's value of @key, or the one its span began
 *   with
 */
const LtValue *
lt_match_context_find (LtMatchContext *self, const LtKey *key, guint *slot)
{
  const LtField *field = find_field (self->event, key);

  if (field != NULL)
    {
      *slot = (guint) (field - self->event->fields);
      return &field->value;
    }
  if (self->start == NULL)
    return NULL;

  field = find_field (self->start, key);
  if (field == NULL)
    return NULL;

  *slot = self->event->n_fields + (guint) (field - self->start->fields);
  return &field->value;
}

static void
append_text (GString *out, const char *text, gsize length)
{
  lt_fold_append (out, text, length);
  g_string_append_c (out, '\0');
}

static void
append_value (GString *out, const LtValue *value)
{
  char buffer[LT_SCALAR_TEXT_SIZE];
  const LtNested *nested;

  switch (value->kind)
    {
    case LT_VALUE_STRING:
    case LT_VALUE_BYTES:
      append_text (out, value->string, value->length);
      break;

    case LT_VALUE_IP:
      append_text (out, value->ip->text, value->length);
      break;

    case LT_VALUE_TIME:
      append_text (out, value->time->text, value->length);
      break;

    case LT_VALUE_LIST:
      for (guint i = 0; i < value->length; i++)
        append_value (out, &value->items[i]);
      break;

    case LT_VALUE_EVENT:
      nested = value->nested;
      append_text (out, nested->type->name, nested->type->name_length);
      append_text (out, lt_level_to_string (nested->level),
                   strlen (lt_level_to_string (nested->level)));
      append_text (out, nested->text, nested->text_length);
      if (nested->details != NULL)
        append_text (out, nested->details, nested->details_length);
      for (guint i = 0; i < nested->n_fields; i++)
        append_value (out, &nested->fields[i].value);
      break;

    default:
      append_text (out, buffer, lt_value_format_scalar (value, buffer));
      break;
    }
}

static void
append_fields (LtMatchContext *self, LtEvent *event)
{
  for (guint i = 0; i < event->n_fields; i++)
    {
      guint32 offset = (guint32) self->haystack->len;

      g_array_append_val (self->offsets, offset);
      if (event == self->event || find_field (self->event, event->fields[i].key) == NULL)
        append_value (self->haystack, &event->fields[i].value);
    }
}

/**
 * lt_match_context_fold:
 * @self: a context with an event
 *
 * Gathers the event's texts; done on first use.
 */
void
lt_match_context_fold (LtMatchContext *self)
{
  LtEvent *event = self->event;
  const char *level = lt_level_to_string ((LtLevel) event->level);

  g_string_truncate (self->haystack, 0);
  g_array_set_size (self->offsets, 0);

  append_text (self->haystack, event->type->name, event->type->name_length);
  append_text (self->haystack, level, strlen (level));
  self->text_offset = (guint32) self->haystack->len;
  append_text (self->haystack, event->text, event->text_length);
  if (event->details != NULL)
    append_text (self->haystack, event->details, event->details_length);
  append_fields (self, event);
  if (self->start != NULL)
    append_fields (self, self->start);

  self->is_folded = TRUE;
}
