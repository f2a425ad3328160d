/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-policy.h"

G_BEGIN_DECLS

/**
 * LtHttpGate:
 *
 * The policy in force, and how much of its limits is in use. Shared by the listener and all
 * its connections; a stream that outlives the listener still counts.
 */
typedef struct _LtHttpGate LtHttpGate;

/**
 * LtHttpPass:
 *
 * What one connection that was let in counts for.
 */
typedef struct
{
  LtAddress peer;
  gboolean is_counted; /* among the connections of its peer */
  gboolean is_stream;
} LtHttpPass;

LtHttpGate *lt_http_gate_new (LtHttpPolicy *policy);
LtHttpGate *lt_http_gate_ref (LtHttpGate *self);
void lt_http_gate_unref (LtHttpGate *self);
void lt_http_gate_set_policy (LtHttpGate *self, LtHttpPolicy *policy);
const LtHttpPolicy *lt_http_gate_get_policy (const LtHttpGate *self);
void lt_http_gate_add_endpoint (LtHttpGate *self, const LtHttpAuthority *endpoint);
const LtHttpCounts *lt_http_gate_get_counts (const LtHttpGate *self);

gboolean lt_http_gate_enter (LtHttpGate *self, const LtAddress *peer, LtHttpPass *pass);
void lt_http_gate_leave (LtHttpGate *self, const LtHttpPass *pass);
gboolean lt_http_gate_begin_stream (LtHttpGate *self, LtHttpPass *pass);
gboolean lt_http_gate_reserve_body (LtHttpGate *self, guint64 bytes);
void lt_http_gate_release_body (LtHttpGate *self, guint64 bytes);
void lt_http_gate_count_request (LtHttpGate *self);
void lt_http_gate_count_refused (LtHttpGate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtHttpGate, lt_http_gate_unref)

G_END_DECLS
