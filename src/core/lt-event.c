/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event.h"

#include "lt-span.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (LtEvent, lt_event, G_TYPE_OBJECT)

static void
release_value (const LtValue *value)
{
  if (value->kind == LT_VALUE_EVENT)
    {
      const LtNested *nested = value->nested;

      lt_event_type_unref (nested->type);
      for (guint32 i = 0; i < nested->n_fields; i++)
        {
          lt_key_unref (nested->fields[i].key);
          release_value (&nested->fields[i].value);
        }
    }
  else if (value->kind == LT_VALUE_LIST)
    {
      for (guint32 i = 0; i < value->length; i++)
        release_value (&value->items[i]);
    }
}

static void
lt_event_finalize (GObject *object)
{
  LtEvent *self = LT_EVENT (object);

  for (guint32 i = 0; i < self->n_fields; i++)
    {
      lt_key_unref (self->fields[i].key);
      if (self->fields[i].value.kind >= LT_VALUE_LIST)
        release_value (&self->fields[i].value);
    }
  g_free (self->block);
  g_clear_pointer (&self->type, lt_event_type_unref);
  g_clear_pointer (&self->span, lt_span_unref);
  g_clear_pointer (&self->json, g_bytes_unref);

  G_OBJECT_CLASS (lt_event_parent_class)->finalize (object);
}

/*
 * GObject's own dispose drops signal handlers and weak references, which g_object_unref()
 * does once more right after it; an event is freed too often to pay for that twice.
 */
static void
lt_event_dispose (GObject *object)
{
}

static void
lt_event_class_init (LtEventClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_event_dispose;
  G_OBJECT_CLASS (klass)->finalize = lt_event_finalize;
}

static void
lt_event_init (LtEvent *self)
{
}

/**
 * lt_event_find:
 * @self: an event
 * @key: a key
 *
 * Returns: (transfer none) (nullable): the value that @self itself has under @key; its
 *   span's keys and nested events do not count
 */
const LtValue *
lt_event_find (LtEvent *self, const LtKey *key)
{
  for (guint32 i = 0; i < self->n_fields; i++)
    {
      if (self->fields[i].key == key)
        return &self->fields[i].value;
    }

  return NULL;
}

static gboolean
texts_equal (const char *a, guint32 a_length, const char *b, guint32 b_length)
{
  if (a == NULL || b == NULL)
    return a == b;

  return a_length == b_length && memcmp (a, b, a_length) == 0;
}

static gboolean
fields_equal (const LtField *a, guint32 n_a, const LtField *b, guint32 n_b)
{
  if (n_a != n_b)
    return FALSE;

  for (guint32 i = 0; i < n_a; i++)
    {
      if ((a[i].key != b[i].key && strcmp (a[i].key->name, b[i].key->name) != 0)
          || !lt_value_equal (&a[i].value, &b[i].value))
        return FALSE;
    }

  return TRUE;
}

static gboolean
types_equal (const LtEventType *a, const LtEventType *b)
{
  return a == b || strcmp (a->name, b->name) == 0;
}

/**
 * lt_nested_equal:
 * @a: a nested event
 * @b: another
 *
 * Returns: %TRUE if both say the same
 */
gboolean
lt_nested_equal (const LtNested *a, const LtNested *b)
{
  return types_equal (a->type, b->type) && a->level == b->level
         && a->created_at_us == b->created_at_us
         && texts_equal (a->text, a->text_length, b->text, b->text_length)
         && texts_equal (a->details, a->details_length, b->details, b->details_length)
         && fields_equal (a->fields, a->n_fields, b->fields, b->n_fields);
}

/**
 * lt_event_equal:
 * @a: an event
 * @b: another, of the same or another catalogue
 *
 * Compares what producers say: all but the place in hub order and what follows from it.
 *
 * Returns: %TRUE if both say the same, keys in the same order
 */
gboolean
lt_event_equal (LtEvent *a, LtEvent *b)
{
  return types_equal (a->type, b->type) && a->level == b->level && a->role == b->role
         && a->created_at_us == b->created_at_us
         && texts_equal (a->text, a->text_length, b->text, b->text_length)
         && texts_equal (a->details, a->details_length, b->details, b->details_length)
         && fields_equal (a->fields, a->n_fields, b->fields, b->n_fields);
}

/**
 * lt_event_compare_sequences:
 * @a: (type LtEvent**): a place in an array of events
 * @b: (type LtEvent**): another one
 *
 * Compares two events for g_ptr_array_sort(): the older comes first.
 *
 * Returns: less than 0, 0 or more than 0
 */
int
lt_event_compare_sequences (gconstpointer a, gconstpointer b)
{
  const LtEvent *first = *(LtEvent *const *) a;
  const LtEvent *second = *(LtEvent *const *) b;

  return (first->sequence > second->sequence) - (first->sequence < second->sequence);
}
