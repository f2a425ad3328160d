/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "lt-page-resources.h"

#include <string.h>

#define PAGE_PATH   "/org/livetrace/Livetrace1/page/index.html"
#define STYLE_BEGIN "<style>"
#define STYLE_END   "</style>"

/* Where the page says under which origin it was asked for. */
#define ORIGIN_MARK "@ORIGIN@"

#define SAME_FOR_ALL "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* The web page loads its own files and asks its own daemon. No text becomes markup or code: the
 * one string that may is the worker's address. */
#define WEBADMIN_POLICY                                                                            \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "                      \
  "connect-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; "                    \
  "trusted-types livetrace; " SAME_FOR_ALL

static char *
hash (GChecksumType type, const char *text, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (type);
  guint8 digest[64];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);

  return g_base64_encode (digest, digest_length);
}

/* A plain page may use its own style and nothing else, from nowhere. */
static char *
make_policy (const char *page)
{
  const char *begin = strstr (page, STYLE_BEGIN);
  const char *end = begin != NULL ? strstr (begin, STYLE_END) : NULL;
  g_autofree char *digest = NULL;

  if (end == NULL)
    return g_strdup (WEBADMIN_POLICY);

  begin += strlen (STYLE_BEGIN);
  digest = hash (G_CHECKSUM_SHA256, begin, end - begin);

  return g_strdup_printf ("default-src 'none'; style-src 'sha256-%s'; " SAME_FOR_ALL, digest);
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

/* A proxy may have marked the tag as weak; here that is no difference. */
static gboolean
has_tag (const char *if_none_match, const char *tag)
{
  g_auto (GStrv) tags = NULL;

  if (if_none_match == NULL)
    return FALSE;

  tags = g_strsplit (if_none_match, ",", -1);
  for (gsize i = 0; tags[i] != NULL; i++)
    {
      const char *one = g_strstrip (tags[i]);

      if (g_str_has_prefix (one, "W/"))
        one += 2;
      if (strcmp (one, tag) == 0 || strcmp (one, "*") == 0)
        return TRUE;
    }

  return FALSE;
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
  g_autofree char *digest = hash (G_CHECKSUM_SHA256, page, strlen (page));
  g_autofree char *tag = g_strdup_printf ("\"%.16s\"", digest);

  /* It names its files by their content, so it alone has to be asked for again. */
  lt_http_request_add_header (request, "Cache-Control", "no-cache");
  lt_http_request_add_header (request, "ETag", tag);
  lt_http_request_add_header (request, "Content-Security-Policy", self->page_policy);
  lt_http_request_add_header (request, "Cross-Origin-Opener-Policy", "same-origin");
  if (has_tag (lt_http_request_get_header (request, "If-None-Match"), tag))
    lt_http_request_respond (request, 304, NULL, NULL);
  else
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
  { "GET", "/assets/*", LT_PERMISSION_NONE, 0, lt_http_api_respond_asset },
  { "GET", "/healthz", LT_PERMISSION_NONE, 0, on_health },
};

/**
 * lt_http_api_add_page_routes:
 * @self: the HTTP interface
 *
 * Adds what is open to everyone: the page with its files, and whether the daemon lives.
 */
void
lt_http_api_add_page_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, page_routes, G_N_ELEMENTS (page_routes), self);
}
