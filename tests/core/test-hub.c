/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include "core/lt-error.h"

#include <string.h>

typedef struct
{
  TestHub hub;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  test_hub_init (&fixture->hub, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_hub_clear (&fixture->hub);
}

static void
test_ids (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  char id[LT_EVENT_ID_SIZE];
  guint64 sequence;

  g_assert_cmpuint (strlen (lt_hub_get_epoch (hub)), ==, 8);
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, 0);
  g_assert_cmpuint (lt_hub_format_id (hub, 0, id), ==, 10);
  g_assert_true (lt_hub_parse_id (hub, id, &sequence));
  g_assert_cmpuint (sequence, ==, 0);
  for (guint64 i = 1; i <= 12; i++)
    g_assert_cmpuint (test_hub_submit (&fixture->hub, "test.event", NULL, NULL), ==, i);
  lt_hub_format_id (hub, 12, id);
  g_assert_true (g_str_has_suffix (id, ".12"));
  g_assert_true (lt_hub_parse_id (hub, id, &sequence));
  g_assert_cmpuint (sequence, ==, 12);

  lt_hub_format_id (hub, 13, id);
  g_assert_false (lt_hub_parse_id (hub, id, &sequence));
  lt_hub_format_id (hub, G_MAXUINT64, id);
  g_assert_true (g_str_has_suffix (id, ".18446744073709551615"));
  for (const char *const *tail = (const char *const[]){ "", ".", ".x", ".01", ".1 ", ".-1", ".+1",
                                                        ".99999999999999999999", NULL };
       *tail != NULL; tail++)
    {
      g_autofree char *text = g_strconcat (lt_hub_get_epoch (hub), *tail, NULL);

      g_assert_false (lt_hub_parse_id (hub, text, &sequence));
    }
}

static void
test_levels (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  LtHubStatistics statistics;
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_levels_set (lt_hub_get_levels (hub), "*", LT_LEVEL_INFO, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "a.b", NULL, "level", "debug", NULL), ==, 0);
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "a.b", NULL, "level", "info", NULL), ==, 1);
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "a.b", NULL, "level", "error", NULL), ==, 2);
  g_assert_true (lt_levels_set (lt_hub_get_levels (hub), "a.*", LT_LEVEL_DISABLE, 0, &error));
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "a.b", NULL, "level", "error", NULL), ==, 0);
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "b.b", NULL, "level", "error", NULL), ==, 3);

  lt_hub_get_statistics (hub, &statistics);
  g_assert_cmpuint (statistics.received, ==, 3);
  g_assert_cmpuint (statistics.refused, ==, 2);
  g_assert_cmpuint (statistics.by_level[LT_LEVEL_ERROR], ==, 2);
  g_assert_cmpuint (statistics.by_level[LT_LEVEL_INFO], ==, 1);
  g_assert_cmpuint (statistics.ring_events, ==, 3);
}

static void
test_ring_limit (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  g_autofree char *text = g_strnfill (1000, 'x');
  LtHubStatistics statistics;

  limits.ring_bytes = 100 * 1024;
  lt_hub_set_limits (hub, &limits);
  for (int i = 0; i < 1000; i++)
    {
      test_hub_submit (&fixture->hub, "test.event", text, "spanId", i % 2 ? "a" : "b", NULL);
      lt_hub_get_statistics (hub, &statistics);
      g_assert_cmpuint (statistics.ring_bytes, <=, 100 * 1024);
    }
  g_assert_cmpuint (statistics.ring_events, >, 50);
  g_assert_cmpuint (lt_hub_get_first_sequence (hub), ==, 1001 - statistics.ring_events);
  g_assert_null (lt_hub_peek_event (hub, 1));
  g_assert_cmpuint (lt_hub_peek_event (hub, 1000)->sequence, ==, 1000);

  lt_hub_clear_ring (hub);
  lt_hub_get_statistics (hub, &statistics);
  g_assert_cmpuint (statistics.ring_events, ==, 0);
  g_assert_cmpuint (statistics.ring_bytes, ==, 0);
  g_assert_cmpuint (statistics.spans, ==, 0);
  g_assert_cmpuint (test_hub_submit (&fixture->hub, "test.event", NULL, NULL), ==, 1001);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static char *
query (Fixture *fixture, const char *filter, LtQueryOptions options)
{
  g_autoptr (LtFilter) compiled = test_hub_filter (&fixture->hub, filter);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  GString *words = g_string_new (NULL);
  guint64 last = 0;
  guint64 omitted = 0;

  if (options.since_us == 0)
    options.since_us = G_MININT64;
  lt_hub_query_async (fixture->hub.hub, compiled, &options, NULL, on_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  events = lt_hub_query_finish (fixture->hub.hub, result, &last, &omitted, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    g_string_append_printf (words, "%" G_GUINT64_FORMAT " ",
                            ((LtEvent *) g_ptr_array_index (events, i))->sequence);
  g_string_append_printf (words, "@%" G_GUINT64_FORMAT, last);
  g_assert_cmpuint (omitted, ==, 0);
  test_hub_settle ();

  return g_string_free (words, FALSE);
}

#define assert_query(filter, expected, ...)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *words_ = query (fixture, filter, (LtQueryOptions){ __VA_ARGS__ });            \
                                                                                                   \
    g_assert_cmpstr (words_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

static void
test_query (Fixture *fixture, gconstpointer data)
{
  TestHub *hub = &fixture->hub;
  char id[LT_EVENT_ID_SIZE];

  assert_query ("", "@0", .limit = 10);
  test_hub_submit (hub, "a.a", NULL, "to", "jane", "spanId", "s", NULL); /* 1 */
  test_hub_submit (hub, "a.a", NULL, "to", "john", "spanId", "s", NULL); /* 2 */
  test_hub_submit (hub, "a.a", NULL, "to", "john", NULL);                /* 3 */
  test_hub_submit (hub, "a.a", NULL, "to", "jane", "spanId", "t", "parentSpanId", "s",
                   NULL);                                                /* 4 */
  test_hub_submit (hub, "a.a", NULL, "to", "john", "spanId", "t", NULL); /* 5 */

  assert_query ("", "1 2 3 4 5 @5", .limit = 10);
  assert_query ("", "4 5 @5", .limit = 2);
  assert_query ("to:=jane", "1 4 @5", .limit = 10, .context = LT_CONTEXT_EVENT);
  assert_query ("to:=jane", "4 5 @5", .limit = 1, .context = LT_CONTEXT_SPAN);
  assert_query ("to:=jane", "1 2 4 5 @5", .limit = 1, .context = LT_CONTEXT_TRACE);
  assert_query ("to:=jane", "1 2 4 5 @5", .limit = 10, .context = LT_CONTEXT_SPAN);
  assert_query ("to:=nobody", "@5", .limit = 10);
  lt_hub_format_id (hub->hub, 3, id);
  assert_query ("to:=jane", "4 @5", .limit = 10, .after = id);
  assert_query ("to:=jane", "1 4 @5", .limit = 10, .after = "garbage");
  assert_query ("", "@5", .limit = 10, .since_us = g_get_real_time () + G_USEC_PER_SEC);
}

static void
test_query_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtFilter) filter = test_hub_filter (&fixture->hub, "");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LtQueryOptions options = { .limit = 10, .since_us = G_MININT64 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lt_hub_query_async (fixture->hub.hub, filter, &options, cancellable, on_ready, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (lt_hub_query_finish (fixture->hub.hub, result, NULL, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_CANCELLED);
  g_clear_object (&result);
  test_hub_settle ();
}

static void
test_span_events (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  g_autoptr (GPtrArray) span = NULL;
  g_autoptr (GPtrArray) trace = NULL;
  g_autoptr (GError) error = NULL;
  guint64 omitted;

  test_hub_submit (&fixture->hub, "a.a", NULL, "spanId", "s", NULL);
  test_hub_submit (&fixture->hub, "a.a", NULL, "spanId", "t", "parentSpanId", "s", NULL);
  test_hub_submit (&fixture->hub, "a.a", NULL, "spanId", "t", NULL);
  span = lt_hub_list_span_events (hub, "t", LT_CONTEXT_SPAN, &omitted, &error);
  g_assert_cmpuint (span->len, ==, 2);
  trace = lt_hub_list_span_events (hub, "t", LT_CONTEXT_TRACE, &omitted, &error);
  g_assert_cmpuint (trace->len, ==, 3);
  g_assert_cmpuint (((LtEvent *) trace->pdata[0])->sequence, ==, 1);
  g_assert_cmpuint (omitted, ==, 0);
  g_assert_null (lt_hub_list_span_events (hub, "u", LT_CONTEXT_SPAN, &omitted, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
}

static void
test_batch (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (TestSink) sink = test_sink_new ();
  g_autoptr (GAsyncResult) result = NULL;
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  LtSubscription *subscription = test_subscribe (&fixture->hub, sink, "", &options);
  g_autoptr (GError) error = NULL;
  guint64 accepted;
  guint64 refused;
  guint turns = 0;

  lt_levels_set (lt_hub_get_levels (hub), "*", LT_LEVEL_INFO, 0, NULL);
  for (int i = 0; i < 2000; i++)
    g_ptr_array_add (events, test_hub_build (&fixture->hub, "a.a", text, "level",
                                             i % 4 ? "info" : "trace", NULL));
  lt_hub_submit_batch_async (hub, events, NULL, on_ready, &result);
  /* Two megabytes are more than one turn takes. */
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), <, 300);
  for (; result == NULL; turns++)
    {
      g_main_context_iteration (NULL, TRUE);
      /* Each slice is handed out before the next comes. */
      g_assert_cmpuint (lt_hub_get_last_sequence (hub) - lt_subscription_get_cursor (subscription),
                        <, 600);
    }
  g_assert_cmpuint (turns, >=, 7);
  g_assert_true (lt_hub_submit_batch_finish (hub, result, &accepted, &refused, &error));
  g_assert_cmpuint (accepted, ==, 1500);
  g_assert_cmpuint (refused, ==, 500);
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, 1500);
  g_clear_object (&result);
  test_hub_settle ();
  lt_subscription_close (subscription);
  g_assert_finalize_object (subscription);
}

static void
count (LtHub *hub, LtSubscription *subscription, guint *counter)
{
  (*counter)++;
}

static void
test_subscriptions (Fixture *fixture, gconstpointer data)
{
  LtHub *hub = fixture->hub.hub;
  LtSubscriptionOptions options = { .context = LT_CONTEXT_EVENT };
  g_autoptr (TestSink) sink = test_sink_new ();
  g_autoptr (GPtrArray) list = NULL;
  LtSubscription *first;
  LtSubscription *second;
  LtHubStatistics statistics;
  guint added = 0;
  guint removed = 0;

  g_signal_connect (hub, "subscription-added", G_CALLBACK (count), &added);
  g_signal_connect (hub, "subscription-removed", G_CALLBACK (count), &removed);
  first = test_subscribe (&fixture->hub, sink, "", &options);
  second = test_subscribe (&fixture->hub, sink, "to:jane", &options);
  g_assert_cmpuint (added, ==, 2);
  list = lt_hub_list_subscriptions (hub);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (list->pdata[0] == first);
  g_assert_true (lt_hub_find_subscription (hub, lt_subscription_get_number (second)) == second);
  g_assert_null (lt_hub_find_subscription (hub, 99));
  g_clear_pointer (&list, g_ptr_array_unref);

  test_hub_submit (&fixture->hub, "a.a", NULL, "to", "jane", NULL);
  test_hub_submit (&fixture->hub, "a.a", NULL, "to", "john", NULL);
  test_hub_settle ();
  lt_hub_get_statistics (hub, &statistics);
  g_assert_cmpuint (statistics.delivered, ==, 3);
  g_assert_cmpuint (statistics.subscriptions, ==, 2);

  lt_hub_end_subscriptions (hub, "shutdown");
  g_assert_cmpuint (removed, ==, 2);
  lt_hub_get_statistics (hub, &statistics);
  g_assert_cmpuint (statistics.delivered, ==, 3);
  g_assert_cmpuint (statistics.subscriptions, ==, 0);
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
}

/* Between events the hub asks for no turn of its own. */
static void
test_sleeps (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .context = LT_CONTEXT_SPAN };
  g_autoptr (TestSink) sink = test_sink_new ();
  LtSubscription *subscription = test_subscribe (&fixture->hub, sink, "to:jane", &options);
  GPollFD fds[8];
  int timeout_ms = 0;
  int priority;

  test_hub_submit (&fixture->hub, "a.a", NULL, "to", "jane", "spanId", "s", NULL);
  test_hub_settle ();
  g_assert_true (g_main_context_acquire (NULL));
  g_assert_false (g_main_context_prepare (NULL, &priority));
  g_main_context_query (g_main_context_default (), priority, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (NULL);
  g_assert_cmpint (timeout_ms, ==, -1);
  lt_subscription_close (subscription);
  g_assert_finalize_object (subscription);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/hub/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("ids", test_ids);
  ADD ("levels", test_levels);
  ADD ("ring-limit", test_ring_limit);
  ADD ("query", test_query);
  ADD ("query-cancelled", test_query_cancelled);
  ADD ("span-events", test_span_events);
  ADD ("batch", test_batch);
  ADD ("subscriptions", test_subscriptions);
  ADD ("sleeps", test_sleeps);
#undef ADD
  return g_test_run ();
}
