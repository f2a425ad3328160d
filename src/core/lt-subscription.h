/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-filter.h"
#include "lt-framing.h"
#include "lt-hub.h"

G_BEGIN_DECLS

/**
 * LtStart:
 *
 * Where a subscription starts.
 */
typedef enum
{
  LT_START_NOW,
  LT_START_AFTER_ID, /* behind the event that @after names */
  LT_START_SINCE,    /* with the first kept event created at or after @since_us */
  LT_START_LAST,     /* with the @last-th newest match */
} LtStart;

/**
 * LtSubscriptionOptions:
 *
 * What to watch and who watches. Strings are copied.
 */
typedef struct
{
  LtContext context;
  LtStart start;
  const char *after;      /* (nullable): an event id, for %LT_START_AFTER_ID; any text is allowed */
  gint64 since_us;        /* microseconds since the epoch, for %LT_START_SINCE */
  guint64 last;           /* matches, for %LT_START_LAST */
  guint64 limit;          /* matches after which the stream ends, or 0 */
  const char *transport;  /* "http" or "dbus" */
  const char *peer;       /* address and port, or unique bus name */
  const char *identity;   /* (nullable): label of the token or session, or user name */
  const char *user_agent; /* (nullable) */
} LtSubscriptionOptions;

/**
 * LtSubscriptionState:
 *
 * What a subscription does at present.
 */
typedef enum
{
  LT_SUBSCRIPTION_STARTING,  /* looks for its start in the ring */
  LT_SUBSCRIPTION_REPLAYING, /* reads the ring up to the present */
  LT_SUBSCRIPTION_LIVE,
  LT_SUBSCRIPTION_LAGGING, /* its sink is full: waits, then reads the ring */
  LT_SUBSCRIPTION_CLOSED,
} LtSubscriptionState;

const char *lt_subscription_state_to_string (LtSubscriptionState state);

/**
 * LtSink:
 *
 * Where a subscription's blocks go. A sink takes every block it is given; a
 * subscription gives it none while its unsent bytes are at the limit, and asks again when
 * lt_subscription_resume() is called.
 */
#define LT_TYPE_SINK (lt_sink_get_type ())
G_DECLARE_INTERFACE (LtSink, lt_sink, LT, SINK, GObject)

struct _LtSinkInterface
{
  GTypeInterface parent_interface;

  const LtFraming *(*get_framing) (LtSink *self);
  gsize (*get_unsent_bytes) (LtSink *self);
  void (*send) (LtSink *self, GBytes *block);
  void (*end) (LtSink *self); /* send what is left, then close */
};

const LtFraming *lt_sink_get_framing (LtSink *self);
gsize lt_sink_get_unsent_bytes (LtSink *self);
void lt_sink_send (LtSink *self, GBytes *block);
void lt_sink_end (LtSink *self);

#define LT_TYPE_SUBSCRIPTION (lt_subscription_get_type ())
G_DECLARE_FINAL_TYPE (LtSubscription, lt_subscription, LT, SUBSCRIPTION, GObject)

LtSubscription *lt_subscription_new (LtHub *hub, LtFilter *filter,
                                     const LtSubscriptionOptions *options, GError **error);
void lt_subscription_start (LtSubscription *self, LtSink *sink, guint32 ping_ms);
void lt_subscription_resume (LtSubscription *self);
void lt_subscription_end (LtSubscription *self, const char *reason);
void lt_subscription_close (LtSubscription *self);

guint64 lt_subscription_get_number (LtSubscription *self);
LtFilter *lt_subscription_get_filter (LtSubscription *self);
LtContext lt_subscription_get_context (LtSubscription *self);
LtSubscriptionState lt_subscription_get_state (LtSubscription *self);
const char *lt_subscription_get_transport (LtSubscription *self);
const char *lt_subscription_get_peer (LtSubscription *self);
const char *lt_subscription_get_identity (LtSubscription *self);
const char *lt_subscription_get_user_agent (LtSubscription *self);
gint64 lt_subscription_get_connected_at_us (LtSubscription *self);
guint64 lt_subscription_get_matched (LtSubscription *self);
guint64 lt_subscription_get_delivered (LtSubscription *self);
guint64 lt_subscription_get_dropped (LtSubscription *self);
gsize lt_subscription_get_queued_bytes (LtSubscription *self);
guint64 lt_subscription_get_cursor (LtSubscription *self);
void lt_subscription_log_opened (LtSubscription *self, const char *who);
void lt_subscription_log_closed (LtSubscription *self, const char *reason);

G_END_DECLS
