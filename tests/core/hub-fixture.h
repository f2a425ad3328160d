/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-event-builder.h"
#include "core/lt-hub.h"
#include "core/lt-subscription.h"

G_BEGIN_DECLS

/**
 * TestHub:
 *
 * A hub with all it needs, and a builder of events for it.
 */
typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtEventBuilder *builder; /* (owned) */
  LtHub *hub;              /* (owned) */
} TestHub;

void test_hub_init (TestHub *self, const LtHubLimits *limits);
void test_hub_clear (TestHub *self);
LtEvent *test_hub_build (TestHub *self, const char *type, const char *text,
                         ...) G_GNUC_NULL_TERMINATED;
guint64 test_hub_submit (TestHub *self, const char *type, const char *text,
                         ...) G_GNUC_NULL_TERMINATED;
LtFilter *test_hub_filter (TestHub *self, const char *text);
void test_hub_settle (void);

/**
 * TestSink:
 *
 * A sink that writes what it gets as one line of words:
 *
 *     hello@3  [5b 7 8]@9  gap(4,1,6)@5  live@9  ping@9  bye(limit)@9
 *
 * Numbers are sequences; `b` marks backfill; `@` gives the block's cursor.
 */
#define TEST_TYPE_SINK (test_sink_get_type ())
G_DECLARE_FINAL_TYPE (TestSink, test_sink, TEST, SINK, GObject)

TestSink *test_sink_new (void);
void test_sink_set_stuck (TestSink *self, gboolean stuck);
void test_sink_drain (TestSink *self, LtSubscription *subscription);
char *test_sink_take (TestSink *self);
char *test_sink_take_joined (TestSink *self);
gboolean test_sink_has_ended (TestSink *self);

LtSubscription *test_subscribe (TestHub *hub, TestSink *sink, const char *filter,
                                LtSubscriptionOptions *options);

G_END_DECLS
