/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-follower.h"
#include "sources/lt-syslog-source.h"

#include "../sources/log-fixture.h"
#include "postfix-instance.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* What is to happen to one message, in order; a key's value as JSON has it, NULL where any is
 * good. */
typedef struct
{
  const char *type;
  LtLevel level;
  LtSpanRole role;
  gboolean in_connection; /* else in the message's span */
  const char *keys[16];   /* name, value, … */
} Expected;

static const Expected expected_events[] = {
  { "smtp.connection-start",
    LT_LEVEL_DEBUG,
    LT_SPAN_ROLE_START,
    TRUE,
    { "remoteIp", "\"127.0.0.1\"", "remoteHost", "\"localhost\"", "program",
      "\"postfix/smtpd\"" } },
  { "postfix.message-start",
    LT_LEVEL_INFO,
    LT_SPAN_ROLE_START,
    FALSE,
    { "remoteIp", "\"127.0.0.1\"", "remoteHost", "\"localhost\"" } },
  { "smtp.mailbox-does-not-exist",
    LT_LEVEL_INFO,
    LT_SPAN_ROLE_NONE,
    FALSE,
    { "to", "\"nobody@example.org\"", "from", "\"bob@example.net\"", "code", "550", "dsn",
      "\"5.1.1\"", "command", "\"RCPT\"", "helo", "\"client.example.net\"" } },
  { "postfix.message-id",
    LT_LEVEL_DEBUG,
    LT_SPAN_ROLE_NONE,
    FALSE,
    { "messageId", "\"first@example.net\"", "program", "\"postfix/cleanup\"" } },
  { "queue.queue-message",
    LT_LEVEL_INFO,
    LT_SPAN_ROLE_NONE,
    FALSE,
    { "from", "\"bob@example.net\"", "recipients", "2", "size", NULL, "program",
      "\"postfix/qmgr\"" } },
  { "smtp.connection-end",
    LT_LEVEL_DEBUG,
    LT_SPAN_ROLE_END,
    TRUE,
    { "countMail", "1", "countRcpt", "2", "countRcptTotal", "3", "countCommands", "6",
      "countCommandsTotal", "7" } },
};

/* The deliveries come from processes of their own, in either order; of each, the last word. */
static const Expected expected_deliveries[] = {
  { "delivery.delivered",
    LT_LEVEL_INFO,
    LT_SPAN_ROLE_NONE,
    FALSE,
    { "to", "\"jane@example.org\"", "relay", "\"virtual\"", "status", "\"sent\"", "dsn",
      "\"2.0.0\"", "delay", NULL, "program", "\"postfix/virtual\"" } },
  { "delivery.deferred",
    LT_LEVEL_INFO,
    LT_SPAN_ROLE_NONE,
    FALSE,
    { "to", "\"kim@example.com\"", "relay", "\"none\"", "status", "\"deferred\"", "dsn",
      "\"4.4.1\"", "delay", NULL, "program", "\"postfix/smtp\"" } },
};

typedef struct
{
  LogFixture log;
  PostfixInstance postfix;
  LtSource *source; /* (owned) */
} Fixture;

static void
start_source (Fixture *fixture, LtSource *source)
{
  g_autoptr (GError) error = NULL;

  fixture->source = source;
  lt_source_start (source, &error);
  g_assert_no_error (error);
}

static gboolean
on_deadline (gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autofree char *texts = log_fixture_dup_texts (&fixture->log);

  g_error ("what should happen did not happen; so far:\n%s", texts);
  return G_SOURCE_REMOVE;
}

/* The first event of a type, at or after @number, or 0. */
static guint64
find_event (Fixture *fixture, const char *type, guint64 number)
{
  for (; number <= log_fixture_count (&fixture->log); number++)
    if (strcmp (log_fixture_peek (&fixture->log, number)->type->name, type) == 0)
      return number;
  return 0;
}

static guint64
wait_for_event (Fixture *fixture, const char *type, guint64 number)
{
  guint deadline_id = g_timeout_add_seconds (150, on_deadline, fixture);
  guint64 found;

  while ((found = find_event (fixture, type, number)) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  return found;
}

static void
check_event (Fixture *fixture, guint64 number, const Expected *expected, const char *span_id,
             const char *queue_id)
{
  LtEvent *event = log_fixture_peek (&fixture->log, number);

  g_assert_cmpstr (event->type->name, ==, expected->type);
  g_assert_cmpint (event->level, ==, expected->level);
  g_assert_cmpint (event->role, ==, expected->role);
  g_assert_cmpstr (event->span_id, ==, span_id);
  /* The log has no year and no zone: what was made of it must still be now. */
  g_assert_cmpint (ABS (event->created_at_us - g_get_real_time ()), <, 120 * G_USEC_PER_SEC);
  for (guint i = 0; expected->keys[i] != NULL; i += 2)
    {
      g_autofree char *value = log_fixture_dup_value (&fixture->log, number, expected->keys[i]);

      if (expected->keys[i + 1] == NULL)
        g_assert_nonnull (value);
      else
        g_assert_cmpstr (value, ==, expected->keys[i + 1]);
    }
  if (!expected->in_connection)
    {
      g_autofree char *value = log_fixture_dup_value (&fixture->log, number, "queueId");
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", queue_id);

      g_assert_cmpstr (value, ==, quoted);
    }
}

static void
check_deliveries (Fixture *fixture, GPtrArray *events, const char *span_id, const char *queue_id)
{
  guint n_found[G_N_ELEMENTS (expected_deliveries)] = { 0 };

  for (guint i = 0; i < events->len; i++)
    {
      LtEvent *event = g_ptr_array_index (events, i);

      g_assert_cmpstr (event->span_id, ==, span_id);
      for (guint j = 0; j < G_N_ELEMENTS (expected_deliveries); j++)
        if (strcmp (event->type->name, expected_deliveries[j].type) == 0)
          {
            check_event (fixture, event->sequence, &expected_deliveries[j], span_id, queue_id);
            n_found[j]++;
          }
    }
  g_assert_cmpuint (n_found[0], ==, 1);
  g_assert_cmpuint (n_found[1], >=, 1);
  g_assert_cmpuint (events->len, ==, n_found[0] + n_found[1]);
}

static int
compare_sequences (gconstpointer a, gconstpointer b)
{
  const LtEvent *one = *(LtEvent *const *) a;
  const LtEvent *other = *(LtEvent *const *) b;

  return (one->sequence > other->sequence) - (one->sequence < other->sequence);
}

/* Of two processes that say their last word at once, either may come first. */
static void
sort_racing_pair (GPtrArray *events)
{
  LtEvent **last = (LtEvent **) &events->pdata[events->len - 1];

  if (strcmp (last[0]->type->name, "queue.queue-message") == 0)
    {
      LtEvent *event = last[0];

      last[0] = last[-1];
      last[-1] = event;
    }
}

/* All that happened to the message: exactly what was expected, and nothing beside it. */
static void
check_trace (Fixture *fixture, const char *queue_id)
{
  guint64 start = find_event (fixture, "smtp.connection-start", 1);
  guint64 message = find_event (fixture, "postfix.message-start", 1);
  const char *connection_id = log_fixture_peek (&fixture->log, start)->span_id;
  const char *message_id = log_fixture_peek (&fixture->log, message)->span_id;
  g_autoptr (GPtrArray) trace = NULL;
  g_autoptr (GPtrArray) in_order = g_ptr_array_new ();
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (connection_id, "smtpd-"));
  g_assert_true (g_str_has_prefix (message_id, queue_id));
  g_assert_cmpstr (log_fixture_peek (&fixture->log, message)->parent_span_id, ==, connection_id);

  trace = lt_hub_list_span_events (fixture->log.hub, message_id, LT_CONTEXT_TRACE, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_sort (trace, compare_sequences);
  for (guint i = 0; i < trace->len; i++)
    {
      LtEvent *event = g_ptr_array_index (trace, i);
      gboolean is_delivery = g_str_has_prefix (event->type->name, "delivery.");

      g_ptr_array_add (is_delivery ? deliveries : in_order, event);
    }

  g_assert_cmpuint (in_order->len, ==, G_N_ELEMENTS (expected_events));
  sort_racing_pair (in_order);
  for (guint i = 0; i < in_order->len; i++)
    {
      LtEvent *event = g_ptr_array_index (in_order, i);
      gboolean in_connection = expected_events[i].in_connection;

      check_event (fixture, event->sequence, &expected_events[i],
                   in_connection ? connection_id : message_id, queue_id);
    }
  check_deliveries (fixture, deliveries, message_id, queue_id);
}

/* One message: to a mailbox, to nobody, and to a host that does not answer. */
static void
send_and_check (Fixture *fixture)
{
  static const char *const to[]
      = { "jane@example.org", "nobody@example.org", "kim@example.com", NULL };
  g_autofree char *queue_id = postfix_instance_send (&fixture->postfix, "bob@example.net", to);
  g_autoptr (GDir) mailbox = NULL;
  guint64 refused;

  wait_for_event (fixture, "delivery.delivered", 1);
  wait_for_event (fixture, "delivery.deferred", 1);
  wait_for_event (fixture, "smtp.connection-end", 1);
  /* All that is to be said of the message has been when its Postfix ends. */
  postfix_instance_stop (&fixture->postfix);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  check_trace (fixture, queue_id);

  /* Beside the message: the attempt to reach the host that does not answer. */
  refused = find_event (fixture, "delivery.connect-error", 1);
  g_assert_cmpuint (refused, >, 0);
  g_assert_null (log_fixture_peek (&fixture->log, refused)->span_id);

  mailbox = g_dir_open (fixture->postfix.mailbox_folder, 0, NULL);
  g_assert_nonnull (mailbox);
  g_assert_nonnull (g_dir_read_name (mailbox));
  g_assert_null (g_dir_read_name (mailbox));
}

/* Run by the test below in a process of its own. */
static void
test_abort_subprocess (void)
{
  PostfixInstance postfix;

  postfix_instance_init (&postfix);
  postfix_instance_start (&postfix, NULL);
  raise (SIGKILL);
}

/* A test that dies leaves neither Postfix nor its folder. */
static void
test_abort (void)
{
  const char *obstacle = postfix_instance_find_obstacle ();
  g_autofree char *folder = NULL;

  if (obstacle != NULL)
    {
      g_test_skip (obstacle);
      return;
    }

  folder = g_dir_make_tmp ("livetrace-abort-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  g_setenv ("TMPDIR", folder, TRUE);
  g_test_trap_subprocess ("/postfix-events/abort/subprocess", 0, 0);
  g_test_trap_assert_failed ();
  g_unsetenv ("TMPDIR");

  /* The folder goes last, when Postfix has ended. */
  while (g_rmdir (folder) != 0)
    {
      g_assert_cmpint (errno, ==, ENOTEMPTY);
      g_usleep (20000);
    }
}

static gboolean
set_up (Fixture *fixture)
{
  const char *obstacle = postfix_instance_find_obstacle ();

  if (obstacle != NULL)
    {
      g_test_skip (obstacle);
      return FALSE;
    }
  log_fixture_init (&fixture->log, NULL);
  postfix_instance_init (&fixture->postfix);
  return TRUE;
}

static void
tear_down (Fixture *fixture)
{
  lt_source_stop (fixture->source);
  g_assert_finalize_object (fixture->source);
  postfix_instance_clear (&fixture->postfix);
  log_fixture_clear (&fixture->log);
}

static guint
count_lines (const char *path)
{
  g_autofree char *text = NULL;
  guint n_lines = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *at = text; *at != '\0'; at++)
    n_lines += *at == '\n';
  return n_lines;
}

static void
test_file (void)
{
  Fixture fixture;

  if (!set_up (&fixture))
    return;

  start_source (&fixture, LT_SOURCE (lt_follower_new ("mail", fixture.postfix.log_path, NULL, FALSE,
                                                      log_fixture_steal_processor (&fixture.log))));
  postfix_instance_start (&fixture.postfix, NULL);
  send_and_check (&fixture);

  /* Every line of the log is an event, once. */
  log_fixture_wait (&fixture.log, count_lines (fixture.postfix.log_path));
  g_assert_cmpuint (log_fixture_count (&fixture.log), ==, count_lines (fixture.postfix.log_path));
  tear_down (&fixture);
}

static void
test_socket (void)
{
  g_autofree char *path = NULL;
  Fixture fixture;

  if (!postfix_instance_can_have_namespaces ())
    {
      g_test_skip ("a /dev/log of its own needs a mount namespace");
      return;
    }
  if (!set_up (&fixture))
    return;

  path = g_build_filename (fixture.postfix.folder, "log", "socket", NULL);
  start_source (&fixture, LT_SOURCE (lt_syslog_source_new (
                              "syslog", path, log_fixture_steal_processor (&fixture.log))));
  postfix_instance_start (&fixture.postfix, path);
  send_and_check (&fixture);
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/postfix-events/abort/subprocess", test_abort_subprocess);
  g_test_add_func ("/postfix-events/abort", test_abort);
  g_test_add_func ("/postfix-events/file", test_file);
  g_test_add_func ("/postfix-events/socket", test_socket);
  return g_test_run ();
}
