/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-event-builder-private.h"
#include "lt-text.h"
#include "lt-time.h"

#include <string.h>

static gboolean
give (LtEventBuilder *self, LtBuilderGiven given, const char *member, GError **error)
{
  g_return_val_if_fail (!self->frame->is_list && !self->frame->key_pending, FALSE);

  if (self->frame->given & given)
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                  "member \"%s\" is given twice", member);

  self->frame->given |= given;
  return TRUE;
}

static gboolean
put_text (LtEventBuilder *self, const char *member, const char *text, gssize length, gsize *place,
          guint32 *place_length, GError **error)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  char *copy;

  if (!lt_event_builder_count (self, n_bytes + 2, error))
    return FALSE;
  if (!lt_text_check (text, n_bytes))
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                  "member \"%s\" must be UTF-8 without NUL", member);

  copy = lt_event_builder_reserve (self, n_bytes + 1, 1, place);
  memcpy (copy, text, n_bytes);
  copy[n_bytes] = '\0';
  *place_length = (guint32) n_bytes;
  return TRUE;
}

/**
 * lt_event_builder_set_type:
 * @self: a builder
 * @name: an event type
 * @length: bytes of @name, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets the type of the event or nested event under way, the one member that it must have.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_set_type (LtEventBuilder *self, const char *name, gssize length, GError **error)
{
  LtEventType *type;

  if (!give (self, LT_GIVEN_TYPE, "type", error))
    return FALSE;

  type = lt_catalogue_intern_type (self->catalogue, name, length, error);
  if (type == NULL)
    return FALSE;

  g_ptr_array_add (self->types, type);
  self->frame->type = type;
  return lt_event_builder_count (self, type->name_length + 2, error);
}

/**
 * lt_event_builder_set_level:
 * @self: a builder
 * @text: a level
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets the level of the event or nested event under way; without it, it has its type's.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_INVALID_LEVEL
 */
gboolean
lt_event_builder_set_level (LtEventBuilder *self, const char *text, gssize length, GError **error)
{
  g_autofree char *quoted = NULL;

  if (!give (self, LT_GIVEN_LEVEL, "level", error))
    return FALSE;
  if (lt_level_from_string (text, length, &self->frame->level)
      && self->frame->level != LT_LEVEL_DISABLE)
    return TRUE;

  quoted = lt_text_quote (text, length);
  return lt_event_builder_fail (self, LT_ERROR_INVALID_LEVEL, error,
                                "member \"level\" must be error, warn, info, debug or trace, "
                                "not %s",
                                quoted);
}

/**
 * lt_event_builder_set_text:
 * @self: a builder
 * @text: UTF-8
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets the text of the event or nested event under way; without it, it has its type's.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_set_text (LtEventBuilder *self, const char *text, gssize length, GError **error)
{
  return give (self, LT_GIVEN_TEXT, "text", error)
         && put_text (self, "text", text, length, &self->frame->text, &self->frame->text_length,
                      error);
}

/**
 * lt_event_builder_set_details:
 * @self: a builder
 * @text: UTF-8
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets the details of the event or nested event under way.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT or %LT_ERROR_TOO_LARGE
 */
gboolean
lt_event_builder_set_details (LtEventBuilder *self, const char *text, gssize length, GError **error)
{
  return give (self, LT_GIVEN_DETAILS, "details", error)
         && put_text (self, "details", text, length, &self->frame->details,
                      &self->frame->details_length, error);
}

/**
 * lt_event_builder_set_created_at:
 * @self: a builder
 * @unix_us: microseconds since 1970-01-01T00:00:00Z, in the years 1 to 9999
 * @error: return location
 *
 * Sets when the event or nested event under way was created. Without it an event was
 * created when it is built.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_event_builder_set_created_at (LtEventBuilder *self, gint64 unix_us, GError **error)
{
  if (!give (self, LT_GIVEN_CREATED_AT, "createdAt", error))
    return FALSE;
  if (unix_us < LT_TIME_MIN_US || unix_us > LT_TIME_MAX_US)
    return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                  "member \"createdAt\" must lie in the years 1 to 9999");

  self->frame->created_at_us = unix_us;
  return TRUE;
}

/**
 * lt_event_builder_set_created_at_text:
 * @self: a builder
 * @text: an RFC 3339 time
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets when the event or nested event under way was created.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_event_builder_set_created_at_text (LtEventBuilder *self, const char *text, gssize length,
                                      GError **error)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *quoted = NULL;

  if (!give (self, LT_GIVEN_CREATED_AT, "createdAt", error))
    return FALSE;
  if (lt_time_parse (text, n_bytes, &self->frame->created_at_us))
    return TRUE;

  quoted = lt_text_quote (text, (gssize) n_bytes);
  return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                "member \"createdAt\" must be an RFC 3339 time such as "
                                "2026-11-22T06:35:06.041377Z, not %s",
                                quoted);
}

/**
 * lt_event_builder_set_role:
 * @self: a builder
 * @role: what the event does to its span
 * @error: return location
 *
 * Sets the span role of the event under way; without it, it has its type's. A nested event
 * has no span, so there it says nothing.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_event_builder_set_role (LtEventBuilder *self, LtSpanRole role, GError **error)
{
  self->frame->role = role;
  return give (self, LT_GIVEN_ROLE, "span", error);
}

/**
 * lt_event_builder_set_role_text:
 * @self: a builder
 * @text: `start` or `end`
 * @length: bytes of @text, or -1 if it ends in NUL
 * @error: return location
 *
 * Sets the span role of the event under way.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_EVENT
 */
gboolean
lt_event_builder_set_role_text (LtEventBuilder *self, const char *text, gssize length,
                                GError **error)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *quoted = NULL;

  if (n_bytes == 5 && memcmp (text, "start", 5) == 0)
    return lt_event_builder_set_role (self, LT_SPAN_ROLE_START, error);
  if (n_bytes == 3 && memcmp (text, "end", 3) == 0)
    return lt_event_builder_set_role (self, LT_SPAN_ROLE_END, error);

  quoted = lt_text_quote (text, (gssize) n_bytes);
  return lt_event_builder_fail (self, LT_ERROR_INVALID_EVENT, error,
                                "member \"span\" must be \"start\" or \"end\", not %s", quoted);
}
