/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include <stdlib.h>
#include <string.h>

#define N_SUBSCRIBERS 12
#define N_SPANS       10

/* What the model knows of an event: enough to say who must get it. */
typedef struct
{
  gboolean matches;
  int span; /* or -1 */
} Record;

typedef struct
{
  TestSink *sink;               /* (owned) */
  LtSubscription *subscription; /* (owned) */
  LtContext context;
  guint64 cursor; /* of the start */
  gboolean resumed;
  GString *words; /* (owned): all that came */
} Watcher;

/* Even spans are roots; the odd span after each is its child. */
static int
get_key (const Record *record, LtContext context)
{
  if (context == LT_CONTEXT_EVENT)
    return -1;

  return context == LT_CONTEXT_TRACE && record->span >= 0 ? record->span & ~1 : record->span;
}

static void
submit (TestHub *hub, GArray *records, int span, gboolean matches)
{
  g_autofree char *id = g_strdup_printf ("s%d", span);
  g_autofree char *parent = g_strdup_printf ("s%d", span - 1);
  const char *to = matches ? "jane" : "john";
  Record record = { .matches = matches, .span = span };

  if (span < 0)
    test_hub_submit (hub, "test.event", NULL, "to", to, NULL);
  else if (span % 2 == 0)
    test_hub_submit (hub, "test.event", NULL, "to", to, "spanId", id, NULL);
  else
    test_hub_submit (hub, "test.event", NULL, "to", to, "spanId", id, "parentSpanId", parent, NULL);
  g_array_append_val (records, record);
}

static void
submit_random (TestHub *hub, GArray *records)
{
  int span = g_test_rand_int_range (-1, N_SPANS);

  submit (hub, records, span, g_test_rand_int_range (0, 8) == 0);
}

static void
subscribe (TestHub *hub, Watcher *watcher, LtContext context)
{
  LtSubscriptionOptions options = { .context = context };
  char id[LT_EVENT_ID_SIZE];

  watcher->context = context;
  watcher->sink = test_sink_new ();
  watcher->words = g_string_new (NULL);
  watcher->cursor = lt_hub_get_last_sequence (hub->hub);
  watcher->resumed = g_test_rand_bit ();
  if (watcher->resumed)
    {
      watcher->cursor = g_test_rand_int_range (0, watcher->cursor + 1);
      lt_hub_format_id (hub->hub, watcher->cursor, id);
      options.start = LT_START_AFTER_ID;
      options.after = id;
    }
  watcher->subscription = test_subscribe (hub, watcher->sink, "to:jane", &options);
}

static void
collect (Watcher *watcher)
{
  g_autofree char *words = test_sink_take (watcher->sink);

  g_string_append (watcher->words, words);
  g_string_append_c (watcher->words, ' ');
}

static void
watcher_clear (Watcher *watcher)
{
  lt_subscription_close (watcher->subscription);
  g_assert_finalize_object (watcher->subscription);
  g_assert_finalize_object (watcher->sink);
  g_string_free (watcher->words, TRUE);
}

static void
expect_event (GString *expected, GArray *records, guint64 sequence, const Watcher *watcher,
              gboolean *in_context)
{
  const Record *record = &g_array_index (records, Record, sequence - 1);
  int key = get_key (record, watcher->context);
  gboolean counts = sequence > watcher->cursor;

  if (counts && key >= 0 && record->matches && !in_context[key])
    for (guint64 earlier = 1; earlier < sequence; earlier++)
      if (get_key (&g_array_index (records, Record, earlier - 1), watcher->context) == key)
        g_string_append_printf (expected, "%" G_GUINT64_FORMAT "b ", earlier);

  if (counts && (record->matches || (key >= 0 && in_context[key])))
    g_string_append_printf (expected, "%" G_GUINT64_FORMAT " ", sequence);

  if (key >= 0 && record->matches && (counts || watcher->resumed))
    in_context[key] = TRUE;
}

/* Only the events, in the order they came. */
static char *
keep_events (const char *words)
{
  GString *events = g_string_new (NULL);
  gboolean inside = FALSE;

  for (; *words != '\0'; words++)
    {
      if (*words == '[')
        inside = TRUE;
      else if (*words == ']')
        {
          inside = FALSE;
          g_string_append_c (events, ' ');
        }
      else if (inside)
        g_string_append_c (events, *words);
    }

  return g_string_free (events, FALSE);
}

static void
check_against_model (Watcher *watcher, GArray *records)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  gboolean in_context[N_SPANS] = { FALSE };
  g_autofree char *got = NULL;

  for (guint64 sequence = 1; sequence <= records->len; sequence++)
    expect_event (expected, records, sequence, watcher, in_context);
  collect (watcher);
  got = keep_events (watcher->words->str);
  g_assert_cmpstr (got, ==, expected->str);
  g_assert_null (strstr (watcher->words->str, "gap"));
}

static void
stir (TestHub *hub, Watcher *watchers)
{
  Watcher *watcher = &watchers[g_test_rand_int_range (0, N_SUBSCRIBERS)];

  if (watcher->subscription == NULL)
    subscribe (hub, watcher, (LtContext) g_test_rand_int_range (0, 3));
  else if (g_test_rand_bit ())
    test_sink_set_stuck (watcher->sink, TRUE);
  else
    {
      test_sink_set_stuck (watcher->sink, FALSE);
      test_sink_drain (watcher->sink, watcher->subscription);
    }
}

static void
drain_all (Watcher *watchers)
{
  for (int i = 0; i < N_SUBSCRIBERS; i++)
    if (watchers[i].subscription != NULL)
      {
        test_sink_set_stuck (watchers[i].sink, FALSE);
        test_sink_drain (watchers[i].sink, watchers[i].subscription);
      }
  test_hub_settle ();
}

/* However sinks stall and whenever subscribers come, each gets what the model says. */
static void
test_contexts (void)
{
  for (int round = 0; round < 20; round++)
    {
      g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (Record));
      Watcher watchers[N_SUBSCRIBERS] = { { NULL } };
      LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
      TestHub hub;

      limits.unsent_bytes = g_test_rand_int_range (10, 200);
      test_hub_init (&hub, &limits);
      for (int span = 0; span < N_SPANS; span++)
        submit (&hub, records, span, FALSE);
      for (int step = 0; step < 600; step++)
        {
          submit_random (&hub, records);
          if (g_test_rand_int_range (0, 6) == 0)
            test_hub_settle ();
          if (g_test_rand_int_range (0, 10) == 0)
            stir (&hub, watchers);
        }
      drain_all (watchers);
      for (int i = 0; i < N_SUBSCRIBERS; i++)
        if (watchers[i].subscription != NULL)
          {
            check_against_model (&watchers[i], records);
            watcher_clear (&watchers[i]);
          }
      test_hub_clear (&hub);
    }
}

/* Which events are due to a watcher that began now: the matches, and what follows one in
 * the same span or trace. */
static GArray *
list_due (const Watcher *watcher, GArray *records)
{
  GArray *due = g_array_sized_new (FALSE, TRUE, sizeof (gboolean), records->len + 1);
  gboolean in_context[N_SPANS] = { FALSE };

  g_array_set_size (due, records->len + 1);
  for (guint64 sequence = 1; sequence <= records->len; sequence++)
    {
      const Record *record = &g_array_index (records, Record, sequence - 1);
      int key = get_key (record, watcher->context);

      if (sequence <= watcher->cursor)
        continue;
      g_array_index (due, gboolean, sequence) = record->matches || (key >= 0 && in_context[key]);
      if (key >= 0 && record->matches)
        in_context[key] = TRUE;
    }

  return due;
}

static guint64
count_due (GArray *due, guint64 after, guint64 before)
{
  guint64 n = 0;

  for (guint64 sequence = after + 1; sequence < before; sequence++)
    n += g_array_index (due, gboolean, sequence);

  return n;
}

/* Checks one gap. Returns: sequence of the last event it is about. */
static guint64
check_gap (const char *words, guint64 position, GArray *due)
{
  gboolean known = words[4] != '?';
  guint64 dropped = known ? g_ascii_strtoull (words + 4, NULL, 10) : 0;
  char *end = NULL;
  guint64 after = g_ascii_strtoull (strchr (words, ',') + 1, &end, 10);
  guint64 before = end[1] == '-' ? due->len : g_ascii_strtoull (end + 1, NULL, 10);

  g_assert_cmpuint (after, >=, position);
  g_assert_cmpuint (count_due (due, position, after + 1), ==, 0);
  if (known)
    g_assert_cmpuint (count_due (due, after, before), ==, dropped);

  return before - 1;
}

/* Every event that was due is either delivered, in order, or counted in the gap where it belongs.
 */
static void
check_accounts (Watcher *watcher, GArray *records)
{
  g_autoptr (GArray) due = list_due (watcher, records);
  guint64 position = watcher->cursor;
  const char *at = NULL;

  collect (watcher);
  for (at = watcher->words->str; *at != '\0'; at++)
    {
      char *end = NULL;

      if (g_str_has_prefix (at, "gap("))
        {
          position = check_gap (at, position, due);
          at = strchr (at, ' ');
        }
      else if (*at == '@')
        at = strchr (at, ' ');
      else if (g_ascii_isdigit (*at))
        {
          guint64 sequence = g_ascii_strtoull (at, &end, 10);

          at = end - 1;
          if (*end == 'b')
            continue;
          g_assert_cmpuint (sequence, >, position);
          g_assert_true (g_array_index (due, gboolean, sequence));
          g_assert_cmpuint (count_due (due, position, sequence), ==, 0);
          position = sequence;
        }
    }
  g_assert_cmpuint (count_due (due, position, records->len + 1), ==, 0);
}

static void
subscribe_or_stir (TestHub *hub, Watcher *watchers, gboolean with_contexts)
{
  Watcher *watcher = &watchers[g_test_rand_int_range (0, N_SUBSCRIBERS)];
  LtContext context = (LtContext) (with_contexts ? g_test_rand_int_range (0, 3) : 0);

  if (watcher->subscription == NULL)
    subscribe (hub, watcher, context);
  else
    stir (hub, watchers);
}

/* Of what matched before it came, one that resumes knows what the ring and others remember: that
 * is not for this model to say. It is here to get into the way of the others. */
static gboolean
is_accountable (const Watcher *watcher)
{
  return !watcher->resumed || watcher->context == LT_CONTEXT_EVENT;
}

/* Lets subscribers stall while the ring is too small for what comes. Returns: events lost. */
static guint64
run_gaps (int n_spans)
{
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (Record));
  Watcher watchers[N_SUBSCRIBERS] = { { NULL } };
  LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  guint64 dropped = 0;
  TestHub hub;

  limits.ring_bytes = 64 * 1024;
  limits.unsent_bytes = g_test_rand_int_range (10, 200);
  test_hub_init (&hub, &limits);
  for (int span = 0; span < n_spans; span++)
    submit (&hub, records, span, FALSE);
  for (int step = 0; step < 5000; step++)
    {
      int span = n_spans > 0 ? g_test_rand_int_range (-1, n_spans) : -1;
      /* Few enough that a match is often followed by none for as long as the ring reaches. */
      int odds = n_spans > 0 ? 60 : 4;

      submit (&hub, records, span, g_test_rand_int_range (0, odds) == 0);
      if (g_test_rand_int_range (0, 50) == 0)
        test_hub_settle ();
      if (g_test_rand_int_range (0, 60) == 0)
        subscribe_or_stir (&hub, watchers, n_spans > 0);
    }
  g_assert_cmpuint (lt_hub_get_first_sequence (hub.hub), >, 100);
  drain_all (watchers);
  for (int i = 0; i < N_SUBSCRIBERS; i++)
    if (watchers[i].subscription != NULL)
      {
        dropped += lt_subscription_get_dropped (watchers[i].subscription);
        if (is_accountable (&watchers[i]))
          check_accounts (&watchers[i], records);
        watcher_clear (&watchers[i]);
      }
  test_hub_clear (&hub);

  return dropped;
}

static void
test_gaps (void)
{
  guint64 dropped = 0;

  for (int round = 0; round < 10; round++)
    dropped += run_gaps (0);
  g_assert_cmpuint (dropped, >, 0);
}

static void
test_gaps_in_contexts (void)
{
  guint64 dropped = 0;

  for (int round = 0; round < 20; round++)
    dropped += run_gaps (4);
  g_assert_cmpuint (dropped, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/subscription-random/contexts", test_contexts);
  g_test_add_func ("/subscription-random/gaps", test_gaps);
  g_test_add_func ("/subscription-random/gaps-in-contexts", test_gaps_in_contexts);
  return g_test_run ();
}
