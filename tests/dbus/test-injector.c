/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "dbus/lt-injector.h"
#include "json/lt-json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  LtCatalogue *catalogue;
  LtEventBuilder *builder;
  LtHub *hub;
  LtInjector *injector;
  guint n_closed;
  int fd; /* the client's */
} Fixture;

static void
count_close (LtInjector *injector, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const LtEventLimits limits = LT_EVENT_LIMITS_DEFAULT;
  static const LtHubLimits hub_limits = LT_HUB_LIMITS_DEFAULT;
  int pair[2];

  fixture->catalogue = lt_catalogue_new ();
  fixture->builder = lt_event_builder_new (fixture->catalogue, &limits);
  fixture->hub = lt_hub_new (fixture->catalogue, &hub_limits);
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair));
  fixture->fd = pair[0];
  fixture->injector = lt_injector_new (fixture->hub, fixture->builder, "test", ":1.7", pair[1]);
  g_signal_connect (fixture->injector, "closed", G_CALLBACK (count_close), &fixture->n_closed);
  g_assert_true (lt_source_start (LT_SOURCE (fixture->injector), NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->fd >= 0)
    close (fixture->fd);
  lt_source_stop (LT_SOURCE (fixture->injector));
  g_assert_true (lt_injector_is_closed (fixture->injector));
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_finalize_object (fixture->injector);
  lt_event_builder_free (fixture->builder);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->hub);
  g_assert_finalize_object (fixture->catalogue);
}

static void
write_all (Fixture *fixture, const char *text, gssize length)
{
  if (length < 0)
    length = (gssize) strlen (text);

  while (length > 0)
    {
      gssize n = send (fixture->fd, text, (gsize) length, MSG_NOSIGNAL);

      if (n < 0)
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          g_main_context_iteration (NULL, FALSE);
          continue;
        }
      text += n;
      length -= n;
    }
}

static gboolean
is_closed (gpointer user_data)
{
  return lt_injector_is_closed (((Fixture *) user_data)->injector);
}

static void
close_and_wait (Fixture *fixture)
{
  close (fixture->fd);
  fixture->fd = -1;
  test_iterate_until (is_closed, fixture);
}

static void
assert_status (Fixture *fixture, guint64 lines, guint64 events, guint64 bad)
{
  LtSourceStatus status = { 0 };

  lt_source_get_status (LT_SOURCE (fixture->injector), &status);
  g_assert_cmpstr (status.kind, ==, "injector");
  g_assert_cmpuint (status.lines, ==, lines);
  g_assert_cmpuint (status.events, ==, events);
  g_assert_cmpuint (status.unmatched, ==, bad);
  lt_source_status_clear (&status);
}

static void
test_takes_lines (Fixture *fixture, gconstpointer unused)
{
  write_all (fixture, "{\"type\":\"a.b\",\"text\":\"one\"}\n\n  \r\n{\"type\":\"a.c\"}\r\n", -1);
  write_all (fixture, "{\"type\":\"a.d\"", -1);
  write_all (fixture, ",\"text\":\"no newline\"}", -1);
  close_and_wait (fixture);

  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 3);
  g_assert_cmpstr (lt_hub_peek_event (fixture->hub, 1)->text, ==, "one");
  g_assert_cmpstr (lt_hub_peek_event (fixture->hub, 3)->text, ==, "no newline");
  assert_status (fixture, 5, 3, 0);
  g_assert_cmpstr (lt_source_get_name (LT_SOURCE (fixture->injector)), ==, "test");
}

static void
test_answers_bad_lines (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  write_all (fixture, "{\"type\":\"a\"}\n{\"type\":\"a\",\"x\":1}\n{\"type\":}\n{\"type\":\"b\"}\n",
             -1);
  first = test_read_line (fixture->fd);
  g_assert_true (
      g_str_has_prefix (first, "{\"line\":2,\"error\":{\"code\":\"invalid-event\",\"message\":"));
  g_assert_nonnull (strstr (first, "\\\"x\\\""));
  g_assert_nonnull (strstr (first, ",\"position\":12}}"));
  second = test_read_line (fixture->fd);
  g_assert_true (g_str_has_prefix (second, "{\"line\":3,\"error\":{\"code\":\"invalid-json\""));

  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 2);
  assert_status (fixture, 4, 2, 2);
}

/* Bytes that are no text must not break the answer's own JSON. */
static void
test_answer_is_json (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  write_all (fixture, "{\"ty\\u0001\\\"pe\":\"\xff\xfe\"}\n", -1);
  answer = test_read_line (fixture->fd);
  lt_json_check (answer, strlen (answer), &error);
  g_assert_no_error (error);
}

static void
test_line_too_long (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *line = g_strnfill (3 * 1024 * 1024, 'x');
  g_autofree char *answer = NULL;

  write_all (fixture, line, -1);
  write_all (fixture, "\n{\"type\":\"a\"}\n", -1);
  answer = test_read_line (fixture->fd);
  g_assert_true (g_str_has_prefix (answer, "{\"line\":1,\"error\":{\"code\":\"too-large\""));
  close_and_wait (fixture);
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 1);
}

/* A client that reads no answers loses them, and is told how many. */
static void
test_answers_are_bounded (Fixture *fixture, gconstpointer unused)
{
  const guint n_lines = 20000;
  guint64 n_answers = 0;
  guint64 n_lost = 0;

  for (guint i = 0; i < n_lines; i++)
    write_all (fixture, "nonsense\n", -1);

  while (n_answers + n_lost < n_lines)
    {
      g_autofree char *answer = test_read_line (fixture->fd);

      if (g_str_has_prefix (answer, "{\"lost\":"))
        n_lost += g_ascii_strtoull (answer + strlen ("{\"lost\":"), NULL, 10);
      else
        n_answers++;
    }
  g_assert_cmpuint (n_answers + n_lost, ==, n_lines);
  g_assert_cmpuint (n_lost, >, 0);

  write_all (fixture, "{\"type\":\"a\"}\n", -1);
  close_and_wait (fixture);
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 1);
}

/* What is written before a close counts, even with answers unread. */
static void
test_close_with_unread_answers (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 2000; i++)
    write_all (fixture, "nonsense\n{\"type\":\"a\"}\n", -1);
  close_and_wait (fixture);

  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==, 2000);
}

/* A client may close its writing half and read its answers then. */
static void
test_half_close (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *answer = NULL;

  write_all (fixture, "nonsense\n", -1);
  g_assert_no_errno (shutdown (fixture->fd, SHUT_WR));
  test_iterate_until (is_closed, fixture);
  answer = test_read_line (fixture->fd);
  g_assert_true (g_str_has_prefix (answer, "{\"line\":1,"));
}

/* One turn takes no more than its share, so that a flood leaves room for others. */
static void
test_turns_are_bounded (Fixture *fixture, gconstpointer unused)
{
  static const char line[] = "{\"type\":\"a.b\",\"data\":{\"number\":1234567}}\n";
  g_autoptr (GString) flood = g_string_new (NULL);
  int size = 4 * 1024 * 1024;
  gssize n_written;
  guint n_turns = 0;

  g_assert_no_errno (setsockopt (fixture->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) == 0
                         ? 0
                         : setsockopt (fixture->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  while (flood->len < 2 * 1024 * 1024)
    g_string_append (flood, line);
  n_written = send (fixture->fd, flood->str, flood->len, MSG_NOSIGNAL);
  g_assert_cmpint (n_written, >, 0);

  while (g_main_context_iteration (NULL, FALSE))
    n_turns++;
  g_assert_cmpuint (n_turns, >=, (guint) (n_written / (256 * 1024 + 64 * 1024)));
  g_assert_cmpuint (lt_hub_get_last_sequence (fixture->hub), ==,
                    (guint64) n_written / strlen (line));
}

#define ADD(name) g_test_add ("/injector/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (takes_lines);
  ADD (answers_bad_lines);
  ADD (answer_is_json);
  ADD (line_too_long);
  ADD (answers_are_bounded);
  ADD (close_with_unread_answers);
  ADD (half_close);
  ADD (turns_are_bounded);

  return g_test_run ();
}
