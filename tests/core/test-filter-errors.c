/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-filter-pattern.h"
#include "core/lt-filter.h"
#include "filter-fixture.h"

#include <string.h>

typedef struct
{
  const char *written;
  gssize position;
  LtErrorCode code;
  const char *message; /* (nullable): a part of it */
} ErrorRow;

static const ErrorRow text_errors[] = {
  { "remoteipp:1.2.3.4", 0, LT_ERROR_UNKNOWN_KEY,
    "unknown key \"remoteipp\"; did you mean \"remoteIp\"? To search for the text, put it in "
    "quotes" },
  { "to:a remoteipp:1", 5, LT_ERROR_UNKNOWN_KEY, "remoteIp" },
  { "-remoteipp:1", 1, LT_ERROR_UNKNOWN_KEY, "remoteIp" },
  { "tpye:smtp.*", 0, LT_ERROR_UNKNOWN_KEY, "did you mean \"type\"?" },
  { "levle:warn", 0, LT_ERROR_UNKNOWN_KEY, "did you mean \"level\"?" },
  { "zzzzzzzz:warn", 0, LT_ERROR_UNKNOWN_KEY, "unknown key \"zzzzzzzz\"; to search for the text" },
  { "C:\\Temp", 0, LT_ERROR_UNKNOWN_KEY, "quotes" },
  { "see http://example.org/", 4, LT_ERROR_UNKNOWN_KEY, "quotes" },
  { "12:30", 0, LT_ERROR_UNKNOWN_KEY, "quotes" },
  { "::1", 0, LT_ERROR_UNKNOWN_KEY, "cannot be a key" },
  { "2001:db8::1", 0, LT_ERROR_UNKNOWN_KEY, "quotes" },
  { "jane@x:y", 0, LT_ERROR_UNKNOWN_KEY, "cannot be a key" },
  { "a=b:c", 0, LT_ERROR_UNKNOWN_KEY, "cannot be a key" },
  { "---:c", 0, LT_ERROR_INVALID_FILTER, "negates" },
  { "-_:c", 1, LT_ERROR_UNKNOWN_KEY, "cannot be a key" },
  { "key.:x", 0, LT_ERROR_UNKNOWN_KEY, NULL },
  { "key.a@b:x", 4, LT_ERROR_INVALID_FILTER, "is not a key name" },
  { "to:", 3, LT_ERROR_INVALID_FILTER, "to needs a value" },
  { "to: jane", 3, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "to:\"\"", 4, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "to:=", 4, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "to:~ x", 4, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "to=", 3, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "\"\"", 1, LT_ERROR_INVALID_FILTER, "empty text" },
  { "a -", 2, LT_ERROR_INVALID_FILTER, "negates" },
  { "--x", 0, LT_ERROR_INVALID_FILTER, "negates" },
  { "- x", 0, LT_ERROR_INVALID_FILTER, "negates" },
  { "*", 0, LT_ERROR_INVALID_FILTER, "leave the filter empty" },
  { "a *", 2, LT_ERROR_INVALID_FILTER, "leave the filter empty" },
  { "\"abc", 0, LT_ERROR_INVALID_FILTER, "does not end" },
  { "a \"abc", 2, LT_ERROR_INVALID_FILTER, "does not end" },
  { "to:\"abc", 3, LT_ERROR_INVALID_FILTER, "does not end" },
  { "\"abc\\\"", 0, LT_ERROR_INVALID_FILTER, "does not end" },
  { "\"a\\d\"", 2, LT_ERROR_INVALID_FILTER, "backslash" },
  { "\"a\"b", 3, LT_ERROR_INVALID_FILTER, "closing quote" },
  { "\"a\"\"b\"", 3, LT_ERROR_INVALID_FILTER, "closing quote" },
  { "type:\"a\",b", 8, LT_ERROR_INVALID_FILTER, "closing quote" },
  { "a\"b\"", 1, LT_ERROR_INVALID_FILTER, "inside a word" },
  { "to:a\"b", 4, LT_ERROR_INVALID_FILTER, "inside a word" },
  { "to:==x", 4, LT_ERROR_INVALID_FILTER, "too many" },
  { "to:~=x", 4, LT_ERROR_INVALID_FILTER, "too many" },
  { "size:>==5", 7, LT_ERROR_INVALID_FILTER, "too many" },
  { "level:loud", 6, LT_ERROR_INVALID_LEVEL, "\"loud\" is not a level" },
  { "level:disable", 6, LT_ERROR_INVALID_LEVEL, "is not a level" },
  { "level:=loud", 7, LT_ERROR_INVALID_LEVEL, "is not a level" },
  { "level:>warn", 7, LT_ERROR_INVALID_FILTER, "level:=warn" },
  { "level:~warn", 7, LT_ERROR_INVALID_FILTER, "level:=warn" },
  { "span:middle", 5, LT_ERROR_INVALID_FILTER, "spanId" },
  { "span:18469", 5, LT_ERROR_INVALID_FILTER, "spanId" },
  { "span:~start", 6, LT_ERROR_INVALID_FILTER, "spanId" },
  { "createdAt:2026", 10, LT_ERROR_INVALID_FILTER, "only be compared" },
  { "createdAt:~2026", 11, LT_ERROR_INVALID_FILTER, "only be compared" },
  { "createdAt:*", 10, LT_ERROR_INVALID_FILTER, "only be compared" },
  { "createdAt:>5m", 11, LT_ERROR_INVALID_FILTER, "five minutes ago" },
  { "createdAt:>-5", 11, LT_ERROR_INVALID_FILTER, "is not a time" },
  { "createdAt:>-99999999d", 11, LT_ERROR_INVALID_FILTER, "is not a time" },
  { "createdAt:>=2026-13-22T06:35:06Z", 12, LT_ERROR_INVALID_FILTER, "is not a time" },
  { "text:>x", 6, LT_ERROR_INVALID_FILTER, "no order" },
  { "type:>x", 6, LT_ERROR_INVALID_FILTER, "no order" },
  { "type:smtp_x", 5, LT_ERROR_INVALID_FILTER, "is not an event type" },
  { "type:a,,b", 7, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "type:a,", 7, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "type:abc,d@", 9, LT_ERROR_INVALID_FILTER, "is not an event type" },
  { "type:=a.*", 8, LT_ERROR_INVALID_FILTER, "no event type holds" },
  { "type:\"a.*\"", 8, LT_ERROR_INVALID_FILTER, "no event type holds" },
  { "size:>big", 6, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "size:>=10XB", 7, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "size:>nan", 6, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "size:>1e999", 6, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "size:>-5m", 6, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "expires:>5", 9, LT_ERROR_INVALID_FILTER, "is not a time" },
  { "to:>abc", 4, LT_ERROR_INVALID_FILTER, "has no order" },
  { "to:<*", 4, LT_ERROR_INVALID_FILTER, "has no order" },
  { "remote-ip:10.0.0.0/33", 10, LT_ERROR_INVALID_FILTER, "range of addresses" },
  { "remote-ip:10.0.0/8", 10, LT_ERROR_INVALID_FILTER, "range of addresses" },
  { "to:~(", 5, LT_ERROR_INVALID_FILTER, "regular expression is not valid: missing" },
  { "to:~ab[", 7, LT_ERROR_INVALID_FILTER, "regular expression is not valid" },
  { "to:~\"a b[\"", 9, LT_ERROR_INVALID_FILTER, "regular expression is not valid" },
  { "to:~\"\\\\d[\"", 9, LT_ERROR_INVALID_FILTER, "regular expression is not valid" },
  { "to:~\xc3\xa4[", 7, LT_ERROR_INVALID_FILTER, "regular expression is not valid" },
  { "to:~(*UTF)a", 4, LT_ERROR_INVALID_FILTER, "cannot begin with" },
  { "to:~a)(b", 5, LT_ERROR_INVALID_FILTER, "regular expression is not valid" },
  { "to:~a(?R)?b", 5, LT_ERROR_INVALID_FILTER, "recursion" },
  { "to:~a\\C", 5, LT_ERROR_INVALID_FILTER, "single byte" },
  { "to:~(((((((((a{1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9})", -2,
    LT_ERROR_INVALID_FILTER, "regular expression" },
  { "a \xff", 2, LT_ERROR_INVALID_FILTER, "UTF-8" },
};

static const ErrorRow query_errors[] = {
  { "q=to:a+remoteipp:1", 7, LT_ERROR_UNKNOWN_KEY, "put it in quotes" },
  { "remoteipp=1", 0, LT_ERROR_UNKNOWN_KEY, "did you mean \"remoteIp\"?" },
  { "to=a&remoteipp=1", 5, LT_ERROR_UNKNOWN_KEY, "filter=" },
  { "contxt=span", 0, LT_ERROR_UNKNOWN_KEY, "did you mean \"context\"?" },
  { "to=a&zzzzzzzzzz=1", 5, LT_ERROR_UNKNOWN_KEY, "unknown key \"zzzzzzzzzz\";" },
  { "to", 2, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "nokey", 0, LT_ERROR_UNKNOWN_KEY, NULL },
  { "to=", 3, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "to!=", 4, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "a@b=c", 0, LT_ERROR_UNKNOWN_KEY, "cannot be a key" },
  { "key.a%40b=c", 4, LT_ERROR_INVALID_FILTER, "is not a key name" },
  { "level=loud", 6, LT_ERROR_INVALID_LEVEL, "is not a level" },
  { "to=x&level==loud", 12, LT_ERROR_INVALID_LEVEL, "is not a level" },
  { "type=a.b,c%40", 9, LT_ERROR_INVALID_FILTER, "is not an event type" },
  { "type=a%2Eb,c%40", 11, LT_ERROR_INVALID_FILTER, "is not an event type" },
  { "size%3Ebig", 7, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "to~=%28", 7, LT_ERROR_INVALID_FILTER, "regular expression" },
  { "to~=ab%5B", 9, LT_ERROR_INVALID_FILTER, "regular expression" },
  { "filter~=x", 0, LT_ERROR_INVALID_FILTER, "takes text" },
  { "to=a&filter==x", 5, LT_ERROR_INVALID_FILTER, "takes text" },
  { "filter>5", 0, LT_ERROR_INVALID_FILTER, "takes text" },
  { "q!=x", 0, LT_ERROR_INVALID_FILTER, "text form" },
  { "q==x", 0, LT_ERROR_INVALID_FILTER, "text form" },
  { "q=to:a+remoteipp:1", 7, LT_ERROR_UNKNOWN_KEY, "did you mean \"remoteIp\"?" },
  { "q=%C3%A4+remoteipp:1", 9, LT_ERROR_UNKNOWN_KEY, "did you mean \"remoteIp\"?" },
  { "q=to:%22%C3%A4", 5, LT_ERROR_INVALID_FILTER, "does not end" },
  { "filter=to:", 10, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "filter=to=", 10, LT_ERROR_INVALID_FILTER, "needs a value" },
  { "filter=type:a+b", 12, LT_ERROR_INVALID_FILTER, "is not an event type" },
  { "filter=size%3Ebig", 14, LT_ERROR_INVALID_FILTER, "is not a number" },
  { "filter=to:%22a", 10, LT_ERROR_INVALID_FILTER, "does not end" },
  { "a=%", 2, LT_ERROR_INVALID_FILTER, "hexadecimal" },
};

static void
check_error (const ErrorRow *row, LtFilter *filter, const GError *error)
{
  g_test_message ("%s", error != NULL ? error->message : "no error");
  g_assert_null (filter);
  g_assert_error (error, LT_ERROR, (gint) row->code);
  if (row->position >= -1)
    g_assert_cmpint (lt_error_get_position (error), ==, row->position);
  if (row->message != NULL && strstr (error->message, row->message) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, row->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_errors_text (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();

  for (guint i = 0; i < G_N_ELEMENTS (text_errors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter = NULL;

      if (g_utf8_validate (text_errors[i].written, -1, NULL))
        g_test_message ("%s", text_errors[i].written);
      filter = lt_filter_new_from_text (catalogue, text_errors[i].written, &error);
      check_error (&text_errors[i], filter, error);
      g_assert_null (lt_filter_new_from_text (catalogue, text_errors[i].written, NULL));
    }
}

static void
test_errors_query (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();

  for (guint i = 0; i < G_N_ELEMENTS (query_errors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtFilter) filter = NULL;

      g_test_message ("%s", query_errors[i].written);
      filter = filter_fixture_new_from_query (catalogue, query_errors[i].written, &error);
      check_error (&query_errors[i], filter, error);
      g_assert_null (filter_fixture_new_from_query (catalogue, query_errors[i].written, NULL));
    }
}

/* Writes @before, a number and @after, @n_times. */
static char *
repeat (const char *before, const char *after, guint n_times)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n_times; i++)
    g_string_append_printf (out, "%s%u%s", before, i, after);
  return g_string_free (out, FALSE);
}

static void
check_refused (LtCatalogue *catalogue, const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_filter_new_from_text (catalogue, text, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_FILTER);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_cmpint (lt_error_get_position (error), >=, 0);
}

static void
test_limits (void)
{
  g_autoptr (LtCatalogue) catalogue = filter_fixture_new_catalogue ();
  g_autofree char *fits = g_strnfill (LT_FILTER_MAX_BYTES, 'a');
  g_autofree char *long_text = g_strnfill (LT_FILTER_MAX_BYTES + 1, 'a');
  g_autofree char *grows
      = repeat ("\xc8\xba\xc8\xba\xc8\xba\xc8\xba\xc8\xba\xc8\xba\xc8\xba\xc8\xba", "", 800);
  g_autofree char *terms = repeat ("t", " ", LT_FILTER_MAX_TERMS);
  g_autofree char *more_terms = repeat ("t", " ", LT_FILTER_MAX_TERMS + 1);
  g_autofree char *more_patterns = repeat ("to:~a", " ", LT_FILTER_MAX_PATTERNS + 1);
  g_autofree char *query_terms = repeat ("filter=t", "&", LT_FILTER_MAX_TERMS + 1);
  g_autofree char *query_patterns = repeat ("to~=t", "&", LT_FILTER_MAX_PATTERNS + 1);
  g_autofree char *long_pattern = g_strdup_printf ("to:~%.*s", LT_PATTERN_MAX_BYTES + 1, long_text);
  g_autoptr (LtFilter) long_filter = lt_filter_new_from_text (catalogue, fits, NULL);
  g_autoptr (LtFilter) wide_filter = lt_filter_new_from_text (catalogue, terms, NULL);
  g_autoptr (GError) many_terms = NULL;
  g_autoptr (GError) many_patterns = NULL;

  g_assert_nonnull (long_filter);
  g_assert_nonnull (wide_filter);
  check_refused (catalogue, long_text, "longer than 16384 bytes");
  check_refused (catalogue, grows, "canonical");
  check_refused (catalogue, more_terms, "256 terms");
  check_refused (catalogue, more_patterns, "16 regular expressions");
  check_refused (catalogue, long_pattern, "longer than 4096 bytes");

  g_assert_null (filter_fixture_new_from_query (catalogue, query_terms, &many_terms));
  g_assert_error (many_terms, LT_ERROR, LT_ERROR_INVALID_FILTER);
  g_assert_cmpint (lt_error_get_position (many_terms), >, 2000);
  g_assert_null (filter_fixture_new_from_query (catalogue, query_patterns, &many_patterns));
  g_assert_error (many_patterns, LT_ERROR, LT_ERROR_INVALID_FILTER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter-errors/text", test_errors_text);
  g_test_add_func ("/filter-errors/query", test_errors_query);
  g_test_add_func ("/filter-errors/limits", test_limits);
  return g_test_run ();
}
