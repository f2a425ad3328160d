/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-event.h"

G_BEGIN_DECLS

/**
 * LtControlKind:
 *
 * What a stream says besides events; see the stream's table in docs/http-api.md.
 */
typedef enum
{
  LT_CONTROL_HELLO,
  LT_CONTROL_LIVE,
  LT_CONTROL_GAP,
  LT_CONTROL_PING,
  LT_CONTROL_BYE,
} LtControlKind;

/**
 * LtControl:
 *
 * One control block. Which members count depends on @kind.
 */
typedef struct
{
  LtControlKind kind;
  const char *epoch;      /* hello */
  guint64 subscriber;     /* hello */
  const char *filter;     /* hello: canonical text */
  const char *context;    /* hello: "event", "span" or "trace" */
  guint32 ping_ms;        /* hello, ping */
  guint32 retry_ms;       /* hello: how long a client waits before it reconnects */
  gboolean dropped_known; /* gap */
  guint64 dropped;        /* gap */
  const char *after;      /* gap: id of the last event before it */
  const char *before;     /* (nullable): gap: id of the first event after it */
  const char *reason;     /* bye */
} LtControl;

/**
 * LtFraming:
 *
 * How events and control blocks become bytes on a stream. Both functions append to @out.
 * @id is the cursor the block carries, or %NULL for none.
 *
 * append_events() gets at least one event, oldest first; bit i of @backfill (one byte an
 * event, nullable) marks event i as backfill.
 */
typedef struct
{
  const char *name; /* "sse" or "ndjson" */
  void (*append_events) (GString *out, LtEvent *const *events, const guint8 *backfill,
                         guint n_events, const char *epoch, const char *id);
  void (*append_control) (GString *out, const LtControl *control, const char *id);
} LtFraming;

G_END_DECLS
