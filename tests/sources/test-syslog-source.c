/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-syslog-source.h"

#include "core/lt-error.h"
#include "log-fixture.h"

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct
{
  LogFixture log;
  char *folder;     /* (owned) */
  char *path;       /* (owned) */
  LtSource *source; /* (owned) (nullable) */
} Fixture;

static LtSource *
make_source (Fixture *fixture, const char *address)
{
  LtLogProcessor *processor = lt_log_processor_new (fixture->log.hub, fixture->log.rules, NULL);

  return LT_SOURCE (lt_syslog_source_new ("test", address, processor));
}

static void
start (Fixture *fixture, const char *address)
{
  g_autoptr (GError) error = NULL;

  fixture->source = make_source (fixture, address);
  lt_source_start (fixture->source, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  log_fixture_init (&fixture->log, "");
  fixture->folder = g_dir_make_tmp ("livetrace-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "log", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->source != NULL)
    {
      lt_source_stop (fixture->source);
      g_assert_finalize_object (fixture->source);
    }
  /* The socket is gone with its source. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  log_fixture_clear (&fixture->log);
}

static int
connect_path (const char *path)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (name.sun_path, path, sizeof name.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &name, sizeof name), ==, 0);
  return fd;
}

static int
connect_udp (guint16 port)
{
  struct sockaddr_in name = { .sin_family = AF_INET,
                              .sin_port = g_htons (port),
                              .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (const struct sockaddr *) &name, sizeof name), ==, 0);
  return fd;
}

static void
say (int fd, const char *text, gsize length)
{
  g_assert_cmpint (send (fd, text, length, 0), ==, (gssize) length);
}

#define SAY(fd, text) say (fd, text, sizeof (text) - 1)

static void
test_path (Fixture *fixture, gconstpointer data)
{
  g_autofree char *texts = NULL;
  g_autofree char *hostname = NULL;
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", g_get_host_name ());
  g_autofree char *facility = NULL;
  g_autofree char *pid = NULL;
  LtSourceStatus status;
  struct stat info;
  int fd;

  start (fixture, fixture->path);
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0666);

  fd = connect_path (fixture->path);
  SAY (fd, "<22>Nov 22 06:35:06 prog[12]: one\n");
  SAY (fd, "<19>Nov 22 06:35:06 prog[12]: two\0");
  SAY (fd,
       "<165>1 2026-11-22T06:35:06Z host app 9 ID [a@1 ip=\"192.0.2.1\" n=\"1\" n=\"2\"] three");
  SAY (fd, "\n");
  SAY (fd, "four");
  close (fd);
  log_fixture_wait (&fixture->log, 4);
  texts = log_fixture_dup_texts (&fixture->log);
  g_assert_cmpstr (texts, ==, "one\ntwo\nthree\nfour\n");
  hostname = log_fixture_dup_value (&fixture->log, 1, "hostname");
  g_assert_cmpstr (hostname, ==, quoted);
  facility = log_fixture_dup_value (&fixture->log, 1, "facility");
  g_assert_cmpstr (facility, ==, "\"mail\"");
  pid = log_fixture_dup_value (&fixture->log, 1, "pid");
  g_assert_cmpstr (pid, ==, "12");
  g_assert_cmpint (log_fixture_peek (&fixture->log, 1)->level, ==, LT_LEVEL_INFO);
  g_assert_cmpint (log_fixture_peek (&fixture->log, 2)->level, ==, LT_LEVEL_ERROR);

  lt_source_get_status (fixture->source, &status);
  g_assert_cmpstr (status.kind, ==, "syslog");
  g_assert_cmpstr (status.state, ==, "running");
  g_assert_cmpstr (status.detail, ==, fixture->path);
  g_assert_cmpuint (status.lines, ==, 4);
  g_assert_cmpuint (status.events, ==, 4);
  g_assert_cmpuint (status.unmatched, ==, 4);
  g_assert_cmpuint (status.lost, ==, 0);
  lt_source_status_clear (&status);
}

static void
test_structured_data (Fixture *fixture, gconstpointer data)
{
  g_autofree char *number = NULL;
  g_autofree char *both = NULL;
  g_autofree char *id = NULL;
  int fd;

  start (fixture, fixture->path);
  fd = connect_path (fixture->path);
  SAY (fd, "<165>1 - host app 9 ID [a@1 first=\"x \\\"y\\\"\" n=\"1\" n=\"2\"] three");
  close (fd);
  log_fixture_wait (&fixture->log, 1);
  number = log_fixture_dup_value (&fixture->log, 1, "first");
  g_assert_cmpstr (number, ==, "\"x \\\"y\\\"\"");
  both = log_fixture_dup_value (&fixture->log, 1, "n");
  g_assert_cmpstr (both, ==, "[\"1\",\"2\"]");
  id = log_fixture_dup_value (&fixture->log, 1, "msgid");
  g_assert_cmpstr (id, ==, "\"ID\"");
}

static void
test_udp (Fixture *fixture, gconstpointer data)
{
  g_autofree char *texts = NULL;
  g_autofree char *big = g_strnfill (60000, 'x');
  int fd;

  start (fixture, "127.0.0.1:0");
  fd = connect_udp (lt_syslog_source_get_port (LT_SYSLOG_SOURCE (fixture->source)));
  SAY (fd, "<22>Nov 22 06:35:06 mail prog: one");
  say (fd, big, strlen (big));
  close (fd);
  log_fixture_wait (&fixture->log, 2);
  g_assert_cmpstr (log_fixture_peek (&fixture->log, 1)->text, ==, "one");
  g_assert_cmpuint (log_fixture_peek (&fixture->log, 2)->text_length, ==, LT_LOG_LINE_MAX_BYTES);
  g_assert_cmpstr (log_fixture_peek (&fixture->log, 2)->details, ==,
                   "27232 bytes of the line were cut");
}

/* What the kernel had no room for is counted and told. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  const guint n_sent = 40000;
  g_autofree char *text = g_strnfill (1000, 'x');
  LtSourceStatus status;
  guint n_lines = 0;
  guint64 n_told = 0;
  int fd;

  start (fixture, "127.0.0.1:0");
  fd = connect_udp (lt_syslog_source_get_port (LT_SYSLOG_SOURCE (fixture->source)));
  for (guint i = 0; i < n_sent; i++)
    say (fd, text, strlen (text));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* The count comes with the first datagram that found room again. */
  SAY (fd, "<22>last");
  close (fd);
  while (
      g_strcmp0 (log_fixture_peek (&fixture->log, log_fixture_count (&fixture->log))->text, "last")
      != 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint64 number = 1; number <= log_fixture_count (&fixture->log); number++)
    {
      LtEvent *event = log_fixture_peek (&fixture->log, number);

      if (strcmp (event->type->name, "log.lost") == 0)
        {
          g_autofree char *lost = log_fixture_dup_value (&fixture->log, number, "lost");

          g_assert_cmpint (event->level, ==, LT_LEVEL_WARN);
          n_told += g_ascii_strtoull (lost, NULL, 10);
        }
      else
        n_lines++;
    }
  lt_source_get_status (fixture->source, &status);
  g_assert_cmpuint (status.lost, >, 0);
  g_assert_cmpuint (status.lost, ==, n_told);
  g_assert_cmpuint (n_lines + status.lost, ==, n_sent + 1);
  lt_source_status_clear (&status);
}

static void
test_stale (Fixture *fixture, gconstpointer data)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (name.sun_path, fixture->path, sizeof name.sun_path);
  g_assert_cmpint (bind (fd, (const struct sockaddr *) &name, sizeof name), ==, 0);
  close (fd);
  start (fixture, fixture->path);
  fd = connect_path (fixture->path);
  SAY (fd, "one");
  close (fd);
  log_fixture_wait (&fixture->log, 1);
}

static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtSource) other = make_source (fixture, fixture->path);
  g_autoptr (GError) error = NULL;
  int fd;

  start (fixture, fixture->path);
  g_assert_false (lt_source_start (other, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "somebody listens there already"));
  lt_source_stop (other);

  /* The one that listens is unharmed. */
  fd = connect_path (fixture->path);
  SAY (fd, "one");
  close (fd);
  log_fixture_wait (&fixture->log, 1);
}

static void
test_no_socket (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtSource) source = make_source (fixture, fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "precious", -1, NULL));
  g_assert_false (lt_source_start (source, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "no socket"));
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_REGULAR));
  g_remove (fixture->path);
}

static void
test_addresses (void)
{
  static const char *const good[] = { "/dev/log", "127.0.0.1:514", "[::1]:5514", "127.1.2.3:0" };
  static const char *const bad[] = {
    "",
    "dev/log",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "0.0.0.0:514",
    "192.0.2.1:514",
    "localhost:514",
    "[::]:514",
    "::1",
    "127.0.0.1:x",
    "[::1:514",
    "/a/path/that/is/really/far/too/long/for/a/socket/because/the/kernel/keeps/it/in/one/hundred/"
    "and/eight/bytes/only"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      lt_syslog_source_check_address (good[i], &error);
      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (lt_syslog_source_check_address (bad[i], &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/syslog-source/path", test_path);
  ADD ("/syslog-source/structured-data", test_structured_data);
  ADD ("/syslog-source/udp", test_udp);
  ADD ("/syslog-source/lost", test_lost);
  ADD ("/syslog-source/stale", test_stale);
  ADD ("/syslog-source/taken", test_taken);
  ADD ("/syslog-source/no-socket", test_no_socket);
  g_test_add_func ("/syslog-source/addresses", test_addresses);
  return g_test_run ();
}
