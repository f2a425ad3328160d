/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-connection.h"
#include "lt-http-head.h"
#include "lt-http-origin.h"
#include "lt-http-reply.h"
#include "lt-http-request.h"
#include "lt-http-server.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

struct _LtHttpRequest
{
  GObject parent_instance;

  LtHttpHead *head;             /* (owned) */
  char **segments;              /* (owned): of the path, each percent-decoded once */
  GBytes *body;                 /* (owned) */
  LtHttpOrigin origin;          /* (owned): who asks */
  GCancellable *cancellable;    /* (owned): cancelled when the client goes away */
  GObject *identity;            /* (owned) (nullable): the authorizer's */
  LtHttpReply *reply;           /* (owned) */
  const LtHttpRoute *route;     /* (nullable): where it goes */
  gpointer route_data;          /* of the route's owner */
  LtHttpConnection *connection; /* (owned) (nullable): until it is answered */
  SoupServerMessage *message;   /* (owned) (nullable): until it is answered */
  gboolean is_answered;
  gboolean is_paused; /* @message waits for the answer */
};

LtHttpRequest *lt_http_request_new (LtHttpHead *head, LtHttpOrigin *origin, GError **error);
const LtHttpHead *lt_http_request_get_head (LtHttpRequest *self);
LtHttpReply *lt_http_request_get_reply (LtHttpRequest *self);
void lt_http_request_set_route (LtHttpRequest *self, const LtHttpRoute *route, gpointer user_data);
void lt_http_request_run (LtHttpRequest *self, LtHttpConnection *connection,
                          SoupServerMessage *message);
void lt_http_request_set_body (LtHttpRequest *self, GBytes *body);
void lt_http_request_cancel (LtHttpRequest *self);
void lt_http_request_detach (LtHttpRequest *self);

G_END_DECLS
