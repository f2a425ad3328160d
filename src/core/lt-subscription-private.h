/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-feed.h"
#include "lt-subscription.h"

G_BEGIN_DECLS

/**
 * LtStartPhase:
 *
 * What a starting subscription looks for in the ring.
 */
typedef enum
{
  LT_START_PHASE_DONE,
  LT_START_PHASE_SINCE, /* forwards: the first event that is new enough */
  LT_START_PHASE_LAST,  /* backwards: the match to start with */
  LT_START_PHASE_PRIME, /* forwards, silently: which spans matched before the cursor */
} LtStartPhase;

struct _LtSubscription
{
  GObject parent_instance;

  LtHub *hub;                            /* (owned) */
  LtFeed *feed;                          /* (owned) */
  LtSink *sink;                          /* (owned) (nullable): from the start to the close */
  const LtSinkInterface *sink_interface; /* (unowned): static; looked up once */
  const LtFraming *framing;              /* (unowned): static; how @sink wants blocks */
  guint64 start;                         /* the first sequence whose matches count, see LtFeed */
  guint64 matched;
  guint64 delivered;
  guint64 dropped;
  LtFilter *filter;  /* (owned) */
  LtContext context; /* as asked for */
  LtSubscriptionState state;
  char *transport;  /* (owned) */
  char *peer;       /* (owned) */
  char *identity;   /* (owned) (nullable) */
  char *user_agent; /* (owned) (nullable) */
  gint64 connected_at_us;
  guint64 number;
  guint64 cursor; /* sequence of the last event considered, unless live */
  guint64 limit;  /* matches after which it ends, or 0 */
  guint32 ping_ms;

  LtStart start_kind;
  LtStartPhase phase;
  char *after; /* (owned) (nullable): the id asked for */
  gint64 since_us;
  guint64 last; /* matches still to find */
  guint64 scan; /* the next sequence to look at in this phase */

  char *gap_after; /* (owned) (nullable): set while a gap is to be told */
  guint64 gap_dropped;
  gboolean gap_unknown; /* whether nobody can know how many were lost */
  gboolean replaying;   /* whether `live` is to be said once it has caught up */
  gboolean started;
  gboolean listed;      /* whether the hub counts it */
  gboolean waiting;     /* whether it waits for its sink */
  gboolean in_reach;    /* whether it is among the hub's readers */
  gboolean is_follower; /* whether it is among the hub's followers */
  gboolean has_start;   /* whether its feed knows its start */
  gboolean is_runnable; /* whether it is in one of the hub's queues */
  gboolean is_slow;     /* in which of them */

  GSequenceIter *ahead; /* (unowned) (nullable): its place among those the ring has not reached */
  guint64 reach;        /* what that place is by, see lt_subscription_get_reach() */
  gboolean is_losing;   /* whether its feed matches for it what leaves the ring */
  gboolean is_behind;   /* whether what leaves the ring is lost to it */
  guint64 uncounted;    /* what the hub had not counted when that began */
  LtLossMark mark;      /* what its feed had counted when it fell behind */
};

const LtFraming *lt_subscription_get_framing (LtSubscription *self);
void lt_subscription_take_blocks (LtSubscription *self, GArray *blocks, guint64 end,
                                  gboolean is_whole);
void lt_subscription_miss_turn (LtSubscription *self);
void lt_subscription_leave_live (LtSubscription *self, guint64 cursor);
gboolean lt_subscription_knows_start (LtSubscription *self);
guint64 lt_subscription_get_reach (LtSubscription *self);
void lt_subscription_fall_behind (LtSubscription *self, guint64 sequence);
void lt_subscription_catch_up (LtSubscription *self);
void lt_subscription_stop_losing (LtSubscription *self);
void lt_subscription_note_lost (LtSubscription *self, guint64 lost);
gboolean lt_subscription_read (LtSubscription *self, gint64 deadline_us);

gboolean lt_subscription_find_start (LtSubscription *self, gint64 deadline_us);
void lt_subscription_begin_start (LtSubscription *self);
gboolean lt_subscription_has_room (LtSubscription *self);
void lt_subscription_read_block (LtSubscription *self, gint64 deadline_us);
gboolean lt_subscription_send_block (LtSubscription *self, const LtBlock *block);
void lt_subscription_send_control (LtSubscription *self, const LtControl *control,
                                   gboolean with_cursor);
gboolean lt_subscription_send_ping (LtSubscription *self);

G_END_DECLS
