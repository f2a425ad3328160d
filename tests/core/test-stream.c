/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include "core/lt-hub-private.h"
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
count_lines_of (const GString *received, const char *with)
{
  const char *line = received->str;
  const char *end;
  guint n = 0;

  for (; (end = strchr (line, '\n')) != NULL; line = end + 1)
    n += memmem (line, end - line, with, strlen (with)) != NULL;

  return n;
}

static guint
count_lines (Fixture *fixture, const char *with)
{
  return count_lines_of (fixture->received, with);
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

#define N_CROWD      12
#define CROWD_EVENTS 2000

typedef struct
{
  int clients[N_CROWD];
  LtStream *streams[N_CROWD];
  GString *received[N_CROWD];
} Crowd;

/* Many streams that resume somewhere in the ring, @spread events apart. */
static void
crowd_start (Crowd *crowd, Fixture *fixture, guint spread)
{
  g_autoptr (LtFilter) filter = test_hub_filter (&fixture->hub, "type:test.event");

  for (guint i = 0; i < N_CROWD; i++)
    {
      char id[LT_EVENT_ID_SIZE];
      LtSubscriptionOptions options
          = { .start = LT_START_AFTER_ID, .after = id, .transport = "test", .peer = "test" };
      LtStreamOptions stream_options = { .framing = &lt_framing_ndjson };
      g_autoptr (LtSubscription) subscription = NULL;
      g_autoptr (GSocket) socket = NULL;
      g_autoptr (GError) error = NULL;
      int fds[2];

      lt_hub_format_id (fixture->hub.hub, (guint64) i * spread, id);
      subscription = lt_subscription_new (fixture->hub.hub, filter, &options, &error);
      g_assert_no_error (error);
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
      crowd->clients[i] = fds[1];
      socket = g_socket_new_from_fd (fds[0], &error);
      g_assert_no_error (error);
      crowd->received[i] = g_string_new (NULL);
      crowd->streams[i] = lt_stream_new (subscription, socket, &stream_options);
      lt_stream_start (crowd->streams[i]);
    }
}

/* Each reads until it has @n_events of its own. */
static void
crowd_read (Crowd *crowd, guint n_events, guint spread)
{
  char buffer[65536];

  for (guint i = 0; i < N_CROWD; i++)
    {
      LtSubscription *subscription = lt_stream_get_subscription (crowd->streams[i]);
      gssize n;

      while (lt_subscription_get_delivered (subscription) < n_events - i * spread
             || lt_subscription_get_queued_bytes (subscription) > 0)
        {
          while ((n = recv (crowd->clients[i], buffer, sizeof (buffer), MSG_DONTWAIT)) > 0)
            g_string_append_len (crowd->received[i], buffer, n);
          g_main_context_iteration (NULL, FALSE);
        }
      while ((n = recv (crowd->clients[i], buffer, sizeof (buffer), MSG_DONTWAIT)) > 0)
        g_string_append_len (crowd->received[i], buffer, n);
    }
}

static void
crowd_clear (Crowd *crowd)
{
  for (guint i = 0; i < N_CROWD; i++)
    {
      close (crowd->clients[i]);
      while (!lt_stream_is_closed (crowd->streams[i]))
        g_main_context_iteration (NULL, TRUE);
      g_assert_finalize_object (crowd->streams[i]);
      g_string_free (crowd->received[i], TRUE);
    }
}

static void
fill_ring (Fixture *fixture, guint n_events)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  for (guint i = 0; i < n_events; i++)
    test_hub_submit (&fixture->hub, "test.event", text, NULL);
  test_hub_settle ();
}

/* Streams that stand at the same place send the same bytes, and hold them together. */
static void
test_crowd_shares (Fixture *fixture, gconstpointer data)
{
  Crowd crowd;
  LtBlockPool *pool = fixture->hub.hub->pool;

  start (fixture, 15000, 30000);
  fill_ring (fixture, CROWD_EVENTS);
  while (receive (fixture) && lt_subscription_get_delivered (fixture->subscription) < CROWD_EVENTS)
    ;
  crowd_start (&crowd, fixture, 0);
  test_hub_settle ();
  /* What lags and what was last made: by no means one block for each. */
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <, N_CROWD / 2 * LT_BLOCK_BYTES);
  for (guint i = 1; i < N_CROWD; i++)
    g_assert_cmpuint (lt_subscription_get_cursor (lt_stream_get_subscription (crowd.streams[i])),
                      ==,
                      lt_subscription_get_cursor (lt_stream_get_subscription (crowd.streams[0])));

  crowd_read (&crowd, CROWD_EVENTS, 0);
  for (guint i = 0; i < N_CROWD; i++)
    {
      g_assert_cmpuint (count_lines_of (crowd.received[i], "\"type\":\"test.event\""), ==,
                        CROWD_EVENTS);
      /* But for the number in its hello, each got the same. */
      g_assert_cmpstr (strchr (crowd.received[i]->str, '\n'), ==,
                       strchr (crowd.received[0]->str, '\n'));
    }
  crowd_clear (&crowd);
  test_hub_settle ();
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), ==, 0);
}

/* Streams that stand at different places are held to the limit for all together. */
static void
test_crowd_is_bounded (Fixture *fixture, gconstpointer data)
{
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtBlockPool *pool = fixture->hub.hub->pool;
  Crowd crowd;

  start (fixture, 15000, 30000);
  limits.unsent_total_bytes = 128 * 1024;
  lt_hub_set_limits (fixture->hub.hub, &limits);
  fill_ring (fixture, CROWD_EVENTS);
  while (receive (fixture) && lt_subscription_get_delivered (fixture->subscription) < CROWD_EVENTS)
    ;
  crowd_start (&crowd, fixture, 7);
  test_hub_settle ();
  /* Each has one small block; the cache has some of its own. */
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), <,
                    128 * 1024 + N_CROWD * 32 * 1024 + 4 * 1024 * 1024);
  crowd_read (&crowd, CROWD_EVENTS, 7);
  for (guint i = 0; i < N_CROWD; i++)
    g_assert_cmpuint (count_lines_of (crowd.received[i], "\"type\":\"test.event\""), ==,
                      CROWD_EVENTS - i * 7);
  crowd_clear (&crowd);
  test_hub_settle ();
  g_assert_cmpuint (lt_block_pool_get_bytes (pool), ==, 0);
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
  ADD ("crowd-shares", test_crowd_shares);
  ADD ("crowd-is-bounded", test_crowd_is_bounded);
#undef ADD
  return g_test_run ();
}
