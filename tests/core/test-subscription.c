/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subscription-fixture.h"

#include "core/lt-error.h"
#include "core/lt-hub-private.h"

#include <string.h>

static void
test_live (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscription;

  subscription_fixture_submit (fixture, "jane", NULL);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@1");
  subscription_fixture_submit (fixture, "john", NULL);
  subscription_fixture_submit (fixture, "jane", NULL);
  subscription_fixture_submit (fixture, "jane", NULL);
  subscription_fixture_submit (fixture, "john", NULL);
  assert_words (fixture->sink, "[3 4]@5");
  subscription_fixture_submit (fixture, "john", NULL);
  assert_words (fixture->sink, "");
  g_assert_cmpuint (lt_subscription_get_cursor (subscription), ==, 6);
  g_assert_cmpuint (lt_subscription_get_matched (subscription), ==, 2);
  g_assert_cmpuint (lt_subscription_get_delivered (subscription), ==, 2);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LIVE);
  subscription_fixture_finish (subscription);
}

static void
test_resume (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];
  LtSubscription *subscription;

  subscription_fixture_submit (fixture, "jane", "s1"); /* 1 */
  subscription_fixture_submit (fixture, "a", "s2");    /* 2 */
  subscription_fixture_submit (fixture, "b", "s1");    /* 3 */
  subscription_fixture_submit (fixture, "c", "s1");    /* 4 */
  subscription_fixture_submit (fixture, "jane", "s2"); /* 5 */
  lt_hub_format_id (fixture->hub.hub, 3, id);
  options.after = id;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@3 [4 2b 5]@5 live@5");
  subscription_fixture_submit (fixture, "d", "s1");
  assert_words (fixture->sink, "[6]@6");
  subscription_fixture_finish (subscription);

  lt_hub_format_id (fixture->hub.hub, 6, id);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@6 live@6");
  subscription_fixture_finish (subscription);
}

static void
test_foreign_ids (SubscriptionFixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "", "garbage", "00000000.1", "1.2.3", "future" };
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];

  subscription_fixture_submit (fixture, "jane", NULL);
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
      words = test_sink_take_joined (fixture->sink);
      g_assert_true (g_str_has_prefix (words, "hello gap(?,"));
      g_assert_true (g_str_has_suffix (words, ",1)@0 [1]@1 live@1"));
      subscription_fixture_finish (subscription);
    }
}

static void
test_last_and_since (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_LAST };
  LtSubscription *subscription;
  LtEvent *event;

  for (int i = 0; i < 10; i++)
    subscription_fixture_submit (fixture, i % 2 ? "jane" : "john", NULL);

  options.last = 2;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@7 [8 10]@10 live@10");
  subscription_fixture_finish (subscription);

  options.last = 100;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@0 [2 4 6 8 10]@10 live@10");
  subscription_fixture_finish (subscription);

  options.last = 0;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@10 live@10");
  subscription_fixture_finish (subscription);

  event = lt_hub_peek_event (fixture->hub.hub, 10);
  options.start = LT_START_SINCE;
  options.since_us = event->created_at_us;
  while (g_get_real_time () <= event->created_at_us)
    ;
  subscription_fixture_submit (fixture, "jane", NULL);
  options.since_us = lt_hub_peek_event (fixture->hub.hub, 11)->created_at_us;
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello@10 [11]@11 live@11");
  subscription_fixture_finish (subscription);
}

static void
test_limit (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN, .limit = 2 };
  LtSubscription *subscription;

  subscription_fixture_submit (fixture, "a", "s"); /* 1 */
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  subscription_fixture_submit (fixture, "jane", "s"); /* 2 */
  subscription_fixture_submit (fixture, "b", "s");    /* 3: context does not count */
  assert_words (fixture->sink, "hello@1 [1b 2 3]@3");
  subscription_fixture_submit (fixture, "jane", "s"); /* 4 */
  subscription_fixture_submit (fixture, "jane", "s"); /* 5: one too many */
  assert_words (fixture->sink, "[4]@4 bye(limit)@4");
  g_assert_true (test_sink_has_ended (fixture->sink));
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_CLOSED);
  g_assert_finalize_object (subscription);
}

static void
test_full_sink_reads_on_from_ring (SubscriptionFixture *fixture, gconstpointer data)
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
      subscription_fixture_submit (fixture, "jane", NULL);
      test_hub_settle ();
    }
  g_assert_cmpuint (lt_subscription_get_queued_bytes (subscription), <=, 20);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LAGGING);
  assert_words (fixture->sink, "[1 2 3]@3");
  test_sink_set_stuck (fixture->sink, FALSE);
  test_sink_drain (fixture->sink, subscription);
  assert_words (fixture->sink, "[4 5 6]@6");
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_LIVE);
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, 0);
  subscription_fixture_finish (subscription);
}

static void
test_gap_is_exact (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_submit (fixture, "jane", NULL);
  assert_words (fixture->sink, "[1]@1");
  for (int i = 2; i <= 2000; i++)
    {
      subscription_fixture_submit (fixture, i % 3 ? "jane" : "john", NULL);
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
    g_autofree char *words = test_sink_take_joined (fixture->sink);

    g_assert_true (g_str_has_prefix (words, expected));
  }
  g_assert_cmpuint (lt_subscription_get_dropped (subscription), ==, lost);
  subscription_fixture_finish (subscription);
}

static void
test_clear_ring (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT, .start = LT_START_AFTER_ID };
  char id[LT_EVENT_ID_SIZE];
  LtSubscription *subscription;

  for (int i = 0; i < 5; i++)
    subscription_fixture_submit (fixture, "jane", NULL);
  lt_hub_format_id (fixture->hub.hub, 2, id);
  options.after = id;
  lt_hub_clear_ring (fixture->hub.hub);
  subscription = test_subscribe (&fixture->hub, fixture->sink, "to:jane", &options);
  assert_words (fixture->sink, "hello gap(?,2,-)@5 live@5");
  subscription_fixture_submit (fixture, "jane", NULL);
  assert_words (fixture->sink, "[6]@6");
  subscription_fixture_finish (subscription);
}

/* Emptying a full ring that many lag behind is work for many turns. */
static void
test_clear_ring_leaves_turns_short (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_submit (fixture, "jane", NULL);
  test_hub_settle ();
  for (guint i = 0; i < N_EVENTS; i++)
    subscription_fixture_submit (fixture, "jane", NULL);
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

enum
{
  N_COSTLY = 400,
  N_COSTLY_EVENTS = 20
};

/* Each takes as many steps as a match may before it is given up; and that is no match. */
static void
subscribe_costly (SubscriptionFixture *fixture, LtSubscription **subscriptions, TestSink **sinks)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };

  for (guint i = 0; i < N_COSTLY; i++)
    {
      g_autofree char *filter = g_strdup_printf ("-to:~\"(a+)+(0|q%u)\"", i);

      sinks[i] = test_sink_new ();
      subscriptions[i] = test_subscribe (&fixture->hub, sinks[i], filter, &options);
      g_free (test_sink_take (sinks[i]));
    }
}

static void
finish_costly (LtSubscription **subscriptions, TestSink **sinks)
{
  for (guint i = 0; i < N_COSTLY; i++)
    {
      subscription_fixture_finish (subscriptions[i]);
      g_assert_finalize_object (sinks[i]);
    }
}

static guint
count_state (LtSubscription **subscriptions, LtSubscriptionState state)
{
  guint n = 0;

  for (guint i = 0; i < N_COSTLY; i++)
    n += lt_subscription_get_state (subscriptions[i]) == state;

  return n;
}

/* Filters too costly to judge an event by in one turn are judged by in several, and nobody loses
 * anything by it. */
static void
test_costly_filters_share_turns (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscription *subscriptions[N_COSTLY];
  TestSink *sinks[N_COSTLY];
  LtSubscription *plain;
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };

  subscribe_costly (fixture, subscriptions, sinks);
  plain = test_subscribe (&fixture->hub, fixture->sink, "to:aaaa", &options);
  for (guint i = 0; i < 3; i++)
    subscription_fixture_submit (fixture, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL);
  lt_hub_dispatch (fixture->hub.hub);
  g_assert_cmpuint (count_state (subscriptions, LT_SUBSCRIPTION_LAGGING), ==, N_COSTLY);

  test_hub_settle ();
  assert_words (fixture->sink, "hello@0 [1 2 3]@3");
  for (guint i = 0; i < N_COSTLY; i++)
    {
      g_assert_cmpuint (lt_subscription_get_delivered (subscriptions[i]), ==, 3);
      g_assert_cmpuint (lt_subscription_get_dropped (subscriptions[i]), ==, 0);
      g_free (test_sink_take (sinks[i]));
    }
  g_assert_cmpuint (count_state (subscriptions, LT_SUBSCRIPTION_LIVE), ==, N_COSTLY);
  subscription_fixture_finish (plain);
  finish_costly (subscriptions, sinks);
}

/* Whom such filters would have got an event that leaves the ring is not found out at any cost. */
static void
test_costly_losses_are_unknown (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscription *subscriptions[N_COSTLY];
  TestSink *sinks[N_COSTLY];
  guint n_gaps = 0;

  subscribe_costly (fixture, subscriptions, sinks);
  for (guint i = 0; i < N_COSTLY; i++)
    test_sink_set_stuck (sinks[i], TRUE);
  subscription_fixture_submit (fixture, "jane", NULL);
  test_hub_settle ();
  for (guint i = 0; i < N_COSTLY_EVENTS; i++)
    subscription_fixture_submit (fixture, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL);
  lt_hub_clear_ring (fixture->hub.hub);
  test_hub_settle ();

  for (guint i = 0; i < N_COSTLY; i++)
    {
      g_autofree char *words = NULL;

      test_sink_set_stuck (sinks[i], FALSE);
      test_sink_drain (sinks[i], subscriptions[i]);
      test_hub_settle ();
      words = test_sink_take (sinks[i]);
      n_gaps += strstr (words, "gap(?,1,") != NULL;
    }
  g_assert_cmpuint (n_gaps, ==, N_COSTLY);
  finish_costly (subscriptions, sinks);
}

/* Nor is it which spans had matched before a subscription begins: it is told of that. */
static void
test_costly_spans_are_unknown (SubscriptionFixture *fixture, gconstpointer data)
{
  LtSubscription *subscriptions[N_COSTLY];
  TestSink *sinks[N_COSTLY];
  g_autofree char *id = NULL;
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN, .start = LT_START_AFTER_ID };
  g_autoptr (TestSink) sink = test_sink_new ();
  g_autofree char *words = NULL;
  LtSubscription *resumed;

  subscribe_costly (fixture, subscriptions, sinks);
  for (guint i = 0; i < N_COSTLY; i++)
    test_sink_set_stuck (sinks[i], TRUE);
  subscription_fixture_submit (fixture, "jane", NULL);
  test_hub_settle ();
  for (guint i = 0; i < N_COSTLY_EVENTS; i++)
    subscription_fixture_submit (fixture, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "one");
  lt_hub_dispatch (fixture->hub.hub);
  id = g_strdup_printf ("%s.%u", lt_hub_get_epoch (fixture->hub.hub), N_COSTLY_EVENTS + 1);
  options.after = id;
  resumed = test_subscribe (&fixture->hub, sink, "to:jane", &options);
  lt_hub_clear_ring (fixture->hub.hub);
  test_hub_settle ();

  words = test_sink_take (sink);
  g_assert_nonnull (strstr (words, "gap(?,"));
  subscription_fixture_finish (resumed);
  for (guint i = 0; i < N_COSTLY; i++)
    {
      test_sink_set_stuck (sinks[i], FALSE);
      g_free (test_sink_take (sinks[i]));
    }
  finish_costly (subscriptions, sinks);
}

static void
test_too_many (SubscriptionFixture *fixture, gconstpointer data)
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
  subscription_fixture_add ("/subscription/live", test_live);
  subscription_fixture_add ("/subscription/resume", test_resume);
  subscription_fixture_add ("/subscription/foreign-ids", test_foreign_ids);
  subscription_fixture_add ("/subscription/last-and-since", test_last_and_since);
  subscription_fixture_add ("/subscription/limit", test_limit);
  subscription_fixture_add ("/subscription/full-sink", test_full_sink_reads_on_from_ring);
  subscription_fixture_add ("/subscription/gap", test_gap_is_exact);
  subscription_fixture_add ("/subscription/clear-ring", test_clear_ring);
  subscription_fixture_add ("/subscription/clear-ring-in-short-turns",
                            test_clear_ring_leaves_turns_short);
  subscription_fixture_add ("/subscription/costly-filters-share-turns",
                            test_costly_filters_share_turns);
  subscription_fixture_add ("/subscription/costly-losses-are-unknown",
                            test_costly_losses_are_unknown);
  subscription_fixture_add ("/subscription/costly-spans-are-unknown",
                            test_costly_spans_are_unknown);
  subscription_fixture_add ("/subscription/too-many", test_too_many);
  return g_test_run ();
}
