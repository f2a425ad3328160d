/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue-private.h"
#include "lt-error.h"
#include "lt-event-builder.h"

G_BEGIN_DECLS

/**
 * LtBuilderGiven:
 *
 * Which members a producer gave.
 */
typedef enum
{
  LT_GIVEN_TYPE = 1 << 0,
  LT_GIVEN_LEVEL = 1 << 1,
  LT_GIVEN_TEXT = 1 << 2,
  LT_GIVEN_DETAILS = 1 << 3,
  LT_GIVEN_CREATED_AT = 1 << 4,
  LT_GIVEN_ROLE = 1 << 5,
} LtBuilderGiven;

/**
 * LtBuilderFrame:
 *
 * One event, nested event or list that is being filled; the outermost is the event itself.
 */
typedef struct
{
  gboolean is_list;
  gboolean key_pending; /* a key waits for its value */
  guint given;          /* LtBuilderGiven flags */
  guint32 first;        /* its first place in fields, or in items if it is a list */
  guint32 n_skipped;    /* keys that were null */
  LtKey *key;           /* (unowned) (nullable): the latest key; for a list the one it is under */
  LtEventType *type;    /* (unowned) (nullable): in types */
  gsize text;           /* place in the arena */
  gsize details;        /* place in the arena */
  guint32 text_length;
  guint32 details_length;
  gint64 created_at_us;
  LtLevel level;
  LtSpanRole role;
} LtBuilderFrame;

/*
 * While an event is being built all text goes to the arena, and what will be a pointer is
 * its place there: the offset plus one, so that 0 stays NULL. Containers lie on two stacks
 * until they end and are then copied to the arena too. In the end fields and arena become
 * one block, and places become pointers.
 */
struct _LtEventBuilder
{
  LtCatalogue *catalogue; /* (owned) */
  LtEventLimits limits;
  char *arena; /* (owned) */
  gsize arena_used;
  gsize arena_size;
  LtField *fields; /* (owned): of events not ended, innermost last */
  guint32 n_fields;
  guint32 fields_size;
  LtValue *items; /* (owned): of lists not ended, innermost last */
  guint32 n_items;
  guint32 items_size;
  LtBuilderFrame *frames; /* (owned): limits.max_nesting + 1 of them */
  LtBuilderFrame *frame;  /* (unowned): the innermost */
  gsize n_bytes;          /* of text so far */
  gsize span_id;          /* place in the arena */
  gsize parent_span_id;
  guint32 *index;     /* (owned) (nullable): places in fields plus one, by key, or 0 */
  guint32 index_size; /* a power of two, or 0 */
  guint32 n_indexed;  /* of index, how many are taken */
  GPtrArray *keys;    /* (owned): references the event will take over */
  GPtrArray *types;   /* (owned): references the event will take over */
  GPtrArray *skipped; /* (owned): references to keys that were null */
};

gboolean lt_event_builder_fail (LtEventBuilder *self, LtErrorCode code, GError **error,
                                const char *format, ...) G_GNUC_PRINTF (4, 5);
gboolean lt_event_builder_fail_size (LtEventBuilder *self, GError **error);
char *lt_event_builder_reserve (LtEventBuilder *self, gsize n_bytes, gsize alignment, gsize *place);
LtValue *lt_event_builder_push_item (LtEventBuilder *self);

/* Counts text against the limit. */
static inline gboolean
lt_event_builder_count (LtEventBuilder *self, gsize n_bytes, GError **error)
{
  self->n_bytes += n_bytes;
  if (G_LIKELY (self->n_bytes <= self->limits.max_bytes))
    return TRUE;

  return lt_event_builder_fail_size (self, error);
}

/* Takes the place of the next value: the pending key's, or the next of the list. */
static inline LtValue *
lt_event_builder_place (LtEventBuilder *self)
{
  if (self->frame->is_list)
    return lt_event_builder_push_item (self);

  self->frame->key_pending = FALSE;
  return &self->fields[self->n_fields - 1].value;
}

G_END_DECLS
