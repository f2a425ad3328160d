/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of the page. Their names tell their content, so they never change. */
#include "lt-http-accept.h"
#include "lt-http-api-private.h"

#include "core/lt-error.h"
#include "lt-page-resources.h"

#include <string.h>

#define ASSETS_PATH "/org/livetrace/Livetrace1/page/assets"

/* A shared worker has the policy it was served with, not the page's: it asks the daemon. */
#define SCRIPT_POLICY                                                                              \
  "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "  \
  "'none'"

static const char *const codings[] = { "br", "gzip", NULL };
static const char *const coding_folders[] = { ASSETS_PATH ".br/", ASSETS_PATH ".gz/" };

static const struct
{
  const char *suffix;
  const char *media_type;
} media_types[] = {
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".json", "application/json" },
  { ".svg", "image/svg+xml" },
};

static const char *
find_media_type (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (media_types); i++)
    if (g_str_has_suffix (name, media_types[i].suffix))
      return media_types[i].media_type;

  return NULL;
}

static GBytes *
look_up (const char *folder, const char *name)
{
  g_autofree char *path = g_strconcat (folder, name, NULL);

  return g_resource_lookup_data (lt_page_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

/* The best form that the client takes and that there is: the file as it is, or compressed. */
static GBytes *
choose_form (LtHttpRequest *request, const char *name, const char **coding)
{
  const char *accept = lt_http_request_get_header (request, "Accept-Encoding");
  gssize chosen = accept != NULL && *accept != '\0' ? lt_http_accept_choose (accept, codings) : -1;
  GBytes *bytes = chosen >= 0 ? look_up (coding_folders[chosen], name) : NULL;

  *coding = bytes != NULL ? codings[chosen] : NULL;
  return bytes != NULL ? bytes : look_up (ASSETS_PATH "/", name);
}

/**
 * lt_http_api_respond_asset:
 * @request: a request for `/assets/NAME`
 * @user_data: the HTTP interface
 *
 * Serves a file of the page.
 */
void
lt_http_api_respond_asset (LtHttpRequest *request, gpointer user_data)
{
  const char *name = lt_http_request_get_segment (request, 1);
  const char *media_type = find_media_type (name);
  const char *coding = NULL;
  g_autoptr (GBytes) body = media_type != NULL && strchr (name, '/') == NULL
                                ? choose_form (request, name, &coding)
                                : NULL;

  if (body == NULL)
    {
      g_autoptr (GError) error = NULL;

      g_set_error (&error, LT_ERROR, LT_ERROR_NOT_FOUND,
                   "the page has no file \"%s\"; reload the page if the daemon has been updated",
                   name);
      lt_http_request_respond_error (request, error);
      return;
    }

  lt_http_request_add_header (request, "Cache-Control", "public, max-age=31536000, immutable");
  lt_http_request_add_header (request, "Vary", "Accept-Encoding");
  lt_http_request_add_header (request, "Cross-Origin-Resource-Policy", "same-origin");
  if (coding != NULL)
    lt_http_request_add_header (request, "Content-Encoding", coding);
  if (g_str_has_suffix (name, ".js"))
    lt_http_request_add_header (request, "Content-Security-Policy", SCRIPT_POLICY);
  lt_http_request_respond (request, 200, media_type, body);
}
