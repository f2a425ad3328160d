/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subscription-fixture.h"

static void
set_up (SubscriptionFixture *fixture, gconstpointer data)
{
  test_hub_init (&fixture->hub, NULL);
  fixture->sink = test_sink_new ();
}

static void
tear_down (SubscriptionFixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->sink);
  test_hub_clear (&fixture->hub);
}

void
subscription_fixture_finish (LtSubscription *subscription)
{
  lt_subscription_close (subscription);
  g_assert_cmpint (lt_subscription_get_state (subscription), ==, LT_SUBSCRIPTION_CLOSED);
  g_assert_finalize_object (subscription);
}

void
subscription_fixture_submit (SubscriptionFixture *fixture, const char *to, const char *span)
{
  if (span != NULL)
    test_hub_submit (&fixture->hub, "test.event", NULL, "to", to, "spanId", span, NULL);
  else
    test_hub_submit (&fixture->hub, "test.event", NULL, "to", to, NULL);
}

void
subscription_fixture_submit_role (SubscriptionFixture *fixture, const char *key, const char *value,
                                  const char *span, const char *role)
{
  test_hub_submit (&fixture->hub, "test.event", NULL, key, value, "spanId", span, "role", role,
                   NULL);
}

void
subscription_fixture_add (const char *path, SubscriptionFixtureFunc func)
{
  g_test_add (path, SubscriptionFixture, NULL, set_up, func, tear_down);
}
