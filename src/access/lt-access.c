/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-access-private.h"

#include "core/lt-error.h"

/* The clock may be set while a timer waits, so none waits for longer than this. */
#define LT_ACCESS_MAX_WAIT_MS 3600000

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LtAccess, lt_access, G_TYPE_OBJECT)

static void
lt_access_dispose (GObject *object)
{
  LtAccess *self = LT_ACCESS (object);

  g_clear_handle_id (&self->expiry_source, g_source_remove);
  if (self->tokens != NULL)
    g_signal_handlers_disconnect_by_data (self->tokens, self);
  if (self->sessions != NULL)
    g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_clear_object (&self->tokens);
  g_clear_object (&self->sessions);
  g_clear_object (&self->sign_ins);
  g_clear_object (&self->tickets);
  g_clear_object (&self->throttle);

  G_OBJECT_CLASS (lt_access_parent_class)->dispose (object);
}

static void
lt_access_class_init (LtAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_access_dispose;

  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
lt_access_init (LtAccess *self)
{
  self->sign_ins = lt_sign_in_store_new (LT_SIGN_IN_MS);
  self->tickets = lt_ticket_store_new (NULL);
  self->throttle = lt_throttle_new (LT_SIGN_IN_FAILURES, LT_SIGN_IN_WINDOW_MS);
}

static gint64
earlier (gint64 a_us, gint64 b_us)
{
  if (a_us == 0)
    return b_us;
  if (b_us == 0)
    return a_us;

  return MIN (a_us, b_us);
}

static gboolean
on_expiry (gpointer user_data)
{
  g_autoptr (LtAccess) self = g_object_ref (LT_ACCESS (user_data));
  gint64 next_us;

  self->expiry_source = 0;
  next_us
      = earlier (lt_token_store_expire (self->tokens), lt_session_store_expire (self->sessions));

  /* Whoever heard of an end may have come here before us. */
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  if (next_us != 0)
    {
      gint64 wait_ms = (next_us - g_get_real_time ()) / 1000 + 1;

      self->expiry_source
          = g_timeout_add ((guint) CLAMP (wait_ms, 1, LT_ACCESS_MAX_WAIT_MS), on_expiry, self);
    }

  return G_SOURCE_REMOVE;
}

/**
 * lt_access_schedule:
 * @self: the access
 *
 * Sets the timer for what expires next, after something was added.
 */
void
lt_access_schedule (LtAccess *self)
{
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  on_expiry (self);
}

static void
on_token_ended (LtTokenStore *tokens, const char *id, const char *reason, gpointer user_data)
{
  LtAccess *self = LT_ACCESS (user_data);

  g_message ("token %s ended: %s", id, reason);
  lt_session_store_end_of_token (self->sessions, id, reason);
  lt_ticket_store_end_of (self->tickets, id);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, id, reason);
}

static void
on_session_ended (LtSessionStore *sessions, const char *id, const char *reason, gpointer user_data)
{
  LtAccess *self = LT_ACCESS (user_data);

  g_message ("session %s ended: %s", id, reason);
  lt_ticket_store_end_of (self->tickets, id);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, id, reason);
}

/* A token may have been taken out of its file while the daemon was down. */
static void
lt_access_end_orphans (LtAccess *self)
{
  g_autoptr (GPtrArray) ids = lt_session_store_list_token_ids (self->sessions);

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);

      if (!lt_token_store_has (self->tokens, id))
        lt_session_store_end_of_token (self->sessions, id, "revoked");
    }
}

/**
 * lt_access_new:
 * @state_directory: (nullable): where `tokens.conf` and `sessions.conf` lie, or %NULL to keep
 *   everything in memory only
 * @error: where to put an error: %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Reads tokens and sessions. Sessions that cannot be read are logged and left out; tokens that
 * cannot be read are an error, since they would be lost at the next change.
 *
 * Returns: (transfer full) (nullable): the access to everything, or %NULL with @error set
 */
LtAccess *
lt_access_new (const char *state_directory, GError **error)
{
  g_autoptr (LtAccess) self = g_object_new (LT_TYPE_ACCESS, NULL);
  g_autofree char *tokens_path = NULL;
  g_autofree char *sessions_path = NULL;

  if (state_directory != NULL)
    {
      tokens_path = g_build_filename (state_directory, "tokens.conf", NULL);
      sessions_path = g_build_filename (state_directory, "sessions.conf", NULL);
    }

  self->tokens = lt_token_store_new (tokens_path, error);
  if (self->tokens == NULL)
    return NULL;

  self->sessions = lt_session_store_new (sessions_path);
  g_signal_connect (self->tokens, "ended", G_CALLBACK (on_token_ended), self);
  g_signal_connect (self->sessions, "ended", G_CALLBACK (on_session_ended), self);
  lt_access_schedule (self);
  lt_access_end_orphans (self);

  return g_steal_pointer (&self);
}

/**
 * lt_access_set_session_limits:
 * @self: the access
 * @limits: how long sessions last, those there are too
 *
 * Sets the limits of sessions.
 */
void
lt_access_set_session_limits (LtAccess *self, const LtSessionLimits *limits)
{
  g_return_if_fail (LT_IS_ACCESS (self));

  lt_session_store_set_limits (self->sessions, limits);
  lt_access_schedule (self);
}

/**
 * lt_access_flush:
 * @self: the access
 *
 * Waits until every change is on the disk. For the end of the daemon: it runs the main
 * context meanwhile.
 */
void
lt_access_flush (LtAccess *self)
{
  g_return_if_fail (LT_IS_ACCESS (self));

  while (lt_token_store_is_saving (self->tokens) || lt_session_store_is_saving (self->sessions))
    g_main_context_iteration (NULL, TRUE);
}

/**
 * lt_access_create_sign_in:
 * @self: the access
 * @permissions: what whoever signs in with it may do
 *
 * Makes the secret of a sign-in link, good for one sign-in within 10 minutes. It belongs
 * behind `#sign-in=` in the page's URL.
 *
 * Returns: (transfer full): the secret
 */
char *
lt_access_create_sign_in (LtAccess *self, LtPermissions permissions)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  g_message ("sign-in link created");
  return lt_sign_in_store_create (self->sign_ins, permissions);
}

/**
 * lt_access_get_sign_in_wait:
 * @self: the access
 * @peer: an address
 *
 * Returns: seconds until @peer may try to sign in, 0 if it may now
 */
guint
lt_access_get_sign_in_wait (LtAccess *self, const char *peer)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), 0);

  return lt_throttle_get_wait (self->throttle, peer);
}

static gboolean
check_sign_in_wait (LtAccess *self, const char *peer, GError **error)
{
  guint wait_s = lt_throttle_get_wait (self->throttle, peer);

  if (wait_s == 0)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_TOO_MANY,
               "too many failed sign-ins from your address; try again in %u seconds", wait_s);
  return FALSE;
}

static void
fail_sign_in (LtAccess *self, const char *peer, const char *message, GError **error)
{
  g_message ("sign-in from %s failed", peer);
  lt_throttle_note_failure (self->throttle, peer);
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED, message);
}

static char *
start_session (LtAccess *self, const char *label, LtPermissions permissions, const char *token_id,
               const char *peer, LtIdentity **out_identity)
{
  g_autoptr (LtIdentity) identity = NULL;
  g_autofree char *described = NULL;
  char *secret;

  secret = lt_session_store_create (self->sessions, label, permissions, token_id, &identity);
  described = lt_identity_describe (identity);
  g_message ("sign-in from %s: %s", peer, described);
  lt_throttle_forget (self->throttle, peer);
  lt_access_schedule (self);

  if (out_identity != NULL)
    *out_identity = g_steal_pointer (&identity);
  return secret;
}

/**
 * lt_access_sign_in_with_token:
 * @self: the access
 * @token: what a client gave as its token
 * @peer: its address
 * @out_identity: (out) (optional) (transfer full): who it is from now on
 * @error: where to put an error: %LT_ERROR_UNAUTHENTICATED or %LT_ERROR_TOO_MANY
 *
 * Starts a session with what a token allows, which ends with that token.
 *
 * Returns: (transfer full) (nullable): the secret for the cookie, or %NULL with @error set
 */
char *
lt_access_sign_in_with_token (LtAccess *self, const char *token, const char *peer,
                              LtIdentity **out_identity, GError **error)
{
  g_autoptr (LtToken) found = NULL;

  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  if (!check_sign_in_wait (self, peer, error))
    return NULL;

  found = lt_token_store_find (self->tokens, token);
  if (found == NULL)
    {
      fail_sign_in (self, peer, "the token is unknown, revoked or expired", error);
      return NULL;
    }

  return start_session (self, found->label, found->permissions, found->id, peer, out_identity);
}

/**
 * lt_access_sign_in_with_link:
 * @self: the access
 * @secret: what stands behind `#sign-in=` in the link
 * @peer: the client's address
 * @out_identity: (out) (optional) (transfer full): who it is from now on
 * @error: where to put an error: %LT_ERROR_UNAUTHENTICATED or %LT_ERROR_TOO_MANY
 *
 * Starts a session with a one-time link.
 *
 * Returns: (transfer full) (nullable): the secret for the cookie, or %NULL with @error set
 */
char *
lt_access_sign_in_with_link (LtAccess *self, const char *secret, const char *peer,
                             LtIdentity **out_identity, GError **error)
{
  LtPermissions permissions;

  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  if (!check_sign_in_wait (self, peer, error))
    return NULL;

  permissions = lt_sign_in_store_redeem (self->sign_ins, secret);
  if (permissions == LT_PERMISSION_NONE)
    {
      fail_sign_in (self, peer,
                    "the sign-in link is used or expired; \"livetracectl sign-in\" prints a new "
                    "one",
                    error);
      return NULL;
    }

  return start_session (self, "sign-in link", permissions, NULL, peer, out_identity);
}

/**
 * lt_access_sign_out:
 * @self: the access
 * @identity: who wants to go
 *
 * Ends the session of @identity, its tickets and its streams.
 *
 * Returns: %FALSE if it has no session
 */
gboolean
lt_access_sign_out (LtAccess *self, LtIdentity *identity)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), FALSE);

  return identity->session_id != NULL
         && lt_session_store_end (self->sessions, identity->session_id, "signed-out");
}

/**
 * lt_access_find_token:
 * @self: the access
 * @token: what a client gave as its token
 *
 * Returns: (transfer full) (nullable): who it stands for, or %NULL if it is unknown, revoked
 *   or expired
 */
LtIdentity *
lt_access_find_token (LtAccess *self, const char *token)
{
  g_autoptr (LtToken) found = NULL;

  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  found = lt_token_store_find (self->tokens, token);
  if (found == NULL)
    return NULL;

  return lt_identity_new (found->label, found->permissions, found->id, NULL);
}

/**
 * lt_access_find_session:
 * @self: the access
 * @secret: what a client's cookie holds
 *
 * Returns: (transfer full) (nullable): who it stands for, or %NULL if there is no such session
 *   (any more)
 */
LtIdentity *
lt_access_find_session (LtAccess *self, const char *secret)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  return lt_session_store_find (self->sessions, secret);
}

/**
 * lt_access_get_expiry:
 * @self: the access
 * @identity: an identity
 *
 * Returns: when its session (if it is not used any more) or token ends, in microseconds since
 *   the epoch, or 0 for never
 */
gint64
lt_access_get_expiry (LtAccess *self, LtIdentity *identity)
{
  g_autoptr (GPtrArray) tokens = NULL;
  gint64 expiry_us = 0;

  g_return_val_if_fail (LT_IS_ACCESS (self), 0);

  if (identity->session_id != NULL)
    expiry_us = lt_session_store_get_expiry (self->sessions, identity->session_id);

  tokens = lt_token_store_list (self->tokens);
  for (guint i = 0; i < tokens->len; i++)
    {
      const LtToken *token = g_ptr_array_index (tokens, i);

      if (g_strcmp0 (token->id, identity->token_id) == 0)
        expiry_us = earlier (expiry_us, token->expires_us);
    }

  return expiry_us;
}

/**
 * lt_access_is_valid:
 * @self: the access
 * @identity: an identity found earlier
 *
 * For whoever did something slow meanwhile.
 *
 * Returns: %TRUE if its session and token are still there
 */
gboolean
lt_access_is_valid (LtAccess *self, LtIdentity *identity)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), FALSE);

  if (identity->session_id != NULL
      && lt_session_store_get_expiry (self->sessions, identity->session_id) == 0)
    return FALSE;

  return identity->token_id == NULL || lt_token_store_has (self->tokens, identity->token_id);
}

/**
 * lt_access_hold:
 * @self: the access
 * @identity: who has a stream open
 *
 * Keeps a session from expiring for idleness until lt_access_release().
 */
void
lt_access_hold (LtAccess *self, LtIdentity *identity)
{
  g_return_if_fail (LT_IS_ACCESS (self));

  if (identity->session_id != NULL)
    lt_session_store_hold (self->sessions, identity->session_id);
}

/**
 * lt_access_release:
 * @self: the access
 * @identity: who had a stream open
 *
 * Takes back one lt_access_hold().
 */
void
lt_access_release (LtAccess *self, LtIdentity *identity)
{
  g_return_if_fail (LT_IS_ACCESS (self));

  if (identity->session_id == NULL)
    return;

  lt_session_store_release (self->sessions, identity->session_id);
  lt_access_schedule (self);
}

/**
 * lt_access_get_tickets:
 * @self: the access
 *
 * Returns: (transfer none): the stream tickets
 */
LtTicketStore *
lt_access_get_tickets (LtAccess *self)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  return self->tickets;
}

/**
 * lt_access_get_session_count:
 * @self: the access
 *
 * Returns: how many sessions there are
 */
guint
lt_access_get_session_count (LtAccess *self)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), 0);

  return lt_session_store_get_count (self->sessions);
}
