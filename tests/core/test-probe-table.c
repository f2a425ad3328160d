/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-probe-table.h"

static guint64
random_hash (GRand *random)
{
  /* Few different ones, so that chains get long. */
  return lt_probe_mix (7, (guint64) g_rand_int_range (random, 0, 500));
}

static gboolean
has_probe (const LtProbeTable *table, const LtProbe *wanted)
{
  if (!lt_probe_table_may_have (table, wanted->hash))
    return FALSE;

  for (const LtProbe *probe = lt_probe_table_first (table, wanted->hash); probe != NULL;
       probe = probe->chain)
    if (probe == wanted)
      return TRUE;

  return FALSE;
}

/* Grows and shrinks, and always finds just what is in it. */
static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr (LtProbeTable) table = lt_probe_table_new ();
  g_autoptr (GPtrArray) probes = g_ptr_array_new_with_free_func (g_free);

  for (guint step = 0; step < 20000; step++)
    {
      gboolean grows = step / 5000 % 2 == 0 ? g_rand_int_range (random, 0, 10) < 8
                                            : g_rand_int_range (random, 0, 10) < 2;

      if (grows || probes->len == 0)
        {
          LtProbe *probe = g_new0 (LtProbe, 1);

          probe->hash = random_hash (random);
          probe->gram_length = (guint) g_rand_int_range (random, 0, 5);
          lt_probe_table_insert (table, probe);
          g_ptr_array_add (probes, probe);
        }
      else
        {
          guint index = (guint) g_rand_int_range (random, 0, (gint) probes->len);
          LtProbe *probe = g_ptr_array_index (probes, index);

          lt_probe_table_remove (table, probe);
          g_assert_false (has_probe (table, probe));
          g_ptr_array_remove_index_fast (probes, index);
        }

      g_assert_cmpuint (table->n_probes, ==, probes->len);
      if (step % 500 == 0)
        for (guint i = 0; i < probes->len; i++)
          g_assert_true (has_probe (table, g_ptr_array_index (probes, i)));
    }

  for (guint i = 0; i < probes->len; i++)
    lt_probe_table_remove (table, g_ptr_array_index (probes, i));
  g_assert_cmpuint (table->n_probes, ==, 0);
  for (guint i = 0; i <= LT_GRAM_MAX_BYTES; i++)
    g_assert_cmpuint (table->n_grams[i], ==, 0);
}

static void
test_count (void)
{
  g_autoptr (LtProbeTable) table = lt_probe_table_new ();
  LtProbe probes[3] = { { .hash = 5 }, { .hash = 5 }, { .hash = 6 } };

  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    lt_probe_table_insert (table, &probes[i]);
  g_assert_cmpuint (lt_probe_table_count (table, 5), ==, 2);
  g_assert_cmpuint (lt_probe_table_count (table, 6), ==, 1);
  g_assert_cmpuint (lt_probe_table_count (table, 7), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/probe-table/random", test_random);
  g_test_add_func ("/probe-table/count", test_count);

  return g_test_run ();
}
