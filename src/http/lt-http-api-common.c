/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "lt-http-accept.h"

#include "core/lt-error.h"
#include "core/lt-time.h"
#include "json/lt-json.h"

#include <string.h>

/**
 * lt_http_api_get_identity:
 * @request: a request that the authorizer let through
 *
 * Returns: (transfer none): who it is from
 */
LtIdentity *
lt_http_api_get_identity (LtHttpRequest *request)
{
  return lt_credentials_get_identity (LT_CREDENTIALS (lt_http_request_get_identity (request)));
}

/**
 * lt_http_api_dup_peer:
 * @request: a request
 *
 * Returns: (transfer full): where it comes from, and through which proxy
 */
char *
lt_http_api_dup_peer (LtHttpRequest *request)
{
  const char *peer = lt_http_request_get_peer (request);
  const char *client = lt_http_request_get_client (request);

  if (strstr (peer, client) != NULL)
    return g_strdup (peer);

  return g_strdup_printf ("%s via %s", client, peer);
}

/**
 * lt_http_api_read_query:
 * @request: a request; on failure it is answered
 * @allowed: (array zero-terminated=1): the parameters the path takes, see
 *   lt_query_check_names()
 *
 * Returns: (transfer full) (nullable): its query, or %NULL if the answer is given
 */
LtQuery *
lt_http_api_read_query (LtHttpRequest *request, const char *const *allowed)
{
  const char *raw = lt_http_request_get_query (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtQuery) query = lt_query_parse (raw != NULL ? raw : "", &error);

  if (query == NULL || !lt_query_check_names (query, allowed, &error))
    {
      lt_http_request_respond_error (request, error);
      return NULL;
    }

  return g_steal_pointer (&query);
}

/**
 * lt_http_api_check_no_query:
 * @request: a request for a path without parameters; on failure it is answered
 *
 * Returns: %TRUE if it has none
 */
gboolean
lt_http_api_check_no_query (LtHttpRequest *request)
{
  static const char *const none[] = { NULL };
  g_autoptr (LtQuery) query = lt_http_api_read_query (request, none);

  return query != NULL;
}

/**
 * lt_http_api_read_body:
 * @request: a request; on failure it is answered
 * @specs: (array length=n_specs): the members its body may have
 * @n_specs: how many
 *
 * Reads a body that is one JSON object.
 *
 * Returns: (transfer full) (nullable): its members, or %NULL if the answer is given
 */
LtOptions *
lt_http_api_read_body (LtHttpRequest *request, const LtOptionSpec *specs, guint n_specs)
{
  g_autoptr (LtOptions) options = lt_options_new (specs, n_specs);
  GBytes *body = lt_http_request_get_body (request);
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);

  if (!lt_http_media_type_is (lt_http_request_get_header (request, "Content-Type"), LT_HTTP_JSON))
    {
      g_set_error_literal (&error, LT_ERROR, LT_ERROR_UNSUPPORTED_MEDIA,
                           "the body must be \"" LT_HTTP_JSON "\"; say so in Content-Type");
      lt_http_request_respond_error (request, error);
      return NULL;
    }

  members = lt_json_parse_object (text != NULL ? text : "", length, &error);
  if (members == NULL || !lt_options_set_dict (options, members, &error)
      || !lt_options_check_required (options, &error))
    {
      lt_http_request_respond_error (request, error);
      return NULL;
    }

  return g_steal_pointer (&options);
}

/**
 * lt_http_api_read_time:
 * @query: a query
 * @name: a parameter
 * @past: whether a duration without a sign is in the past
 * @unix_us: (inout): the time in microseconds since the epoch; left alone if it is not given
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT
 *
 * Reads a time (RFC 3339), or one from now (`5m`, `-5m`, `+5m`).
 *
 * Returns: %FALSE with @error set if it cannot be read
 */
gboolean
lt_http_api_read_time (const LtQuery *query, const char *name, gboolean past, gint64 *unix_us,
                       GError **error)
{
  const char *text = NULL;
  const char *digits;
  double milliseconds;

  if (!lt_query_lookup (query, name, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (lt_time_parse (text, strlen (text), unix_us))
    return TRUE;

  /* In a query `+` is a space. */
  digits = text;
  if (*digits == '-' || *digits == '+' || *digits == ' ')
    {
      past = *digits == '-';
      digits++;
    }
  if (!g_ascii_isdigit (*digits) || !lt_duration_parse (digits, strlen (digits), &milliseconds)
      || milliseconds > 1e14)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"%s\" must be a time such as \"2026-11-22T06:35:06Z\", or one from now such "
                   "as \"5m\", not \"%.100s\"",
                   name, text);
      return FALSE;
    }

  *unix_us = g_get_real_time () + (gint64) (milliseconds * 1000) * (past ? -1 : 1);
  return TRUE;
}

/**
 * lt_http_api_read_count:
 * @query: a query
 * @name: a parameter
 * @minimum: the least it may be
 * @maximum: the most it may be
 * @count: (inout): its value; left alone if it is not given
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT
 *
 * Returns: %FALSE with @error set if it is given and not a whole number in that range
 */
gboolean
lt_http_api_read_count (const LtQuery *query, const char *name, guint64 minimum, guint64 maximum,
                        guint64 *count, GError **error)
{
  const char *text = NULL;

  if (!lt_query_lookup (query, name, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, minimum, maximum, count, NULL))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"%s\" must be a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                   ", not \"%.100s\"",
                   name, minimum, maximum, text);
      return FALSE;
    }

  return TRUE;
}

/**
 * lt_http_api_read_context:
 * @query: a query
 * @context: (inout): the context asked for; left alone if none is
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT
 *
 * Returns: %FALSE with @error set if the parameter `context` cannot be read
 */
gboolean
lt_http_api_read_context (const LtQuery *query, LtContext *context, GError **error)
{
  const char *text = NULL;

  if (!lt_query_lookup (query, "context", &text, error))
    return FALSE;

  return text == NULL || lt_context_parse (text, context, error);
}

/**
 * lt_http_api_choose_format:
 * @request: a request
 * @query: its query
 * @types: (array zero-terminated=1): the media types it can have, the preferred first
 * @names: (array zero-terminated=1): what the parameter `format` calls them
 * @chosen: (out): an index into both
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT or %LT_ERROR_NOT_ACCEPTABLE
 *
 * Chooses the form of an answer: by the parameter `format`, else by the Accept header.
 *
 * Returns: %FALSE with @error set if none will do
 */
gboolean
lt_http_api_choose_format (LtHttpRequest *request, const LtQuery *query, const char *const *types,
                           const char *const *names, guint *chosen, GError **error)
{
  const char *format = NULL;
  gssize index;

  if (!lt_query_lookup (query, "format", &format, error))
    return FALSE;
  for (guint i = 0; format != NULL && names[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (format, names[i]) == 0)
        {
          *chosen = i;
          return TRUE;
        }
    }
  if (format != NULL)
    {
      g_autofree char *known = g_strjoinv ("\" or \"", (char **) names);

      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "\"format\" must be \"%s\", not \"%.100s\"", known, format);
      return FALSE;
    }

  index = lt_http_accept_choose (lt_http_request_get_header (request, "Accept"), types);
  if (index < 0)
    {
      g_autofree char *known = g_strjoinv ("\" or \"", (char **) types);

      g_set_error (error, LT_ERROR, LT_ERROR_NOT_ACCEPTABLE,
                   "this is served as \"%s\", and the Accept header wants neither", known);
      return FALSE;
    }

  *chosen = (guint) index;
  return TRUE;
}

/**
 * lt_http_api_respond_json:
 * @request: a request
 * @status: an HTTP status
 * @writer: the document; it is ended
 *
 * Answers with a JSON document.
 */
void
lt_http_api_respond_json (LtHttpRequest *request, guint status, LtJsonWriter *writer)
{
  g_autoptr (GBytes) body = lt_json_writer_end (writer);

  lt_http_request_respond (request, status, LT_HTTP_JSON, body);
}

/**
 * lt_http_api_respond_empty:
 * @request: a request
 * @status: an HTTP status
 *
 * Answers without a body.
 */
void
lt_http_api_respond_empty (LtHttpRequest *request, guint status)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);

  lt_http_request_respond (request, status, NULL, body);
}
