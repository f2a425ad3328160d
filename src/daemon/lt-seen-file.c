/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-seen-file.h"

#include "core/lt-error.h"

#include <gio/gio.h>

/* How long a change may wait for others before it is written. */
#define SAVE_DELAY_S 30

struct _LtSeenFile
{
  GObject parent_instance;

  LtCatalogue *catalogue;    /* (owned) */
  char *path;                /* (owned) */
  GCancellable *cancellable; /* (owned): of a save under way */
  guint save_id;             /* the timer of the next save, or 0 */
  guint saved_serial;        /* the catalogue's serial that the file holds */
};

G_DEFINE_FINAL_TYPE (LtSeenFile, lt_seen_file, G_TYPE_OBJECT)

static void
lt_seen_file_dispose (GObject *object)
{
  LtSeenFile *self = LT_SEEN_FILE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->save_id, g_source_remove);
  if (self->catalogue != NULL)
    g_signal_handlers_disconnect_by_data (self->catalogue, self);
  g_clear_object (&self->catalogue);

  G_OBJECT_CLASS (lt_seen_file_parent_class)->dispose (object);
}

static void
lt_seen_file_finalize (GObject *object)
{
  LtSeenFile *self = LT_SEEN_FILE (object);

  g_clear_object (&self->cancellable);
  g_free (self->path);

  G_OBJECT_CLASS (lt_seen_file_parent_class)->finalize (object);
}

static void
lt_seen_file_class_init (LtSeenFileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_seen_file_dispose;
  G_OBJECT_CLASS (klass)->finalize = lt_seen_file_finalize;
}

static void
lt_seen_file_init (LtSeenFile *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *path = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("cannot write \"%s\": %s", path, error->message);
}

static gboolean
on_save_due (gpointer user_data)
{
  LtSeenFile *self = user_data;
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GBytes) contents = lt_catalogue_dup_seen (self->catalogue);

  self->save_id = 0;
  self->saved_serial = lt_catalogue_get_seen_serial (self->catalogue);
  g_file_replace_contents_bytes_async (file, contents, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                       self->cancellable, on_saved, g_strdup (self->path));
  return G_SOURCE_REMOVE;
}

static void
on_seen_changed (LtCatalogue *catalogue, gpointer user_data)
{
  LtSeenFile *self = user_data;

  if (self->save_id == 0)
    self->save_id = g_timeout_add_seconds (SAVE_DELAY_S, on_save_due, self);
}

/**
 * lt_seen_file_new:
 * @catalogue: the catalogue whose seen keys and types are kept
 * @path: the file
 *
 * Returns: (transfer full): what keeps them; lt_seen_file_load() comes next
 */
LtSeenFile *
lt_seen_file_new (LtCatalogue *catalogue, const char *path)
{
  LtSeenFile *self = g_object_new (LT_TYPE_SEEN_FILE, NULL);

  self->catalogue = g_object_ref (catalogue);
  self->path = g_strdup (path);
  return self;
}

/**
 * lt_seen_file_load:
 * @self: what keeps them
 *
 * Gives the catalogue what the file holds, and from now on writes what changes. A file that
 * cannot be read costs only memories: that is logged.
 */
void
lt_seen_file_load (LtSeenFile *self)
{
  g_autoptr (GError) error = NULL;

  if (g_file_test (self->path, G_FILE_TEST_EXISTS)
      && !lt_catalogue_load_seen (self->catalogue, self->path, &error))
    g_warning ("%s", error->message);

  self->saved_serial = lt_catalogue_get_seen_serial (self->catalogue);
  g_signal_connect (self->catalogue, "seen-changed", G_CALLBACK (on_seen_changed), self);
}

/**
 * lt_seen_file_save:
 * @self: what keeps them
 * @error: return location for an error
 *
 * Writes the file if it is out of date, and waits for it: for the daemon's end.
 *
 * Returns: %TRUE if the file is up to date; else %FALSE and %LT_ERROR_IO
 */
gboolean
lt_seen_file_save (LtSeenFile *self, GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  guint serial = lt_catalogue_get_seen_serial (self->catalogue);

  if (serial == self->saved_serial)
    return TRUE;

  g_clear_handle_id (&self->save_id, g_source_remove);
  contents = lt_catalogue_dup_seen (self->catalogue);
  if (!g_file_set_contents_full (self->path, g_bytes_get_data (contents, NULL),
                                 (gssize) g_bytes_get_size (contents),
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot keep the keys seen in events");
      return FALSE;
    }

  self->saved_serial = serial;
  return TRUE;
}
