/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-matcher.h"
#include "filter-fixture.h"

#include <string.h>

typedef struct
{
  LtCatalogue *catalogue; /* (owned) */
  LtMatcher *matcher;     /* (owned) */
  GHashTable *hits;       /* (owned) (element-type gpointer guint): tags and how often */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->catalogue = filter_fixture_new_catalogue ();
  fixture->matcher = lt_matcher_new ();
  fixture->hits = g_hash_table_new (NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lt_matcher_free (fixture->matcher);
  g_hash_table_unref (fixture->hits);
  g_assert_finalize_object (fixture->catalogue);
}

static void
count_hit (gpointer tag, LtEvent *event, gpointer user_data)
{
  Fixture *fixture = user_data;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (fixture->hits, tag));

  g_hash_table_insert (fixture->hits, tag, GUINT_TO_POINTER (n + 1));
}

static void
match (Fixture *fixture, LtEvent *event)
{
  g_hash_table_remove_all (fixture->hits);
  lt_matcher_match (fixture->matcher, event, NULL, count_hit, fixture);
}

static guint
get_hits (Fixture *fixture, guint tag)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (fixture->hits, GUINT_TO_POINTER (tag)));
}

static LtFilter *
new_filter (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  LtFilter *filter = lt_filter_new_from_text (fixture->catalogue, text, &error);

  g_assert_no_error (error);
  return filter;
}

static LtEvent *
new_event (Fixture *fixture, const char *json)
{
  return filter_fixture_new_event (fixture->catalogue, json, NULL);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtEvent) event = new_event (fixture, "{\"type\":\"a.b\"}");
  g_autoptr (LtFilter) everything = new_filter (fixture, "");

  match (fixture, event);
  g_assert_cmpuint (g_hash_table_size (fixture->hits), ==, 0);

  lt_matcher_add (fixture->matcher, everything, GUINT_TO_POINTER (1));
  match (fixture, event);
  g_assert_cmpuint (get_hits (fixture, 1), ==, 1);
}

/* Equal filters share their judgement, and each is called for. */
static void
test_equal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtEvent) event = new_event (fixture, "{\"type\":\"a.b\",\"data\":{\"to\":\"jane\"}}");
  g_autoptr (LtFilter) first = new_filter (fixture, "to:jane type:a.*");
  g_autoptr (LtFilter) second = new_filter (fixture, "type:a.* to:JANE");
  g_autoptr (LtFilter) greedy = new_filter (fixture, "to:~(a+)+$");
  g_autoptr (LtFilter) other = new_filter (fixture, "to:~(a+)+$");
  g_autoptr (LtEvent) nasty = new_event (
      fixture, "{\"type\":\"a.b\",\"data\":{\"to\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}}");

  lt_matcher_add (fixture->matcher, first, GUINT_TO_POINTER (1));
  lt_matcher_add (fixture->matcher, second, GUINT_TO_POINTER (2));
  lt_matcher_add (fixture->matcher, first, GUINT_TO_POINTER (3));
  match (fixture, event);
  g_assert_cmpuint (get_hits (fixture, 1), ==, 1);
  g_assert_cmpuint (get_hits (fixture, 2), ==, 1);
  g_assert_cmpuint (get_hits (fixture, 3), ==, 1);

  lt_matcher_remove (fixture->matcher, first, GUINT_TO_POINTER (2));
  lt_matcher_remove (fixture->matcher, first, GUINT_TO_POINTER (1));
  lt_matcher_remove (fixture->matcher, first, GUINT_TO_POINTER (1));
  match (fixture, event);
  g_assert_cmpuint (get_hits (fixture, 1), ==, 0);
  g_assert_cmpuint (get_hits (fixture, 2), ==, 1);
  g_assert_cmpuint (get_hits (fixture, 3), ==, 1);

  lt_matcher_remove (fixture->matcher, first, GUINT_TO_POINTER (3));
  g_clear_object (&first);
  match (fixture, event);
  g_assert_cmpuint (get_hits (fixture, 2), ==, 1);
  lt_matcher_remove (fixture->matcher, second, GUINT_TO_POINTER (2));
  match (fixture, event);
  g_assert_cmpuint (g_hash_table_size (fixture->hits), ==, 0);

  /* What is given up is counted by a filter that is still there. */
  lt_matcher_add (fixture->matcher, greedy, GUINT_TO_POINTER (1));
  lt_matcher_add (fixture->matcher, other, GUINT_TO_POINTER (2));
  match (fixture, nasty);
  g_assert_cmpuint (lt_filter_get_exhausted (greedy), ==, 1);
  lt_matcher_remove (fixture->matcher, greedy, GUINT_TO_POINTER (1));
  match (fixture, nasty);
  g_assert_cmpuint (lt_filter_get_exhausted (greedy), ==, 1);
  g_assert_cmpuint (lt_filter_get_exhausted (other), ==, 1);
}

/* Each way into the index, with enough other filters that there is one. */
static void
test_ways (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *filter;
    gboolean matches;
  } rows[] = {
    { "to:jane@example.org", TRUE },
    { "to:jane@example.orgx", FALSE },
    { "to:ne@", TRUE },
    { "to:ne", TRUE },
    { "to:j", TRUE },
    { "to:JANE", TRUE },
    { "to:=jane@example.org", TRUE },
    { "to:nobody to:jane", TRUE },
    { "to:jane -from:bounce", FALSE },
    { "jane", TRUE },
    { "missing", FALSE },
    { "\xc3\xa4rger", TRUE },
    { "remote-ip:192.168.1.1", TRUE },
    { "remote-ip:192.168.1.", TRUE },
    { "remote-ip:192.168.0.0/16", TRUE },
    { "remote-ip:192.168.1.0/31", TRUE },
    { "remote-ip:192.168.1.2/31", FALSE },
    { "remote-ip:0.0.0.0/0", TRUE },
    { "remote-ip:10.0.0.0/8", FALSE },
    { "remote-ip:10.0.0.0/8 remote-ip:192.0.0.0/8", TRUE },
    { "remote-ip:::/0", FALSE },
    { "relay:2001:db8::/32", TRUE },
    { "relay:2001:db8:", TRUE },
    { "relay:2001:db8::1", TRUE },
    { "relay:2001:db8::1/127", TRUE },
    { "relay:2001:db8::2/127", FALSE },
    { "relay:2001:db8::1/128", TRUE },
    { "relay:10.", TRUE },
    { "span-id:18469", TRUE },
    { "span-id:1846", TRUE },
    { "span-id:18460", FALSE },
    { "size:10240", TRUE },
    { "size:10KiB", TRUE },
    { "size:=10240.0", TRUE },
    { "size:1e4", FALSE },
    { "size:>5", TRUE },
    { "ratio:2.5", TRUE },
    { "ratio:25e-1", TRUE },
    { "key.huge:1000000000000000000", TRUE },
    { "tls:true", TRUE },
    { "tls:*", TRUE },
    { "status:*", FALSE },
    { "-status:*", TRUE },
    { "expires:=2026-12-01T01:00:00+01:00", TRUE },
    { "expires:2026-12", TRUE },
    { "from:~^bounce", TRUE },
    { "type:delivery.*", TRUE },
    { "type:smtp.*,delivery.delivered", TRUE },
    { "type:smtp.*", FALSE },
    { "type:delivery.delivered", TRUE },
    { "type:~^deliv", TRUE },
    { "level:warn", TRUE },
    { "level:error", FALSE },
    { "text:hello", TRUE },
    { "text:=hello", FALSE },
    { "span:end", TRUE },
    { "createdAt:>2020-01-01T00:00:00Z", TRUE },
    { "-jane", FALSE },
    { "-missing", TRUE },
    { "", TRUE },
    { "dns.err", TRUE },
  };
  g_autoptr (LtEvent) event = new_event (
      fixture,
      "{\"type\":\"delivery.delivered\",\"level\":\"warn\",\"text\":\"Hello "
      "world\",\"span\":\"end\","
      "\"data\":{\"to\":[\"bob@example.net\",\"Jane@Example.org\"],\"from\":\"bounce@example.org\","
      "\"remoteIp\":\"192.168.1.1\",\"relay\":[\"10.1.2.3\",\"2001:db8::1\"],\"spanId\":\"18469\","
      "\"size\":10240,\"ratio\":2.5,\"huge\":1e18,\"tls\":true,"
      "\"expires\":\"2026-12-01T00:00:00Z\",\"note\":\"\xc3\x84RGER\","
      "\"reason\":{\"type\":\"dns.error\"}}}");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LtFilter) filter = new_filter (fixture, rows[i].filter);

      lt_matcher_add (fixture->matcher, filter, GUINT_TO_POINTER (i + 1));
    }

  match (fixture, event);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (get_hits (fixture, i + 1) != (guint) rows[i].matches)
      g_error ("%s: %u hits", rows[i].filter, get_hits (fixture, i + 1));
}

typedef struct
{
  LtFilter *filter; /* (owned) */
  guint tag;
} Entry;

static void
clear_entry (gpointer data)
{
  g_object_unref (((Entry *) data)->filter);
}

/* What the matcher finds is what judging every filter by itself finds. */
static guint
compare_with_naive (Fixture *fixture, GArray *entries, LtEvent *event, LtMatchContext *context)
{
  guint n_expected = 0;

  match (fixture, event);
  lt_match_context_set_event (context, event);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      gboolean expected = lt_filter_match (entry->filter, context);

      if (get_hits (fixture, entry->tag) != (guint) expected)
        g_error ("%s: %u hits, not %d", lt_filter_get_text (entry->filter),
                 get_hits (fixture, entry->tag), expected);
      n_expected += expected;
    }

  g_assert_cmpuint (g_hash_table_size (fixture->hits), ==, n_expected);
  lt_match_context_set_event (context, NULL);
  return n_expected;
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (LtMatchContext) context = lt_match_context_new ();
  guint last_tag = 0;
  guint64 n_matches = 0;

  g_array_set_clear_func (entries, clear_entry);
  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (events, filter_fixture_new_random_event (fixture->catalogue, random));

  for (guint step = 0; step < 3000; step++)
    {
      /* Grows to some hundreds, shrinks to none, again and again. */
      gboolean grows = step / 600 % 2 == 0 ? g_rand_int_range (random, 0, 10) < 8
                                           : g_rand_int_range (random, 0, 10) < 2;

      if (grows || entries->len == 0)
        {
          g_autofree char *text = filter_fixture_random_filter (random);
          Entry entry = { .filter = new_filter (fixture, text), .tag = ++last_tag };

          lt_matcher_add (fixture->matcher, entry.filter, GUINT_TO_POINTER (entry.tag));
          g_array_append_val (entries, entry);
        }
      else
        {
          guint index = (guint) g_rand_int_range (random, 0, (gint) entries->len);
          const Entry *entry = &g_array_index (entries, Entry, index);

          lt_matcher_remove (fixture->matcher, entry->filter, GUINT_TO_POINTER (entry->tag));
          g_array_remove_index_fast (entries, index);
        }

      for (guint i = 0; i < 4; i++)
        {
          guint index = (guint) g_rand_int_range (random, 0, (gint) events->len);

          n_matches
              += compare_with_naive (fixture, entries, g_ptr_array_index (events, index), context);
        }
    }

  g_test_message ("%" G_GUINT64_FORMAT " matches", n_matches);
  g_assert_cmpuint (n_matches, >, 10000);
}

/* More types than are remembered. */
static void
test_many_types (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf ("type:many.%u*", i);
      g_autoptr (LtFilter) filter = new_filter (fixture, text);

      lt_matcher_add (fixture->matcher, filter, GUINT_TO_POINTER (i + 1));
    }

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"type\":\"many.%u\"}", i);
      g_autoptr (LtEvent) event = new_event (fixture, json);
      guint n_hits = 0;

      match (fixture, event);
      for (guint j = 0; j < 12; j++)
        {
          g_autofree char *name = g_strdup_printf ("many.%u", j);

          g_assert_cmpuint (get_hits (fixture, j + 1), ==,
                            g_str_has_prefix (event->type->name, name) ? 1 : 0);
          n_hits += get_hits (fixture, j + 1);
        }
      g_assert_cmpuint (n_hits, >=, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/matcher/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/matcher/equal", Fixture, NULL, set_up, test_equal, tear_down);
  g_test_add ("/matcher/ways", Fixture, NULL, set_up, test_ways, tear_down);
  g_test_add ("/matcher/random", Fixture, NULL, set_up, test_random, tear_down);
  g_test_add ("/matcher/many-types", Fixture, NULL, set_up, test_many_types, tear_down);

  return g_test_run ();
}
