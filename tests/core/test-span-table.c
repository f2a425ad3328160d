/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include "core/lt-ring.h"
#include "core/lt-span-table.h"

typedef struct
{
  TestHub hub;
  GHashTable *feeds;
  LtSpanTable *table;
  LtRing ring;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_hub_init (&fixture->hub, NULL);
  fixture->feeds = g_hash_table_new (g_int64_hash, g_int64_equal);
  fixture->table = lt_span_table_new (100, 64 * 1024, fixture->feeds);
  lt_ring_init (&fixture->ring);
}

static void
evict (Fixture *fixture)
{
  g_autoptr (LtEvent) event = lt_ring_evict (&fixture->ring);

  lt_span_table_event_evicted (fixture->table, event);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  while (lt_ring_get_length (&fixture->ring) > 0)
    evict (fixture);
  lt_ring_clear (&fixture->ring);
  lt_span_table_free (fixture->table);
  g_hash_table_unref (fixture->feeds);
  test_hub_clear (&fixture->hub);
}

static LtSpan *
observe (Fixture *fixture, const char *span, const char *parent, const char *role, gboolean keep)
{
  LtEvent *event;
  LtSpan *state;

  event = test_hub_build (&fixture->hub, "test.event", NULL, "spanId", span,
                          role != NULL     ? "role"
                          : parent != NULL ? "parentSpanId"
                                           : NULL,
                          role != NULL ? role : parent, NULL);
  state = lt_span_table_observe (fixture->table, event);
  if (!keep)
    {
      g_object_unref (event);
      return state;
    }

  lt_ring_push (&fixture->ring, event);
  event->span = lt_span_ref (state);
  lt_span_table_event_kept (fixture->table, event);

  return state;
}

static void
test_begins_with_its_first_event (Fixture *fixture, gconstpointer data)
{
  LtSpan *span = observe (fixture, "a", NULL, NULL, TRUE);

  g_assert_true (span == lt_span_table_find (fixture->table, "a"));
  g_assert_cmpuint (span->start->sequence, ==, 1);
  g_assert_true (observe (fixture, "a", NULL, NULL, TRUE) == span);
  g_assert_cmpuint (span->start->sequence, ==, 1);
  g_assert_cmpuint (span->last_sequence, ==, 2);
  g_assert_cmpuint (lt_ring_peek (&fixture->ring, 2)->previous_in_span, ==, 1);
  /* A start that comes late is still the start. */
  g_assert_true (observe (fixture, "a", NULL, "start", TRUE) == span);
  g_assert_cmpuint (span->start->sequence, ==, 3);
  /* A second start is another span. */
  g_assert_true (observe (fixture, "a", NULL, "start", TRUE) != span);
  g_assert_cmpuint (lt_span_table_get_length (fixture->table), ==, 1);
}

static void
test_goes_with_its_last_event (Fixture *fixture, gconstpointer data)
{
  observe (fixture, "a", NULL, NULL, TRUE);
  observe (fixture, "a", NULL, NULL, TRUE);
  evict (fixture);
  g_assert_nonnull (lt_span_table_find (fixture->table, "a"));
  evict (fixture);
  g_assert_null (lt_span_table_find (fixture->table, "a"));
  g_assert_cmpuint (lt_span_table_get_length (fixture->table), ==, 0);
}

static void
test_lingers_after_its_end (Fixture *fixture, gconstpointer data)
{
  gint64 now = g_get_monotonic_time ();
  gint64 due;

  observe (fixture, "a", NULL, "start", TRUE);
  observe (fixture, "a", NULL, "end", TRUE);
  evict (fixture);
  evict (fixture);
  g_assert_nonnull (lt_span_table_find (fixture->table, "a"));
  due = lt_span_table_expire (fixture->table, now);
  g_assert_cmpint (due, >=, now + LT_SPAN_LINGER_US);
  g_assert_cmpint (lt_span_table_expire (fixture->table, due), ==, -1);
  g_assert_null (lt_span_table_find (fixture->table, "a"));
}

static void
test_refused_events_count (Fixture *fixture, gconstpointer data)
{
  LtSpan *span = observe (fixture, "a", NULL, "start", FALSE);

  g_assert_nonnull (span->start);
  g_assert_true (span->started);
  g_assert_true (observe (fixture, "a", NULL, "end", FALSE) == span);
  g_assert_cmpint (lt_span_table_expire (fixture->table, g_get_monotonic_time ()), >, 0);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  LtSpan *span;

  for (int i = 0; i < 150; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);

      observe (fixture, id, NULL, NULL, i % 2);
      /* Used again and again, it stays. */
      observe (fixture, "0", NULL, NULL, FALSE);
    }
  g_assert_cmpuint (lt_span_table_get_length (fixture->table), ==, 100);
  g_assert_nonnull (lt_span_table_find (fixture->table, "0"));
  g_assert_null (lt_span_table_find (fixture->table, "1"));
  g_assert_nonnull (lt_span_table_find (fixture->table, "149"));

  /* The event still refers to the span, whose state is gone but for what the ring has of it. */
  span = lt_span_ref (lt_ring_peek (&fixture->ring, 1)->span);
  g_assert_null (span->id);
  g_assert_true (span->start == lt_ring_peek (&fixture->ring, 1));
  evict (fixture);
  g_assert_null (span->start);
  lt_span_unref (span);

  lt_span_table_set_limits (fixture->table, 100, 5000);
  g_assert_cmpuint (lt_span_table_get_length (fixture->table), <, 30);
}

static void
test_trace (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) spans = g_ptr_array_new ();
  LtSpan *child = observe (fixture, "child", "middle", NULL, TRUE);
  LtSpan *middle = lt_span_table_find (fixture->table, "middle");
  LtSpan *root;

  g_assert_true (lt_span_get_root (child) == middle);
  g_assert_true (observe (fixture, "middle", "root", NULL, TRUE) == middle);
  root = lt_span_table_find (fixture->table, "root");
  g_assert_true (lt_span_get_root (child) == root);
  g_assert_true (lt_span_collect_trace (root, spans, G_MAXUINT));
  g_assert_cmpuint (spans->len, ==, 3);

  /* Nobody is his own ancestor. */
  observe (fixture, "root", "child", NULL, TRUE);
  g_assert_null (root->parent);
  observe (fixture, "self", "self", NULL, TRUE);
  g_assert_null (lt_span_table_find (fixture->table, "self")->parent);
}

static void
test_deep_trace (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 90; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);
      g_autofree char *parent = g_strdup_printf ("%d", i + 1);
      g_autoptr (GPtrArray) spans = g_ptr_array_new ();
      LtSpan *span = observe (fixture, id, parent, NULL, TRUE);

      g_assert_true (lt_span_collect_trace (lt_span_get_root (span), spans, G_MAXUINT));
      g_assert_cmpuint (spans->len, <=, LT_SPAN_MAX_DEPTH);
    }
}

static void
test_watches (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, TRUE, sizeof (guint64));
  guint64 serials[100];
  LtSpanWatches watches = { NULL };
  const LtSpanWatch *watch;

  g_array_set_size (starts, 1);
  for (guint64 i = 0; i < G_N_ELEMENTS (serials); i++)
    {
      serials[i] = i + 1;
      g_hash_table_add (fixture->feeds, &serials[i]);
    }
  for (guint64 i = 0; i < 100; i++)
    {
      guint64 feed = (i * 37) % 100 + 1;

      g_assert_null (lt_span_watches_find (&watches, feed));
      lt_span_watches_record (&watches, feed, 10 + i, starts, fixture->feeds);
    }
  lt_span_watches_record (&watches, 1, 5, starts, fixture->feeds);
  watch = lt_span_watches_find (&watches, 1);
  g_assert_cmpuint (watch->first, ==, 5);
  g_assert_cmpuint (watch->last, ==, 10);
  for (guint i = 1; i < watches.length; i++)
    g_assert_cmpuint (watches.items[i - 1].feed, <, watches.items[i].feed);

  /* What no feed asks for any more makes room. */
  g_hash_table_remove_all (fixture->feeds);
  for (guint64 feed = 1000; feed < 2000; feed++)
    lt_span_watches_record (&watches, feed, 1, starts, fixture->feeds);
  g_assert_cmpuint (watches.length, <=, 256);
  lt_span_watches_clear (&watches);
}

static int
compare_sequences (gconstpointer a, gconstpointer b)
{
  guint64 first = *(const guint64 *) a;
  guint64 second = *(const guint64 *) b;

  return (first > second) - (first < second);
}

/* For each start, each sequence, and matches recorded in any order by which each start's
 * reader goes forwards: it is known whether there is a match between the two. */
static void
check_starts (Fixture *fixture, guint n_starts, const gboolean matches[1000])
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint64));
  LtSpanWatches watches = { NULL };
  const LtSpanWatch *watch;
  guint64 read[8];
  guint n_ready = 0;

  for (guint i = 0; i < n_starts; i++)
    {
      guint64 start = g_test_rand_int_range (0, 1000);

      g_array_append_val (starts, start);
    }
  g_array_sort (starts, compare_sequences);
  for (guint i = 0; i < n_starts; i++)
    read[i] = g_array_index (starts, guint64, i);

  while (n_ready < n_starts)
    {
      guint reader = g_test_rand_int_range (0, n_starts);
      guint64 until = read[reader] + g_test_rand_int_range (1, 300);

      if (read[reader] >= 1000)
        continue;
      until = MIN (until, 1000);
      for (; read[reader] < until; read[reader]++)
        if (matches[read[reader]])
          lt_span_watches_record (&watches, 1, read[reader], starts, fixture->feeds);
      n_ready += until == 1000;
    }

  watch = lt_span_watches_find (&watches, 1);
  for (guint i = 0; watch != NULL && i < n_starts; i++)
    {
      guint64 start = g_array_index (starts, guint64, i);
      guint64 first = start;

      while (first < 1000 && !matches[first])
        first++;
      for (guint64 sequence = start; sequence < 1000; sequence++)
        {
          guint64 found = lt_span_watch_find_before (watch, sequence);

          g_assert_cmpint (found != 0 && found >= start, ==, first < sequence);
        }
    }
  if (watch != NULL && watch->later != NULL)
    g_assert_cmpuint (watch->later->len, <=, 2 * n_starts + 4);
  lt_span_watches_clear (&watches);
}

static void
test_starts (Fixture *fixture, gconstpointer data)
{
  guint64 serial = 1;

  g_hash_table_add (fixture->feeds, &serial);
  for (int round = 0; round < 200; round++)
    {
      gboolean matches[1000] = { FALSE };
      int n_matches = 1 << g_test_rand_int_range (0, 10);

      for (int i = 0; i < n_matches; i++)
        matches[g_test_rand_int_range (1, 1000)] = TRUE;
      check_starts (fixture, g_test_rand_int_range (1, 9), matches);
    }
  g_hash_table_remove_all (fixture->feeds);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/span-table/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("begins", test_begins_with_its_first_event);
  ADD ("goes", test_goes_with_its_last_event);
  ADD ("lingers", test_lingers_after_its_end);
  ADD ("refused", test_refused_events_count);
  ADD ("limits", test_limits);
  ADD ("trace", test_trace);
  ADD ("deep-trace", test_deep_trace);
  ADD ("watches", test_watches);
  ADD ("starts", test_starts);
#undef ADD
  return g_test_run ();
}
