/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtAddress:
 *
 * An IPv4 or IPv6 address in network byte order. An IPv4-mapped IPv6 address
 * (::ffff:192.0.2.1, RFC 4291 section 2.5.5.2) is held as the IPv4 address.
 */
typedef struct
{
  guint8 bytes[16]; /* an IPv4 address fills the first four, the rest is zero */
  guint8 length;    /* 4 or 16 */
} LtAddress;

/**
 * LtAddressRange:
 *
 * Addresses that share their first @bits bits.
 */
typedef struct
{
  LtAddress address;
  guint8 bits; /* 0 to 32 or 0 to 128 */
} LtAddressRange;

gboolean lt_address_parse (const char *text, gsize length, LtAddress *address);
char *lt_address_to_string (const LtAddress *address);
gboolean lt_address_equal (const LtAddress *a, const LtAddress *b);
gboolean lt_address_range_parse (const char *text, LtAddressRange *range, GError **error);
gboolean lt_address_range_contains (const LtAddressRange *range, const LtAddress *address);

G_END_DECLS
