/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-policy.h"

#include "core/lt-error.h"

#include <string.h>

static gboolean
read_listen (LtHttpPolicy *self, const char *const *texts, GError **error)
{
  for (; texts != NULL && *texts != NULL; texts++)
    {
      LtHttpAuthority authority;

      if (!lt_http_authority_parse (*texts, strlen (*texts), &authority) || !authority.is_address
          || !authority.has_port)
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "\"%s\" in http.listen is not an address and port; write it like "
                       "127.0.0.1:8425 or [::1]:8425",
                       *texts);
          return FALSE;
        }
      g_array_append_val (self->listen, authority);
    }

  return TRUE;
}

static gboolean
read_hosts (LtHttpPolicy *self, const char *const *texts, GError **error)
{
  for (; texts != NULL && *texts != NULL; texts++)
    {
      LtHttpAuthority authority;

      if (!lt_http_authority_parse (*texts, strlen (*texts), &authority))
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "\"%s\" in http.hosts is not a host name; write it like "
                       "trace.example.net or trace.example.net:8443",
                       *texts);
          return FALSE;
        }
      g_array_append_val (self->hosts, authority);
    }

  return TRUE;
}

static gboolean
read_trusted (LtHttpPolicy *self, const char *const *texts, GError **error)
{
  for (; texts != NULL && *texts != NULL; texts++)
    {
      LtAddressRange range;
      g_autoptr (GError) local_error = NULL;

      if (!lt_address_range_parse (*texts, &range, &local_error))
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                       "\"%s\" in http.trusted-proxies: %s", *texts, local_error->message);
          return FALSE;
        }
      g_array_append_val (self->trusted, range);
    }

  return TRUE;
}

static gboolean
check_limits (const LtHttpSettings *limits, GError **error)
{
  if (limits->max_connections == 0 || limits->max_streams == 0
      || limits->max_connections_per_peer == 0 || limits->max_body_bytes == 0
      || limits->max_bodies_bytes == 0 || limits->head_timeout_ms == 0
      || limits->body_timeout_ms == 0 || limits->write_timeout_ms == 0 || limits->linger_ms == 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG,
                   "a limit or time of http.* is 0; give it at least 1");
      return FALSE;
    }

  return TRUE;
}

/**
 * lt_http_policy_new:
 * @settings: the settings
 * @error: return location
 *
 * Reads and checks the settings.
 *
 * Returns: (transfer full): a policy, or %NULL with %LT_ERROR_INVALID_CONFIG
 */
LtHttpPolicy *
lt_http_policy_new (const LtHttpSettings *settings, GError **error)
{
  g_autoptr (LtHttpPolicy) self = g_new0 (LtHttpPolicy, 1);

  self->limits = *settings;
  self->limits.listen = NULL;
  self->limits.hosts = NULL;
  self->limits.trusted_proxies = NULL;
  self->listen = g_array_new (FALSE, FALSE, sizeof (LtHttpAuthority));
  self->hosts = g_array_new (FALSE, FALSE, sizeof (LtHttpAuthority));
  self->trusted = g_array_new (FALSE, FALSE, sizeof (LtAddressRange));
  self->endpoints = g_array_new (FALSE, FALSE, sizeof (LtHttpAuthority));

  if (!check_limits (settings, error) || !read_listen (self, settings->listen, error)
      || !read_hosts (self, settings->hosts, error)
      || !read_trusted (self, settings->trusted_proxies, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lt_http_policy_free:
 * @self: (transfer full): a policy
 *
 * Frees a policy.
 */
void
lt_http_policy_free (LtHttpPolicy *self)
{
  g_clear_pointer (&self->listen, g_array_unref);
  g_clear_pointer (&self->hosts, g_array_unref);
  g_clear_pointer (&self->trusted, g_array_unref);
  g_clear_pointer (&self->endpoints, g_array_unref);
  g_free (self);
}

static gboolean
has_endpoint_port (const LtHttpPolicy *self, guint16 port)
{
  for (guint i = 0; i < self->endpoints->len; i++)
    if (g_array_index (self->endpoints, LtHttpAuthority, i).port == port)
      return TRUE;

  return FALSE;
}

/* @asked is %NULL where @authority is what we are called, and goes with any port. Where it is
 * what a page says it comes from, another port is another page: its own must be a usual one,
 * one we listen on, or the one of @asked, what we are called by the same client. */
static gboolean
is_configured_host (const LtHttpPolicy *self, const LtHttpAuthority *authority,
                    const LtHttpAuthority *asked)
{
  for (guint i = 0; i < self->hosts->len; i++)
    {
      const LtHttpAuthority *host = &g_array_index (self->hosts, LtHttpAuthority, i);

      if (!lt_http_authority_same_host (authority, host))
        continue;
      if (host->has_port)
        {
          if (authority->has_port && authority->port == host->port)
            return TRUE;
        }
      else if (asked == NULL || !authority->has_port || authority->port == 80
               || authority->port == 443 || has_endpoint_port (self, authority->port)
               || (lt_http_authority_same_host (authority, asked) && asked->has_port
                   && authority->port == asked->port))
        return TRUE;
    }

  return FALSE;
}

/* Whether @authority is an address of ours, or localhost, with the port. */
static gboolean
is_own_address (const LtHttpPolicy *self, const LtHttpAuthority *authority,
                const LtHttpAuthority *local)
{
  guint16 port = authority->has_port ? authority->port : 80;

  if (strcmp (authority->host, "localhost") == 0
      && (port == local->port || has_endpoint_port (self, port)))
    return TRUE;

  if (lt_http_authority_same_host (authority, local) && port == local->port)
    return TRUE;

  for (guint i = 0; i < self->endpoints->len; i++)
    {
      const LtHttpAuthority *endpoint = &g_array_index (self->endpoints, LtHttpAuthority, i);

      if (lt_http_authority_same_host (authority, endpoint) && port == endpoint->port)
        return TRUE;
    }

  return FALSE;
}

/**
 * lt_http_policy_is_own_host:
 * @self: the policy
 * @authority: what a client calls us
 * @local: the address and port it reached
 *
 * Ours are the addresses we listen on and the one the client reached, and `localhost`, each
 * with its port (which may be left out where it is 80); and what `http.hosts` names: with a
 * port exactly so, without one on any.
 *
 * Returns: %TRUE if @authority means us
 */
gboolean
lt_http_policy_is_own_host (const LtHttpPolicy *self, const LtHttpAuthority *authority,
                            const LtHttpAuthority *local)
{
  return is_own_address (self, authority, local) || is_configured_host (self, authority, NULL);
}

/**
 * lt_http_policy_is_trusted:
 * @self: the policy
 * @peer: an address
 *
 * Returns: %TRUE if @peer is a proxy whose word about its clients counts
 */
gboolean
lt_http_policy_is_trusted (const LtHttpPolicy *self, const LtAddress *peer)
{
  for (guint i = 0; i < self->trusted->len; i++)
    if (lt_address_range_contains (&g_array_index (self->trusted, LtAddressRange, i), peer))
      return TRUE;

  return FALSE;
}

/* Reads an address with or without port and quotes. */
static gboolean
parse_node (const char *text, LtAddress *address)
{
  LtHttpAuthority authority;
  gsize length = strlen (text);

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    {
      text++;
      length -= 2;
    }
  if (lt_address_parse (text, length, address))
    return TRUE;
  if (!lt_http_authority_parse (text, length, &authority) || !authority.is_address)
    return FALSE;

  *address = authority.address;
  return TRUE;
}

/* What the parameter @name says in one element of a Forwarded field (RFC 7239). */
static char *
dup_forwarded (const char *element, const char *name)
{
  g_auto (GStrv) pairs = g_strsplit (element, ";", -1);

  for (char **pair = pairs; *pair != NULL; pair++)
    {
      char *equals = strchr (*pair, '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_ascii_strcasecmp (g_strstrip (*pair), name) == 0)
        return g_strdup (g_strstrip (equals + 1));
    }

  return NULL;
}

static char *
dup_node (const char *element, gboolean is_forwarded)
{
  if (is_forwarded)
    return dup_forwarded (element, "for");

  return g_strstrip (g_strdup (element));
}

static gboolean
says_https (const LtHttpHead *head)
{
  const char *proto = lt_http_head_get (head, "X-Forwarded-Proto");
  const char *forwarded = lt_http_head_get (head, "Forwarded");
  const char *last;
  g_autofree char *word = NULL;

  if (proto != NULL)
    return g_ascii_strcasecmp (proto, "https") == 0;
  if (forwarded == NULL)
    return FALSE;

  last = strrchr (forwarded, ',');
  word = dup_forwarded (last != NULL ? last + 1 : forwarded, "proto");
  return word != NULL && g_ascii_strcasecmp (word, "https") == 0;
}

/**
 * lt_http_policy_find_client:
 * @self: the policy
 * @head: a request's head
 * @peer: whom it came from
 * @client: (out caller-allocates): who asked in truth
 * @secure: (out): whether that one came over https
 *
 * Believes what a trusted proxy says in X-Forwarded-For and X-Forwarded-Proto, or else in
 * Forwarded: read from the right, the first address that is not itself a trusted proxy.
 */
void
lt_http_policy_find_client (const LtHttpPolicy *self, const LtHttpHead *head, const LtAddress *peer,
                            LtAddress *client, gboolean *secure)
{
  const char *list = lt_http_head_get (head, "X-Forwarded-For");
  gboolean is_forwarded = list == NULL;
  g_auto (GStrv) elements = NULL;

  *client = *peer;
  *secure = FALSE;
  if (!lt_http_policy_is_trusted (self, peer))
    return;

  *secure = says_https (head);
  if (is_forwarded)
    list = lt_http_head_get (head, "Forwarded");
  if (list == NULL)
    return;

  elements = g_strsplit (list, ",", -1);
  for (guint i = g_strv_length (elements); i > 0; i--)
    {
      g_autofree char *node = dup_node (elements[i - 1], is_forwarded);
      LtAddress address;

      if (node == NULL || !parse_node (node, &address))
        return;
      *client = address;
      if (!lt_http_policy_is_trusted (self, &address))
        return;
    }
}

/**
 * lt_http_policy_is_own_origin:
 * @self: the policy
 * @origin: the Origin field of a request
 * @secure: whether the client came over https
 * @local: the address and port the request reached
 * @asked: its Host field
 *
 * Returns: %TRUE if @origin is a page of our own: the scheme the client came over, and an
 *   own host
 */
gboolean
lt_http_policy_is_own_origin (const LtHttpPolicy *self, const char *origin, gboolean secure,
                              const LtHttpAuthority *local, const LtHttpAuthority *asked)
{
  const char *scheme = secure ? "https://" : "http://";
  const char *host = origin + strlen (scheme);
  LtHttpAuthority authority;

  return g_str_has_prefix (origin, scheme)
         && lt_http_authority_parse (host, strlen (host), &authority)
         && (is_own_address (self, &authority, local)
             || is_configured_host (self, &authority, asked));
}

/**
 * lt_http_policy_check_head:
 * @self: the policy
 * @head: a request's head
 * @local: the address and port it reached
 * @secure: whether the client came over https
 * @error: return location
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_MISDIRECTED if its Host is not ours, or
 *   %LT_ERROR_FOREIGN_ORIGIN if it would change state for a page that is not ours
 */
gboolean
lt_http_policy_check_head (const LtHttpPolicy *self, const LtHttpHead *head,
                           const LtHttpAuthority *local, gboolean secure, GError **error)
{
  const char *origin = lt_http_head_get (head, "Origin");

  if (!lt_http_policy_is_own_host (self, &head->authority, local))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_MISDIRECTED,
                   "\"%s\" is not a name of this service; add it to http.hosts if it shall be",
                   head->host);
      return FALSE;
    }
  if (origin != NULL && !lt_http_head_is_safe_method (head)
      && !lt_http_policy_is_own_origin (self, origin, secure, local, &head->authority))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_FOREIGN_ORIGIN,
                   "a page of \"%s\" may not change anything here", origin);
      return FALSE;
    }

  return TRUE;
}

/**
 * lt_http_address_is_loopback:
 * @address: an address
 *
 * Returns: %TRUE for 127.0.0.0/8 and ::1
 */
gboolean
lt_http_address_is_loopback (const LtAddress *address)
{
  static const guint8 loopback[16] = { [15] = 1 };

  return address->length == 4 ? address->bytes[0] == 127
                              : memcmp (address->bytes, loopback, sizeof loopback) == 0;
}
