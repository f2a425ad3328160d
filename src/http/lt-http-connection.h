/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-gate.h"
#include "lt-http-request.h"

G_BEGIN_DECLS

/**
 * LtHttpConnection:
 *
 * One client's connection. It reads a request by itself, under deadlines, and refuses what
 * is not sound. What is sound goes on as an I/O stream of which a reader sees the request's
 * head, written anew, and a writer the client.
 */
#define LT_TYPE_HTTP_CONNECTION (lt_http_connection_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpConnection, lt_http_connection, LT, HTTP_CONNECTION, GIOStream)

/**
 * LtHttpConnectionFuncs:
 * @check: decides before the body is read whether @request may go on, and how large its body
 *   may be
 * @ready: takes a whole request (transfer full); the connection has become its I/O stream
 * @over: the connection needs its keeper no more: it is closed, or stolen
 *
 * Whom a connection tells what happens.
 */
typedef struct
{
  gboolean (*check) (LtHttpConnection *connection, LtHttpRequest *request, guint64 *max_body_bytes,
                     gpointer user_data, GError **error);
  void (*ready) (LtHttpConnection *connection, LtHttpRequest *request, gpointer user_data);
  void (*over) (LtHttpConnection *connection, gpointer user_data);
} LtHttpConnectionFuncs;

LtHttpConnection *lt_http_connection_new (LtHttpGate *gate, const LtHttpPass *pass, GSocket *socket,
                                          const LtHttpConnectionFuncs *funcs, gpointer user_data,
                                          GError **error);
void lt_http_connection_start (LtHttpConnection *self);
void lt_http_connection_abort (LtHttpConnection *self);
GSocketAddress *lt_http_connection_get_local_address (LtHttpConnection *self);
GSocketAddress *lt_http_connection_get_remote_address (LtHttpConnection *self);
gboolean lt_http_connection_begin_stream (LtHttpConnection *self);
GSocket *lt_http_connection_steal (LtHttpConnection *self);
gssize lt_http_connection_send (LtHttpConnection *self, const void *data, gsize length,
                                GError **error);

G_END_DECLS
