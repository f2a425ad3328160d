/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-probe-table.h"

#define MIN_BUCKETS 64

/* Bits of removed probes only cost time; past this many they are cleared. */
#define MAX_STALE(n_probes) ((n_probes) / 2 + 64)

/**
 * lt_probe_table_new:
 *
 * Returns: (transfer full): an empty table
 */
LtProbeTable *
lt_probe_table_new (void)
{
  LtProbeTable *self = g_new0 (LtProbeTable, 1);

  self->buckets = g_new0 (LtProbe *, MIN_BUCKETS);
  self->mask = MIN_BUCKETS - 1;
  return self;
}

/**
 * lt_probe_table_free:
 * @self: (transfer full): a table
 *
 * Frees @self, but not its probes.
 */
void
lt_probe_table_free (LtProbeTable *self)
{
  g_free (self->buckets);
  g_free (self);
}

static void
link_probe (LtProbeTable *self, LtProbe *probe)
{
  LtProbe **bucket = &self->buckets[(probe->hash >> 20) & self->mask];
  guint bit = (guint) (probe->hash >> (64 - LT_PROBE_MAP_BITS));

  probe->chain = *bucket;
  *bucket = probe;
  self->map[bit / 64] |= G_GUINT64_CONSTANT (1) << (bit % 64);
}

/* Makes buckets and map anew. */
static void
rebuild (LtProbeTable *self, guint n_buckets)
{
  g_autofree LtProbe **old = self->buckets;
  guint n_old = self->mask + 1;

  self->buckets = g_new0 (LtProbe *, n_buckets);
  self->mask = n_buckets - 1;
  self->n_stale = 0;
  memset (self->map, 0, sizeof self->map);

  for (guint i = 0; i < n_old; i++)
    for (LtProbe *probe = old[i]; probe != NULL;)
      {
        LtProbe *next = probe->chain;

        link_probe (self, probe);
        probe = next;
      }
}

/**
 * lt_probe_table_insert:
 * @self: a table
 * @probe: (transfer none): must stay until it is removed
 *
 * Puts @probe under its hash. Several may have the same.
 */
void
lt_probe_table_insert (LtProbeTable *self, LtProbe *probe)
{
  if (self->n_probes > self->mask)
    rebuild (self, (self->mask + 1) * 2);

  link_probe (self, probe);
  self->n_probes++;
  self->n_grams[probe->gram_length]++;
}

/**
 * lt_probe_table_remove:
 * @self: a table
 * @probe: one of its probes
 *
 * Takes @probe out.
 */
void
lt_probe_table_remove (LtProbeTable *self, LtProbe *probe)
{
  LtProbe **link = &self->buckets[(probe->hash >> 20) & self->mask];

  while (*link != probe)
    link = &(*link)->chain;
  *link = probe->chain;
  self->n_probes--;
  self->n_grams[probe->gram_length]--;
  self->n_stale++;

  if (self->mask + 1 > MIN_BUCKETS && self->n_probes < self->mask / 8)
    rebuild (self, (self->mask + 1) / 4);
  else if (self->n_stale > MAX_STALE (self->n_probes))
    rebuild (self, self->mask + 1);
}

/**
 * lt_probe_table_count:
 * @self: a table
 * @hash: a hash
 *
 * Returns: how many probes have it
 */
guint
lt_probe_table_count (const LtProbeTable *self, guint64 hash)
{
  guint n = 0;

  for (const LtProbe *probe = lt_probe_table_first (self, hash); probe != NULL;
       probe = probe->chain)
    n += probe->hash == hash;

  return n;
}
