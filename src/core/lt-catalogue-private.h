/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"
#include "lt-name-table.h"

#include <stdbool.h>

G_BEGIN_DECLS

/* How many ways to write one key are found at once; others are folded first. */
#define LT_KEY_MAX_SPELLINGS 6

/**
 * LtNameOrigin:
 *
 * Why the catalogue remembers a key or type. What has none of these is forgotten with its
 * last event or filter.
 */
typedef enum
{
  LT_ORIGIN_FILE = 1 << 0,     /* a catalogue file names it */
  LT_ORIGIN_PACK = 1 << 1,     /* a rule pack or other code names it */
  LT_ORIGIN_SEEN = 1 << 2,     /* an event had it */
  LT_ORIGIN_INTERNAL = 1 << 3, /* the core itself needs it */
} LtNameOrigin;

/* What came to the head of the list of seen names this few moves ago need not come again. */
#define LT_SEEN_FRESH 256

#define LT_ORIGIN_KNOWN (LT_ORIGIN_FILE | LT_ORIGIN_PACK | LT_ORIGIN_INTERNAL)

/**
 * LtKeyEntry:
 *
 * A key with what only the catalogue sees of it.
 */
typedef struct
{
  LtKey key;              /* must be first */
  LtCatalogue *catalogue; /* (unowned) (nullable): NULL once the catalogue is gone */
  GList seen_link;        /* in the catalogue's list of seen keys, if LT_ORIGIN_SEEN */
  guint seen_at;          /* the catalogue's seen_clock when it last came to the head */
  LtValueKind pack_kind;  /* what a rule pack says its values are */
  guint8 origins;         /* LtNameOrigin flags; while any is set the catalogue holds a reference */
  guint8 n_spellings;
  char *spellings[LT_KEY_MAX_SPELLINGS]; /* (owned): found without folding; the first is @name */
  char *titles;                          /* (owned) (nullable): see lt_titles_set() */
} LtKeyEntry;

/**
 * LtEventTypeEntry:
 *
 * A type with what only the catalogue sees of it.
 */
typedef struct
{
  LtEventType type;       /* must be first */
  LtCatalogue *catalogue; /* (unowned) (nullable): NULL once the catalogue is gone */
  GList seen_link;        /* in the catalogue's list of seen types, if LT_ORIGIN_SEEN */
  guint seen_at;          /* the catalogue's seen_clock when it last came to the head */
  GPtrArray *old_texts;   /* (owned) (nullable): former texts, which events still point to */
  char *titles;           /* (owned) (nullable): see lt_titles_set() */
  guint8 origins;         /* LtNameOrigin flags; while any is set the catalogue holds a reference */
  bool text_given;        /* a file gives the text itself */
  bool title_given;       /* a file gives the English title */
} LtEventTypeEntry;

struct _LtCatalogue
{
  GObject parent_instance;

  LtNameTable spellings;     /* spelling of a key → LtKeyEntry */
  LtNameTable keys;          /* folded name of a key → LtKeyEntry */
  LtNameTable types;         /* name of a type → LtEventTypeEntry */
  GQueue seen_keys;          /* of LtKeyEntry, the latest first */
  GQueue seen_types;         /* of LtEventTypeEntry, the latest first */
  guint seen_clock;          /* counts what came to the head of either list of names seen */
  guint seen_serial;         /* counts changes of which keys and types are seen */
  LtKey *span_id_key;        /* (owned) */
  LtKey *parent_span_id_key; /* (owned) */
};

void lt_titles_set (char **titles, const char *locale, const char *title);
char *lt_titles_dup (const char *titles, const char *locale);

gboolean lt_key_check_name (const char *name, gsize length, GError **error);
LtKeyEntry *lt_key_entry_new (const char *name, gsize length);
void lt_key_entry_add_spelling (LtKeyEntry *entry, const char *name, gsize length);
void lt_key_entry_set_name (LtKeyEntry *entry, const char *name);
gboolean lt_event_type_check_name (const char *name, gsize length, GError **error);
LtEventTypeEntry *lt_event_type_entry_new (const char *name, gsize length);
void lt_event_type_entry_set_text (LtEventTypeEntry *entry, const char *text);
LtSpanRole lt_event_type_guess_role (const char *name);
char *lt_event_type_make_title (const char *name);
char *lt_key_make_title (const char *name);

void lt_catalogue_set_key_origins (LtCatalogue *self, LtKeyEntry *entry, guint origins);
void lt_catalogue_set_type_origins (LtCatalogue *self, LtEventTypeEntry *entry, guint origins);

G_END_DECLS
