/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-gate.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many connections may wait to be accepted. */
#define LT_HTTP_BACKLOG 4096

/**
 * LtHttpAccepted:
 * @socket: (transfer none): the connection's socket, non-blocking
 * @pass: what it counts for, to be counted out by whoever takes it
 * @user_data: what was given with the function
 *
 * Takes an accepted connection.
 */
typedef void (*LtHttpAccepted) (GSocket *socket, const LtHttpPass *pass, gpointer user_data);

/**
 * LtHttpListener:
 *
 * The listening sockets. It accepts in turns, lets in whom the gate lets in, answers the
 * others 503, and goes on when descriptors run out.
 */
#define LT_TYPE_HTTP_LISTENER (lt_http_listener_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpListener, lt_http_listener, LT, HTTP_LISTENER, GObject)

LtHttpListener *lt_http_listener_new (LtHttpGate *gate, LtHttpAccepted accepted,
                                      gpointer user_data);
gboolean lt_http_listener_adopt (LtHttpListener *self, int fd, GError **error);
gboolean lt_http_listener_listen (LtHttpListener *self, GError **error);
void lt_http_listener_start (LtHttpListener *self);
void lt_http_listener_stop (LtHttpListener *self);
char **lt_http_listener_dup_addresses (LtHttpListener *self);

G_END_DECLS
