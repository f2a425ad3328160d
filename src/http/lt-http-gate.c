/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-gate.h"

struct _LtHttpGate
{
  guint ref_count;
  LtHttpPolicy *policy; /* (owned) */
  LtHttpCounts counts;
  GHashTable *peers; /* (owned) (element-type GBytes guint): connections of each counted peer */
};

/**
 * lt_http_gate_new:
 * @policy: (transfer full): the policy
 *
 * Returns: (transfer full): a gate nobody has entered
 */
LtHttpGate *
lt_http_gate_new (LtHttpPolicy *policy)
{
  LtHttpGate *self = g_new0 (LtHttpGate, 1);

  self->ref_count = 1;
  self->policy = policy;
  self->peers
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  return self;
}

/**
 * lt_http_gate_ref:
 * @self: the gate
 *
 * Returns: (transfer full): @self
 */
LtHttpGate *
lt_http_gate_ref (LtHttpGate *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_http_gate_unref:
 * @self: (transfer full): the gate
 *
 * Drops a reference.
 */
void
lt_http_gate_unref (LtHttpGate *self)
{
  if (--self->ref_count > 0)
    return;

  lt_http_policy_free (self->policy);
  g_hash_table_unref (self->peers);
  g_free (self);
}

/**
 * lt_http_gate_set_policy:
 * @self: the gate
 * @policy: (transfer full): the new policy
 *
 * Puts another policy in force. Where the listener listens stays as it is, and so does who
 * is inside already.
 */
void
lt_http_gate_set_policy (LtHttpGate *self, LtHttpPolicy *policy)
{
  g_array_set_size (policy->endpoints, 0);
  g_array_append_vals (policy->endpoints, self->policy->endpoints->data,
                       self->policy->endpoints->len);
  lt_http_policy_free (self->policy);
  self->policy = policy;
}

/**
 * lt_http_gate_get_policy:
 * @self: the gate
 *
 * Returns: (transfer none): the policy in force
 */
const LtHttpPolicy *
lt_http_gate_get_policy (const LtHttpGate *self)
{
  return self->policy;
}

/**
 * lt_http_gate_add_endpoint:
 * @self: the gate
 * @endpoint: an address and port the listener listens on
 *
 * Makes an address our own.
 */
void
lt_http_gate_add_endpoint (LtHttpGate *self, const LtHttpAuthority *endpoint)
{
  g_array_append_vals (self->policy->endpoints, endpoint, 1);
}

/**
 * lt_http_gate_get_counts:
 * @self: the gate
 *
 * Returns: (transfer none): what is in use, and what was since the start
 */
const LtHttpCounts *
lt_http_gate_get_counts (const LtHttpGate *self)
{
  return &self->counts;
}

/* An IPv6 network of 64 bits is one peer: its owner has as many addresses as it likes. */
static GBytes *
make_peer_key (const LtAddress *peer)
{
  return g_bytes_new (peer->bytes, peer->length == 4 ? 4 : 8);
}

/**
 * lt_http_gate_enter:
 * @self: the gate
 * @peer: who connects
 * @pass: (out caller-allocates): what the connection counts for
 *
 * Counts a connection in, if there is room for it.
 *
 * Returns: %TRUE if it may stay; then lt_http_gate_leave() must follow
 */
gboolean
lt_http_gate_enter (LtHttpGate *self, const LtAddress *peer, LtHttpPass *pass)
{
  const LtHttpSettings *limits = &self->policy->limits;

  self->counts.accepted++;
  if (self->counts.connections >= limits->max_connections)
    return FALSE;

  pass->peer = *peer;
  pass->is_stream = FALSE;
  pass->is_counted
      = !lt_http_address_is_loopback (peer) && !lt_http_policy_is_trusted (self->policy, peer);
  if (pass->is_counted)
    {
      g_autoptr (GBytes) key = make_peer_key (peer);
      guint n_of_peer = GPOINTER_TO_UINT (g_hash_table_lookup (self->peers, key));

      if (n_of_peer >= limits->max_connections_per_peer)
        return FALSE;
      g_hash_table_replace (self->peers, g_steal_pointer (&key), GUINT_TO_POINTER (n_of_peer + 1));
    }

  self->counts.connections++;
  return TRUE;
}

/**
 * lt_http_gate_leave:
 * @self: the gate
 * @pass: what the connection counted for
 *
 * Counts a connection out.
 */
void
lt_http_gate_leave (LtHttpGate *self, const LtHttpPass *pass)
{
  if (pass->is_counted)
    {
      g_autoptr (GBytes) key = make_peer_key (&pass->peer);
      guint n_of_peer = GPOINTER_TO_UINT (g_hash_table_lookup (self->peers, key));

      if (n_of_peer > 1)
        g_hash_table_replace (self->peers, g_steal_pointer (&key),
                              GUINT_TO_POINTER (n_of_peer - 1));
      else
        g_hash_table_remove (self->peers, key);
    }

  self->counts.connections--;
  if (pass->is_stream)
    self->counts.streams--;
}

/**
 * lt_http_gate_begin_stream:
 * @self: the gate
 * @pass: what the connection counts for
 *
 * Counts a connection as a stream from now on, if there is room for it.
 *
 * Returns: %TRUE if it may be one
 */
gboolean
lt_http_gate_begin_stream (LtHttpGate *self, LtHttpPass *pass)
{
  if (self->counts.streams >= self->policy->limits.max_streams)
    return FALSE;

  self->counts.streams++;
  pass->is_stream = TRUE;
  return TRUE;
}

/**
 * lt_http_gate_reserve_body:
 * @self: the gate
 * @bytes: what a body will take
 *
 * Sets memory aside for a body, if there is room for it.
 *
 * Returns: %TRUE if there is; then lt_http_gate_release_body() must follow
 */
gboolean
lt_http_gate_reserve_body (LtHttpGate *self, guint64 bytes)
{
  guint64 limit = self->policy->limits.max_bodies_bytes;

  if (bytes > limit || self->counts.body_bytes > limit - bytes)
    return FALSE;

  self->counts.body_bytes += bytes;
  return TRUE;
}

/**
 * lt_http_gate_release_body:
 * @self: the gate
 * @bytes: what was reserved
 *
 * Gives back what lt_http_gate_reserve_body() set aside.
 */
void
lt_http_gate_release_body (LtHttpGate *self, guint64 bytes)
{
  self->counts.body_bytes -= bytes;
}

/**
 * lt_http_gate_count_request:
 * @self: the gate
 *
 * Counts a request that reached its handler.
 */
void
lt_http_gate_count_request (LtHttpGate *self)
{
  self->counts.requests++;
}

/**
 * lt_http_gate_count_refused:
 * @self: the gate
 *
 * Counts a connection or request that was refused.
 */
void
lt_http_gate_count_refused (LtHttpGate *self)
{
  self->counts.refused++;
}
