/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/**
 * LtRing:
 *
 * The newest events in hub order. Sequences have no holes, so an event is found by its
 * sequence in one step. Owns its events.
 */
typedef struct
{
  LtEvent **slots;  /* (owned): event of sequence n at n modulo @capacity */
  guint64 capacity; /* a power of two */
  guint64 first;    /* sequence of the oldest event; @next if there is none */
  guint64 next;     /* sequence the next event gets; at first 1 */
  gsize bytes;      /* what the events cost */
} LtRing;

void lt_ring_init (LtRing *self);
void lt_ring_clear (LtRing *self);
guint64 lt_ring_push (LtRing *self, LtEvent *event);
LtEvent *lt_ring_evict (LtRing *self);

static inline guint64
lt_ring_get_length (const LtRing *self)
{
  return self->next - self->first;
}

/**
 * lt_ring_peek:
 * @self: a ring
 * @sequence: any sequence
 *
 * Returns: (transfer none) (nullable): the event, if the ring still has it
 */
static inline LtEvent *
lt_ring_peek (const LtRing *self, guint64 sequence)
{
  if (sequence < self->first || sequence >= self->next)
    return NULL;

  return self->slots[sequence & (self->capacity - 1)];
}

G_END_DECLS
