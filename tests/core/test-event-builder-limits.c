/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder-fixture.h"

#include <math.h>
#include <string.h>

static void
test_refused_members (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;

  builder_fixture_assert_refused (fixture, lt_event_builder_end (builder, &error) != NULL, &error,
                                  LT_ERROR_INVALID_EVENT, "\"type\"");
  builder_fixture_assert_refused (fixture, lt_event_builder_set_type (builder, "A b", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"A b\"");
  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_assert_refused (fixture, lt_event_builder_set_type (builder, "a.b", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"type\"");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_level (builder, "disable", -1, &error),
                                  &error, LT_ERROR_INVALID_LEVEL, "\"disable\"");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_level (builder, "warn\0", 5, &error), &error,
                                  LT_ERROR_INVALID_LEVEL, "warn");
  builder_fixture_assert_refused (fixture, lt_event_builder_set_text (builder, "\xff", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"text\"");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_details (builder, "a\0b", 3, &error), &error,
                                  LT_ERROR_INVALID_EVENT, "\"details\"");
  builder_fixture_assert_refused (
      fixture, lt_event_builder_set_created_at_text (builder, "yesterday", -1, &error), &error,
      LT_ERROR_INVALID_EVENT, "\"yesterday\"");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_created_at (builder, G_MAXINT64, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"createdAt\"");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_role_text (builder, "begin", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"begin\"");
}

static void
test_refused_values (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;

  builder_fixture_assert_refused (fixture, lt_event_builder_set_key (builder, "a b", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"a b\"");
  builder_fixture_add_string (fixture, "remote_ip", "x");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_key (builder, "RemoteIP", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"remoteIp\"");
  builder_fixture_assert_refused (
      fixture, lt_event_builder_add_string_field (builder, "from", "\xc3", &error), &error,
      LT_ERROR_INVALID_EVENT, "\"from\"");
  builder_fixture_set_key (fixture, "from");
  builder_fixture_assert_refused (fixture, lt_event_builder_add_string (builder, "a\0b", 3, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"from\"");
  builder_fixture_set_key (fixture, "size");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_add_number (builder, (double) INFINITY, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"size\"");
  builder_fixture_set_key (fixture, "size");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_add_number (builder, (double) NAN, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"size\"");
  builder_fixture_set_key (fixture, "causedBy");
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  builder_fixture_add_string (fixture, "reason", "x");
  builder_fixture_assert_refused (fixture, lt_event_builder_end_event (builder, &error), &error,
                                  LT_ERROR_INVALID_EVENT, "\"type\"");
}

static void
test_limits (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autofree char *huge = g_strnfill (65536, 'x');
  g_autoptr (GError) error = NULL;
  guint8 raw[1] = { 0 };

  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_add_string_field (builder, "from", huge, &error),
                                  &error, LT_ERROR_TOO_LARGE, "\"from\"");
  builder_fixture_assert_refused (fixture, lt_event_builder_set_text (builder, huge, -1, &error),
                                  &error, LT_ERROR_TOO_LARGE, "65536");
  builder_fixture_set_key (fixture, "raw");
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_add_bytes (builder, raw, G_MAXSIZE, &error),
                                  &error, LT_ERROR_TOO_LARGE, "65536");

  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      builder_fixture_add_string (fixture, key, "");
    }
  builder_fixture_assert_refused (fixture,
                                  lt_event_builder_set_key (builder, "one-more", -1, &error),
                                  &error, LT_ERROR_TOO_LARGE, "64");

  builder_fixture_set_key (fixture, "deep");
  for (guint i = 0; i < 8; i++)
    g_assert_true (lt_event_builder_begin_list (builder, NULL));
  builder_fixture_assert_refused (fixture, lt_event_builder_begin_event (builder, &error), &error,
                                  LT_ERROR_TOO_LARGE, "\"deep\"");

  builder_fixture_set_key (fixture, "wide");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  while (lt_event_builder_add_integer (builder, 1, &error))
    ;
  builder_fixture_assert_refused (fixture, FALSE, &error, LT_ERROR_TOO_LARGE, "\"wide\"");
}

static void
test_large (BuilderFixture *fixture, gconstpointer user_data)
{
  g_autofree char *large = g_strnfill (65000, 'x');
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_add_string (fixture, "from", large);
  event = builder_fixture_end (fixture);
  g_assert_cmpstr (builder_fixture_find (fixture, event, "from")->string, ==, large);
  g_assert_cmpuint (event->size_bytes, >, 65000);
  g_object_unref (event);

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_add_string (fixture, "from", "small");
  event = builder_fixture_end (fixture);
  g_assert_cmpstr (builder_fixture_find (fixture, event, "from")->string, ==, "small");
  g_object_unref (event);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  builder_fixture_add ("/event-builder-limits/refused-members", test_refused_members);
  builder_fixture_add ("/event-builder-limits/refused-values", test_refused_values);
  builder_fixture_add ("/event-builder-limits/limits", test_limits);
  builder_fixture_add ("/event-builder-limits/large", test_large);
  return g_test_run ();
}
