/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/**
 * LtEventLimits:
 *
 * What one event may hold.
 */
typedef struct
{
  guint32 max_bytes;   /* of text in all: names and values; default 65536 */
  guint32 max_keys;    /* in one data object; default 64 */
  guint32 max_nesting; /* lists and nested events inside each other; default 8 */
} LtEventLimits;

#define LT_EVENT_LIMITS_DEFAULT                                                                    \
  {                                                                                                \
    65536, 64, 8                                                                                   \
  }

/**
 * LtEventBuilder:
 *
 * Puts one event together after another. It keeps its buffers from event to event, so
 * building one costs two allocations: the instance and its block. Nothing added is
 * kept by reference; all text is copied.
 *
 * Every adding function returns %FALSE and sets an error (%LT_ERROR_INVALID_EVENT,
 * %LT_ERROR_INVALID_LEVEL or %LT_ERROR_TOO_LARGE) that names the member at fault; then
 * the event under way is lost, and the next call must be lt_event_builder_reset().
 * Strings are checked: valid UTF-8 without NUL.
 */
typedef struct _LtEventBuilder LtEventBuilder;

LtEventBuilder *lt_event_builder_new (LtCatalogue *catalogue, const LtEventLimits *limits);
void lt_event_builder_free (LtEventBuilder *self);
LtCatalogue *lt_event_builder_get_catalogue (LtEventBuilder *self);
const LtEventLimits *lt_event_builder_get_limits (LtEventBuilder *self);
void lt_event_builder_reset (LtEventBuilder *self);

gboolean lt_event_builder_set_type (LtEventBuilder *self, const char *name, gssize length,
                                    GError **error);
gboolean lt_event_builder_set_level (LtEventBuilder *self, const char *text, gssize length,
                                     GError **error);
gboolean lt_event_builder_set_text (LtEventBuilder *self, const char *text, gssize length,
                                    GError **error);
gboolean lt_event_builder_set_details (LtEventBuilder *self, const char *text, gssize length,
                                       GError **error);
gboolean lt_event_builder_set_created_at (LtEventBuilder *self, gint64 unix_us, GError **error);
gboolean lt_event_builder_set_created_at_text (LtEventBuilder *self, const char *text,
                                               gssize length, GError **error);
gboolean lt_event_builder_set_role (LtEventBuilder *self, LtSpanRole role, GError **error);
gboolean lt_event_builder_set_role_text (LtEventBuilder *self, const char *text, gssize length,
                                         GError **error);

gboolean lt_event_builder_set_key (LtEventBuilder *self, const char *name, gssize length,
                                   GError **error);
gboolean lt_event_builder_add_string (LtEventBuilder *self, const char *text, gssize length,
                                      GError **error);
gboolean lt_event_builder_add_integer (LtEventBuilder *self, gint64 value, GError **error);
gboolean lt_event_builder_add_unsigned (LtEventBuilder *self, guint64 value, GError **error);
gboolean lt_event_builder_add_number (LtEventBuilder *self, double value, GError **error);
gboolean lt_event_builder_add_boolean (LtEventBuilder *self, gboolean value, GError **error);
gboolean lt_event_builder_add_bytes (LtEventBuilder *self, const guint8 *bytes, gsize length,
                                     GError **error);
gboolean lt_event_builder_begin_list (LtEventBuilder *self, GError **error);
gboolean lt_event_builder_end_list (LtEventBuilder *self, GError **error);
gboolean lt_event_builder_begin_event (LtEventBuilder *self, GError **error);
gboolean lt_event_builder_end_event (LtEventBuilder *self, GError **error);
void lt_event_builder_skip_value (LtEventBuilder *self);

gboolean lt_event_builder_add_string_field (LtEventBuilder *self, const char *key, const char *text,
                                            GError **error);
gboolean lt_event_builder_add_integer_field (LtEventBuilder *self, const char *key, gint64 value,
                                             GError **error);
gboolean lt_event_builder_add_boolean_field (LtEventBuilder *self, const char *key, gboolean value,
                                             GError **error);

LtEvent *lt_event_builder_end (LtEventBuilder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtEventBuilder, lt_event_builder_free)

G_END_DECLS
