/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-identity.h"

/**
 * lt_identity_new:
 * @label: what people call it
 * @permissions: what it may do
 * @token_id: (nullable): the token it comes from
 * @session_id: (nullable): the session it comes from
 *
 * Returns: (transfer full): a new identity
 */
LtIdentity *
lt_identity_new (const char *label, LtPermissions permissions, const char *token_id,
                 const char *session_id)
{
  LtIdentity *self = g_new0 (LtIdentity, 1);

  g_return_val_if_fail (label != NULL, NULL);

  self->ref_count = 1;
  self->label = g_strdup (label);
  self->permissions = permissions;
  self->token_id = g_strdup (token_id);
  self->session_id = g_strdup (session_id);
  return self;
}

/**
 * lt_identity_ref:
 * @self: an identity
 *
 * Returns: (transfer full): @self
 */
LtIdentity *
lt_identity_ref (LtIdentity *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_identity_unref:
 * @self: (transfer full): an identity
 *
 * Drops a reference.
 */
void
lt_identity_unref (LtIdentity *self)
{
  if (--self->ref_count > 0)
    return;

  g_free (self->label);
  g_free (self->token_id);
  g_free (self->session_id);
  g_free (self);
}

/**
 * lt_identity_may:
 * @self: (nullable): an identity, or %NULL for nobody
 * @needed: permissions
 *
 * Returns: %TRUE if @self has every permission in @needed
 */
gboolean
lt_identity_may (const LtIdentity *self, LtPermissions needed)
{
  if (needed == LT_PERMISSION_NONE)
    return TRUE;

  return self != NULL && (self->permissions & needed) == needed;
}

/**
 * lt_identity_is_from:
 * @self: an identity
 * @origin: the id of a token or session
 *
 * Returns: %TRUE if @self exists by that token or session
 */
gboolean
lt_identity_is_from (const LtIdentity *self, const char *origin)
{
  return g_strcmp0 (self->token_id, origin) == 0 || g_strcmp0 (self->session_id, origin) == 0;
}

/**
 * lt_identity_describe:
 * @self: (nullable): an identity, or %NULL for nobody
 *
 * Returns: (transfer full): one line for a log, without any secret
 */
char *
lt_identity_describe (const LtIdentity *self)
{
  if (self == NULL)
    return g_strdup ("nobody");
  if (self->session_id != NULL)
    return g_strdup_printf ("session %s \"%s\"", self->session_id, self->label);

  return g_strdup_printf ("token %s \"%s\"", self->token_id != NULL ? self->token_id : "-",
                          self->label);
}
