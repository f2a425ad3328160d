/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http-client.h"

#include "access/lt-access.h"
#include "core/lt-event-builder.h"
#include "core/lt-hub.h"
#include "http/lt-http-api.h"

G_BEGIN_DECLS

/**
 * ApiFixture:
 *
 * A whole daemon's HTTP side: hub, access, server and interface on a port of its own.
 */
typedef struct
{
  LtCatalogue *catalogue;
  LtHub *hub;
  LtAccess *access;
  GPtrArray *sources;
  LtHttpServer *server;
  LtHttpApi *api;
  LtEventBuilder *builder;
  char *address; /* such as 127.0.0.1:4711 */
  char *port;    /* of @address */
  char *observe; /* a token for each permission */
  char *inject;
  char *manage;
  char *observe_id; /* the id of @observe */
} ApiFixture;

void api_fixture_set_up (ApiFixture *self, gconstpointer data);
void api_fixture_tear_down (ApiFixture *self, gconstpointer data);
guint64 api_submit (ApiFixture *self, const char *type, const char *key, const char *value);

HttpAnswer *api_request (ApiFixture *self, const char *method, const char *target,
                         const char *token, const char *headers, const char *body);
HttpAnswer *api_get (ApiFixture *self, const char *target, const char *token);
GVariant *api_read_json (const HttpAnswer *answer);
void api_assert_body (const HttpAnswer *answer, guint status, const char *body);
void api_assert_contains (const HttpAnswer *answer, guint status, const char *part);

/**
 * ApiStream:
 *
 * A live stream as its client has it.
 */
typedef struct
{
  int fd;
  GString *text; /* (owned): what has come so far, the head included */
  gboolean over; /* the daemon has closed it */
} ApiStream;

ApiStream *api_stream_open (ApiFixture *self, const char *target, const char *token,
                            const char *headers);
void api_stream_close (ApiStream *self);
void api_stream_wait (ApiStream *self, const char *part);
void api_stream_wait_end (ApiStream *self);
void api_wait_for_no_subscriber (ApiFixture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApiStream, api_stream_close)

G_END_DECLS
