/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The plain run does the full number. */
#if TEST_IS_SANITIZED
#define N_EVENTS      100000
#define DISTURB_EVERY 3
#else
#define N_EVENTS      1000000
#define DISTURB_EVERY 40
#endif

#define N_STREAMS 20

/* Of what comes while a reader reads nothing: more than ring, queue and sockets hold. */
#define MOST_MISSED 90000

/* Every third event is for Jane. */
#define MATCH_EVERY 3

/* The last event, which everybody must have got in the end. */
#define LAST_MATCH (N_EVENTS - N_EVENTS % MATCH_EVERY)

/**
 * Reader:
 *
 * One stream, read by hand: every match up to @position is accounted for, either received or
 * counted in a gap.
 */
typedef struct
{
  int fd;
  gboolean is_sse;
  gboolean in_body;
  GString *buffer; /* (owned): what is not a whole line or block yet */
  char *cursor;    /* (owned) (nullable): for Last-Event-ID */
  guint64 position;
  guint64 received;
  guint64 dropped;
  guint64 resumes;
  guint64 unknown_gaps;
  guint pause_until; /* reads nothing before so many events have been handed in */
} Reader;

typedef struct
{
  int fd;
  guint n_events;
  guint n_sent; /* (atomic) */
} Injection;

static guint64
count_matches (guint64 after, guint64 before)
{
  return before > after + 1 ? (before - 1) / MATCH_EVERY - after / MATCH_EVERY : 0;
}

static guint64
sequence_of (const char *id)
{
  return g_ascii_strtoull (strchr (id, '.') + 1, NULL, 10);
}

static char *
find_member (const char *text, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\"%s\":", name);
  const char *at = strstr (text, pattern);
  const char *end;

  if (at == NULL)
    return NULL;

  at += strlen (pattern);
  if (*at != '"')
    return g_strndup (at, strcspn (at, ",}"));
  end = strchr (at + 1, '"');

  return g_strndup (at + 1, end - at - 1);
}

static void
take_event (Reader *reader, const char *id)
{
  guint64 sequence = sequence_of (id);

  g_assert_cmpuint (sequence, >, reader->position);
  g_assert_cmpuint (sequence % MATCH_EVERY, ==, 0);
  g_assert_cmpuint (count_matches (reader->position, sequence), ==, 0);
  reader->position = sequence;
  reader->received++;
}

static void
take_gap (Reader *reader, const char *data)
{
  g_autofree char *dropped = find_member (data, "dropped");
  g_autofree char *after = find_member (data, "after");
  g_autofree char *before = find_member (data, "before");
  guint64 last;

  g_assert_nonnull (dropped);
  g_assert_nonnull (before);
  last = sequence_of (before) - 1;
  if (g_str_equal (dropped, "null"))
    reader->unknown_gaps++;
  else
    {
      guint64 first = MAX (sequence_of (after), reader->position);

      g_assert_cmpuint (count_matches (reader->position, first + 1), ==, 0);
      g_assert_cmpuint (g_ascii_strtoull (dropped, NULL, 10), ==, count_matches (first, last + 1));
      reader->dropped += g_ascii_strtoull (dropped, NULL, 10);
    }
  reader->position = last;
}

static void
take_line (Reader *reader, const char *line)
{
  g_autofree char *control = find_member (line, "control");
  g_autofree char *id = find_member (line, "id");

  if (control == NULL)
    take_event (reader, id);
  else if (g_str_equal (control, "gap"))
    take_gap (reader, line);
  else
    g_assert_cmpstr (control, !=, "bye");

  if (id != NULL)
    {
      g_free (reader->cursor);
      reader->cursor = g_steal_pointer (&id);
    }
}

static void
take_block (Reader *reader, const char *block)
{
  const char *event = strstr (block, "event: ");
  const char *data = strstr (block, "data: ");
  const char *id = g_str_has_prefix (block, "id: ") ? block : strstr (block, "\nid: ");

  g_assert_nonnull (event);
  g_assert_nonnull (data);
  if (g_str_has_prefix (event, "event: trace"))
    {
      const char *at = data;

      while ((at = strstr (at, "{\"id\":\"")) != NULL)
        take_event (reader, at += strlen ("{\"id\":\""));
    }
  else if (g_str_has_prefix (event, "event: gap"))
    take_gap (reader, data);
  g_assert_false (g_str_has_prefix (event, "event: bye"));

  if (id != NULL)
    {
      id = strchr (id, ':') + 2;
      g_free (reader->cursor);
      reader->cursor = g_strndup (id, strcspn (id, "\n"));
    }
}

static void
take_bytes (Reader *reader)
{
  const char *separator = reader->is_sse ? "\n\n" : "\n";
  gsize taken = 0;
  char *end;

  if (!reader->in_body)
    {
      end = strstr (reader->buffer->str, "\r\n\r\n");
      if (end == NULL)
        return;
      if (!g_str_has_prefix (reader->buffer->str, "HTTP/1.1 200"))
        g_error ("the stream was refused: %s", reader->buffer->str);
      taken = end + 4 - reader->buffer->str;
      reader->in_body = TRUE;
    }

  while ((end = strstr (reader->buffer->str + taken, separator)) != NULL)
    {
      *end = '\0';
      if (reader->is_sse)
        take_block (reader, reader->buffer->str + taken);
      else
        take_line (reader, reader->buffer->str + taken);
      taken = end + strlen (separator) - reader->buffer->str;
    }
  g_string_erase (reader->buffer, 0, taken);
}

static void
open_stream (TestDaemon *daemon, Reader *reader, const char *query)
{
  g_autoptr (GString) request = g_string_new (NULL);

  reader->fd = test_daemon_connect (daemon);
  reader->in_body = FALSE;
  g_string_truncate (reader->buffer, 0);
  g_string_append_printf (request,
                          "GET /api/tracing/live?context=event&%s HTTP/1.1\r\n"
                          "Host: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\nAccept: %s\r\n",
                          query, daemon->port, daemon->token,
                          reader->is_sse ? "text/event-stream" : "application/x-ndjson");
  if (reader->cursor != NULL)
    g_string_append_printf (request, "Last-Event-ID: %s\r\n", reader->cursor);
  g_string_append (request, "\r\n");
  g_assert_cmpint (send (reader->fd, request->str, request->len, MSG_NOSIGNAL), ==, request->len);
  fcntl (reader->fd, F_SETFL, O_NONBLOCK);
}

static void
read_some (Reader *reader)
{
  char bytes[65536];
  gssize n = recv (reader->fd, bytes, sizeof bytes, 0);

  if (n < 0 && errno == EAGAIN)
    return;

  g_assert_cmpint (n, >, 0);
  g_string_append_len (reader->buffer, bytes, n);
  take_bytes (reader);
}

/* Now and then a reader is killed, with data on its way, or stops reading for a while. */
static void
disturb (TestDaemon *daemon, Reader *reader, guint n_sent, GRand *random)
{
  if (reader->position == LAST_MATCH)
    return;

  if (reader->resumes == 0 || g_rand_int_range (random, 0, 2) == 0)
    {
      close (reader->fd);
      reader->resumes++;
      open_stream (daemon, reader, "to==jane");
    }
  else
    reader->pause_until = n_sent + g_rand_int_range (random, 0, MOST_MISSED);
}

static gpointer
inject (gpointer data)
{
  Injection *injection = data;
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 1; i <= injection->n_events; i++)
    {
      g_string_append_printf (lines,
                              "{\"type\":\"soak.event\",\"text\":\"Event\",\"data\":{\"n\":%u,"
                              "\"to\":\"%s\",\"hostname\":\"mail.example.net\"}}\n",
                              i, i % MATCH_EVERY == 0 ? "jane" : "john");
      if (lines->len < 60000 && i < injection->n_events)
        continue;
      for (gsize sent = 0; sent < lines->len;)
        {
          gssize n = send (injection->fd, lines->str + sent, lines->len - sent, MSG_NOSIGNAL);

          g_assert_cmpint (n, >, 0);
          sent += n;
        }
      g_string_truncate (lines, 0);
      g_atomic_int_set (&injection->n_sent, i);
    }

  return NULL;
}

static gboolean
all_done (Reader *readers)
{
  for (int i = 0; i < N_STREAMS; i++)
    if (readers[i].position < LAST_MATCH)
      return FALSE;

  return TRUE;
}

static void
read_all (TestDaemon *daemon, Reader *readers, Injection *injection, GRand *random)
{
  struct pollfd polls[N_STREAMS];

  while (!all_done (readers))
    {
      guint n_sent = (guint) g_atomic_int_get (&injection->n_sent);
      gboolean all_sent = n_sent == injection->n_events;

      for (int i = 0; i < N_STREAMS; i++)
        {
          polls[i].fd = !all_sent && readers[i].pause_until > n_sent ? -1 : readers[i].fd;
          polls[i].events = POLLIN;
          polls[i].revents = 0;
        }
      g_assert_cmpint (poll (polls, N_STREAMS, 50), >=, 0);
      for (int i = 0; i < N_STREAMS; i++)
        if (polls[i].revents != 0)
          read_some (&readers[i]);
      if (g_rand_int_range (random, 0, DISTURB_EVERY) == 0)
        disturb (daemon, &readers[g_rand_int_range (random, 0, N_STREAMS)], n_sent, random);
    }
}

/* A million events to twenty streams that are killed, resumed and slow: none is lost unsaid,
 * none comes twice, every gap is exact. */
static void
soak (const char *ring_size, guint64 *dropped, guint64 *unknown_gaps)
{
  const char *arguments[] = { "--set", ring_size, "--set", "http.stall-timeout=10m", NULL };
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  Reader readers[N_STREAMS] = { { 0 } };
  guint64 resumes = 0;
  guint64 received = 0;
  Injection injection = { .n_events = N_EVENTS };
  TestDaemon daemon;
  GThread *thread;

  test_daemon_init (&daemon, arguments);
  for (int i = 0; i < N_STREAMS; i++)
    {
      readers[i].is_sse = i % 2 == 0;
      readers[i].buffer = g_string_new (NULL);
      open_stream (&daemon, &readers[i], "to==jane");
      /* Wait for its hello, so that it misses nothing. */
      while (readers[i].cursor == NULL)
        read_some (&readers[i]);
    }

  injection.fd = test_daemon_open_injector (&daemon);
  thread = g_thread_new ("inject", inject, &injection);
  read_all (&daemon, readers, &injection, random);
  g_thread_join (thread);
  close (injection.fd);

  for (int i = 0; i < N_STREAMS; i++)
    {
      g_assert_cmpuint (readers[i].position, ==, LAST_MATCH);
      if (readers[i].unknown_gaps == 0)
        g_assert_cmpuint (readers[i].received + readers[i].dropped, ==, N_EVENTS / MATCH_EVERY);
      resumes += readers[i].resumes;
      received += readers[i].received;
      *dropped += readers[i].dropped;
      *unknown_gaps += readers[i].unknown_gaps;
      close (readers[i].fd);
      g_string_free (readers[i].buffer, TRUE);
      g_free (readers[i].cursor);
    }
  g_test_message ("%s: %" G_GUINT64_FORMAT " received, %" G_GUINT64_FORMAT
                  " dropped and said so, %" G_GUINT64_FORMAT
                  " gaps past the ring, %" G_GUINT64_FORMAT " resumes",
                  ring_size, received, *dropped, *unknown_gaps, resumes);
  g_assert_cmpuint (resumes, >, 0);
  test_daemon_clear (&daemon);
}

static void
test_large_ring (void)
{
  guint64 dropped = 0;
  guint64 unknown_gaps = 0;

  soak ("ring.size=2GiB", &dropped, &unknown_gaps);
  g_assert_cmpuint (dropped, ==, 0);
  g_assert_cmpuint (unknown_gaps, ==, 0);
}

static void
test_small_ring (void)
{
  guint64 dropped = 0;
  guint64 unknown_gaps = 0;

  soak ("ring.size=2MiB", &dropped, &unknown_gaps);
  g_assert_cmpuint (dropped + unknown_gaps, >, 0);
}

/* One that takes nothing is held at its bound and closed; another gets everything meanwhile. */
static void
test_dead_stream (void)
{
  const char *arguments[] = { "--set", "http.stall-timeout=4s", NULL };
  Reader dead = { .buffer = g_string_new (NULL) };
  Reader reader = { .buffer = g_string_new (NULL), .is_sse = TRUE };
  Injection injection = { .n_events = 60000 };
  g_autoptr (GVariant) list = NULL;
  TestDaemon daemon;
  GThread *thread;
  gsize before;

  test_daemon_init (&daemon, arguments);
  open_stream (&daemon, &dead, "q=type:soak.event");
  open_stream (&daemon, &reader, "to==jane");
  while (reader.cursor == NULL)
    read_some (&reader);
  before = test_daemon_get_rss_bytes (&daemon);

  injection.fd = test_daemon_open_injector (&daemon);
  thread = g_thread_new ("inject", inject, &injection);
  while (reader.position < injection.n_events)
    {
      struct pollfd poll_fd = { .fd = reader.fd, .events = POLLIN };

      poll (&poll_fd, 1, 1000);
      read_some (&reader);
    }
  g_thread_join (thread);
  g_assert_cmpuint (reader.received, ==, injection.n_events / MATCH_EVERY);

  /* Ring, 1 MiB unsent and some room: far from what was not taken. */
  if (!TEST_IS_SANITIZED)
    g_assert_cmpuint (test_daemon_get_rss_bytes (&daemon), <, before + 120 * 1024 * 1024);
  for (guint n = 2; n != 1;)
    {
      g_autoptr (GVariant) answer = test_daemon_call (&daemon, "ListSubscribers", NULL);
      g_autoptr (GVariantIter) iter = NULL;
      GVariant *details;

      g_variant_get (answer, "(a(oa{sv}))", &iter);
      n = g_variant_iter_n_children (iter);
      while (g_variant_iter_loop (iter, "(o@a{sv})", NULL, &details))
        {
          guint64 queued = 0;

          g_assert_true (g_variant_lookup (details, "queuedBytes", "t", &queued));
          g_assert_cmpuint (queued, <=, 1024 * 1024);
        }
    }
  close (injection.fd);
  close (dead.fd);
  close (reader.fd);
  g_string_free (dead.buffer, TRUE);
  g_string_free (reader.buffer, TRUE);
  g_free (reader.cursor);
  test_daemon_clear (&daemon);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/soak/large-ring", test_large_ring);
  g_test_add_func ("/soak/small-ring", test_small_ring);
  g_test_add_func ("/soak/dead-stream", test_dead_stream);
  return g_test_run ();
}
