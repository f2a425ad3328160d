/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A raw client in the main loop of the server it tests: what it sends is exactly what is
 * given, and nothing of it waits without letting the server run. */
#include "http-client.h"

#include "http/lt-http-authority.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* No test waits longer. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)

void
http_answer_free (HttpAnswer *self)
{
  g_string_free (self->bytes, TRUE);
  g_free (self);
}

char *
http_answer_dup_header (const HttpAnswer *self, const char *name)
{
  const char *end = strstr (self->bytes->str, "\r\n\r\n");
  g_autofree char *head
      = g_strndup (self->bytes->str, end != NULL ? (gsize) (end - self->bytes->str) : 0);
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, name, strlen (name)) == 0 && (*line)[strlen (name)] == ':')
      return g_strdup (g_strstrip (*line + strlen (name) + 1));

  return NULL;
}

void
http_answer_assert_problem (const HttpAnswer *self, guint status, const char *code)
{
  g_autofree char *content_type = http_answer_dup_header (self, "Content-Type");
  g_autofree char *connection = http_answer_dup_header (self, "Connection");
  g_autofree char *length = http_answer_dup_header (self, "Content-Length");
  g_autofree char *wanted = g_strdup_printf ("\"code\":\"%s\"", code);

  g_assert_false (self->is_reset);
  if (self->status != status)
    g_test_message ("%s", self->bytes->str);
  g_assert_cmpuint (self->status, ==, status);
  g_assert_cmpstr (content_type, ==, "application/problem+json");
  g_assert_cmpstr (connection, ==, "close");
  g_assert_cmpuint (g_ascii_strtoull (length, NULL, 10), ==, strlen (self->body));
  g_assert_nonnull (strstr (self->body, wanted));
}

int
http_connect (const char *address)
{
  LtHttpAuthority authority;
  g_autoptr (GSocketAddress) where = NULL;
  struct sockaddr_storage native;
  int fd;

  g_assert_true (lt_http_authority_parse (address, strlen (address), &authority));
  where = g_inet_socket_address_new_from_string (authority.host, authority.port);
  g_assert_true (g_socket_address_to_native (where, &native, sizeof native, NULL));

  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (connect (fd, (struct sockaddr *) &native,
                              (socklen_t) g_socket_address_get_native_size (where)));
  return fd;
}

void
http_send (int fd, const void *data, gsize length)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  const char *rest = data;

  while (length > 0)
    {
      gssize n = send (fd, rest, length, MSG_DONTWAIT | MSG_NOSIGNAL);

      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (n < 0 && errno != EAGAIN)
        return;
      if (n > 0)
        {
          rest += n;
          length -= (gsize) n;
        }
      else
        g_main_context_iteration (NULL, FALSE);
    }
}

HttpAnswer *
http_receive (int fd)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  HttpAnswer *answer = g_new0 (HttpAnswer, 1);
  const char *body;

  answer->bytes = g_string_new (NULL);
  for (;;)
    {
      char buffer[65536];
      gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (n > 0)
        {
          g_string_append_len (answer->bytes, buffer, n);
          continue;
        }
      if (n == 0)
        break;
      if (errno != EAGAIN)
        {
          answer->is_reset = TRUE;
          break;
        }
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }

  if (g_str_has_prefix (answer->bytes->str, "HTTP/1."))
    answer->status = (guint) g_ascii_strtoull (answer->bytes->str + 9, NULL, 10);
  body = strstr (answer->bytes->str, "\r\n\r\n");
  answer->body = body != NULL ? body + 4 : "";
  return answer;
}

HttpAnswer *
http_exchange (const char *address, const void *data, gssize length)
{
  int fd = http_connect (address);
  HttpAnswer *answer;

  http_send (fd, data, length < 0 ? strlen (data) : (gsize) length);
  answer = http_receive (fd);
  close (fd);
  return answer;
}

void
http_iterate_until (gboolean (*is_done) (gpointer), gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!is_done (user_data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

guint
http_count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
