/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "http/lt-http-gate.h"
#include "http/lt-http-policy.h"

#include <string.h>

static const char *const hosts[] = { "trace.example.net", "other.example.net:8443", NULL };
static const char *const proxies[] = { "10.0.0.0/8", "::1", NULL };

static LtHttpAuthority
read_authority (const char *text)
{
  LtHttpAuthority authority;

  g_assert_true (lt_http_authority_parse (text, strlen (text), &authority));
  return authority;
}

static LtAddress
read_address (const char *text)
{
  LtAddress address;

  g_assert_true (lt_address_parse (text, strlen (text), &address));
  return address;
}

static LtHttpPolicy *
make_policy (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  g_autoptr (GError) error = NULL;
  LtHttpPolicy *policy;
  LtHttpAuthority endpoint = read_authority ("[::1]:8425");

  settings.hosts = hosts;
  settings.trusted_proxies = proxies;
  policy = lt_http_policy_new (&settings, &error);
  g_assert_no_error (error);
  g_array_append_val (policy->endpoints, endpoint);
  return policy;
}

static void
test_hosts (void)
{
  static const struct
  {
    const char *host;
    gboolean is_own;
  } rows[] = {
    { "127.0.0.1:8425", TRUE },
    { "127.0.0.1", FALSE },
    { "127.0.0.1:80", FALSE },
    { "127.0.0.2:8425", FALSE },
    { "[::1]:8425", TRUE },
    { "[0::1]:8425", TRUE },
    { "[::2]:8425", FALSE },
    { "localhost:8425", TRUE },
    { "LOCALHOST:8425", TRUE },
    { "localhost", FALSE },
    { "localhost.:8425", FALSE },
    { "localhost.example:8425", FALSE },
    { "trace.example.net", TRUE },
    { "Trace.Example.NET", TRUE },
    { "trace.example.net:80", TRUE },
    { "trace.example.net:443", TRUE },
    { "trace.example.net:8425", TRUE },
    { "trace.example.net:9", TRUE },
    { "a.trace.example.net", FALSE },
    { "other.example.net", FALSE },
    { "other.example.net:8443", TRUE },
    { "other.example.net:443", FALSE },
    { "example.net", FALSE },
  };
  g_autoptr (LtHttpPolicy) policy = make_policy ();
  LtHttpAuthority local = read_authority ("127.0.0.1:8425");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LtHttpAuthority host = read_authority (rows[i].host);

      g_test_message ("%s", rows[i].host);
      g_assert_cmpint (lt_http_policy_is_own_host (policy, &host, &local), ==, rows[i].is_own);
    }
}

static void
test_origins (void)
{
  static const struct
  {
    const char *origin;
    gboolean secure;
    gboolean is_own;
  } rows[] = {
    { "http://127.0.0.1:8425", FALSE, TRUE },
    { "http://localhost:8425", FALSE, TRUE },
    { "http://localhost:8426", FALSE, FALSE },
    { "https://localhost:8425", FALSE, FALSE },
    { "http://localhost:8425/", FALSE, FALSE },
    { "http://localhost:8425@evil.example", FALSE, FALSE },
    { "http://trace.example.net:9", FALSE, FALSE },
    { "http://trace.example.net:8444", FALSE, TRUE },
    { "https://other.example.net:8443", TRUE, TRUE },
    { "https://other.example.net:8444", TRUE, FALSE },
    { "https://trace.example.net", TRUE, TRUE },
    { "https://trace.example.net", FALSE, FALSE },
    { "http://trace.example.net", TRUE, FALSE },
    { "http://evil.example", FALSE, FALSE },
    { "null", FALSE, FALSE },
    { "", FALSE, FALSE },
    { "http://", FALSE, FALSE },
    { "file://", FALSE, FALSE },
  };
  g_autoptr (LtHttpPolicy) policy = make_policy ();
  LtHttpAuthority local = read_authority ("127.0.0.1:8425");
  LtHttpAuthority asked = read_authority ("trace.example.net:8444");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].origin);
      g_assert_cmpint (
          lt_http_policy_is_own_origin (policy, rows[i].origin, rows[i].secure, &local, &asked), ==,
          rows[i].is_own);
    }
}

static void
test_clients (void)
{
  static const struct
  {
    const char *peer;
    const char *fields;
    const char *client;
    gboolean secure;
  } rows[] = {
    { "192.0.2.9", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\n", "192.0.2.9",
      FALSE },
    { "10.1.2.3", "", "10.1.2.3", FALSE },
    { "10.1.2.3", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\n", "198.51.100.1",
      TRUE },
    { "10.1.2.3", "X-Forwarded-Proto: http\r\n", "10.1.2.3", FALSE },
    { "10.1.2.3", "X-Forwarded-Proto: https, http\r\n", "10.1.2.3", FALSE },
    { "10.1.2.3", "X-Forwarded-For: 6.6.6.6, 198.51.100.1, 10.9.9.9\r\n", "198.51.100.1", FALSE },
    { "10.1.2.3", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 198.51.100.1\r\n", "198.51.100.1",
      FALSE },
    { "10.1.2.3", "X-Forwarded-For: 198.51.100.1:4711\r\n", "198.51.100.1", FALSE },
    { "10.1.2.3", "X-Forwarded-For: junk\r\n", "10.1.2.3", FALSE },
    { "10.1.2.3", "X-Forwarded-For: 10.0.0.7\r\n", "10.0.0.7", FALSE },
    { "::1", "Forwarded: for=6.6.6.6;proto=http, for=\"[2001:db8::7]:80\";Proto=https\r\n",
      "2001:db8::7", TRUE },
    { "::1", "Forwarded: for=unknown\r\n", "::1", FALSE },
    { "::1", "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 198.51.100.1\r\n", "198.51.100.1", FALSE },
  };
  g_autoptr (LtHttpPolicy) policy = make_policy ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", rows[i].fields);
      g_autoptr (LtHttpHead) head = lt_http_head_parse (text, strlen (text), NULL);
      LtAddress peer = read_address (rows[i].peer);
      LtAddress client;
      gboolean secure;
      g_autofree char *client_text = NULL;

      g_assert_nonnull (head);
      lt_http_policy_find_client (policy, head, &peer, &client, &secure);
      client_text = lt_address_to_string (&client);
      g_test_message ("%s", rows[i].fields);
      g_assert_cmpstr (client_text, ==, rows[i].client);
      g_assert_cmpint (secure, ==, rows[i].secure);
    }
}

static void
test_gate (void)
{
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  LtHttpGate *gate;
  const LtHttpCounts *counts;
  LtHttpPass passes[6];
  LtAddress stranger = read_address ("192.0.2.1");
  LtAddress other = read_address ("192.0.2.2");
  LtAddress home = read_address ("127.0.0.1");
  LtAddress six = read_address ("2001:db8::1");
  LtAddress neighbour = read_address ("2001:db8::2:2");
  LtHttpPass spare;

  settings.max_connections = 6;
  settings.max_streams = 1;
  settings.max_connections_per_peer = 1;
  settings.max_bodies_bytes = 100;
  gate = lt_http_gate_new (lt_http_policy_new (&settings, NULL));
  counts = lt_http_gate_get_counts (gate);

  g_assert_true (lt_http_gate_enter (gate, &stranger, &passes[0]));
  g_assert_false (lt_http_gate_enter (gate, &stranger, &spare));
  g_assert_true (lt_http_gate_enter (gate, &other, &passes[1]));
  g_assert_true (lt_http_gate_enter (gate, &home, &passes[2]));
  g_assert_true (lt_http_gate_enter (gate, &home, &passes[3]));
  g_assert_true (lt_http_gate_enter (gate, &six, &passes[4]));
  g_assert_false (lt_http_gate_enter (gate, &neighbour, &spare));
  g_assert_true (lt_http_gate_enter (gate, &home, &passes[5]));
  g_assert_false (lt_http_gate_enter (gate, &home, &spare));
  g_assert_cmpuint (counts->connections, ==, 6);
  g_assert_cmpuint (counts->accepted, ==, 9);

  g_assert_true (lt_http_gate_begin_stream (gate, &passes[2]));
  g_assert_false (lt_http_gate_begin_stream (gate, &passes[3]));
  lt_http_gate_leave (gate, &passes[2]);
  g_assert_cmpuint (counts->streams, ==, 0);
  g_assert_true (lt_http_gate_begin_stream (gate, &passes[3]));

  lt_http_gate_leave (gate, &passes[0]);
  g_assert_true (lt_http_gate_enter (gate, &stranger, &passes[0]));
  g_assert_true (lt_http_gate_reserve_body (gate, 60));
  g_assert_false (lt_http_gate_reserve_body (gate, 41));
  g_assert_false (lt_http_gate_reserve_body (gate, G_MAXUINT64));
  g_assert_true (lt_http_gate_reserve_body (gate, 40));
  lt_http_gate_release_body (gate, 100);
  g_assert_cmpuint (counts->body_bytes, ==, 0);
  lt_http_gate_unref (gate);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-policy/hosts", test_hosts);
  g_test_add_func ("/http-policy/origins", test_origins);
  g_test_add_func ("/http-policy/clients", test_clients);
  g_test_add_func ("/http-gate/limits", test_gate);
  return g_test_run ();
}
