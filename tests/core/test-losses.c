/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-losses.h"

#define N_READERS 40

typedef struct
{
  guint64 start;
  guint64 lost; /* counted one by one */
  gboolean is_behind;
  LtLossMark mark;
} Reader;

static void
test_empty (void)
{
  LtLossMark mark;
  LtLosses losses;

  lt_losses_init (&losses);
  g_assert_true (lt_losses_is_empty (&losses));
  lt_losses_count_match (&losses);
  lt_losses_count_context (&losses, 10);
  lt_losses_add (&losses, 5, &mark);
  g_assert_false (lt_losses_is_empty (&losses));
  g_assert_cmpuint (lt_losses_remove (&losses, 5, &mark), ==, 0);
  g_assert_true (lt_losses_is_empty (&losses));
  lt_losses_clear (&losses);
}

static void
test_start_decides (void)
{
  LtLossMark early;
  LtLossMark late;
  LtLosses losses;

  lt_losses_init (&losses);
  lt_losses_add (&losses, 5, &early);
  lt_losses_add (&losses, 20, &late);
  lt_losses_count_match (&losses);
  lt_losses_count_context (&losses, 4);
  lt_losses_count_context (&losses, 5);
  lt_losses_count_context (&losses, 19);
  lt_losses_count_context (&losses, 20);
  g_assert_cmpuint (lt_losses_remove (&losses, 5, &early), ==, 4);
  g_assert_cmpuint (lt_losses_remove (&losses, 20, &late), ==, 2);
  lt_losses_clear (&losses);
}

static void
step (LtLosses *losses, Reader *readers)
{
  Reader *reader = &readers[g_test_rand_int_range (0, N_READERS)];
  guint64 match = g_test_rand_int_range (0, 30);

  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      if (reader->is_behind)
        g_assert_cmpuint (lt_losses_remove (losses, reader->start, &reader->mark), ==,
                          reader->lost);
      else
        {
          reader->start = g_test_rand_int_range (0, 30);
          reader->lost = 0;
          lt_losses_add (losses, reader->start, &reader->mark);
        }
      reader->is_behind = !reader->is_behind;
      break;

    case 1:
      lt_losses_count_match (losses);
      for (guint i = 0; i < N_READERS; i++)
        readers[i].lost++;
      break;

    default:
      lt_losses_count_context (losses, match);
      for (guint i = 0; i < N_READERS; i++)
        readers[i].lost += readers[i].start <= match;
      break;
    }
}

/* Counting for all at once comes to the same as counting for each. */
static void
test_random (void)
{
  Reader readers[N_READERS] = { { 0 } };
  LtLosses losses;

  lt_losses_init (&losses);
  for (int i = 0; i < 20000; i++)
    step (&losses, readers);
  lt_losses_clear (&losses);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/losses/empty", test_empty);
  g_test_add_func ("/losses/start-decides", test_start_decides);
  g_test_add_func ("/losses/random", test_random);
  return g_test_run ();
}
