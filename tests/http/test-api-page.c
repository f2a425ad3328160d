/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page at `/` and its files: the web page, or the plain one of a build without it. */
#include "api-fixture.h"

#include <string.h>

/* The first file of the page with this suffix, as a path; %NULL if it has none. */
static char *
find_asset (const char *page, const char *suffix)
{
  g_autofree char *pattern = g_strdup_printf ("\"(/assets/[a-z]+-[0-9a-f]{12}%s)\"", suffix);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) info = NULL;

  return g_regex_match (regex, page, 0, &info) ? g_match_info_fetch (info, 1) : NULL;
}

static void
assert_header (const HttpAnswer *answer, const char *name, const char *value)
{
  g_autofree char *found = http_answer_dup_header (answer, name);

  g_assert_cmpstr (found, ==, value);
}

static gsize
get_body_length (const HttpAnswer *answer)
{
  return answer->bytes->len - (answer->body - answer->bytes->str);
}

static void
test_page (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);
  g_autoptr (HttpAnswer) health = api_get (fixture, "/healthz", NULL);
  g_autofree char *policy = http_answer_dup_header (page, "Content-Security-Policy");
  g_autofree char *origin = g_strdup_printf ("http://%s/api/tracing/live", fixture->address);
  g_autofree char *script = find_asset (page->body, "\\.js");

  g_assert_cmpuint (page->status, ==, 200);
  assert_header (page, "Content-Type", "text/html; charset=utf-8");
  assert_header (page, "Cache-Control", "no-cache");
  assert_header (page, "Cross-Origin-Opener-Policy", "same-origin");
  assert_header (page, "Referrer-Policy", "no-referrer");
  assert_header (page, "X-Content-Type-Options", "nosniff");
  g_assert_nonnull (strstr (page->body, origin));
  g_assert_null (strstr (page->body, "@ORIGIN@"));
  g_assert_null (strstr (page->body, "style="));
  g_assert_true (g_str_has_prefix (policy, "default-src 'none'; "));
  g_assert_null (strstr (policy, "unsafe"));
  g_assert_nonnull (strstr (policy, "frame-ancestors 'none'"));
  if (script != NULL)
    g_assert_null (strstr (page->body, "<style"));
  api_assert_body (health, 200, "{\"status\":\"ok\"}");
}

/* The plain page brings its style along, and the policy allows that style alone. */
static void
test_plain (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);
  g_autofree char *policy = http_answer_dup_header (page, "Content-Security-Policy");
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *begin = strstr (page->body, "<style>");
  g_autofree char *base64 = NULL;
  g_autofree char *expected = NULL;
  guint8 digest[32];
  gsize length = sizeof digest;

  if (begin == NULL)
    {
      g_test_skip ("built with the web page");
      return;
    }

  begin += strlen ("<style>");
  g_assert_null (strstr (page->body, "<script"));
  g_checksum_update (checksum, (const guchar *) begin, strstr (begin, "</style>") - begin);
  g_checksum_get_digest (checksum, digest, &length);
  base64 = g_base64_encode (digest, length);
  expected = g_strdup_printf ("default-src 'none'; style-src 'sha256-%s'", base64);
  g_assert_true (g_str_has_prefix (policy, expected));
}

static void
test_unchanged (ApiFixture *fixture, gconstpointer data)
{
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);
  g_autofree char *tag = http_answer_dup_header (page, "ETag");
  const char *const forms[] = { "%s", "W/%s", "\"other\", %s", "*" };

  g_assert_nonnull (tag);
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_auto (GStrv) parts = g_strsplit (forms[i], "%s", -1);
      g_autofree char *value = g_strjoinv (tag, parts);
      g_autofree char *header = g_strdup_printf ("If-None-Match: %s\r\n", value);
      g_autoptr (HttpAnswer) again = api_request (fixture, "GET", "/", NULL, header, NULL);

      g_assert_cmpuint (again->status, ==, 304);
      g_assert_cmpuint (get_body_length (again), ==, 0);
      assert_header (again, "ETag", tag);
    }
  {
    g_autoptr (HttpAnswer) other
        = api_request (fixture, "GET", "/", NULL, "If-None-Match: \"other\"\r\n", NULL);

    g_assert_cmpuint (other->status, ==, 200);
  }
}

static void
test_assets (ApiFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *suffix;
    const char *media_type;
  } rows[] = {
    { "\\.js", "text/javascript; charset=utf-8" },
    { "\\.css", "text/css; charset=utf-8" },
    { "\\.svg", "image/svg+xml" },
  };
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = find_asset (page->body, rows[i].suffix);
      g_autoptr (HttpAnswer) asset = NULL;
      g_autoptr (HttpAnswer) head = NULL;
      g_autofree char *length = NULL;

      if (path == NULL)
        {
          g_test_skip ("built without the web page");
          return;
        }
      asset = api_get (fixture, path, NULL);
      g_assert_cmpuint (asset->status, ==, 200);
      assert_header (asset, "Content-Type", rows[i].media_type);
      assert_header (asset, "Cache-Control", "public, max-age=31536000, immutable");
      assert_header (asset, "Vary", "Accept-Encoding");
      assert_header (asset, "X-Content-Type-Options", "nosniff");
      assert_header (asset, "Content-Encoding", NULL);
      if (g_str_equal (rows[i].suffix, "\\.js"))
        {
          g_autofree char *policy = http_answer_dup_header (asset, "Content-Security-Policy");

          g_assert_nonnull (strstr (policy, "connect-src 'self'"));
        }

      head = api_request (fixture, "HEAD", path, NULL, NULL, NULL);
      length = http_answer_dup_header (head, "Content-Length");
      g_assert_cmpuint (head->status, ==, 200);
      g_assert_cmpuint (get_body_length (head), ==, 0);
      g_assert_cmpuint (g_ascii_strtoull (length, NULL, 10), ==, get_body_length (asset));
    }
}

static void
test_codings (ApiFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *accept;
    const char *coding;
  } rows[] = {
    { "gzip, deflate, br, zstd", "br" },
    { "gzip, deflate", "gzip" },
    { "gzip, br;q=0.5", "gzip" },
    { "*", "br" },
    { "identity", NULL },
    { "br;q=0, gzip;q=0", NULL },
    { "", NULL },
  };
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);
  g_autofree char *path = find_asset (page->body, "\\.js");
  g_autoptr (HttpAnswer) plain = NULL;

  if (path == NULL)
    {
      g_test_skip ("built without the web page");
      return;
    }

  plain = api_get (fixture, path, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *header = g_strdup_printf ("Accept-Encoding: %s\r\n", rows[i].accept);
      g_autoptr (HttpAnswer) answer = api_request (fixture, "GET", path, NULL, header, NULL);

      g_test_message ("\"%s\"", rows[i].accept);
      g_assert_cmpuint (answer->status, ==, 200);
      assert_header (answer, "Content-Encoding", rows[i].coding);
      assert_header (answer, "Content-Type", "text/javascript; charset=utf-8");
      if (rows[i].coding != NULL)
        g_assert_cmpuint (get_body_length (answer), <, get_body_length (plain));
      else
        g_assert_cmpuint (get_body_length (answer), ==, get_body_length (plain));
    }
}

/* What the daemon serves, all of it compressed, is what the page may weigh. */
static void
test_size (ApiFixture *fixture, gconstpointer data)
{
  const gsize limit_bytes = 120 * 1024;
  g_autoptr (HttpAnswer) page = api_get (fixture, "/", NULL);
  const char *const suffixes[] = { "\\.js", "\\.css", "\\.svg" };
  gsize bytes = get_body_length (page);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = find_asset (page->body, suffixes[i]);
      g_autoptr (HttpAnswer) answer = NULL;

      if (path == NULL)
        continue;
      answer = api_request (fixture, "GET", path, NULL, "Accept-Encoding: gzip\r\n", NULL);
      bytes += get_body_length (answer);
    }
  g_test_message ("%" G_GSIZE_FORMAT " bytes", bytes);
  g_assert_cmpuint (bytes, <=, limit_bytes);
}

static void
test_not_found (ApiFixture *fixture, gconstpointer data)
{
  const char *const paths[]
      = { "/assets/app-000000000000.js", "/assets/",           "/assets",
          "/assets/index.html",          "/assets/../assets",  "/assets/a/b.js",
          "/assets/..%2Findex.html",     "/assets/app.js.map", "/assets.br/app.js" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (HttpAnswer) answer = api_get (fixture, paths[i], NULL);

      g_test_message ("%s", paths[i]);
      http_answer_assert_problem (answer, 404, "not-found");
    }
}

#define ADD(name, test)                                                                            \
  g_test_add ("/api/page/" name, ApiFixture, NULL, api_fixture_set_up, test, api_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("page", test_page);
  ADD ("plain", test_plain);
  ADD ("unchanged", test_unchanged);
  ADD ("assets", test_assets);
  ADD ("codings", test_codings);
  ADD ("size", test_size);
  ADD ("not-found", test_not_found);
  return g_test_run ();
}
