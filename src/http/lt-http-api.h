/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-server.h"

#include "access/lt-access.h"
#include "core/lt-event-builder.h"
#include "core/lt-hub.h"

G_BEGIN_DECLS

/**
 * LtHttpApiSettings:
 *
 * What the HTTP interface may be told.
 */
typedef struct
{
  guint32 ping_ms;  /* of a stream without other data; default 15,000 */
  guint32 stall_ms; /* a stream of which the peer takes nothing; default 30,000 */
  LtEventLimits event_limits;
  guint32 max_batch_events; /* default 10,000 */
} LtHttpApiSettings;

#define LT_HTTP_API_SETTINGS_DEFAULT                                                               \
  {                                                                                                \
    .ping_ms = 15000, .stall_ms = 30000, .event_limits = LT_EVENT_LIMITS_DEFAULT,                  \
    .max_batch_events = 10000,                                                                     \
  }

/**
 * LtHttpApi:
 *
 * The routes of docs/http-api.md, between the hub and an #LtHttpServer.
 */
#define LT_TYPE_HTTP_API (lt_http_api_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpApi, lt_http_api, LT, HTTP_API, GObject)

LtHttpApi *lt_http_api_new (LtHub *hub, LtAccess *access, GPtrArray *sources, const char *version);
void lt_http_api_configure (LtHttpApi *self, const LtHttpApiSettings *settings);
void lt_http_api_serve (LtHttpApi *self, LtHttpServer *server);
void lt_http_api_end_streams (LtHttpApi *self, const char *reason);

G_END_DECLS
