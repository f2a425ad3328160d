/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event-builder-private.h"
#include "lt-text.h"
#include "lt-time.h"

#include <math.h>
#include <string.h>

/* Longest text of a number: a sign, 17 digits, a point and an exponent. */
#define NUMBER_MAX_BYTES 32

static inline gboolean
is_span_key (LtEventBuilder *self, const LtKey *key)
{
  return (key == self->catalogue->span_id_key || key == self->catalogue->parent_span_id_key)
         && self->frame == self->frames;
}

/* Remembers the text of a span key; an empty one names no span. */
static void
note_span (LtEventBuilder *self, const LtKey *key, gsize place, gsize length)
{
  if (length == 0)
    return;
  if (key == self->catalogue->span_id_key)
    self->span_id = place;
  else
    self->parent_span_id = place;
}

/* A span key that is no string gets a text beside its value. */
static void
note_span_text (LtEventBuilder *self, const LtKey *key, const char *text)
{
  gsize length = strlen (text);
  gsize place;

  memcpy (lt_event_builder_reserve (self, length + 1, 1, &place), text, length + 1);
  note_span (self, key, place, length);
}

/* Whether @text is base64 as RFC 4648 section 4 has it, with padding. */
static gboolean
is_base64 (const char *text, gsize length)
{
  gsize n_letters = length;

  if (length % 4 != 0)
    return FALSE;
  if (length > 0 && text[length - 1] == '=')
    n_letters -= text[length - 2] == '=' ? 2 : 1;

  for (gsize i = 0; i < n_letters; i++)
    {
      if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
        return FALSE;
    }
  return TRUE;
}

/* Copies @text behind @n_before bytes of its own kind; gives the place of the text. */
static char *
copy_text (LtEventBuilder *self, const char *text, gsize length, gsize n_before, gsize alignment,
           gsize *place)
{
  char *room = lt_event_builder_reserve (self, n_before + length + 1, alignment, place);

  memcpy (room + n_before, text, length);
  room[n_before + length] = '\0';
  return room;
}

/**
 * lt_event_builder_add_string:
 * @self: a builder
 * @text: UTF-8
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Adds a string. Where the catalogue says that the key holds addresses, times or bytes and
 * @text is one, it becomes that and keeps its text.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_string (LtEventBuilder *self, const char *text, gssize length, GError **error)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  const LtKey *key = self->frame->key;
  LtValueKind kind = LT_VALUE_STRING;
  gsize n_before = 0;
  gsize place;
  LtAddress address;
  gint64 unix_us;
  LtValue *value;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (!lt_event_builder_count (self, n_bytes + 2, error))
    return FALSE;
  if (!lt_text_check (text, n_bytes))
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                  "text must be UTF-8 without NUL");

  if (key->kind == LT_VALUE_IP && lt_address_parse (text, n_bytes, &address))
    {
      LtIpData *ip;

      kind = LT_VALUE_IP;
      n_before = G_STRUCT_OFFSET (LtIpData, text);
      ip = (LtIpData *) copy_text (self, text, n_bytes, n_before, G_ALIGNOF (LtIpData), &place);
      ip->address = address;
    }
  else if (key->kind == LT_VALUE_TIME && lt_time_parse (text, n_bytes, &unix_us))
    {
      LtTimeData *time;

      kind = LT_VALUE_TIME;
      n_before = G_STRUCT_OFFSET (LtTimeData, text);
      time = (LtTimeData *) copy_text (self, text, n_bytes, n_before, G_ALIGNOF (LtTimeData),
                                       &place);
      time->unix_us = unix_us;
    }
  else
    {
      if (key->kind == LT_VALUE_BYTES && is_base64 (text, n_bytes))
        kind = LT_VALUE_BYTES;
      copy_text (self, text, n_bytes, 0, 1, &place);
    }

  if (is_span_key (self, key))
    note_span (self, key, place + n_before, n_bytes);
  value = lt_event_builder_place (self);
  value->kind = (guint8) kind;
  value->length = (guint32) n_bytes;
  value->string = (const char *) place;
  return TRUE;
}

/* At most the digits that @number has: what is counted must never be more than its JSON. */
static inline gsize
count_digits (guint64 number)
{
  return MAX (g_bit_storage (number) * 1233u >> 12, 1);
}

/**
 * lt_event_builder_add_integer:
 * @self: a builder
 * @value: a number
 * @error: return location
 *
 * Adds an integer: a duration in milliseconds where the catalogue says so.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_integer (LtEventBuilder *self, gint64 value, GError **error)
{
  const LtKey *key = self->frame->key;
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;
  LtValue *place;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (!lt_event_builder_count (self, count_digits (magnitude) + 1, error))
    return FALSE;

  if (is_span_key (self, key))
    {
      char text[NUMBER_MAX_BYTES];

      g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
      note_span_text (self, key, text);
    }
  place = lt_event_builder_place (self);
  place->kind = key->kind == LT_VALUE_DURATION ? LT_VALUE_DURATION : LT_VALUE_INTEGER;
  place->length = 0;
  place->integer = value;
  return TRUE;
}

/**
 * lt_event_builder_add_unsigned:
 * @self: a builder
 * @value: a number
 * @error: return location
 *
 * Adds an integer that may be above %G_MAXINT64.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_unsigned (LtEventBuilder *self, guint64 value, GError **error)
{
  const LtKey *key = self->frame->key;
  LtValue *place;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (value <= G_MAXINT64)
    return lt_event_builder_add_integer (self, (gint64) value, error);
  if (!lt_event_builder_count (self, count_digits (value) + 1, error))
    return FALSE;

  if (is_span_key (self, key))
    {
      char text[NUMBER_MAX_BYTES];

      g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, value);
      note_span_text (self, key, text);
    }
  place = lt_event_builder_place (self);
  place->kind = LT_VALUE_UNSIGNED;
  place->length = 0;
  place->uinteger = value;
  return TRUE;
}

/**
 * lt_event_builder_add_number:
 * @self: a builder
 * @value: a finite number
 * @error: return location
 *
 * Adds a number with a fraction.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT if it is not finite, or
 *   %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_number (LtEventBuilder *self, double value, GError **error)
{
  const LtKey *key = self->frame->key;
  LtValue *place;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (!isfinite (value))
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error, "a number must be finite");
  if (!lt_event_builder_count (self, 4, error))
    return FALSE;

  if (is_span_key (self, key))
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      note_span_text (self, key, g_ascii_dtostr (text, sizeof text, value));
    }
  place = lt_event_builder_place (self);
  place->kind = LT_VALUE_NUMBER;
  place->length = 0;
  place->number = value;
  return TRUE;
}

/**
 * lt_event_builder_add_boolean:
 * @self: a builder
 * @value: %TRUE or %FALSE
 * @error: return location
 *
 * Adds a boolean.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_boolean (LtEventBuilder *self, gboolean value, GError **error)
{
  const LtKey *key = self->frame->key;
  LtValue *place;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (!lt_event_builder_count (self, 5, error))
    return FALSE;

  if (is_span_key (self, key))
    note_span_text (self, key, value ? "true" : "false");
  place = lt_event_builder_place (self);
  memset (place, 0, sizeof *place);
  place->kind = LT_VALUE_BOOLEAN;
  place->boolean = value != FALSE;
  return TRUE;
}

/**
 * lt_event_builder_add_bytes:
 * @self: a builder
 * @bytes: (array length=length) (nullable): any bytes
 * @length: how many
 * @error: return location
 *
 * Adds bytes, as base64, whatever the kind of the key.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_bytes (LtEventBuilder *self, const guint8 *bytes, gsize length, GError **error)
{
  const LtKey *key = self->frame->key;
  gsize n_encoded = (length / 3 + (length % 3 != 0)) * 4;
  gint state = 0;
  gint save = 0;
  gsize place, at;
  LtValue *value;
  char *room;

  g_return_val_if_fail (self->frame->is_list || self->frame->key_pending, FALSE);

  if (length > self->limits.max_bytes)
    return lt_event_builder_fail_size (self, error);
  if (!lt_event_builder_count (self, n_encoded + 2, error))
    return FALSE;

  room = lt_event_builder_reserve (self, n_encoded + 1, 1, &place);
  at = length > 0 ? g_base64_encode_step (bytes, length, FALSE, room, &state, &save) : 0;
  at += g_base64_encode_close (FALSE, room + at, &state, &save);
  room[at] = '\0';

  if (is_span_key (self, key))
    note_span (self, key, place, at);
  value = lt_event_builder_place (self);
  value->kind = LT_VALUE_BYTES;
  value->length = (guint32) at;
  value->string = (const char *) place;
  return TRUE;
}

/**
 * lt_event_builder_add_string_field:
 * @self: a builder whose innermost container is an event
 * @key: a key name
 * @text: UTF-8, NUL-terminated
 * @error: return location
 *
 * Sets a key and adds a string.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_string_field (LtEventBuilder *self, const char *key, const char *text,
                                   GError **error)
{
  return lt_event_builder_set_key (self, key, -1, error)
         && lt_event_builder_add_string (self, text, -1, error);
}

/**
 * lt_event_builder_add_integer_field:
 * @self: a builder whose innermost container is an event
 * @key: a key name
 * @value: a number
 * @error: return location
 *
 * Sets a key and adds an integer.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_integer_field (LtEventBuilder *self, const char *key, gint64 value,
                                    GError **error)
{
  return lt_event_builder_set_key (self, key, -1, error)
         && lt_event_builder_add_integer (self, value, error);
}

/**
 * lt_event_builder_add_boolean_field:
 * @self: a builder whose innermost container is an event
 * @key: a key name
 * @value: %TRUE or %FALSE
 * @error: return location
 *
 * Sets a key and adds a boolean.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_add_boolean_field (LtEventBuilder *self, const char *key, gboolean value,
                                    GError **error)
{
  return lt_event_builder_set_key (self, key, -1, error)
         && lt_event_builder_add_boolean (self, value, error);
}
