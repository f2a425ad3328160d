/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event-builder.h"

#include "lt-event-builder-private.h"

#include <string.h>

/* What limits are cut to, so that offsets fit in 32 bits and nesting in the stack. */
#define MAX_BYTES   (64 * 1024 * 1024)
#define MAX_NESTING 64

#define INITIAL_ARENA_BYTES 1024
#define INITIAL_SLOTS       16

/* Buffers that grew past this for one large event are given back after it. */
#define KEEP_ARENA_BYTES (64 * 1024)

/* What the instance costs besides its struct: its allocator's share and its block's. */
#define INSTANCE_OVERHEAD_BYTES 32

/**
 * lt_event_builder_new:
 * @catalogue: where keys and types come from
 * @limits: (nullable): what one event may hold, %NULL for the defaults
 *
 * Returns: (transfer full): a builder, ready for a first event
 */
LtEventBuilder *
lt_event_builder_new (LtCatalogue *catalogue, const LtEventLimits *limits)
{
  const LtEventLimits defaults = LT_EVENT_LIMITS_DEFAULT;
  LtEventBuilder *self = g_new0 (LtEventBuilder, 1);

  self->catalogue = g_object_ref (catalogue);
  self->limits = limits != NULL ? *limits : defaults;
  self->limits.max_bytes = MIN (self->limits.max_bytes, MAX_BYTES);
  self->limits.max_nesting = MIN (self->limits.max_nesting, MAX_NESTING);
  self->arena_size = INITIAL_ARENA_BYTES;
  self->arena = g_malloc (self->arena_size);
  self->fields_size = INITIAL_SLOTS;
  self->fields = g_new (LtField, self->fields_size);
  self->items_size = INITIAL_SLOTS;
  self->items = g_new (LtValue, self->items_size);
  self->frames = g_new0 (LtBuilderFrame, self->limits.max_nesting + 1);
  self->frame = self->frames;
  self->keys = g_ptr_array_new ();
  self->types = g_ptr_array_new ();
  self->skipped = g_ptr_array_new ();
  return self;
}

/**
 * lt_event_builder_free:
 * @self: (transfer full): a builder
 *
 * Frees @self and the event under way.
 */
void
lt_event_builder_free (LtEventBuilder *self)
{
  lt_event_builder_reset (self);
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->types);
  g_ptr_array_unref (self->skipped);
  g_free (self->frames);
  g_free (self->index);
  g_free (self->items);
  g_free (self->fields);
  g_free (self->arena);
  g_object_unref (self->catalogue);
  g_free (self);
}

/**
 * lt_event_builder_get_catalogue:
 * @self: a builder
 *
 * Returns: (transfer none): where its keys and types come from
 */
LtCatalogue *
lt_event_builder_get_catalogue (LtEventBuilder *self)
{
  return self->catalogue;
}

/**
 * lt_event_builder_get_limits:
 * @self: a builder
 *
 * Returns: (transfer none): what one event may hold
 */
const LtEventLimits *
lt_event_builder_get_limits (LtEventBuilder *self)
{
  return &self->limits;
}

/**
 * lt_event_builder_reset:
 * @self: a builder
 *
 * Throws away the event under way and begins another. Needed only after an error.
 */
void
lt_event_builder_reset (LtEventBuilder *self)
{
  for (guint i = 0; i < self->keys->len; i++)
    lt_key_unref (g_ptr_array_index (self->keys, i));
  for (guint i = 0; i < self->types->len; i++)
    lt_event_type_unref (g_ptr_array_index (self->types, i));
  for (guint i = 0; i < self->skipped->len; i++)
    lt_key_unref (g_ptr_array_index (self->skipped, i));

  self->keys->len = 0;
  self->types->len = 0;
  self->skipped->len = 0;
  self->n_fields = 0;
  self->n_items = 0;
  self->n_bytes = 0;
  self->span_id = 0;
  self->parent_span_id = 0;
  self->arena_used = 0;
  self->frame = self->frames;
  memset (self->frame, 0, sizeof *self->frame);

  if (self->n_indexed > 0)
    {
      g_clear_pointer (&self->index, g_free);
      self->index_size = 0;
      self->n_indexed = 0;
    }
  if (self->arena_size > KEEP_ARENA_BYTES)
    {
      self->arena_size = INITIAL_ARENA_BYTES;
      self->arena = g_realloc (self->arena, self->arena_size);
    }
}

/**
 * lt_event_builder_fail:
 * @self: a builder
 * @code: what kind of fault
 * @error: return location
 * @format: what is wrong, after the name of the key at fault
 * @...: arguments
 *
 * Returns: %FALSE
 */
gboolean
lt_event_builder_fail (LtEventBuilder *self, LtErrorCode code, GError **error, const char *format,
                       ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  if (self->frame->key_pending || self->frame->is_list)
    g_set_error (error, LT_ERROR, code, "key \"%s\": %s", self->frame->key->name, message);
  else
    g_set_error_literal (error, LT_ERROR, code, message);
  return FALSE;
}

/**
 * lt_event_builder_fail_size:
 * @self: a builder
 * @error: return location
 *
 * Returns: %FALSE
 */
gboolean
lt_event_builder_fail_size (LtEventBuilder *self, GError **error)
{
  return lt_event_builder_fail (self, LT_ERROR_TOO_LARGE, error, "an event holds at most %u bytes",
                                self->limits.max_bytes);
}

/**
 * lt_event_builder_reserve:
 * @self: a builder
 * @n_bytes: how much is wanted
 * @alignment: a power of two
 * @place: (out): its place, see #LtEventBuilder
 *
 * Returns: (transfer none): room in the arena, good until more is reserved
 */
char *
lt_event_builder_reserve (LtEventBuilder *self, gsize n_bytes, gsize alignment, gsize *place)
{
  gsize start = (self->arena_used + alignment - 1) & ~(alignment - 1);

  if (G_UNLIKELY (start + n_bytes > self->arena_size))
    {
      self->arena_size = MAX (self->arena_size * 2, start + n_bytes);
      self->arena = g_realloc (self->arena, self->arena_size);
    }

  self->arena_used = start + n_bytes;
  *place = start + 1;
  return self->arena + start;
}

/**
 * lt_event_builder_push_item:
 * @self: a builder
 *
 * Returns: (transfer none): the next place on the stack of list items, good until more is
 *   pushed
 */
LtValue *
lt_event_builder_push_item (LtEventBuilder *self)
{
  if (self->n_items == self->items_size)
    {
      self->items_size *= 2;
      self->items = g_renew (LtValue, self->items, self->items_size);
    }

  return &self->items[self->n_items++];
}

static gboolean
push_frame (LtEventBuilder *self, gboolean is_list, GError **error)
{
  LtKey *key = self->frame->key;
  guint depth = (guint) (self->frame - self->frames);

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (depth == self->limits.max_nesting)
    return lt_event_builder_fail (self, LT_ERROR_TOO_LARGE, error,
                                  "lists and nested events nest at most %u deep",
                                  self->limits.max_nesting);
  if (!lt_event_builder_count (self, 2, error))
    return FALSE;

  self->frame++;
  memset (self->frame, 0, sizeof *self->frame);
  self->frame->is_list = is_list;
  self->frame->first = is_list ? self->n_items : self->n_fields;
  self->frame->key = is_list ? key : NULL;
  self->frame->created_at_us = G_MININT64;
  return TRUE;
}

/**
 * lt_event_builder_begin_list:
 * @self: a builder
 * @error: return location
 *
 * Begins a list as the value of the pending key or as the next item of a list. Its items
 * are read as the kind of the key it is under.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_begin_list (LtEventBuilder *self, GError **error)
{
  return push_frame (self, TRUE, error);
}

/**
 * lt_event_builder_end_list:
 * @self: a builder whose innermost container is a list
 * @error: return location
 *
 * Returns: %TRUE
 */
gboolean
lt_event_builder_end_list (LtEventBuilder *self, GError **error)
{
  guint32 first = self->frame->first;
  guint32 n_items = self->n_items - first;
  gsize place = 0;
  LtValue *value;

  g_return_val_if_fail (self->frame > self->frames && self->frame->is_list, FALSE);

  if (n_items > 0)
    {
      char *room = lt_event_builder_reserve (self, n_items * sizeof (LtValue), G_ALIGNOF (LtValue),
                                             &place);

      memcpy (room, &self->items[first], n_items * sizeof (LtValue));
    }

  self->n_items = first;
  self->frame--;
  value = lt_event_builder_place (self);
  value->kind = LT_VALUE_LIST;
  value->length = n_items;
  value->items = (const LtValue *) place;
  return TRUE;
}

/**
 * lt_event_builder_begin_event:
 * @self: a builder
 * @error: return location
 *
 * Begins a nested event as the value of the pending key or as the next item of a list. Until
 * it ends, members and keys are its own.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_begin_event (LtEventBuilder *self, GError **error)
{
  return push_frame (self, FALSE, error);
}

/* Takes the keys that were null out of the innermost event, and checks that it is whole. */
static gboolean
finish_frame (LtEventBuilder *self, GError **error)
{
  LtBuilderFrame *frame = self->frame;
  guint32 n_kept = frame->first;

  if (frame->type == NULL)
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                  frame > self->frames
                                      ? "a nested event must have the member \"type\""
                                      : "member \"type\" is missing");
  if (frame->n_skipped == 0)
    return TRUE;

  for (guint32 i = frame->first; i < self->n_fields; i++)
    {
      if (self->fields[i].value.kind != LT_VALUE_NONE)
        self->fields[n_kept++] = self->fields[i];
    }
  self->n_fields = n_kept;
  return TRUE;
}

/**
 * lt_event_builder_end_event:
 * @self: a builder whose innermost container is a nested event
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT if it has no type
 */
gboolean
lt_event_builder_end_event (LtEventBuilder *self, GError **error)
{
  LtBuilderFrame *frame = self->frame;
  LtNested nested;
  gsize fields_place = 0;
  gsize place;
  LtValue *value;
  char *room;

  g_return_val_if_fail (frame > self->frames && !frame->is_list && !frame->key_pending, FALSE);

  if (!finish_frame (self, error))
    return FALSE;

  memset (&nested, 0, sizeof nested);
  nested.n_fields = self->n_fields - frame->first;
  if (nested.n_fields > 0)
    {
      room = lt_event_builder_reserve (self, nested.n_fields * sizeof (LtField),
                                       G_ALIGNOF (LtField), &fields_place);
      memcpy (room, &self->fields[frame->first], nested.n_fields * sizeof (LtField));
    }

  nested.type = frame->type;
  nested.text = (const char *) frame->text;
  nested.text_length = frame->text_length;
  nested.details = (const char *) frame->details;
  nested.details_length = frame->details_length;
  nested.fields = (const LtField *) fields_place;
  nested.created_at_us = frame->created_at_us;
  nested.level = frame->given & LT_GIVEN_LEVEL ? frame->level : frame->type->level;
  room = lt_event_builder_reserve (self, sizeof nested, G_ALIGNOF (LtNested), &place);
  memcpy (room, &nested, sizeof nested);

  self->n_fields = frame->first;
  self->frame--;
  value = lt_event_builder_place (self);
  value->kind = LT_VALUE_EVENT;
  value->length = 0;
  value->nested = (const LtNested *) place;
  return TRUE;
}

/**
 * lt_event_builder_skip_value:
 * @self: a builder
 *
 * Says that the value is null: the pending key is absent, but still must not come twice.
 * In a list it says nothing.
 */
void
lt_event_builder_skip_value (LtEventBuilder *self)
{
  if (self->frame->is_list)
    return;

  g_return_if_fail (self->frame->key_pending);

  self->frame->key_pending = FALSE;
  self->frame->n_skipped++;
  self->keys->len--;
  g_ptr_array_add (self->skipped, self->frame->key);
}

static inline gpointer
resolve (char *arena, gconstpointer place)
{
  return arena + ((gsize) place - 1);
}

static inline gpointer
resolve_nullable (char *arena, gconstpointer place)
{
  return place != NULL ? resolve (arena, place) : NULL;
}

/* Turns places into pointers, in @value and in all that lies below it. */
static void
resolve_value (LtValue *value, char *arena)
{
  LtNested *nested;

  switch ((LtValueKind) value->kind)
    {
    case LT_VALUE_STRING:
    case LT_VALUE_BYTES:
    case LT_VALUE_IP:
    case LT_VALUE_TIME:
      value->string = resolve (arena, value->string);
      break;
    case LT_VALUE_LIST:
      if (value->length > 0)
        value->items = resolve (arena, value->items);
      for (guint32 i = 0; i < value->length; i++)
        resolve_value ((LtValue *) &value->items[i], arena);
      break;
    case LT_VALUE_EVENT:
      nested = resolve (arena, value->nested);
      value->nested = nested;
      nested->details = resolve_nullable (arena, nested->details);
      nested->fields = resolve_nullable (arena, nested->fields);
      if (nested->text != NULL)
        nested->text = resolve (arena, nested->text);
      else
        {
          nested->text = nested->type->text;
          nested->text_length = nested->type->text_length;
        }
      for (guint32 i = 0; i < nested->n_fields; i++)
        resolve_value ((LtValue *) &nested->fields[i].value, arena);
      break;
    case LT_VALUE_NONE:
    case LT_VALUE_INTEGER:
    case LT_VALUE_UNSIGNED:
    case LT_VALUE_NUMBER:
    case LT_VALUE_BOOLEAN:
    case LT_VALUE_DURATION:
      break;
    }
}

static void
see_names (LtEventBuilder *self)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      LtKey *key = g_ptr_array_index (self->keys, i);

      if (!key->known)
        lt_catalogue_see_key (self->catalogue, key);
    }

  for (guint i = 0; i < self->types->len; i++)
    lt_catalogue_see_type (self->catalogue, g_ptr_array_index (self->types, i));
}

static void
fill_event (LtEventBuilder *self, LtEvent *event)
{
  const LtBuilderFrame *frame = self->frame;
  gsize fields_bytes = self->n_fields * sizeof (LtField);
  gsize block_bytes = fields_bytes + self->arena_used;
  LtField *fields = g_malloc (block_bytes);
  char *arena = fields == NULL ? NULL : (char *) fields + fields_bytes;

  event->block = fields;
  event->fields = fields;
  event->n_fields = self->n_fields;
  event->size_bytes = (guint32) (sizeof *event + INSTANCE_OVERHEAD_BYTES + block_bytes);
  if (block_bytes > 0)
    {
      memcpy (fields, self->fields, fields_bytes);
      memcpy (arena, self->arena, self->arena_used);
    }
  for (guint32 i = 0; i < self->n_fields; i++)
    resolve_value (&fields[i].value, arena);

  event->type = frame->type;
  event->level = (guint8) (frame->given & LT_GIVEN_LEVEL ? frame->level : frame->type->level);
  event->role = (guint8) (frame->given & LT_GIVEN_ROLE ? frame->role : frame->type->role);
  event->created_at_us
      = frame->given & LT_GIVEN_CREATED_AT ? frame->created_at_us : g_get_real_time ();
  event->text = frame->given & LT_GIVEN_TEXT ? resolve (arena, (gconstpointer) frame->text)
                                             : frame->type->text;
  event->text_length = frame->given & LT_GIVEN_TEXT ? frame->text_length : frame->type->text_length;
  event->details = resolve_nullable (arena, (gconstpointer) frame->details);
  event->details_length = frame->details_length;
  event->span_id = resolve_nullable (arena, (gconstpointer) self->span_id);
  event->parent_span_id = resolve_nullable (arena, (gconstpointer) self->parent_span_id);
}

/**
 * lt_event_builder_end:
 * @self: a builder, all lists and nested events ended
 * @error: return location
 *
 * Makes the event, remembers its type and keys as seen, and begins another.
 *
 * Returns: (transfer full): the event, or %NULL with %LT_ERROR_INVALID_EVENT if it has no
 *   type
 */
LtEvent *
lt_event_builder_end (LtEventBuilder *self, GError **error)
{
  LtEvent *event;

  g_return_val_if_fail (self->frame == self->frames && !self->frame->key_pending, NULL);

  if (!finish_frame (self, error))
    return NULL;

  event = g_object_new (LT_TYPE_EVENT, NULL);
  fill_event (self, event);
  see_names (self);
  self->keys->len = 0;
  self->types->len = 0;
  lt_event_builder_reset (self);
  return event;
}
