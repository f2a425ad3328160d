/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-client.h"
#include "http/lt-http-listener.h"
#include "http/lt-http-output.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
on_over (LtHttpConnection *connection, gpointer user_data)
{
  g_object_unref (connection);
}

static const LtHttpConnectionFuncs funcs = { .over = on_over };

static void
on_accepted (GSocket *socket, const LtHttpPass *pass, gpointer user_data)
{
  g_set_object ((GSocket **) user_data, socket);
}

static gboolean
on_writable (GObject *stream, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static gboolean
has_socket (gpointer user_data)
{
  return *(GSocket **) user_data != NULL;
}

static void
watch (GPollableOutputStream *output, gboolean *is_writable)
{
  g_autoptr (GSource) source = g_pollable_output_stream_create_source (output, NULL);

  *is_writable = FALSE;
  g_source_set_callback (source, G_SOURCE_FUNC (on_writable), is_writable, NULL);
  g_source_attach (source, NULL);
}

/* Writes until the socket is full, waits until it is not, and ends with the connection. */
static void
test_write (void)
{
  static const char *const local[] = { "127.0.0.1:0", NULL };
  static const char block[65536];
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  LtHttpGate *gate;
  g_autoptr (LtHttpListener) listener = NULL;
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GSocket) socket = NULL;
  LtHttpConnection *connection;
  LtHttpPass pass = { 0 };
  GPollableOutputStream *output;
  g_autoptr (GError) error = NULL;
  gboolean is_writable;
  gsize written = 0;
  gssize n;
  int fd;

  settings.listen = local;
  gate = lt_http_gate_new (lt_http_policy_new (&settings, NULL));
  listener = lt_http_listener_new (gate, on_accepted, &socket);
  g_assert_true (lt_http_listener_listen (listener, NULL));
  lt_http_listener_start (listener);
  addresses = lt_http_listener_dup_addresses (listener);
  fd = http_connect (addresses[0]);
  http_iterate_until (has_socket, &socket);
  pass.peer.length = 4;
  connection = lt_http_connection_new (gate, &pass, socket, &funcs, NULL, NULL);
  output = G_POLLABLE_OUTPUT_STREAM (lt_http_output_new (connection, g_socket_get_fd (socket)));

  g_assert_true (g_pollable_output_stream_is_writable (output));
  while (
      (n = g_pollable_output_stream_write_nonblocking (output, block, sizeof block, NULL, &error))
      > 0)
    written += (gsize) n;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  watch (output, &is_writable);
  for (gsize n_read = 0; n_read < written;)
    {
      char buffer[65536];

      n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n > 0)
        n_read += (gsize) n;
      g_main_context_iteration (NULL, FALSE);
    }
  http_iterate_until (is_true, &is_writable);

  lt_http_output_detach (LT_HTTP_OUTPUT (output));
  g_assert_cmpint (g_pollable_output_stream_write_nonblocking (output, block, 1, NULL, &error), ==,
                   -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  watch (output, &is_writable);
  http_iterate_until (is_true, &is_writable);

  g_assert_finalize_object (output);
  lt_http_connection_abort (connection);
  lt_http_gate_unref (gate);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-output/write", test_write);
  return g_test_run ();
}
