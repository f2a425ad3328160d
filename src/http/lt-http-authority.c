/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-authority.h"

#include <string.h>

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '.' || c == '_';
}

static gboolean
parse_port (const char *text, gsize length, LtHttpAuthority *authority)
{
  guint port = 0;

  if (length < 1 || length > 5)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      port = port * 10 + (guint) (text[i] - '0');
    }
  if (port > G_MAXUINT16)
    return FALSE;

  authority->has_port = TRUE;
  authority->port = (guint16) port;
  return TRUE;
}

/**
 * lt_http_authority_parse:
 * @text: what to read; need not end in NUL
 * @length: bytes of @text
 * @authority: (out caller-allocates): what was read
 *
 * Reads `HOST` or `HOST:PORT`, where HOST is a name of ASCII letters, digits, `.`, `-`
 * and `_`, an IPv4 address, or an IPv6 address in brackets.
 *
 * Returns: %TRUE if @text has that form
 */
gboolean
lt_http_authority_parse (const char *text, gsize length, LtHttpAuthority *authority)
{
  gsize host_length = 0;
  gsize rest;

  memset (authority, 0, sizeof *authority);

  if (length > 0 && text[0] == '[')
    {
      const char *end = memchr (text, ']', length);

      if (end == NULL || end - text - 1 > LT_HTTP_HOST_MAX_BYTES)
        return FALSE;
      text++;
      host_length = (gsize) (end - text);
      rest = length - host_length - 2;
      if (memchr (text, ':', host_length) == NULL
          || !lt_address_parse (text, host_length, &authority->address))
        return FALSE;
      authority->is_address = TRUE;
      memcpy (authority->host, text, host_length);
      text += host_length + 1;
    }
  else
    {
      while (host_length < length && is_name_char (text[host_length]))
        host_length++;
      if (host_length == 0 || host_length > LT_HTTP_HOST_MAX_BYTES)
        return FALSE;
      authority->is_address = lt_address_parse (text, host_length, &authority->address);
      memcpy (authority->host, text, host_length);
      text += host_length;
      rest = length - host_length;
    }

  for (gsize i = 0; i < host_length; i++)
    authority->host[i] = g_ascii_tolower (authority->host[i]);

  if (rest == 0)
    return TRUE;

  return text[0] == ':' && parse_port (text + 1, rest - 1, authority);
}

/**
 * lt_http_authority_same_host:
 * @a: one
 * @b: the other
 *
 * Returns: %TRUE if both name the same host, whatever their ports; addresses are compared
 *   by value
 */
gboolean
lt_http_authority_same_host (const LtHttpAuthority *a, const LtHttpAuthority *b)
{
  if (a->is_address != b->is_address)
    return FALSE;
  if (a->is_address)
    return lt_address_equal (&a->address, &b->address);

  return strcmp (a->host, b->host) == 0;
}
