/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-level.h"
#include "lt-value.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Longest event type and longest key name, in bytes. */
#define LT_TYPE_MAX_BYTES 128
#define LT_KEY_MAX_BYTES  128

/* How many types and keys seen in events, but unknown to the catalogue, are remembered. */
#define LT_CATALOGUE_SEEN_LIMIT 4096

/**
 * LtSpanRole:
 *
 * Whether an event opens or closes its span.
 */
typedef enum
{
  LT_SPAN_ROLE_NONE = 0,
  LT_SPAN_ROLE_START,
  LT_SPAN_ROLE_END,
} LtSpanRole;

/**
 * LtKey:
 *
 * An interned key name, reference-counted, not thread-safe. While anything holds a
 * reference, the same spelling (without regard to `-`, `_` and ASCII case) gives the
 * same pointer, so keys compare by pointer.
 */
struct _LtKey
{
  guint ref_count;
  LtValueKind kind;   /* what the catalogue says its values are, or LT_VALUE_NONE */
  gboolean known;     /* named by the catalogue or a rule pack, else only seen */
  guint name_length;  /* bytes of @name */
  const char *name;   /* (owned): as JSON shows it, camelCase */
  const char *folded; /* (owned): lower case, no `-` and no `_` */
};

/**
 * LtEventType:
 *
 * An interned event type, reference-counted, not thread-safe; compares by pointer
 * while anything holds a reference.
 */
typedef struct
{
  guint ref_count;
  gboolean known;    /* named by the catalogue or a rule pack */
  LtLevel level;     /* the level an event of this type has when it names none */
  LtSpanRole role;   /* the span role an event of this type has when it names none */
  guint name_length; /* bytes of @name */
  const char *name;  /* (owned): such as `smtp.connection-start` */
  const char *text;  /* (owned): the English text an event of this type has when it gives none */
  guint text_length; /* bytes of @text */
  guint threshold_serial; /* which state of the levels @threshold was read from */
  LtLevel threshold;      /* (cached): the level setting in force for this type */
} LtEventType;

#define LT_TYPE_CATALOGUE (lt_catalogue_get_type ())
G_DECLARE_FINAL_TYPE (LtCatalogue, lt_catalogue, LT, CATALOGUE, GObject)

LtCatalogue *lt_catalogue_new (void);
gboolean lt_catalogue_load (LtCatalogue *self, const char *path, GError **error);
gboolean lt_catalogue_load_directory (LtCatalogue *self, const char *path, GError **error);
gboolean lt_catalogue_reload (LtCatalogue *self, const char *const *paths, GError **error);
gboolean lt_catalogue_load_seen (LtCatalogue *self, const char *path, GError **error);
GBytes *lt_catalogue_dup_seen (LtCatalogue *self);
guint lt_catalogue_get_seen_serial (LtCatalogue *self);

LtKey *lt_catalogue_intern_key (LtCatalogue *self, const char *name, gssize length, GError **error);
LtKey *lt_catalogue_add_key (LtCatalogue *self, const char *name, LtValueKind kind, GError **error);
LtKey *lt_catalogue_find_key (LtCatalogue *self, const char *name, gssize length);
void lt_catalogue_see_key (LtCatalogue *self, LtKey *key);
const char *lt_catalogue_nearest_key (LtCatalogue *self, const char *name, gssize length);
LtEventType *lt_catalogue_intern_type (LtCatalogue *self, const char *name, gssize length,
                                       GError **error);
LtEventType *lt_catalogue_add_type (LtCatalogue *self, const char *name, GError **error);
LtEventType *lt_catalogue_find_type (LtCatalogue *self, const char *name, gssize length);
void lt_catalogue_see_type (LtCatalogue *self, LtEventType *type);

GPtrArray *lt_catalogue_list_keys (LtCatalogue *self);
GPtrArray *lt_catalogue_list_types (LtCatalogue *self);
char *lt_catalogue_dup_key_title (LtCatalogue *self, LtKey *key, const char *locale);
char *lt_catalogue_dup_type_title (LtCatalogue *self, LtEventType *type, const char *locale);

char *lt_key_fold (const char *name, gssize length);
void lt_key_free (LtKey *key);
void lt_event_type_free (LtEventType *type);

static inline LtKey *
lt_key_ref (LtKey *key)
{
  key->ref_count++;
  return key;
}

static inline void
lt_key_unref (LtKey *key)
{
  if (--key->ref_count == 0)
    lt_key_free (key);
}

static inline LtEventType *
lt_event_type_ref (LtEventType *type)
{
  type->ref_count++;
  return type;
}

static inline void
lt_event_type_unref (LtEventType *type)
{
  if (--type->ref_count == 0)
    lt_event_type_free (type);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtKey, lt_key_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtEventType, lt_event_type_unref)

G_END_DECLS
