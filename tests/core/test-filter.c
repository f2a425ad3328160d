/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-filter-pattern.h"
#include "core/lt-filter.h"
#include "filter-fixture.h"

#include <string.h>

typedef struct
{
  const char *written;
  const char *canonical;
} CanonicalRow;

static const CanonicalRow text_rows[] = {
  { "", "" },
  { "  \t\n", "" },
  { "error", "error" },
  { "ERROR Disk", "disk error" },
  { "error error", "error" },
  { "\"two words\"", "\"two words\"" },
  { "\"word\"", "word" },
  { "\"say \\\"hi\\\" \\\\ there\"", "\"say \\\"hi\\\" \\\\ there\"" },
  { "-error", "-error" },
  { "-\"two words\"", "-\"two words\"" },
  { "\"-x\"", "\"-x\"" },
  { "\"a:b\"", "\"a:b\"" },
  { "\"a=b\"", "\"a=b\"" },
  { "a=b", "\"a=b\"" },
  { "\"*\"", "\"*\"" },
  { "a*", "a*" },
  { "a\\b", "a\\b" },
  { "\"a\\\\b\"", "a\\b" },
  { "\"tab\there\"", "\"tab\there\"" },
  { "Stra\xc3\x9f"
    "e \xc3\x84",
    "stra\xc3\x9f"
    "e \xc3\xa4" },
  { "to:Jane", "to:jane" },
  { "TO:jane", "to:jane" },
  { "remote-ip:1.2.3.4", "remoteIp:1.2.3.4" },
  { "REMOTE_IP:1.2.3.4", "remoteIp:1.2.3.4" },
  { "remoteIp:2001:DB8::1", "remoteIp:2001:db8::1" },
  { "to:\"jane doe\"", "to:\"jane doe\"" },
  { "to:\"jane\"", "to:jane" },
  { "to:a,b", "to:a,b" },
  { "to:*", "to:*" },
  { "to:\"*\"", "to:\"*\"" },
  { "to:=*", "to:=*" },
  { "to:=\"*\"", "to:=*" },
  { "to:~.*", "to:~.*" },
  { "to:=Jane", "to:=jane" },
  { "to:=\"=x\"", "to:=\"=x\"" },
  { "to:\"=x\"", "to:\"=x\"" },
  { "to:\"~x\"", "to:\"~x\"" },
  { "to:\"<x\"", "to:\"<x\"" },
  { "to:=~x", "to:=~x" },
  { "to:=<x", "to:=<x" },
  { "to:-x", "to:-x" },
  { "to:~^A\\+", "to:~^A\\+" },
  { "to:~\"a b\\\\d\"", "to:~\"a b\\\\d\"" },
  { "to:~\"^a\\\\d\"", "to:~^a\\d" },
  { "size:>=10KB", "size:>=10000" },
  { "size:<1KiB", "size:<1024" },
  { "size:>1.5KiB", "size:>1536" },
  { "elapsed:>2s", "elapsed:>2000" },
  { "elapsed:<=1.5m", "elapsed:<=90000" },
  { "ratio:<0.5", "ratio:<0.5" },
  { "ratio:<-1e3", "ratio:<-1000" },
  { "total:>18446744073709551615", "total:>18446744073709551615" },
  { "size:10KB", "size:10kb" },
  { "expires:<2026-11-22T06:35:06+01:00", "expires:<2026-11-22T05:35:06.000000Z" },
  { "createdAt:>=2026-11-22t06:35:06z", "createdAt:>=2026-11-22T06:35:06.000000Z" },
  { "created-at:>=2026-11-22T06:35:06Z", "createdAt:>=2026-11-22T06:35:06.000000Z" },
  { "type:smtp.*", "type:smtp.*" },
  { "type:Smtp.*", "type:smtp.*" },
  { "type:smtp.*,queue.*", "type:queue.*,smtp.*" },
  { "type:smtp.* type:queue.*", "type:queue.*,smtp.*" },
  { "type:smtp.*,smtp.*", "type:smtp.*" },
  { "type:=smtp.error", "type:smtp.error" },
  { "type:\"smtp.error\"", "type:smtp.error" },
  { "-type:smtp.*,queue.*", "-type:queue.* -type:smtp.*" },
  { "type:~^smtp type:a", "type:a type:~^smtp" },
  { "type:*", "type:*" },
  { "level:warn", "level:warn" },
  { "level:WARN", "level:warn" },
  { "level:=warn", "level:=warn" },
  { "level:*", "level:trace" },
  { "-level:warn", "-level:warn" },
  { "span:start", "span:start" },
  { "span:=start", "span:start" },
  { "span:*", "span:*" },
  { "span:start span:end span:*", "span:*" },
  { "text:Hello", "text:hello" },
  { "text:*", "text:*" },
  { "key.type:x", "key.type:x" },
  { "KEY.Type:x", "key.type:x" },
  { "key.to:x", "to:x" },
  { "key.never-seen:x", "key.neverSeen:x" },
  { "key.key:x", "key:x" },
  { "key:x", "key:x" },
  { "limit:7", "limit:7" },
  { "details:x", "details:x" },
  { "to:b to:a", "to:a to:b" },
  { "from:a to:b", "from:a to:b" },
  { "to:b from:a", "from:a to:b" },
  { "to:* to:a", "to:*" },
  { "to:* to:=a to:~b", "to:*" },
  { "to:* -to:a", "-to:a to:*" },
  { "-to:* -to:a", "-to:* -to:a" },
  { "size:>5 size:<9", "size:<9 size:>5" },
  { "to=jane", "to:jane" },
  { "to==jane", "to:=jane" },
  { "to~=jane", "to:~jane" },
  { "to!=jane", "-to:jane" },
  { "to!==jane", "-to:=jane" },
  { "to!~=jane", "-to:~jane" },
  { "-to!=jane", "to:jane" },
  { "size>=10KB", "size:>=10000" },
  { "size<10KB", "size:<10000" },
  { "to=\"jane doe\"", "to:\"jane doe\"" },
  { "to=*", "to:*" },
  { "to==*", "to:=*" },
  { "a!b", "\"a!b\"" },
  { "a~b", "\"a~b\"" },
  { "a<b", "\"a<b\"" },
  { "nokey>=5", "\"nokey>=5\"" },
};

static const CanonicalRow query_rows[] = {
  { "", "" },
  { "filter=", "" },
  { "q=", "" },
  { "filter", "" },
  { "filter!=", "" },
  { "filter=error", "error" },
  { "FILTER=error", "error" },
  { "filter=two+words", "\"two words\"" },
  { "filter=-error", "\"-error\"" },
  { "filter=%22x%22", "\"\\\"x\\\"\"" },
  { "filter=*", "\"*\"" },
  { "filter!=error", "-error" },
  { "filter=a&filter=b", "a b" },
  { "filter=remote-ip=1.2.3.4", "remoteIp:1.2.3.4" },
  { "filter=remote-ip:1.2.3.4", "remoteIp:1.2.3.4" },
  { "filter=remote-ip!=1.2.3.4", "-remoteIp:1.2.3.4" },
  { "filter!=remote-ip=1.2.3.4", "-remoteIp:1.2.3.4" },
  { "filter!=remote-ip!=1.2.3.4", "remoteIp:1.2.3.4" },
  { "filter=size%3E=10KB", "size:>=10000" },
  { "filter=size:%3E=10KB", "size:>=10000" },
  { "filter=to:+jane+doe", "to:\"jane doe\"" },
  { "filter=to:%22jane+doe%22", "to:\"jane doe\"" },
  { "filter=to=%22jane%22", "to:\"\\\"jane\\\"\"" },
  { "filter=to==jane", "to:=jane" },
  { "filter=to=*", "to:*" },
  { "filter=key.foo=x", "key.foo:x" },
  { "filter=type:smtp.*", "type:smtp.*" },
  { "filter=nokey=x", "\"nokey=x\"" },
  { "filter=nokey:x", "\"nokey:x\"" },
  { "filter=http://example.org/", "\"http://example.org/\"" },
  { "filter=C:%5CTemp", "\"c:\\\\temp\"" },
  { "filter=12:30", "\"12:30\"" },
  { "filter=say+to:x", "\"say to:x\"" },
  { "to=jane", "to:jane" },
  { "to==jane", "to:=jane" },
  { "to~=jane", "to:~jane" },
  { "to!=jane", "-to:jane" },
  { "to!==jane", "-to:=jane" },
  { "to!~=jane", "-to:~jane" },
  { "to=*", "to:*" },
  { "to!=*", "-to:*" },
  { "to==*", "to:=*" },
  { "to=a&to=b", "to:a to:b" },
  { "to=a,b", "to:a,b" },
  { "to=a+b", "to:\"a b\"" },
  { "to=%3Da", "to:\"=a\"" },
  { "to=%22a%22", "to:\"\\\"a\\\"\"" },
  { "from~=^bounce%5C%2B", "from:~^bounce\\+" },
  { "size>=10KB", "size:>=10000" },
  { "size%3E%3D10KB", "size:>=10000" },
  { "elapsed<2s", "elapsed:<2000" },
  { "type=smtp.*,queue.*", "type:queue.*,smtp.*" },
  { "type=b&type=a", "type:a,b" },
  { "type!=a,b", "-type:a -type:b" },
  { "type==smtp.error", "type:smtp.error" },
  { "level=warn", "level:warn" },
  { "level==warn", "level:=warn" },
  { "span=start", "span:start" },
  { "text=Hello", "text:hello" },
  { "key.type=x", "key.type:x" },
  { "key.limit=7", "limit:7" },
  { "key.filter=7", "key.filter:7" },
  { "limit=7&last=5&context=span&since=5m&until=x&last-event-id=a&format=b&ticket=c&token=d", "" },
  { "limit=7&to=a", "to:a" },
  { "q=to:a+-error", "-error to:a" },
  { "q=to:a&to=b&filter=c", "c to:a to:b" },
  { "q=to:a&q=to:b", "to:a to:b" },
  { "createdAt>=2026-11-22T06:35:06Z", "createdAt:>=2026-11-22T06:35:06.000000Z" },
  { "remote%2Dip=1.2.3.4", "remoteIp:1.2.3.4" },
};

static void
check_canonical (LtCatalogue *catalogue, LtFilter *filter, const char *canonical)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtFilter) again = NULL;

  g_assert_cmpstr (lt_filter_get_text (filter), ==, canonical);
  g_assert_cmpint (lt_filter_is_empty (filter), ==, *canonical == '\0');

  again = lt_filter_new_from_text (catalogue, canonical, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (lt_filter_get_text (again), ==, canonical);
}

static void
test_canonical_text (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();

  for (guint i = 0; i < G_N_ELEMENTS (text_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter
          = lt_filter_new_from_text (catalogue, text_rows[i].written, &error);

      g_assert_no_error (error);
      check_canonical (catalogue, filter, text_rows[i].canonical);
    }
}

static void
test_canonical_query (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();

  for (guint i = 0; i < G_N_ELEMENTS (query_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter
          = filter_fixture_new_from_query (catalogue, query_rows[i].written, &error);

      g_assert_no_error (error);
      check_canonical (catalogue, filter, query_rows[i].canonical);
    }
}

/* A relative time counts from when the filter was compiled, and stays so. */
static void
test_relative_time (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  g_autoptr (LtFilter) filter = lt_filter_new_from_text (catalogue, "createdAt:>=-5m", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = NULL;
  const char *text = lt_filter_get_text (filter);

  g_assert_true (g_str_has_prefix (text, "createdAt:>="));
  then = g_date_time_new_from_iso8601 (text + strlen ("createdAt:>="), NULL);
  g_assert_nonnull (then);
  g_assert_cmpint (ABS (g_date_time_difference (now, then) - 300 * G_USEC_PER_SEC), <,
                   60 * G_USEC_PER_SEC);
  check_canonical (catalogue, filter, text);
}

/* A key that an event had is known from then on; its canonical form does not rely on it. */
static void
test_seen_key (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  g_autoptr (GError) unknown = NULL;
  g_autoptr (LtEvent) event = NULL;
  g_autoptr (LtFilter) filter = NULL;
  g_autoptr (LtFilter) prefixed = lt_filter_new_from_text (catalogue, "key.queue-time:5", NULL);

  g_assert_null (lt_filter_new_from_text (catalogue, "queue-time:5", &unknown));
  g_assert_error (unknown, LT_ERROR, LT_ERROR_UNKNOWN_KEY);

  event = filter_fixture_new_event (catalogue, "{\"type\":\"a.b\",\"data\":{\"queue_time\":5}}",
                                    NULL);
  filter = lt_filter_new_from_text (catalogue, "queueTime:5", NULL);
  g_assert_cmpstr (lt_filter_get_text (filter), ==, "key.queueTime:5");
  g_assert_cmpstr (lt_filter_get_text (prefixed), ==, "key.queueTime:5");
}

/* The canonical form of random filters parses to itself and to a filter that matches the
 * same events; so does the filter written with its terms in another order. */
static void
test_random (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (LtMatchContext) context = lt_match_context_new ();
  guint n_matches = 0;

  for (guint i = 0; i < 200; i++)
    g_ptr_array_add (events, filter_fixture_new_random_event (catalogue, random));

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *written = filter_fixture_random_filter (random);
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter = lt_filter_new_from_text (catalogue, written, &error);
      g_autoptr (LtFilter) again = NULL;
      g_autofree char *escaped = NULL;
      g_autofree char *query = NULL;
      g_autoptr (LtFilter) from_query = NULL;

      g_assert_no_error (error);
      again = lt_filter_new_from_text (catalogue, lt_filter_get_text (filter), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (lt_filter_get_text (filter), ==, lt_filter_get_text (again));

      escaped = g_uri_escape_string (written, NULL, FALSE);
      query = g_strconcat ("q=", escaped, NULL);
      from_query = filter_fixture_new_from_query (catalogue, query, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (lt_filter_get_text (filter), ==, lt_filter_get_text (from_query));

      for (guint j = 0; j < events->len; j++)
        {
          gboolean matches;

          lt_match_context_set_event (context, g_ptr_array_index (events, j));
          matches = lt_filter_match (filter, context);
          n_matches += matches;
          g_assert_cmpint (matches, ==, lt_filter_match (again, context));
          g_assert_cmpint (matches, ==, lt_filter_match (from_query, context));
        }
    }

  g_test_message ("%u of 200000 matched", n_matches);
  g_assert_cmpuint (n_matches, >, 2000);
}

/* What the guide shows can be used: each line of its examples is a filter. */
static void
test_guide (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autofree char *keys
      = g_test_build_filename (G_TEST_BUILT, "data", "catalogue", "keys.conf", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "filters.md", NULL);
  g_autofree char *guide = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  const char *block = NULL;
  guint n_filters = 0;

  g_assert_true (lt_catalogue_load (catalogue, keys, &error));
  g_assert_no_error (error);
  g_file_get_contents (path, &guide, NULL, &error);
  g_assert_no_error (error);

  lines = g_strsplit (guide, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (LtFilter) filter = NULL;

      if (g_str_has_prefix (lines[i], "```"))
        {
          block = block == NULL ? lines[i] : NULL;
          continue;
        }
      if (g_strcmp0 (block, "```filter") == 0)
        filter = lt_filter_new_from_text (catalogue, lines[i], &error);
      else if (g_strcmp0 (block, "```query") == 0)
        filter = filter_fixture_new_from_query (catalogue, lines[i], &error);
      else
        continue;

      g_assert_no_error (error);
      g_assert_false (lt_filter_is_empty (filter));
      n_filters++;
    }

  g_assert_cmpuint (n_filters, >, 20);
}

static void
test_finalize (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  LtFilter *filter = lt_filter_new_from_text (catalogue, "to:a to:~b -c size:>5", NULL);

  g_assert_finalize_object (filter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/filter/canonical/text", test_canonical_text);
  g_test_add_func ("/filter/canonical/query", test_canonical_query);
  g_test_add_func ("/filter/relative-time", test_relative_time);
  g_test_add_func ("/filter/seen-key", test_seen_key);
  g_test_add_func ("/filter/random", test_random);
  g_test_add_func ("/filter/guide", test_guide);
  g_test_add_func ("/filter/finalize", test_finalize);

  return g_test_run ();
}
