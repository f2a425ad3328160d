/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dbus/lt-dbus-pacer.h"

#include <string.h>

/* Longer than a turn may take. */
#define LONG_US 11000

#define N_PIECES 8

typedef struct
{
  LtDbusPacer *pacer;
  GString *done;       /* the pieces done, in order, and a dot for each turn in between */
  gboolean takes_long; /* whether a piece takes more than a turn */
} Fixture;

typedef struct
{
  Fixture *fixture;
  char name;
} Piece;

static void
do_piece (gpointer data)
{
  Piece *piece = data;
  gint64 until_us = g_get_monotonic_time () + LONG_US;

  g_string_append_c (piece->fixture->done, piece->name);
  while (piece->fixture->takes_long && g_get_monotonic_time () < until_us)
    continue;
  g_free (piece);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->pacer = lt_dbus_pacer_new (do_piece);
  fixture->done = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->pacer, lt_dbus_pacer_free);
  g_string_free (fixture->done, TRUE);
}

static void
run_all (Fixture *fixture)
{
  for (char name = 'a'; name < 'a' + N_PIECES; name++)
    {
      Piece *piece = g_new0 (Piece, 1);

      piece->fixture = fixture;
      piece->name = name;
      lt_dbus_pacer_run (fixture->pacer, piece);
    }
}

static gboolean
on_calls (gpointer user_data)
{
  run_all (user_data);
  return G_SOURCE_REMOVE;
}

/* Somebody else on the loop. */
static gboolean
on_other (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->done, '.');
  return fixture->done->len < 100;
}

static void
test_at_once (Fixture *fixture, gconstpointer unused)
{
  run_all (fixture);
  g_assert_cmpstr (fixture->done->str, ==, "abcdefgh");
}

static void
test_one_long_piece_a_turn (Fixture *fixture, gconstpointer unused)
{
  guint n_turns = 0;

  fixture->takes_long = TRUE;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_calls, fixture, NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_other, fixture, NULL);
  while (strchr (fixture->done->str, 'a' + N_PIECES - 1) == NULL)
    {
      n_turns++;
      g_main_context_iteration (NULL, TRUE);
    }
  fixture->takes_long = FALSE;
  while (fixture->done->len < 100)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (n_turns, ==, N_PIECES);
  g_assert_true (g_str_has_prefix (fixture->done->str, "a."));
  g_assert_nonnull (strstr (fixture->done->str, "b.c.d.e.f.g.h"));
}

static void
test_free_leaves_nothing (Fixture *fixture, gconstpointer unused)
{
  fixture->takes_long = TRUE;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_calls, fixture, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->done->str, ==, "a");

  fixture->takes_long = FALSE;
  g_clear_pointer (&fixture->pacer, lt_dbus_pacer_free);
  g_assert_cmpstr (fixture->done->str, ==, "abcdefgh");
  g_assert_false (g_main_context_pending (NULL));
}

#define ADD(name) g_test_add ("/dbus-pacer/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (at_once);
  ADD (one_long_piece_a_turn);
  ADD (free_leaves_nothing);

  return g_test_run ();
}
