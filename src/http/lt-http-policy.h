/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-head.h"
#include "lt-http-server.h"

G_BEGIN_DECLS

/**
 * LtHttpPolicy:
 *
 * The settings, read: whose names are ours, whom we believe, and the limits.
 */
typedef struct
{
  LtHttpSettings limits; /* its strings are %NULL */
  GArray *listen;        /* (owned) (element-type LtHttpAuthority): where to listen */
  GArray *hosts;         /* (owned) (element-type LtHttpAuthority): own names */
  GArray *trusted;       /* (owned) (element-type LtAddressRange): proxies we believe */
  GArray *endpoints;     /* (owned) (element-type LtHttpAuthority): where we do listen */
} LtHttpPolicy;

LtHttpPolicy *lt_http_policy_new (const LtHttpSettings *settings, GError **error);
void lt_http_policy_free (LtHttpPolicy *self);
gboolean lt_http_policy_is_own_host (const LtHttpPolicy *self, const LtHttpAuthority *authority,
                                     const LtHttpAuthority *local);
gboolean lt_http_policy_is_trusted (const LtHttpPolicy *self, const LtAddress *peer);
void lt_http_policy_find_client (const LtHttpPolicy *self, const LtHttpHead *head,
                                 const LtAddress *peer, LtAddress *client, gboolean *secure);
gboolean lt_http_policy_is_own_origin (const LtHttpPolicy *self, const char *origin,
                                       gboolean secure, const LtHttpAuthority *local,
                                       const LtHttpAuthority *asked);
gboolean lt_http_policy_check_head (const LtHttpPolicy *self, const LtHttpHead *head,
                                    const LtHttpAuthority *local, gboolean secure, GError **error);

gboolean lt_http_address_is_loopback (const LtAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtHttpPolicy, lt_http_policy_free)

G_END_DECLS
