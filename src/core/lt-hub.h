/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-catalogue.h"
#include "lt-event.h"
#include "lt-filter.h"
#include "lt-levels.h"
#include "lt-span.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Priority of what moves events in bulk: whatever controls the daemon goes before it, so that a
 * flood of events does not make it deaf. What waits too long runs all the same, see lt-hub-turn.c.
 */
#define LT_PRIORITY_BULK (G_PRIORITY_DEFAULT + 50)

/* Most events that one query or one span gives, context included; the newest are given. */
#define LT_HUB_MAX_RESULT_EVENTS 10000

/* Bytes lt_hub_format_id() writes at most: 8 hex digits, a dot, 20 digits, a NUL. */
#define LT_EVENT_ID_SIZE 32

/**
 * LtContext:
 *
 * How much flows with an event that matches.
 */
typedef enum
{
  LT_CONTEXT_EVENT, /* nothing */
  LT_CONTEXT_SPAN,  /* the rest of its span, and its earlier events still in the ring */
  LT_CONTEXT_TRACE, /* the same for its whole trace */
} LtContext;

const char *lt_context_to_string (LtContext context);
gboolean lt_context_parse (const char *text, LtContext *context, GError **error);

/**
 * LtHubLimits:
 *
 * What the hub keeps at most.
 */
typedef struct
{
  guint64 ring_bytes;   /* of events in the ring; default 64 MiB, at least 64 KiB */
  guint32 max_spans;    /* spans whose state is kept; default 100,000 */
  guint64 span_bytes;   /* of start events the spans keep outside the ring; default 32 MiB */
  guint64 unsent_bytes; /* of one subscription, before it falls back on the ring; default 1 MiB */
  guint32 backfill_events;    /* earlier events in one block; default 1,000 */
  guint32 backfill_bytes;     /* of earlier events in one block; default 256 KiB */
  guint32 max_subscriptions;  /* default 1,000 */
  guint64 unsent_total_bytes; /* of all subscriptions, blocks that several wait for counted once;
                                 then each is given one block at a time; default 64 MiB */
} LtHubLimits;

#define LT_HUB_LIMITS_DEFAULT                                                                      \
  {                                                                                                \
    64 * 1024 * 1024, 100000, 32 * 1024 * 1024, 1024 * 1024, 1000, 256 * 1024, 1000,               \
        64 * 1024 * 1024                                                                           \
  }

/**
 * LtHubStatistics:
 *
 * Counters since the hub was made, and its present size.
 */
typedef struct
{
  guint64 received;              /* events taken: each got an id */
  guint64 refused;               /* events below their type's level */
  guint64 delivered;             /* events handed to subscriptions, those of closed ones too */
  guint64 dropped;               /* events lost to subscriptions, those of closed ones too */
  guint64 by_level[LT_N_LEVELS]; /* @received by level */
  guint64 ring_events;
  guint64 ring_bytes;
  guint64 ring_limit_bytes;
  guint64 spans;
  guint64 subscriptions;
  guint64 exhausted;    /* pattern matches given up at the step limit */
  gint64 started_at_us; /* microseconds since the epoch */
} LtHubStatistics;

/**
 * LtQueryOptions:
 *
 * What lt_hub_query_async() is asked for.
 */
typedef struct
{
  LtContext context;
  guint32 limit;     /* newest matches returned at most (matches, not context); 1 to 10,000 */
  gint64 since_us;   /* events created at or after, microseconds since the epoch; or G_MININT64 */
  gint64 until_us;   /* events created at or before, microseconds since the epoch; or 0 */
  const char *after; /* (nullable): only events behind this id; foreign ids count as epoch.0 */
} LtQueryOptions;

#define LT_TYPE_HUB (lt_hub_get_type ())
G_DECLARE_FINAL_TYPE (LtHub, lt_hub, LT, HUB, GObject)

typedef struct _LtSubscription LtSubscription;

LtHub *lt_hub_new (LtCatalogue *catalogue, const LtHubLimits *limits);
void lt_hub_set_limits (LtHub *self, const LtHubLimits *limits);
LtCatalogue *lt_hub_get_catalogue (LtHub *self);
LtLevels *lt_hub_get_levels (LtHub *self);
const char *lt_hub_get_epoch (LtHub *self);
guint64 lt_hub_get_last_sequence (LtHub *self);
guint64 lt_hub_get_first_sequence (LtHub *self);
LtEvent *lt_hub_peek_event (LtHub *self, guint64 sequence);
void lt_hub_get_statistics (LtHub *self, LtHubStatistics *statistics);
void lt_hub_get_rates (LtHub *self, guint seconds, double rates[LT_N_LEVELS]);

guint64 lt_hub_submit (LtHub *self, LtEvent *event);
gsize lt_hub_get_turn_bytes (LtHub *self);
void lt_hub_submit_batch_async (LtHub *self, GPtrArray *events, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean lt_hub_submit_batch_finish (LtHub *self, GAsyncResult *result, guint64 *accepted,
                                     guint64 *refused, GError **error);
void lt_hub_clear_ring (LtHub *self);

gsize lt_hub_format_id (LtHub *self, guint64 sequence, char buffer[LT_EVENT_ID_SIZE]);
gboolean lt_hub_parse_id (LtHub *self, const char *id, guint64 *sequence);

void lt_hub_query_async (LtHub *self, LtFilter *filter, const LtQueryOptions *options,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
GPtrArray *lt_hub_query_finish (LtHub *self, GAsyncResult *result, guint64 *last_sequence,
                                guint64 *omitted, GError **error);
GPtrArray *lt_hub_list_span_events (LtHub *self, const char *span_id, LtContext context,
                                    guint64 *omitted, GError **error);

void lt_hub_end_subscriptions (LtHub *self, const char *reason);
GPtrArray *lt_hub_list_subscriptions (LtHub *self);
LtSubscription *lt_hub_find_subscription (LtHub *self, guint64 number);

G_END_DECLS
