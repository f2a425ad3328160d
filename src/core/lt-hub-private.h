/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-block-cache.h"
#include "lt-block-pool.h"
#include "lt-feed.h"
#include "lt-hub.h"
#include "lt-matcher.h"
#include "lt-rates.h"
#include "lt-ring.h"
#include "lt-span-table.h"
#include "lt-stream-poller.h"
#include "lt-subscription.h"

G_BEGIN_DECLS

/* What reading the ring for subscriptions and queries may take of one turn. */
#define LT_HUB_SLICE_US 2000

/* What taking events out of the ring may take of one turn where many go at once. */
#define LT_HUB_SHED_US 5000

/* What gathering the spans of a turn's matches may take of it. */
#define LT_HUB_FLUSH_US 4000

/* What matching a turn's events for live subscriptions may cost, and what matching those that leave
 * the ring may cost in one turn; in steps of regular expressions, see lt_filter_match(). It is not
 * time, so that what a subscription gets does not depend on how busy the machine is. A million is
 * 15 ms or so. */
#define LT_HUB_LIVE_WORK   1000000
#define LT_HUB_LOSING_WORK 1000000

/* After how much of it who reads the ring looks at the clock. */
#define LT_HUB_LOOK_WORK 10000
/* What handing a turn's blocks to all live subscriptions may take of it. */
#define LT_HUB_FAN_OUT_US 20000

struct _LtHub
{
  GObject parent_instance;

  LtCatalogue *catalogue; /* (owned) */
  LtLevels *levels;       /* (owned) */
  LtHubLimits limits;
  LtRing ring;
  LtSpanTable *spans;        /* (owned) */
  LtMatcher *matcher;        /* (owned): the filters of feeds with live subscriptions */
  LtMatcher *losing;         /* (owned): those of feeds that match what leaves the ring */
  LtMatchContext *match;     /* (owned): for matching one event with one filter */
  LtStreamPoller *poller;    /* (owned) (nullable): made for the first stream */
  LtBlockPool *pool;         /* (owned): the blocks that live */
  LtBlockCache block_cache;  /* those last made for readers */
  GHashTable *feeds;         /* (owned): LtFeed.name → LtFeed, unowned */
  GHashTable *feed_serials;  /* (owned): LtFeed.serial by pointer → LtFeed, unowned */
  GHashTable *subscriptions; /* (owned): number by pointer → LtSubscription, owned once started */
  GSequence *ahead;     /* (owned): LtSubscription, unowned: those that read the ring by themselves
                           and have not been reached by its end when last looked at, by reach */
  GPtrArray *followers; /* (owned) (element-type LtSubscription), unowned: those that have caught
                           up, but read each turn's events by themselves */
  GQueue runnable;      /* (element-type LtSubscription), unowned: readers with work to do */
  GQueue slow;          /* (element-type LtSubscription), unowned: the same, but slow */
  GPtrArray *dirty_feeds;    /* (owned) (element-type LtFeed), unowned: with items of this turn */
  GSource *source;           /* (owned): dispatches what has come, lets readers read */
  char *epoch;               /* (owned): 8 lower-case hex digits */
  guint64 considered;        /* sequence of the newest event handed to live subscriptions */
  gint64 losing_work;        /* what matching events that leave the ring may still cost this turn */
  guint64 n_uncounted;       /* events that left the ring without all of it */
  guint64 cleared;           /* sequence of the last event that is to leave the ring, or 0 */
  guint64 last_feed;         /* serial */
  guint64 last_subscription; /* number */
  guint n_subscriptions;     /* made and not closed */
  guint n_readers;           /* subscriptions that read the ring by themselves */
  guint n_span_feeds;        /* feeds whose context is not the event alone */
  gint64 next_expiry_us;     /* monotonic time, or -1: when a span's state may go */
  GSource *overdue;          /* (owned): runs what has waited too long behind control */
  gsize turn_bytes;          /* what a source may take in a turn, so that fan-out keeps its time */
  gint64 flush_deadline_us;  /* monotonic: until when a dispatch gathers spans for its blocks */
  gint64 fan_out_deadline_us; /* monotonic: until when it hands blocks to live subscriptions */
  gboolean dispatching;
  LtRates rates;
  LtHubStatistics totals; /* of what is over: closed subscriptions, freed feeds */
};

const LtHubLimits *lt_hub_get_limits (LtHub *self);
void lt_hub_dispatch (LtHub *self);
gboolean lt_hub_match (LtHub *self, LtFilter *filter, LtEvent *event);
gboolean lt_hub_admit_subscription (LtHub *self, guint64 *number, GError **error);
void lt_hub_start_subscription (LtHub *self, LtSubscription *subscription);
void lt_hub_remove_subscription (LtHub *self, LtSubscription *subscription, gboolean started);
void lt_hub_add_reader (LtHub *self, LtSubscription *subscription);
void lt_hub_remove_reader (LtHub *self, LtSubscription *subscription);
void lt_hub_add_follower (LtHub *self, LtSubscription *subscription);
void lt_hub_expect_reader (LtHub *self, LtSubscription *subscription);
void lt_hub_run_reader (LtHub *self, LtSubscription *subscription);
LtStreamPoller *lt_hub_get_poller (LtHub *self);
gboolean lt_hub_has_too_much (LtHub *self);
void lt_hub_shed (LtHub *self);
void lt_hub_make_room (LtHub *self, gsize size);

G_END_DECLS
