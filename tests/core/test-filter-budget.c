/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-filter.h"
#include "filter-fixture.h"

typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtMatchContext *context; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->catalogue = filter_fixture_new_catalogue ();
  fixture->context = lt_match_context_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lt_match_context_free (fixture->context);
  g_assert_finalize_object (fixture->catalogue);
}

static LtEvent *
new_long_event (LtCatalogue *catalogue, gsize length, const char *end)
{
  g_autofree char *text = g_strnfill (length, 'a');
  g_autofree char *json
      = g_strdup_printf ("{\"type\":\"log.line\",\"data\":{\"to\":\"%s%s\"}}", text, end);

  return filter_fixture_new_event (catalogue, json, NULL);
}

/* A pattern that takes too long does not match, whatever it is, and soon. */
static void
test_exhausted (Fixture *fixture, gconstpointer data)
{
  static const char *const greedy[] = { "(a+)+$",           "(?s).*?.*?.*?x",
                                        "(a|aa)+$",         "(?:(?!.*+c)(?!.*+d)a)++[0-9]",
                                        "(?:a*+c|a)*[0-9]", "(?:\\p{L}|\\d|_)++[0-9]",
                                        "^(?:.*?,){3}P" };
  g_autoptr (LtEvent) small = new_long_event (fixture->catalogue, 30, "b");
  g_autoptr (LtEvent) big = new_long_event (fixture->catalogue, 60000, "b");
  g_autoptr (LtFilter) nested = lt_filter_new_from_text (fixture->catalogue, "to:~(a+)+$", NULL);
  g_autoptr (LtFilter) negated = lt_filter_new_from_text (fixture->catalogue, "-to:~(a+)+$", NULL);

  lt_match_context_set_event (fixture->context, small);
  g_assert_false (lt_filter_match (nested, fixture->context));
  g_assert_cmpuint (lt_filter_get_exhausted (nested), ==, 1);
  g_assert_false (lt_filter_match (nested, fixture->context));
  g_assert_cmpuint (lt_filter_get_exhausted (nested), ==, 2);
  g_assert_true (lt_filter_match (negated, fixture->context));
  g_assert_cmpuint (lt_filter_get_exhausted (negated), ==, 1);

  lt_match_context_set_event (fixture->context, big);
  for (guint i = 0; i < G_N_ELEMENTS (greedy); i++)
    {
      g_autofree char *text = g_strconcat ("to:~", greedy[i], NULL);
      g_autoptr (LtFilter) filter = lt_filter_new_from_text (fixture->catalogue, text, NULL);

      g_assert_false (lt_filter_match (filter, fixture->context));
    }
}

/* Many patterns on many values cost no more together than one event may. */
static void
test_exhausted_together (Fixture *fixture, gconstpointer data)
{
  g_autofree char *value = g_strnfill (2000, 'a');
  g_autoptr (GString) json = g_string_new ("{\"type\":\"log.line\",\"data\":{\"to\":[\"short\"");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (LtFilter) hostile = NULL;
  g_autoptr (LtFilter) decent = NULL;
  g_autoptr (LtEvent) event = NULL;

  for (guint i = 0; i < 30; i++)
    g_string_append_printf (json, ",\"%s\"", value);
  g_string_append (json, "]}}");
  for (guint i = 0; i < LT_FILTER_MAX_PATTERNS; i++)
    g_string_append_printf (text, "to:~a++[%c-] ", 'b' + i);
  event = filter_fixture_new_event (fixture->catalogue, json->str, NULL);
  hostile = lt_filter_new_from_text (fixture->catalogue, text->str, NULL);
  decent = lt_filter_new_from_text (fixture->catalogue, "to:~^sh to:~^s", NULL);

  lt_match_context_set_event (fixture->context, event);
  g_assert_false (lt_filter_match (hostile, fixture->context));
  /* Each match of each pattern was given up, of which only the first two cost anything. */
  g_assert_cmpuint (lt_filter_get_exhausted (hostile), ==, LT_FILTER_MAX_PATTERNS * 30);
  g_assert_true (lt_filter_match (decent, fixture->context));
  g_assert_cmpuint (lt_filter_get_exhausted (decent), ==, 0);
}

/* Of a long value the beginning is searched, and its end is not taken for the value's. */
static void
test_long_value (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtEvent) event = new_long_event (fixture->catalogue, 2047, "\xc3\xa4");
  g_autoptr (LtFilter) beginning = lt_filter_new_from_text (fixture->catalogue, "to:~^aa", NULL);
  g_autoptr (LtFilter) cut = lt_filter_new_from_text (fixture->catalogue, "to:~a$", NULL);
  g_autoptr (LtFilter) contains
      = lt_filter_new_from_text (fixture->catalogue, "to:a\xc3\x84", NULL);

  lt_match_context_set_event (fixture->context, event);
  g_assert_true (lt_filter_match (beginning, fixture->context));
  g_assert_false (lt_filter_match (cut, fixture->context));
  g_assert_true (lt_filter_match (contains, fixture->context));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/filter-budget/exhausted", Fixture, NULL, set_up, test_exhausted, tear_down);
  g_test_add ("/filter-budget/exhausted-together", Fixture, NULL, set_up, test_exhausted_together,
              tear_down);
  g_test_add ("/filter-budget/long-value", Fixture, NULL, set_up, test_long_value, tear_down);
  return g_test_run ();
}
