/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-request.h"

G_BEGIN_DECLS

/**
 * LtHttpSettings:
 *
 * The `http.*` settings. Strings are copied. Limits of 0 are not allowed.
 */
typedef struct
{
  const char *const *listen;          /* (nullable): such as `127.0.0.1:8425`, `[::1]:0` */
  const char *const *hosts;           /* (nullable): own names, with a port or without */
  const char *const *trusted_proxies; /* (nullable): addresses and CIDR ranges */
  guint32 max_connections;            /* of all kinds */
  guint32 max_streams;                /* of these, stolen ones */
  guint32 max_connections_per_peer;   /* loopback and trusted proxies are not counted */
  guint64 max_body_bytes;             /* of one request, whatever its route allows */
  guint64 max_bodies_bytes;           /* of all requests in flight */
  guint32 head_timeout_ms;            /* from accepting to the end of the head */
  guint32 body_timeout_ms;            /* from there to the end of the body */
  guint32 write_timeout_ms;           /* a response of which the peer takes nothing */
  guint32 linger_ms;                  /* how long a client may take to see the answer's end */
} LtHttpSettings;

#define LT_HTTP_SETTINGS_DEFAULT                                                                   \
  {                                                                                                \
    .max_connections = 1024, .max_streams = 1000, .max_connections_per_peer = 64,                  \
    .max_body_bytes = 8 * 1024 * 1024, .max_bodies_bytes = 64 * 1024 * 1024,                       \
    .head_timeout_ms = 10000, .body_timeout_ms = 15000, .write_timeout_ms = 30000,                 \
    .linger_ms = 1000,                                                                             \
  }

/**
 * LtHttpHandler:
 * @request: (transfer none): the request, to be answered once
 * @user_data: what was given with the routes
 *
 * Serves a route.
 */
typedef void (*LtHttpHandler) (LtHttpRequest *request, gpointer user_data);

/**
 * LtHttpRoute:
 *
 * One row of a route table. A path is exact; a last segment `*` stands for any one segment
 * that is not empty. HEAD goes to GET's route.
 */
typedef struct
{
  const char *method;     /* such as `GET` */
  const char *path;       /* such as `/api/tracing/spans/` with `*` behind it */
  guint permission;       /* what the authorizer shall ask for; 0: open to all */
  guint64 max_body_bytes; /* 0: a request with a body is refused */
  LtHttpHandler handler;
} LtHttpRoute;

/**
 * LtHttpAuthorizer:
 * @request: (transfer none): the request, its body not read yet
 * @route: where it goes; its permission is not 0
 * @user_data: what was given with the authorizer
 * @error: (out): %LT_ERROR_UNAUTHENTICATED, %LT_ERROR_DENIED, %LT_ERROR_TOO_MANY, …
 *
 * Decides, before the body is read, whether a request may go on. It may keep what it found
 * out with lt_http_request_set_identity(), and add headers to the answer.
 *
 * Returns: %TRUE if it may
 */
typedef gboolean (*LtHttpAuthorizer) (LtHttpRequest *request, const LtHttpRoute *route,
                                      gpointer user_data, GError **error);

/**
 * LtHttpCounts:
 *
 * What the server does at present and did since its start.
 */
typedef struct
{
  guint connections;  /* open now, streams among them */
  guint streams;      /* open now, stolen */
  guint64 body_bytes; /* reserved for bodies now */
  guint64 accepted;   /* connections since the start */
  guint64 requests;   /* requests handed to a handler since the start */
  guint64 refused;    /* requests and connections refused before that since the start */
} LtHttpCounts;

/**
 * LtHttpServer:
 *
 * Routes of HTTP requests behind a listener that lets only sound requests through.
 */
#define LT_TYPE_HTTP_SERVER (lt_http_server_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpServer, lt_http_server, LT, HTTP_SERVER, GObject)

LtHttpServer *lt_http_server_new (const LtHttpSettings *settings, GError **error);
gboolean lt_http_server_configure (LtHttpServer *self, const LtHttpSettings *settings,
                                   GError **error);
void lt_http_server_set_authorizer (LtHttpServer *self, LtHttpAuthorizer authorizer,
                                    gpointer user_data);
void lt_http_server_add_routes (LtHttpServer *self, const LtHttpRoute *routes, guint n_routes,
                                gpointer user_data);
gboolean lt_http_server_adopt (LtHttpServer *self, int fd, GError **error);
gboolean lt_http_server_start (LtHttpServer *self, GError **error);
void lt_http_server_stop (LtHttpServer *self);
char **lt_http_server_dup_addresses (LtHttpServer *self);
void lt_http_server_get_counts (LtHttpServer *self, LtHttpCounts *counts);

G_END_DECLS
