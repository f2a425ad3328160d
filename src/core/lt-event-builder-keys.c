/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event-builder-private.h"

#include <string.h>

/* Fewer keys than these are compared one by one, which is quicker. */
#define MANY_KEYS 32

static inline guint32
find_start (const LtEventBuilder *self, const LtKey *key)
{
  guint64 product = (guint64) (gsize) key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint32) (product >> 32) & (self->index_size - 1);
}

/* Puts the field at @at where its key is looked for. There is a free place. */
static void
put_in_index (LtEventBuilder *self, guint32 at)
{
  guint32 i = find_start (self, self->fields[at].key);

  while (self->index[i] != 0)
    i = (i + 1) & (self->index_size - 1);
  self->index[i] = at + 1;
  self->n_indexed++;
}

/* Makes the index anew, of what there is now, and at most a quarter full, so that it lasts. */
static void
grow_index (LtEventBuilder *self)
{
  g_free (self->index);
  self->index_size = 4 * MANY_KEYS;
  while (self->index_size < 4 * self->n_fields)
    self->index_size *= 2;
  self->index = g_new0 (guint32, self->index_size);
  self->n_indexed = 0;

  for (guint32 i = 0; i < self->n_fields; i++)
    put_in_index (self, i);
}

static void
add_to_index (LtEventBuilder *self, guint32 at)
{
  if (self->n_indexed >= self->index_size / 2)
    grow_index (self);
  put_in_index (self, at);
}

/* What nested events left in the index does no harm: a place counts only if it is one of the
 * innermost event and has that very key. */
static gboolean
is_in_index (const LtEventBuilder *self, const LtKey *key)
{
  guint32 first = self->frame->first;

  for (guint32 i = find_start (self, key); self->index[i] != 0;
       i = (i + 1) & (self->index_size - 1))
    {
      guint32 at = self->index[i] - 1;

      if (at >= first && at < self->n_fields && self->fields[at].key == key)
        return TRUE;
    }

  return FALSE;
}

/* Whether the innermost event has @key. An event of many keys gets them into the index first. */
static inline gboolean
has_key (LtEventBuilder *self, const LtKey *key)
{
  guint32 first = self->frame->first;

  if (G_UNLIKELY (self->n_fields - first >= MANY_KEYS))
    {
      for (guint32 i = first; i < self->n_fields && self->n_fields - first == MANY_KEYS; i++)
        add_to_index (self, i);
      return is_in_index (self, key);
    }

  for (guint32 i = first; i < self->n_fields; i++)
    {
      if (self->fields[i].key == key)
        return TRUE;
    }

  return FALSE;
}

/**
 * lt_event_builder_set_key:
 * @self: a builder whose innermost container is an event
 * @name: a key name, in any spelling
 * @length: bytes of @name, or -1 if it ends in NUL
 * @error: return location
 *
 * Names the key whose value comes next: added, begun or skipped.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT if the name is bad or the event
 *   has that key already, or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_set_key (LtEventBuilder *self, const char *name, gssize length, GError **error)
{
  LtBuilderFrame *frame = self->frame;
  LtField *field;
  LtKey *key;

  g_return_val_if_fail (!frame->is_list && !frame->key_pending, FALSE);

  key = lt_catalogue_intern_key (self->catalogue, name, length, error);
  if (key == NULL)
    return FALSE;
  g_ptr_array_add (self->keys, key);

  if (has_key (self, key))
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error, "key \"%s\" is given twice",
                                  key->name);
  if (self->n_fields - frame->first == self->limits.max_keys)
    return lt_event_builder_fail (self, LT_ERROR_TOO_LARGE, error, "an event has at most %u keys",
                                  self->limits.max_keys);
  if (!lt_event_builder_count (self, key->name_length + 3, error))
    return FALSE;

  if (self->n_fields == self->fields_size)
    {
      self->fields_size *= 2;
      self->fields = g_renew (LtField, self->fields, self->fields_size);
    }
  field = &self->fields[self->n_fields++];
  field->key = key;
  memset (&field->value, 0, sizeof field->value);
  if (G_UNLIKELY (self->n_fields - frame->first > MANY_KEYS))
    add_to_index (self, self->n_fields - 1);
  frame->key = key;
  frame->key_pending = TRUE;
  return TRUE;
}
