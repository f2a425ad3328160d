/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hub-fixture.h"

G_BEGIN_DECLS

/* Checks what has come since the last time, whatever the blocks it came in. */
#define assert_words(sink, expected)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *words_ = NULL;                                                                \
                                                                                                   \
    test_hub_settle ();                                                                            \
    words_ = test_sink_take_joined (sink);                                                         \
    g_assert_cmpstr (words_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

/**
 * SubscriptionFixture:
 *
 * A hub, and a sink for one of its subscriptions.
 */
typedef struct
{
  TestHub hub;
  TestSink *sink;
} SubscriptionFixture;

typedef void (*SubscriptionFixtureFunc) (SubscriptionFixture *fixture, gconstpointer data);

void subscription_fixture_add (const char *path, SubscriptionFixtureFunc func);
void subscription_fixture_finish (LtSubscription *subscription);
void subscription_fixture_submit (SubscriptionFixture *fixture, const char *to, const char *span);
void subscription_fixture_submit_role (SubscriptionFixture *fixture, const char *key,
                                       const char *value, const char *span, const char *role);

G_END_DECLS
