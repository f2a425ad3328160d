/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-matcher.h"
#include "filter-fixture.h"
#include "json/lt-json.h"

#include <string.h>

/* Judges events by one filter and by a thousand different ones: 40 % look for a recipient,
 * 30 % for text, 20 % for a network, 10 % for a type. Beside each figure stands its ratio to
 * reading the same events from JSON, which every event costs too. */

#define N_EVENTS  2000
#define N_FILTERS 1000
#define N_ROUNDS  20

static char *
make_json (guint i)
{
  return g_strdup_printf (
      "{\"type\":\"%s\",\"text\":\"Message delivered to its mailbox\",\"data\":{"
      "\"spanId\":\"%u\",\"queueId\":\"4ZK%05X\",\"remoteIp\":\"192.0.%u.%u\",\"localPort\":25,"
      "\"from\":\"bounce+%u@lists.example.net\",\"to\":\"user%u@example.org\",\"size\":%u,"
      "\"elapsed\":%u,\"hostname\":\"mx%u.example.com\",\"status\":\"sent\"}}",
      i % 2 == 0 ? "delivery.delivered" : "queue.rescheduled", 18000 + i / 4, i * 77, i % 256,
      i * 7 % 256, i, i % 1000, 1000 + i * 13, i % 3000, i % 20);
}

/* Filters that match none of the events, but for the first @n_matching of every thousand. */
static char *
make_filter (guint i, guint n_matching)
{
  gboolean matches = i < n_matching;

  if (matches)
    return g_strdup_printf ("size:>%u", i);

  switch (i % 10)
    {
    case 0:
    case 1:
    case 2:
    case 3:
      return g_strdup_printf ("to:user%u@example.org", 5000 + i);

    case 4:
    case 5:
    case 6:
      return g_strdup_printf ("\"certificate %u expired\"", i);

    case 7:
    case 8:
      return g_strdup_printf ("remote-ip:10.%u.%u.0/24", i % 256, i / 256);

    default:
      return g_strdup_printf ("type:smtp.phase-%u*", i);
    }
}

static void
count (gpointer tag, LtEvent *event, gpointer user_data)
{
  (*(guint64 *) user_data)++;
}

static double
read_events (LtCatalogue *catalogue, GPtrArray *events)
{
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gint64 begin;

  for (guint i = 0; i < N_EVENTS; i++)
    g_ptr_array_add (texts, make_json (i));

  begin = g_get_monotonic_time ();
  for (guint round = 0; round < N_ROUNDS; round++)
    for (guint i = 0; i < N_EVENTS; i++)
      {
        const char *text = g_ptr_array_index (texts, i);
        LtEvent *event = NULL;

        if (!lt_json_read_event (builder, text, strlen (text), &event, NULL))
          g_error ("cannot read %s", text);
        if (round == 0)
          g_ptr_array_add (events, event);
        else
          g_object_unref (event);
      }

  return (double) (g_get_monotonic_time () - begin) * 1000 / (N_ROUNDS * N_EVENTS);
}

static double
match_events (LtCatalogue *catalogue, GPtrArray *events, guint n_filters, guint n_matching,
              guint64 *n_matches)
{
  g_autoptr (LtMatcher) matcher = lt_matcher_new ();
  gint64 begin;

  for (guint i = 0; i < n_filters; i++)
    {
      g_autofree char *text = make_filter (n_filters == 1 ? 10 : i, n_matching);
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter = lt_filter_new_from_text (catalogue, text, &error);

      g_assert_no_error (error);
      lt_matcher_add (matcher, filter, GUINT_TO_POINTER (i + 1));
    }

  *n_matches = 0;
  begin = g_get_monotonic_time ();
  for (guint round = 0; round < N_ROUNDS; round++)
    for (guint i = 0; i < events->len; i++)
      lt_matcher_match (matcher, g_ptr_array_index (events, i), NULL, count, n_matches);

  return (double) (g_get_monotonic_time () - begin) * 1000 / (N_ROUNDS * events->len);
}

int
main (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  double read_ns = read_events (catalogue, events);
  static const struct
  {
    guint n_filters;
    guint n_matching;
  } rows[] = { { 1, 0 }, { N_FILTERS, 0 }, { N_FILTERS, N_FILTERS / 100 } };

  g_print ("reading an event: %.0f ns\n", read_ns);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint64 n_matches;
      double ns
          = match_events (catalogue, events, rows[i].n_filters, rows[i].n_matching, &n_matches);

      g_print (
          "%4u filters, %2u matching: %5.0f ns an event, %.2f of reading it (%" G_GUINT64_FORMAT
          " matches)\n",
          rows[i].n_filters, rows[i].n_matching, ns, ns / read_ns, n_matches);
    }

  return 0;
}
