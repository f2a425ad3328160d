/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-credentials.h"
#include "lt-http-api.h"
#include "lt-json-writer.h"

#include "core/lt-options.h"
#include "core/lt-query.h"
#include "core/lt-stream.h"

G_BEGIN_DECLS

#define LT_HTTP_JSON   "application/json"
#define LT_HTTP_NDJSON "application/x-ndjson"
#define LT_HTTP_SSE    "text/event-stream"

/* Largest body of a request that controls something, in bytes. */
#define LT_HTTP_MAX_CONTROL_BYTES 65536

/* Largest body of a batch of events, in bytes: `http.body-limit` bounds it further. */
#define LT_HTTP_MAX_BATCH_BYTES (1024 * 1024 * 1024)

struct _LtHttpApi
{
  GObject parent_instance;

  LtHub *hub;           /* (owned) */
  LtAccess *access;     /* (owned) */
  GPtrArray *sources;   /* (owned) (element-type LtSource): the daemon's own list */
  LtHttpServer *server; /* (unowned) (nullable): for its counts; weak */
  GPtrArray *watches;   /* (owned) (element-type LtHttpWatch): open streams */
  char *version;        /* (owned) */
  guint64 *answers;     /* (owned) (rc box): bytes of large answers not sent yet */
  char *page;           /* (owned): the page at `/` */
  char *page_policy;    /* (owned): its Content-Security-Policy */
  LtHttpApiSettings settings;
};

/* One table of routes for each theme; the handlers' user data is the #LtHttpApi. */
void lt_http_api_add_stream_routes (LtHttpApi *self);
void lt_http_api_add_event_routes (LtHttpApi *self);
void lt_http_api_add_catalogue_routes (LtHttpApi *self);
void lt_http_api_add_status_routes (LtHttpApi *self);
void lt_http_api_add_subscriber_routes (LtHttpApi *self);
void lt_http_api_add_level_routes (LtHttpApi *self);
void lt_http_api_add_token_routes (LtHttpApi *self);
void lt_http_api_add_session_routes (LtHttpApi *self);
void lt_http_api_add_ticket_routes (LtHttpApi *self);
void lt_http_api_add_metrics_routes (LtHttpApi *self);
void lt_http_api_add_page_routes (LtHttpApi *self);

void lt_http_api_load_page (LtHttpApi *self);
void lt_http_api_respond_asset (LtHttpRequest *request, gpointer user_data);
void lt_http_watch_free (gpointer watch);
gboolean lt_http_api_is_stream_route (const LtHttpRoute *route);
void lt_http_api_end_streams_of (LtHttpApi *self, const char *origin, const char *reason);

/* What handlers share. */
LtIdentity *lt_http_api_get_identity (LtHttpRequest *request);
char *lt_http_api_dup_peer (LtHttpRequest *request);
LtQuery *lt_http_api_read_query (LtHttpRequest *request, const char *const *allowed);
gboolean lt_http_api_check_no_query (LtHttpRequest *request);
LtOptions *lt_http_api_read_body (LtHttpRequest *request, const LtOptionSpec *specs, guint n_specs);
gboolean lt_http_api_read_time (const LtQuery *query, const char *name, gboolean past,
                                gint64 *unix_us, GError **error);
gboolean lt_http_api_read_count (const LtQuery *query, const char *name, guint64 minimum,
                                 guint64 maximum, guint64 *count, GError **error);
gboolean lt_http_api_read_context (const LtQuery *query, LtContext *context, GError **error);
gboolean lt_http_api_choose_format (LtHttpRequest *request, const LtQuery *query,
                                    const char *const *types, const char *const *names,
                                    guint *chosen, GError **error);
void lt_http_api_respond_json (LtHttpRequest *request, guint status, LtJsonWriter *writer);
void lt_http_api_respond_empty (LtHttpRequest *request, guint status);

G_END_DECLS
