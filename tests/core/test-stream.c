/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include "core/lt-stream.h"
#include "json/lt-json.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  TestHub hub;
  LtSubscription *subscription;
  LtStream *stream;
  GSocket *socket;
  int client;
  GString *received;
  char *closed; /* (owned) (nullable): the reason */
} Fixture;

static void
on_closed (LtStream *stream, const char *reason, Fixture *fixture)
{
  g_assert_null (fixture->closed);
  fixture->closed = g_strdup (reason);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  LtSubscriptionOptions options = { .transport = "test", .peer = "test" };
  g_autoptr (LtFilter) filter = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  test_hub_init (&fixture->hub, NULL);
  filter = test_hub_filter (&fixture->hub, "");
  fixture->subscription = lt_subscription_new (fixture->hub.hub, filter, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  fixture->client = fds[1];
  fixture->socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  fixture->received = g_string_new (NULL);
}

static void
start (Fixture *fixture, guint32 ping_ms, guint32 stall_ms)
{
  g_autoptr (GBytes) preamble = g_bytes_new_static ("HEAD\n", 5);
  LtStreamOptions options = {
    .framing = &lt_framing_ndjson,
    .preamble = preamble,
    .ping_ms = ping_ms,
    .stall_ms = stall_ms,
  };

  fixture->stream = lt_stream_new (fixture->subscription, fixture->socket, &options);
  g_signal_connect (fixture->stream, "closed", G_CALLBACK (on_closed), fixture);
  lt_stream_start (fixture->stream);
}

static void
wait_closed (Fixture *fixture)
{
  while (fixture->closed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (lt_stream_is_closed (fixture->stream));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->client >= 0)
    close (fixture->client);
  wait_closed (fixture);
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->subscription);
  g_assert_finalize_object (fixture->socket);
  g_string_free (fixture->received, TRUE);
  g_free (fixture->closed);
  test_hub_clear (&fixture->hub);
}

/* Takes what there is. Returns FALSE at the end. */
static gboolean
receive (Fixture *fixture)
{
  char buffer[65536];
  gssize n;

  test_hub_settle ();
  while ((n = recv (fixture->client, buffer, sizeof (buffer), MSG_DONTWAIT)) > 0)
    {
      g_string_append_len (fixture->received, buffer, n);
      test_hub_settle ();
    }

  return n != 0;
}

static guint
count_lines (Fixture *fixture, const char *with)
{
  const char *line = fixture->received->str;
  const char *end;
  guint n = 0;

  for (; (end = strchr (line, '\n')) != NULL; line = end + 1)
    n += memmem (line, end - line, with, strlen (with)) != NULL;

  return n;
}

static void
test_flow (Fixture *fixture, gconstpointer data)
{
  start (fixture, 15000, 30000);
  for (int i = 0; i < 100; i++)
    test_hub_submit (&fixture->hub, "test.event", "hello", "n", "1", NULL);
  g_assert_true (receive (fixture));
  g_assert_true (g_str_has_prefix (fixture->received->str, "HEAD\n{\"control\":\"hello\""));
  g_assert_cmpuint (count_lines (fixture, "\"type\":\"test.event\""), ==, 100);
  close (g_steal_fd (&fixture->client));
  wait_closed (fixture);
  g_assert_cmpstr (fixture->closed, ==, "peer has gone");
  g_assert_cmpint (lt_subscription_get_state (fixture->subscription), ==, LT_SUBSCRIPTION_CLOSED);
}

/* More than the socket and the queue take: the rest is read from the ring. */
static void
test_slow_reader_loses_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  start (fixture, 15000, 30000);
  for (int i = 0; i < 20000; i++)
    {
      test_hub_submit (&fixture->hub, "test.event", text, NULL);
      if (i % 100 == 0)
        test_hub_settle ();
    }
  g_assert_cmpuint (lt_subscription_get_queued_bytes (fixture->subscription), <=, 1024 * 1024);
  g_assert_cmpint (lt_subscription_get_state (fixture->subscription), ==, LT_SUBSCRIPTION_LAGGING);
  while (lt_subscription_get_delivered (fixture->subscription) < 20000)
    g_assert_true (receive (fixture));
  g_assert_true (receive (fixture));
  g_assert_cmpuint (count_lines (fixture, "\"type\":\"test.event\""), ==, 20000);
  g_assert_cmpuint (count_lines (fixture, "gap"), ==, 0);
  g_assert_cmpint (lt_subscription_get_state (fixture->subscription), ==, LT_SUBSCRIPTION_LIVE);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  start (fixture, 15000, 30000);
  lt_hub_end_subscriptions (fixture->hub.hub, "shutdown");
  g_assert_false (receive (fixture));
  g_assert_cmpuint (count_lines (fixture, "\"reason\":\"shutdown\""), ==, 1);
  close (g_steal_fd (&fixture->client));
  wait_closed (fixture);
  g_assert_cmpstr (fixture->closed, ==, "ended");
}

static void
test_ping (Fixture *fixture, gconstpointer data)
{
  start (fixture, 20, 30000);
  while (count_lines (fixture, "\"control\":\"ping\"") < 3)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_true (receive (fixture));
    }
}

static void
test_stall (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  start (fixture, 15000, 50);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*took nothing for 50 ms*");
  while (fixture->closed == NULL)
    {
      test_hub_submit (&fixture->hub, "test.event", text, NULL);
      g_main_context_iteration (NULL, FALSE);
    }
  g_test_assert_expected_messages ();
  g_assert_cmpstr (fixture->closed, ==, "took nothing");
}

static void
test_talkative_peer (Fixture *fixture, gconstpointer data)
{
  char junk[4096] = { 0 };

  start (fixture, 15000, 30000);
  while (fixture->closed == NULL)
    {
      g_assert_true (send (fixture->client, junk, sizeof (junk), MSG_NOSIGNAL | MSG_DONTWAIT) > 0
                     || errno == EAGAIN || errno == EPIPE);
      test_hub_settle ();
    }
  g_assert_cmpstr (fixture->closed, ==, "peer sends instead of reading");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/stream/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("flow", test_flow);
  ADD ("slow-reader", test_slow_reader_loses_nothing);
  ADD ("end", test_end);
  ADD ("ping", test_ping);
  ADD ("stall", test_stall);
  ADD ("talkative-peer", test_talkative_peer);
#undef ADD
  return g_test_run ();
}
