/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Thousands of connections to a running daemon: what they took is given back. */

#include "daemon-fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_REQUESTS   10000
#define N_STREAMS    2000
#define WAVE         500
#define N_AT_ONCE    1000
#define N_SLOW       100
#define ROOM_BYTES   (6 * 1024 * 1024)
#define IDLE_BYTES   (2 * 12 * 1024 * 1024)
#define STREAM_BYTES (2 * 6 * 1024)

static char *
make_request (TestDaemon *daemon, const char *path)
{
  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: keep-alive\r\n"
                          "Authorization: Bearer %s\r\n\r\n",
                          path, daemon->port, daemon->token);
}

static int
start_request (TestDaemon *daemon, const char *path)
{
  g_autofree char *request = make_request (daemon, path);
  gssize length = (gssize) strlen (request);
  int fd = test_daemon_connect (daemon);

  g_assert_cmpint (send (fd, request, length, MSG_NOSIGNAL), ==, length);
  return fd;
}

/* Reads what there is until @mark, or to the end for %NULL. */
static void
read_answer (int fd, const char *mark)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char bytes[4096];
  gssize n;

  while ((mark == NULL || strstr (text->str, mark) == NULL)
         && (n = recv (fd, bytes, sizeof bytes, 0)) > 0)
    g_string_append_len (text, bytes, n);
  if (!g_str_has_prefix (text->str, "HTTP/1.1 200"))
    g_error ("%s", text->str);
  g_assert_true (mark == NULL || strstr (text->str, mark) != NULL);
}

static void
do_requests (TestDaemon *daemon, guint n)
{
  static const char *const paths[]
      = { "/healthz", "/api/tracing/status", "/api/tracing/events?to=jane", "/metrics" };
  int fds[20];

  for (guint done = 0; done < n; done += G_N_ELEMENTS (fds))
    {
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        fds[i] = start_request (daemon, paths[i % G_N_ELEMENTS (paths)]);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          read_answer (fds[i], NULL);
          close (fds[i]);
        }
    }
}

static void
wait_for_streams (TestDaemon *daemon, guint n)
{
  for (;;)
    {
      g_autoptr (GVariant) subscribers = test_daemon_get (daemon, "Subscribers");

      if (g_variant_get_uint64 (subscribers) == n)
        return;
      g_usleep (5000);
    }
}

/* Opens streams in waves and drops each wave at once, without a word. */
static void
do_streams (TestDaemon *daemon, guint n)
{
  int fds[WAVE];

  for (guint done = 0; done < n; done += WAVE)
    {
      for (guint i = 0; i < WAVE; i++)
        fds[i] = start_request (daemon, "/api/tracing/live?to=jane@example.org");
      for (guint i = 0; i < WAVE; i++)
        read_answer (fds[i], "event: hello");
      for (guint i = 0; i < WAVE; i++)
        close (fds[i]);
      wait_for_streams (daemon, 0);
    }
}

/* All at one moment: each is answered, or closed. */
static void
do_at_once (TestDaemon *daemon)
{
  g_autofree char *request = make_request (daemon, "/healthz");
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (daemon->port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct pollfd polls[N_AT_ONCE];
  gint64 start = g_get_monotonic_time ();
  guint n_open = N_AT_ONCE;
  guint n_answered = 0;

  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      polls[i].fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      polls[i].events = POLLOUT;
      g_assert_true (connect (polls[i].fd, (struct sockaddr *) &address, sizeof address) == 0
                     || errno == EINPROGRESS);
    }
  while (n_open > 0)
    {
      g_assert_cmpint (poll (polls, N_AT_ONCE, 60000), >, 0);
      for (guint i = 0; i < N_AT_ONCE; i++)
        {
          char bytes[2048];
          gssize n = -1;

          if (polls[i].fd < 0 || polls[i].revents == 0)
            continue;
          if (polls[i].events == POLLOUT)
            {
              n = send (polls[i].fd, request, strlen (request), MSG_NOSIGNAL);
              polls[i].events = POLLIN;
            }
          else
            {
              n = recv (polls[i].fd, bytes, sizeof bytes, 0);
              if (n > 12 && memcmp (bytes, "HTTP/1.1 200", 12) == 0)
                n_answered++;
            }
          if (n <= 0)
            {
              close (polls[i].fd);
              polls[i].fd = -1;
              n_open--;
            }
        }
    }
  g_test_message ("%d connects at once: %u answered, all done after %.2f s", N_AT_ONCE, n_answered,
                  (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_assert_cmpuint (n_answered, >, N_AT_ONCE / 2);
}

/* Descriptors, and memory but for some room, are back to where they were. */
static void
check_given_back (TestDaemon *daemon, const char *after, guint descriptors, gsize rss_bytes)
{
  gsize rss_bytes_now = test_daemon_get_rss_bytes (daemon);

  test_daemon_check_descriptors (daemon, descriptors);
  g_test_message ("%s: %u descriptors, resident %.1f -> %.1f MB", after, descriptors,
                  (double) rss_bytes / 1e6, (double) rss_bytes_now / 1e6);
  /* Sanitizers keep what is freed for a while. */
  if (!TEST_IS_SANITIZED)
    g_assert_cmpuint (rss_bytes_now, <, rss_bytes + ROOM_BYTES);
}

static void
test_given_back (void)
{
  TestDaemon daemon;
  guint descriptors;
  gsize rss_bytes;

  test_daemon_init (&daemon, NULL);
  /* What is made once is made. */
  do_requests (&daemon, 400);
  do_streams (&daemon, WAVE);
  descriptors = test_daemon_count_descriptors (&daemon);
  rss_bytes = test_daemon_get_rss_bytes (&daemon);

  do_requests (&daemon, N_REQUESTS);
  check_given_back (&daemon, "10,000 requests", descriptors, rss_bytes);
  do_streams (&daemon, N_STREAMS);
  check_given_back (&daemon, "2,000 streams", descriptors, rss_bytes);
  do_at_once (&daemon);
  check_given_back (&daemon, "1,000 connects at once", descriptors, rss_bytes);
  test_daemon_clear (&daemon);
}

/* A byte now and then keeps nobody's connection, and no one else waits meanwhile. */
static void
test_slow_heads (void)
{
  static const char *const arguments[] = { "--set", "http.header-timeout=1s", NULL };
  static const char head[] = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: aaaaaaaaaaaaaaaaaa";
  struct pollfd polls[N_SLOW];
  TestDaemon daemon;
  guint descriptors;
  guint n_open = N_SLOW;
  gint64 start;

  test_daemon_init (&daemon, arguments);
  do_requests (&daemon, 20);
  descriptors = test_daemon_count_descriptors (&daemon);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_SLOW; i++)
    {
      polls[i].fd = test_daemon_connect (&daemon);
      polls[i].events = POLLIN;
    }
  for (guint sent = 0; n_open > 0; sent++)
    {
      for (guint i = 0; i < N_SLOW; i++)
        if (polls[i].fd >= 0)
          send (polls[i].fd, head + sent % strlen (head), 1, MSG_NOSIGNAL | MSG_DONTWAIT);
      do_requests (&daemon, 20);
      poll (polls, N_SLOW, 100);
      for (guint i = 0; i < N_SLOW; i++)
        {
          char bytes[1024];

          if (polls[i].fd < 0 || polls[i].revents == 0
              || recv (polls[i].fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
            continue;
          close (polls[i].fd);
          polls[i].fd = -1;
          n_open--;
        }
    }
  g_test_message ("slow heads closed after %.2f s",
                  (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC);
  check_given_back (&daemon, "slow heads", descriptors, test_daemon_get_rss_bytes (&daemon));
  test_daemon_clear (&daemon);
}

/* What an idle daemon takes, and an idle stream on top. */
static void
test_memory (void)
{
  enum
  {
    N = 900
  };
  TestDaemon daemon;
  int fds[N];
  gsize idle_bytes;
  gsize open_bytes;

  test_daemon_init (&daemon, NULL);
  idle_bytes = test_daemon_get_rss_bytes (&daemon);
  fds[0] = start_request (&daemon, "/api/tracing/live?to=jane@example.org");
  read_answer (fds[0], "event: hello");
  open_bytes = test_daemon_get_rss_bytes (&daemon);
  for (guint i = 1; i < N; i++)
    {
      fds[i] = start_request (&daemon, "/api/tracing/live?to=jane@example.org");
      read_answer (fds[i], "event: hello");
    }
  open_bytes = test_daemon_get_rss_bytes (&daemon) - open_bytes;
  g_test_message ("resident when idle %.1f MB, each idle stream %.1f KB", (double) idle_bytes / 1e6,
                  (double) open_bytes / (N - 1) / 1e3);
  if (!TEST_IS_SANITIZED)
    {
      g_assert_cmpuint (idle_bytes, <, IDLE_BYTES);
      g_assert_cmpuint (open_bytes / (N - 1), <, STREAM_BYTES);
    }
  for (guint i = 0; i < N; i++)
    close (fds[i]);
  test_daemon_clear (&daemon);
}

int
main (int argc, char *argv[])
{
  struct rlimit limit;

  g_test_init (&argc, &argv, NULL);
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < N_AT_ONCE + 100)
    {
      g_print ("1..0 # SKIP only %lu descriptors are allowed\n", (gulong) limit.rlim_cur);
      return 0;
    }
  g_test_add_func ("/connections/given-back", test_given_back);
  g_test_add_func ("/connections/slow-heads", test_slow_heads);
  g_test_add_func ("/connections/memory", test_memory);
  return g_test_run ();
}
