/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-client.h"
#include "http/lt-http-server.h"

#include "core/lt-error.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  LtHttpServer *server;
  char *address;       /* where it listens */
  LtHttpRequest *kept; /* (owned) (nullable): a request not answered yet */
  GIOStream *stream;   /* (owned) (nullable): a stolen connection */
  GSocket *socket;     /* (owned) (nullable): of @stream */
  guint n_calls;
  guint n_cancelled;
} Fixture;

#define LARGE_BYTES (6 * 1024 * 1024)

static void
on_echo (LtHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
  lt_http_request_respond (request, 200, "text/plain", lt_http_request_get_body (request));
}

static void
on_show (LtHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;
  g_autofree char *cookie = lt_http_request_dup_cookie (request, "session");
  g_autofree char *text = g_strdup_printf (
      "%s|%s|%s|%s|%s|%d|%d|%s", lt_http_request_get_method (request),
      lt_http_request_get_segment (request, 1), lt_http_request_get_query (request),
      lt_http_request_get_client (request), cookie, lt_http_request_is_secure (request),
      lt_http_request_is_own_origin (request), lt_http_request_get_header (request, "x-two"));
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  self->n_calls++;
  lt_http_request_set_cookie (request, "session", "abc", 60);
  lt_http_request_set_cookie (request, "old", NULL, -1);
  lt_http_request_add_header (request, "Cache-Control", "max-age=5");
  lt_http_request_respond (request, 200, "text/plain", body);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_cancelled++;
}

static void
on_keep (LtHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
  g_set_object (&self->kept, request);
  g_signal_connect (lt_http_request_get_cancellable (request), "cancelled",
                    G_CALLBACK (on_cancelled), self);
}

static void
on_drop (LtHttpRequest *request, gpointer user_data)
{
}

static void
on_large (LtHttpRequest *request, gpointer user_data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (LARGE_BYTES), LARGE_BYTES);

  lt_http_request_respond (request, 200, "application/octet-stream", body);
}

static void
on_stream (LtHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr (GBytes) head = lt_http_request_format_head (request, 200, "text/event-stream");
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GSocket) socket = NULL;

  stream = lt_http_request_steal (request, &socket, &error);
  if (stream == NULL)
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  g_assert_cmpint (
      g_socket_send (socket, g_bytes_get_data (head, NULL), g_bytes_get_size (head), NULL, NULL),
      ==, (gssize) g_bytes_get_size (head));
  g_set_object (&self->stream, stream);
  g_set_object (&self->socket, socket);
}

static gboolean
authorize (LtHttpRequest *request, const LtHttpRoute *route, gpointer user_data, GError **error)
{
  const char *authorization = lt_http_request_get_header (request, "Authorization");

  g_assert_cmpuint (route->permission, ==, 4);
  if (authorization == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED, "no credential");
      return FALSE;
    }
  if (strcmp (authorization, "Bearer good") != 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_DENIED, "not allowed");
      return FALSE;
    }

  return TRUE;
}

static const LtHttpRoute routes[] = {
  { "GET", "/", 0, 0, on_echo },         { "POST", "/echo", 0, 1 << 20, on_echo },
  { "GET", "/show/*", 0, 0, on_show },   { "DELETE", "/show/*", 0, 0, on_show },
  { "GET", "/keep", 0, 0, on_keep },     { "POST", "/keep", 0, 8 << 20, on_keep },
  { "GET", "/drop", 0, 0, on_drop },     { "GET", "/large", 0, 0, on_large },
  { "GET", "/stream", 0, 0, on_stream }, { "POST", "/guarded", 4, 100, on_echo },
};

static void
set_up_with (Fixture *self, const LtHttpSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) addresses = NULL;

  self->server = lt_http_server_new (settings, &error);
  g_assert_no_error (error);
  lt_http_server_set_authorizer (self->server, authorize, self);
  lt_http_server_add_routes (self->server, routes, G_N_ELEMENTS (routes), self);
  lt_http_server_start (self->server, &error);
  g_assert_no_error (error);
  addresses = lt_http_server_dup_addresses (self->server);
  self->address = g_strdup (addresses[0]);
}

static const char *const local[] = { "127.0.0.1:0", NULL };

static void
set_up (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;

  settings.listen = local;
  set_up_with (self, &settings);
}

static gboolean
is_idle (gpointer user_data)
{
  LtHttpCounts counts;

  lt_http_server_get_counts (user_data, &counts);
  return counts.connections == 0 && counts.streams == 0 && counts.body_bytes == 0;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->kept);
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
  http_iterate_until (is_idle, self->server);
  g_assert_finalize_object (self->server);
  g_free (self->address);
}

/* Sends a request whose `%s` is where the server listens. */
static HttpAnswer *
ask (Fixture *self, const char *method, const char *target, const char *rest)
{
  g_autofree char *request
      = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, target, self->address, rest);

  return http_exchange (self->address, request, -1);
}

static void
test_answer (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer
      = ask (self, "POST", "/echo", "Content-Length: 5\r\nX-Any: 1\r\n\r\nhello");
  static const char *const fields[][2] = {
    { "Connection", "close" },
    { "Cache-Control", "no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
    { "Content-Type", "text/plain" },
    { "Content-Length", "5" },
  };

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "hello");
  g_assert_false (answer->is_reset);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *value = http_answer_dup_header (answer, fields[i][0]);

      g_assert_cmpstr (value, ==, fields[i][1]);
    }
}

static void
test_request (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer = ask (
      self, "GET", "/show/a%2Fb%20c?x=%41&y>=1",
      "Cookie: a=b; session=s3cret\r\nCookie: session=other\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n");
  g_autofree char *cache = http_answer_dup_header (answer, "Cache-Control");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "GET|a/b c|x=%41&y>=1|127.0.0.1|s3cret|0|1|1, 2");
  g_assert_cmpstr (cache, ==, "max-age=5");
  g_assert_nonnull (strstr (answer->bytes->str,
                            "\r\nSet-Cookie: session=abc; Path=/; HttpOnly; SameSite=Strict; "
                            "Max-Age=60\r\n"));
  g_assert_nonnull (strstr (answer->bytes->str,
                            "\r\nSet-Cookie: old=; Path=/; HttpOnly; SameSite=Strict; "
                            "Max-Age=0\r\n"));
}

static void
test_head (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer = ask (self, "HEAD", "/large", "\r\n");
  g_autoptr (HttpAnswer) missing = ask (self, "HEAD", "/nothing", "\r\n");
  g_autofree char *length = http_answer_dup_header (answer, "Content-Length");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (g_ascii_strtoull (length, NULL, 10), ==, LARGE_BYTES);
  g_assert_cmpstr (answer->body, ==, "");
  g_assert_cmpuint (missing->status, ==, 404);
  g_assert_cmpstr (missing->body, ==, "");
}

static void
test_paths (Fixture *self, gconstpointer data)
{
  static const char *const missing[] = {
    "/nothing", "/echo/",    "//echo",    "/./echo", "/x/../echo", "/show/",    "/show",
    "/show/..", "/show/%2e", "/show/a/b", "/ECHO",   "/echo%2F",   "/echo;x=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_autoptr (HttpAnswer) answer = ask (self, "POST", missing[i], "\r\n");

      g_test_message ("%s", missing[i]);
      http_answer_assert_problem (answer, 404, "not-found");
    }
  {
    g_autoptr (HttpAnswer) nul = ask (self, "GET", "/show/a%00", "\r\n");
    g_autoptr (HttpAnswer) broken = ask (self, "GET", "/show/a%4", "\r\n");
    g_autoptr (HttpAnswer) latin = ask (self, "GET", "/show/%fc", "\r\n");
    g_autoptr (HttpAnswer) decoded = ask (self, "POST", "/%65cho", "Content-Length: 1\r\n\r\nx");

    http_answer_assert_problem (nul, 400, "invalid-request");
    http_answer_assert_problem (broken, 400, "invalid-request");
    http_answer_assert_problem (latin, 400, "invalid-request");
    g_assert_cmpstr (decoded->body, ==, "x");
  }
}

static void
test_methods (Fixture *self, gconstpointer data)
{
  static const char *const methods[] = { "OPTIONS", "PUT", "TRACE", "BREW", "get" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (HttpAnswer) answer = ask (self, methods[i], "/show/x", "\r\n");
      g_autofree char *allow = http_answer_dup_header (answer, "Allow");

      http_answer_assert_problem (answer, 405, "method-not-allowed");
      g_assert_cmpstr (allow, ==, "GET, HEAD, DELETE");
    }
  {
    g_autoptr (HttpAnswer) any = ask (self, "OPTIONS", "*", "\r\n");

    http_answer_assert_problem (any, 405, "method-not-allowed");
  }
}

static void
test_authorize (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) none = ask (self, "POST", "/guarded", "Content-Length: 90\r\n\r\n");
  g_autoptr (HttpAnswer) denied
      = ask (self, "POST", "/guarded", "Authorization: Bearer bad\r\nContent-Length: 90\r\n\r\n");
  g_autoptr (HttpAnswer) good
      = ask (self, "POST", "/guarded", "Authorization: Bearer good\r\nContent-Length: 2\r\n\r\nok");
  g_autoptr (HttpAnswer) twice = ask (
      self, "POST", "/guarded", "Authorization: Bearer good\r\nAuthorization: Bearer bad\r\n\r\n");
  g_autofree char *challenge = http_answer_dup_header (none, "WWW-Authenticate");

  http_answer_assert_problem (none, 401, "unauthenticated");
  g_assert_cmpstr (challenge, ==, "Bearer");
  http_answer_assert_problem (denied, 403, "denied");
  g_assert_cmpstr (good->body, ==, "ok");
  http_answer_assert_problem (twice, 400, "invalid-request");
}

static gboolean
is_kept (gpointer user_data)
{
  Fixture *self = user_data;

  return self->kept != NULL;
}

static int
begin (Fixture *self, const char *target)
{
  g_autofree char *request
      = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, self->address);
  int fd = http_connect (self->address);

  http_send (fd, request, strlen (request));
  return fd;
}

static void
test_later (Fixture *self, gconstpointer data)
{
  int fd = begin (self, "/keep");
  g_autoptr (GError) error = g_error_new (LT_ERROR, LT_ERROR_UNKNOWN_KEY, "no \"such\" key");
  g_autoptr (HttpAnswer) answer = NULL;

  http_iterate_until (is_kept, self);
  lt_error_set_position (error, 3);
  lt_http_request_respond_error (self->kept, error);
  g_assert_true (lt_http_request_is_answered (self->kept));
  answer = http_receive (fd);
  close (fd);
  http_answer_assert_problem (answer, 400, "unknown-key");
  g_assert_cmpstr (answer->body, ==,
                   "{\"type\":\"about:blank\",\"title\":\"Unknown key\",\"status\":400,"
                   "\"code\":\"unknown-key\",\"detail\":\"no \\\"such\\\" key\",\"position\":3}\n");
}

static void
test_unanswered (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) dropped = ask (self, "GET", "/drop", "\r\n");
  int fd = begin (self, "/keep");
  g_autoptr (HttpAnswer) answer = NULL;

  http_answer_assert_problem (dropped, 500, "failed");
  http_iterate_until (is_kept, self);
  g_clear_object (&self->kept);
  answer = http_receive (fd);
  close (fd);
  http_answer_assert_problem (answer, 500, "failed");
}

static gboolean
is_cancelled (gpointer user_data)
{
  Fixture *self = user_data;

  return self->n_cancelled == 1;
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  int fd = begin (self, "/keep");

  http_iterate_until (is_kept, self);
  close (fd);
  http_iterate_until (is_cancelled, self);
  lt_http_request_respond (self->kept, 200, NULL, NULL);
}

/* Says no more, but still listens. */
static void
test_half_closed (Fixture *self, gconstpointer data)
{
  int fd = begin (self, "/large");
  g_autoptr (HttpAnswer) answer = NULL;

  shutdown (fd, SHUT_WR);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (answer->bytes->len, >, LARGE_BYTES);
}

static gboolean
has_stream (gpointer user_data)
{
  Fixture *self = user_data;

  return self->stream != NULL;
}

static void
test_stream (Fixture *self, gconstpointer data)
{
  int fd = begin (self, "/stream");
  g_autoptr (HttpAnswer) answer = NULL;
  LtHttpCounts counts;

  http_iterate_until (has_stream, self);
  lt_http_server_get_counts (self->server, &counts);
  g_assert_cmpuint (counts.streams, ==, 1);
  g_assert_cmpuint (counts.connections, ==, 1);

  g_assert_cmpint (g_socket_send (self->socket, "data", 4, NULL, NULL), ==, 4);
  g_clear_object (&self->socket);
  g_object_add_weak_pointer (G_OBJECT (self->stream), (gpointer *) &self->stream);
  g_object_unref (self->stream);
  g_assert_null (self->stream);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpstr (answer->body, ==, "data");
  lt_http_server_get_counts (self->server, &counts);
  g_assert_cmpuint (counts.streams, ==, 0);
  g_assert_cmpuint (counts.connections, ==, 0);
}

/* A stream goes on when the server that gave it is gone. */
static void
test_stream_outlives (Fixture *self, gconstpointer data)
{
  int fd = begin (self, "/stream");
  g_autoptr (HttpAnswer) answer = NULL;
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;

  http_iterate_until (has_stream, self);
  g_assert_finalize_object (g_steal_pointer (&self->server));
  g_assert_cmpint (g_socket_send (self->socket, "data", 4, NULL, NULL), ==, 4);
  g_clear_object (&self->socket);
  g_clear_object (&self->stream);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpstr (answer->body, ==, "data");

  settings.listen = local;
  g_clear_pointer (&self->address, g_free);
  set_up_with (self, &settings);
}

static void
test_stream_limit (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autoptr (HttpAnswer) refused = NULL;
  g_autoptr (HttpAnswer) other = NULL;
  g_autofree char *retry = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  settings.max_streams = 1;
  lt_http_server_configure (self->server, &settings, &error);
  g_assert_no_error (error);
  fd = begin (self, "/stream");
  http_iterate_until (has_stream, self);

  refused = ask (self, "GET", "/stream", "\r\n");
  http_answer_assert_problem (refused, 503, "busy");
  retry = http_answer_dup_header (refused, "Retry-After");
  g_assert_nonnull (retry);
  other = ask (self, "GET", "/show/x", "\r\n");
  g_assert_cmpuint (other->status, ==, 200);
  close (fd);
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  int kept = begin (self, "/keep");
  int large;
  int silent = http_connect (self->address);
  g_autoptr (HttpAnswer) of_kept = NULL;
  g_autoptr (HttpAnswer) of_silent = NULL;
  g_autoptr (HttpAnswer) of_large = NULL;

  http_iterate_until (is_kept, self);
  large = begin (self, "/large");
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  lt_http_server_stop (self->server);
  of_kept = http_receive (kept);
  of_silent = http_receive (silent);
  of_large = http_receive (large);
  g_assert_cmpuint (of_kept->bytes->len, ==, 0);
  g_assert_cmpuint (of_silent->bytes->len, ==, 0);
  g_assert_cmpuint (of_large->bytes->len, <, LARGE_BYTES);
  lt_http_request_respond (self->kept, 200, NULL, NULL);
  close (kept);
  close (large);
  close (silent);
}

static void
test_settings (void)
{
  static const char *const bad_listen[] = { "localhost:1", NULL };
  static const char *const bad_host[] = { "a b", NULL };
  static const char *const bad_proxy[] = { "10.0.0.0/99", NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  LtHttpSettings bad;
  g_autoptr (GError) error = NULL;

  bad = settings;
  bad.listen = bad_listen;
  g_assert_null (lt_http_server_new (&bad, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, "\"localhost:1\" in http.listen"));
  g_clear_error (&error);

  bad = settings;
  bad.hosts = bad_host;
  g_assert_null (lt_http_server_new (&bad, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_clear_error (&error);

  bad = settings;
  bad.trusted_proxies = bad_proxy;
  g_assert_null (lt_http_server_new (&bad, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_clear_error (&error);

  bad = settings;
  bad.max_streams = 0;
  g_assert_null (lt_http_server_new (&bad, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/http-server/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answer", test_answer);
  ADD ("request", test_request);
  ADD ("head", test_head);
  ADD ("paths", test_paths);
  ADD ("methods", test_methods);
  ADD ("authorize", test_authorize);
  ADD ("later", test_later);
  ADD ("unanswered", test_unanswered);
  ADD ("gone", test_gone);
  ADD ("half-closed", test_half_closed);
  ADD ("stream", test_stream);
  ADD ("stream-outlives", test_stream_outlives);
  ADD ("stream-limit", test_stream_limit);
  ADD ("stop", test_stop);
  g_test_add_func ("/http-server/settings", test_settings);
  return g_test_run ();
}
