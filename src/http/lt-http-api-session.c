/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"

static const LtOptionSpec session_members[] = {
  { .name = "token", .type = LT_OPTION_STRING, .maximum = 256 },
  { .name = "signIn", .type = LT_OPTION_STRING, .maximum = 256 },
};

static void
respond_identity (LtHttpApi *self, LtHttpRequest *request, LtIdentity *identity)
{
  g_auto (GStrv) words = lt_permissions_to_strv (identity->permissions);
  gint64 expiry_us = lt_access_get_expiry (self->access, identity);
  g_auto (LtJsonWriter) writer = { 0 };

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "label", identity->label);
  lt_json_writer_add_string (&writer, "by", identity->session_id != NULL ? "session" : "token");
  lt_json_writer_add_strv (&writer, "permissions", (const char *const *) words);
  if (expiry_us != 0)
    lt_json_writer_add_time (&writer, "expiresAt", expiry_us);
  else
    lt_json_writer_add_null (&writer, "expiresAt");
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

/* A session the browser had before must not stay behind, unseen, until it expires. */
static void
end_session_before (LtHttpApi *self, LtHttpRequest *request)
{
  g_autoptr (LtCredentials) before = lt_credentials_find (self->access, request, FALSE, NULL);

  if (before != NULL)
    lt_access_sign_out (self->access, lt_credentials_get_identity (before));
}

static void
fail_sign_in (LtHttpApi *self, LtHttpRequest *request, const GError *error)
{
  guint wait_s = lt_access_get_sign_in_wait (self->access, lt_http_request_get_client (request));

  if (g_error_matches (error, LT_ERROR, LT_ERROR_TOO_MANY) && wait_s > 0)
    {
      g_autofree char *retry_after = g_strdup_printf ("%u", wait_s);

      lt_http_request_add_header (request, "Retry-After", retry_after);
    }

  lt_http_request_respond_error (request, error);
}

static void
on_post (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autofree char *name = lt_credentials_dup_cookie_name (request);
  const char *client = lt_http_request_get_client (request);
  g_autofree char *secret = NULL;
  g_autoptr (LtOptions) members = NULL;
  g_autoptr (LtIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;

  if (!lt_http_api_check_no_query (request))
    return;
  members = lt_http_api_read_body (request, session_members, G_N_ELEMENTS (session_members));
  if (members == NULL)
    return;

  if (lt_options_is_set (members, "token") == lt_options_is_set (members, "signIn"))
    g_set_error_literal (&error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                         "give either \"token\" or \"signIn\"");
  else if (lt_options_is_set (members, "token"))
    secret = lt_access_sign_in_with_token (self->access, lt_options_get_string (members, "token"),
                                           client, &identity, &error);
  else
    secret = lt_access_sign_in_with_link (self->access, lt_options_get_string (members, "signIn"),
                                          client, &identity, &error);
  if (secret == NULL)
    {
      fail_sign_in (self, request, error);
      return;
    }

  end_session_before (self, request);
  lt_http_request_set_cookie (
      request, name, secret,
      MAX (1,
           (lt_access_get_expiry (self->access, identity) - g_get_real_time ()) / G_USEC_PER_SEC));
  respond_identity (self, request, identity);
}

/* Answers by itself if there are none. */
static LtCredentials *
find_credentials (LtHttpApi *self, LtHttpRequest *request)
{
  g_autoptr (GError) error = NULL;
  LtCredentials *credentials;

  if (!lt_http_api_check_no_query (request))
    return NULL;

  credentials = lt_credentials_find (self->access, request, FALSE, &error);
  if (credentials == NULL)
    lt_http_request_respond_error (request, error);

  return credentials;
}

static void
on_get (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtCredentials) credentials = find_credentials (self, request);

  if (credentials == NULL)
    return;

  respond_identity (self, request, lt_credentials_get_identity (credentials));
}

static void
on_delete (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autofree char *name = lt_credentials_dup_cookie_name (request);
  g_autoptr (LtCredentials) credentials = find_credentials (self, request);

  if (credentials == NULL)
    return;

  lt_access_sign_out (self->access, lt_credentials_get_identity (credentials));
  lt_http_request_set_cookie (request, name, "", 0);
  lt_http_api_respond_empty (request, 204);
}

static const LtHttpRoute session_routes[] = {
  { "POST", "/api/session", LT_PERMISSION_NONE, LT_HTTP_MAX_CONTROL_BYTES, on_post },
  { "GET", "/api/session", LT_PERMISSION_NONE, 0, on_get },
  { "DELETE", "/api/session", LT_PERMISSION_NONE, 0, on_delete },
};

/**
 * lt_http_api_add_session_routes:
 * @self: the HTTP interface
 *
 * Adds signing in and out.
 */
void
lt_http_api_add_session_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, session_routes, G_N_ELEMENTS (session_routes), self);
}
