/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-slice.h"

#define N_WORKERS 4

/* Longer than a turn may take. */
#define LONG_US 11000

typedef struct
{
  GString *done; /* (owned): who had a slice, in order */
  guint n_slices;
} Fixture;

typedef struct
{
  Fixture *fixture;
  char name;
} Worker;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->done = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_string_free (fixture->done, TRUE);
}

static gboolean
on_turn (gpointer user_data)
{
  Worker *worker = user_data;
  Fixture *fixture = worker->fixture;
  gint64 until_us = g_get_monotonic_time () + LONG_US;

  if (!lt_slice_begin ())
    return G_SOURCE_CONTINUE;

  g_string_append_c (fixture->done, worker->name);
  while (g_get_monotonic_time () < until_us)
    continue;

  return fixture->done->len < fixture->n_slices;
}

/* However many have work, a turn is no longer than a slice takes it over its limit; and all get
 * on alike. */
static void
test_in_turn (Fixture *fixture, gconstpointer unused)
{
  Worker workers[N_WORKERS];
  guint n_turns = 0;

  fixture->n_slices = 3 * N_WORKERS;
  for (guint i = 0; i < N_WORKERS; i++)
    {
      workers[i] = (Worker){ .fixture = fixture, .name = (char) ('a' + i) };
      g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, &workers[i], NULL);
    }
  for (; fixture->done->len < fixture->n_slices; n_turns++)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (n_turns, ==, fixture->n_slices);
  g_assert_cmpstr (fixture->done->str, ==, "abcdabcdabcd");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/slice/in-turn", Fixture, NULL, set_up, test_in_turn, tear_down);

  return g_test_run ();
}
