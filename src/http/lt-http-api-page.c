/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "lt-page-resources.h"

#include <string.h>

#define PAGE_PATH   "/org/livetrace/Livetrace1/page/index.html"
#define STYLE_BEGIN "<style>"
#define STYLE_END   "</style>"

/* Where the page says under which origin it was asked for. */
#define ORIGIN_MARK "@ORIGIN@"

/* The page may use its own style and nothing else, from nowhere. */
static char *
make_policy (const char *page)
{
  const char *begin = strstr (page, STYLE_BEGIN);
  const char *end = begin != NULL ? strstr (begin, STYLE_END) : NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *base64 = NULL;
  guint8 digest[32];
  gsize length = sizeof digest;

  g_assert (begin != NULL && end != NULL);

  begin += strlen (STYLE_BEGIN);
  g_checksum_update (checksum, (const guchar *) begin, end - begin);
  g_checksum_get_digest (checksum, digest, &length);
  base64 = g_base64_encode (digest, length);

  return g_strdup_printf ("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                          "form-action 'none'; frame-ancestors 'none'",
                          base64);
}

/**
 * lt_http_api_load_page:
 * @self: the HTTP interface
 *
 * Takes the page out of the program.
 */
void
lt_http_api_load_page (LtHttpApi *self)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (lt_page_get_resource (), PAGE_PATH,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);

  self->page = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  self->page_policy = make_policy (self->page);
}

static void
on_page (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autofree char *origin
      = g_markup_printf_escaped ("%s://%s", lt_http_request_is_secure (request) ? "https" : "http",
                                 lt_http_request_get_authority (request));
  g_auto (GStrv) parts = g_strsplit (self->page, ORIGIN_MARK, -1);
  char *page = g_strjoinv (origin, parts);
  g_autoptr (GBytes) body = g_bytes_new_take (page, strlen (page));

  lt_http_request_add_header (request, "Content-Security-Policy", self->page_policy);
  lt_http_request_respond (request, 200, "text/html; charset=utf-8", body);
}

static void
on_health (LtHttpRequest *request, gpointer user_data)
{
  g_auto (LtJsonWriter) writer = { 0 };

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "status", "ok");
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static const LtHttpRoute page_routes[] = {
  { "GET", "/", LT_PERMISSION_NONE, 0, on_page },
  { "GET", "/healthz", LT_PERMISSION_NONE, 0, on_health },
};

/**
 * lt_http_api_add_page_routes:
 * @self: the HTTP interface
 *
 * Adds what is open to everyone: the page, and whether the daemon lives.
 */
void
lt_http_api_add_page_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, page_routes, G_N_ELEMENTS (page_routes), self);
}
