/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live-reader.h"
#include "postfix-instance.h"

#include <string.h>
#include <unistd.h>

/* Nothing here takes a tenth of this. */
#define DEADLINE_SECONDS 150

typedef enum
{
  SPAN_NONE,
  SPAN_CONNECTION,
  SPAN_MESSAGE,
} SpanKind;

/* Something that is to happen; a key's value as JSON has it, NULL where any is good. */
typedef struct
{
  const char *type;
  const char *text;
  const char *level;
  const char *role;
  SpanKind span;
  int after; /* the row of what must have come before, or -1 */
  const char *keys[20];
} Expected;

/* One message: to jane, who has a mailbox, to nobody, and to kim, whose host does not answer. */
static const char *const recipients[]
    = { "jane@example.org", "nobody@example.org", "kim@example.com", NULL };

static const Expected story[] = {
  { "smtp.connection-start",
    "SMTP connection started",
    "debug",
    "start",
    SPAN_CONNECTION,
    -1,
    { "remoteIp", "\"127.0.0.1\"", "remoteHost", "\"localhost\"", "program",
      "\"postfix/smtpd\"" } },
  { "postfix.message-start",
    "Message started",
    "info",
    "start",
    SPAN_MESSAGE,
    0,
    { "remoteIp", "\"127.0.0.1\"", "remoteHost", "\"localhost\"" } },
  { "smtp.mailbox-does-not-exist",
    "Mailbox does not exist",
    "info",
    NULL,
    SPAN_MESSAGE,
    1,
    { "to", "\"nobody@example.org\"", "from", "\"bob@example.net\"", "code", "550", "dsn",
      "\"5.1.1\"", "command", "\"RCPT\"", "helo", "\"client.example.net\"", "protocol", "\"ESMTP\"",
      "remoteIp", "\"127.0.0.1\"", "reason",
      "\"<nobody@example.org>: Recipient address rejected: User unknown in virtual mailbox "
      "table\"" } },
  { "postfix.message-id",
    "Message ID read",
    "debug",
    NULL,
    SPAN_MESSAGE,
    2,
    { "messageId", "\"first@example.net\"", "program", "\"postfix/cleanup\"" } },
  { "queue.queue-message",
    "Message queued",
    "info",
    NULL,
    SPAN_MESSAGE,
    3,
    { "from", "\"bob@example.net\"", "recipients", "2", "size", NULL, "program",
      "\"postfix/qmgr\"" } },
  { "smtp.connection-end",
    "SMTP connection ended",
    "debug",
    "end",
    SPAN_CONNECTION,
    3,
    { "countMail", "1", "countRcpt", "2", "countRcptTotal", "3", "countCommands", "6",
      "countCommandsTotal", "7" } },
  { "delivery.delivered",
    "Message delivered",
    "info",
    NULL,
    SPAN_MESSAGE,
    4,
    { "to", "\"jane@example.org\"", "relay", "\"virtual\"", "status", "\"sent\"", "dsn",
      "\"2.0.0\"", "delay", NULL, "delays", NULL, "program", "\"postfix/virtual\"" } },
  { "delivery.connect-error",
    "Connection to remote server failed",
    "info",
    NULL,
    SPAN_NONE,
    4,
    { "remoteIp", "\"127.0.0.1\"", "remotePort", NULL, "relay", NULL, "reason",
      "\"Connection refused\"" } },
  { "delivery.deferred",
    "Delivery deferred",
    "info",
    NULL,
    SPAN_MESSAGE,
    7,
    { "to", "\"kim@example.com\"", "relay", "\"none\"", "status", "\"deferred\"", "dsn",
      "\"4.4.1\"", "delay", NULL, "delays", NULL, "reason", NULL, "program", "\"postfix/smtp\"" } },
};

#define N_STORY ((guint) G_N_ELEMENTS (story))

typedef struct
{
  PostfixInstance postfix;
  TestDaemon daemon;
  char *socket; /* (owned) (nullable): where Postfix logs to; a file if NULL */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer use_socket)
{
  const char *obstacle = postfix_instance_find_obstacle ();
  g_autofree char *configuration = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (obstacle == NULL && use_socket != NULL && !postfix_instance_can_have_namespaces ())
    obstacle = "a /dev/log of its own needs a mount namespace";
  if (obstacle != NULL)
    {
      g_test_skip (obstacle);
      return;
    }

  alarm (DEADLINE_SECONDS);
  postfix_instance_init (&fixture->postfix);
  if (use_socket != NULL)
    fixture->socket = g_build_filename (fixture->postfix.folder, "log", "socket", NULL);
  text = use_socket != NULL
             ? g_strdup_printf ("[source mail]\nkind=syslog\nlisten=%s\n", fixture->socket)
             : g_strdup_printf ("[source mail]\nkind=file\npath=%s\n", fixture->postfix.log_path);
  configuration = g_build_filename (fixture->postfix.folder, "livetrace.conf", NULL);
  g_file_set_contents (configuration, text, -1, &error);
  g_assert_no_error (error);
  test_daemon_init (&fixture->daemon, (const char *const[]){ "--config", configuration, NULL });
}

static void
tear_down (Fixture *fixture, gconstpointer use_socket)
{
  if (fixture->postfix.folder == NULL)
    return;
  postfix_instance_clear (&fixture->postfix);
  test_daemon_clear (&fixture->daemon);
  g_free (fixture->socket);
  alarm (0);
}

/* Which row of the story an event is. */
static guint
find_row (JsonObject *event)
{
  const char *type = json_object_get_string_member (event, "type");

  for (guint row = 0; row < N_STORY; row++)
    if (g_str_equal (story[row].type, type))
      return row;
  g_error ("nobody expected this: %s", live_event_dup_json (event));
}

static void
check_event (JsonObject *event, const Expected *expected)
{
  g_autofree char *json = live_event_dup_json (event);

  g_test_message ("%s", json);
  g_assert_cmpstr (json_object_get_string_member (event, "text"), ==, expected->text);
  g_assert_cmpstr (json_object_get_string_member (event, "level"), ==, expected->level);
  g_assert_cmpstr (json_object_get_string_member_with_default (event, "span", NULL), ==,
                   expected->role);
  for (guint i = 0; expected->keys[i] != NULL; i += 2)
    {
      JsonNode *node = live_event_get (event, expected->keys[i]);
      g_autofree char *value = NULL;

      g_assert_nonnull (node);
      value = json_to_string (node, FALSE);
      if (expected->keys[i + 1] != NULL)
        g_assert_cmpstr (value, ==, expected->keys[i + 1]);
      if (g_str_equal (expected->keys[i], "delay"))
        g_assert_cmpint (json_node_get_int (node), <, 60000);
    }
}

/* The rows of the spans in @spans (bits), and nothing beside them, each once and in order. */
static void
check_story (GPtrArray *events, guint spans, const char *queue_id, const char *connection_id)
{
  const char *message_id = NULL;
  gboolean seen[G_N_ELEMENTS (story)] = { FALSE };
  guint n_rows = 0;

  for (guint row = 0; row < N_STORY; row++)
    n_rows += (spans & 1u << story[row].span) != 0;
  for (guint i = 0; i < events->len; i++)
    {
      JsonObject *event = g_ptr_array_index (events, i);
      guint row = find_row (event);
      const char *span_id = live_event_get_string (event, "spanId");
      int after = story[row].after;

      check_event (event, &story[row]);
      g_assert_true (spans & 1u << story[row].span);
      g_assert_false (seen[row]);
      g_assert_true (after < 0 || seen[after] || !(spans & 1u << story[after].span));
      seen[row] = TRUE;
      if (i > 0)
        g_assert_cmpuint (live_event_get_number (event), >,
                          live_event_get_number (g_ptr_array_index (events, i - 1)));

      if (g_strcmp0 (story[row].type, "postfix.message-start") == 0)
        {
          message_id = span_id;
          g_assert_true (g_str_has_prefix (span_id, queue_id));
          g_assert_cmpstr (live_event_get_string (event, "parentSpanId"), ==, connection_id);
        }
      if (story[row].span == SPAN_MESSAGE)
        g_assert_cmpstr (live_event_get_string (event, "queueId"), ==, queue_id);
      g_assert_cmpstr (span_id, ==,
                       story[row].span == SPAN_NONE         ? NULL
                       : story[row].span == SPAN_CONNECTION ? connection_id
                                                            : message_id);
    }
  g_assert_cmpuint (events->len, ==, n_rows);
}

/* What came before the first match came late, with it; nothing else did. */
static void
check_backfill (LiveReader *reader)
{
  guint64 match
      = live_event_get_number (live_reader_find (reader, "delivery.delivered", NULL, NULL));

  for (guint i = 0; i < reader->events->len; i++)
    {
      JsonObject *event = g_ptr_array_index (reader->events, i);

      g_assert_cmpint (json_object_has_member (event, "backfill"), ==,
                       live_event_get_number (event) < match);
    }
}

/* The same over plain HTTP afterwards. */
static void
check_span_request (Fixture *fixture, LiveReader *trace)
{
  JsonObject *last = g_ptr_array_index (trace->events, trace->events->len - 1);
  g_autofree char *url
      = g_strdup_printf ("http://127.0.0.1:%u/api/tracing/spans/%s?context=trace",
                         fixture->daemon.port, live_event_get_string (last, "spanId"));
  g_autofree char *token = g_strdup_printf ("Authorization: Bearer %s", fixture->daemon.token);
  g_autofree char *body
      = test_daemon_run (&fixture->daemon, NULL, "curl", "--silent", "--header", token, url, NULL);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *events;

  node = json_from_string (body, &error);
  g_assert_no_error (error);
  events = json_object_get_array_member (json_node_get_object (node), "events");
  g_assert_cmpuint (json_array_get_length (events), ==, trace->events->len);
  for (guint i = 0; i < trace->events->len; i++)
    {
      g_autofree char *found = live_event_dup_json (json_array_get_object_element (events, i));
      g_autofree char *streamed = live_event_dup_json (g_ptr_array_index (trace->events, i));

      g_assert_cmpstr (found, ==, streamed);
    }
}

static void
check_subscribers (Fixture *fixture)
{
  g_autofree char *program = g_find_program_in_path ("busctl");
  g_autofree char *output = NULL;
  int status;

  if (program == NULL)
    return;
  output = test_daemon_run (&fixture->daemon, &status, "busctl", "--address",
                            g_test_dbus_get_bus_address (fixture->daemon.bus), "call",
                            TEST_BUS_NAME, TEST_OBJECT_PATH, TEST_MANAGER, "ListSubscribers", NULL);
  g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
  for (const char *const *context = (const char *const[]){ "span", "trace", NULL };
       *context != NULL; context++)
    {
      g_autofree char *watcher
          = g_strdup_printf ("\"filter\" s \"to:jane@example.org\" \"context\" s \"%s\"", *context);

      g_assert_nonnull (strstr (output, watcher));
    }
}

/* Somebody else logs a line where Postfix does. */
static void
log_line (Fixture *fixture, const char *text)
{
  g_autofree char *etc = g_build_filename (fixture->postfix.folder, "etc", NULL);
  g_autofree char *output = NULL;
  int status;

  if (fixture->socket != NULL)
    output = test_daemon_run (&fixture->daemon, &status, "logger", "--socket", fixture->socket,
                              "--tag", "postfix/custom", "--priority", "mail.info", text, NULL);
  else
    output = test_daemon_run (&fixture->daemon, &status, "postlog", "-c", etc, "-t",
                              "postfix/custom", text, NULL);
  g_assert_cmpstr (output, ==, "");
  g_assert_cmpint (status, ==, 0);
}

/* Removes what came up to and with Postfix's own start. */
static void
forget_start (LiveReader *reader)
{
  live_reader_read_until (reader, "postfix.started", NULL, NULL);
  g_ptr_array_set_size (reader->events, 0);
}

static void
test_watch (Fixture *fixture, gconstpointer use_socket)
{
  LiveReader all, span, trace;
  JsonObject *event;
  g_autofree char *queue_id = NULL;
  g_autofree char *connection_id = NULL;
  const guint of_message = 1u << SPAN_MESSAGE;
  const guint of_trace = of_message | 1u << SPAN_CONNECTION;

  if (fixture->postfix.folder == NULL)
    return;

  live_reader_init (&all, &fixture->daemon, "");
  live_reader_init (&span, &fixture->daemon, "?to=jane@example.org");
  live_reader_init (&trace, &fixture->daemon, "?to=jane@example.org&context=trace");
  check_subscribers (fixture);
  postfix_instance_start (&fixture->postfix, fixture->socket);
  forget_start (&all);

  queue_id = postfix_instance_send (&fixture->postfix, "bob@example.net", recipients);
  live_reader_read_count (&all, N_STORY);
  event = live_reader_find (&all, "smtp.connection-start", NULL, NULL);
  g_assert_nonnull (event);
  connection_id = g_strdup (live_event_get_string (event, "spanId"));
  g_assert_true (g_str_has_prefix (connection_id, "smtpd-"));
  check_story (all.events, of_trace | 1u << SPAN_NONE, queue_id, connection_id);
  live_reader_read_count (&span, N_STORY - 3);
  check_story (span.events, of_message, queue_id, connection_id);
  check_backfill (&span);
  live_reader_read_count (&trace, N_STORY - 1);
  check_story (trace.events, of_trace, queue_id, connection_id);
  check_backfill (&trace);
  check_span_request (fixture, &trace);

  log_line (fixture, "nothing that Postfix would say");
  live_reader_read_count (&all, N_STORY + 1);
  event = live_reader_find (&all, "log.line", "program", "postfix/custom");
  g_assert_nonnull (event);
  g_assert_cmpstr (json_object_get_string_member (event, "text"), ==,
                   "nothing that Postfix would say");

  g_assert_cmpuint (all.n_gaps + span.n_gaps + trace.n_gaps, ==, 0);
  live_reader_clear (&trace);
  live_reader_clear (&span);
  live_reader_clear (&all);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 one = live_event_get_number (*(JsonObject *const *) a);
  guint64 other = live_event_get_number (*(JsonObject *const *) b);

  return (one > other) - (one < other);
}

/* All events, without a hole; and of them to jane those of the two messages, of which the
 * backfill of the second may have come behind the end of the first. */
static void
check_reconnected (LiveReader *all, LiveReader *jane, const char *first, const char *second)
{
  guint n_of_messages = 0;

  g_ptr_array_sort (jane->events, compare_numbers);
  for (guint i = 0; i < all->events->len; i++)
    {
      JsonObject *event = g_ptr_array_index (all->events, i);
      const char *queue_id = live_event_get_string (event, "queueId");
      g_autofree char *expected = live_event_dup_json (event);
      g_autofree char *found = NULL;

      if (i > 0)
        g_assert_cmpuint (live_event_get_number (event), ==,
                          live_event_get_number (g_ptr_array_index (all->events, 0)) + i);
      if (queue_id == NULL)
        continue;
      g_assert_true (g_str_equal (queue_id, first) || g_str_equal (queue_id, second));
      g_assert_cmpuint (n_of_messages, <, jane->events->len);
      found = live_event_dup_json (g_ptr_array_index (jane->events, n_of_messages++));
      g_assert_cmpstr (found, ==, expected);
    }
  g_assert_cmpuint (n_of_messages, ==, jane->events->len);
}

/* What happened while a stream was away is there when it comes back, and nothing twice. */
static void
test_reconnect (Fixture *fixture, gconstpointer use_socket)
{
  LiveReader all, jane;
  PostfixSession session = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  if (fixture->postfix.folder == NULL)
    return;

  live_reader_init (&all, &fixture->daemon, "");
  live_reader_init (&jane, &fixture->daemon, "?to=jane@example.org");
  postfix_instance_start (&fixture->postfix, fixture->socket);
  forget_start (&all);

  /* Away amid a connection; then between two deliveries, during the whole of a second one. */
  postfix_session_open (&session, &fixture->postfix, "bob@example.net", recipients);
  live_reader_read_until (&all, "smtp.mailbox-does-not-exist", NULL, NULL);
  test_stream_kill (&all.stream);
  test_stream_kill (&jane.stream);
  first = postfix_session_finish (&session);
  live_reader_open (&jane);
  live_reader_read_until (&jane, "delivery.delivered", "queueId", first);
  test_stream_kill (&jane.stream);
  second = postfix_instance_send (&fixture->postfix, "bob@example.net", recipients);
  live_reader_open (&all);
  live_reader_read_count (&all, 2 * N_STORY);
  live_reader_open (&jane);

  live_reader_read_count (&jane, 2 * (N_STORY - 3));
  check_reconnected (&all, &jane, first, second);
  g_assert_cmpuint (all.n_gaps + jane.n_gaps, ==, 0);
  live_reader_clear (&jane);
  live_reader_clear (&all);
}

/* Waits until Postfix has written a line with @text. */
static void
wait_for_line (Fixture *fixture, const char *text)
{
  for (;;)
    {
      g_autofree char *log = NULL;

      g_assert_true (g_file_get_contents (fixture->postfix.log_path, &log, NULL, NULL));
      if (strstr (log, text) != NULL)
        return;
      g_usleep (10000);
    }
}

/* The events are the lines of the log, one for one. */
static void
check_against_log (Fixture *fixture, GPtrArray *events)
{
  g_autoptr (GRegex) pattern
      = g_regex_new ("^\\w+ +\\d+ [\\d:]+ (\\S+) (\\S+)\\[(\\d+)\\]: (.*)$", 0, 0, NULL);
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (fixture->postfix.log_path, &log, NULL, NULL));
  lines = g_strsplit (log, "\n", -1);
  g_assert_cmpuint (events->len, ==, g_strv_length (lines) - 1);
  for (guint i = 0; i < events->len; i++)
    {
      JsonObject *event = g_ptr_array_index (events, i);
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree char *program = NULL;
      g_autofree char *pid = NULL;
      g_autofree char *message = NULL;

      g_assert_true (g_regex_match (pattern, lines[i], 0, &match));
      program = g_match_info_fetch (match, 2);
      pid = g_match_info_fetch (match, 3);
      message = g_match_info_fetch (match, 4);
      g_assert_cmpstr (live_event_get_string (event, "program"), ==, program);
      g_assert_cmpint (json_node_get_int (live_event_get (event, "pid")), ==, atoi (pid));
      if (g_str_equal (json_object_get_string_member (event, "type"), "log.line"))
        g_assert_cmpstr (json_object_get_string_member (event, "text"), ==, message);
    }
}

/* What is written while the daemon is away is read when it comes back, and nothing twice. */
static void
test_restart (Fixture *fixture, gconstpointer use_socket)
{
  LiveReader all;
  PostfixSession session = { 0 };
  g_autofree char *queue_id = NULL;

  if (fixture->postfix.folder == NULL)
    return;

  live_reader_init (&all, &fixture->daemon, "");
  postfix_instance_start (&fixture->postfix, NULL);
  postfix_session_open (&session, &fixture->postfix, "bob@example.net", recipients);
  log_line (fixture, "before");
  live_reader_read_until (&all, "log.line", NULL, NULL);

  g_assert_cmpint (test_daemon_stop (&fixture->daemon), ==, 0);
  test_stream_read_until (&all.stream, "bye");
  test_stream_wait_end (&all.stream);
  queue_id = postfix_session_finish (&session);
  log_line (fixture, "meanwhile");
  wait_for_line (fixture, "status=sent");
  wait_for_line (fixture, "status=deferred");
  wait_for_line (fixture, "disconnect from");
  test_daemon_launch (&fixture->daemon);

  /* Another epoch: that there may be a gap is said, once; there is none in what the log gave. */
  live_reader_open (&all);
  log_line (fixture, "after");
  while (g_strcmp0 (json_object_get_string_member (
                        g_ptr_array_index (all.events, all.events->len - 1), "text"),
                    "after")
         != 0)
    live_reader_read (&all);
  g_assert_cmpuint (all.n_gaps, ==, 1);
  check_against_log (fixture, all.events);
  g_assert_nonnull (live_reader_find (&all, "delivery.delivered", "queueId", queue_id));
  live_reader_clear (&all);
}

int
main (int argc, char *argv[])
{
  static const char use_socket[] = "socket";

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/postfix-live/file/watch", Fixture, NULL, set_up, test_watch, tear_down);
  g_test_add ("/postfix-live/file/reconnect", Fixture, NULL, set_up, test_reconnect, tear_down);
  g_test_add ("/postfix-live/file/restart", Fixture, NULL, set_up, test_restart, tear_down);
  g_test_add ("/postfix-live/socket/watch", Fixture, use_socket, set_up, test_watch, tear_down);
  g_test_add ("/postfix-live/socket/reconnect", Fixture, use_socket, set_up, test_reconnect,
              tear_down);
  return g_test_run ();
}
