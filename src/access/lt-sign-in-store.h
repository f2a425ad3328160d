/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-permissions.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* How long a sign-in link is good for by default, in milliseconds. */
#define LT_SIGN_IN_MS (10 * 60 * 1000)

/* How many there can be; one more displaces the oldest. */
#define LT_SIGN_IN_LIMIT 100

/**
 * LtSignInStore:
 *
 * The secrets of one-time sign-in links. They live in memory only.
 */
#define LT_TYPE_SIGN_IN_STORE (lt_sign_in_store_get_type ())
G_DECLARE_FINAL_TYPE (LtSignInStore, lt_sign_in_store, LT, SIGN_IN_STORE, GObject)

LtSignInStore *lt_sign_in_store_new (guint64 lifetime_ms);
char *lt_sign_in_store_create (LtSignInStore *self, LtPermissions permissions);
LtPermissions lt_sign_in_store_redeem (LtSignInStore *self, const char *secret);

G_END_DECLS
