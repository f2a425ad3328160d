/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What it is all for: Debian's own Postfix takes a message, and whoever watches the daemon's
 * stream sees what becomes of it. */

#include "daemon-fixture.h"
#include "stream-client.h"

#include "../integration/postfix-instance.h"

#include <string.h>

/* The message's way, in order; what is `NULL` is not looked at. */
typedef struct
{
  const char *type;
  const char *to;
  const char *status;
  gboolean in_connection; /* else in the message's span */
} Expected;

static const Expected expected_trace[] = {
  { "smtp.connection-start", NULL, NULL, TRUE },
  { "postfix.message-start", NULL, NULL, FALSE },
  { "smtp.mailbox-does-not-exist", "nobody@example.org", NULL, FALSE },
  { "postfix.message-id", NULL, NULL, FALSE },
  { "queue.queue-message", NULL, NULL, FALSE },
  { "smtp.connection-end", NULL, NULL, TRUE },
  { "delivery.delivered", "jane@example.org", "sent", FALSE },
  { "delivery.deferred", "kim@example.com", "deferred", FALSE },
};

typedef struct
{
  PostfixInstance postfix;
  TestDaemon daemon;
  TestStream stream;
  GPtrArray *events; /* (owned) (element-type JsonObject) */
  gboolean ended;
} Fixture;

/* What is put behind all that Postfix said. */
#define END "e2e.end"

static const char *
peek_data (JsonObject *event, const char *key)
{
  JsonObject *data = json_object_get_object_member (event, "data");

  return json_object_get_string_member_with_default (data, key, NULL);
}

static JsonObject *
find_event (Fixture *fixture, const Expected *expected)
{
  for (guint i = 0; i < fixture->events->len; i++)
    {
      JsonObject *event = g_ptr_array_index (fixture->events, i);

      if (g_str_equal (json_object_get_string_member (event, "type"), expected->type)
          && (expected->to == NULL || g_strcmp0 (peek_data (event, "to"), expected->to) == 0))
        return event;
    }

  return NULL;
}

static gboolean
has_all (Fixture *fixture, gboolean connection_too)
{
  for (gsize i = 0; i < G_N_ELEMENTS (expected_trace); i++)
    if ((connection_too || !expected_trace[i].in_connection)
        && find_event (fixture, &expected_trace[i]) == NULL)
      return FALSE;

  return TRUE;
}

static void
read_more (Fixture *fixture)
{
  g_autoptr (JsonNode) data = NULL;
  g_autofree char *name = test_stream_next (&fixture->stream, &data);
  JsonArray *array;

  g_assert_nonnull (name);
  g_assert_cmpstr (name, !=, "gap");
  g_assert_cmpstr (name, !=, "bye");
  if (!g_str_equal (name, "trace"))
    return;

  array = json_node_get_array (data);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *event = json_array_get_object_element (array, i);

      fixture->ended = g_str_equal (json_object_get_string_member (event, "type"), END);
      if (fixture->ended)
        return;
      g_test_message ("%s %s %s", json_object_get_string_member (event, "id"),
                      json_object_get_string_member (event, "type"),
                      json_object_get_string_member (event, "text"));
      g_ptr_array_add (fixture->events, json_object_ref (event));
    }
}

static gint64
get_sequence (JsonObject *event)
{
  return g_ascii_strtoll (strchr (json_object_get_string_member (event, "id"), '.') + 1, NULL, 10);
}

static int
compare_sequences (gconstpointer a, gconstpointer b)
{
  gint64 one = get_sequence (*(JsonObject *const *) a);
  gint64 other = get_sequence (*(JsonObject *const *) b);

  return (one > other) - (one < other);
}

/* Exactly what happened: each event once, with its keys, in its span, and no other. */
static void
check_events (Fixture *fixture, const char *queue_id, gboolean connection_too)
{
  JsonObject *start = find_event (fixture, &expected_trace[1]);
  const char *message_span = peek_data (start, "spanId");
  const char *connection_span = peek_data (start, "parentSpanId");
  guint n_expected = 0;

  g_assert_true (g_str_has_prefix (message_span, queue_id));
  g_assert_true (g_str_has_prefix (connection_span, "smtpd-"));
  for (gsize i = 0; i < G_N_ELEMENTS (expected_trace); i++)
    {
      const Expected *expected = &expected_trace[i];
      JsonObject *event;

      if (expected->in_connection && !connection_too)
        continue;
      n_expected++;
      event = find_event (fixture, expected);
      g_assert_cmpstr (peek_data (event, "spanId"), ==,
                       expected->in_connection ? connection_span : message_span);
      if (expected->status != NULL)
        g_assert_cmpstr (peek_data (event, "status"), ==, expected->status);
      if (!expected->in_connection)
        g_assert_cmpstr (peek_data (event, "queueId"), ==, queue_id);
    }
  g_assert_cmpuint (fixture->events->len, ==, n_expected);

  /* In order: up to the queue Postfix itself keeps it, from there its processes race. */
  g_ptr_array_sort (fixture->events, compare_sequences);
  for (gsize i = 1; i < fixture->events->len; i++)
    g_assert_cmpint (get_sequence (fixture->events->pdata[i - 1]), <,
                     get_sequence (fixture->events->pdata[i]));
  for (gsize i = 1, last = 1; i < 5; i++)
    {
      gsize now = (gsize) get_sequence (find_event (fixture, &expected_trace[i]));

      g_assert_cmpuint (now, >=, last);
      last = now;
    }
}

static gboolean
set_up (Fixture *fixture, gboolean by_socket, const char *query, char **socket_path)
{
  const char *obstacle = postfix_instance_find_obstacle ();
  const char *arguments[]
      = { "--set", NULL, "--set", NULL, "--set", "source.mail.rules=postfix", NULL };
  g_autofree char *place = NULL;
  g_autofree char *url = NULL;

  if (obstacle == NULL && by_socket && !postfix_instance_can_have_namespaces ())
    obstacle = "a /dev/log of its own needs a mount namespace";
  if (obstacle != NULL)
    {
      g_test_skip (obstacle);
      return FALSE;
    }

  postfix_instance_init (&fixture->postfix);
  if (by_socket)
    {
      *socket_path = g_build_filename (fixture->postfix.folder, "log", "socket", NULL);
      place = g_strdup_printf ("source.mail.listen=%s", *socket_path);
    }
  else
    place = g_strdup_printf ("source.mail.path=%s", fixture->postfix.log_path);
  arguments[1] = by_socket ? "source.mail.kind=syslog" : "source.mail.kind=file";
  arguments[3] = place;
  test_daemon_init (&fixture->daemon, arguments);

  fixture->events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  fixture->stream = (TestStream){ .token = fixture->daemon.token, .is_sse = TRUE };
  url = g_strdup_printf ("http://127.0.0.1:%u/api/tracing/live?%s", fixture->daemon.port, query);
  test_stream_open (&fixture->stream, url);
  test_stream_read_until (&fixture->stream, "hello");

  return TRUE;
}

static void
watch (gboolean by_socket, const char *query, gboolean connection_too)
{
  static const char *const to[]
      = { "jane@example.org", "nobody@example.org", "kim@example.com", NULL };
  g_autofree char *socket_path = NULL;
  g_autofree char *queue_id = NULL;
  g_autoptr (GVariant) answer = NULL;
  Fixture fixture = { 0 };

  if (!set_up (&fixture, by_socket, query, &socket_path))
    return;

  postfix_instance_start (&fixture.postfix, socket_path);
  queue_id = postfix_instance_send (&fixture.postfix, "bob@example.net", to);
  while (!has_all (&fixture, connection_too))
    read_more (&fixture);
  /* Postfix says nothing more, and nothing more comes. */
  postfix_instance_stop (&fixture.postfix);
  answer = test_daemon_call (
      &fixture.daemon, "Inject",
      g_variant_new_parsed ("({'type': <'" END "'>, 'data': <{'to': <'jane@example.org'>}>},)"));
  while (!fixture.ended)
    read_more (&fixture);
  check_events (&fixture, queue_id, connection_too);

  test_stream_clear (&fixture.stream);
  g_ptr_array_unref (fixture.events);
  postfix_instance_clear (&fixture.postfix);
  test_daemon_clear (&fixture.daemon);
}

static void
test_file (void)
{
  watch (FALSE, "to=jane@example.org", FALSE);
}

static void
test_file_trace (void)
{
  watch (FALSE, "to=jane@example.org&context=trace", TRUE);
}

static void
test_socket (void)
{
  watch (TRUE, "to=jane@example.org", FALSE);
}

static void
test_socket_trace (void)
{
  watch (TRUE, "to=jane@example.org&context=trace", TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/postfix-stream/file", test_file);
  g_test_add_func ("/postfix-stream/file-trace", test_file_trace);
  g_test_add_func ("/postfix-stream/socket", test_socket);
  g_test_add_func ("/postfix-stream/socket-trace", test_socket_trace);
  return g_test_run ();
}
