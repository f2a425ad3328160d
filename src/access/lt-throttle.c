/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-throttle.h"

#include <gio/gio.h>

typedef struct
{
  char *key;       /* (owned) */
  GList link;      /* in LtThrottle.order */
  gint64 since_us; /* monotonic: when its window began */
  guint failures;
} LtThrottlePeer;

struct _LtThrottle
{
  GObject parent_instance;

  GHashTable *peers; /* (owned) (element-type utf8 LtThrottlePeer) */
  GQueue order;      /* (unowned) (element-type LtThrottlePeer): newest window last */
  guint failures;
  gint64 window_us;
};

G_DEFINE_FINAL_TYPE (LtThrottle, lt_throttle, G_TYPE_OBJECT)

static void
lt_throttle_peer_free (gpointer data)
{
  LtThrottlePeer *peer = data;

  g_free (peer->key);
  g_free (peer);
}

static void
lt_throttle_finalize (GObject *object)
{
  LtThrottle *self = LT_THROTTLE (object);

  g_clear_pointer (&self->peers, g_hash_table_unref);

  G_OBJECT_CLASS (lt_throttle_parent_class)->finalize (object);
}

static void
lt_throttle_class_init (LtThrottleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_throttle_finalize;
}

static void
lt_throttle_init (LtThrottle *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lt_throttle_peer_free);
  g_queue_init (&self->order);
}

/* One who has an IPv6 address mostly has 2^64 of them. */
static char *
peer_to_key (const char *peer)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (peer);
  const guint8 *bytes;

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_strdup (peer);

  bytes = g_inet_address_to_bytes (address);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}

static void
lt_throttle_remove (LtThrottle *self, LtThrottlePeer *peer)
{
  g_queue_unlink (&self->order, &peer->link);
  g_hash_table_remove (self->peers, peer->key);
}

static LtThrottlePeer *
lt_throttle_find (LtThrottle *self, const char *key)
{
  LtThrottlePeer *peer = g_hash_table_lookup (self->peers, key);

  if (peer != NULL && g_get_monotonic_time () - peer->since_us >= self->window_us)
    {
      lt_throttle_remove (self, peer);
      return NULL;
    }

  return peer;
}

/**
 * lt_throttle_new:
 * @failures: how many a peer may have in a window, at least 1
 * @window_ms: how long a window lasts, in milliseconds
 *
 * Returns: (transfer full): a new throttle
 */
LtThrottle *
lt_throttle_new (guint failures, guint64 window_ms)
{
  LtThrottle *self = g_object_new (LT_TYPE_THROTTLE, NULL);

  self->failures = failures;
  self->window_us = (gint64) window_ms * 1000;
  return self;
}

/**
 * lt_throttle_get_wait:
 * @self: a throttle
 * @peer: an address
 *
 * Returns: seconds, rounded up, until @peer may try again; 0 if it may now
 */
guint
lt_throttle_get_wait (LtThrottle *self, const char *peer)
{
  g_autofree char *key = peer_to_key (peer);
  const LtThrottlePeer *found;
  gint64 left_us;

  g_return_val_if_fail (LT_IS_THROTTLE (self), 0);

  found = lt_throttle_find (self, key);
  if (found == NULL || found->failures < self->failures)
    return 0;

  left_us = found->since_us + self->window_us - g_get_monotonic_time ();
  return (guint) MAX (1, (left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

/**
 * lt_throttle_note_failure:
 * @self: a throttle
 * @peer: an address
 *
 * Counts one failure.
 */
void
lt_throttle_note_failure (LtThrottle *self, const char *peer)
{
  g_autofree char *key = peer_to_key (peer);
  LtThrottlePeer *found;

  g_return_if_fail (LT_IS_THROTTLE (self));

  found = lt_throttle_find (self, key);
  if (found != NULL)
    {
      found->failures = MIN (found->failures + 1, self->failures);
      return;
    }

  while (self->order.length >= LT_THROTTLE_PEERS)
    lt_throttle_remove (self, g_queue_peek_head (&self->order));

  found = g_new0 (LtThrottlePeer, 1);
  found->key = g_steal_pointer (&key);
  found->since_us = g_get_monotonic_time ();
  found->failures = 1;
  found->link.data = found;
  g_hash_table_insert (self->peers, found->key, found);
  g_queue_push_tail_link (&self->order, &found->link);
}

/**
 * lt_throttle_forget:
 * @self: a throttle
 * @peer: an address
 *
 * Forgets the failures of a peer, such as when it has succeeded.
 */
void
lt_throttle_forget (LtThrottle *self, const char *peer)
{
  g_autofree char *key = peer_to_key (peer);
  LtThrottlePeer *found;

  g_return_if_fail (LT_IS_THROTTLE (self));

  found = g_hash_table_lookup (self->peers, key);
  if (found != NULL)
    lt_throttle_remove (self, found);
}
