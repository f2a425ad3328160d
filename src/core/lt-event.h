/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"
#include "lt-level.h"
#include "lt-value.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _LtSpan LtSpan;

/**
 * LtNested:
 *
 * An event inside an event: no id, no span of its own. Lies in its event's block.
 */
struct _LtNested
{
  LtEventType *type;   /* (unowned): the event holds a reference */
  const char *text;    /* UTF-8, NUL-terminated */
  const char *details; /* (nullable): UTF-8, NUL-terminated */
  const LtField *fields;
  gint64 created_at_us; /* microseconds since the epoch, or G_MININT64 where none was given */
  guint32 text_length;
  guint32 details_length;
  guint32 n_fields;
  LtLevel level;
};

#define LT_TYPE_EVENT (lt_event_get_type ())
G_DECLARE_FINAL_TYPE (LtEvent, lt_event, LT, EVENT, GObject)

/**
 * LtEvent:
 *
 * One event, immutable once the hub has taken it. The struct is public so that the hot
 * path reads it without calls; only the hub writes @sequence, @span,
 * @previous_in_span and @ordinal_in_span, once, when it takes the event. @n_feeds and @json
 * are of one turn: the hub counts, and only where two feeds or more send the event does the
 * encoder keep @json, which the hub then clears.
 */
struct _LtEvent
{
  GObject parent_instance;

  guint64 sequence;           /* position in hub order, from 1; 0 before the hub has taken it */
  guint64 previous_in_span;   /* sequence of the span's event before this one, or 0 */
  guint64 ordinal_in_span;    /* how many kept events its span had with this one, from 1; or 0 */
  gint64 created_at_us;       /* microseconds since 1970-01-01T00:00:00Z */
  LtEventType *type;          /* (owned) */
  LtSpan *span;               /* (owned) (nullable): set by the hub */
  const char *text;           /* (unowned): in @block or in @type */
  const char *details;        /* (unowned) (nullable): in @block */
  const char *span_id;        /* (unowned) (nullable): the text of `spanId`, in @block */
  const char *parent_span_id; /* (unowned) (nullable): the text of `parentSpanId`, in @block */
  const LtField *fields;      /* (unowned): @n_fields of them, in @block, in the producer's order */
  void *block;                /* (owned) (nullable): all that the event's values point into */
  GBytes *json; /* (owned) (nullable): the encoding this turn, see lt-json-encoder.c */
  guint32 text_length;
  guint32 details_length;
  guint32 n_fields;
  guint32 size_bytes; /* what it costs to keep: the instance and its block */
  guint8 level;       /* LtLevel */
  guint8 role;        /* LtSpanRole */
  guint8 n_feeds;     /* how many feeds send it this turn, counted as far as 2 */
};

const LtValue *lt_event_find (LtEvent *self, const LtKey *key);
gboolean lt_event_equal (LtEvent *a, LtEvent *b);
int lt_event_compare_sequences (gconstpointer a, gconstpointer b);
gboolean lt_nested_equal (const LtNested *a, const LtNested *b);

static inline gsize
lt_event_get_size_bytes (LtEvent *self)
{
  return self->size_bytes;
}

G_END_DECLS
