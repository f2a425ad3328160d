/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-permissions.h"

G_BEGIN_DECLS

/**
 * LtIdentity:
 *
 * Who a credential stands for and what they may do. Immutable, reference-counted, not
 * thread-safe. It outlives the credential: whoever keeps one listens to
 * #LtAccess::ended and compares with lt_identity_is_from().
 */
typedef struct
{
  guint ref_count;
  LtPermissions permissions;
  char *label;      /* (owned): of the token or sign-in */
  char *token_id;   /* (owned) (nullable): the token it comes from */
  char *session_id; /* (owned) (nullable): the session it comes from */
} LtIdentity;

LtIdentity *lt_identity_new (const char *label, LtPermissions permissions, const char *token_id,
                             const char *session_id);
LtIdentity *lt_identity_ref (LtIdentity *self);
void lt_identity_unref (LtIdentity *self);
gboolean lt_identity_may (const LtIdentity *self, LtPermissions needed);
gboolean lt_identity_is_from (const LtIdentity *self, const char *origin);
char *lt_identity_describe (const LtIdentity *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtIdentity, lt_identity_unref)

G_END_DECLS
