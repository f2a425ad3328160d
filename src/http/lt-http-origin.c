/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-origin.h"

#include <string.h>

static void
read_address (GInetSocketAddress *socket_address, LtHttpAuthority *authority)
{
  g_autofree char *text
      = g_inet_address_to_string (g_inet_socket_address_get_address (socket_address));

  memset (authority, 0, sizeof *authority);
  g_strlcpy (authority->host, text, sizeof authority->host);
  authority->is_address = lt_address_parse (text, strlen (text), &authority->address);
  authority->has_port = TRUE;
  authority->port = g_inet_socket_address_get_port (socket_address);
}

/**
 * lt_http_origin_init:
 * @self: (out caller-allocates): who asks
 * @policy: the policy in force
 * @head: a request's head
 * @local: our end of its connection
 * @remote: the other end
 * @error: return location
 *
 * Finds out who asks, and whether such a request may come from there.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_MISDIRECTED or %LT_ERROR_FOREIGN_ORIGIN
 */
gboolean
lt_http_origin_init (LtHttpOrigin *self, const LtHttpPolicy *policy, const LtHttpHead *head,
                     GInetSocketAddress *local, GInetSocketAddress *remote, GError **error)
{
  const char *sent = lt_http_head_get (head, "Origin");
  LtHttpAuthority here;
  LtHttpAuthority there;
  LtAddress client;
  g_autofree char *peer = NULL;

  memset (self, 0, sizeof *self);
  read_address (local, &here);
  read_address (remote, &there);

  lt_http_policy_find_client (policy, head, &there.address, &client, &self->is_secure);
  if (!lt_http_policy_check_head (policy, head, &here, self->is_secure, error))
    return FALSE;

  peer = lt_address_to_string (&there.address);
  self->peer = g_strdup_printf (there.address.length == 4 ? "%s:%u" : "[%s]:%u", peer, there.port);
  self->client = lt_address_to_string (&client);
  self->port = here.port;
  self->is_own_origin
      = sent == NULL
        || lt_http_policy_is_own_origin (policy, sent, self->is_secure, &here, &head->authority);
  return TRUE;
}

/**
 * lt_http_origin_clear:
 * @self: who asks
 *
 * Frees what it holds.
 */
void
lt_http_origin_clear (LtHttpOrigin *self)
{
  g_clear_pointer (&self->peer, g_free);
  g_clear_pointer (&self->client, g_free);
}
