/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-catalogue.h"

#include "lt-catalogue-private.h"

#include <string.h>

/**
 * LtCatalogue:
 *
 * All keys and event types there are: those that catalogue files describe, those that rule
 * packs add, and those that events brought along. What is only seen is remembered up to
 * %LT_CATALOGUE_SEEN_LIMIT, least recently used out first.
 *
 * Signal `seen-changed`: lt_catalogue_dup_seen() would give other names than before.
 */
static guint seen_changed_signal;

G_DEFINE_FINAL_TYPE (LtCatalogue, lt_catalogue, G_TYPE_OBJECT)

static gsize
name_length (const char *name, gssize length)
{
  return length < 0 ? strlen (name) : (gsize) length;
}

static void
lt_catalogue_finalize (GObject *object)
{
  LtCatalogue *self = LT_CATALOGUE (object);
  LtNameTable keys = self->keys;
  LtNameTable types = self->types;

  /* Keys and types that events still hold must not look for their catalogue any more. */
  for (guint i = 0; i <= keys.mask; i++)
    {
      LtKeyEntry *entry = keys.slots[i].value;

      if (entry == NULL)
        continue;
      entry->catalogue = NULL;
      if (entry->origins != 0)
        lt_key_unref (&entry->key);
    }

  for (guint i = 0; i <= types.mask; i++)
    {
      LtEventTypeEntry *entry = types.slots[i].value;

      if (entry == NULL)
        continue;
      entry->catalogue = NULL;
      if (entry->origins != 0)
        lt_event_type_unref (&entry->type);
    }

  lt_name_table_clear (&self->spellings);
  lt_name_table_clear (&self->keys);
  lt_name_table_clear (&self->types);

  G_OBJECT_CLASS (lt_catalogue_parent_class)->finalize (object);
}

static void
lt_catalogue_class_init (LtCatalogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_catalogue_finalize;

  seen_changed_signal = g_signal_new ("seen-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
note_seen_changed (LtCatalogue *self)
{
  self->seen_serial++;
  g_signal_emit (self, seen_changed_signal, 0);
}

static LtKeyEntry *
add_key_entry (LtCatalogue *self, const char *name, gsize length)
{
  LtKeyEntry *entry = lt_key_entry_new (name, length);

  entry->catalogue = self;
  lt_name_table_insert (&self->keys, entry->key.folded, strlen (entry->key.folded), entry);
  lt_name_table_insert (&self->spellings, entry->key.name, entry->key.name_length, entry);
  lt_key_entry_add_spelling (entry, name, length);
  return entry;
}

static LtKey *
add_internal_key (LtCatalogue *self, const char *name)
{
  LtKeyEntry *entry = add_key_entry (self, name, strlen (name));

  lt_catalogue_set_key_origins (self, entry, LT_ORIGIN_INTERNAL);
  lt_key_unref (&entry->key);
  return &entry->key;
}

static void
lt_catalogue_init (LtCatalogue *self)
{
  lt_name_table_init (&self->spellings);
  lt_name_table_init (&self->keys);
  lt_name_table_init (&self->types);
  g_queue_init (&self->seen_keys);
  g_queue_init (&self->seen_types);
  self->span_id_key = add_internal_key (self, "spanId");
  self->parent_span_id_key = add_internal_key (self, "parentSpanId");
}

/**
 * lt_catalogue_new:
 *
 * Returns: (transfer full): an empty catalogue
 */
LtCatalogue *
lt_catalogue_new (void)
{
  return g_object_new (LT_TYPE_CATALOGUE, NULL);
}

/**
 * lt_catalogue_set_key_origins:
 * @self: a catalogue
 * @entry: one of its keys
 * @origins: #LtNameOrigin flags
 *
 * Says why @entry is remembered from now on. It may be freed by this.
 */
void
lt_catalogue_set_key_origins (LtCatalogue *self, LtKeyEntry *entry, guint origins)
{
  guint old = entry->origins;

  if ((origins & LT_ORIGIN_SEEN) != (old & LT_ORIGIN_SEEN))
    {
      note_seen_changed (self);
      if (origins & LT_ORIGIN_SEEN)
        g_queue_push_head_link (&self->seen_keys, &entry->seen_link);
      else
        g_queue_unlink (&self->seen_keys, &entry->seen_link);
    }

  entry->origins = (guint8) origins;
  entry->key.known = (origins & LT_ORIGIN_KNOWN) != 0;
  if (old == 0 && origins != 0)
    lt_key_ref (&entry->key);
  if (old != 0 && origins == 0)
    lt_key_unref (&entry->key);
}

/**
 * lt_catalogue_set_type_origins:
 * @self: a catalogue
 * @entry: one of its types
 * @origins: #LtNameOrigin flags
 *
 * Says why @entry is remembered from now on. It may be freed by this.
 */
void
lt_catalogue_set_type_origins (LtCatalogue *self, LtEventTypeEntry *entry, guint origins)
{
  guint old = entry->origins;

  if ((origins & LT_ORIGIN_SEEN) != (old & LT_ORIGIN_SEEN))
    {
      note_seen_changed (self);
      if (origins & LT_ORIGIN_SEEN)
        g_queue_push_head_link (&self->seen_types, &entry->seen_link);
      else
        g_queue_unlink (&self->seen_types, &entry->seen_link);
    }

  entry->origins = (guint8) origins;
  entry->type.known = (origins & LT_ORIGIN_KNOWN) != 0;
  if (old == 0 && origins != 0)
    lt_event_type_ref (&entry->type);
  if (old != 0 && origins == 0)
    lt_event_type_unref (&entry->type);
}

static LtKeyEntry *
lookup_key (LtCatalogue *self, const char *name, gsize length)
{
  LtKeyEntry *entry = lt_name_table_lookup (&self->spellings, name, length);
  g_autofree char *folded = NULL;

  if (entry != NULL)
    return entry;
  if (!lt_key_check_name (name, length, NULL))
    return NULL;

  folded = lt_key_fold (name, (gssize) length);
  entry = lt_name_table_lookup (&self->keys, folded, strlen (folded));
  if (entry != NULL)
    lt_key_entry_add_spelling (entry, name, length);
  return entry;
}

/**
 * lt_catalogue_intern_key:
 * @self: a catalogue
 * @name: a key name, in any spelling
 * @length: bytes of @name, or -1 if it ends in NUL
 * @error: return location
 *
 * Gets the key of that name, and makes it where there is none. That alone does not count
 * as having seen it; see lt_catalogue_see_key().
 *
 * Returns: (transfer full): the key, or %NULL with %LT_ERROR_INVALID_EVENT
 */
LtKey *
lt_catalogue_intern_key (LtCatalogue *self, const char *name, gssize length, GError **error)
{
  gsize n_bytes = name_length (name, length);
  LtKeyEntry *entry = lt_name_table_lookup (&self->spellings, name, n_bytes);

  if (G_LIKELY (entry != NULL))
    return lt_key_ref (&entry->key);

  if (!lt_key_check_name (name, n_bytes, error))
    return NULL;

  entry = lookup_key (self, name, n_bytes);
  return entry != NULL ? lt_key_ref (&entry->key) : &add_key_entry (self, name, n_bytes)->key;
}

/**
 * lt_catalogue_add_key:
 * @self: a catalogue
 * @name: a key name
 * @kind: what its values are where no file says so, or %LT_VALUE_NONE
 * @error: return location
 *
 * Makes a key known that a rule pack uses. It stays known as long as the catalogue lives.
 *
 * Returns: (transfer full): the key, or %NULL with %LT_ERROR_INVALID_EVENT
 */
LtKey *
lt_catalogue_add_key (LtCatalogue *self, const char *name, LtValueKind kind, GError **error)
{
  g_autoptr (LtKey) key = lt_catalogue_intern_key (self, name, -1, error);
  LtKeyEntry *entry = (LtKeyEntry *) key;

  if (key == NULL)
    return NULL;

  if (kind != LT_VALUE_NONE)
    entry->pack_kind = kind;
  if (key->kind == LT_VALUE_NONE)
    key->kind = kind;
  lt_catalogue_set_key_origins (self, entry, (entry->origins & ~LT_ORIGIN_SEEN) | LT_ORIGIN_PACK);
  return g_steal_pointer (&key);
}

/**
 * lt_catalogue_find_key:
 * @self: a catalogue
 * @name: a key name, in any spelling
 * @length: bytes of @name, or -1 if it ends in NUL
 *
 * Finds a key that a catalogue file or a rule pack names or an event had.
 *
 * Returns: (transfer none) (nullable): the key
 */
LtKey *
lt_catalogue_find_key (LtCatalogue *self, const char *name, gssize length)
{
  LtKeyEntry *entry = lookup_key (self, name, name_length (name, length));

  return entry != NULL && entry->origins != 0 ? &entry->key : NULL;
}

/**
 * lt_catalogue_see_key:
 * @self: a catalogue
 * @key: a key of its own
 *
 * Notes that an event had @key, so that it is remembered.
 */
void
lt_catalogue_see_key (LtCatalogue *self, LtKey *key)
{
  LtKeyEntry *entry = (LtKeyEntry *) key;

  if (G_LIKELY (key->known))
    return;

  if (entry->origins & LT_ORIGIN_SEEN)
    {
      if (self->seen_clock - entry->seen_at < LT_SEEN_FRESH)
        return;
      entry->seen_at = ++self->seen_clock;
      g_queue_unlink (&self->seen_keys, &entry->seen_link);
      g_queue_push_head_link (&self->seen_keys, &entry->seen_link);
      return;
    }

  entry->seen_at = ++self->seen_clock;
  lt_catalogue_set_key_origins (self, entry, entry->origins | LT_ORIGIN_SEEN);
  if (self->seen_keys.length > LT_CATALOGUE_SEEN_LIMIT)
    {
      LtKeyEntry *oldest = self->seen_keys.tail->data;

      lt_catalogue_set_key_origins (self, oldest, oldest->origins & ~LT_ORIGIN_SEEN);
    }
}

/**
 * lt_catalogue_intern_type:
 * @self: a catalogue
 * @name: an event type
 * @length: bytes of @name, or -1 if it ends in NUL
 * @error: return location
 *
 * Gets the type of that name, and makes it where there is none. That alone does not count
 * as having seen it; see lt_catalogue_see_type().
 *
 * Returns: (transfer full): the type, or %NULL with %LT_ERROR_INVALID_EVENT
 */
LtEventType *
lt_catalogue_intern_type (LtCatalogue *self, const char *name, gssize length, GError **error)
{
  gsize n_bytes = name_length (name, length);
  LtEventTypeEntry *entry = lt_name_table_lookup (&self->types, name, n_bytes);

  if (G_LIKELY (entry != NULL))
    return lt_event_type_ref (&entry->type);

  if (!lt_event_type_check_name (name, n_bytes, error))
    return NULL;

  entry = lt_event_type_entry_new (name, n_bytes);
  entry->catalogue = self;
  lt_name_table_insert (&self->types, entry->type.name, n_bytes, entry);
  return &entry->type;
}

/**
 * lt_catalogue_add_type:
 * @self: a catalogue
 * @name: an event type
 * @error: return location
 *
 * Makes a type known that a rule pack uses. It stays known as long as the catalogue lives.
 *
 * Returns: (transfer full): the type, or %NULL with %LT_ERROR_INVALID_EVENT
 */
LtEventType *
lt_catalogue_add_type (LtCatalogue *self, const char *name, GError **error)
{
  LtEventType *type = lt_catalogue_intern_type (self, name, -1, error);
  LtEventTypeEntry *entry = (LtEventTypeEntry *) type;

  if (type != NULL)
    lt_catalogue_set_type_origins (self, entry,
                                   (entry->origins & ~LT_ORIGIN_SEEN) | LT_ORIGIN_PACK);
  return type;
}

/**
 * lt_catalogue_find_type:
 * @self: a catalogue
 * @name: an event type
 * @length: bytes of @name, or -1 if it ends in NUL
 *
 * Finds a type that a catalogue file or a rule pack names or an event had.
 *
 * Returns: (transfer none) (nullable): the type
 */
LtEventType *
lt_catalogue_find_type (LtCatalogue *self, const char *name, gssize length)
{
  LtEventTypeEntry *entry = lt_name_table_lookup (&self->types, name, name_length (name, length));

  return entry != NULL && entry->origins != 0 ? &entry->type : NULL;
}

/**
 * lt_catalogue_see_type:
 * @self: a catalogue
 * @type: a type of its own
 *
 * Notes that there was an event of @type, so that it is remembered.
 */
void
lt_catalogue_see_type (LtCatalogue *self, LtEventType *type)
{
  LtEventTypeEntry *entry = (LtEventTypeEntry *) type;

  if (G_LIKELY (type->known))
    return;

  if (entry->origins & LT_ORIGIN_SEEN)
    {
      if (self->seen_clock - entry->seen_at < LT_SEEN_FRESH)
        return;
      entry->seen_at = ++self->seen_clock;
      g_queue_unlink (&self->seen_types, &entry->seen_link);
      g_queue_push_head_link (&self->seen_types, &entry->seen_link);
      return;
    }

  entry->seen_at = ++self->seen_clock;
  lt_catalogue_set_type_origins (self, entry, entry->origins | LT_ORIGIN_SEEN);
  if (self->seen_types.length > LT_CATALOGUE_SEEN_LIMIT)
    {
      LtEventTypeEntry *oldest = self->seen_types.tail->data;

      lt_catalogue_set_type_origins (self, oldest, oldest->origins & ~LT_ORIGIN_SEEN);
    }
}

static gint
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(LtKey *const *) a)->name, (*(LtKey *const *) b)->name);
}

/**
 * lt_catalogue_list_keys:
 * @self: a catalogue
 *
 * Returns: (transfer full) (element-type LtKey): the keys that lt_catalogue_find_key()
 *   finds, by name
 */
GPtrArray *
lt_catalogue_list_keys (LtCatalogue *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_key_unref);

  for (guint i = 0; i <= self->keys.mask; i++)
    {
      LtKeyEntry *entry = self->keys.slots[i].value;

      if (entry != NULL && entry->origins != 0)
        g_ptr_array_add (keys, lt_key_ref (&entry->key));
    }

  g_ptr_array_sort (keys, compare_keys);
  return keys;
}

static gint
compare_types (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(LtEventType *const *) a)->name, (*(LtEventType *const *) b)->name);
}

/**
 * lt_catalogue_list_types:
 * @self: a catalogue
 *
 * Returns: (transfer full) (element-type LtEventType): the types that
 *   lt_catalogue_find_type() finds, by name
 */
GPtrArray *
lt_catalogue_list_types (LtCatalogue *self)
{
  GPtrArray *types = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_event_type_unref);

  for (guint i = 0; i <= self->types.mask; i++)
    {
      LtEventTypeEntry *entry = self->types.slots[i].value;

      if (entry != NULL && entry->origins != 0)
        g_ptr_array_add (types, lt_event_type_ref (&entry->type));
    }

  g_ptr_array_sort (types, compare_types);
  return types;
}

/**
 * lt_catalogue_dup_key_title:
 * @self: a catalogue
 * @key: a key of its own
 * @locale: (nullable): a language such as `de`, `de_AT` or `de-AT`; %NULL is English
 *
 * Returns: (transfer full) (not nullable): the title of @key in the nearest language there
 *   is, in the end one made from its name
 */
char *
lt_catalogue_dup_key_title (LtCatalogue *self, LtKey *key, const char *locale)
{
  char *title = lt_titles_dup (((LtKeyEntry *) key)->titles, locale);

  return title != NULL ? title : lt_key_make_title (key->name);
}

/**
 * lt_catalogue_dup_type_title:
 * @self: a catalogue
 * @type: a type of its own
 * @locale: (nullable): a language such as `de`, `de_AT` or `de-AT`; %NULL is English
 *
 * Returns: (transfer full) (not nullable): the title of @type in the nearest language there
 *   is, in the end one made from its name
 */
char *
lt_catalogue_dup_type_title (LtCatalogue *self, LtEventType *type, const char *locale)
{
  char *title = lt_titles_dup (((LtEventTypeEntry *) type)->titles, locale);

  return title != NULL ? title : lt_event_type_make_title (type->name);
}
