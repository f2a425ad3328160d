/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "http/lt-http-head.h"

#include <string.h>

static LtHttpHead *
parse (const char *text, GError **error)
{
  return lt_http_head_parse (text, strlen (text), error);
}

static void
assert_refused (const char *text, LtErrorCode code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtHttpHead) head = parse (text, &error);

  if (head != NULL || !g_error_matches (error, LT_ERROR, (int) code))
    g_test_message ("%.200s", text);
  g_assert_error (error, LT_ERROR, (int) code);
  g_assert_null (head);
}

#define HOST "Host: a.example\r\n"

static void
test_sound (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtHttpHead) head = parse ("POST /a/b?c=d&e HTTP/1.1\r\n"
                                       "host: A.example:8425\r\n"
                                       "X-Empty:\r\n"
                                       "X-Spaced: \t one two \t \r\n"
                                       "Accept: text/html\r\n"
                                       "ACCEPT: */*\r\n"
                                       "Cookie: a=b\r\nCookie: c=d\r\n"
                                       "X-Latin: \xfc\r\n"
                                       "Content-Length: 0012\r\n\r\n",
                                       &error);

  g_assert_no_error (error);
  g_assert_cmpstr (head->method, ==, "POST");
  g_assert_cmpstr (head->path, ==, "/a/b");
  g_assert_cmpstr (head->query, ==, "c=d&e");
  g_assert_cmpstr (head->host, ==, "A.example:8425");
  g_assert_cmpstr (head->authority.host, ==, "a.example");
  g_assert_cmpuint (head->authority.port, ==, 8425);
  g_assert_cmpuint (head->minor_version, ==, 1);
  g_assert_cmpuint (head->body_length, ==, 12);
  g_assert_cmpstr (lt_http_head_get (head, "x-empty"), ==, "");
  g_assert_cmpstr (lt_http_head_get (head, "X-SPACED"), ==, "one two");
  g_assert_cmpstr (lt_http_head_get (head, "Accept"), ==, "text/html, */*");
  g_assert_cmpstr (lt_http_head_get (head, "Cookie"), ==, "a=b; c=d");
  g_assert_cmpstr (lt_http_head_get (head, "X-Latin"), ==, "\xef\xbf\xbd");
  g_assert_null (lt_http_head_get (head, "X-None"));
  g_assert_false (lt_http_head_is_safe_method (head));
}

static void
test_targets (void)
{
  static const struct
  {
    const char *request;
    const char *path;
    const char *query;
  } rows[] = {
    { "GET / HTTP/1.0\r\n" HOST "\r\n", "/", NULL },
    { "GET /? HTTP/1.1\r\n" HOST "\r\n", "/", "" },
    { "\r\nGET /x HTTP/1.1\r\n" HOST "\r\n", "/x", NULL },
    { "GET /x?a?b HTTP/1.1\r\n" HOST "\r\n", "/x", "a?b" },
    { "GET /x?a>=1&b~=^c|d HTTP/1.1\r\n" HOST "\r\n", "/x", "a>=1&b~=^c|d" },
    { "GET //x HTTP/1.1\r\n" HOST "\r\n", "//x", NULL },
    { "GET http://a.example/x?y HTTP/1.1\r\n" HOST "\r\n", "/x", "y" },
    { "GET HTTP://A.EXAMPLE:80/x HTTP/1.1\r\n" HOST "\r\n", "/x", NULL },
    { "GET http://a.example HTTP/1.1\r\n" HOST "\r\n", "/", NULL },
    { "GET http://a.example?y HTTP/1.1\r\n" HOST "\r\n", "/", "y" },
    { "GET https://a.example:443/x HTTP/1.1\r\n" HOST "\r\n", "/x", NULL },
    { "GET http://[::1]:8425/x HTTP/1.1\r\nHost: [0:0:0:0:0:0:0:1]:8425\r\n\r\n", "/x", NULL },
    { "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "*", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtHttpHead) head = parse (rows[i].request, &error);

      g_test_message ("%s", rows[i].request);
      g_assert_no_error (error);
      g_assert_cmpstr (head->path, ==, rows[i].path);
      g_assert_cmpstr (head->query, ==, rows[i].query);
    }
}

static void
test_refused (void)
{
  static const char *const invalid[] = {
    /* Request lines. */
    "\r\n\r\n",
    " GET / HTTP/1.1\r\n" HOST "\r\n",
    "GET  / HTTP/1.1\r\n" HOST "\r\n",
    "GET /  HTTP/1.1\r\n" HOST "\r\n",
    "GET\t/\tHTTP/1.1\r\n" HOST "\r\n",
    "GET /\r\n" HOST "\r\n",
    "GET / HTTP/1.1 \r\n" HOST "\r\n",
    "GET / HTTP/1.2\r\n" HOST "\r\n",
    "GET / HTTP/0.9\r\n" HOST "\r\n",
    "GET / http/1.1\r\n" HOST "\r\n",
    "GET / HTTP/1.10\r\n" HOST "\r\n",
    "PRI * HTTP/2.0\r\n\r\n",
    "G(T / HTTP/1.1\r\n" HOST "\r\n",
    "GET x HTTP/1.1\r\n" HOST "\r\n",
    "GET * HTTP/1.1\r\n" HOST "\r\n",
    "GET /a#b HTTP/1.1\r\n" HOST "\r\n",
    "GET /\xc3\xbc HTTP/1.1\r\n" HOST "\r\n",
    "GET ftp://a.example/ HTTP/1.1\r\n" HOST "\r\n",
    "GET http:/// HTTP/1.1\r\n" HOST "\r\n",
    "GET http://user@a.example/ HTTP/1.1\r\n" HOST "\r\n",
    "CONNECT a.example:80 HTTP/1.1\r\n" HOST "\r\n",
    "VERYLONGMETHODVERYLONGMETHODVERYLONG / HTTP/1.1\r\n" HOST "\r\n",
    /* Line ends and control characters. */
    "GET / HTTP/1.1\n" HOST "\r\n",
    "GET / HTTP/1.1\r\nHost: a.example\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X: a\r\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n",
    /* Fields. */
    "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n",
    "GET / HTTP/1.1\r\n X: a\r\n" HOST "\r\n",
    "GET / HTTP/1.1\r\n" HOST "X : a\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X\t: a\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST ": a\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "X{}: a\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "\xc3\xbc: a\r\n\r\n",
    /* Host. */
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST HOST "\r\n",
    "GET / HTTP/1.1\r\n" HOST "hOST: b.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a:1x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n",
    /* Lengths: what smuggling is made of. */
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n",
    /* Fields that say one thing. */
    "GET / HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "Origin: http://a\r\nOrigin: http://b\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n\r\n",
    /* Ends early. */
    "",
    "GET / HTTP/1.1\r\n" HOST,
    "GET / HTTP/1.1\r\n" HOST "\r",
  };
  static const char *const no_length[] = {
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "transfer-encoding: identity\r\n\r\n",
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n",
    "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n",
  };
  static const char *const misdirected[] = {
    "GET http://b.example/ HTTP/1.1\r\n" HOST "\r\n",
    "GET http://a.example:81/ HTTP/1.1\r\n" HOST "\r\n",
    "GET http://a.example/ HTTP/1.1\r\nHost: a.example:8425\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (invalid); i++)
    assert_refused (invalid[i], LT_ERROR_INVALID_REQUEST);
  for (gsize i = 0; i < G_N_ELEMENTS (no_length); i++)
    assert_refused (no_length[i], LT_ERROR_LENGTH_REQUIRED);
  for (gsize i = 0; i < G_N_ELEMENTS (misdirected); i++)
    assert_refused (misdirected[i], LT_ERROR_MISDIRECTED);
}

static void
test_nul (void)
{
  static const char text[] = "GET /\0 HTTP/1.1\r\n" HOST "\r\n";
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_http_head_parse (text, sizeof text - 1, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST);
  g_assert_cmpint (lt_error_get_position (error), ==, 5);
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *fill = g_strnfill (LT_HTTP_HEAD_MAX_BYTES, 'x');

  g_string_printf (text, "GET / HTTP/1.1\r\n" HOST "X: %s\r\n\r\n", fill);
  assert_refused (text->str, LT_ERROR_HEAD_TOO_LARGE);
  g_string_printf (text, "GET /%s HTTP/1.1\r\n" HOST "\r\n", fill);
  assert_refused (text->str, LT_ERROR_TARGET_TOO_LONG);
  g_string_printf (text, "GET /%.13000s HTTP/1.1\r\n" HOST "\r\n", fill);
  assert_refused (text->str, LT_ERROR_TARGET_TOO_LONG);
  g_string_printf (text, "GET /%.12000s HTTP/1.1\r\n" HOST "\r\n", fill);
  {
    g_autoptr (LtHttpHead) head = parse (text->str, NULL);

    g_assert_nonnull (head);
  }

  g_string_assign (text, "GET / HTTP/1.1\r\n" HOST);
  for (guint i = 1; i < LT_HTTP_HEAD_MAX_FIELDS; i++)
    g_string_append_printf (text, "X-%u: 1\r\n", i);
  {
    g_autofree char *most = g_strconcat (text->str, "\r\n", NULL);
    g_autofree char *more = g_strconcat (text->str, "X: 1\r\n\r\n", NULL);
    g_autoptr (LtHttpHead) head = parse (most, NULL);

    g_assert_nonnull (head);
    g_assert_cmpuint (head->fields->len, ==, LT_HTTP_HEAD_MAX_FIELDS);
    assert_refused (more, LT_ERROR_HEAD_TOO_LARGE);
  }
}

/* The end is found however the head is cut, and what is no head is seen at its first byte. */
static void
test_find_end (void)
{
  static const char text[] = "GET / HTTP/1.1\r\n" HOST "\r\nrest\x01";
  static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01";
  gsize scanned = 0;
  gsize end = 0;
  g_autoptr (GError) error = NULL;

  for (gsize length = 1; end == 0; length++)
    {
      g_assert_cmpuint (length, <, sizeof text);
      g_assert_true (lt_http_head_find_end (text, length, &scanned, &end, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (end, ==, strlen ("GET / HTTP/1.1\r\n" HOST "\r\n"));

  scanned = 0;
  g_assert_false (lt_http_head_find_end (hello, 1, &scanned, &end, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST);
}

static void
test_rewrite (void)
{
  g_autoptr (LtHttpHead) head
      = parse ("GET http://a.example/x?y HTTP/1.1\r\n" HOST
               "Range: bytes=0-1\r\nIf-Range: x\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n"
               "HTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings\r\n"
               "Keep-Alive: 5\r\nTE: trailers\r\nTrailer: X\r\nContent-Length: 3\r\n"
               "Accept: a\r\nX-Y: z\r\nAccept: b\r\n\r\n",
               NULL);
  g_autoptr (GBytes) bytes = lt_http_head_rewrite (head);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_true (lt_http_head_expects_continue (head));
  g_assert_cmpstr (text, ==,
                   "GET /x?y HTTP/1.1\r\nHost: a.example\r\nAccept: a, b\r\nX-Y: z\r\n"
                   "Connection: close\r\n\r\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-head/sound", test_sound);
  g_test_add_func ("/http-head/targets", test_targets);
  g_test_add_func ("/http-head/refused", test_refused);
  g_test_add_func ("/http-head/nul", test_nul);
  g_test_add_func ("/http-head/limits", test_limits);
  g_test_add_func ("/http-head/find-end", test_find_end);
  g_test_add_func ("/http-head/rewrite", test_rewrite);
  return g_test_run ();
}
