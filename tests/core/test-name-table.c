/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-name-table.h"

#include <string.h>

static void
test_basics (void)
{
  LtNameTable table;

  lt_name_table_init (&table);
  g_assert_null (lt_name_table_lookup (&table, "a", 1));
  lt_name_table_insert (&table, "a", 1, "first");
  lt_name_table_insert (&table, "ab", 2, "second");
  g_assert_cmpstr (lt_name_table_lookup (&table, "abc", 1), ==, "first");
  g_assert_cmpstr (lt_name_table_lookup (&table, "abc", 2), ==, "second");
  g_assert_null (lt_name_table_lookup (&table, "abc", 3));
  lt_name_table_insert (&table, "a", 1, "third");
  g_assert_cmpuint (table.n_names, ==, 2);
  g_assert_cmpstr (lt_name_table_lookup (&table, "a", 1), ==, "third");
  lt_name_table_remove (&table, "a", 1);
  lt_name_table_remove (&table, "zzz", 3);
  g_assert_null (lt_name_table_lookup (&table, "a", 1));
  g_assert_cmpuint (table.n_names, ==, 1);
  lt_name_table_clear (&table);
}

/* Against a GHashTable, with names that come and go. */
static void
test_random (void)
{
  g_autoptr (GHashTable) reference = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  LtNameTable table;

  lt_name_table_init (&table);
  for (guint i = 1; i < 100000; i++)
    {
      g_autofree char *name
          = g_strdup_printf ("%.*s%d", g_test_rand_int_range (0, 20), "a-rather-long-prefix",
                             g_test_rand_int_range (0, 300));
      gpointer stored_name = NULL;
      gpointer value = NULL;
      gboolean known = g_hash_table_lookup_extended (reference, name, &stored_name, &value);

      g_assert_true (lt_name_table_lookup (&table, name, strlen (name)) == value);
      if (known)
        {
          lt_name_table_remove (&table, name, strlen (name));
          g_hash_table_remove (reference, name);
        }
      else
        {
          stored_name = g_strdup (name);
          lt_name_table_insert (&table, stored_name, strlen (name), GUINT_TO_POINTER (i));
          g_hash_table_insert (reference, stored_name, GUINT_TO_POINTER (i));
        }
      g_assert_cmpuint (table.n_names, ==, g_hash_table_size (reference));
    }
  lt_name_table_clear (&table);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-table/basics", test_basics);
  g_test_add_func ("/name-table/random", test_random);
  return g_test_run ();
}
