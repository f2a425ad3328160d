/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-address.h"

G_BEGIN_DECLS

/* Longest host name, in bytes (RFC 1035 section 2.3.4). */
#define LT_HTTP_HOST_MAX_BYTES 253

/**
 * LtHttpAuthority:
 *
 * A host and its port, as in `Host: [::1]:8425`.
 */
typedef struct
{
  char host[LT_HTTP_HOST_MAX_BYTES + 1]; /* lower case, without brackets */
  gboolean is_address;                   /* @host is an address, and @address holds it */
  LtAddress address;
  gboolean has_port;
  guint16 port;
} LtHttpAuthority;

gboolean lt_http_authority_parse (const char *text, gsize length, LtHttpAuthority *authority);
gboolean lt_http_authority_same_host (const LtHttpAuthority *a, const LtHttpAuthority *b);

G_END_DECLS
