/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_BARE_STREAMS 1024
#define MAX_BATCH_BYTES  262144

static void
publish_line (BenchServer *self, const char *line, gsize length)
{
  bench_send_all (self->input, line, length);
}

static void
stop_daemon (BenchServer *self)
{
  close (self->input);
}

/* The daemon, fed through an injector socket. */
void
bench_server_init_daemon (BenchServer *self, TestDaemon *daemon, const char *query)
{
  *self = (BenchServer){
    .name = "livetrace",
    .pid = bench_daemon_pid (daemon),
    .port = daemon->port,
    .input = test_daemon_open_injector (daemon),
    .publish = publish_line,
    .stop = stop_daemon,
    .daemon = daemon,
  };
  self->request = g_strdup_printf ("GET /api/tracing/live?%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                                   "Authorization: Bearer %s\r\n\r\n",
                                   query, daemon->port, daemon->token);
}

static int
listen_on_loopback (guint16 *port)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (fd, 4096), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &length);
  *port = ntohs (address.sin_port);

  return fd;
}

/* The least that could do the work: what comes in goes out to every stream with one send()
 * each. What one read() gives, at most a batch, leaves together. */
static G_NORETURN void
serve_bare (int listener, int input, gsize batch_bytes)
{
  static int streams[MAX_BARE_STREAMS];
  static char block[1024 * 1024];
  static const char head[] = "event: trace\nid: 7c1fa2b0.1842\ndata: [";
  static const char tail[] = "]\n\n";
  struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
  guint n_streams = 0;
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = input;
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, input, &event);
  for (;;)
    {
      gssize n;
      gsize length;

      if (epoll_wait (epoll_fd, &event, 1, -1) <= 0)
        continue;
      if (event.data.fd == listener)
        {
          char request[4096];
          int fd = accept (listener, NULL, NULL);

          n = recv (fd, request, sizeof request, 0);
          n = send (fd, "HTTP/1.1 200 OK\r\n\r\n", 19, 0);
          streams[n_streams++ % MAX_BARE_STREAMS] = fd;
          continue;
        }

      memcpy (block, head, sizeof head - 1);
      n = recv (input, block + sizeof head - 1, batch_bytes, 0);
      if (n <= 0)
        _exit (0);
      length = sizeof head - 1 + n;
      memcpy (block + length, tail, sizeof tail - 1);
      length += sizeof tail - 1;
      for (guint i = 0; i < n_streams; i++)
        for (gsize sent = 0; sent < length;)
          {
            gssize m = send (streams[i], block + sent, length - sent, MSG_NOSIGNAL);

            if (m < 0)
              break;
            sent += m;
          }
    }
}

static void
stop_bare (BenchServer *self)
{
  close (self->input);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}

gboolean
bench_server_init_bare (BenchServer *self, gsize batch_bytes)
{
  int fds[2];
  int listener;

  *self = (BenchServer){ .name = "bare send() loop", .publish = publish_line, .stop = stop_bare };
  listener = listen_on_loopback (&self->port);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->pid = fork ();
  if (self->pid == 0)
    {
      close (fds[0]);
      serve_bare (listener, fds[1], CLAMP (batch_bytes, 1024, MAX_BATCH_BYTES));
    }
  close (fds[1]);
  close (listener);
  self->input = fds[0];
  self->request = g_strdup ("GET / HTTP/1.1\r\n\r\n");

  return TRUE;
}

/* nchan takes one message a request; the connection is kept. */
static void
publish_nchan (BenchServer *self, const char *line, gsize length)
{
  g_autofree char *head = g_strdup_printf ("POST /publish HTTP/1.1\r\nHost: bench\r\n"
                                           "Content-Type: application/json\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                           length - 1);
  g_autoptr (GString) request = g_string_new (head);
  char answer[4096];

  g_string_append_len (request, line, length - 1);
  bench_send_all (self->input, request->str, request->len);
  g_assert_cmpint (recv (self->input, answer, sizeof answer, 0), >, 0);
}

static void
stop_nchan (BenchServer *self)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->directory);

  close (self->input);
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  g_assert_cmpint (system (command), ==, 0);
  g_clear_pointer (&self->directory, g_free);
}

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;

  close (fd);

  return -1;
}

/* The pid of nginx's one worker. */
static pid_t
find_child (pid_t parent)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", parent, parent);
  g_autofree char *children = NULL;

  if (!g_file_get_contents (path, &children, NULL, NULL))
    return 0;

  return atoi (children);
}

/* Debian's nginx with its nchan module, one worker. Returns FALSE if there is none. */
gboolean
bench_server_init_nchan (BenchServer *self)
{
  static const char *const module = "/usr/lib/nginx/modules/ngx_nchan_module.so";
  g_autofree char *program = g_find_program_in_path ("nginx");
  g_autofree char *configuration = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  *self = (BenchServer){ .name = "nchan", .publish = publish_nchan, .stop = stop_nchan };
  if (!g_file_test (module, G_FILE_TEST_EXISTS) || program == NULL)
    return FALSE;

  close (listen_on_loopback (&self->port));
  self->directory = g_dir_make_tmp ("livetrace-nchan-XXXXXX", &error);
  configuration = g_strdup_printf (
      "load_module %s;\ndaemon off;\nworker_processes 1;\npid %s/pid;\nerror_log %s/log;\n"
      "events { worker_connections 4096; }\n"
      "http { access_log off; keepalive_requests 1000000000; client_body_temp_path %s/body;\n"
      "  proxy_temp_path %s/p; fastcgi_temp_path %s/f; scgi_temp_path %s/s; uwsgi_temp_path %s/u;\n"
      "  server { listen 127.0.0.1:%u; tcp_nodelay on;\n"
      "    location /publish { nchan_publisher; nchan_channel_id bench; }\n"
      "    location /live { nchan_subscriber eventsource; nchan_channel_id bench;\n"
      "      nchan_subscriber_first_message newest; } } }\n",
      module, self->directory, self->directory, self->directory, self->directory, self->directory,
      self->directory, self->directory, self->port);
  path = g_build_filename (self->directory, "nginx.conf", NULL);
  g_assert_true (g_file_set_contents (path, configuration, -1, NULL));
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "nginx", "-c", path,
                                    "-p", self->directory, NULL);
  g_assert_no_error (error);
  while ((self->input = connect_to (self->port)) < 0)
    g_usleep (10000);
  while ((self->pid = find_child (atoi (g_subprocess_get_identifier (self->process)))) == 0)
    g_usleep (10000);
  self->request = g_strdup ("GET /live HTTP/1.1\r\nHost: bench\r\n"
                            "Accept: text/event-stream\r\n\r\n");

  return TRUE;
}

void
bench_server_stop (BenchServer *self)
{
  self->stop (self);
  g_clear_pointer (&self->request, g_free);
}

static void
take_stamps (BenchReaders *self, const char *data, gsize length)
{
  static const char pattern[] = "\"stamp\":";
  gint64 now = bench_now_ns ();
  const char *end = data + length;

  while ((data = memmem (data, end - data, pattern, sizeof pattern - 1)) != NULL)
    {
      double latency_ms;

      data += sizeof pattern - 1;
      latency_ms = (now - g_ascii_strtoll (data, NULL, 10)) / 1e6;
      g_array_append_val (self->latencies_ms, latency_ms);
    }
}

static void
count_blocks (BenchReaders *self, const char *data, gsize length)
{
  static const char pattern[] = "event: trace";
  const char *end = data + length;

  self->probe_bytes += length;
  while ((data = memmem (data, end - data, pattern, sizeof pattern - 1)) != NULL)
    {
      self->probe_blocks++;
      data += sizeof pattern - 1;
    }
}

static gpointer
read_streams (gpointer data)
{
  BenchReaders *self = data;
  static char buffer[1024 * 1024 + 1];

  while (!g_atomic_int_get (&self->stop))
    {
      struct epoll_event events[64];
      int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), 20);

      for (int i = 0; i < n; i++)
        {
          /* Where nobody looks at them, the bytes need not be copied, see tcp(7). */
          gboolean is_probe = events[i].data.fd == g_array_index (self->fds, int, 0);
          gboolean is_read = self->with_latency || is_probe;
          int flags = MSG_DONTWAIT | (is_read ? 0 : MSG_TRUNC);
          gssize length = recv (events[i].data.fd, buffer, sizeof buffer - 1, flags);

          if (length <= 0)
            continue;
          self->bytes += length;
          buffer[is_read ? length : 0] = '\0';
          if (is_probe)
            count_blocks (self, buffer, length);
          if (self->with_latency)
            take_stamps (self, buffer, length);
        }
    }

  return NULL;
}

/* Opens @n streams, waits for each one's answer, and reads them in a thread. */
void
bench_readers_start (BenchReaders *self, BenchServer *server, guint n, gboolean with_latency)
{
  *self = (BenchReaders){
    .fds = g_array_new (FALSE, FALSE, sizeof (int)),
    .epoll_fd = epoll_create1 (EPOLL_CLOEXEC),
    .with_latency = with_latency,
    .latencies_ms = g_array_new (FALSE, FALSE, sizeof (double)),
  };
  for (guint i = 0; i < n; i++)
    {
      int fd = connect_to (server->port);
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
      char answer[4096] = "";

      g_assert_cmpint (fd, >=, 0);
      bench_send_all (fd, server->request, strlen (server->request));
      g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
      g_array_append_val (self->fds, fd);
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
  self->thread = g_thread_new ("readers", read_streams, self);
}

void
bench_readers_stop (BenchReaders *self)
{
  g_atomic_int_set (&self->stop, 1);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  close (self->epoll_fd);
  g_array_unref (self->fds);
  g_array_unref (self->latencies_ms);
}
