/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-subscription.h"

G_DEFINE_INTERFACE (LtSink, lt_sink, G_TYPE_OBJECT)

static void
lt_sink_default_init (LtSinkInterface *iface)
{
}

/**
 * lt_sink_get_framing:
 * @self: a sink
 *
 * Returns: (transfer none): the form its blocks have, the same all its life
 */
const LtFraming *
lt_sink_get_framing (LtSink *self)
{
  return LT_SINK_GET_IFACE (self)->get_framing (self);
}

/**
 * lt_sink_get_unsent_bytes:
 * @self: a sink
 *
 * Returns: bytes it has been given and has not passed on
 */
gsize
lt_sink_get_unsent_bytes (LtSink *self)
{
  return LT_SINK_GET_IFACE (self)->get_unsent_bytes (self);
}

/**
 * lt_sink_send:
 * @self: a sink
 * @block: what to send; kept by reference
 *
 * Sends a block, or keeps it until it can. It must not end or close its subscription from
 * within this call.
 */
void
lt_sink_send (LtSink *self, GBytes *block)
{
  LT_SINK_GET_IFACE (self)->send (self, block);
}

/**
 * lt_sink_end:
 * @self: a sink
 *
 * Sends what is left, then closes.
 */
void
lt_sink_end (LtSink *self)
{
  LT_SINK_GET_IFACE (self)->end (self);
}
