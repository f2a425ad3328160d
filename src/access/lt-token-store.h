/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-permissions.h"
#include "lt-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many tokens there can be. */
#define LT_TOKEN_LIMIT 1000

/* Longest label, in characters. */
#define LT_LABEL_MAX_CHARS 100

/* Longest life of a token that expires, in seconds: 100 years. */
#define LT_TOKEN_MAX_SECONDS G_GUINT64_CONSTANT (3155760000)

/**
 * LtToken:
 *
 * What is kept of a token. Immutable, reference-counted, not thread-safe.
 */
typedef struct
{
  guint ref_count;
  char *id;    /* (owned): 16 hexadecimal digits; no secret */
  char *label; /* (owned): UTF-8 */
  LtPermissions permissions;
  gint64 created_us; /* microseconds since the epoch */
  gint64 expires_us; /* microseconds since the epoch; 0: never */
  LtDigest digest;   /* of the token's text */
} LtToken;

LtToken *lt_token_ref (LtToken *token);
void lt_token_unref (LtToken *token);

/**
 * LtTokenStore:
 *
 * The bearer tokens, kept in a file, hashed.
 *
 * Signal `ended (const char *id, const char *reason)`: a token is gone; the reason is
 * `revoked` or `expired`.
 */
#define LT_TYPE_TOKEN_STORE (lt_token_store_get_type ())
G_DECLARE_FINAL_TYPE (LtTokenStore, lt_token_store, LT, TOKEN_STORE, GObject)

LtTokenStore *lt_token_store_new (const char *path, GError **error);
char *lt_token_store_create (LtTokenStore *self, const char *label, LtPermissions permissions,
                             guint64 seconds, char **out_id, GError **error);
GPtrArray *lt_token_store_list (LtTokenStore *self);
LtToken *lt_token_store_find (LtTokenStore *self, const char *text);
gboolean lt_token_store_has (LtTokenStore *self, const char *id);
gboolean lt_token_store_revoke (LtTokenStore *self, const char *id, GError **error);
gint64 lt_token_store_expire (LtTokenStore *self);
gboolean lt_token_store_is_saving (LtTokenStore *self);
void lt_token_store_wait_async (LtTokenStore *self, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean lt_token_store_wait_finish (LtTokenStore *self, GAsyncResult *result, GError **error);

gboolean lt_label_check (const char *label, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtToken, lt_token_unref)

G_END_DECLS
