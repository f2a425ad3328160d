/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-identity.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* How many sessions there can be; one more ends the least recently used. */
#define LT_SESSION_LIMIT 1000

/**
 * LtSessionLimits:
 *
 * How long a session lasts.
 */
typedef struct
{
  guint64 idle_ms;     /* without use; default 7 days */
  guint64 lifetime_ms; /* in all; default 30 days */
} LtSessionLimits;

#define LT_SESSION_LIMITS_DEFAULT                                                                  \
  {                                                                                                \
    G_GUINT64_CONSTANT (7) * 24 * 3600 * 1000, G_GUINT64_CONSTANT (30) * 24 * 3600 * 1000          \
  }

/**
 * LtSessionStore:
 *
 * Sign-ins of web pages, kept in a file, hashed, so that they outlive a restart.
 *
 * Signal `ended (const char *id, const char *reason)`: a session is gone; the reason is
 * `signed-out`, `revoked` (its token), `expired` or `displaced` (by newer ones).
 */
#define LT_TYPE_SESSION_STORE (lt_session_store_get_type ())
G_DECLARE_FINAL_TYPE (LtSessionStore, lt_session_store, LT, SESSION_STORE, GObject)

LtSessionStore *lt_session_store_new (const char *path);
void lt_session_store_set_limits (LtSessionStore *self, const LtSessionLimits *limits);
char *lt_session_store_create (LtSessionStore *self, const char *label, LtPermissions permissions,
                               const char *token_id, LtIdentity **out_identity);
LtIdentity *lt_session_store_find (LtSessionStore *self, const char *secret);
gboolean lt_session_store_end (LtSessionStore *self, const char *id, const char *reason);
void lt_session_store_end_of_token (LtSessionStore *self, const char *token_id, const char *reason);
void lt_session_store_hold (LtSessionStore *self, const char *id);
void lt_session_store_release (LtSessionStore *self, const char *id);
GPtrArray *lt_session_store_list_token_ids (LtSessionStore *self);
guint lt_session_store_get_count (LtSessionStore *self);
gint64 lt_session_store_get_expiry (LtSessionStore *self, const char *id);
gint64 lt_session_store_expire (LtSessionStore *self);
gboolean lt_session_store_is_saving (LtSessionStore *self);

G_END_DECLS
