/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <string.h>

G_BEGIN_DECLS

/* Text is looked for by the first of these many bytes of it that few others share. */
#define LT_GRAM_MAX_BYTES 4

/* Bits of the maps that say which hashes there may be. */
#define LT_PROBE_MAP_BITS 16

typedef struct _LtProbe LtProbe;

/**
 * LtProbe:
 *
 * A way to find something: by a hash, and if it is text, only where all of the text stands.
 */
struct _LtProbe
{
  guint64 hash;
  gpointer target;   /* (unowned): what is found */
  const char *text;  /* (unowned) (nullable): what stands where it was found */
  guint text_length; /* bytes of @text */
  guint gram_offset; /* where in @text the bytes are that @hash is made of */
  guint gram_length; /* how many these are, or 0 if @text is NULL */
  LtProbe *chain;    /* (unowned) (nullable): the next in its bucket */
  LtProbe *sibling;  /* (owned) (nullable): another way to @target */
};

/**
 * LtProbeTable:
 *
 * Probes by their hashes. Before the buckets stands a map of bits, small enough to stay in
 * the processor's nearest cache, that most look-ups fail at.
 */
typedef struct
{
  LtProbe **buckets; /* (owned) */
  guint mask;
  guint n_probes;
  guint n_stale;                        /* removed since the maps were made */
  guint n_grams[LT_GRAM_MAX_BYTES + 1]; /* probes by their @gram_length */
  guint64 map[(1 << LT_PROBE_MAP_BITS) / 64];
} LtProbeTable;

LtProbeTable *lt_probe_table_new (void);
void lt_probe_table_free (LtProbeTable *self);
void lt_probe_table_insert (LtProbeTable *self, LtProbe *probe);
void lt_probe_table_remove (LtProbeTable *self, LtProbe *probe);
guint lt_probe_table_count (const LtProbeTable *self, guint64 hash);

/* Good enough to spread what administrators write; whoever makes hashes collide makes his
 * own filters slow to what they were without an index. */
static inline guint64
lt_probe_mix (guint64 seed, guint64 word)
{
  guint64 product = (seed ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return product ^ (product >> 29);
}

/* Reads @length bytes, a constant from 1 to 4. */
static inline guint64
lt_probe_hash_gram (const char *bytes, guint length)
{
  guint32 word = 0;

  memcpy (&word, bytes, length);
  return (word + ((guint64) length << 32)) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

static inline gboolean
lt_probe_table_may_have (const LtProbeTable *self, guint64 hash)
{
  guint bit = (guint) (hash >> (64 - LT_PROBE_MAP_BITS));

  return (self->map[bit / 64] >> (bit % 64) & 1) != 0;
}

static inline LtProbe *
lt_probe_table_first (const LtProbeTable *self, guint64 hash)
{
  return self->buckets[(hash >> 20) & self->mask];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtProbeTable, lt_probe_table_free)

G_END_DECLS
