/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-problem.h"

#include "core/lt-error.h"
#include "json/lt-json.h"

static const LtErrorInfo *
get_info (const GError *error)
{
  return lt_error_get_info (error->domain == LT_ERROR ? (LtErrorCode) error->code
                                                      : LT_ERROR_FAILED);
}

/**
 * lt_http_problem_get_status:
 * @error: an error
 *
 * Returns: the HTTP status for @error; 500 where it is not of our domain
 */
guint
lt_http_problem_get_status (const GError *error)
{
  return get_info (error)->http_status;
}

/**
 * lt_http_problem_to_json:
 * @error: an error
 *
 * Writes a problem document (RFC 9457): `type title status code detail`, and `position` and
 * `index` where they are known.
 *
 * Returns: (transfer full): the document
 */
GBytes *
lt_http_problem_to_json (const GError *error)
{
  const LtErrorInfo *info = get_info (error);
  g_autofree char *detail = g_utf8_make_valid (error->message, -1);
  GString *out = g_string_sized_new (256);

  g_string_append (out, "{\"type\":\"about:blank\",\"title\":");
  lt_json_append_string (out, info->title, -1);
  g_string_append_printf (out, ",\"status\":%u,\"code\":", info->http_status);
  lt_json_append_string (out, info->problem, -1);
  g_string_append (out, ",\"detail\":");
  lt_json_append_string (out, detail, -1);
  if (lt_error_get_position (error) >= 0)
    g_string_append_printf (out, ",\"position\":%" G_GSSIZE_FORMAT, lt_error_get_position (error));
  if (lt_error_get_index (error) >= 0)
    g_string_append_printf (out, ",\"index\":%" G_GSSIZE_FORMAT, lt_error_get_index (error));
  g_string_append (out, "}\n");

  return g_string_free_to_bytes (out);
}
