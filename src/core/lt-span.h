/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/**
 * LtSpan:
 *
 * What shares a `spanId`. Reference-counted: its events and its children hold references.
 * @start is the event that began it: one with the role "start", or else its first.
 */
struct _LtSpan
{
  guint ref_count;
  guint64 serial; /* from 1, never used again in this process */
  const char *id; /* (owned) */
  LtSpan *parent; /* (owned) (nullable): what the start event's `parentSpanId` names */
  LtEvent *
      start; /* (owned) (nullable): NULL once the span's state is gone, or before its first event */
  guint64 last_sequence; /* its newest kept event, or 0; the others by previous_in_span */
  gint64 ended_us;       /* monotonic time at which it ended, or 0 */
};

LtSpan *lt_span_ref (LtSpan *self);
void lt_span_unref (LtSpan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSpan, lt_span_unref)

G_END_DECLS
