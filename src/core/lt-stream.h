/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-subscription.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtStreamOptions:
 *
 * How a stream behaves.
 */
typedef struct
{
  const LtFraming *framing; /* (not nullable): a static framing */
  GBytes *preamble;         /* (nullable): sent first, such as an HTTP response head */
  GIOStream *connection;    /* (nullable): kept alive as long as the stream, closed with it */
  guint32 ping_ms;          /* a ping after this long without other data; default 15,000 */
  guint32 stall_ms;         /* closed when the peer takes nothing for this long; default 30,000 */
} LtStreamOptions;

/**
 * LtStream:
 *
 * A subscription written to a stream socket: the sink of HTTP streams and of D-Bus
 * descriptors. It writes without blocking, watches for the peer's end, sends pings, and
 * emits `closed` once when it is over, whoever ended it. The hub keeps it alive until then.
 */
#define LT_TYPE_STREAM (lt_stream_get_type ())
G_DECLARE_FINAL_TYPE (LtStream, lt_stream, LT, STREAM, GObject)

LtStream *lt_stream_new (LtSubscription *subscription, GSocket *socket,
                         const LtStreamOptions *options);
void lt_stream_start (LtStream *self);
LtSubscription *lt_stream_get_subscription (LtStream *self);
gboolean lt_stream_is_closed (LtStream *self);

G_END_DECLS
