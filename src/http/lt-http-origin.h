/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtHttpOrigin:
 *
 * Who asks, and from where.
 */
typedef struct
{
  char *peer;             /* (owned): address and port at the other end */
  char *client;           /* (owned): address of who asks in truth */
  guint16 port;           /* of ours that was reached */
  gboolean is_secure;     /* the client came over https */
  gboolean is_own_origin; /* no Origin was sent, or ours */
} LtHttpOrigin;

gboolean lt_http_origin_init (LtHttpOrigin *self, const LtHttpPolicy *policy,
                              const LtHttpHead *head, GInetSocketAddress *local,
                              GInetSocketAddress *remote, GError **error);
void lt_http_origin_clear (LtHttpOrigin *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtHttpOrigin, lt_http_origin_clear)

G_END_DECLS
