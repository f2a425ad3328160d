/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many clients, few descriptors. */
#include "core/lt-error.h"
#include "http-client.h"
#include "http/lt-http-listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const local[] = { "127.0.0.1:0", NULL };

static void
on_request (LtHttpRequest *request, gpointer user_data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("hello", 5);

  lt_http_request_respond (request, 200, "text/plain", body);
}

static const LtHttpRoute routes[] = {
  { "GET", "/", 0, 0, on_request },
};

static LtHttpServer *
start_server (const LtHttpSettings *settings, char **address)
{
  g_autoptr (GError) error = NULL;
  LtHttpServer *server = lt_http_server_new (settings, &error);
  g_auto (GStrv) addresses = NULL;

  g_assert_no_error (error);
  lt_http_server_add_routes (server, routes, G_N_ELEMENTS (routes), NULL);
  lt_http_server_start (server, &error);
  g_assert_no_error (error);
  addresses = lt_http_server_dup_addresses (server);
  *address = g_strdup (addresses[0]);
  return server;
}

static gboolean
is_idle (gpointer user_data)
{
  LtHttpCounts counts;

  lt_http_server_get_counts (user_data, &counts);
  return counts.connections == 0;
}

static char *
make_request (const char *address)
{
  return g_strdup_printf ("GET / HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive\r\n\r\n", address);
}

static void
assert_answers (const char *address)
{
  g_autofree char *request = make_request (address);
  g_autoptr (HttpAnswer) answer = http_exchange (address, request, -1);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, "hello");
}

static void
on_accepted (GSocket *socket, const LtHttpPass *pass, gpointer user_data)
{
}

static void
test_addresses (void)
{
  static const char *const both[] = { "127.0.0.1:0", "[::1]:0", NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autoptr (GError) error = NULL;
  LtHttpGate *gate;
  LtHttpListener *listener;
  g_auto (GStrv) addresses = NULL;
  g_auto (GStrv) none = NULL;

  settings.listen = both;
  gate = lt_http_gate_new (lt_http_policy_new (&settings, NULL));
  listener = lt_http_listener_new (gate, on_accepted, NULL);
  lt_http_listener_listen (listener, &error);
  g_assert_no_error (error);
  addresses = lt_http_listener_dup_addresses (listener);
  g_assert_cmpuint (g_strv_length (addresses), >=, 1);
  g_assert_true (g_str_has_prefix (addresses[0], "127.0.0.1:"));
  g_assert_cmpstr (addresses[0], !=, "127.0.0.1:0");
  if (addresses[1] != NULL)
    g_assert_true (g_str_has_prefix (addresses[1], "[::1]:"));
  g_assert_cmpuint (lt_http_gate_get_policy (gate)->endpoints->len, ==, g_strv_length (addresses));

  lt_http_listener_start (listener);
  lt_http_listener_stop (listener);
  none = lt_http_listener_dup_addresses (listener);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_finalize_object (listener);
  lt_http_gate_unref (gate);
}

static void
test_ipv6 (void)
{
  static const char *const home[] = { "[::1]:0", NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autoptr (GError) error = NULL;
  LtHttpServer *server;
  g_auto (GStrv) addresses = NULL;

  settings.listen = home;
  server = lt_http_server_new (&settings, &error);
  g_assert_no_error (error);
  lt_http_server_add_routes (server, routes, G_N_ELEMENTS (routes), NULL);
  if (!lt_http_server_start (server, &error))
    {
      g_assert_error (error, LT_ERROR, LT_ERROR_IO);
      g_test_skip ("this machine has no IPv6");
    }
  else
    {
      addresses = lt_http_server_dup_addresses (server);
      assert_answers (addresses[0]);
      http_iterate_until (is_idle, server);
    }
  g_assert_finalize_object (server);
}

static void
test_port_in_use (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  LtHttpServer *server;
  LtHttpServer *second;
  g_autoptr (GError) error = NULL;
  const char *taken[] = { NULL, NULL };

  settings.listen = local;
  server = start_server (&settings, &address);
  taken[0] = address;
  settings.listen = taken;
  second = lt_http_server_new (&settings, &error);
  g_assert_no_error (error);
  g_assert_false (lt_http_server_start (second, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_nonnull (strstr (error->message, address));
  g_assert_finalize_object (second);
  g_assert_finalize_object (server);
}

static void
test_adopt (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocket) listening
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  LtHttpServer *server = lt_http_server_new (&settings, &error);
  g_auto (GStrv) addresses = NULL;
  int unix_fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_error (error);
  lt_http_server_add_routes (server, routes, G_N_ELEMENTS (routes), NULL);
  g_assert_false (lt_http_server_adopt (server, open ("/dev/null", O_RDONLY | O_CLOEXEC), &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  g_assert_false (lt_http_server_adopt (server, unix_fd, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_clear_error (&error);

  g_assert_true (g_socket_bind (listening, where, TRUE, NULL));
  g_assert_true (g_socket_listen (listening, NULL));
  lt_http_server_adopt (server, dup (g_socket_get_fd (listening)), &error);
  g_assert_no_error (error);
  lt_http_server_start (server, &error);
  g_assert_no_error (error);
  addresses = lt_http_server_dup_addresses (server);
  g_assert_cmpuint (g_strv_length (addresses), ==, 1);
  assert_answers (addresses[0]);
  http_iterate_until (is_idle, server);
  g_assert_finalize_object (server);
}

/* Reads what there is without waiting; TRUE at the end. */
static gboolean
drain (int fd, GString *into)
{
  for (;;)
    {
      char buffer[4096];
      gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

      if (n < 0 && errno == EAGAIN)
        return FALSE;
      if (n <= 0)
        return TRUE;
      g_string_append_len (into, buffer, n);
    }
}

/* Runs @n_clients at once; returns how many were answered 200, each being answered or closed. */
static guint
run_clients (const char *address, guint n_clients)
{
  g_autofree char *request = make_request (address);
  g_autofree int *fds = g_new (int, n_clients);
  g_autoptr (GPtrArray) answers = g_ptr_array_new ();
  gint64 end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  guint n_open = n_clients;
  guint n_answered = 0;

  for (guint i = 0; i < n_clients; i++)
    {
      fds[i] = http_connect (address);
      http_send (fds[i], request, strlen (request));
      g_ptr_array_add (answers, g_string_new (NULL));
    }
  while (n_open > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      for (guint i = 0; i < 64; i++)
        g_main_context_iteration (NULL, FALSE);
      for (guint i = 0; i < n_clients; i++)
        if (fds[i] >= 0 && drain (fds[i], g_ptr_array_index (answers, i)))
          {
            close (fds[i]);
            fds[i] = -1;
            n_open--;
          }
    }
  for (guint i = 0; i < n_clients; i++)
    {
      GString *answer = g_ptr_array_index (answers, i);

      if (g_str_has_prefix (answer->str, "HTTP/1.1 200 "))
        n_answered++;
      else if (answer->len > 0)
        g_assert_true (g_str_has_prefix (answer->str, "HTTP/1.1 503 "));
      g_string_free (answer, TRUE);
    }

  return n_answered;
}

static void
allow_descriptors (rlim_t wanted)
{
  struct rlimit limit;

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  limit.rlim_cur = MIN (wanted, limit.rlim_max);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));
}

static void
test_thousands (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  LtHttpServer *server;
  guint n_fds;
  LtHttpCounts counts;

  settings.listen = local;
  server = start_server (&settings, &address);
  assert_answers (address);
  http_iterate_until (is_idle, server);
  n_fds = http_count_fds ();

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (run_clients (address, 100), ==, 100);
  http_iterate_until (is_idle, server);
  g_assert_cmpuint (http_count_fds (), ==, n_fds);
  lt_http_server_get_counts (server, &counts);
  g_assert_cmpuint (counts.requests, ==, 10001);
  g_assert_cmpuint (counts.refused, ==, 0);
  g_assert_finalize_object (server);
}

static void
test_at_once (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  LtHttpServer *server;

  allow_descriptors (4096);
  settings.listen = local;
  server = start_server (&settings, &address);
  g_assert_cmpuint (run_clients (address, 1000), ==, 1000);
  http_iterate_until (is_idle, server);
  g_assert_finalize_object (server);
}

/* Those above the limit are told so, and the others are served. */
static void
test_limit (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  g_autofree char *request = NULL;
  LtHttpServer *server;
  int idle[8];
  g_autoptr (HttpAnswer) refused = NULL;
  g_autofree char *retry = NULL;

  settings.listen = local;
  settings.max_connections = 8;
  server = start_server (&settings, &address);
  for (gsize i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = http_connect (address);
  request = make_request (address);
  refused = http_exchange (address, request, -1);
  g_assert_cmpuint (refused->status, ==, 503);
  retry = http_answer_dup_header (refused, "Retry-After");
  g_assert_nonnull (retry);
  for (gsize i = 0; i < G_N_ELEMENTS (idle); i++)
    close (idle[i]);
  http_iterate_until (is_idle, server);
  assert_answers (address);
  http_iterate_until (is_idle, server);
  g_assert_finalize_object (server);
}

/* Gives this process a network of its own, in which 192.0.2.1 is its address. */
static gboolean
enter_own_network (void)
{
  struct ifreq request = { .ifr_name = "lo" };
  struct sockaddr_in *address = (struct sockaddr_in *) &request.ifr_addr;
  int fd;
  gboolean is_done;

  if (unshare (CLONE_NEWNET) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return FALSE;

  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = inet_addr ("192.0.2.1");
  is_done = fd >= 0 && ioctl (fd, SIOCSIFADDR, &request) == 0;
  request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  is_done = is_done && ioctl (fd, SIOCSIFFLAGS, &request) == 0;
  close (fd);
  return is_done;
}

static void
test_limit_per_peer (void)
{
  static const char *const own[] = { "192.0.2.1:0", NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  g_autofree char *request = NULL;
  LtHttpServer *server;
  int idle[64];

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  if (!enter_own_network ())
    {
      g_test_message ("no network of one's own to be had");
      return;
    }

  settings.listen = own;
  server = start_server (&settings, &address);
  request = make_request (address);
  for (gsize i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = http_connect (address);
  {
    g_autoptr (HttpAnswer) refused = http_exchange (address, request, -1);

    g_assert_cmpuint (refused->status, ==, 503);
  }
  close (idle[0]);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  {
    g_autoptr (HttpAnswer) answer = http_exchange (address, request, -1);

    g_assert_cmpuint (answer->status, ==, 200);
  }
  for (gsize i = 1; i < G_N_ELEMENTS (idle); i++)
    close (idle[i]);
  http_iterate_until (is_idle, server);
  g_assert_finalize_object (server);
}

/* When descriptors run out, clients are turned away; when there are some again, they are
 * served again. The clients are another process, which has its own. */
static void
test_no_descriptors (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autofree char *address = NULL;
  LtHttpServer *server;
  g_autoptr (GArray) held = g_array_new (FALSE, FALSE, sizeof (int));
  int clients[20];
  guint n_over = 0;
  gint64 end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  settings.listen = local;
  server = start_server (&settings, &address);
  assert_answers (address);
  http_iterate_until (is_idle, server);
  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = http_connect (address);
  allow_descriptors (256);
  for (int fd = 0; fd >= 0;)
    {
      fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
      if (fd >= 0)
        g_array_append_val (held, fd);
    }
  g_assert_cmpint (errno, ==, EMFILE);

  while (n_over < G_N_ELEMENTS (clients))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
        {
          struct pollfd poll_fd = { .fd = clients[i], .events = POLLRDHUP };

          if (clients[i] >= 0 && poll (&poll_fd, 1, 0) == 1)
            {
              g_array_append_val (held, clients[i]);
              clients[i] = -1;
              n_over++;
            }
        }
    }

  for (guint i = 0; i < held->len; i++)
    close (g_array_index (held, int, i));
  assert_answers (address);
  http_iterate_until (is_idle, server);
  g_assert_finalize_object (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-listener/addresses", test_addresses);
  g_test_add_func ("/http-listener/ipv6", test_ipv6);
  g_test_add_func ("/http-listener/port-in-use", test_port_in_use);
  g_test_add_func ("/http-listener/adopt", test_adopt);
  g_test_add_func ("/http-listener/thousands", test_thousands);
  g_test_add_func ("/http-listener/at-once", test_at_once);
  g_test_add_func ("/http-listener/limit", test_limit);
  g_test_add_func ("/http-listener/limit-per-peer", test_limit_per_peer);
  g_test_add_func ("/http-listener/no-descriptors", test_no_descriptors);
  return g_test_run ();
}
