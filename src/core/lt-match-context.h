/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/**
 * LtMatchContext:
 *
 * What matching one event against many filters shares: the event's searchable text,
 * case-folded once. Create one, reuse it for every event.
 */
typedef struct _LtMatchContext LtMatchContext;

/* More of the buffers than this is given back once an event no longer needs it. */
#define LT_MATCH_CONTEXT_KEEP_BYTES (256 * 1024)

struct _LtMatchContext
{
  LtEvent *event;      /* (unowned) (nullable): what is matched */
  LtEvent *start;      /* (unowned) (nullable): the event that began its span, if another */
  GString *haystack;   /* (owned): every text in folded case, each followed by a NUL */
  GArray *offsets;     /* (owned) (element-type guint32): where each field's text begins; the
                          event's own fields, then those of @start */
  guint32 text_offset; /* where the event's own text begins in @haystack */
  guint64 work;        /* what matching has cost, see lt_filter_match(); only ever grows */
  gboolean is_folded;  /* whether @haystack and @offsets are those of @event */
};

LtMatchContext *lt_match_context_new (void);
void lt_match_context_free (LtMatchContext *self);
void lt_match_context_set_event (LtMatchContext *self, LtEvent *event);

const LtValue *lt_match_context_find (LtMatchContext *self, const LtKey *key, guint *slot);
void lt_match_context_fold (LtMatchContext *self);

/**
 * lt_match_context_peek_haystack:
 * @self: a context with an event
 * @length: (out): bytes of it
 *
 * Returns: (transfer none): every text of the event, and of the keys its span began with,
 *   in folded case, each followed by a NUL
 */
static inline const char *
lt_match_context_peek_haystack (LtMatchContext *self, gsize *length)
{
  if (!self->is_folded)
    lt_match_context_fold (self);

  *length = self->haystack->len;
  return self->haystack->str;
}

/**
 * lt_match_context_peek_text:
 * @self: a context with an event
 *
 * Returns: (transfer none): the event's own text in folded case
 */
static inline const char *
lt_match_context_peek_text (LtMatchContext *self)
{
  if (!self->is_folded)
    lt_match_context_fold (self);

  return self->haystack->str + self->text_offset;
}

/**
 * lt_match_context_peek_folded:
 * @self: a context with an event
 * @slot: which field, from lt_match_context_find()
 *
 * Returns: (transfer none): the field's texts in folded case, each followed by a NUL: one
 *   for a plain value, those of all members for a list
 */
static inline const char *
lt_match_context_peek_folded (LtMatchContext *self, guint slot)
{
  if (!self->is_folded)
    lt_match_context_fold (self);

  return self->haystack->str + g_array_index (self->offsets, guint32, slot);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtMatchContext, lt_match_context_free)

G_END_DECLS
