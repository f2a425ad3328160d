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
tear_down (Fixture *fixture, gconstpointer data)
{
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
evict (Fixture *fixture)
{
  g_autoptr (LtEvent) event = lt_ring_evict (&fixture->ring);

  lt_span_table_event_evicted (fixture->table, event);
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

  /* The event still refers to the span, whose state is gone. */
  span = lt_ring_peek (&fixture->ring, 1)->span;
  g_assert_null (span->id);
  g_assert_null (span->start);

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
  guint64 serials[100];
  LtSpanWatches watches = { NULL };
  const LtSpanWatch *watch;

  for (guint64 i = 0; i < G_N_ELEMENTS (serials); i++)
    {
      serials[i] = i + 1;
      g_hash_table_add (fixture->feeds, &serials[i]);
    }
  for (guint64 i = 0; i < 100; i++)
    {
      guint64 feed = (i * 37) % 100 + 1;

      g_assert_null (lt_span_watches_find (&watches, feed));
      lt_span_watches_record (&watches, feed, 10 + i, 20 + i, fixture->feeds);
    }
  lt_span_watches_record (&watches, 1, 5, 7, fixture->feeds);
  watch = lt_span_watches_find (&watches, 1);
  g_assert_cmpuint (watch->first, ==, 5);
  g_assert_cmpuint (watch->last, ==, 20);
  for (guint i = 1; i < watches.length; i++)
    g_assert_cmpuint (watches.items[i - 1].feed, <, watches.items[i].feed);

  /* What no feed asks for any more makes room. */
  g_hash_table_remove_all (fixture->feeds);
  for (guint64 feed = 1000; feed < 2000; feed++)
    lt_span_watches_record (&watches, feed, 1, 1, fixture->feeds);
  g_assert_cmpuint (watches.length, <=, 256);
  lt_span_watches_clear (&watches);
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
#undef ADD
  return g_test_run ();
}
