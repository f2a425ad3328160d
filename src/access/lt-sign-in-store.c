/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-sign-in-store.h"

#include "lt-secret.h"

typedef struct
{
  LtDigest digest;
  LtPermissions permissions;
  gint64 expires_us; /* monotonic */
} LtSignIn;

struct _LtSignInStore
{
  GObject parent_instance;

  GQueue sign_ins; /* (owned) (element-type LtSignIn): oldest first */
  guint64 lifetime_ms;
};

G_DEFINE_FINAL_TYPE (LtSignInStore, lt_sign_in_store, G_TYPE_OBJECT)

static void
lt_sign_in_store_finalize (GObject *object)
{
  LtSignInStore *self = LT_SIGN_IN_STORE (object);

  g_queue_clear_full (&self->sign_ins, g_free);

  G_OBJECT_CLASS (lt_sign_in_store_parent_class)->finalize (object);
}

static void
lt_sign_in_store_class_init (LtSignInStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_sign_in_store_finalize;
}

static void
lt_sign_in_store_init (LtSignInStore *self)
{
  g_queue_init (&self->sign_ins);
}

static void
lt_sign_in_store_expire (LtSignInStore *self)
{
  gint64 now_us = g_get_monotonic_time ();
  LtSignIn *oldest;

  while ((oldest = g_queue_peek_head (&self->sign_ins)) != NULL && oldest->expires_us <= now_us)
    g_free (g_queue_pop_head (&self->sign_ins));
}

/**
 * lt_sign_in_store_new:
 * @lifetime_ms: how long a secret is good for, such as %LT_SIGN_IN_MS
 *
 * Returns: (transfer full): a new, empty store
 */
LtSignInStore *
lt_sign_in_store_new (guint64 lifetime_ms)
{
  LtSignInStore *self = g_object_new (LT_TYPE_SIGN_IN_STORE, NULL);

  self->lifetime_ms = lifetime_ms;
  return self;
}

/**
 * lt_sign_in_store_create:
 * @self: a sign-in store
 * @permissions: what whoever signs in with it may do
 *
 * Makes a secret for one sign-in. If there are %LT_SIGN_IN_LIMIT already, the oldest goes.
 *
 * Returns: (transfer full): the secret
 */
char *
lt_sign_in_store_create (LtSignInStore *self, LtPermissions permissions)
{
  char *secret = lt_secret_new ("");
  LtSignIn *sign_in = g_new0 (LtSignIn, 1);

  g_return_val_if_fail (LT_IS_SIGN_IN_STORE (self), NULL);

  lt_sign_in_store_expire (self);
  while (self->sign_ins.length >= LT_SIGN_IN_LIMIT)
    g_free (g_queue_pop_head (&self->sign_ins));

  lt_digest_of (secret, &sign_in->digest);
  sign_in->permissions = permissions;
  sign_in->expires_us = g_get_monotonic_time () + (gint64) self->lifetime_ms * 1000;
  g_queue_push_tail (&self->sign_ins, sign_in);
  return secret;
}

/**
 * lt_sign_in_store_redeem:
 * @self: a sign-in store
 * @secret: what a client gave
 *
 * Uses a secret up.
 *
 * Returns: what it allows, or %LT_PERMISSION_NONE if there is none such (any more)
 */
LtPermissions
lt_sign_in_store_redeem (LtSignInStore *self, const char *secret)
{
  LtPermissions permissions = LT_PERMISSION_NONE;
  GList *found = NULL;
  LtDigest digest;

  g_return_val_if_fail (LT_IS_SIGN_IN_STORE (self), LT_PERMISSION_NONE);

  lt_sign_in_store_expire (self);
  lt_digest_of (secret, &digest);
  for (GList *link = self->sign_ins.head; link != NULL; link = link->next)
    {
      const LtSignIn *sign_in = link->data;

      if (lt_digest_equal (&sign_in->digest, &digest))
        found = link;
    }
  if (found == NULL)
    return LT_PERMISSION_NONE;

  permissions = ((const LtSignIn *) found->data)->permissions;
  g_free (found->data);
  g_queue_delete_link (&self->sign_ins, found);
  return permissions;
}
