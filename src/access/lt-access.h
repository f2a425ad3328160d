/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-identity.h"
#include "lt-session-store.h"
#include "lt-ticket-store.h"
#include "lt-token-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sign-ins a peer may fail in a window, and how long that is in milliseconds. */
#define LT_SIGN_IN_FAILURES  10
#define LT_SIGN_IN_WINDOW_MS 60000

/**
 * LtAccess:
 *
 * Who may do what, for every transport: tokens, sessions, sign-in links and tickets
 * behind one face.
 *
 * Signal `ended (const char *origin, const char *reason)`: the token or session with the
 * id @origin is gone; whoever serves an identity with lt_identity_is_from() it must stop. The
 * reason is `revoked`, `expired`, `signed-out` or `displaced`. Sessions of a token end
 * before the token does; tickets of either are gone already.
 */
#define LT_TYPE_ACCESS (lt_access_get_type ())
G_DECLARE_FINAL_TYPE (LtAccess, lt_access, LT, ACCESS, GObject)

LtAccess *lt_access_new (const char *state_directory, GError **error);
void lt_access_set_session_limits (LtAccess *self, const LtSessionLimits *limits);
void lt_access_flush (LtAccess *self);

char *lt_access_create_token (LtAccess *self, const char *label, LtPermissions permissions,
                              guint64 seconds, char **out_id, GError **error);
GPtrArray *lt_access_list_tokens (LtAccess *self);
gboolean lt_access_revoke_token (LtAccess *self, const char *id, GError **error);
void lt_access_create_token_async (LtAccess *self, const char *label, LtPermissions permissions,
                                   guint64 seconds, GAsyncReadyCallback callback,
                                   gpointer user_data);
char *lt_access_create_token_finish (LtAccess *self, GAsyncResult *result, char **out_id,
                                     GError **error);
void lt_access_revoke_token_async (LtAccess *self, const char *id, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean lt_access_revoke_token_finish (LtAccess *self, GAsyncResult *result, GError **error);

char *lt_access_create_sign_in (LtAccess *self, LtPermissions permissions);
guint lt_access_get_sign_in_wait (LtAccess *self, const char *peer);
char *lt_access_sign_in_with_token (LtAccess *self, const char *token, const char *peer,
                                    LtIdentity **out_identity, GError **error);
char *lt_access_sign_in_with_link (LtAccess *self, const char *secret, const char *peer,
                                   LtIdentity **out_identity, GError **error);
gboolean lt_access_sign_out (LtAccess *self, LtIdentity *identity);

LtIdentity *lt_access_find_token (LtAccess *self, const char *token);
LtIdentity *lt_access_find_session (LtAccess *self, const char *secret);
gint64 lt_access_get_expiry (LtAccess *self, LtIdentity *identity);
gboolean lt_access_is_valid (LtAccess *self, LtIdentity *identity);
void lt_access_hold (LtAccess *self, LtIdentity *identity);
void lt_access_release (LtAccess *self, LtIdentity *identity);
LtTicketStore *lt_access_get_tickets (LtAccess *self);
guint lt_access_get_session_count (LtAccess *self);

G_END_DECLS
