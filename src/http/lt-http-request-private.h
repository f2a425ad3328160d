/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-connection.h"
#include "lt-http-head.h"
#include "lt-http-reply.h"
#include "lt-http-request.h"
#include "lt-http-server.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * LtHttpOrigin:
 *
 * Who asks, and from where, as the connection knows it.
 */
typedef struct
{
  const char *peer;   /* address and port */
  const char *client; /* address */
  guint16 port;       /* of ours that was reached */
  gboolean is_secure;
  gboolean is_own_origin;
} LtHttpOrigin;

LtHttpRequest *lt_http_request_new (LtHttpHead *head, const LtHttpOrigin *origin, GError **error);
const LtHttpHead *lt_http_request_get_head (LtHttpRequest *self);
LtHttpReply *lt_http_request_get_reply (LtHttpRequest *self);
void lt_http_request_set_route (LtHttpRequest *self, const LtHttpRoute *route, gpointer user_data);
void lt_http_request_run (LtHttpRequest *self, LtHttpConnection *connection,
                          SoupServerMessage *message);
void lt_http_request_set_body (LtHttpRequest *self, GBytes *body);
void lt_http_request_cancel (LtHttpRequest *self);
void lt_http_request_detach (LtHttpRequest *self);

G_END_DECLS
