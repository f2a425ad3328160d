/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder-fixture.h"

#include "core/lt-time.h"

#include <math.h>
#include <string.h>

static void
test_least (BuilderFixture *fixture, gconstpointer user_data)
{
  gint64 before_us = g_get_real_time ();
  LtEvent *event;

  builder_fixture_set_type (fixture, "queue.rescheduled");
  event = builder_fixture_end (fixture);
  g_assert_cmpuint (event->sequence, ==, 0);
  g_assert_cmpint (event->created_at_us, >=, before_us);
  g_assert_cmpint (event->created_at_us, <=, g_get_real_time ());
  g_assert_cmpstr (event->type->name, ==, "queue.rescheduled");
  g_assert_cmpstr (event->text, ==, "Queue rescheduled");
  g_assert_cmpuint (event->text_length, ==, 17);
  g_assert_null (event->details);
  g_assert_null (event->span_id);
  g_assert_null (event->parent_span_id);
  g_assert_null (event->span);
  g_assert_null (event->json);
  g_assert_cmpuint (event->n_fields, ==, 0);
  g_assert_cmpuint (event->level, ==, LT_LEVEL_INFO);
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpuint (lt_event_get_size_bytes (event), >=, sizeof *event);
  g_assert_nonnull (lt_catalogue_find_type (fixture->catalogue, "queue.rescheduled", -1));
  g_assert_finalize_object (event);
}

static void
test_members (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  LtEvent *event;

  g_assert_true (lt_event_builder_set_level (builder, "warning", 4, NULL));
  g_assert_true (lt_event_builder_set_text (builder, "Grüße", -1, NULL));
  g_assert_true (lt_event_builder_set_details (builder, "more of it", 4, NULL));
  g_assert_true (
      lt_event_builder_set_created_at_text (builder, "2026-11-22T06:35:06.041377Z", -1, NULL));
  builder_fixture_set_type (fixture, "smtp.connection-start");
  g_assert_true (lt_event_builder_set_role_text (builder, "ending", 3, NULL));
  event = builder_fixture_end (fixture);
  g_assert_cmpuint (event->level, ==, LT_LEVEL_WARN);
  g_assert_cmpstr (event->text, ==, "Grüße");
  g_assert_cmpuint (event->text_length, ==, 7);
  g_assert_cmpstr (event->details, ==, "more");
  g_assert_cmpuint (event->details_length, ==, 4);
  g_assert_cmpint (event->created_at_us, ==, G_GINT64_CONSTANT (1795329306041377));
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_END);
  g_object_unref (event);

  builder_fixture_set_type (fixture, "smtp.connection-start");
  g_assert_true (lt_event_builder_set_created_at (builder, -1, NULL));
  g_assert_true (lt_event_builder_set_text (builder, "", -1, NULL));
  event = builder_fixture_end (fixture);
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpint (event->created_at_us, ==, -1);
  g_assert_cmpstr (event->text, ==, "");
  g_assert_null (event->details);
  g_object_unref (event);
}

static void
test_kinds (BuilderFixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *key;
    const char *text;
    LtValueKind kind;
  } rows[] = {
    { "remoteIp", "192.168.1.1", LT_VALUE_IP },
    { "remote-ip", "2001:DB8::1", LT_VALUE_IP },
    { "remoteIp", "unknown", LT_VALUE_STRING },
    { "remoteIp", "", LT_VALUE_STRING },
    { "hostname", "192.168.1.1", LT_VALUE_STRING },
    { "expires", "2026-11-22T06:35:06Z", LT_VALUE_TIME },
    { "expires", "tomorrow", LT_VALUE_STRING },
    { "elapsed", "1.5s", LT_VALUE_STRING },
    { "contents", "YWJj", LT_VALUE_BYTES },
    { "contents", "YWI=", LT_VALUE_BYTES },
    { "contents", "YQ==", LT_VALUE_BYTES },
    { "contents", "", LT_VALUE_BYTES },
    { "contents", "YQ=", LT_VALUE_STRING },
    { "contents", "Y===", LT_VALUE_STRING },
    { "contents", "====", LT_VALUE_STRING },
    { "contents", "Y=Q=", LT_VALUE_STRING },
    { "contents", "YW-j", LT_VALUE_STRING },
    { "localPort", "25", LT_VALUE_STRING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const LtValue *value;
      LtEvent *event;

      builder_fixture_set_type (fixture, "a.b");
      builder_fixture_add_string (fixture, rows[i].key, rows[i].text);
      event = builder_fixture_end (fixture);
      value = builder_fixture_find (fixture, event, rows[i].key);
      g_assert_cmpuint (value->kind, ==, rows[i].kind);
      g_assert_cmpuint (value->length, ==, strlen (rows[i].text));
      g_assert_cmpstr (lt_value_get_text (value), ==, rows[i].text);
      g_object_unref (event);
    }
}

static void
test_parsed_forms (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEvent *event;
  const LtValue *value;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_add_string (fixture, "pad", "x");
  builder_fixture_add_string (fixture, "remoteIp", "10.1.2.3");
  builder_fixture_add_string (fixture, "expires", "1970-01-01T00:00:01+00:00");
  event = builder_fixture_end (fixture);
  value = builder_fixture_find (fixture, event, "remoteIp");
  g_assert_cmpuint (value->ip->address.length, ==, 4);
  g_assert_cmpuint (value->ip->address.bytes[3], ==, 3);
  value = builder_fixture_find (fixture, event, "expires");
  g_assert_cmpint (value->time->unix_us, ==, G_USEC_PER_SEC);
  g_assert_cmpuint ((gsize) value->time % G_ALIGNOF (LtTimeData), ==, 0);
  g_object_unref (event);
}

static void
test_scalars (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  static const guint8 raw[] = { 0, 255, 1, 2 };
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  g_assert_true (lt_event_builder_add_integer_field (builder, "least", G_MININT64, NULL));
  g_assert_true (lt_event_builder_add_integer_field (builder, "elapsed", 1500, NULL));
  builder_fixture_set_key (fixture, "most");
  g_assert_true (lt_event_builder_add_unsigned (builder, G_MAXUINT64, NULL));
  builder_fixture_set_key (fixture, "small");
  g_assert_true (lt_event_builder_add_unsigned (builder, 5, NULL));
  builder_fixture_set_key (fixture, "part");
  g_assert_true (lt_event_builder_add_number (builder, -0.25, NULL));
  g_assert_true (lt_event_builder_add_boolean_field (builder, "tls", TRUE, NULL));
  builder_fixture_set_key (fixture, "raw");
  g_assert_true (lt_event_builder_add_bytes (builder, raw, sizeof raw, NULL));
  builder_fixture_set_key (fixture, "noBytes");
  g_assert_true (lt_event_builder_add_bytes (builder, NULL, 0, NULL));
  event = builder_fixture_end (fixture);

  g_assert_cmpuint (event->n_fields, ==, 8);
  g_assert_cmpint (builder_fixture_find (fixture, event, "least")->integer, ==, G_MININT64);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "least")->kind, ==, LT_VALUE_INTEGER);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "elapsed")->kind, ==, LT_VALUE_DURATION);
  g_assert_cmpint (builder_fixture_find (fixture, event, "elapsed")->integer, ==, 1500);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "most")->kind, ==, LT_VALUE_UNSIGNED);
  g_assert_true (builder_fixture_find (fixture, event, "most")->uinteger == G_MAXUINT64);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "small")->kind, ==, LT_VALUE_INTEGER);
  g_assert_cmpfloat (builder_fixture_find (fixture, event, "part")->number, ==, -0.25);
  g_assert_true (builder_fixture_find (fixture, event, "tls")->boolean);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "raw")->kind, ==, LT_VALUE_BYTES);
  g_assert_cmpstr (builder_fixture_find (fixture, event, "raw")->string, ==, "AP8BAg==");
  g_assert_cmpstr (builder_fixture_find (fixture, event, "noBytes")->string, ==, "");
  g_object_unref (event);
}

static void
test_lists (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  const LtValue *value;
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "remoteIp");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "10.0.0.1", -1, NULL));
  lt_event_builder_skip_value (builder);
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "::1", -1, NULL));
  g_assert_true (lt_event_builder_add_integer (builder, 7, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "mail", -1, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  builder_fixture_set_key (fixture, "empty");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  builder_fixture_add_string (fixture, "after", "x");
  event = builder_fixture_end (fixture);

  value = builder_fixture_find (fixture, event, "remoteIp");
  g_assert_cmpuint (value->kind, ==, LT_VALUE_LIST);
  g_assert_cmpuint (value->length, ==, 3);
  g_assert_cmpuint (value->items[0].kind, ==, LT_VALUE_IP);
  g_assert_cmpuint (value->items[1].kind, ==, LT_VALUE_LIST);
  g_assert_cmpuint (value->items[1].length, ==, 2);
  g_assert_cmpstr (value->items[1].items[0].ip->text, ==, "::1");
  g_assert_cmpint (value->items[1].items[1].integer, ==, 7);
  g_assert_cmpuint (value->items[2].kind, ==, LT_VALUE_STRING);
  g_assert_cmpstr (value->items[2].string, ==, "mail");
  g_assert_cmpuint (builder_fixture_find (fixture, event, "empty")->length, ==, 0);
  g_assert_cmpstr (builder_fixture_find (fixture, event, "after")->string, ==, "x");
  g_object_unref (event);
}

static void
test_nested (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  const LtNested *nested;
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "causedBy");
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  builder_fixture_add_string (fixture, "remoteIp", "10.0.0.1");
  builder_fixture_set_key (fixture, "reason");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  builder_fixture_set_type (fixture, "in.most");
  g_assert_true (lt_event_builder_set_text (builder, "deep", -1, NULL));
  g_assert_true (lt_event_builder_set_details (builder, "deeper", -1, NULL));
  g_assert_true (lt_event_builder_set_level (builder, "error", -1, NULL));
  g_assert_true (lt_event_builder_set_created_at (builder, 77, NULL));
  g_assert_true (lt_event_builder_end_event (builder, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  builder_fixture_set_type (fixture, "in.between");
  g_assert_true (lt_event_builder_set_role (builder, LT_SPAN_ROLE_END, NULL));
  builder_fixture_add_string (fixture, "spanId", "inner");
  g_assert_true (lt_event_builder_end_event (builder, NULL));
  builder_fixture_add_string (fixture, "remoteIp", "10.0.0.2");
  event = builder_fixture_end (fixture);

  g_assert_cmpuint (event->n_fields, ==, 2);
  g_assert_null (event->span_id);
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpstr (builder_fixture_find (fixture, event, "remoteIp")->ip->text, ==, "10.0.0.2");
  g_assert_cmpuint (builder_fixture_find (fixture, event, "causedBy")->kind, ==, LT_VALUE_EVENT);
  nested = builder_fixture_find (fixture, event, "causedBy")->nested;
  g_assert_cmpstr (nested->type->name, ==, "in.between");
  g_assert_cmpstr (nested->text, ==, "In between");
  g_assert_cmpuint (nested->text_length, ==, 10);
  g_assert_null (nested->details);
  g_assert_cmpuint (nested->level, ==, LT_LEVEL_INFO);
  g_assert_cmpint (nested->created_at_us, ==, G_MININT64);
  g_assert_cmpuint (nested->n_fields, ==, 3);
  g_assert_cmpstr (nested->fields[0].key->name, ==, "remoteIp");
  g_assert_cmpstr (nested->fields[0].value.ip->text, ==, "10.0.0.1");
  nested = nested->fields[1].value.items[0].nested;
  g_assert_cmpstr (nested->text, ==, "deep");
  g_assert_cmpstr (nested->details, ==, "deeper");
  g_assert_cmpuint (nested->level, ==, LT_LEVEL_ERROR);
  g_assert_cmpint (nested->created_at_us, ==, 77);
  g_assert_cmpuint (nested->n_fields, ==, 0);
  g_object_unref (event);
}

static void
test_span_ids (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_add_string (fixture, "span_id", "18469");
  g_assert_true (lt_event_builder_add_integer_field (builder, "parentSpanId", -5, NULL));
  event = builder_fixture_end (fixture);
  g_assert_cmpstr (event->span_id, ==, "18469");
  g_assert_cmpstr (event->parent_span_id, ==, "-5");
  g_assert_cmpuint (builder_fixture_find (fixture, event, "spanId")->kind, ==, LT_VALUE_STRING);
  g_assert_cmpuint (builder_fixture_find (fixture, event, "parentSpanId")->kind, ==,
                    LT_VALUE_INTEGER);
  g_object_unref (event);

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_add_unsigned (builder, G_MAXUINT64, NULL));
  g_assert_true (lt_event_builder_add_boolean_field (builder, "parentSpanId", TRUE, NULL));
  event = builder_fixture_end (fixture);
  g_assert_cmpstr (event->span_id, ==, "18446744073709551615");
  g_assert_cmpstr (event->parent_span_id, ==, "true");
  g_object_unref (event);

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_add_number (builder, 0.5, NULL));
  builder_fixture_add_string (fixture, "parentSpanId", "");
  event = builder_fixture_end (fixture);
  g_assert_cmpstr (event->span_id, ==, "0.5");
  g_assert_null (event->parent_span_id);
  g_object_unref (event);

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "x", -1, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  builder_fixture_set_key (fixture, "parentSpanId");
  lt_event_builder_skip_value (builder);
  event = builder_fixture_end (fixture);
  g_assert_null (event->span_id);
  g_assert_null (event->parent_span_id);
  g_object_unref (event);
}

static void
test_null (BuilderFixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;
  LtEvent *event;

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "first");
  lt_event_builder_skip_value (builder);
  builder_fixture_add_string (fixture, "second", "2");
  builder_fixture_set_key (fixture, "third");
  lt_event_builder_skip_value (builder);
  builder_fixture_add_string (fixture, "fourth", "4");
  event = builder_fixture_end (fixture);
  g_assert_cmpuint (event->n_fields, ==, 2);
  g_assert_cmpstr (event->fields[0].key->name, ==, "second");
  g_assert_cmpstr (event->fields[1].key->name, ==, "fourth");
  g_assert_null (lt_catalogue_find_key (fixture->catalogue, "first", -1));
  g_object_unref (event);

  builder_fixture_set_type (fixture, "a.b");
  builder_fixture_set_key (fixture, "first");
  lt_event_builder_skip_value (builder);
  builder_fixture_assert_refused (fixture, lt_event_builder_set_key (builder, "First", -1, &error),
                                  &error, LT_ERROR_INVALID_EVENT, "\"first\"");
}

/* An event needs neither its builder nor its catalogue to live on. */
static void
test_outlives (BuilderFixture *fixture, gconstpointer user_data)
{
  LtCatalogue *catalogue = lt_catalogue_new ();
  LtEventBuilder *builder = lt_event_builder_new (catalogue, NULL);
  LtEvent *event;

  g_assert_true (lt_event_builder_get_catalogue (builder) == catalogue);
  g_assert_true (lt_event_builder_set_type (builder, "a.b", -1, NULL));
  g_assert_true (lt_event_builder_add_string_field (builder, "some_key", "x", NULL));
  event = lt_event_builder_end (builder, NULL);
  g_assert_true (lt_event_builder_set_type (builder, "not.ended", -1, NULL));
  g_assert_true (lt_event_builder_add_string_field (builder, "other", "x", NULL));
  lt_event_builder_free (builder);
  g_assert_finalize_object (catalogue);
  g_assert_cmpstr (event->fields[0].key->name, ==, "someKey");
  g_assert_cmpstr (event->type->text, ==, "A b");
  g_assert_finalize_object (event);
}

static void
add_random_value (LtEventBuilder *builder, GRand *random, guint depth)
{
  static const char *const texts[]
      = { "", "x", "192.168.1.1", "2026-11-22T06:35:06Z", "YWJj", "Grüße", "18446744073709551615" };
  guint n = (guint) g_rand_int_range (random, 0, 4);

  switch (g_rand_int_range (random, 0, depth < 6 ? 8 : 6))
    {
    case 0:
      g_assert_true (lt_event_builder_add_integer (builder, g_rand_int (random), NULL));
      break;
    case 1:
      g_assert_true (lt_event_builder_add_unsigned (builder, G_MAXUINT64 - n, NULL));
      break;
    case 2:
      g_assert_true (lt_event_builder_add_number (builder, g_rand_double (random), NULL));
      break;
    case 3:
      g_assert_true (lt_event_builder_add_boolean (builder, n & 1, NULL));
      break;
    case 4:
      lt_event_builder_skip_value (builder);
      break;
    case 5:
      g_assert_true (lt_event_builder_add_string (
          builder, texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))], -1, NULL));
      break;
    case 6:
      g_assert_true (lt_event_builder_begin_list (builder, NULL));
      while (n-- > 0)
        add_random_value (builder, random, depth + 1);
      g_assert_true (lt_event_builder_end_list (builder, NULL));
      break;
    default:
      g_assert_true (lt_event_builder_begin_event (builder, NULL));
      g_assert_true (lt_event_builder_set_type (builder, n & 1 ? "a.b" : "in.side", -1, NULL));
      if (n & 2)
        g_assert_true (lt_event_builder_set_details (builder, "some", -1, NULL));
      for (; n > 0; n--)
        {
          g_autofree char *key = g_strdup_printf ("n%u", n);

          g_assert_true (lt_event_builder_set_key (builder, key, -1, NULL));
          add_random_value (builder, random, depth + 1);
        }
      g_assert_true (lt_event_builder_end_event (builder, NULL));
      break;
    }
}

static LtEvent *
build_random (LtEventBuilder *builder, guint32 seed)
{
  static const char *const keys[]
      = { "remoteIp", "expires", "elapsed", "contents", "localPort", "odd", "spanId", "to" };
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint n_keys = (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (keys) + 1);
  LtEvent *event;

  g_assert_true (lt_event_builder_set_type (builder, "a.b", -1, NULL));
  g_assert_true (lt_event_builder_set_created_at (builder, 5, NULL));
  for (guint i = 0; i < n_keys; i++)
    {
      g_assert_true (lt_event_builder_set_key (builder, keys[i], -1, NULL));
      add_random_value (builder, random, 0);
    }
  event = lt_event_builder_end (builder, NULL);
  g_assert_nonnull (event);
  return event;
}

/* The same calls make equal events, from whatever builder and catalogue. */
static void
test_random (BuilderFixture *fixture, gconstpointer user_data)
{
  BuilderFixture other;
  guint n_different = 0;

  builder_fixture_set_up (&other, NULL);
  for (guint i = 0; i < 3000; i++)
    {
      guint32 seed = (guint32) g_test_rand_int ();
      g_autoptr (LtEvent) first = build_random (fixture->builder, seed);
      g_autoptr (LtEvent) second = build_random (other.builder, seed);
      g_autoptr (LtEvent) third = build_random (fixture->builder, seed + 1);

      g_assert_true (lt_event_equal (first, second));
      n_different += !lt_event_equal (first, third);
    }
  g_assert_cmpuint (n_different, >, 2000);
  builder_fixture_tear_down (&other, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  builder_fixture_add ("/event-builder/least", test_least);
  builder_fixture_add ("/event-builder/members", test_members);
  builder_fixture_add ("/event-builder/kinds", test_kinds);
  builder_fixture_add ("/event-builder/parsed-forms", test_parsed_forms);
  builder_fixture_add ("/event-builder/scalars", test_scalars);
  builder_fixture_add ("/event-builder/lists", test_lists);
  builder_fixture_add ("/event-builder/nested", test_nested);
  builder_fixture_add ("/event-builder/span-ids", test_span_ids);
  builder_fixture_add ("/event-builder/null", test_null);
  builder_fixture_add ("/event-builder/outlives", test_outlives);
  builder_fixture_add ("/event-builder/random", test_random);
  return g_test_run ();
}
