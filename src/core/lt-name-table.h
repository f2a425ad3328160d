/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtNameSlot:
 *
 * One place of an #LtNameTable.
 */
typedef struct
{
  guint32 hash;
  guint32 length;
  const char *name; /* (unowned) (nullable): @length bytes, NULL where the place is free */
  gpointer value;   /* (unowned) */
} LtNameSlot;

/**
 * LtNameTable:
 *
 * Finds values by short names of known length, faster than a GHashTable does: the names
 * are never measured nor copied. It owns neither names nor values; whoever puts one in
 * takes it out before freeing it.
 */
typedef struct
{
  LtNameSlot *slots; /* (owned): a power of two of them */
  guint32 mask;
  guint32 n_names;
  guint64 seed;
} LtNameTable;

void lt_name_table_init (LtNameTable *self);
void lt_name_table_clear (LtNameTable *self);
gpointer lt_name_table_lookup (const LtNameTable *self, const char *name, gsize length);
void lt_name_table_insert (LtNameTable *self, const char *name, gsize length, gpointer value);
void lt_name_table_remove (LtNameTable *self, const char *name, gsize length);

G_END_DECLS
