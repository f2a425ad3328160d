/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Debian's nginx in front of the daemon, with the configuration that docs/operation.md shows:
 * TLS, HTTP/2 and a name of its own. */

#include "daemon-fixture.h"
#include "stream-client.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "trace.example.org"

/* A client beside nginx's own address, which is a trusted proxy's. */
#define CLIENT "127.0.0.77"

typedef struct
{
  TestDaemon daemon;
  GSubprocess *nginx; /* (owned) (nullable) */
  guint16 port;       /* of nginx */
  char *directory;    /* (owned) */
  char *certificate;  /* (owned): its path */
  char *key;          /* (owned): its path */
  char *access_log;   /* (owned): its path */
  char *resolve;      /* (owned): what curl is told of the name */
  const char *client[8];
} Fixture;

static guint16
find_free_port (void)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  close (fd);

  return ntohs (address.sin_port);
}

static void
make_certificate (Fixture *fixture)
{
  g_autofree char *output = NULL;
  int status;

  output = test_daemon_run (&fixture->daemon, &status, "openssl", "req", "-x509", "-newkey", "ec",
                            "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                            "-subj", "/CN=" HOST, "-addext", "subjectAltName=DNS:" HOST, "-keyout",
                            fixture->key, "-out", fixture->certificate, NULL);
  if (status != 0)
    g_error ("openssl: %s", output);
}

static void
replace (GString *text, const char *what, const char *with)
{
  /* The document and this test must be of one mind. */
  g_assert_cmpuint (g_string_replace (text, what, with, 0), ==, 1);
}

/* The server block of the document, with this test's ports and paths. */
static char *
read_server_block (Fixture *fixture)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "operation.md", NULL);
  g_autofree char *page = NULL;
  g_autofree char *listen = g_strdup_printf ("listen 127.0.0.1:%u ssl http2;", fixture->port);
  g_autofree char *backend = g_strdup_printf ("http://127.0.0.1:%u;", fixture->daemon.port);
  g_autoptr (GError) error = NULL;
  GString *block = g_string_new (NULL);
  const char *start;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  start = strstr (page, "```nginx\n");
  g_assert_nonnull (start);
  start = strchr (start, '\n') + 1;
  g_string_append_len (block, start, strstr (start, "```\n") - start);
  replace (block, "  listen [::]:443 ssl http2;\n", "");
  replace (block, "listen 443 ssl http2;", listen);
  replace (block, "/var/log/nginx/livetrace.log", fixture->access_log);
  replace (block, "/etc/ssl/" HOST ".pem", fixture->certificate);
  replace (block, "/etc/ssl/" HOST ".key", fixture->key);
  replace (block, "http://127.0.0.1:8425;", backend);

  return g_string_free (block, FALSE);
}

static void
write_configuration (Fixture *fixture, const char *path)
{
  g_autoptr (GString) text = g_string_new ("daemon off;\nworker_processes 1;\n");
  g_autofree char *server = read_server_block (fixture);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    g_string_append (text, "user root;\n");
  g_string_append_printf (text,
                          "pid %s/pid;\nerror_log stderr warn;\n"
                          "events { worker_connections 256; }\nhttp {\n",
                          fixture->directory);
  for (const char *const *name
       = (const char *const[]){ "client_body", "proxy", "fastcgi", "uwsgi", "scgi", NULL };
       *name != NULL; name++)
    g_string_append_printf (text, "%s_temp_path %s/%s;\n", *name, fixture->directory, *name);
  g_string_append_printf (text, "%s}\n", server);
  g_file_set_contents (path, text->str, (gssize) text->len, &error);
  g_assert_no_error (error);
}

static gboolean
can_connect (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean connected = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);
  return connected;
}

static void
start_nginx (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->directory, "nginx.conf", NULL);
  const char *const argv[]
      = { "nginx", "-c", path, "-p", fixture->directory, "-e", "stderr", NULL };

  write_configuration (fixture, path);
  fixture->nginx = test_spawn (argv, G_SUBPROCESS_FLAGS_NONE);
  while (!can_connect (fixture->port))
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_nonnull (g_subprocess_get_identifier (fixture->nginx));
      g_usleep (5000);
    }
}

static void
stop_nginx (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->nginx, SIGTERM);
  g_subprocess_wait (fixture->nginx, NULL, NULL);
  g_clear_object (&fixture->nginx);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  /* No ping comes to push out what a proxy holds back. */
  static const char *const arguments[]
      = { "--set", "http.hosts=" HOST,       "--set", "http.trusted-proxies=127.0.0.1;::1",
          "--set", "http.ping-interval=10m", NULL };
  guint i = 0;

  test_daemon_init (&fixture->daemon, arguments);
  fixture->port = find_free_port ();
  fixture->directory = g_build_filename (fixture->daemon.directory, "nginx", NULL);
  g_assert_cmpint (g_mkdir (fixture->directory, 0700), ==, 0);
  fixture->certificate = g_build_filename (fixture->directory, "certificate", NULL);
  fixture->key = g_build_filename (fixture->directory, "key", NULL);
  fixture->access_log = g_build_filename (fixture->directory, "access.log", NULL);
  make_certificate (fixture);
  fixture->resolve = g_strdup_printf ("%s:%u:127.0.0.1", HOST, fixture->port);
  for (const char *const *word
       = (const char *const[]){ "--cacert", fixture->certificate, "--resolve", fixture->resolve,
                                "--interface", CLIENT, "--http2", NULL };
       *word != NULL; word++)
    fixture->client[i++] = *word;
  start_nginx (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->nginx != NULL)
    stop_nginx (fixture);
  test_daemon_clear (&fixture->daemon);
  g_free (fixture->directory);
  g_free (fixture->certificate);
  g_free (fixture->key);
  g_free (fixture->access_log);
  g_free (fixture->resolve);
}

static char *
make_url (Fixture *fixture, const char *path)
{
  return g_strdup_printf ("https://" HOST ":%u%s", fixture->port, path);
}

/* What curl says of one request through nginx, head and all. */
static char *
ask (Fixture *fixture, const char *path, const char *method, const char *body)
{
  g_autofree char *url = make_url (fixture, path);
  g_autofree char *token = g_strdup_printf ("Authorization: Bearer %s", fixture->daemon.token);
  const char *const *client = fixture->client;

  return test_daemon_run (&fixture->daemon, NULL, "curl", "--silent", "--show-error", "--include",
                          "--request", method, "--header", token, "--header",
                          "Content-Type: application/json", "--data-binary", body, client[0],
                          client[1], client[2], client[3], client[4], client[5], url, NULL);
}

static void
inject (Fixture *fixture, gint64 *n, guint how_many)
{
  g_autoptr (GString) body = g_string_new ("[");
  g_autofree char *answer = NULL;

  for (guint i = 0; i < how_many; i++)
    g_string_append_printf (body,
                            "%s{\"type\":\"e2e.event\",\"data\":{\"n\":%" G_GINT64_FORMAT "}}",
                            i > 0 ? "," : "", ++*n);
  g_string_append_c (body, ']');
  answer = ask (fixture, "/api/tracing/events", "POST", body->str);
  if (!g_str_has_prefix (answer, "HTTP/2 202"))
    g_error ("%s", answer);
}

/* The stream flows: its beginning, and each event, come without more to push them. Whichever of
 * the three goes down, what was on its way comes when it is up. */
static void
test_stream (Fixture *fixture, gconstpointer unused)
{
  TestStream stream
      = { .token = fixture->daemon.token, .arguments = fixture->client, .is_sse = TRUE };
  g_autofree char *url = make_url (fixture, "/api/tracing/live?type=e2e.event");
  gint64 n = 0;

  test_stream_open (&stream, url);
  test_stream_read_until (&stream, "hello");
  for (guint i = 0; i < 5; i++)
    {
      inject (fixture, &n, 1);
      test_stream_count_until (&stream, n);
    }

  for (guint round = 0; round < 6; round++)
    {
      inject (fixture, &n, 20);
      test_stream_count_until (&stream, n - 10);
      if (round % 3 == 0)
        {
          test_stream_kill (&stream);
        }
      else if (round % 3 == 1)
        {
          g_autofree char *path
              = g_strdup_printf ("/api/tracing/subscribers/%" G_GINT64_FORMAT, stream.subscriber);
          g_autofree char *answer = ask (fixture, path, "DELETE", "");

          g_assert_true (g_str_has_prefix (answer, "HTTP/2 204"));
          test_stream_count_until (&stream, n);
          test_stream_read_until (&stream, "bye");
          test_stream_wait_end (&stream);
        }
      else
        {
          stop_nginx (fixture);
          g_assert_cmpint (test_stream_wait_end (&stream), !=, 0);
          start_nginx (fixture);
        }
      inject (fixture, &n, 20);
      test_stream_open (&stream, url);
      test_stream_read_until (&stream, "hello");
      inject (fixture, &n, 1);
      test_stream_count_until (&stream, n);
    }
  test_stream_clear (&stream);
}

static char *
find_peer (Fixture *fixture)
{
  g_autoptr (GVariant) answer = test_daemon_call (&fixture->daemon, "ListSubscribers", NULL);
  g_autoptr (GVariant) list = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) details = NULL;
  char *peer = NULL;

  if (g_variant_n_children (list) == 0)
    return NULL;
  g_variant_get_child (list, 0, "(o@a{sv})", NULL, &details);
  g_assert_true (g_variant_lookup (details, "peer", "s", &peer));

  return peer;
}

/* The log and the list say who it is, not that it is nginx; and nobody can claim to be another. */
static void
test_client (Fixture *fixture, gconstpointer unused)
{
  const char *liar[] = { fixture->client[0],
                         fixture->client[1],
                         fixture->client[2],
                         fixture->client[3],
                         fixture->client[4],
                         fixture->client[5],
                         "--header",
                         "X-Forwarded-For: 192.0.2.9",
                         "--header",
                         "Forwarded: for=192.0.2.10",
                         NULL };
  static const char *const direct_liar[]
      = { "--interface", CLIENT, "--header", "X-Forwarded-For: 192.0.2.9", NULL };
  g_autofree char *direct_url
      = g_strdup_printf ("http://127.0.0.1:%u/api/tracing/live", fixture->daemon.port);
  g_autofree char *url = make_url (fixture, "/api/tracing/live");
  TestStream stream = { .token = fixture->daemon.token, .arguments = liar, .is_sse = TRUE };
  TestStream direct = { .token = fixture->daemon.token, .arguments = direct_liar, .is_sse = TRUE };
  g_autofree char *peer = NULL;
  g_autofree char *direct_peer = NULL;

  test_stream_open (&stream, url);
  test_stream_read_until (&stream, "hello");
  peer = find_peer (fixture);
  g_test_message ("%s", peer);
  g_assert_true (g_str_has_prefix (peer, CLIENT " via 127.0.0.1:"));

  /* When the client has gone, nginx goes, and with it the stream. */
  test_stream_clear (&stream);
  while (peer != NULL)
    {
      g_free (peer);
      peer = find_peer (fixture);
    }

  test_stream_open (&direct, direct_url);
  test_stream_read_until (&direct, "hello");
  direct_peer = find_peer (fixture);
  g_assert_true (g_str_has_prefix (direct_peer, CLIENT ":"));
  test_stream_clear (&direct);
}

/* nginx's own log says who asked for what, but not with which filter or ticket. */
static void
test_access_log (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *answer = ask (fixture, "/api/tracing/events?filter=jane", "GET", "");
  g_autofree char *text = NULL;

  g_assert_true (g_str_has_prefix (answer, "HTTP/2 200"));
  stop_nginx (fixture);
  g_assert_true (g_file_get_contents (fixture->access_log, &text, NULL, NULL));
  g_test_message ("%s", text);
  g_assert_true (g_str_has_prefix (text, CLIENT " - ["));
  g_assert_nonnull (strstr (text, "\"GET /api/tracing/events\" 200 "));
  g_assert_null (strstr (text, "jane"));
}

static void
test_cookie (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", fixture->daemon.token);
  g_autofree char *answer = ask (fixture, "/api/session", "POST", body);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/api/session", fixture->daemon.port);
  g_autofree char *direct
      = test_daemon_run (&fixture->daemon, NULL, "curl", "--silent", "--include", "--header",
                         "Content-Type: application/json", "--data-binary", body, url, NULL);
  g_autofree char *lower = g_ascii_strdown (answer, -1);
  g_autofree char *direct_lower = g_ascii_strdown (direct, -1);

  g_test_message ("%s", answer);
  g_assert_true (g_regex_match_simple ("set-cookie: .*; secure", lower, 0, 0));
  g_assert_true (g_regex_match_simple ("set-cookie: .*; httponly", lower, 0, 0));
  g_assert_nonnull (strstr (direct_lower, "set-cookie: "));
  g_assert_false (g_regex_match_simple ("set-cookie: .*; secure", direct_lower, 0, 0));
}

/* Only the name that the configuration gives is the daemon's. */
static void
test_hosts (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/healthz", fixture->daemon.port);
  g_autofree char *good = test_daemon_run (&fixture->daemon, NULL, "curl", "--silent", "--include",
                                           "--header", "Host: " HOST, url, NULL);
  g_autofree char *bad = test_daemon_run (&fixture->daemon, NULL, "curl", "--silent", "--include",
                                          "--header", "Host: evil.example.org", url, NULL);

  g_assert_true (g_str_has_prefix (good, "HTTP/1.1 200"));
  g_assert_true (g_str_has_prefix (bad, "HTTP/1.1 421"));
}

/* What is too large for the daemon is refused by either. */
static void
test_too_large (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->directory, "large", NULL);
  g_autofree char *body = g_strconcat ("@", path, NULL);
  g_autofree char *large = g_strnfill (9 * 1024 * 1024, ' ');
  g_autofree char *answer = NULL;

  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  answer = ask (fixture, "/api/tracing/events", "POST", body);
  g_assert_true (g_str_has_prefix (answer, "HTTP/2 413"));
}

int
main (int argc, char *argv[])
{
  static const char *const programs[] = { "nginx", "openssl", "curl" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *program = g_find_program_in_path (programs[i]);

      if (program == NULL)
        {
          g_print ("1..0 # SKIP %s is not installed\n", programs[i]);
          return 0;
        }
    }
#define ADD(path, function) g_test_add ("/nginx/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("stream", test_stream);
  ADD ("client", test_client);
  ADD ("access-log", test_access_log);
  ADD ("cookie", test_cookie);
  ADD ("hosts", test_hosts);
  ADD ("too-large", test_too_large);
#undef ADD
  return g_test_run ();
}
