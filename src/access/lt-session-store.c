/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-session-store.h"

#include "lt-secret.h"
#include "lt-state-file.h"
#include "lt-token-store.h"

#include "core/lt-error.h"

#include <string.h>

#define LT_SESSION_GROUP "session "

/* Use is noted on disk at most this often, so a restart forgets an hour of it at worst. */
#define LT_SESSION_NOTE_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  LtIdentity *identity; /* (owned) */
  LtDigest digest;      /* of the secret in the cookie */
  gint64 created_us;    /* microseconds since the epoch, as the next two */
  gint64 used_us;
  gint64 noted_us; /* @used_us as it stands on disk */
  guint holds;     /* streams that use it now: it is not idle */
} LtSession;

struct _LtSessionStore
{
  GObject parent_instance;

  LtStateFile *file;   /* (owned) */
  GPtrArray *sessions; /* (owned) (element-type LtSession) */
  LtSessionLimits limits;
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LtSessionStore, lt_session_store, G_TYPE_OBJECT)

static void
lt_session_free (LtSession *session)
{
  g_clear_pointer (&session->identity, lt_identity_unref);
  g_free (session);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSession, lt_session_free)

static void
lt_session_store_finalize (GObject *object)
{
  LtSessionStore *self = LT_SESSION_STORE (object);

  if (self->file != NULL)
    lt_state_file_settle (self->file);
  g_clear_object (&self->file);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);

  G_OBJECT_CLASS (lt_session_store_parent_class)->finalize (object);
}

static void
lt_session_store_class_init (LtSessionStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_session_store_finalize;

  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
lt_session_store_init (LtSessionStore *self)
{
  self->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_session_free);
  self->limits = (LtSessionLimits) LT_SESSION_LIMITS_DEFAULT;
}

static LtSession *
read_session (GKeyFile *contents, const char *group)
{
  g_autoptr (LtSession) session = g_new0 (LtSession, 1);
  g_autofree char *label = g_key_file_get_string (contents, group, "label", NULL);
  g_autofree char *token_id = g_key_file_get_string (contents, group, "token", NULL);
  g_autofree char *hex = g_key_file_get_string (contents, group, "sha256", NULL);
  g_auto (GStrv) words = g_key_file_get_string_list (contents, group, "permissions", NULL, NULL);
  LtPermissions permissions;

  if (!g_str_has_prefix (group, LT_SESSION_GROUP) || label == NULL || hex == NULL || words == NULL
      || !lt_label_check (label, NULL) || !lt_digest_from_hex (hex, &session->digest)
      || !lt_permissions_parse ((const char *const *) words, &permissions, NULL))
    return NULL;

  session->identity
      = lt_identity_new (label, permissions, token_id, group + strlen (LT_SESSION_GROUP));
  session->created_us = g_key_file_get_int64 (contents, group, "created", NULL);
  session->used_us = g_key_file_get_int64 (contents, group, "used", NULL);
  session->noted_us = session->used_us;
  return g_steal_pointer (&session);
}

static void
lt_session_store_load (LtSessionStore *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) contents = lt_state_file_load (self->file, &error);
  g_auto (GStrv) groups = NULL;

  if (contents == NULL)
    {
      g_warning ("%s; everyone has to sign in again", error->message);
      return;
    }

  groups = g_key_file_get_groups (contents, NULL);
  for (gsize i = 0; groups[i] != NULL && self->sessions->len < LT_SESSION_LIMIT; i++)
    {
      LtSession *session = read_session (contents, groups[i]);

      if (session != NULL)
        g_ptr_array_add (self->sessions, session);
      else
        g_warning ("\"%s\" holds a session that cannot be read; whoever had it has to sign in "
                   "again",
                   lt_state_file_get_path (self->file));
    }
}

static GKeyFile *
lt_session_store_write (gpointer user_data)
{
  LtSessionStore *self = user_data;
  GKeyFile *contents = g_key_file_new ();

  for (guint i = 0; i < self->sessions->len; i++)
    {
      LtSession *session = g_ptr_array_index (self->sessions, i);
      const LtIdentity *identity = session->identity;
      g_autofree char *group = g_strconcat (LT_SESSION_GROUP, identity->session_id, NULL);
      g_autofree char *hex = lt_digest_to_hex (&session->digest);
      g_auto (GStrv) words = lt_permissions_to_strv (identity->permissions);

      g_key_file_set_string (contents, group, "label", identity->label);
      g_key_file_set_string_list (contents, group, "permissions", (const char *const *) words,
                                  g_strv_length (words));
      if (identity->token_id != NULL)
        g_key_file_set_string (contents, group, "token", identity->token_id);
      g_key_file_set_string (contents, group, "sha256", hex);
      g_key_file_set_int64 (contents, group, "created", session->created_us);
      g_key_file_set_int64 (contents, group, "used", session->used_us);
      session->noted_us = session->used_us;
    }

  return contents;
}

static void
lt_session_store_save (LtSessionStore *self)
{
  lt_state_file_save (self->file, lt_session_store_write, self);
}

static gint64
lt_session_store_get_end (LtSessionStore *self, const LtSession *session)
{
  gint64 end_us = session->created_us + (gint64) self->limits.lifetime_ms * 1000;

  if (session->holds == 0)
    end_us = MIN (end_us, session->used_us + (gint64) self->limits.idle_ms * 1000);

  return end_us;
}

static void
lt_session_store_remove (LtSessionStore *self, guint index, const char *reason)
{
  g_autoptr (LtSession) session = g_ptr_array_steal_index (self->sessions, index);

  lt_session_store_save (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, session->identity->session_id, reason);
}

static void
lt_session_store_make_room (LtSessionStore *self)
{
  while (self->sessions->len >= LT_SESSION_LIMIT)
    {
      guint oldest = 0;

      for (guint i = 1; i < self->sessions->len; i++)
        {
          const LtSession *best = g_ptr_array_index (self->sessions, oldest);
          const LtSession *session = g_ptr_array_index (self->sessions, i);

          if (session->used_us < best->used_us)
            oldest = i;
        }
      lt_session_store_remove (self, oldest, "displaced");
    }
}

static LtSession *
lt_session_store_get_session (LtSessionStore *self, const char *id, guint *index)
{
  for (guint i = 0; i < self->sessions->len; i++)
    {
      LtSession *session = g_ptr_array_index (self->sessions, i);

      if (g_str_equal (session->identity->session_id, id))
        {
          if (index != NULL)
            *index = i;
          return session;
        }
    }

  return NULL;
}

/**
 * lt_session_store_new:
 * @path: (nullable): the file, or %NULL to keep sessions in memory only
 *
 * Reads the sessions. What cannot be read is logged and left out: its owner signs in again.
 *
 * Returns: (transfer full): a new store
 */
LtSessionStore *
lt_session_store_new (const char *path)
{
  LtSessionStore *self = g_object_new (LT_TYPE_SESSION_STORE, NULL);

  self->file = lt_state_file_new (path);
  lt_session_store_load (self);
  return self;
}

/**
 * lt_session_store_set_limits:
 * @self: a session store
 * @limits: how long sessions last, those there are too
 *
 * Sets the limits; they take effect at the next lt_session_store_expire().
 */
void
lt_session_store_set_limits (LtSessionStore *self, const LtSessionLimits *limits)
{
  g_return_if_fail (LT_IS_SESSION_STORE (self));

  self->limits = *limits;
}

/**
 * lt_session_store_create:
 * @self: a session store
 * @label: what people call it
 * @permissions: what it allows
 * @token_id: (nullable): the token it was signed in with; the session ends with it
 * @out_identity: (out) (optional) (transfer full): who it stands for
 *
 * Makes a session. If there are %LT_SESSION_LIMIT already, the least recently used ends.
 *
 * Returns: (transfer full): the secret for the cookie
 */
char *
lt_session_store_create (LtSessionStore *self, const char *label, LtPermissions permissions,
                         const char *token_id, LtIdentity **out_identity)
{
  g_autofree char *id = lt_secret_new_id ();
  char *secret = lt_secret_new ("");
  LtSession *session;

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), NULL);

  lt_session_store_expire (self);
  lt_session_store_make_room (self);

  session = g_new0 (LtSession, 1);
  session->identity = lt_identity_new (label, permissions, token_id, id);
  session->created_us = g_get_real_time ();
  session->used_us = session->created_us;
  lt_digest_of (secret, &session->digest);
  g_ptr_array_add (self->sessions, session);
  lt_session_store_save (self);

  if (out_identity != NULL)
    *out_identity = lt_identity_ref (session->identity);
  return secret;
}

/**
 * lt_session_store_find:
 * @self: a session store
 * @secret: what a cookie holds
 *
 * Compares @secret with every session, each in constant time, and notes the use.
 *
 * Returns: (transfer full) (nullable): who it stands for, or %NULL if there is no such
 *   session (any more)
 */
LtIdentity *
lt_session_store_find (LtSessionStore *self, const char *secret)
{
  LtSession *found = NULL;
  LtDigest digest;

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), NULL);

  lt_session_store_expire (self);
  lt_digest_of (secret, &digest);
  for (guint i = 0; i < self->sessions->len; i++)
    {
      LtSession *session = g_ptr_array_index (self->sessions, i);

      if (lt_digest_equal (&session->digest, &digest))
        found = session;
    }
  if (found == NULL)
    return NULL;

  found->used_us = g_get_real_time ();
  if (found->used_us - found->noted_us > LT_SESSION_NOTE_US)
    lt_session_store_save (self);
  return lt_identity_ref (found->identity);
}

/**
 * lt_session_store_end:
 * @self: a session store
 * @id: a session's id
 * @reason: why, for `ended`
 *
 * Returns: %FALSE if there is no such session
 */
gboolean
lt_session_store_end (LtSessionStore *self, const char *id, const char *reason)
{
  guint index;

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), FALSE);

  if (lt_session_store_get_session (self, id, &index) == NULL)
    return FALSE;

  lt_session_store_remove (self, index, reason);
  return TRUE;
}

/**
 * lt_session_store_end_of_token:
 * @self: a session store
 * @token_id: a token's id
 * @reason: why, for `ended`
 *
 * Ends every session made from a token.
 */
void
lt_session_store_end_of_token (LtSessionStore *self, const char *token_id, const char *reason)
{
  guint i = 0;

  g_return_if_fail (LT_IS_SESSION_STORE (self));

  while (i < self->sessions->len)
    {
      const LtSession *session = g_ptr_array_index (self->sessions, i);

      if (g_strcmp0 (session->identity->token_id, token_id) != 0)
        {
          i++;
          continue;
        }
      lt_session_store_remove (self, i, reason);
      i = 0; /* whoever heard of it may have changed the list */
    }
}

/**
 * lt_session_store_hold:
 * @self: a session store
 * @id: a session's id
 *
 * Says that a stream uses a session: it is not idle until lt_session_store_release().
 */
void
lt_session_store_hold (LtSessionStore *self, const char *id)
{
  LtSession *session;

  g_return_if_fail (LT_IS_SESSION_STORE (self));

  session = lt_session_store_get_session (self, id, NULL);
  if (session != NULL)
    session->holds++;
}

/**
 * lt_session_store_release:
 * @self: a session store
 * @id: a session's id, which may be gone
 *
 * Takes back one lt_session_store_hold().
 */
void
lt_session_store_release (LtSessionStore *self, const char *id)
{
  LtSession *session;

  g_return_if_fail (LT_IS_SESSION_STORE (self));

  session = lt_session_store_get_session (self, id, NULL);
  if (session == NULL || session->holds == 0)
    return;

  session->holds--;
  session->used_us = g_get_real_time ();
}

/**
 * lt_session_store_list_token_ids:
 * @self: a session store
 *
 * Returns: (transfer container) (element-type utf8): the tokens that sessions come from,
 *   with repeats
 */
GPtrArray *
lt_session_store_list_token_ids (LtSessionStore *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), ids);

  for (guint i = 0; i < self->sessions->len; i++)
    {
      const LtSession *session = g_ptr_array_index (self->sessions, i);

      if (session->identity->token_id != NULL)
        g_ptr_array_add (ids, g_strdup (session->identity->token_id));
    }

  return ids;
}

/**
 * lt_session_store_get_count:
 * @self: a session store
 *
 * Returns: how many sessions there are
 */
guint
lt_session_store_get_count (LtSessionStore *self)
{
  g_return_val_if_fail (LT_IS_SESSION_STORE (self), 0);

  return self->sessions->len;
}

/**
 * lt_session_store_get_expiry:
 * @self: a session store
 * @id: a session's id
 *
 * Returns: when it ends if it is not used any more, in microseconds since the epoch, or 0 if
 *   there is none such
 */
gint64
lt_session_store_get_expiry (LtSessionStore *self, const char *id)
{
  const LtSession *session;

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), 0);

  session = lt_session_store_get_session (self, id, NULL);
  return session != NULL ? lt_session_store_get_end (self, session) : 0;
}

/**
 * lt_session_store_expire:
 * @self: a session store
 *
 * Ends the sessions whose time is over.
 *
 * Returns: when the next one ends, in microseconds since the epoch, or 0 if there is none
 */
gint64
lt_session_store_expire (LtSessionStore *self)
{
  gint64 now_us = g_get_real_time ();
  gint64 next_us = 0;
  guint i = 0;

  g_return_val_if_fail (LT_IS_SESSION_STORE (self), 0);

  while (i < self->sessions->len)
    {
      gint64 end_us = lt_session_store_get_end (self, g_ptr_array_index (self->sessions, i));

      if (end_us <= now_us)
        {
          lt_session_store_remove (self, i, "expired");
          i = 0; /* whoever heard of it may have changed the list */
          next_us = 0;
          continue;
        }
      if (next_us == 0 || end_us < next_us)
        next_us = end_us;
      i++;
    }

  return next_us;
}

/**
 * lt_session_store_is_saving:
 * @self: a session store
 *
 * Returns: %TRUE while a change is on its way to the disk
 */
gboolean
lt_session_store_is_saving (LtSessionStore *self)
{
  g_return_val_if_fail (LT_IS_SESSION_STORE (self), FALSE);

  return lt_state_file_is_saving (self->file);
}
