/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-state-file.h"

#include "core/lt-error.h"
#include "core/lt-key-file.h"

#include <errno.h>
#include <glib/gstdio.h>

/* Far above what 1,000 tokens or sessions take: a file beyond it is none of ours. */
#define LT_STATE_FILE_MAX_BYTES (4 * 1024 * 1024)

struct _LtStateFile
{
  GObject parent_instance;

  char *path;       /* (owned) (nullable): NULL keeps everything in memory only */
  GBytes *pending;  /* (owned) (nullable): to write once the save under way is done */
  LtStateFunc func; /* (nullable): gives what is to be written after that, if nothing is pending */
  gpointer func_data; /* (unowned): for @func */
  gboolean saving;
  GError *failure; /* (owned) (nullable): why the last save failed */
  GQueue waiting;  /* of GTask (owned): told once nothing is left to write */
};

G_DEFINE_FINAL_TYPE (LtStateFile, lt_state_file, G_TYPE_OBJECT)

static void
lt_state_file_finalize (GObject *object)
{
  LtStateFile *self = LT_STATE_FILE (object);

  g_free (self->path);
  g_clear_pointer (&self->pending, g_bytes_unref);
  g_clear_error (&self->failure);

  G_OBJECT_CLASS (lt_state_file_parent_class)->finalize (object);
}

static void
lt_state_file_class_init (LtStateFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_state_file_finalize;
}

static void
lt_state_file_init (LtStateFile *self)
{
  g_queue_init (&self->waiting);
}

/**
 * lt_state_file_new:
 * @path: (nullable): where the file lies or will lie, or %NULL to keep nothing
 *
 * Returns: (transfer full): a new state file; nothing is read yet
 */
LtStateFile *
lt_state_file_new (const char *path)
{
  LtStateFile *self = g_object_new (LT_TYPE_STATE_FILE, NULL);

  self->path = g_strdup (path);
  return self;
}

/**
 * lt_state_file_get_path:
 * @self: a state file
 *
 * Returns: (transfer none) (nullable): its path
 */
const char *
lt_state_file_get_path (LtStateFile *self)
{
  g_return_val_if_fail (LT_IS_STATE_FILE (self), NULL);

  return self->path;
}

/**
 * lt_state_file_load:
 * @self: a state file
 * @error: where to put an error: %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 *
 * Reads the file, at start: this blocks.
 *
 * Returns: (transfer full) (nullable): what it holds, empty if there is no file, or %NULL
 *   with @error set
 */
GKeyFile *
lt_state_file_load (LtStateFile *self, GError **error)
{
  g_autoptr (GKeyFile) contents = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;
  g_autofree char *what = NULL;
  g_autofree char *text = NULL;
  GStatBuf status = { 0 };
  gsize length = 0;

  g_return_val_if_fail (LT_IS_STATE_FILE (self), NULL);

  if (self->path == NULL)
    return g_steal_pointer (&contents);

  what = g_strdup_printf ("cannot read \"%s\"", self->path);
  if (g_stat (self->path, &status) != 0 && errno == ENOENT)
    return g_steal_pointer (&contents);
  if (status.st_size > LT_STATE_FILE_MAX_BYTES)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s: it is over %d bytes, so it is none of ours; move it away", what,
                   LT_STATE_FILE_MAX_BYTES);
      return NULL;
    }
  if (!g_file_get_contents (self->path, &text, &length, &local_error))
    {
      lt_error_translate (&local_error, LT_ERROR_IO, what);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (!lt_key_file_load (contents, self->path, text, length, G_KEY_FILE_NONE, error))
    return NULL;

  return g_steal_pointer (&contents);
}

static void
end_wait (LtStateFile *self, GTask *task)
{
  GError *error = NULL;

  if (lt_state_file_check (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void lt_state_file_write (LtStateFile *self, GBytes *bytes);

/* Returns: (transfer full) (nullable): what is to be written next */
static GBytes *
take_next (LtStateFile *self)
{
  lt_state_file_settle (self);
  return g_steal_pointer (&self->pending);
}

static void
on_replaced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LtStateFile) self = LT_STATE_FILE (user_data);
  g_autoptr (GBytes) next = NULL;

  g_clear_error (&self->failure);
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &self->failure))
    g_warning ("cannot save \"%s\": %s; what changed is lost at the next start", self->path,
               self->failure->message);

  self->saving = FALSE;
  next = take_next (self);
  if (next != NULL)
    {
      lt_state_file_write (self, next);
      return;
    }

  while (!g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

      end_wait (self, task);
    }
}

static void
lt_state_file_write (LtStateFile *self, GBytes *bytes)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  self->saving = TRUE;
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, on_replaced, g_object_ref (self));
}

/**
 * lt_state_file_save:
 * @self: a state file
 * @func: gives what it shall hold
 * @user_data: (transfer none): for @func; whoever has it freed calls lt_state_file_settle() before
 *
 * Starts to replace the file. While that is under way, @func is called only when it is done,
 * so a thousand changes at once cost as much as two. A failure is logged and told by
 * lt_state_file_check().
 */
void
lt_state_file_save (LtStateFile *self, LtStateFunc func, gpointer user_data)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (LT_IS_STATE_FILE (self));

  if (self->path == NULL)
    return;

  self->func = func;
  self->func_data = user_data;
  if (self->saving)
    return;

  bytes = take_next (self);
  lt_state_file_write (self, bytes);
}

/**
 * lt_state_file_settle:
 * @self: a state file
 *
 * Asks for what is still to be written, if anything is; the function given is not called later.
 */
void
lt_state_file_settle (LtStateFile *self)
{
  g_autoptr (GKeyFile) contents = NULL;
  gsize length = 0;
  char *text;

  g_return_if_fail (LT_IS_STATE_FILE (self));

  if (self->func == NULL)
    return;

  contents = self->func (self->func_data);
  self->func = NULL;
  text = g_key_file_to_data (contents, &length, NULL);
  g_clear_pointer (&self->pending, g_bytes_unref);
  self->pending = g_bytes_new_take (text, length);
}

/**
 * lt_state_file_is_saving:
 * @self: a state file
 *
 * Returns: %TRUE while a save is under way
 */
gboolean
lt_state_file_is_saving (LtStateFile *self)
{
  g_return_val_if_fail (LT_IS_STATE_FILE (self), FALSE);

  return self->saving;
}

/**
 * lt_state_file_check:
 * @self: a state file
 * @error: where to put an error: %LT_ERROR_IO
 *
 * Returns: %FALSE with @error set if the last save failed
 */
gboolean
lt_state_file_check (LtStateFile *self, GError **error)
{
  g_return_val_if_fail (LT_IS_STATE_FILE (self), FALSE);

  if (self->failure == NULL)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_IO, "cannot save \"%s\": %s", self->path,
               self->failure->message);
  return FALSE;
}

/**
 * lt_state_file_wait_async:
 * @self: a state file
 * @callback: (scope async): called once what was saved is on its way no more
 * @user_data: for @callback
 *
 * Waits until everything that was saved is written, or could not be.
 */
void
lt_state_file_wait_async (LtStateFile *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LT_IS_STATE_FILE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lt_state_file_wait_async);
  if (self->saving)
    g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  else
    end_wait (self, task);
}

/**
 * lt_state_file_wait_finish:
 * @self: a state file
 * @result: what the callback was given
 * @error: where to put an error: %LT_ERROR_IO
 *
 * Returns: %FALSE with @error set if the last save failed
 */
gboolean
lt_state_file_wait_finish (LtStateFile *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
