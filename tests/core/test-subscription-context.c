/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subscription-fixture.h"

#include "core/lt-hub-private.h"

#include <string.h>

static void
test_span_context (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  LtSubscription *subscription;

  subscription_fixture_submit (fixture, "a", "s1"); /* 1 */
  subscription_fixture_submit (fixture, "a", "s2"); /* 2 */
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  subscription_fixture_submit (fixture, "b", "s1"); /* 3 */
  assert_words (fixture->sink, "hello@2");
  subscription_fixture_submit (fixture, "jane", "s1"); /* 4: calls 1 and 3 */
  subscription_fixture_submit (fixture, "b", "s2");    /* 5 */
  subscription_fixture_submit (fixture, "c", "s1");    /* 6: flows with its span */
  assert_words (fixture->sink, "[1b 3b 4 6]@6");
  subscription_fixture_submit (fixture, "jane", "s1"); /* 7 */
  subscription_fixture_submit (fixture, "d", "s1");    /* 8 */
  subscription_fixture_submit (fixture, "d", NULL);    /* 9 */
  assert_words (fixture->sink, "[7 8]@9");
  g_assert_cmpuint (lt_subscription_get_matched (subscription), ==, 2);
  g_assert_cmpuint (lt_subscription_get_delivered (subscription), ==, 6);
  subscription_fixture_finish (subscription);
}

/* A span of the same id that begins anew is another span; the old one's events that are still on
 * their way, or are read late, are part of the old one. */
static void
test_span_begins_anew (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_submit (fixture, "jane", "t"); /* 1 */
  assert_words (fixture->sink, "hello@0 [1]@1");
  assert_words (late_sink, "hello@0 [1]@1");
  subscription_fixture_submit_role (fixture, "from", "jane", "s", "start"); /* 2: no match */
  subscription_fixture_submit_role (fixture, "to", "jane", "s", "start");   /* 3: anew */
  subscription_fixture_submit (fixture, "a", "s");                          /* 4 */
  subscription_fixture_submit_role (fixture, "to", "john", "s", "start");   /* 5: anew, no match */
  subscription_fixture_submit (fixture, "b", "s");                          /* 6 */
  assert_words (fixture->sink, "[3 4]@6");
  test_sink_set_stuck (late_sink, FALSE);
  test_sink_drain (late_sink, late);
  assert_words (late_sink, "[3 4]@6");
  subscription_fixture_finish (subscription);
  subscription_fixture_finish (late);
}

/* A stream reads an event long after it came, behind matches that do not concern it, and the
 * one that does has left the ring. */
static void
test_context_outlives_its_match (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_submit (fixture, "jane", "s"); /* 1 */
  assert_words (fixture->sink, "hello@0 [1]@1");
  late = test_subscribe (&fixture->hub, late_sink, "to:jane", &options);
  test_sink_set_stuck (late_sink, TRUE);
  subscription_fixture_submit (fixture, "jane", "s"); /* 2: counts for both */
  assert_words (late_sink, "hello@1 [1b 2]@2");
  for (int i = 0; i < 100; i++)
    subscription_fixture_submit (fixture, "a", "t");
  subscription_fixture_submit (fixture, "a", "s"); /* 103 */
  while (lt_hub_get_first_sequence (fixture->hub.hub) <= 10)
    subscription_fixture_submit (fixture, "a", "t");
  subscription_fixture_submit (fixture, "b", "s");
  subscription_fixture_submit (fixture, "jane",
                               "s"); /* a match behind it, which the other stream has seen */
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
  subscription_fixture_finish (first);
  subscription_fixture_finish (late);
}

/* Whoever comes later does not share what others' matches brought. */
static void
test_span_context_is_ones_own (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  g_autoptr (TestSink) later = test_sink_new ();
  LtSubscription *first;
  LtSubscription *second;

  first = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  subscription_fixture_submit (fixture, "jane", "s1");
  assert_words (fixture->sink, "hello@0 [1]@1");
  second = test_subscribe (&fixture->hub, later, "to:jane", &options);
  subscription_fixture_submit (fixture, "b", "s1");
  assert_words (fixture->sink, "[2]@2");
  assert_words (later, "hello@1");
  subscription_fixture_submit (fixture, "jane", "s1");
  subscription_fixture_submit (fixture, "c", "s1");
  assert_words (fixture->sink, "[3 4]@4");
  assert_words (later, "[1b 2b 3 4]@4");
  subscription_fixture_finish (first);
  subscription_fixture_finish (second);
}

static void
test_trace_context (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_finish (subscription);
}

/* The keys a span began with count for all its events. */
static void
test_inherited_keys (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscription;
  TestHub *hub = &fixture->hub;

  g_assert_true (lt_levels_set (lt_hub_get_levels (hub->hub), "quiet.*", LT_LEVEL_ERROR, 0, NULL));
  subscription = test_subscribe (hub, fixture->sink, "remoteIp:192.0.2.7", &options);
  g_assert_cmpuint (test_hub_submit (hub, "quiet.connect", NULL, "spanId", "c", "remoteIp",
                                     "192.0.2.7", "role", "start", NULL),
                    ==, 0);
  subscription_fixture_submit (fixture, "jane", "c");
  subscription_fixture_submit (fixture, "jane", "d");
  assert_words (fixture->sink, "hello@0 [1]@2");
  subscription_fixture_finish (subscription);
}

static void
test_backfill_is_bounded (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtSubscription *subscription;

  limits.backfill_events = 3;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  for (int i = 0; i < 8; i++)
    subscription_fixture_submit (fixture, "a", "s");
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  subscription_fixture_submit (fixture, "jane", "s");
  assert_words (fixture->sink, "hello@8 gap(5,0,6)@8 [6b 7b 8b 9]@9");
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, 5);
  subscription_fixture_finish (subscription);
}

/* What matches bring along may be many times the turn: a turn does not gather all of it. */
static void
test_backfill_leaves_turns_short (SubscriptionFixture *fixture, gconstpointer data)
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

      subscription_fixture_submit (fixture, "a", span);
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

      subscription_fixture_submit (fixture, "jane", span);
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
      subscription_fixture_finish (subscriptions[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  subscription_fixture_add ("/subscription-context/span", test_span_context);
  subscription_fixture_add ("/subscription-context/begins-anew", test_span_begins_anew);
  subscription_fixture_add ("/subscription-context/outlives-its-match",
                            test_context_outlives_its_match);
  subscription_fixture_add ("/subscription-context/ones-own", test_span_context_is_ones_own);
  subscription_fixture_add ("/subscription-context/trace", test_trace_context);
  subscription_fixture_add ("/subscription-context/inherited-keys", test_inherited_keys);
  subscription_fixture_add ("/subscription-context/backfill-bounded", test_backfill_is_bounded);
  subscription_fixture_add ("/subscription-context/backfill-in-short-turns",
                            test_backfill_leaves_turns_short);
  return g_test_run ();
}
