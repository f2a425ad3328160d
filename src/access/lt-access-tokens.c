/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-access-private.h"

#include "core/lt-error.h"

/* A change of the tokens that is on its way to the disk. */
typedef struct
{
  char *id;   /* (owned) */
  char *text; /* (owned) (nullable): of a new token */
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_free (self->id);
  g_free (self->text);
  g_free (self);
}

/**
 * lt_access_create_token:
 * @self: the access
 * @label: what people call it: 1 to %LT_LABEL_MAX_CHARS characters, no control characters
 * @permissions: at least one
 * @seconds: how long it is good for, or 0 for ever
 * @out_id: (out) (optional) (transfer full): its id
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT or %LT_ERROR_TOO_MANY
 *
 * Makes a token. Its text is not kept: this is the only time it is seen. Saving it is begun.
 *
 * Returns: (transfer full) (nullable): the token's text, or %NULL with @error set
 */
char *
lt_access_create_token (LtAccess *self, const char *label, LtPermissions permissions,
                        guint64 seconds, char **out_id, GError **error)
{
  g_autofree char *id = NULL;
  char *text;

  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  text = lt_token_store_create (self->tokens, label, permissions, seconds, &id, error);
  if (text == NULL)
    return NULL;

  g_message ("token %s created: \"%s\"", id, label);
  lt_access_schedule (self);
  if (out_id != NULL)
    *out_id = g_steal_pointer (&id);
  return text;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  LtAccess *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (lt_token_store_wait_finish (LT_TOKEN_STORE (source), result, &error))
    {
      g_task_return_pointer (task, g_steal_pointer (&change->text), g_free);
      return;
    }

  lt_token_store_revoke (self->tokens, change->id, NULL);
  g_task_return_error (task, error);
}

/**
 * lt_access_create_token_async:
 * @self: the access
 * @label: what people call it: 1 to %LT_LABEL_MAX_CHARS characters, no control characters
 * @permissions: at least one
 * @seconds: how long it is good for, or 0 for ever
 * @callback: (scope async): called once the token is kept
 * @user_data: for @callback
 *
 * Makes a token, and waits until it is on the disk.
 */
void
lt_access_create_token_async (LtAccess *self, const char *label, LtPermissions permissions,
                              guint64 seconds, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  GError *error = NULL;
  Change *change;

  g_return_if_fail (LT_IS_ACCESS (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lt_access_create_token_async);
  text = lt_access_create_token (self, label, permissions, seconds, &id, &error);
  if (text == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  change = g_new0 (Change, 1);
  change->text = g_steal_pointer (&text);
  change->id = g_steal_pointer (&id);
  g_task_set_task_data (task, change, change_free);
  lt_token_store_wait_async (self->tokens, on_created, g_steal_pointer (&task));
}

/**
 * lt_access_create_token_finish:
 * @self: the access
 * @result: what the callback was given
 * @out_id: (out) (optional) (transfer full): its id
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT, %LT_ERROR_TOO_MANY or, if it
 *   could not be saved, %LT_ERROR_IO; then there is no token
 *
 * Returns: (transfer full) (nullable): the token's text, or %NULL with @error set
 */
char *
lt_access_create_token_finish (LtAccess *self, GAsyncResult *result, char **out_id, GError **error)
{
  char *text;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  text = g_task_propagate_pointer (G_TASK (result), error);
  if (text != NULL && out_id != NULL)
    *out_id = g_strdup (((Change *) g_task_get_task_data (G_TASK (result)))->id);
  return text;
}

/**
 * lt_access_list_tokens:
 * @self: the access
 *
 * Returns: (transfer container) (element-type LtToken): the tokens, oldest first
 */
GPtrArray *
lt_access_list_tokens (LtAccess *self)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), NULL);

  return lt_token_store_list (self->tokens);
}

/**
 * lt_access_revoke_token:
 * @self: the access
 * @id: a token's id
 * @error: where to put an error: %LT_ERROR_NOT_FOUND
 *
 * Ends a token at once, and the sessions, tickets and streams made with it.
 *
 * Returns: %FALSE with @error set if there is no such token
 */
gboolean
lt_access_revoke_token (LtAccess *self, const char *id, GError **error)
{
  g_return_val_if_fail (LT_IS_ACCESS (self), FALSE);

  return lt_token_store_revoke (self->tokens, id, error);
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GError) cause = NULL;

  if (lt_token_store_wait_finish (LT_TOKEN_STORE (source), result, &cause))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, LT_ERROR, LT_ERROR_IO,
                             "the token has ended, but will be back after a restart: %s",
                             cause->message);
}

/**
 * lt_access_revoke_token_async:
 * @self: the access
 * @id: a token's id
 * @callback: (scope async): called once that is kept
 * @user_data: for @callback
 *
 * Ends a token at once, as lt_access_revoke_token(), and waits until that is on the disk.
 */
void
lt_access_revoke_token_async (LtAccess *self, const char *id, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (LT_IS_ACCESS (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lt_access_revoke_token_async);
  if (lt_access_revoke_token (self, id, &error))
    lt_token_store_wait_async (self->tokens, on_revoked, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * lt_access_revoke_token_finish:
 * @self: the access
 * @result: what the callback was given
 * @error: where to put an error: %LT_ERROR_NOT_FOUND or, if it could not be saved, %LT_ERROR_IO
 *
 * Returns: %FALSE with @error set if there was no such token, or it will be back after a restart
 */
gboolean
lt_access_revoke_token_finish (LtAccess *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
