/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include "core/lt-error.h"
#include "core/lt-hub-private.h"

#include <string.h>

#define assert_words(sink, expected)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *words_ = NULL;                                                                \
                                                                                                   \
    test_hub_settle ();                                                                            \
    words_ = test_sink_take (sink);                                                                \
    g_assert_cmpstr (words_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

typedef struct
{
  TestHub hub;
  TestSink *sink;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_hub_init (&fixture->hub, NULL);
  fixture->sink = test_sink_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->sink);
  test_hub_clear (&fixture->hub);
}

static void
finish (LtSubscription *subscription)
{
  lt_subscription_close (subscription);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_CLOSED);
  g_assert_finalize_object (subscription);
}

static void
submit (Fixture *fixture, const char *to, const char *span)
{
  if (span != NULL)
    test_hub_submit (&fixture->hub, "test.event", NULL, "to", to, "spanId", span, NULL);
  else
    test_hub_submit (&fixture->hub, "test.event", NULL, "to", to, NULL);
}

static void
submit_role (Fixture *fixture, const char *key, const char *value, const char *span,
             const char *role)
{
  test_hub_submit (&fixture->hub, "test.event", NULL, key, value, "spanId", span, "role", role,
                   NULL);
}

static void
test_live (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscription;

  submit (fixture, "jane", NULL);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@1");
  submit (fixture, "john", NULL);
  submit (fixture, "jane", NULL);
  submit (fixture, "jane", NULL);
  submit (fixture, "john", NULL);
  assert_words (fixture->sink, "[3 4]@5");
  submit (fixture, "john", NULL);
  assert_words (fixture->sink, "");
  g_assert_cmpuint (lt_subscription_get_cursor (subscription), ==, 6);
  g_assert_cmpuint (lt_subscription_get_matched (subscription), ==, 2);
  g_assert_cmpuint (lt_subscription_get_delivered (subscription), ==, 2);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LIVE);
  finish (subscription);
}

static void
test_span_context (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  LtSubscription *subscription;

  submit (fixture, "a", "s1"); /* 1 */
  submit (fixture, "a", "s2"); /* 2 */
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  submit (fixture, "b", "s1"); /* 3 */
  assert_words (fixture->sink, "hello@2");
  submit (fixture, "jane", "s1"); /* 4: calls 1 and 3 */
  submit (fixture, "b", "s2");    /* 5 */
  submit (fixture, "c", "s1");    /* 6: flows with its span */
  assert_words (fixture->sink, "[1b 3b 4 6]@6");
  submit (fixture, "jane", "s1"); /* 7 */
  submit (fixture, "d", "s1");    /* 8 */
  submit (fixture, "d", NULL);    /* 9 */
  assert_words (fixture->sink, "[7 8]@9");
  g_assert_cmpuint (lt_subscription_get_matched (subscription), ==, 2);
  g_assert_cmpuint (lt_subscription_get_delivered (subscription), ==, 6);
  finish (subscription);
}

/* A span of the same id that begins anew is another span; the old one's events that are still on
 * their way, or are read late, are part of the old one. */
static void
test_span_begins_anew (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  g_autoptr (TestSink) late_sink = test_sink_new ();
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *subscription;
  LtSubscription *late;

  limits.unsent_bytes = 4;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  late = test_subscribe (&fixture->hub, late_sink, "to:jane", &options);
  test_sink_set_stuck (late_sink, TRUE);
  submit (fixture, "jane", "t"); /* 1 */
  assert_words (fixture->sink, "hello@0 [1]@1");
  assert_words (late_sink, "hello@0 [1]@1");
  submit_role (fixture, "from", "jane", "s", "start"); /* 2: no match */
  submit_role (fixture, "to", "jane", "s", "start");   /* 3: anew */
  submit (fixture, "a", "s");                          /* 4 */
  submit_role (fixture, "to", "john", "s", "start");   /* 5: anew, no match */
  submit (fixture, "b", "s");                          /* 6 */
  assert_words (fixture->sink, "[3 4]@6");
  test_sink_set_stuck (late_sink, FALSE);
  test_sink_drain (late_sink, late);
  assert_words (late_sink, "[3 4]@6");
  finish (subscription);
  finish (late);
}

/* A stream reads an event long after it came, behind matches that do not concern it, and the
 * one that does has left the ring. */
static void
test_context_outlives_its_match (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  g_autoptr (TestSink) late_sink = test_sink_new ();
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *first;
  LtSubscription *late;

  limits.unsent_bytes = 4;
  limits.ring_bytes = 64 * 1024;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  first = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  submit (fixture, "jane", "s"); /* 1 */
  assert_words (fixture->sink, "hello@0 [1]@1");
  late = test_subscribe (&fixture->hub, late_sink, "to:jane", &options);
  test_sink_set_stuck (late_sink, TRUE);
  submit (fixture, "jane", "s"); /* 2: counts for both */
  assert_words (late_sink, "hello@1 [1b 2]@2");
  for (int i = 0; i < 100; i++)
    submit (fixture, "a", "t");
  submit (fixture, "a", "s"); /* 103 */
  while (lt_hub_get_first_sequence (fixture->hub.hub) <= 10)
    submit (fixture, "a", "t");
  submit (fixture, "b", "s");
  submit (fixture, "jane", "s"); /* a match behind it, which the other stream has seen */
  test_hub_settle ();
  test_sink_set_stuck (late_sink, FALSE);
  test_sink_drain (late_sink, late);
  {
    guint64 last = lt_hub_get_last_sequence (fixture->hub.hub);
    g_autofree char *expected
        = g_strdup_printf ("[103 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "]@%" G_GUINT64_FORMAT,
                           last - 1, last, last);

    assert_words (late_sink, expected);
  }
  g_assert_cmpuint (lt_subscription_get_dropped (late), ==, 0);
  finish (first);
  finish (late);
}

/* Whoever comes later does not share what others' matches brought. */
static void
test_span_context_is_ones_own (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  g_autoptr (TestSink) later = test_sink_new ();
  LtSubscription *first;
  LtSubscription *second;

  first = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  submit (fixture, "jane", "s1");
  assert_words (fixture->sink, "hello@0 [1]@1");
  second = test_subscribe (&fixture->hub, later, "to:jane", &options);
  submit (fixture, "b", "s1");
  assert_words (fixture->sink, "[2]@2");
  assert_words (later, "hello@1");
  submit (fixture, "jane", "s1");
  submit (fixture, "c", "s1");
  assert_words (fixture->sink, "[3 4]@4");
  assert_words (later, "[1b 2b 3 4]@4");
  finish (first);
  finish (second);
}

static void
test_trace_context (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_TRACE };
  LtSubscription *subscription;
  TestHub *hub = &fixture->hub;

  subscription = test_subscribe (hub, fixture->sink, "to:jane", &options);
  test_hub_submit (hub, "a.connect", NULL, "spanId", "c", "role", "start", NULL);
  test_hub_submit (hub, "a.message", NULL, "spanId", "m", "parentSpanId", "c", NULL);
  test_hub_submit (hub, "a.other", NULL, "spanId", "x", NULL);
  test_hub_submit (hub, "a.delivery", NULL, "spanId", "d", "parentSpanId", "m", "to", "jane", NULL);
  test_hub_submit (hub, "a.message", NULL, "spanId", "m", NULL);
  test_hub_submit (hub, "a.other", NULL, "spanId", "x", NULL);
  test_hub_submit (hub, "a.connect", NULL, "spanId", "c", "role", "end", NULL);
  assert_words (fixture->sink, "hello@0 [1b 2b 4 5 7]@7");
  finish (subscription);
}

/* The keys a span began with count for all its events. */
static void
test_inherited_keys (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscription;
  TestHub *hub = &fixture->hub;

  g_assert_true (lt_levels_set (lt_hub_get_levels (hub->hub), "quiet.*", LT_LEVEL_ERROR, 0, NULL));
  subscription = test_subscribe (hub, fixture->sink, "remoteIp:192.0.2.7", &options);
  g_assert_cmpuint (test_hub_submit (hub, "quiet.connect", NULL, "spanId", "c", "remoteIp",
                                     "192.0.2.7", "role", "start", NULL),
                    ==, 0);
  submit (fixture, "jane", "c");
  submit (fixture, "jane", "d");
  assert_words (fixture->sink, "hello@0 [1]@2");
  finish (subscription);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];
  LtSubscription *subscription;

  submit (fixture, "jane", "s1"); /* 1 */
  submit (fixture, "a", "s2");    /* 2 */
  submit (fixture, "b", "s1");    /* 3 */
  submit (fixture, "c", "s1");    /* 4 */
  submit (fixture, "jane", "s2"); /* 5 */
  lt_hub_format_id (fixture->hub.hub, 3, id);
  options.after = id;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@3 [4 2b 5]@5 live@5");
  submit (fixture, "d", "s1");
  assert_words (fixture->sink, "[6]@6");
  finish (subscription);

  lt_hub_format_id (fixture->hub.hub, 6, id);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@6 live@6");
  finish (subscription);
}

static void
test_foreign_ids (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "", "garbage", "00000000.1", "1.2.3", "future" };
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];

  submit (fixture, "jane", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      LtSubscription *subscription;
      g_autofree char *words = NULL;

      options.after = ids[i];
      if (g_str_equal (ids[i], "future"))
        {
          lt_hub_format_id (fixture->hub.hub, 99, id);
          options.after = id;
        }
      subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
      test_hub_settle ();
      words = test_sink_take (fixture->sink);
      g_assert_true (g_str_has_prefix (words, "hello gap(?,"));
      g_assert_true (g_str_has_suffix (words, ",1)@0 [1]@1 live@1"));
      finish (subscription);
    }
}

static void
test_last_and_since (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_LAST };
  LtSubscription *subscription;
  LtEvent *event;

  for (int i = 0; i < 10; i++)
    submit (fixture, i % 2 ? "jane" : "john", NULL);

  options.last = 2;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@7 [8 10]@10 live@10");
  finish (subscription);

  options.last = 100;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@0 [2 4 6 8 10]@10 live@10");
  finish (subscription);

  options.last = 0;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@10 live@10");
  finish (subscription);

  event = lt_hub_peek_event (fixture->hub.hub, 10);
  options.start = LT_START_SINCE;
  options.since_us = event->created_at_us;
  while (g_get_real_time () <= event->created_at_us)
    ;
  submit (fixture, "jane", NULL);
  options.since_us = lt_hub_peek_event (fixture->hub.hub, 11)->created_at_us;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@10 [11]@11 live@11");
  finish (subscription);
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN, .limit = 2 };
  LtSubscription *subscription;

  submit (fixture, "a", "s"); /* 1 */
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  submit (fixture, "jane", "s"); /* 2 */
  submit (fixture, "b", "s");    /* 3: context does not count */
  assert_words (fixture->sink, "hello@1 [1b 2 3]@3");
  submit (fixture, "jane", "s"); /* 4 */
  submit (fixture, "jane", "s"); /* 5: one too many */
  assert_words (fixture->sink, "[4]@4 bye(limit)@4");
  g_assert_true (test_sink_has_ended (fixture->sink));
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_CLOSED);
  g_assert_finalize_object (subscription);
}

static void
test_full_sink_reads_on_from_ring (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *subscription;

  limits.unsent_bytes = 20;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@0");
  test_sink_set_stuck (fixture->sink, TRUE);
  for (int i = 0; i < 6; i++)
    {
      submit (fixture, "jane", NULL);
      test_hub_settle ();
    }
  g_assert_cmpuint (lt_subscription_get_queued_bytes (subscription), <=, 20);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LAGGING);
  assert_words (fixture->sink, "[1]@1 [2]@2 [3]@3");
  test_sink_set_stuck (fixture->sink, FALSE);
  test_sink_drain (fixture->sink, subscription);
  assert_words (fixture->sink, "[4 5 6]@6");
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LIVE);
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, 0);
  finish (subscription);
}

static void
test_gap_is_exact (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *subscription;
  g_autofree char *expected = NULL;
  guint64 lost = 0;
  guint64 first;

  limits.unsent_bytes = 4;
  limits.ring_bytes = 64 * 1024;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@0");
  test_sink_set_stuck (fixture->sink, TRUE);
  submit (fixture, "jane", NULL);
  assert_words (fixture->sink, "[1]@1");
  for (int i = 2; i <= 2000; i++)
    {
      submit (fixture, i % 3 ? "jane" : "john", NULL);
      if (i % 50 == 0)
        test_hub_settle ();
    }
  first = lt_hub_get_first_sequence (fixture->hub.hub);
  g_assert_cmpuint (first, >, 100);
  for (guint64 i = 2; i < first; i++)
    lost += i % 3 ? 1 : 0;
  test_sink_set_stuck (fixture->sink, FALSE);
  test_sink_drain (fixture->sink, subscription);
  test_hub_settle ();
  expected = g_strdup_printf ("gap(%" G_GUINT64_FORMAT ",1,%" G_GUINT64_FORMAT
                              ")@%" G_GUINT64_FORMAT " [",
                              lost, first, first - 1);
  {
    g_autofree char *words = test_sink_take (fixture->sink);

    g_assert_true (g_str_has_prefix (words, expected));
  }
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, lost);
  finish (subscription);
}

static void
test_clear_ring (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];
  LtSubscription *subscription;

  for (int i = 0; i < 5; i++)
    submit (fixture, "jane", NULL);
  lt_hub_format_id (fixture->hub.hub, 2, id);
  options.after = id;
  lt_hub_clear_ring (fixture->hub.hub);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello gap(?,2,-)@5 live@5");
  submit (fixture, "jane", NULL);
  assert_words (fixture->sink, "[6]@6");
  finish (subscription);
}

static void
test_backfill_is_bounded (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *subscription;

  limits.backfill_events = 3;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  for (int i = 0; i < 8; i++)
    submit (fixture, "a", "s");
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  submit (fixture, "jane", "s");
  assert_words (fixture->sink, "hello@8 gap(5,0,6)@8 [6b 7b 8b 9]@9");
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, 5);
  finish (subscription);
}

/* Emptying a full ring that many lag behind is work for many turns. */
static void
test_clear_ring_leaves_turns_short (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N_SUBSCRIPTIONS = 200,
    N_EVENTS = 5000
  };
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscriptions[N_SUBSCRIPTIONS];
  LtHubStatistics statistics;

  test_sink_set_stuck (fixture->sink, TRUE);
  for (guint i = 0; i < N_SUBSCRIPTIONS; i++)
    {
      g_autofree char *filter = g_strdup_printf ("to:jane -to:x%u", i);

      subscriptions[i] = test_subscribe (&fixture->hub, fixture->sink, filter, &options);
    }
  submit (fixture, "jane", NULL);
  test_hub_settle ();
  for (guint i = 0; i < N_EVENTS; i++)
    submit (fixture, "jane", NULL);
  lt_hub_clear_ring (fixture->hub.hub);
  lt_hub_get_statistics (fixture->hub.hub, &statistics);
  g_assert_cmpuint (statistics.ring_events, >, 0);

  test_hub_settle ();
  lt_hub_get_statistics (fixture->hub.hub, &statistics);
  g_assert_cmpuint (statistics.ring_events, ==, 0);
  for (guint i = 0; i < N_SUBSCRIPTIONS; i++)
    {
      lt_subscription_close (subscriptions[i]);
      g_assert_cmpuint (lt_subscription_get_delivered (subscriptions[i])
                            + lt_subscription_get_dropped (subscriptions[i]),
                        ==, N_EVENTS + 1);
      g_assert_finalize_object (subscriptions[i]);
    }
}

/* What matches bring along may be many times the turn: a turn does not gather all of it. */
static void
test_backfill_leaves_turns_short (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N_SUBSCRIPTIONS = 16,
    N_SPANS = 100,
    N_EVENTS = 200
  };
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  LtSubscription *subscriptions[N_SUBSCRIPTIONS];
  guint n_lagging = 0;

  for (guint i = 0; i < N_SPANS * N_EVENTS; i++)
    {
      g_autofree char *span = g_strdup_printf ("s%u", i % N_SPANS);

      submit (fixture, "a", span);
    }
  for (guint i = 0; i < N_SUBSCRIPTIONS; i++)
    {
      g_autofree char *filter = g_strdup_printf ("to:jane -to:x%u", i);

      subscriptions[i] = test_subscribe (&fixture->hub, fixture->sink, filter, &options);
    }
  test_hub_settle ();

  for (guint i = 0; i < N_SPANS; i++)
    {
      g_autofree char *span = g_strdup_printf ("s%u", i);

      submit (fixture, "jane", span);
    }
  lt_hub_dispatch (fixture->hub.hub);
  for (guint i = 0; i < N_SUBSCRIPTIONS; i++)
    n_lagging += lt_subscription_get_state (subscriptions[i]) == LT_SUBSCRIPTION_LAGGING;
  g_assert_cmpuint (n_lagging, >, 0);

  test_hub_settle ();
  for (guint i = 0; i < N_SUBSCRIPTIONS; i++)
    {
      g_assert_cmpint (lt_subscription_get_state (subscriptions[i]), ==, LT_SUBSCRIPTION_LIVE);
      g_assert_cmpuint (lt_subscription_get_matched (subscriptions[i]), ==, N_SPANS);
      g_assert_cmpuint (lt_subscription_get_delivered (subscriptions[i]), ==,
                        N_SPANS * (N_EVENTS + 1));
      g_assert_cmpuint (lt_subscription_get_dropped (subscriptions[i]), ==, 0);
      finish (subscriptions[i]);
    }
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .transport = "test", .peer = "test" };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  g_autoptr (LtFilter) filter = test_hub_filter (&fixture->hub, "");
  g_autoptr (GError) error = NULL;
  LtSubscription *subscription;

  limits.max_subscriptions = 1;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  subscription = lt_subscription_new (fixture->hub.hub, filter, &options, &error);
  g_assert_no_error (error);
  g_assert_null (lt_subscription_new (fixture->hub.hub, filter, &options, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_finalize_object (subscription);
  subscription = lt_subscription_new (fixture->hub.hub, filter, &options, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (subscription);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/subscription/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("live", test_live);
  ADD ("context/span", test_span_context);
  ADD ("context/begins-anew", test_span_begins_anew);
  ADD ("context/outlives-its-match", test_context_outlives_its_match);
  ADD ("context/ones-own", test_span_context_is_ones_own);
  ADD ("context/trace", test_trace_context);
  ADD ("context/inherited-keys", test_inherited_keys);
  ADD ("resume", test_resume);
  ADD ("foreign-ids", test_foreign_ids);
  ADD ("last-and-since", test_last_and_since);
  ADD ("limit", test_limit);
  ADD ("full-sink", test_full_sink_reads_on_from_ring);
  ADD ("gap", test_gap_is_exact);
  ADD ("clear-ring", test_clear_ring);
  ADD ("clear-ring-in-short-turns", test_clear_ring_leaves_turns_short);
  ADD ("backfill-bounded", test_backfill_is_bounded);
  ADD ("backfill-in-short-turns", test_backfill_leaves_turns_short);
  ADD ("too-many", test_too_many);
#undef ADD
  return g_test_run ();
}
