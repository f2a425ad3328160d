/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-address.h"

#include "lt-error.h"
#include "lt-text.h"

#include <arpa/inet.h>
#include <string.h>

static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Reads octets joined by dots until the text ends. A dot may end it if @prefix. */
static gboolean
read_octets (const char *text, gsize length, gboolean prefix, guint8 octets[4], guint *n_octets)
{
  const char *end = text + length;

  *n_octets = 0;
  while (text < end)
    {
      guint octet = 0;
      guint n_digits = 0;

      while (text < end && g_ascii_isdigit (*text) && n_digits < 3)
        {
          octet = octet * 10 + (guint) (*text++ - '0');
          n_digits++;
        }
      if (n_digits == 0 || octet > 255 || (n_digits > 1 && text[-(gssize) n_digits] == '0'))
        return FALSE;

      octets[(*n_octets)++] = (guint8) octet;
      if (text == end)
        return *n_octets == 4 && !prefix;
      if (*text++ != '.' || *n_octets == 4)
        return FALSE;
    }

  return prefix && *n_octets > 0;
}

/**
 * lt_address_parse:
 * @text: (array length=length): an address, need not end in NUL
 * @length: bytes of @text
 * @address: (out caller-allocates): the address, undefined on failure
 *
 * Reads an IPv4 address in dotted decimal without leading zeros, or an IPv6 address as
 * RFC 4291 writes it, without zone and without brackets.
 *
 * Returns: %TRUE if @text is such an address
 */
gboolean
lt_address_parse (const char *text, gsize length, LtAddress *address)
{
  char copy[INET6_ADDRSTRLEN];
  guint n_octets;

  memset (address, 0, sizeof *address);
  if (length < 2 || length >= sizeof copy)
    return FALSE;

  if (memchr (text, ':', MIN (length, 5)) == NULL)
    {
      address->length = 4;
      return read_octets (text, length, FALSE, address->bytes, &n_octets);
    }

  memcpy (copy, text, length);
  copy[length] = '\0';
  if (strlen (copy) != length || inet_pton (AF_INET6, copy, address->bytes) != 1)
    return FALSE;

  address->length = 16;
  if (memcmp (address->bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    {
      memmove (address->bytes, address->bytes + sizeof mapped_prefix, 4);
      memset (address->bytes + 4, 0, 12);
      address->length = 4;
    }
  return TRUE;
}

/**
 * lt_address_to_string:
 * @address: an address
 *
 * Returns: (transfer full) (not nullable): its usual text; for IPv6 the shortest, in
 *   lower case (RFC 5952)
 */
char *
lt_address_to_string (const LtAddress *address)
{
  char text[INET6_ADDRSTRLEN] = "";

  inet_ntop (address->length == 4 ? AF_INET : AF_INET6, address->bytes, text, sizeof text);
  return g_strdup (text);
}

/**
 * lt_address_equal:
 * @a: an address
 * @b: another
 *
 * Returns: %TRUE if both are the same address; an IPv4-mapped one equals its IPv4 address
 */
gboolean
lt_address_equal (const LtAddress *a, const LtAddress *b)
{
  return a->length == b->length && memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void
mask_address (LtAddressRange *range)
{
  guint n_whole = range->bits / 8;

  for (guint i = n_whole; i < sizeof range->address.bytes; i++)
    {
      guint8 mask = i == n_whole ? (guint8) ~(0xff >> (range->bits % 8)) : 0;

      range->address.bytes[i] &= mask;
    }
}

static gboolean
read_cidr (const char *text, const char *slash, LtAddressRange *range)
{
  const char *digits = slash + 1;
  gsize n_digits = strlen (digits);
  gboolean mapped = FALSE;
  guint bits = 0;

  if (n_digits < 1 || n_digits > 3 || (n_digits > 1 && digits[0] == '0')
      || !lt_address_parse (text, (gsize) (slash - text), &range->address))
    return FALSE;

  for (gsize i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (digits[i]))
        return FALSE;
      bits = bits * 10 + (guint) (digits[i] - '0');
    }

  mapped = range->address.length == 4 && memchr (text, ':', (gsize) (slash - text)) != NULL;
  if (mapped && bits < 96)
    return FALSE;
  if (mapped)
    bits -= 96;
  if (bits > range->address.length * 8u)
    return FALSE;

  range->bits = (guint8) bits;
  mask_address (range);
  return TRUE;
}

static gboolean
read_ipv6_prefix (const char *text, gsize length, LtAddressRange *range)
{
  char whole[INET6_ADDRSTRLEN + 2];
  guint n_groups = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '.' || (text[i] == ':' && i + 1 < length && text[i + 1] == ':'))
        return FALSE;
      n_groups += text[i] == ':';
    }

  if (n_groups > 7 || length + 2 > sizeof whole)
    return FALSE;

  /* "2001:db8:" is "2001:db8::" with its length known; seven groups need a last one instead. */
  g_snprintf (whole, sizeof whole, "%s%s", text, n_groups == 7 ? "0" : ":");
  memset (&range->address, 0, sizeof range->address);
  if (inet_pton (AF_INET6, whole, range->address.bytes) != 1)
    return FALSE;

  range->address.length = 16;
  range->bits = (guint8) (n_groups * 16);
  return TRUE;
}

static gboolean
read_range (const char *text, LtAddressRange *range)
{
  gsize length = strlen (text);
  const char *slash = strchr (text, '/');
  guint n_octets;

  memset (range, 0, sizeof *range);
  if (slash != NULL)
    return read_cidr (text, slash, range);

  if (lt_address_parse (text, length, &range->address))
    {
      range->bits = (guint8) (range->address.length * 8);
      return TRUE;
    }

  if (length > 1 && text[length - 1] == '.')
    {
      memset (range, 0, sizeof *range);
      range->address.length = 4;
      if (!read_octets (text, length, TRUE, range->address.bytes, &n_octets))
        return FALSE;
      range->bits = (guint8) (n_octets * 8);
      return TRUE;
    }

  return length > 1 && text[length - 1] == ':' && read_ipv6_prefix (text, length, range);
}

/**
 * lt_address_range_parse:
 * @text: a range
 * @range: (out caller-allocates): the range, undefined on failure
 * @error: return location
 *
 * Reads a range of addresses: one address; the beginning of one up to a dot or colon, such
 * as `192.168.` or `2001:db8:`; or CIDR, such as `10.0.0.0/8`, where bits behind the prefix
 * are ignored.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_address_range_parse (const char *text, LtAddressRange *range, GError **error)
{
  g_autofree char *quoted = NULL;

  if (read_range (text, range))
    return TRUE;

  quoted = lt_text_quote (text, -1);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
               "%s is not an address or a range of addresses; write it such as 192.0.2.1, "
               "192.0.2., 192.0.2.0/24, 2001:db8::1 or 2001:db8::/32",
               quoted);
  return FALSE;
}

/**
 * lt_address_range_contains:
 * @range: a range
 * @address: an address
 *
 * Returns: %TRUE if @address is of the range's family and lies in it
 */
gboolean
lt_address_range_contains (const LtAddressRange *range, const LtAddress *address)
{
  guint n_whole = range->bits / 8;
  guint n_rest = range->bits % 8;

  if (range->address.length != address->length
      || memcmp (range->address.bytes, address->bytes, n_whole) != 0)
    return FALSE;

  return n_rest == 0
         || ((range->address.bytes[n_whole] ^ address->bytes[n_whole]) >> (8 - n_rest)) == 0;
}
