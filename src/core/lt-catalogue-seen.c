/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue-private.h"
#include "lt-error.h"
#include "lt-nearest.h"
#include "lt-text.h"

#include <string.h>

/* The first line of a file of what was seen. */
#define SEEN_HEADER "livetrace-seen 1"

/* More than both lists full of the longest names. */
#define SEEN_MAX_BYTES (2 * 1024 * 1024)

/* How many corrections still make a near name, and how many of the names seen are tried. */
#define NEAREST_MAX_DISTANCE 3
#define NEAREST_MAX_SEEN     512

/**
 * lt_catalogue_get_seen_serial:
 * @self: a catalogue
 *
 * Returns: a number that changes whenever lt_catalogue_dup_seen() would hold other names
 */
guint
lt_catalogue_get_seen_serial (LtCatalogue *self)
{
  return self->seen_serial;
}

/**
 * lt_catalogue_dup_seen:
 * @self: a catalogue
 *
 * Returns: (transfer full) (not nullable): what lt_catalogue_load_seen() reads: one line a
 *   key or type that only events brought along, the least recently used first
 */
GBytes *
lt_catalogue_dup_seen (LtCatalogue *self)
{
  GString *out = g_string_new (SEEN_HEADER "\n");

  for (GList *at = self->seen_keys.tail; at != NULL; at = at->prev)
    g_string_append_printf (out, "key %s\n", ((LtKeyEntry *) at->data)->key.name);
  for (GList *at = self->seen_types.tail; at != NULL; at = at->prev)
    g_string_append_printf (out, "type %s\n", ((LtEventTypeEntry *) at->data)->type.name);

  return g_string_free_to_bytes (out);
}

static gboolean
check_seen_line (const char *line)
{
  if (g_str_has_prefix (line, "key "))
    return lt_key_check_name (line + 4, strlen (line + 4), NULL);
  if (g_str_has_prefix (line, "type "))
    return lt_event_type_check_name (line + 5, strlen (line + 5), NULL);

  return line[0] == '\0';
}

static void
see_line (LtCatalogue *self, const char *line)
{
  if (g_str_has_prefix (line, "key "))
    {
      g_autoptr (LtKey) key = lt_catalogue_intern_key (self, line + 4, -1, NULL);

      lt_catalogue_see_key (self, key);
    }
  else if (g_str_has_prefix (line, "type "))
    {
      g_autoptr (LtEventType) type = lt_catalogue_intern_type (self, line + 5, -1, NULL);

      lt_catalogue_see_type (self, type);
    }
}

/**
 * lt_catalogue_load_seen:
 * @self: a catalogue
 * @path: a file with what lt_catalogue_dup_seen() gave
 * @error: return location
 *
 * Remembers the keys and types an earlier daemon saw. That there is no such file is no
 * error; of one that is damaged nothing is taken.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_IO or %LT_ERROR_INVALID_CONFIG
 */
gboolean
lt_catalogue_load_seen (LtCatalogue *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *what = g_strdup_printf ("cannot read \"%s\"", path);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      lt_error_translate (&local, LT_ERROR_IO, what);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (length > SEEN_MAX_BYTES || strlen (text) != length
      || !g_str_has_prefix (text, SEEN_HEADER "\n"))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s: it is not a list of names seen; delete it", what);
      return FALSE;
    }

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_autofree char *quoted = NULL;

      if (check_seen_line (lines[i]))
        continue;
      quoted = lt_text_quote (lines[i], -1);
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "%s: line %u, %s, is no name seen; delete the file", what, i + 1, quoted);
      return FALSE;
    }

  for (guint i = 1; lines[i] != NULL; i++)
    see_line (self, lines[i]);
  return TRUE;
}

/* Keeps the better of two keys: fewer corrections, then known before seen, then by name. */
static void
consider_key (const char *folded, LtKey *key, LtKey **nearest, guint *distance)
{
  gsize n_asked = strlen (folded);
  gsize n_key = strlen (key->folded);
  guint found;

  if (MAX (n_asked, n_key) - MIN (n_asked, n_key) > *distance)
    return;

  found = lt_edit_distance (folded, key->folded);
  if (found > *distance)
    return;

  if (*nearest == NULL || found < *distance || (key->known && !(*nearest)->known)
      || (key->known == (*nearest)->known && strcmp (key->name, (*nearest)->name) < 0))
    *nearest = key;
  *distance = found;
}

/**
 * lt_catalogue_nearest_key:
 * @self: a catalogue
 * @name: what somebody took for a key name
 * @length: bytes of @name, or -1 if it ends in NUL
 *
 * Finds what may have been meant: the known key, or one of the latest seen, that takes the
 * fewest corrections; known ones go first.
 *
 * Returns: (transfer none) (nullable): its name, or %NULL if nothing is near; good until the
 *   catalogue changes
 */
const char *
lt_catalogue_nearest_key (LtCatalogue *self, const char *name, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (name) : (gsize) length;
  g_autofree char *folded = NULL;
  LtKey *nearest = NULL;
  guint distance;
  guint n_seen = 0;

  if (n_bytes > LT_KEY_MAX_BYTES)
    return NULL;

  folded = lt_key_fold (name, (gssize) n_bytes);
  distance = MIN (NEAREST_MAX_DISTANCE, (guint) (strlen (folded) + 1) / 3);
  for (guint i = 0; i <= self->keys.mask; i++)
    {
      LtKeyEntry *entry = self->keys.slots[i].value;

      if (entry != NULL && entry->key.known)
        consider_key (folded, &entry->key, &nearest, &distance);
    }
  for (GList *at = self->seen_keys.head; at != NULL && n_seen < NEAREST_MAX_SEEN; at = at->next)
    {
      consider_key (folded, &((LtKeyEntry *) at->data)->key, &nearest, &distance);
      n_seen++;
    }

  return nearest != NULL ? nearest->name : NULL;
}
