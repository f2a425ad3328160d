/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-name-table.h"

#include <string.h>

#define INITIAL_SLOTS 64

static inline guint64
mix (guint64 a, guint64 b)
{
  guint64 product = (a ^ b) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);

  return product ^ (product >> 32);
}

static inline guint64
read_word (const char *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return word;
}

/* One to seven bytes as one word, by loads that overlap rather than a loop. */
static inline guint64
read_part (const char *bytes, gsize length)
{
  guint32 first, last;

  if (length < 4)
    return (guint64) (guint8) bytes[0] << 16 | (guint64) (guint8) bytes[length / 2] << 8
           | (guint8) bytes[length - 1];

  memcpy (&first, bytes, sizeof first);
  memcpy (&last, bytes + length - sizeof last, sizeof last);
  return (guint64) first << 32 | last;
}

/* The seed is random, so that nobody can choose names that all fall on one place. */
static inline guint32
hash_name (guint64 seed, const char *name, gsize length)
{
  guint64 hash = seed ^ length;

  if (length >= 8)
    {
      gsize at = 0;

      for (; at + 8 < length; at += 8)
        hash = mix (hash, read_word (name + at));
      hash = mix (hash, read_word (name + length - 8));
    }
  else if (length > 0)
    hash = mix (hash, read_part (name, length));

  return (guint32) (hash ^ (hash >> 29));
}

/**
 * lt_name_table_init:
 * @self: (out caller-allocates): a table
 *
 * Makes @self an empty table; lt_name_table_clear() it in the end.
 */
void
lt_name_table_init (LtNameTable *self)
{
  self->slots = g_new0 (LtNameSlot, INITIAL_SLOTS);
  self->mask = INITIAL_SLOTS - 1;
  self->n_names = 0;
  self->seed = (guint64) g_random_int () << 32 | g_random_int ();
}

/**
 * lt_name_table_clear:
 * @self: a table
 *
 * Frees what @self allocated; it must be made anew before it is used again.
 */
void
lt_name_table_clear (LtNameTable *self)
{
  g_clear_pointer (&self->slots, g_free);
  self->n_names = 0;
}

static LtNameSlot *
find_slot (const LtNameTable *self, guint32 hash, const char *name, gsize length)
{
  guint32 at = hash & self->mask;

  for (;; at = (at + 1) & self->mask)
    {
      LtNameSlot *slot = &self->slots[at];

      if (slot->name == NULL)
        return slot;
      if (slot->hash == hash && slot->length == length && memcmp (slot->name, name, length) == 0)
        return slot;
    }
}

/**
 * lt_name_table_lookup:
 * @self: a table
 * @name: (array length=length): a name, need not end in NUL
 * @length: bytes of @name
 *
 * Returns: (transfer none) (nullable): what stands under exactly these bytes
 */
gpointer
lt_name_table_lookup (const LtNameTable *self, const char *name, gsize length)
{
  LtNameSlot *slot = find_slot (self, hash_name (self->seed, name, length), name, length);

  return slot->name != NULL ? slot->value : NULL;
}

static void
grow (LtNameTable *self)
{
  g_autofree LtNameSlot *old = self->slots;
  guint32 n_old = self->mask + 1;

  self->slots = g_new0 (LtNameSlot, (gsize) n_old * 2);
  self->mask = n_old * 2 - 1;
  for (guint32 i = 0; i < n_old; i++)
    {
      if (old[i].name != NULL)
        *find_slot (self, old[i].hash, old[i].name, old[i].length) = old[i];
    }
}

/**
 * lt_name_table_insert:
 * @self: a table
 * @name: (array length=length) (transfer none): a name, must stay until it is removed
 * @length: bytes of @name
 * @value: (transfer none) (not nullable): what to find under it
 *
 * Puts @value under @name, in place of what stood there.
 */
void
lt_name_table_insert (LtNameTable *self, const char *name, gsize length, gpointer value)
{
  guint32 hash = hash_name (self->seed, name, length);
  LtNameSlot *slot = find_slot (self, hash, name, length);

  if (slot->name == NULL)
    {
      self->n_names++;
      if (self->n_names * 2 > self->mask)
        {
          grow (self);
          slot = find_slot (self, hash, name, length);
        }
    }

  *slot = (LtNameSlot){ hash, (guint32) length, name, value };
}

/**
 * lt_name_table_remove:
 * @self: a table
 * @name: (array length=length): a name
 * @length: bytes of @name
 *
 * Takes @name out, if it is there.
 */
void
lt_name_table_remove (LtNameTable *self, const char *name, gsize length)
{
  LtNameSlot *slot = find_slot (self, hash_name (self->seed, name, length), name, length);
  guint32 hole = (guint32) (slot - self->slots);

  if (slot->name == NULL)
    return;

  /* Close the gap: whatever follows and was pushed past the hole moves into it. */
  for (guint32 at = (hole + 1) & self->mask; self->slots[at].name != NULL;
       at = (at + 1) & self->mask)
    {
      guint32 home = self->slots[at].hash & self->mask;

      if (((at - home) & self->mask) >= ((at - hole) & self->mask))
        {
          self->slots[hole] = self->slots[at];
          hole = at;
        }
    }

  memset (&self->slots[hole], 0, sizeof self->slots[hole]);
  self->n_names--;
}
