/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "http/lt-http-request-private.h"

#include <string.h>

static LtHttpRequest *
make_request (const char *text, GError **error)
{
  LtHttpOrigin origin = {
    .peer = g_strdup ("192.0.2.1:5000"),
    .client = g_strdup ("198.51.100.1"),
    .port = 8425,
    .is_secure = TRUE,
    .is_own_origin = TRUE,
  };
  LtHttpHead *head = lt_http_head_parse (text, strlen (text), NULL);
  LtHttpRequest *request;

  g_assert_nonnull (head);
  request = lt_http_request_new (head, &origin, error);
  lt_http_origin_clear (&origin);
  return request;
}

static void
test_asked (void)
{
  LtHttpRequest *request = make_request ("GET /api/%C3%BC%2F/?a=%20b HTTP/1.1\r\n"
                                         "Host: a.example:8425\r\n"
                                         "Origin: http://a.example:8425\r\n"
                                         "Sec-Fetch-Site: same-origin\r\n"
                                         "Cookie: ab=1; a=2 ;b=\"x=y\"\r\n\r\n",
                                         NULL);
  g_autofree char *first = lt_http_request_dup_cookie (request, "a");
  g_autofree char *second = lt_http_request_dup_cookie (request, "b");
  g_autofree char *none = lt_http_request_dup_cookie (request, "c");

  g_assert_cmpstr (lt_http_request_get_method (request), ==, "GET");
  g_assert_false (lt_http_request_is_head (request));
  g_assert_cmpstr (lt_http_request_get_path (request), ==, "/api/%C3%BC%2F/");
  g_assert_cmpuint (lt_http_request_get_n_segments (request), ==, 3);
  g_assert_cmpstr (lt_http_request_get_segment (request, 0), ==, "api");
  g_assert_cmpstr (lt_http_request_get_segment (request, 1), ==, "ü/");
  g_assert_cmpstr (lt_http_request_get_segment (request, 2), ==, "");
  g_assert_null (lt_http_request_get_segment (request, 3));
  g_assert_cmpstr (lt_http_request_get_query (request), ==, "a=%20b");
  g_assert_cmpstr (lt_http_request_get_header (request, "ORIGIN"), ==, "http://a.example:8425");
  g_assert_cmpstr (lt_http_request_get_origin (request), ==, "http://a.example:8425");
  g_assert_cmpstr (lt_http_request_get_fetch_site (request), ==, "same-origin");
  g_assert_cmpstr (first, ==, "2");
  g_assert_cmpstr (second, ==, "\"x=y\"");
  g_assert_null (none);
  g_assert_cmpstr (lt_http_request_get_peer (request), ==, "192.0.2.1:5000");
  g_assert_cmpstr (lt_http_request_get_client (request), ==, "198.51.100.1");
  g_assert_cmpstr (lt_http_request_get_authority (request), ==, "a.example:8425");
  g_assert_cmpuint (lt_http_request_get_port (request), ==, 8425);
  g_assert_true (lt_http_request_is_secure (request));
  g_assert_true (lt_http_request_is_own_origin (request));
  g_assert_cmpuint (g_bytes_get_size (lt_http_request_get_body (request)), ==, 0);
  g_assert_false (lt_http_request_is_answered (request));
  g_assert_finalize_object (request);
}

static void
test_bad_path (void)
{
  static const char *const paths[] = { "/a%", "/%zz", "/%00", "/%ff" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (make_request (text, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST);
    }
}

static void
test_format (void)
{
  LtHttpRequest *request = make_request ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
  g_autoptr (GBytes) head = NULL;
  g_autofree char *text = NULL;

  lt_http_request_add_header (request, "X-Accel-Buffering", "yes");
  lt_http_request_add_header (request, "x-accel-buffering", "no");
  lt_http_request_set_cookie (request, "a", "b", -1);
  head = lt_http_request_format_head (request, 200, "text/event-stream");
  text = g_strndup (g_bytes_get_data (head, NULL), g_bytes_get_size (head));
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 200 OK\r\nDate: "));
  g_assert_nonnull (strstr (text, " GMT\r\n"));
  g_assert_cmpstr (strstr (text, " GMT\r\n") + 6, ==,
                   "x-accel-buffering: no\r\n"
                   "Set-Cookie: a=b; Path=/; HttpOnly; SameSite=Strict; Secure\r\n"
                   "Connection: close\r\n"
                   "Cache-Control: no-store\r\n"
                   "X-Content-Type-Options: nosniff\r\n"
                   "Referrer-Policy: no-referrer\r\n"
                   "Content-Type: text/event-stream\r\n"
                   "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                   "\r\n");
  g_assert_finalize_object (request);
}

/* No field can smuggle another one into the answer. */
static void
test_unclean_field (void)
{
  LtHttpRequest *request;

  if (g_test_subprocess ())
    {
      request = make_request ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
      lt_http_request_add_header (request, "X-A", "b\r\nX-C: d");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*is_clean*");
}

static void
test_identity (void)
{
  LtHttpRequest *request = make_request ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
  GObject *identity = g_object_new (G_TYPE_OBJECT, NULL);

  lt_http_request_set_identity (request, identity);
  g_assert_true (lt_http_request_get_identity (request) == identity);
  g_assert_finalize_object (request);
  g_assert_finalize_object (identity);
}

/* A request of a server that went away: answers to it go nowhere. */
static void
test_detached (void)
{
  LtHttpRequest *request = make_request ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;

  lt_http_request_detach (request);
  g_assert_true (g_cancellable_is_cancelled (lt_http_request_get_cancellable (request)));
  g_assert_true (lt_http_request_is_answered (request));
  lt_http_request_respond (request, 200, NULL, NULL);
  g_assert_null (lt_http_request_steal (request, &socket, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_CANCELLED);
  lt_http_request_respond_error (request, error);
  g_assert_finalize_object (request);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-request/asked", test_asked);
  g_test_add_func ("/http-request/bad-path", test_bad_path);
  g_test_add_func ("/http-request/format", test_format);
  g_test_add_func ("/http-request/unclean-field", test_unclean_field);
  g_test_add_func ("/http-request/identity", test_identity);
  g_test_add_func ("/http-request/detached", test_detached);
  return g_test_run ();
}
