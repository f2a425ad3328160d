/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection makes of raw bytes and of time. */
#include "http-client.h"
#include "http/lt-http-connection.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  LtHttpServer *server;
  char *address;      /* (owned): where it listens */
  guint n_calls;      /* of handlers */
  guint64 body_bytes; /* the handlers got */
} Fixture;

#define LARGE_BYTES (16 * 1024 * 1024)

static const char *const local[] = { "127.0.0.1:0", NULL };

static void
on_request (LtHttpRequest *request, gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr (GBytes) body = g_bytes_new_static ("0123456789", 10);

  self->n_calls++;
  self->body_bytes += g_bytes_get_size (lt_http_request_get_body (request));
  lt_http_request_respond (request, 200, "text/plain", body);
}

static void
on_large (LtHttpRequest *request, gpointer user_data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (LARGE_BYTES), LARGE_BYTES);

  lt_http_request_respond (request, 200, "application/octet-stream", body);
}

static const LtHttpRoute routes[] = {
  { "GET", "/", 0, 0, on_request },
  { "POST", "/", 0, 1 << 20, on_request },
  { "POST", "/all", 0, G_MAXUINT64, on_request },
  { "DELETE", "/", 0, 0, on_request },
  { "GET", "/large", 0, 0, on_large },
};

static LtHttpSettings
make_settings (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;

  settings.listen = local;
  settings.max_body_bytes = 2 << 20;
  settings.max_bodies_bytes = 3 << 20;
  return settings;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = make_settings ();
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GError) error = NULL;

  self->server = lt_http_server_new (&settings, &error);
  g_assert_no_error (error);
  lt_http_server_add_routes (self->server, routes, G_N_ELEMENTS (routes), self);
  lt_http_server_start (self->server, &error);
  g_assert_no_error (error);
  addresses = lt_http_server_dup_addresses (self->server);
  self->address = g_strdup (addresses[0]);
}

static gboolean
is_idle (gpointer user_data)
{
  LtHttpCounts counts;

  lt_http_server_get_counts (user_data, &counts);
  return counts.connections == 0 && counts.body_bytes == 0;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  http_iterate_until (is_idle, self->server);
  g_assert_finalize_object (self->server);
  g_free (self->address);
}

static void
configure (Fixture *self, LtHttpSettings settings)
{
  g_autoptr (GError) error = NULL;

  lt_http_server_configure (self->server, &settings, &error);
  g_assert_no_error (error);
}

/* Puts the server's address for each `@`. */
static char *
fill_in (Fixture *self, const char *request)
{
  g_auto (GStrv) parts = g_strsplit (request, "@", -1);

  return g_strjoinv (self->address, parts);
}

static HttpAnswer *
exchange (Fixture *self, const char *request)
{
  g_autofree char *filled = fill_in (self, request);

  return http_exchange (self->address, filled, -1);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *request;
    guint status;
    const char *code;
  } rows[] = {
    { "GET / HTTP/1.1\r\n\r\n", 400, "invalid-request" },
    { "GET / HTTP/1.1\r\nHost: @\r\nHost: @\r\n\r\n", 400, "invalid-request" },
    { "GET / HTTP/1.1\nHost: @\n\n", 400, "invalid-request" },
    { "GET / HTTP/2.0\r\nHost: @\r\n\r\n", 400, "invalid-request" },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "invalid-request" },
    { "\x16\x03\x01\x02", 400, "invalid-request" },
    { "\x05\x01", 400, "invalid-request" },
    { "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "misdirected" },
    { "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421, "misdirected" },
    { "GET http://evil.example/ HTTP/1.1\r\nHost: @\r\n\r\n", 421, "misdirected" },
    { "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "misdirected" },
    { "POST / HTTP/1.1\r\nHost: @\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411,
      "length-required" },
    { "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n",
      400, "invalid-request" },
    { "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400,
      "invalid-request" },
    { "GET / HTTP/1.1\r\nHost: @\r\nContent-Length: 1\r\n\r\nx", 413, "too-large" },
    { "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 1048577\r\n\r\nx", 413, "too-large" },
    { "POST /all HTTP/1.1\r\nHost: @\r\nContent-Length: 2097153\r\n\r\nx", 413, "too-large" },
    { "POST /all HTTP/1.1\r\nHost: @\r\nContent-Length: 99999999999999999\r\n\r\nx", 413,
      "too-large" },
    { "POST / HTTP/1.1\r\nHost: @\r\nOrigin: http://evil.example\r\nContent-Length: 1\r\n\r\nx",
      403, "foreign-origin" },
    { "POST / HTTP/1.1\r\nHost: @\r\nOrigin: null\r\nContent-Length: 1\r\n\r\nx", 403,
      "foreign-origin" },
    { "DELETE / HTTP/1.1\r\nHost: @\r\nOrigin: https://@\r\n\r\n", 403, "foreign-origin" },
    { "GET /nothing HTTP/1.1\r\nHost: @\r\n\r\n", 404, "not-found" },
    { "PUT / HTTP/1.1\r\nHost: @\r\n\r\n", 405, "method-not-allowed" },
    { "CONNECT evil.example:25 HTTP/1.1\r\nHost: @\r\n\r\n", 400, "invalid-request" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (HttpAnswer) answer = exchange (self, rows[i].request);

      g_test_message ("%s", rows[i].request);
      http_answer_assert_problem (answer, rows[i].status, rows[i].code);
    }
  g_assert_cmpuint (self->n_calls, ==, 0);
}

static void
test_taken (Fixture *self, gconstpointer data)
{
  static const char *const rows[] = {
    "GET / HTTP/1.1\r\nHost: @\r\n\r\n",
    "GET / HTTP/1.0\r\nHost: @\r\n\r\n",
    "GET http://@/ HTTP/1.1\r\nHost: @\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nConnection: keep-alive\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nRange: bytes=0-3\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nRange: bytes=99-\r\nIf-Range: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    "Connection: Upgrade, HTTP2-Settings\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nOrigin: http://evil.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\nContent-Length: 0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: @\r\nOrigin: http://@\r\nContent-Length: 3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: @\r\n\r\n",
    /* What comes behind a request is nobody's. */
    "GET / HTTP/1.1\r\nHost: @\r\n\r\nGET /nothing HTTP/1.1\r\nHost: @\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: @\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: @\r\n\r\n\x01\x02garbage\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (HttpAnswer) answer = exchange (self, rows[i]);
      g_autofree char *connection = http_answer_dup_header (answer, "Connection");

      g_test_message ("%s", rows[i]);
      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpstr (answer->body, ==, "0123456789");
      g_assert_cmpstr (connection, ==, "close");
      g_assert_false (answer->is_reset);
      g_assert_cmpuint (self->n_calls, ==, i + 1);
    }
}

/* A head of any cut is the same head. */
static void
test_bytewise (Fixture *self, gconstpointer data)
{
  g_autofree char *request = fill_in (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 5"
                                            "\r\n\r\nhello");
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) answer = NULL;

  for (const char *byte = request; *byte != '\0'; byte++)
    {
      http_send (fd, byte, 1);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (self->body_bytes, ==, 5);
}

static void
test_large_head (Fixture *self, gconstpointer data)
{
  g_autofree char *fill = g_strnfill (100000, 'x');
  g_autofree char *long_target = g_strdup_printf ("GET /%s HTTP/1.1\r\nHost: @\r\n\r\n", fill);
  g_autofree char *long_field
      = g_strdup_printf ("GET / HTTP/1.1\r\nHost: @\r\nX: %s\r\n\r\n", fill);
  g_autofree char *no_end = g_strdup_printf ("GET /%s", fill);
  g_autoptr (HttpAnswer) of_target = exchange (self, long_target);
  g_autoptr (HttpAnswer) of_field = exchange (self, long_field);
  g_autoptr (HttpAnswer) of_no_end = exchange (self, no_end);

  /* Past what is drained, the answer may be lost to a reset; it was sent all the same. */
  if (!of_target->is_reset)
    http_answer_assert_problem (of_target, 414, "target-too-long");
  if (!of_field->is_reset)
    http_answer_assert_problem (of_field, 431, "head-too-large");
  if (!of_no_end->is_reset)
    http_answer_assert_problem (of_no_end, 414, "target-too-long");
}

/* The refusal comes before a byte of the body has been sent. */
static void
test_unread_body (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) too_large
      = exchange (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 9999999\r\n\r\n");
  g_autoptr (HttpAnswer) expecting = exchange (
      self,
      "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");

  http_answer_assert_problem (too_large, 413, "too-large");
  http_answer_assert_problem (expecting, 413, "too-large");
}

/* A client that goes on sending what nobody reads still sees why. */
static void
test_drained_body (Fixture *self, gconstpointer data)
{
  g_autofree char *head
      = fill_in (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 2000000\r\n\r\n");
  g_autofree char *body = g_strnfill (50000, 'x');
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) answer = NULL;

  http_send (fd, head, strlen (head));
  http_send (fd, body, 50000);
  answer = http_receive (fd);
  close (fd);
  http_answer_assert_problem (answer, 413, "too-large");
}

static gboolean
has_continue (gpointer user_data)
{
  char buffer[25] = "";

  return recv (GPOINTER_TO_INT (user_data), buffer, sizeof buffer, MSG_DONTWAIT) == 25
         && memcmp (buffer, "HTTP/1.1 100 Continue\r\n\r\n", 25) == 0;
}

static void
test_expect (Fixture *self, gconstpointer data)
{
  g_autofree char *head = fill_in (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 5\r\n"
                                         "Expect: 100-Continue\r\n\r\n");
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *policy = NULL;

  http_send (fd, head, strlen (head));
  http_iterate_until (has_continue, GINT_TO_POINTER (fd));
  http_send (fd, "hello", 5);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (self->body_bytes, ==, 5);
  policy = http_answer_dup_header (answer, "X-Content-Type-Options");
  g_assert_cmpstr (policy, ==, "nosniff");
}

static gboolean
has_two_bodies (gpointer user_data)
{
  LtHttpCounts counts;

  lt_http_server_get_counts (user_data, &counts);
  return counts.body_bytes == 2 << 20;
}

static void
test_reserve (Fixture *self, gconstpointer data)
{
  g_autofree char *head
      = fill_in (self, "POST /all HTTP/1.1\r\nHost: @\r\nContent-Length: 2097152\r\n\r\nx");
  g_autofree char *body = g_malloc0 (2 << 20);
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) refused = NULL;
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *retry = NULL;

  http_send (fd, head, strlen (head));
  http_iterate_until (has_two_bodies, self->server);
  refused = http_exchange (self->address, head, -1);
  http_answer_assert_problem (refused, 503, "busy");
  retry = http_answer_dup_header (refused, "Retry-After");
  g_assert_nonnull (retry);

  http_send (fd, body, (2 << 20) - 1);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (self->body_bytes, ==, 2 << 20);
}

static void
test_ends_early (Fixture *self, gconstpointer data)
{
  g_autofree char *cut_body
      = fill_in (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 5\r\n\r\nhel");
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) of_head = NULL;
  g_autoptr (HttpAnswer) of_body = NULL;
  g_autoptr (HttpAnswer) of_nothing = NULL;

  http_send (fd, "GET / HT", 8);
  shutdown (fd, SHUT_WR);
  of_head = http_receive (fd);
  close (fd);
  http_answer_assert_problem (of_head, 400, "invalid-request");

  fd = http_connect (self->address);
  http_send (fd, cut_body, strlen (cut_body));
  shutdown (fd, SHUT_WR);
  of_body = http_receive (fd);
  close (fd);
  http_answer_assert_problem (of_body, 400, "invalid-request");

  fd = http_connect (self->address);
  shutdown (fd, SHUT_WR);
  of_nothing = http_receive (fd);
  close (fd);
  g_assert_cmpuint (of_nothing->bytes->len, ==, 0);
  g_assert_cmpuint (self->n_calls, ==, 0);
}

/* One that sends a byte now and then, and never enough. */
static gboolean
drip (gpointer user_data)
{
  send (GPOINTER_TO_INT (user_data), "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  return G_SOURCE_CONTINUE;
}

static HttpAnswer *
exchange_slowly (Fixture *self, const char *beginning, gint64 *took_us)
{
  g_autofree char *filled = fill_in (self, beginning);
  int fd = http_connect (self->address);
  gint64 start = g_get_monotonic_time ();
  HttpAnswer *answer;
  guint source;

  http_send (fd, filled, strlen (filled));
  source = g_timeout_add (10, drip, GINT_TO_POINTER (fd));
  answer = http_receive (fd);
  *took_us = g_get_monotonic_time () - start;
  g_source_remove (source);
  close (fd);
  return answer;
}

static void
test_deadlines (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = make_settings ();
  g_autoptr (HttpAnswer) of_head = NULL;
  g_autoptr (HttpAnswer) of_body = NULL;
  g_autoptr (HttpAnswer) of_silence = NULL;
  gint64 took_us = 0;
  int fd;

  settings.head_timeout_ms = 200;
  configure (self, settings);

  of_head = exchange_slowly (self, "GET / HTTP/1.1\r\nX: ", &took_us);
  http_answer_assert_problem (of_head, 408, "request-timeout");
  g_assert_cmpint (took_us, >=, 200000);

  fd = http_connect (self->address);
  of_silence = http_receive (fd);
  close (fd);
  g_assert_cmpuint (of_silence->bytes->len, ==, 0);
  g_assert_false (of_silence->is_reset);

  settings.head_timeout_ms = 60000;
  settings.body_timeout_ms = 300;
  configure (self, settings);
  of_body = exchange_slowly (self, "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 100000\r\n\r\n",
                             &took_us);
  http_answer_assert_problem (of_body, 408, "request-timeout");
  g_assert_cmpint (took_us, >=, 300000);
}

/* Asks for much and reads none of it. */
static void
test_stalled_reader (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = make_settings ();
  g_autofree char *request = fill_in (self, "GET /large HTTP/1.1\r\nHost: @\r\n\r\n");
  g_autoptr (HttpAnswer) answer = NULL;
  int fd = http_connect (self->address);

  settings.write_timeout_ms = 200;
  configure (self, settings);
  http_send (fd, request, strlen (request));
  http_send (fd, "x", 1);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  http_iterate_until (is_idle, self->server);
  answer = http_receive (fd);
  close (fd);
  g_assert_cmpuint (answer->bytes->len, <, LARGE_BYTES);
}

/* Reads slowly, but reads. */
static void
test_slow_reader (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = make_settings ();
  g_autofree char *request = fill_in (self, "GET /large HTTP/1.1\r\nHost: @\r\n\r\n");
  int fd = http_connect (self->address);
  gsize total = 0;
  gssize n = 1;

  settings.write_timeout_ms = 4000;
  configure (self, settings);
  http_send (fd, request, strlen (request));
  while (n != 0)
    {
      static char buffer[1 << 20];
      gint64 end = g_get_monotonic_time () + 400000;

      while (g_get_monotonic_time () < end)
        g_main_context_iteration (NULL, FALSE);
      n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n > 0)
        total += (gsize) n;
    }
  close (fd);
  g_assert_cmpuint (total, >, LARGE_BYTES);
}

/* Has its answer, and neither closes nor stops sending. */
static void
test_lingerer (Fixture *self, gconstpointer data)
{
  LtHttpSettings settings = make_settings ();
  g_autofree char *request = fill_in (self, "GET / HTTP/1.1\r\nHost: @\r\n\r\n");
  int fd = http_connect (self->address);
  g_autoptr (HttpAnswer) answer = NULL;
  guint source;

  settings.linger_ms = 100;
  configure (self, settings);
  http_send (fd, request, strlen (request));
  answer = http_receive (fd);
  g_assert_cmpuint (answer->status, ==, 200);
  source = g_timeout_add (10, drip, GINT_TO_POINTER (fd));
  http_iterate_until (is_idle, self->server);
  g_source_remove (source);
  close (fd);
}

/* Clients that vanish at every stage leave nothing behind. */
static void
test_vanishing (Fixture *self, gconstpointer data)
{
  static const char *const stages[] = {
    "",
    "GET / HT",
    "GET / HTTP/1.1\r\nHost: @\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: @\r\nContent-Length: 100000\r\n\r\nabc",
    "GET /large HTTP/1.1\r\nHost: @\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
  };
  guint n_fds = http_count_fds ();

  for (guint round = 0; round < 40; round++)
    {
      const char *stage = stages[round % G_N_ELEMENTS (stages)];
      g_autofree char *request = fill_in (self, stage);
      struct linger reset = { .l_onoff = 1, .l_linger = 0 };
      int fd = http_connect (self->address);

      http_send (fd, request, strlen (request));
      for (guint i = 0; i < round; i++)
        g_main_context_iteration (NULL, FALSE);
      if (round % 2 == 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close (fd);
    }
  http_iterate_until (is_idle, self->server);
  g_assert_cmpuint (http_count_fds (), ==, n_fds);
}

static void
test_proxied (Fixture *self, gconstpointer data)
{
  static const char *const proxies[] = { "127.0.0.0/8", NULL };
  static const char *const hosts[] = { "trace.example.net", NULL };
  LtHttpSettings settings = make_settings ();
  g_autoptr (HttpAnswer) own = NULL;
  g_autoptr (HttpAnswer) plain = NULL;

  settings.trusted_proxies = proxies;
  settings.hosts = hosts;
  configure (self, settings);
  own = exchange (self, "POST / HTTP/1.1\r\nHost: trace.example.net\r\nX-Forwarded-Proto: https\r\n"
                        "Origin: https://trace.example.net\r\n\r\n");
  g_assert_cmpuint (own->status, ==, 200);
  plain = exchange (self, "POST / HTTP/1.1\r\nHost: trace.example.net\r\n"
                          "Origin: https://trace.example.net\r\n\r\n");
  http_answer_assert_problem (plain, 403, "foreign-origin");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/http-connection/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("refusals", test_refusals);
  ADD ("taken", test_taken);
  ADD ("bytewise", test_bytewise);
  ADD ("large-head", test_large_head);
  ADD ("unread-body", test_unread_body);
  ADD ("drained-body", test_drained_body);
  ADD ("expect", test_expect);
  ADD ("reserve", test_reserve);
  ADD ("ends-early", test_ends_early);
  ADD ("deadlines", test_deadlines);
  ADD ("stalled-reader", test_stalled_reader);
  ADD ("slow-reader", test_slow_reader);
  ADD ("lingerer", test_lingerer);
  ADD ("vanishing", test_vanishing);
  ADD ("proxied", test_proxied);
  return g_test_run ();
}
