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

#define MAX_BARE_STREAMS 16384
#define MAX_READ_BYTES   65536

static void
publish_line (BenchServer *self, const char *lines, gsize length)
{
  bench_send_all (self->input, lines, length);
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

static void
send_block (const int *streams, guint n_streams, const char *block, gsize length)
{
  for (guint i = 0; i < n_streams; i++)
    bench_send_all (streams[i], block, length);
}

/* The least that could do the work: what comes in goes out to every stream with one send()
 * each, what one read() gives together. With @batch_bytes, each byte that comes in sends a block of
 * that size, so that nothing is waited for but the sockets. */
static G_NORETURN void
serve_bare (int listener, int input, gsize batch_bytes)
{
  static int streams[MAX_BARE_STREAMS];
  static char block[1024 * 1024];
  static const char head[] = "event: trace\nid: 7c1fa2b0.1842\ndata: [";
  static const char tail[] = "]\n\n";
  struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
  gsize read_bytes = batch_bytes > 0 ? 1 : MAX_READ_BYTES;
  guint n_streams = 0;
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  memset (block, ' ', sizeof block);
  memcpy (block, head, sizeof head - 1);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = input;
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, input, &event);
  for (;;)
    {
      gsize length;
      gssize n;

      if (epoll_wait (epoll_fd, &event, 1, -1) <= 0)
        continue;
      if (event.data.fd == listener)
        {
          char request[4096];
          int fd = accept (listener, NULL, NULL);

          g_assert_cmpuint (n_streams, <, MAX_BARE_STREAMS);
          g_assert_cmpint (recv (fd, request, sizeof request, 0), >, 0);
          bench_send_all (fd, "HTTP/1.1 200 OK\r\n\r\n", 19);
          streams[n_streams++] = fd;
          continue;
        }

      n = recv (input, block + sizeof head - 1, read_bytes, 0);
      if (n <= 0)
        _exit (0);
      length = sizeof head - 1 + n;
      if (batch_bytes > 0)
        length = MAX (length, MIN (batch_bytes, sizeof block) - (sizeof tail - 1));
      memcpy (block + length, tail, sizeof tail - 1);
      send_block (streams, n_streams, block, length + sizeof tail - 1);
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
      serve_bare (listener, fds[1], batch_bytes);
    }
  close (fds[1]);
  close (listener);
  self->input = fds[0];
  self->takes_bytes = batch_bytes > 0;
  self->request = g_strdup ("GET / HTTP/1.1\r\n\r\n");

  return TRUE;
}

/* nchan takes one message a request; the connections are kept. With several lines there is always
 * another request waiting for it. */
static void
publish_nchan (BenchServer *self, const char *lines, gsize length)
{
  const char *end = lines + length;
  char answer[4096];

  while (lines < end)
    {
      guint n = 0;

      for (; n < BENCH_NCHAN_INPUTS && lines < end; n++)
        {
          const char *next = memchr (lines, '\n', end - lines);
          g_autofree char *request
              = g_strdup_printf ("POST /publish HTTP/1.1\r\nHost: bench\r\n"
                                 "Content-Type: application/json\r\n"
                                 "Content-Length: %d\r\n\r\n%.*s",
                                 (int) (next - lines), (int) (next - lines), lines);

          bench_send_all (self->inputs[n], request, strlen (request));
          lines = next + 1;
        }
      for (guint i = 0; i < n; i++)
        g_assert_cmpint (recv (self->inputs[i], answer, sizeof answer, 0), >, 0);
    }
}

static void
stop_nchan (BenchServer *self)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->directory);

  for (guint i = 0; i < BENCH_NCHAN_INPUTS; i++)
    close (self->inputs[i]);
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  g_assert_cmpint (system (command), ==, 0);
  g_clear_pointer (&self->directory, g_free);
}

/* Returns -1 while nobody listens. */
int
bench_connect (guint16 port)
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
  for (guint i = 0; i < BENCH_NCHAN_INPUTS; i++)
    while ((self->inputs[i] = bench_connect (self->port)) < 0)
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
