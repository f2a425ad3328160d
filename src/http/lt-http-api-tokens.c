/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"

static const LtOptionSpec token_members[] = {
  { .name = "label",
    .type = LT_OPTION_STRING,
    .required = TRUE,
    .maximum = 4 * LT_LABEL_MAX_CHARS },
  { .name = "permissions", .type = LT_OPTION_STRING_LIST, .required = TRUE, .maximum = 64 },
  { .name = "seconds",
    .type = LT_OPTION_UNSIGNED,
    .maximum = LT_TOKEN_MAX_SECONDS,
    .fallback = "0" },
};

/* A request that waits for the disk. */
typedef struct
{
  LtHttpApi *api;         /* (owned) */
  LtHttpRequest *request; /* (owned) */
} TokenCall;

static TokenCall *
token_call_new (LtHttpApi *api, LtHttpRequest *request)
{
  TokenCall *self = g_new0 (TokenCall, 1);

  self->api = g_object_ref (api);
  self->request = g_object_ref (request);
  return self;
}

static void
token_call_free (TokenCall *self)
{
  g_object_unref (self->api);
  g_object_unref (self->request);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenCall, token_call_free)

/* @text is the token's secret, or NULL where it is not shown. */
static void
write_token (LtJsonWriter *writer, const LtToken *token, const char *text)
{
  g_auto (GStrv) words = lt_permissions_to_strv (token->permissions);

  lt_json_writer_begin_object (writer, NULL);
  lt_json_writer_add_string (writer, "id", token->id);
  if (text != NULL)
    lt_json_writer_add_string (writer, "token", text);
  lt_json_writer_add_string (writer, "label", token->label);
  lt_json_writer_add_strv (writer, "permissions", (const char *const *) words);
  lt_json_writer_add_time (writer, "createdAt", token->created_us);
  if (token->expires_us != 0)
    lt_json_writer_add_time (writer, "expiresAt", token->expires_us);
  else
    lt_json_writer_add_null (writer, "expiresAt");
  lt_json_writer_end_object (writer);
}

static void
on_list (LtHttpRequest *request, gpointer user_data)
{
  g_autoptr (GPtrArray) tokens = NULL;
  g_auto (LtJsonWriter) writer = { 0 };

  if (!lt_http_api_check_no_query (request))
    return;

  tokens = lt_access_list_tokens (LT_HTTP_API (user_data)->access);
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "tokens");
  for (guint i = 0; i < tokens->len; i++)
    write_token (&writer, g_ptr_array_index (tokens, i), NULL);
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
respond_token (LtHttpApi *self, LtHttpRequest *request, guint status, const char *id,
               const char *text)
{
  g_autoptr (GPtrArray) tokens = lt_access_list_tokens (self->access);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < tokens->len; i++)
    {
      const LtToken *token = g_ptr_array_index (tokens, i);
      g_auto (LtJsonWriter) writer = { 0 };

      if (!g_str_equal (token->id, id))
        continue;
      lt_json_writer_init (&writer);
      write_token (&writer, token, text);
      lt_http_api_respond_json (request, status, &writer);
      return;
    }

  g_set_error (&error, LT_ERROR, LT_ERROR_NOT_FOUND,
               "there is no token with the id \"%.64s\"; /api/tokens lists them", id);
  lt_http_request_respond_error (request, error);
}

static void
on_get (LtHttpRequest *request, gpointer user_data)
{
  if (lt_http_api_check_no_query (request))
    respond_token (LT_HTTP_API (user_data), request, 200, lt_http_request_get_segment (request, 2),
                   NULL);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TokenCall) call = user_data;
  g_autofree char *location = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  text = lt_access_create_token_finish (LT_ACCESS (source), result, &id, &error);
  if (text == NULL)
    {
      lt_http_request_respond_error (call->request, error);
      return;
    }

  location = g_strdup_printf ("/api/tokens/%s", id);
  lt_http_request_add_header (call->request, "Location", location);
  respond_token (call->api, call->request, 201, id, text);
}

static void
on_post (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (LtOptions) members = NULL;
  g_autoptr (GError) error = NULL;
  LtPermissions permissions;

  if (!lt_http_api_check_no_query (request))
    return;
  members = lt_http_api_read_body (request, token_members, G_N_ELEMENTS (token_members));
  if (members == NULL)
    return;
  if (!lt_permissions_parse (lt_options_get_strings (members, "permissions"), &permissions, &error))
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  lt_access_create_token_async (self->access, lt_options_get_string (members, "label"), permissions,
                                lt_options_get_unsigned (members, "seconds"), on_created,
                                token_call_new (self, request));
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TokenCall) call = user_data;
  g_autoptr (GError) error = NULL;

  if (lt_access_revoke_token_finish (LT_ACCESS (source), result, &error))
    lt_http_api_respond_empty (call->request, 204);
  else
    lt_http_request_respond_error (call->request, error);
}

static void
on_delete (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);

  if (lt_http_api_check_no_query (request))
    lt_access_revoke_token_async (self->access, lt_http_request_get_segment (request, 2),
                                  on_revoked, token_call_new (self, request));
}

static const LtHttpRoute token_routes[] = {
  { "GET", "/api/tokens", LT_PERMISSION_MANAGE, 0, on_list },
  { "POST", "/api/tokens", LT_PERMISSION_MANAGE, LT_HTTP_MAX_CONTROL_BYTES, on_post },
  { "GET", "/api/tokens/*", LT_PERMISSION_MANAGE, 0, on_get },
  { "DELETE", "/api/tokens/*", LT_PERMISSION_MANAGE, 0, on_delete },
};

/**
 * lt_http_api_add_token_routes:
 * @self: the HTTP interface
 *
 * Adds what lists, makes and revokes tokens.
 */
void
lt_http_api_add_token_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, token_routes, G_N_ELEMENTS (token_routes), self);
}
