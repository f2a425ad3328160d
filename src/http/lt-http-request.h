/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtHttpRequest:
 *
 * One HTTP request, checked already: its head obeys RFC 9112, its Host is ours, its body has
 * been read. Whoever takes it answers it exactly once: lt_http_request_respond(),
 * lt_http_request_respond_error() or lt_http_request_steal(), at once or, holding a
 * reference, later. A request whose last reference goes unanswered is answered with 500.
 *
 * All text it gives is valid UTF-8 and lives as long as the request.
 */
#define LT_TYPE_HTTP_REQUEST (lt_http_request_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpRequest, lt_http_request, LT, HTTP_REQUEST, GObject)

/* What was asked. */
const char *lt_http_request_get_method (LtHttpRequest *self);
gboolean lt_http_request_is_head (LtHttpRequest *self);
const char *lt_http_request_get_path (LtHttpRequest *self);
guint lt_http_request_get_n_segments (LtHttpRequest *self);
const char *lt_http_request_get_segment (LtHttpRequest *self, guint index);
const char *lt_http_request_get_query (LtHttpRequest *self);
const char *lt_http_request_get_header (LtHttpRequest *self, const char *name);
char *lt_http_request_dup_cookie (LtHttpRequest *self, const char *name);
GBytes *lt_http_request_get_body (LtHttpRequest *self);

/* Who asks, and from where. */
const char *lt_http_request_get_peer (LtHttpRequest *self);
const char *lt_http_request_get_client (LtHttpRequest *self);
const char *lt_http_request_get_authority (LtHttpRequest *self);
guint lt_http_request_get_port (LtHttpRequest *self);
gboolean lt_http_request_is_secure (LtHttpRequest *self);
const char *lt_http_request_get_origin (LtHttpRequest *self);
gboolean lt_http_request_is_own_origin (LtHttpRequest *self);
const char *lt_http_request_get_fetch_site (LtHttpRequest *self);
GCancellable *lt_http_request_get_cancellable (LtHttpRequest *self);

/* What the authorizer found out, kept for the handler. */
void lt_http_request_set_identity (LtHttpRequest *self, GObject *identity);
GObject *lt_http_request_get_identity (LtHttpRequest *self);

/* The answer. */
void lt_http_request_add_header (LtHttpRequest *self, const char *name, const char *value);
void lt_http_request_set_cookie (LtHttpRequest *self, const char *name, const char *value,
                                 gint64 max_age_s);
void lt_http_request_respond (LtHttpRequest *self, guint status, const char *content_type,
                              GBytes *body);
void lt_http_request_respond_error (LtHttpRequest *self, const GError *error);
gboolean lt_http_request_is_answered (LtHttpRequest *self);
GBytes *lt_http_request_format_head (LtHttpRequest *self, guint status, const char *content_type);
GIOStream *lt_http_request_steal (LtHttpRequest *self, GSocket **socket, GError **error);

G_END_DECLS
