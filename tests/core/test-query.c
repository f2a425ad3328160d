/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-query.h"

#include <string.h>

typedef struct
{
  const char *raw;
  const char *name;
  LtOperator op;
  gboolean negated;
  const char *value;
  gsize value_position;
} PartRow;

static const PartRow part_rows[] = {
  { "a=b", "a", LT_OPERATOR_CONTAINS, FALSE, "b", 2 },
  { "a==b", "a", LT_OPERATOR_EQUAL, FALSE, "b", 3 },
  { "a~=b", "a", LT_OPERATOR_REGEX, FALSE, "b", 3 },
  { "a!=b", "a", LT_OPERATOR_CONTAINS, TRUE, "b", 3 },
  { "a!==b", "a", LT_OPERATOR_EQUAL, TRUE, "b", 4 },
  { "a!~=b", "a", LT_OPERATOR_REGEX, TRUE, "b", 4 },
  { "a<b", "a", LT_OPERATOR_LESS, FALSE, "b", 2 },
  { "a<=b", "a", LT_OPERATOR_LESS_EQUAL, FALSE, "b", 3 },
  { "a>b", "a", LT_OPERATOR_GREATER, FALSE, "b", 2 },
  { "a>=b", "a", LT_OPERATOR_GREATER_EQUAL, FALSE, "b", 3 },
  { "a", "a", LT_OPERATOR_NONE, FALSE, "", 1 },
  { "a=", "a", LT_OPERATOR_CONTAINS, FALSE, "", 2 },
  { "a===", "a", LT_OPERATOR_EQUAL, FALSE, "=", 3 },
  { "a===b", "a", LT_OPERATOR_EQUAL, FALSE, "=b", 3 },
  { "a=!b", "a", LT_OPERATOR_CONTAINS, FALSE, "!b", 2 },
  { "a=b=c", "a", LT_OPERATOR_CONTAINS, FALSE, "b=c", 2 },
  { "a=b!=c", "a", LT_OPERATOR_CONTAINS, FALSE, "b!=c", 2 },
  { "a=%3Db", "a", LT_OPERATOR_CONTAINS, FALSE, "=b", 2 },
  { "a<%21", "a", LT_OPERATOR_LESS, FALSE, "!", 2 },
  { "a=%3Eb", "a", LT_OPERATOR_CONTAINS, FALSE, ">b", 2 },
  { "a%3E=b", "a", LT_OPERATOR_GREATER_EQUAL, FALSE, "b", 5 },
  { "a%3e%3db", "a", LT_OPERATOR_GREATER_EQUAL, FALSE, "b", 7 },
  { "a%3Cb", "a", LT_OPERATOR_LESS, FALSE, "b", 4 },
  { "a%3C=b", "a", LT_OPERATOR_LESS_EQUAL, FALSE, "b", 5 },
  { "a%3Eb=c", "a", LT_OPERATOR_GREATER, FALSE, "b=c", 4 },
  { "a%3Db", "a=b", LT_OPERATOR_NONE, FALSE, "", 5 },
  { "r%65mote-ip=1", "remote-ip", LT_OPERATOR_CONTAINS, FALSE, "1", 12 },
  { "a=b+c", "a", LT_OPERATOR_CONTAINS, FALSE, "b c", 2 },
  { "a=b%2Bc", "a", LT_OPERATOR_CONTAINS, FALSE, "b+c", 2 },
  { "a=b%20c", "a", LT_OPERATOR_CONTAINS, FALSE, "b c", 2 },
  { "a=%2541", "a", LT_OPERATOR_CONTAINS, FALSE, "%41", 2 },
  { "a=%26", "a", LT_OPERATOR_CONTAINS, FALSE, "&", 2 },
  { "a=%C3%A9", "a", LT_OPERATOR_CONTAINS, FALSE, "\xc3\xa9", 2 },
  { "a=\xc3\xa9", "a", LT_OPERATOR_CONTAINS, FALSE, "\xc3\xa9", 2 },
  { "&&a=b&", "a", LT_OPERATOR_CONTAINS, FALSE, "b", 4 },
  { "a=b;c=d", "a", LT_OPERATOR_CONTAINS, FALSE, "b;c=d", 2 },
};

static void
test_parts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (part_rows); i++)
    {
      const PartRow *row = &part_rows[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (LtQuery) query = lt_query_parse (row->raw, &error);
      const LtParameter *parameter;

      g_test_message ("%s", row->raw);
      g_assert_no_error (error);
      g_assert_cmpuint (lt_query_get_length (query), ==, 1);
      parameter = lt_query_get_parameter (query, 0);
      g_assert_cmpstr (parameter->name, ==, row->name);
      g_assert_cmpint (parameter->op, ==, row->op);
      g_assert_cmpint (parameter->negated, ==, row->negated);
      g_assert_cmpstr (parameter->value, ==, row->value);
      g_assert_cmpuint (parameter->value_position, ==, row->value_position);
    }
}

static void
test_order (void)
{
  g_autoptr (LtQuery) query = lt_query_parse ("to=a&to=b&&from!=%C3%A9x&tls", NULL);
  const LtParameter *parameter;

  g_assert_cmpuint (lt_query_get_length (query), ==, 4);
  parameter = lt_query_get_parameter (query, 1);
  g_assert_cmpstr (parameter->value, ==, "b");
  g_assert_cmpuint (parameter->position, ==, 5);
  parameter = lt_query_get_parameter (query, 2);
  g_assert_cmpuint (parameter->position, ==, 11);
  g_assert_cmpuint (lt_query_locate (query, parameter, 0), ==, 17);
  g_assert_cmpuint (lt_query_locate (query, parameter, 1), ==, 20);
  g_assert_cmpuint (lt_query_locate (query, parameter, 2), ==, 23);
  g_assert_cmpuint (lt_query_locate (query, parameter, 3), ==, 24);
  g_assert_cmpuint (lt_query_locate (query, parameter, 99), ==, 24);
}

static void
test_empty (void)
{
  g_autoptr (LtQuery) none = lt_query_parse (NULL, NULL);
  g_autoptr (LtQuery) empty = lt_query_parse ("", NULL);
  g_autoptr (LtQuery) separators = lt_query_parse ("&&", NULL);

  g_assert_cmpuint (lt_query_get_length (none), ==, 0);
  g_assert_cmpuint (lt_query_get_length (empty), ==, 0);
  g_assert_cmpuint (lt_query_get_length (separators), ==, 0);
}

static const struct
{
  const char *raw;
  gssize position;
} bad_rows[] = {
  { "a=%", 2 },
  { "a=%4", 2 },
  { "a=%zz", 2 },
  { "x=y&a=%g0", 6 },
  { "a=%00", 2 },
  { "a=b%00c", 3 },
  { "a%00=b", 1 },
  { "=b", 0 },
  { "a=1&=b", 4 },
  { "<5", 0 },
  { "a!b=c", 1 },
  { "a~b", 1 },
  { "~a=b", 0 },
  { "a=%FF", 2 },
  { "a=x%C3", 3 },
  { "a=%C3%A9%ED%A0%80", 8 },
  { "a=%F4%90%80%80", 2 },
  { "a=\xff", 2 },
  { "%FF=a", 0 },
  { "%3Ca", 0 },
  { "a=b%2", 3 },
  { "a=b%2&c=d", 3 },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LtQuery) query = lt_query_parse (bad_rows[i].raw, &error);

      g_test_message ("row %u", i);
      g_assert_null (query);
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_FILTER);
      g_assert_cmpint (lt_error_get_position (error), ==, bad_rows[i].position);
      g_assert_null (lt_query_parse (bad_rows[i].raw, NULL));
    }
}

static void
test_limits (void)
{
  g_autofree char *long_query = g_strnfill (LT_QUERY_MAX_BYTES + 1, 'a');
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GError) too_long = NULL;
  g_autoptr (GError) too_many = NULL;
  g_autoptr (LtQuery) fits = NULL;

  g_assert_null (lt_query_parse (long_query, &too_long));
  g_assert_error (too_long, LT_ERROR, LT_ERROR_TOO_LARGE);

  for (int i = 0; i < LT_QUERY_MAX_PARAMETERS; i++)
    g_string_append (many, "a=b&");
  fits = lt_query_parse (many->str, NULL);
  g_assert_cmpuint (lt_query_get_length (fits), ==, LT_QUERY_MAX_PARAMETERS);
  g_string_append (many, "a=b&");
  g_assert_null (lt_query_parse (many->str, &too_many));
  g_assert_error (too_many, LT_ERROR, LT_ERROR_INVALID_FILTER);
  g_assert_cmpint (lt_error_get_position (too_many), ==, LT_QUERY_MAX_PARAMETERS * 4);
}

static void
test_reserved (void)
{
  static const char *const reserved[]
      = { "context",       "last",  "since", "until",  "last-event-id", "lastEventId",
          "LAST_EVENT_ID", "limit", "q",     "format", "ticket",        "token" };
  static const char *const free_names[]
      = { "to", "filter", "type", "level", "text", "span", "key.limit", "lastevent", "" };

  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    g_assert_true (lt_query_name_is_reserved (reserved[i]));
  for (guint i = 0; i < G_N_ELEMENTS (free_names); i++)
    g_assert_false (lt_query_name_is_reserved (free_names[i]));
}

static void
test_lookup (void)
{
  g_autoptr (LtQuery) query
      = lt_query_parse ("last=5&to=a&to=b&since=1&since=2&limit>5&until!=a&q&format=", NULL);
  g_autoptr (GError) repeated = NULL;
  g_autoptr (GError) comparison = NULL;
  const char *value = "x";

  g_assert_true (lt_query_lookup (query, "last", &value, NULL));
  g_assert_cmpstr (value, ==, "5");
  g_assert_true (lt_query_lookup (query, "context", &value, NULL));
  g_assert_null (value);
  g_assert_true (lt_query_lookup (query, "format", &value, NULL));
  g_assert_cmpstr (value, ==, "");
  g_assert_false (lt_query_lookup (query, "since", &value, &repeated));
  g_assert_error (repeated, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (lt_error_get_position (repeated), ==, 25);
  g_assert_false (lt_query_lookup (query, "limit", &value, &comparison));
  g_assert_error (comparison, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (lt_error_get_position (comparison), ==, 33);
  g_assert_false (lt_query_lookup (query, "until", &value, NULL));
  g_assert_false (lt_query_lookup (query, "q", &value, NULL));
}

static void
test_check_names (void)
{
  static const char *const stream[] = { "filter", "q", "context", "last", NULL };
  static const char *const page[] = { "limit", NULL };
  static const char *const nothing[] = { NULL };
  g_autoptr (LtQuery) keys = lt_query_parse ("to=a&filter=b&CONTEXT=span", NULL);
  g_autoptr (LtQuery) reserved = lt_query_parse ("to=a&limit=5", NULL);
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) not_here = NULL;
  g_autoptr (GError) none = NULL;

  g_assert_true (lt_query_check_names (keys, stream, NULL));
  g_assert_false (lt_query_check_names (keys, page, &unknown));
  g_assert_error (unknown, LT_ERROR, LT_ERROR_UNKNOWN_OPTION);
  g_assert_cmpint (lt_error_get_position (unknown), ==, 0);
  g_assert_cmpstr (unknown->message, ==, "unknown parameter \"to\"; this path takes: limit");
  g_assert_false (lt_query_check_names (reserved, stream, &not_here));
  g_assert_cmpint (lt_error_get_position (not_here), ==, 5);
  g_assert_false (lt_query_check_names (reserved, nothing, &none));
  g_assert_cmpstr (none->message, ==, "unknown parameter \"to\"; this path takes none");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/query/parts", test_parts);
  g_test_add_func ("/query/order", test_order);
  g_test_add_func ("/query/empty", test_empty);
  g_test_add_func ("/query/bad", test_bad);
  g_test_add_func ("/query/limits", test_limits);
  g_test_add_func ("/query/reserved", test_reserved);
  g_test_add_func ("/query/lookup", test_lookup);
  g_test_add_func ("/query/check-names", test_check_names);

  return g_test_run ();
}
