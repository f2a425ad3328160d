/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-token-store.h"

#include "lt-state-file.h"

#include "core/lt-error.h"

#include <string.h>

#define LT_TOKEN_PREFIX "lt_"
#define LT_TOKEN_GROUP  "token "

struct _LtTokenStore
{
  GObject parent_instance;

  LtStateFile *file; /* (owned) */
  GPtrArray *tokens; /* (owned) (element-type LtToken): oldest first */
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LtTokenStore, lt_token_store, G_TYPE_OBJECT)

/**
 * lt_token_ref:
 * @token: a token
 *
 * Returns: (transfer full): @token
 */
LtToken *
lt_token_ref (LtToken *token)
{
  token->ref_count++;
  return token;
}

/**
 * lt_token_unref:
 * @token: (transfer full): a token
 *
 * Drops a reference.
 */
void
lt_token_unref (LtToken *token)
{
  if (--token->ref_count > 0)
    return;

  g_free (token->id);
  g_free (token->label);
  g_free (token);
}

static void
lt_token_store_finalize (GObject *object)
{
  LtTokenStore *self = LT_TOKEN_STORE (object);

  if (self->file != NULL)
    lt_state_file_settle (self->file);
  g_clear_object (&self->file);
  g_clear_pointer (&self->tokens, g_ptr_array_unref);

  G_OBJECT_CLASS (lt_token_store_parent_class)->finalize (object);
}

static void
lt_token_store_class_init (LtTokenStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_token_store_finalize;

  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
lt_token_store_init (LtTokenStore *self)
{
  self->tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_token_unref);
}

static LtToken *
read_token (GKeyFile *contents, const char *group, GError **error)
{
  g_autoptr (LtToken) token = g_new0 (LtToken, 1);
  g_autofree char *hex = NULL;
  g_auto (GStrv) words = NULL;

  token->ref_count = 1;
  if (!g_str_has_prefix (group, LT_TOKEN_GROUP) || group[strlen (LT_TOKEN_GROUP)] == '\0')
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "it is not named \"" LT_TOKEN_GROUP "ID\"");
      return NULL;
    }

  token->id = g_strdup (group + strlen (LT_TOKEN_GROUP));
  token->label = g_key_file_get_string (contents, group, "label", error);
  if (token->label == NULL || !lt_label_check (token->label, error))
    return NULL;
  words = g_key_file_get_string_list (contents, group, "permissions", NULL, error);
  if (words == NULL
      || !lt_permissions_parse ((const char *const *) words, &token->permissions, error))
    return NULL;
  hex = g_key_file_get_string (contents, group, "sha256", error);
  if (hex == NULL)
    return NULL;
  if (!lt_digest_from_hex (hex, &token->digest))
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                           "\"sha256\" is not 64 hexadecimal digits");
      return NULL;
    }

  token->created_us = g_key_file_get_int64 (contents, group, "created", error);
  if (token->created_us == 0)
    return NULL;
  token->expires_us = g_key_file_get_int64 (contents, group, "expires", NULL);

  return g_steal_pointer (&token);
}

static gint
compare_created (gconstpointer a, gconstpointer b)
{
  const LtToken *first = *(LtToken *const *) a;
  const LtToken *second = *(LtToken *const *) b;

  if (first->created_us != second->created_us)
    return first->created_us < second->created_us ? -1 : 1;

  return strcmp (first->id, second->id);
}

static gboolean
lt_token_store_load (LtTokenStore *self, GError **error)
{
  g_autoptr (GKeyFile) contents = lt_state_file_load (self->file, error);
  g_auto (GStrv) groups = NULL;

  if (contents == NULL)
    return FALSE;

  groups = g_key_file_get_groups (contents, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;
      LtToken *token = read_token (contents, groups[i], &local_error);

      if (token == NULL)
        {
          g_autofree char *shown = g_utf8_make_valid (groups[i], -1);

          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "\"%s\", group \"%s\": %s; correct or remove the group",
                       lt_state_file_get_path (self->file), shown,
                       local_error != NULL ? local_error->message : "\"created\" is 0");
          return FALSE;
        }
      g_ptr_array_add (self->tokens, token);
    }

  g_ptr_array_sort (self->tokens, compare_created);
  return TRUE;
}

static GKeyFile *
lt_token_store_write (gpointer user_data)
{
  LtTokenStore *self = user_data;
  GKeyFile *contents = g_key_file_new ();

  for (guint i = 0; i < self->tokens->len; i++)
    {
      LtToken *token = g_ptr_array_index (self->tokens, i);
      g_autofree char *group = g_strconcat (LT_TOKEN_GROUP, token->id, NULL);
      g_autofree char *hex = lt_digest_to_hex (&token->digest);
      g_auto (GStrv) words = lt_permissions_to_strv (token->permissions);

      g_key_file_set_string (contents, group, "label", token->label);
      g_key_file_set_string_list (contents, group, "permissions", (const char *const *) words,
                                  g_strv_length (words));
      g_key_file_set_string (contents, group, "sha256", hex);
      g_key_file_set_int64 (contents, group, "created", token->created_us);
      g_key_file_set_int64 (contents, group, "expires", token->expires_us);
    }

  return contents;
}

static void
lt_token_store_save (LtTokenStore *self)
{
  lt_state_file_save (self->file, lt_token_store_write, self);
}

static void
lt_token_store_remove (LtTokenStore *self, guint index, const char *reason)
{
  g_autoptr (LtToken) token = g_ptr_array_steal_index (self->tokens, index);

  lt_token_store_save (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, token->id, reason);
}

static gboolean
lt_token_is_over (const LtToken *token, gint64 now_us)
{
  return token->expires_us != 0 && token->expires_us <= now_us;
}

/**
 * lt_token_store_new:
 * @path: (nullable): the file, or %NULL to keep tokens in memory only
 * @error: where to put an error: %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Reads the tokens; a file that does not exist holds none.
 *
 * Returns: (transfer full) (nullable): a new store, or %NULL with @error set
 */
LtTokenStore *
lt_token_store_new (const char *path, GError **error)
{
  g_autoptr (LtTokenStore) self = g_object_new (LT_TYPE_TOKEN_STORE, NULL);

  self->file = lt_state_file_new (path);
  if (!lt_token_store_load (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lt_label_check:
 * @label: text
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT
 *
 * Returns: %TRUE if @label is 1 to %LT_LABEL_MAX_CHARS characters of UTF-8 without a
 *   control character
 */
gboolean
lt_label_check (const char *label, GError **error)
{
  if (!g_utf8_validate (label, -1, NULL))
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                           "the label is not valid UTF-8");
      return FALSE;
    }
  if (*label == '\0' || g_utf8_strlen (label, -1) > LT_LABEL_MAX_CHARS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "the label must have 1 to %d characters", LT_LABEL_MAX_CHARS);
      return FALSE;
    }
  for (const char *p = label; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        {
          g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                               "the label must not hold control characters");
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_new_token (LtTokenStore *self, const char *label, LtPermissions permissions, guint64 seconds,
                 GError **error)
{
  if (!lt_label_check (label, error))
    return FALSE;
  if (permissions == LT_PERMISSION_NONE || (permissions & ~LT_PERMISSION_ALL) != 0)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                           "a token needs at least one permission");
      return FALSE;
    }
  if (seconds > LT_TOKEN_MAX_SECONDS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"seconds\" must be 0 (never expires) to %" G_GUINT64_FORMAT,
                   LT_TOKEN_MAX_SECONDS);
      return FALSE;
    }
  if (self->tokens->len >= LT_TOKEN_LIMIT)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_MANY,
                   "there are %d tokens already, which is the most; revoke one first",
                   LT_TOKEN_LIMIT);
      return FALSE;
    }
  return TRUE;
}

/**
 * lt_token_store_create:
 * @self: a token store
 * @label: what people call it, see lt_label_check()
 * @permissions: at least one
 * @seconds: how long it is good for, or 0 for ever
 * @out_id: (out) (optional) (transfer full): its id
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT or %LT_ERROR_TOO_MANY
 *
 * Makes a token. Its text is not kept: this is the only time it is seen.
 *
 * Returns: (transfer full) (nullable): the token's text, or %NULL with @error set
 */
char *
lt_token_store_create (LtTokenStore *self, const char *label, LtPermissions permissions,
                       guint64 seconds, char **out_id, GError **error)
{
  LtToken *token;
  char *text;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), NULL);

  lt_token_store_expire (self);
  if (!check_new_token (self, label, permissions, seconds, error))
    return NULL;

  text = lt_secret_new (LT_TOKEN_PREFIX);
  token = g_new0 (LtToken, 1);
  token->ref_count = 1;
  token->id = lt_secret_new_id ();
  token->label = g_strdup (label);
  token->permissions = permissions;
  token->created_us = g_get_real_time ();
  if (seconds > 0)
    token->expires_us = token->created_us + (gint64) seconds * G_USEC_PER_SEC;
  lt_digest_of (text, &token->digest);
  g_ptr_array_add (self->tokens, token);
  lt_token_store_save (self);

  if (out_id != NULL)
    *out_id = g_strdup (token->id);
  return text;
}

/**
 * lt_token_store_list:
 * @self: a token store
 *
 * Returns: (transfer container) (element-type LtToken): the tokens, oldest first
 */
GPtrArray *
lt_token_store_list (LtTokenStore *self)
{
  GPtrArray *list;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), NULL);

  lt_token_store_expire (self);
  list = g_ptr_array_new_full (self->tokens->len, (GDestroyNotify) lt_token_unref);
  for (guint i = 0; i < self->tokens->len; i++)
    g_ptr_array_add (list, lt_token_ref (g_ptr_array_index (self->tokens, i)));

  return list;
}

/**
 * lt_token_store_find:
 * @self: a token store
 * @text: what a client gave as its token
 *
 * Compares @text with every token, each in constant time.
 *
 * Returns: (transfer full) (nullable): the token, or %NULL if there is none such (any more)
 */
LtToken *
lt_token_store_find (LtTokenStore *self, const char *text)
{
  LtToken *found = NULL;
  LtDigest digest;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), NULL);

  lt_token_store_expire (self);
  lt_digest_of (text, &digest);
  for (guint i = 0; i < self->tokens->len; i++)
    {
      LtToken *token = g_ptr_array_index (self->tokens, i);

      if (lt_digest_equal (&token->digest, &digest))
        found = token;
    }

  return found != NULL ? lt_token_ref (found) : NULL;
}

static gboolean
lt_token_store_find_index (LtTokenStore *self, const char *id, guint *index)
{
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const LtToken *token = g_ptr_array_index (self->tokens, i);

      if (g_str_equal (token->id, id))
        {
          *index = i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lt_token_store_has:
 * @self: a token store
 * @id: a token's id
 *
 * Returns: %TRUE if there is such a token
 */
gboolean
lt_token_store_has (LtTokenStore *self, const char *id)
{
  guint index;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), FALSE);

  return lt_token_store_find_index (self, id, &index);
}

/**
 * lt_token_store_revoke:
 * @self: a token store
 * @id: a token's id
 * @error: where to put an error: %LT_ERROR_NOT_FOUND
 *
 * Ends a token at once.
 *
 * Returns: %FALSE with @error set if there is no such token
 */
gboolean
lt_token_store_revoke (LtTokenStore *self, const char *id, GError **error)
{
  guint index;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), FALSE);

  if (!lt_token_store_find_index (self, id, &index))
    {
      g_autofree char *shown = g_utf8_make_valid (id, -1);

      g_set_error (error, LT_ERROR, LT_ERROR_NOT_FOUND,
                   "there is no token with the id \"%.64s\"; list the tokens to see their ids",
                   shown);
      return FALSE;
    }

  lt_token_store_remove (self, index, "revoked");
  return TRUE;
}

/**
 * lt_token_store_expire:
 * @self: a token store
 *
 * Ends the tokens whose time is over.
 *
 * Returns: when the next one ends, in microseconds since the epoch, or 0 if none does
 */
gint64
lt_token_store_expire (LtTokenStore *self)
{
  gint64 now_us = g_get_real_time ();
  gint64 next_us = 0;
  guint i = 0;

  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), 0);

  while (i < self->tokens->len)
    {
      const LtToken *token = g_ptr_array_index (self->tokens, i);

      if (lt_token_is_over (token, now_us))
        {
          lt_token_store_remove (self, i, "expired");
          i = 0; /* whoever heard of it may have changed the list */
          next_us = 0;
          continue;
        }
      if (token->expires_us != 0 && (next_us == 0 || token->expires_us < next_us))
        next_us = token->expires_us;
      i++;
    }

  return next_us;
}

/**
 * lt_token_store_is_saving:
 * @self: a token store
 *
 * Returns: %TRUE while a change is on its way to the disk
 */
gboolean
lt_token_store_is_saving (LtTokenStore *self)
{
  g_return_val_if_fail (LT_IS_TOKEN_STORE (self), FALSE);

  return lt_state_file_is_saving (self->file);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  GError *error = NULL;

  if (lt_state_file_wait_finish (LT_STATE_FILE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * lt_token_store_wait_async:
 * @self: a token store
 * @callback: (scope async): called once no change is on its way to the disk
 * @user_data: for @callback
 *
 * Waits until every change is on the disk, or could not be brought there.
 */
void
lt_token_store_wait_async (LtTokenStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (LT_IS_TOKEN_STORE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lt_token_store_wait_async);
  lt_state_file_wait_async (self->file, on_waited, task);
}

/**
 * lt_token_store_wait_finish:
 * @self: a token store
 * @result: what the callback was given
 * @error: where to put an error: %LT_ERROR_IO
 *
 * Returns: %FALSE with @error set if the last change could not be saved
 */
gboolean
lt_token_store_wait_finish (LtTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
