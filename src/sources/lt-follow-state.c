/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-follow-state.h"

#include "lt-log-spans-state.h"

#include "core/lt-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files of the directory that are looked at when one has been rotated. */
#define MAX_SIBLINGS 4096

/* A file beside the followed one that a rotation may have made of it. */
typedef struct
{
  char *path; /* (owned) */
  gint64 modified_ns;
  guint64 inode;
} Sibling;

static void
sibling_free (Sibling *sibling)
{
  g_free (sibling->path);
  g_free (sibling);
}

/**
 * lt_follow_state_new:
 *
 * Returns: (transfer full) (element-type LtFollowPosition): no places
 */
GArray *
lt_follow_state_new (void)
{
  GArray *positions = g_array_new (FALSE, FALSE, sizeof (LtFollowPosition));

  g_array_set_clear_func (positions, (GDestroyNotify) lt_follow_position_clear);
  return positions;
}

static gboolean
load_position (GKeyFile *key_file, const char *group, LtFollowPosition *position, GError **error)
{
  GError *problem = NULL;
  guint64 head_length;

  *position = (LtFollowPosition){ 0 };
  position->device = g_key_file_get_uint64 (key_file, group, "Device", &problem);
  if (problem == NULL)
    position->inode = g_key_file_get_uint64 (key_file, group, "Inode", &problem);
  if (problem == NULL)
    position->offset = g_key_file_get_uint64 (key_file, group, "Offset", &problem);
  if (problem == NULL)
    {
      head_length = g_key_file_get_uint64 (key_file, group, "HeadLength", &problem);
      position->head_length = (guint) MIN (head_length, LT_FOLLOWED_FILE_HEAD_BYTES);
    }
  if (problem == NULL && position->head_length > 0)
    position->head_hash = g_key_file_get_string (key_file, group, "HeadHash", &problem);
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, problem);
  lt_follow_position_clear (position);
  return FALSE;
}

/**
 * lt_follow_state_load:
 * @state_path: where places are kept
 * @path: the followed file
 * @positions: (out) (transfer full) (nullable) (element-type LtFollowPosition): the places, those
 *   of old files first; empty if there was no file yet, %NULL if nothing is kept for @path
 * @spans: where the spans that were open are opened again
 * @error: where to put %LT_ERROR_IO
 *
 * Returns: %FALSE with @error set if what is kept cannot be read
 */
gboolean
lt_follow_state_load (const char *state_path, const char *path, GArray **positions,
                      LtLogSpans *spans, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GArray) found = lt_follow_state_new ();
  g_autoptr (GError) problem = NULL;
  g_autofree char *kept_path = NULL;

  if (!g_key_file_load_from_file (key_file, state_path, G_KEY_FILE_NONE, &problem)
      && !g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      lt_error_translate (error, LT_ERROR_IO, "cannot read the place in a log");
      return FALSE;
    }

  kept_path = g_key_file_get_string (key_file, "follow", "Path", NULL);
  *positions = NULL;
  if (g_strcmp0 (kept_path, path) != 0)
    return TRUE;
  for (guint i = 0; i < LT_FOLLOW_STATE_MAX_POSITIONS; i++)
    {
      g_autofree char *group = g_strdup_printf ("position %u", i);
      LtFollowPosition position;

      if (!g_key_file_has_group (key_file, group))
        break;
      if (!load_position (key_file, group, &position, error))
        {
          lt_error_translate (error, LT_ERROR_IO, "cannot read the place in a log");
          return FALSE;
        }
      g_array_append_val (found, position);
    }

  lt_log_spans_load_state (spans, key_file);
  *positions = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize written = write (fd, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      bytes += written;
      length -= (gsize) written;
    }
  return TRUE;
}

/**
 * lt_follow_state_save:
 * @state_path: where places are kept
 * @path: the followed file
 * @positions: (element-type LtFollowPosition): the places, those of old files first
 * @spans: the spans open there
 * @error: where to put %LT_ERROR_IO
 *
 * Keeps places, and with them the spans. Whoever reads them finds the old ones or the new ones,
 * whole. The disk is not waited for: that could take long.
 *
 * Returns: %FALSE with @error set if they cannot be kept
 */
gboolean
lt_follow_state_save (const char *state_path, const char *path, GArray *positions,
                      LtLogSpans *spans, GError **error)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autofree char *temporary = g_strconcat (state_path, ".new", NULL);
  g_autofree char *places = NULL;
  g_autoptr (GString) text = NULL;
  guint skipped = positions->len > LT_FOLLOW_STATE_MAX_POSITIONS
                      ? positions->len - LT_FOLLOW_STATE_MAX_POSITIONS
                      : 0;
  gboolean done;
  int fd;

  g_key_file_set_string (key_file, "follow", "Path", path);
  for (guint i = skipped; i < positions->len; i++)
    {
      const LtFollowPosition *position = &g_array_index (positions, LtFollowPosition, i);
      g_autofree char *group = g_strdup_printf ("position %u", i - skipped);

      g_key_file_set_uint64 (key_file, group, "Device", position->device);
      g_key_file_set_uint64 (key_file, group, "Inode", position->inode);
      g_key_file_set_uint64 (key_file, group, "Offset", position->offset);
      g_key_file_set_uint64 (key_file, group, "HeadLength", position->head_length);
      if (position->head_hash != NULL)
        g_key_file_set_string (key_file, group, "HeadHash", position->head_hash);
    }
  places = g_key_file_to_data (key_file, NULL, NULL);
  text = g_string_new (places);
  lt_log_spans_append_state (spans, text);

  fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  done = fd >= 0 && write_all (fd, text->str, text->len);
  if (fd >= 0)
    done = close (fd) == 0 && done;
  if (done && g_rename (temporary, state_path) == 0)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_IO, "cannot keep the place in \"%s\" as \"%s\": %s", path,
               state_path, g_strerror (errno));
  return FALSE;
}

/* What log rotation makes of NAME: NAME.1, NAME-20261122, NAME.20261122, NAME-2026-11-22.log. */
static gboolean
is_rotated_name (const char *name, const char *base)
{
  gsize length = strlen (base);

  if (!g_str_has_prefix (name, base) || (name[length] != '.' && name[length] != '-'))
    return FALSE;
  return g_ascii_isdigit (name[length + 1])
         && name[length + 1 + strspn (name + length + 1, "0123456789-_T.")] == '\0';
}

static int
compare_siblings (gconstpointer a, gconstpointer b)
{
  const Sibling *one = *(const Sibling *const *) a;
  const Sibling *other = *(const Sibling *const *) b;

  return (one->modified_ns > other->modified_ns) - (one->modified_ns < other->modified_ns);
}

/* Rotated files beside @path, those last written first. */
static GPtrArray *
list_siblings (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GPtrArray) siblings = g_ptr_array_new_with_free_func ((GDestroyNotify) sibling_free);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && siblings->len < MAX_SIBLINGS
         && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *sibling_path = NULL;
      struct stat info;
      Sibling *sibling;

      if (!is_rotated_name (name, base))
        continue;
      sibling_path = g_build_filename (folder, name, NULL);
      if (stat (sibling_path, &info) < 0 || !S_ISREG (info.st_mode))
        continue;
      sibling = g_new0 (Sibling, 1);
      sibling->path = g_steal_pointer (&sibling_path);
      sibling->modified_ns
          = info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec;
      sibling->inode = info.st_ino;
      g_ptr_array_add (siblings, sibling);
    }
  g_ptr_array_sort (siblings, compare_siblings);
  return g_steal_pointer (&siblings);
}

/**
 * lt_follow_state_find_rotated:
 * @path: the followed file
 * @position: a place in what was once at @path
 *
 * Looks for the file that @position lies in among those that a rotation made of @path: renamed,
 * or copied. Files rotated after it come too, from their start: they have not been read.
 *
 * Returns: (transfer full) (element-type LtFollowedFile): what is to be read before @path,
 *   oldest first; empty if the file is gone, for instance compressed
 */
GPtrArray *
lt_follow_state_find_rotated (const char *path, const LtFollowPosition *position)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_followed_file_free);
  g_autoptr (GPtrArray) siblings = list_siblings (path);

  /* The same inode first; only a copy otherwise. */
  for (int is_copy = 0; is_copy < 2 && files->len == 0; is_copy++)
    for (guint i = 0; i < siblings->len; i++)
      {
        const Sibling *sibling = g_ptr_array_index (siblings, i);
        LtFollowedFile *file;

        if (files->len == LT_FOLLOW_STATE_MAX_POSITIONS - 1)
          break;
        if (files->len == 0 && !is_copy && sibling->inode != position->inode)
          continue;
        file = lt_followed_file_open (sibling->path, NULL);
        if (file == NULL)
          continue;
        if (files->len > 0
            || (lt_followed_file_fits (file, position, is_copy)
                && lt_followed_file_seek (file, position->offset)))
          g_ptr_array_add (files, file);
        else
          lt_followed_file_free (file);
      }
  return files;
}
