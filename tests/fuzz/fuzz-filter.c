/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a filter, in the text form and as a query: what is refused says where, what is
 * taken has a canonical form that is the same filter, and the matcher finds what it matches. */
#include "core/lt-error.h"
#include "core/lt-filter.h"
#include "core/lt-matcher.h"
#include "json/lt-json.h"

#include <string.h>

/* More terms, or longer text, say nothing new and take long. */
#define MAX_BYTES 2048

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const char *const event_texts[] = {
  "{\"type\":\"delivery.delivered\",\"level\":\"warn\",\"text\":\"Message "
  "delivered\",\"span\":\"end\","
  "\"data\":{\"to\":[\"jane@example.org\",\"bob\"],\"from\":\"bounce+1@x.y\",\"size\":10240,"
  "\"remoteIp\":\"192.168.1.1\",\"tls\":true,\"expires\":\"2026-12-01T00:00:00Z\",\"ratio\":0.5,"
  "\"reason\":{\"type\":\"dns.error\",\"text\":\"no such domain\",\"data\":{\"a\":1}}}}",
  "{\"type\":\"log.line\",\"details\":\"\xc3\x84rger -x a:b "
  "*\",\"data\":{\"to\":\"a\",\"key\":\"\","
  "\"ips\":[\"10.0.0.1\",\"2001:db8::1\"],\"elapsed\":1500,\"big\":18446744073709551615}}",
};

/* So many that the matcher uses its index. */
static const char *const other_filters[]
    = { "to:jane", "to:nobody", "-to:jane",      "delivered",           "type:log.*",
        "size:>5", "tls:*",     "remote-ip:10.", "remote-ip:0.0.0.0/0", "level:error" };

static LtCatalogue *
new_catalogue (void)
{
  static const struct
  {
    const char *name;
    LtValueKind kind;
  } keys[] = {
    { "to", LT_VALUE_STRING },    { "from", LT_VALUE_STRING },      { "size", LT_VALUE_INTEGER },
    { "remoteIp", LT_VALUE_IP },  { "ips", LT_VALUE_IP },           { "tls", LT_VALUE_BOOLEAN },
    { "expires", LT_VALUE_TIME }, { "elapsed", LT_VALUE_DURATION }, { "ratio", LT_VALUE_NUMBER },
    { "key", LT_VALUE_STRING },   { "type", LT_VALUE_STRING },      { "reason", LT_VALUE_NONE },
  };
  LtCatalogue *catalogue = lt_catalogue_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (LtKey) key = lt_catalogue_add_key (catalogue, keys[i].name, keys[i].kind, NULL);

      g_assert_nonnull (key);
    }

  return catalogue;
}

static void
check_error (const GError *error, gsize size)
{
  g_assert_true (error->domain == LT_ERROR);
  g_assert_cmpint (lt_error_get_position (error), >=, 0);
  g_assert_cmpint (lt_error_get_position (error), <=, (gssize) size);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
note_match (gpointer tag, LtEvent *event, gpointer user_data)
{
  if (tag != NULL)
    *(gboolean *) user_data = TRUE;
}

static void
check_matches (LtCatalogue *catalogue, LtFilter *filter, LtFilter *again)
{
  g_autoptr (LtMatcher) matcher = lt_matcher_new ();
  g_autoptr (LtMatchContext) context = lt_match_context_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);

  lt_matcher_add (matcher, filter, GUINT_TO_POINTER (1));
  for (guint i = 0; i < G_N_ELEMENTS (other_filters); i++)
    {
      g_autoptr (LtFilter) other = lt_filter_new_from_text (catalogue, other_filters[i], NULL);

      lt_matcher_add (matcher, other, NULL);
    }

  for (guint i = 0; i < G_N_ELEMENTS (event_texts); i++)
    {
      g_autoptr (LtEvent) event = NULL;
      gboolean found = FALSE;
      gboolean matches;

      lt_json_read_event (builder, event_texts[i], strlen (event_texts[i]), &event, NULL);
      g_assert_nonnull (event);
      lt_match_context_set_event (context, event);
      matches = lt_filter_match (filter, context);
      g_assert_cmpint (matches, ==, lt_filter_match (again, context));
      lt_matcher_match (matcher, event, NULL, note_match, &found);
      g_assert_cmpint (matches, ==, found);
      lt_match_context_set_event (context, NULL);
    }
}

static void
check_filter (LtCatalogue *catalogue, LtFilter *filter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtFilter) again
      = lt_filter_new_from_text (catalogue, lt_filter_get_text (filter), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (lt_filter_get_text (again), ==, lt_filter_get_text (filter));
  check_matches (catalogue, filter, again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LtCatalogue) catalogue = new_catalogue ();
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, MAX_BYTES));
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) query_error = NULL;
  g_autoptr (LtFilter) from_text = lt_filter_new_from_text (catalogue, text, &text_error);
  g_autoptr (LtFilter) from_query = NULL;
  g_autoptr (LtQuery) query = lt_query_parse (text, &query_error);

  if (query != NULL)
    from_query = lt_filter_new_from_query (catalogue, query, &query_error);

  if (from_text != NULL)
    check_filter (catalogue, from_text);
  else
    check_error (text_error, strlen (text));

  if (from_query != NULL)
    check_filter (catalogue, from_query);
  else
    check_error (query_error, strlen (text));

  return 0;
}
