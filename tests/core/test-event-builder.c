/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-event-builder.h"
#include "core/lt-time.h"

#include <math.h>
#include <string.h>

typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtEventBuilder *builder; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *name;
    LtValueKind kind;
  } keys[] = {
    { "remoteIp", LT_VALUE_IP },       { "expires", LT_VALUE_TIME },
    { "elapsed", LT_VALUE_DURATION },  { "contents", LT_VALUE_BYTES },
    { "localPort", LT_VALUE_INTEGER },
  };

  fixture->catalogue = lt_catalogue_new ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    lt_key_unref (lt_catalogue_add_key (fixture->catalogue, keys[i].name, keys[i].kind, NULL));
  fixture->builder = lt_event_builder_new (fixture->catalogue, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  lt_event_builder_free (fixture->builder);
  g_assert_finalize_object (fixture->catalogue);
}

static LtEvent *
end (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event = lt_event_builder_end (fixture->builder, &error);

  g_assert_no_error (error);
  g_assert_true (LT_IS_EVENT (event));
  return event;
}

static void
set_type (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_type (fixture->builder, name, -1, &error);
  g_assert_no_error (error);
}

static void
set_key (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_key (fixture->builder, name, -1, &error);
  g_assert_no_error (error);
}

static void
add_string (Fixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_add_string_field (fixture->builder, key, text, &error);
  g_assert_no_error (error);
}

static const LtValue *
find (Fixture *fixture, LtEvent *event, const char *name)
{
  return lt_event_find (event, lt_catalogue_find_key (fixture->catalogue, name, -1));
}

/* Checks that @good is false, and clears what was being built. */
static void
assert_refused (Fixture *fixture, gboolean good, GError **error, LtErrorCode code,
                const char *names)
{
  g_assert_false (good);
  g_assert_error (*error, LT_ERROR, (gint) code);
  g_assert_nonnull (strstr ((*error)->message, names));
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
  lt_event_builder_reset (fixture->builder);
}

static void
test_least (Fixture *fixture, gconstpointer user_data)
{
  gint64 before_us = g_get_real_time ();
  LtEvent *event;

  set_type (fixture, "queue.rescheduled");
  event = end (fixture);
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
test_members (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  LtEvent *event;

  g_assert_true (lt_event_builder_set_level (builder, "warning", 4, NULL));
  g_assert_true (lt_event_builder_set_text (builder, "Grüße", -1, NULL));
  g_assert_true (lt_event_builder_set_details (builder, "more of it", 4, NULL));
  g_assert_true (
      lt_event_builder_set_created_at_text (builder, "2026-11-22T06:35:06.041377Z", -1, NULL));
  set_type (fixture, "smtp.connection-start");
  g_assert_true (lt_event_builder_set_role_text (builder, "ending", 3, NULL));
  event = end (fixture);
  g_assert_cmpuint (event->level, ==, LT_LEVEL_WARN);
  g_assert_cmpstr (event->text, ==, "Grüße");
  g_assert_cmpuint (event->text_length, ==, 7);
  g_assert_cmpstr (event->details, ==, "more");
  g_assert_cmpuint (event->details_length, ==, 4);
  g_assert_cmpint (event->created_at_us, ==, G_GINT64_CONSTANT (1795329306041377));
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_END);
  g_object_unref (event);

  set_type (fixture, "smtp.connection-start");
  g_assert_true (lt_event_builder_set_created_at (builder, -1, NULL));
  g_assert_true (lt_event_builder_set_text (builder, "", -1, NULL));
  event = end (fixture);
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpint (event->created_at_us, ==, -1);
  g_assert_cmpstr (event->text, ==, "");
  g_assert_null (event->details);
  g_object_unref (event);
}

static void
test_kinds (Fixture *fixture, gconstpointer user_data)
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

      set_type (fixture, "a.b");
      add_string (fixture, rows[i].key, rows[i].text);
      event = end (fixture);
      value = find (fixture, event, rows[i].key);
      g_assert_cmpuint (value->kind, ==, rows[i].kind);
      g_assert_cmpuint (value->length, ==, strlen (rows[i].text));
      g_assert_cmpstr (lt_value_get_text (value), ==, rows[i].text);
      g_object_unref (event);
    }
}

static void
test_parsed_forms (Fixture *fixture, gconstpointer user_data)
{
  LtEvent *event;
  const LtValue *value;

  set_type (fixture, "a.b");
  add_string (fixture, "pad", "x");
  add_string (fixture, "remoteIp", "10.1.2.3");
  add_string (fixture, "expires", "1970-01-01T00:00:01+00:00");
  event = end (fixture);
  value = find (fixture, event, "remoteIp");
  g_assert_cmpuint (value->ip->address.length, ==, 4);
  g_assert_cmpuint (value->ip->address.bytes[3], ==, 3);
  value = find (fixture, event, "expires");
  g_assert_cmpint (value->time->unix_us, ==, G_USEC_PER_SEC);
  g_assert_cmpuint ((gsize) value->time % G_ALIGNOF (LtTimeData), ==, 0);
  g_object_unref (event);
}

static void
test_scalars (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  static const guint8 raw[] = { 0, 255, 1, 2 };
  LtEvent *event;

  set_type (fixture, "a.b");
  g_assert_true (lt_event_builder_add_integer_field (builder, "least", G_MININT64, NULL));
  g_assert_true (lt_event_builder_add_integer_field (builder, "elapsed", 1500, NULL));
  set_key (fixture, "most");
  g_assert_true (lt_event_builder_add_unsigned (builder, G_MAXUINT64, NULL));
  set_key (fixture, "small");
  g_assert_true (lt_event_builder_add_unsigned (builder, 5, NULL));
  set_key (fixture, "part");
  g_assert_true (lt_event_builder_add_number (builder, -0.25, NULL));
  g_assert_true (lt_event_builder_add_boolean_field (builder, "tls", TRUE, NULL));
  set_key (fixture, "raw");
  g_assert_true (lt_event_builder_add_bytes (builder, raw, sizeof raw, NULL));
  set_key (fixture, "noBytes");
  g_assert_true (lt_event_builder_add_bytes (builder, NULL, 0, NULL));
  event = end (fixture);

  g_assert_cmpuint (event->n_fields, ==, 8);
  g_assert_cmpint (find (fixture, event, "least")->integer, ==, G_MININT64);
  g_assert_cmpuint (find (fixture, event, "least")->kind, ==, LT_VALUE_INTEGER);
  g_assert_cmpuint (find (fixture, event, "elapsed")->kind, ==, LT_VALUE_DURATION);
  g_assert_cmpint (find (fixture, event, "elapsed")->integer, ==, 1500);
  g_assert_cmpuint (find (fixture, event, "most")->kind, ==, LT_VALUE_UNSIGNED);
  g_assert_true (find (fixture, event, "most")->uinteger == G_MAXUINT64);
  g_assert_cmpuint (find (fixture, event, "small")->kind, ==, LT_VALUE_INTEGER);
  g_assert_cmpfloat (find (fixture, event, "part")->number, ==, -0.25);
  g_assert_true (find (fixture, event, "tls")->boolean);
  g_assert_cmpuint (find (fixture, event, "raw")->kind, ==, LT_VALUE_BYTES);
  g_assert_cmpstr (find (fixture, event, "raw")->string, ==, "AP8BAg==");
  g_assert_cmpstr (find (fixture, event, "noBytes")->string, ==, "");
  g_object_unref (event);
}

static void
test_lists (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  const LtValue *value;
  LtEvent *event;

  set_type (fixture, "a.b");
  set_key (fixture, "remoteIp");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "10.0.0.1", -1, NULL));
  lt_event_builder_skip_value (builder);
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "::1", -1, NULL));
  g_assert_true (lt_event_builder_add_integer (builder, 7, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "mail", -1, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  set_key (fixture, "empty");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  add_string (fixture, "after", "x");
  event = end (fixture);

  value = find (fixture, event, "remoteIp");
  g_assert_cmpuint (value->kind, ==, LT_VALUE_LIST);
  g_assert_cmpuint (value->length, ==, 3);
  g_assert_cmpuint (value->items[0].kind, ==, LT_VALUE_IP);
  g_assert_cmpuint (value->items[1].kind, ==, LT_VALUE_LIST);
  g_assert_cmpuint (value->items[1].length, ==, 2);
  g_assert_cmpstr (value->items[1].items[0].ip->text, ==, "::1");
  g_assert_cmpint (value->items[1].items[1].integer, ==, 7);
  g_assert_cmpuint (value->items[2].kind, ==, LT_VALUE_STRING);
  g_assert_cmpstr (value->items[2].string, ==, "mail");
  g_assert_cmpuint (find (fixture, event, "empty")->length, ==, 0);
  g_assert_cmpstr (find (fixture, event, "after")->string, ==, "x");
  g_object_unref (event);
}

static void
test_nested (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  const LtNested *nested;
  LtEvent *event;

  set_type (fixture, "a.b");
  set_key (fixture, "causedBy");
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  add_string (fixture, "remoteIp", "10.0.0.1");
  set_key (fixture, "reason");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  set_type (fixture, "in.most");
  g_assert_true (lt_event_builder_set_text (builder, "deep", -1, NULL));
  g_assert_true (lt_event_builder_set_details (builder, "deeper", -1, NULL));
  g_assert_true (lt_event_builder_set_level (builder, "error", -1, NULL));
  g_assert_true (lt_event_builder_set_created_at (builder, 77, NULL));
  g_assert_true (lt_event_builder_end_event (builder, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  set_type (fixture, "in.between");
  g_assert_true (lt_event_builder_set_role (builder, LT_SPAN_ROLE_END, NULL));
  add_string (fixture, "spanId", "inner");
  g_assert_true (lt_event_builder_end_event (builder, NULL));
  add_string (fixture, "remoteIp", "10.0.0.2");
  event = end (fixture);

  g_assert_cmpuint (event->n_fields, ==, 2);
  g_assert_null (event->span_id);
  g_assert_cmpuint (event->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpstr (find (fixture, event, "remoteIp")->ip->text, ==, "10.0.0.2");
  g_assert_cmpuint (find (fixture, event, "causedBy")->kind, ==, LT_VALUE_EVENT);
  nested = find (fixture, event, "causedBy")->nested;
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
test_span_ids (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  LtEvent *event;

  set_type (fixture, "a.b");
  add_string (fixture, "span_id", "18469");
  g_assert_true (lt_event_builder_add_integer_field (builder, "parentSpanId", -5, NULL));
  event = end (fixture);
  g_assert_cmpstr (event->span_id, ==, "18469");
  g_assert_cmpstr (event->parent_span_id, ==, "-5");
  g_assert_cmpuint (find (fixture, event, "spanId")->kind, ==, LT_VALUE_STRING);
  g_assert_cmpuint (find (fixture, event, "parentSpanId")->kind, ==, LT_VALUE_INTEGER);
  g_object_unref (event);

  set_type (fixture, "a.b");
  set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_add_unsigned (builder, G_MAXUINT64, NULL));
  g_assert_true (lt_event_builder_add_boolean_field (builder, "parentSpanId", TRUE, NULL));
  event = end (fixture);
  g_assert_cmpstr (event->span_id, ==, "18446744073709551615");
  g_assert_cmpstr (event->parent_span_id, ==, "true");
  g_object_unref (event);

  set_type (fixture, "a.b");
  set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_add_number (builder, 0.5, NULL));
  add_string (fixture, "parentSpanId", "");
  event = end (fixture);
  g_assert_cmpstr (event->span_id, ==, "0.5");
  g_assert_null (event->parent_span_id);
  g_object_unref (event);

  set_type (fixture, "a.b");
  set_key (fixture, "spanId");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  g_assert_true (lt_event_builder_add_string (builder, "x", -1, NULL));
  g_assert_true (lt_event_builder_end_list (builder, NULL));
  set_key (fixture, "parentSpanId");
  lt_event_builder_skip_value (builder);
  event = end (fixture);
  g_assert_null (event->span_id);
  g_assert_null (event->parent_span_id);
  g_object_unref (event);
}

static void
test_null (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;
  LtEvent *event;

  set_type (fixture, "a.b");
  set_key (fixture, "first");
  lt_event_builder_skip_value (builder);
  add_string (fixture, "second", "2");
  set_key (fixture, "third");
  lt_event_builder_skip_value (builder);
  add_string (fixture, "fourth", "4");
  event = end (fixture);
  g_assert_cmpuint (event->n_fields, ==, 2);
  g_assert_cmpstr (event->fields[0].key->name, ==, "second");
  g_assert_cmpstr (event->fields[1].key->name, ==, "fourth");
  g_assert_null (lt_catalogue_find_key (fixture->catalogue, "first", -1));
  g_object_unref (event);

  set_type (fixture, "a.b");
  set_key (fixture, "first");
  lt_event_builder_skip_value (builder);
  assert_refused (fixture, lt_event_builder_set_key (builder, "First", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"first\"");
}

static void
test_refused_members (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;

  assert_refused (fixture, lt_event_builder_end (builder, &error) != NULL, &error,
                  LT_ERROR_INVALID_EVENT, "\"type\"");
  assert_refused (fixture, lt_event_builder_set_type (builder, "A b", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"A b\"");
  set_type (fixture, "a.b");
  assert_refused (fixture, lt_event_builder_set_type (builder, "a.b", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"type\"");
  assert_refused (fixture, lt_event_builder_set_level (builder, "disable", -1, &error), &error,
                  LT_ERROR_INVALID_LEVEL, "\"disable\"");
  assert_refused (fixture, lt_event_builder_set_level (builder, "warn\0", 5, &error), &error,
                  LT_ERROR_INVALID_LEVEL, "warn");
  assert_refused (fixture, lt_event_builder_set_text (builder, "\xff", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"text\"");
  assert_refused (fixture, lt_event_builder_set_details (builder, "a\0b", 3, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"details\"");
  assert_refused (fixture, lt_event_builder_set_created_at_text (builder, "yesterday", -1, &error),
                  &error, LT_ERROR_INVALID_EVENT, "\"yesterday\"");
  assert_refused (fixture, lt_event_builder_set_created_at (builder, G_MAXINT64, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"createdAt\"");
  assert_refused (fixture, lt_event_builder_set_role_text (builder, "begin", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"begin\"");
}

static void
test_refused_values (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autoptr (GError) error = NULL;

  assert_refused (fixture, lt_event_builder_set_key (builder, "a b", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"a b\"");
  add_string (fixture, "remote_ip", "x");
  assert_refused (fixture, lt_event_builder_set_key (builder, "RemoteIP", -1, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"remoteIp\"");
  assert_refused (fixture, lt_event_builder_add_string_field (builder, "from", "\xc3", &error),
                  &error, LT_ERROR_INVALID_EVENT, "\"from\"");
  set_key (fixture, "from");
  assert_refused (fixture, lt_event_builder_add_string (builder, "a\0b", 3, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"from\"");
  set_key (fixture, "size");
  assert_refused (fixture, lt_event_builder_add_number (builder, (double) INFINITY, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"size\"");
  set_key (fixture, "size");
  assert_refused (fixture, lt_event_builder_add_number (builder, (double) NAN, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"size\"");
  set_key (fixture, "causedBy");
  g_assert_true (lt_event_builder_begin_event (builder, NULL));
  add_string (fixture, "reason", "x");
  assert_refused (fixture, lt_event_builder_end_event (builder, &error), &error,
                  LT_ERROR_INVALID_EVENT, "\"type\"");
}

static void
test_limits (Fixture *fixture, gconstpointer user_data)
{
  LtEventBuilder *builder = fixture->builder;
  g_autofree char *huge = g_strnfill (65536, 'x');
  g_autoptr (GError) error = NULL;
  guint8 raw[1] = { 0 };

  assert_refused (fixture, lt_event_builder_add_string_field (builder, "from", huge, &error),
                  &error, LT_ERROR_TOO_LARGE, "\"from\"");
  assert_refused (fixture, lt_event_builder_set_text (builder, huge, -1, &error), &error,
                  LT_ERROR_TOO_LARGE, "65536");
  set_key (fixture, "raw");
  assert_refused (fixture, lt_event_builder_add_bytes (builder, raw, G_MAXSIZE, &error), &error,
                  LT_ERROR_TOO_LARGE, "65536");

  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      add_string (fixture, key, "");
    }
  assert_refused (fixture, lt_event_builder_set_key (builder, "one-more", -1, &error), &error,
                  LT_ERROR_TOO_LARGE, "64");

  set_key (fixture, "deep");
  for (guint i = 0; i < 8; i++)
    g_assert_true (lt_event_builder_begin_list (builder, NULL));
  assert_refused (fixture, lt_event_builder_begin_event (builder, &error), &error,
                  LT_ERROR_TOO_LARGE, "\"deep\"");

  set_key (fixture, "wide");
  g_assert_true (lt_event_builder_begin_list (builder, NULL));
  while (lt_event_builder_add_integer (builder, 1, &error))
    ;
  assert_refused (fixture, FALSE, &error, LT_ERROR_TOO_LARGE, "\"wide\"");
}

static void
test_large (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *large = g_strnfill (65000, 'x');
  LtEvent *event;

  set_type (fixture, "a.b");
  add_string (fixture, "from", large);
  event = end (fixture);
  g_assert_cmpstr (find (fixture, event, "from")->string, ==, large);
  g_assert_cmpuint (event->size_bytes, >, 65000);
  g_object_unref (event);

  set_type (fixture, "a.b");
  add_string (fixture, "from", "small");
  event = end (fixture);
  g_assert_cmpstr (find (fixture, event, "from")->string, ==, "small");
  g_object_unref (event);
}

/* An event needs neither its builder nor its catalogue to live on. */
static void
test_outlives (Fixture *fixture, gconstpointer user_data)
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
test_random (Fixture *fixture, gconstpointer user_data)
{
  Fixture other;
  guint n_different = 0;

  set_up (&other, NULL);
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
  tear_down (&other, NULL);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer user_data);
  } tests[] = {
    { "/event-builder/least", test_least },
    { "/event-builder/members", test_members },
    { "/event-builder/kinds", test_kinds },
    { "/event-builder/parsed-forms", test_parsed_forms },
    { "/event-builder/scalars", test_scalars },
    { "/event-builder/lists", test_lists },
    { "/event-builder/nested", test_nested },
    { "/event-builder/span-ids", test_span_ids },
    { "/event-builder/null", test_null },
    { "/event-builder/refused-members", test_refused_members },
    { "/event-builder/refused-values", test_refused_values },
    { "/event-builder/limits", test_limits },
    { "/event-builder/large", test_large },
    { "/event-builder/outlives", test_outlives },
    { "/event-builder/random", test_random },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
