/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* How many peers are remembered; one more displaces the one that failed longest ago. */
#define LT_THROTTLE_PEERS 4096

/**
 * LtThrottle:
 *
 * Counts what peers fail at, in a window that begins with the first failure. A peer is an
 * IPv4 address, or the first 64 bits of an IPv6 address.
 */
#define LT_TYPE_THROTTLE (lt_throttle_get_type ())
G_DECLARE_FINAL_TYPE (LtThrottle, lt_throttle, LT, THROTTLE, GObject)

LtThrottle *lt_throttle_new (guint failures, guint64 window_ms);
guint lt_throttle_get_wait (LtThrottle *self, const char *peer);
void lt_throttle_note_failure (LtThrottle *self, const char *peer);
void lt_throttle_forget (LtThrottle *self, const char *peer);

G_END_DECLS
