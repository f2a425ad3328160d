/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ring.h"

#define INITIAL_CAPACITY 256

/**
 * lt_ring_init:
 * @self: a ring to make empty
 *
 * The first event will get the sequence 1.
 */
void
lt_ring_init (LtRing *self)
{
  self->capacity = INITIAL_CAPACITY;
  self->slots = g_new0 (LtEvent *, self->capacity);
  self->first = 1;
  self->next = 1;
  self->bytes = 0;
}

/**
 * lt_ring_clear:
 * @self: a ring
 *
 * Frees the events and the slots.
 */
void
lt_ring_clear (LtRing *self)
{
  while (lt_ring_get_length (self) > 0)
    g_object_unref (lt_ring_evict (self));
  g_clear_pointer (&self->slots, g_free);
}

static void
grow (LtRing *self)
{
  guint64 capacity = self->capacity * 2;
  LtEvent **slots = g_new0 (LtEvent *, capacity);

  for (guint64 sequence = self->first; sequence < self->next; sequence++)
    slots[sequence & (capacity - 1)] = self->slots[sequence & (self->capacity - 1)];

  g_free (self->slots);
  self->slots = slots;
  self->capacity = capacity;
}

/**
 * lt_ring_push:
 * @self: a ring
 * @event: (transfer full): an event that no ring has yet
 *
 * Gives @event the next sequence and keeps it. Evicting is the caller's business.
 *
 * Returns: the event's sequence, from 1
 */
guint64
lt_ring_push (LtRing *self, LtEvent *event)
{
  if (lt_ring_get_length (self) == self->capacity)
    grow (self);

  event->sequence = self->next++;
  self->slots[event->sequence & (self->capacity - 1)] = event;
  self->bytes += lt_event_get_size_bytes (event);

  return event->sequence;
}

/**
 * lt_ring_evict:
 * @self: a ring
 *
 * Takes the oldest event out.
 *
 * Returns: (transfer full) (nullable): the event, or %NULL if the ring is empty
 */
LtEvent *
lt_ring_evict (LtRing *self)
{
  LtEvent *event;

  if (lt_ring_get_length (self) == 0)
    return NULL;

  event = g_steal_pointer (&self->slots[self->first & (self->capacity - 1)]);
  self->first++;
  self->bytes -= lt_event_get_size_bytes (event);

  return event;
}
