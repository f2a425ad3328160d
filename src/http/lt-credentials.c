/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-credentials.h"

#include "core/lt-error.h"
#include "core/lt-query.h"

#include <string.h>

struct _LtCredentials
{
  GObject parent_instance;

  LtIdentity *identity; /* (owned) */
  LtTicket *ticket;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (LtCredentials, lt_credentials, G_TYPE_OBJECT)

static void
lt_credentials_finalize (GObject *object)
{
  LtCredentials *self = LT_CREDENTIALS (object);

  g_clear_pointer (&self->identity, lt_identity_unref);
  g_clear_pointer (&self->ticket, lt_ticket_unref);

  G_OBJECT_CLASS (lt_credentials_parent_class)->finalize (object);
}

static void
lt_credentials_class_init (LtCredentialsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_credentials_finalize;
}

static void
lt_credentials_init (LtCredentials *self)
{
}

static LtCredentials *
lt_credentials_new (LtIdentity *identity, LtTicket *ticket)
{
  LtCredentials *self = g_object_new (LT_TYPE_CREDENTIALS, NULL);

  self->identity = identity;
  self->ticket = ticket;
  return self;
}

/* An error goes to @error only if none is there: the first credential's counts. */
static void
note_error (GError **error, const char *message)
{
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED, message);
}

static const char *
get_ticket_text (const LtQuery *query)
{
  static const char *const names[] = { "ticket", "token" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = NULL;

      if (lt_query_lookup (query, names[i], &value, NULL) && value != NULL && *value != '\0')
        return value;
    }

  return NULL;
}

static LtCredentials *
find_by_ticket (LtAccess *access, LtHttpRequest *request, GError **error)
{
  const char *raw = lt_http_request_get_query (request);
  g_autoptr (LtQuery) query = lt_query_parse (raw != NULL ? raw : "", NULL);
  g_autoptr (GError) local_error = NULL;
  gboolean resumes = lt_http_request_get_header (request, "Last-Event-ID") != NULL;
  const char *last_event_id = NULL;
  const char *text;
  LtTicket *ticket;

  /* A query that cannot be read brings no ticket; the handler says what is wrong with it. */
  text = query != NULL ? get_ticket_text (query) : NULL;
  if (text == NULL)
    return NULL;

  if (lt_query_lookup (query, "last-event-id", &last_event_id, NULL) && last_event_id != NULL)
    resumes = TRUE;
  ticket = lt_ticket_store_find (lt_access_get_tickets (access), text, resumes, &local_error);
  if (ticket == NULL)
    {
      note_error (error, local_error->message);
      return NULL;
    }

  return lt_credentials_new (lt_identity_ref (lt_ticket_get_identity (ticket)), ticket);
}

static LtCredentials *
find_by_header (LtAccess *access, LtHttpRequest *request, GError **error)
{
  const char *header = lt_http_request_get_header (request, "Authorization");
  g_autofree char *token = NULL;
  LtIdentity *identity;

  if (header == NULL)
    return NULL;
  if (g_ascii_strncasecmp (header, "Bearer ", strlen ("Bearer ")) != 0)
    {
      note_error (error, "the Authorization header must be \"Bearer\" and a token");
      return NULL;
    }

  token = g_strstrip (g_strdup (header + strlen ("Bearer ")));
  identity = lt_access_find_token (access, token);
  if (identity == NULL)
    {
      note_error (error, "the token is unknown, revoked or expired");
      return NULL;
    }

  return lt_credentials_new (identity, NULL);
}

/* Cookies ignore ports and go along with what any page asks for: a page elsewhere, on
 * this host too, must not use ours. */
static gboolean
cookie_counts (LtHttpRequest *request)
{
  const char *site = lt_http_request_get_fetch_site (request);

  if (lt_http_request_get_origin (request) != NULL && !lt_http_request_is_own_origin (request))
    return FALSE;

  return site == NULL || g_str_equal (site, "none") || g_str_equal (site, "same-origin");
}

static LtCredentials *
find_by_cookie (LtAccess *access, LtHttpRequest *request, GError **error)
{
  g_autofree char *name = lt_credentials_dup_cookie_name (request);
  g_autofree char *secret = lt_http_request_dup_cookie (request, name);
  LtIdentity *identity;

  if (secret == NULL)
    return NULL;
  if (!cookie_counts (request))
    {
      note_error (error, "the session cookie does not count for a request from another page");
      return NULL;
    }

  identity = lt_access_find_session (access, secret);
  if (identity == NULL)
    {
      note_error (error, "the session is over; sign in again");
      return NULL;
    }

  return lt_credentials_new (identity, NULL);
}

/**
 * lt_credentials_find:
 * @access: who may do what
 * @request: a request
 * @with_ticket: whether a stream ticket in the query counts
 * @error: where to put an error: %LT_ERROR_UNAUTHENTICATED
 *
 * Tries what the request brought, in this order: ticket, Authorization header, cookie. The
 * first that is good counts.
 *
 * Returns: (transfer full) (nullable): the credentials, or %NULL with @error set
 */
LtCredentials *
lt_credentials_find (LtAccess *access, LtHttpRequest *request, gboolean with_ticket, GError **error)
{
  g_autoptr (GError) first_error = NULL;
  LtCredentials *found = NULL;

  if (with_ticket)
    found = find_by_ticket (access, request, &first_error);
  if (found == NULL)
    found = find_by_header (access, request, &first_error);
  if (found == NULL)
    found = find_by_cookie (access, request, &first_error);
  if (found != NULL)
    return found;

  note_error (&first_error, "sign in, or send a token in the Authorization header");
  g_propagate_error (error, g_steal_pointer (&first_error));
  return NULL;
}

/**
 * lt_credentials_get_identity:
 * @self: credentials
 *
 * Returns: (transfer none): who they stand for
 */
LtIdentity *
lt_credentials_get_identity (LtCredentials *self)
{
  g_return_val_if_fail (LT_IS_CREDENTIALS (self), NULL);

  return self->identity;
}

/**
 * lt_credentials_get_ticket:
 * @self: credentials
 *
 * Returns: (transfer none) (nullable): the ticket, if it was one
 */
LtTicket *
lt_credentials_get_ticket (LtCredentials *self)
{
  g_return_val_if_fail (LT_IS_CREDENTIALS (self), NULL);

  return self->ticket;
}

/**
 * lt_credentials_dup_cookie_name:
 * @request: a request
 *
 * Returns: (transfer full): the name of the session cookie, which has the port in it because
 *   cookies do not keep ports apart
 */
char *
lt_credentials_dup_cookie_name (LtHttpRequest *request)
{
  return g_strdup_printf ("livetrace-%u", lt_http_request_get_port (request));
}
