/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include "dbus/lt-variant-event.h"

#include "core/lt-error.h"
#include "json/lt-json.h"

#include <math.h>
#include <string.h>

typedef struct
{
  LtCatalogue *catalogue;
  LtEventBuilder *builder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  static const LtEventLimits limits = LT_EVENT_LIMITS_DEFAULT;

  fixture->catalogue = lt_catalogue_new ();
  fixture->builder = lt_event_builder_new (fixture->catalogue, &limits);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  lt_event_builder_free (fixture->builder);
  g_assert_finalize_object (fixture->catalogue);
}

/* Reads @text, a dictionary in GVariant's text form, and returns what the event's JSON holds behind
 * its id. */
static char *
convert (Fixture *fixture, GVariant *dict)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (dict);
  g_autoptr (LtEvent) event = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) json = g_string_new (NULL);

  lt_variant_read_event (fixture->builder, owned, &event, &error);
  g_assert_no_error (error);
  lt_json_append_event (json, event, "01234567", FALSE);
  return g_strdup (strstr (json->str, ",\"data\":") + 1);
}

static GVariant *
parse (const char *text)
{
  return test_parse ("a{sv}", text);
}

static void
check (Fixture *fixture, const char *data, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("{'type': <'a.b'>, 'data': <@a{sv} {%s}>}", data);
  g_autofree char *found = convert (fixture, parse (text));
  g_autofree char *wanted = g_strdup_printf ("\"data\":{%s}}", expected);

  g_assert_cmpstr (found, ==, wanted);
}

static void
test_values (Fixture *fixture, gconstpointer unused)
{
  check (fixture, "", "");
  check (fixture, "'a': <'text'>", "\"a\":\"text\"");
  check (fixture, "'a': <objectpath '/x/y'>, 'b': <signature 'a{sv}'>",
         "\"a\":\"/x/y\",\"b\":\"a{sv}\"");
  check (fixture, "'a': <true>, 'b': <false>", "\"a\":true,\"b\":false");
  check (fixture, "'y': <byte 255>, 'n': <int16 -32768>, 'q': <uint16 65535>",
         "\"y\":255,\"n\":-32768,\"q\":65535");
  check (fixture, "'i': <-2147483648>, 'u': <uint32 4294967295>",
         "\"i\":-2147483648,\"u\":4294967295");
  check (fixture, "'x': <int64 -9223372036854775808>, 't': <uint64 18446744073709551615>",
         "\"x\":-9223372036854775808,\"t\":18446744073709551615");
  check (fixture, "'d': <1.5>", "\"d\":1.5");
  check (fixture, "'a': <b'ab'>", "\"a\":\"YWIA\"");
  check (fixture, "'a': <['x', 'y']>", "\"a\":[\"x\",\"y\"]");
  check (fixture, "'a': <@ai []>", "\"a\":[]");
  check (fixture, "'a': <[<1>, <'x'>, <[true]>]>", "\"a\":[1,\"x\",[true]]");
  check (fixture, "'a': <(1, 'x')>", "\"a\":[1,\"x\"]");
  check (fixture, "'a': <<<'deep'>>>", "\"a\":\"deep\"");
}

static void
test_nested_event (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *found = convert (
      fixture, parse ("{'type': <'a.b'>, 'data': <{'cause': <{'type': <'c.d'>, 'text': <'T'>, "
                      "'span': <'start'>, 'data': <{'n': <1>}>}>}>}"));

  g_assert_nonnull (strstr (found, "\"cause\":{\"level\":\"info\",\"type\":\"c.d\""));
  g_assert_nonnull (strstr (found, "\"data\":{\"n\":1}"));
}

static void
test_members (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (parse (
      "{'id': <'7c1fa2b0.1842'>, 'createdAt': <'2026-11-22T06:35:06.041377Z'>, 'level': <'debug'>, "
      "'type': <'smtp.connection-start'>, 'text': <'T'>, 'details': <'D'>, 'span': <'start'>, "
      "'backfill': <true>, 'data': <{'spanId': <'18469'>}>}"));
  g_autoptr (GVariant) numeric
      = g_variant_ref_sink (parse ("{'type': <'a'>, 'createdAt': <int64 1795329306041377>}"));
  g_autoptr (LtEvent) event = NULL;
  g_autoptr (LtEvent) other = NULL;
  g_autoptr (GError) error = NULL;

  lt_variant_read_event (fixture->builder, dict, &event, &error);
  g_assert_no_error (error);
  g_assert_cmpint (event->created_at_us, ==, G_GINT64_CONSTANT (1795329306041377));
  g_assert_cmpint (event->level, ==, LT_LEVEL_DEBUG);
  g_assert_cmpstr (event->text, ==, "T");
  g_assert_cmpstr (event->details, ==, "D");
  g_assert_cmpstr (event->span_id, ==, "18469");
  g_assert_cmpint (event->role, ==, LT_SPAN_ROLE_START);

  lt_variant_read_event (fixture->builder, numeric, &other, &error);
  g_assert_no_error (error);
  g_assert_cmpint (other->created_at_us, ==, event->created_at_us);
}

static const struct
{
  const char *dict;
  LtErrorCode code;
  const char *message;
} refusals[] = {
  { "{}", LT_ERROR_INVALID_EVENT, "type" },
  { "{'text': <'x'>}", LT_ERROR_INVALID_EVENT, "type" },
  { "{'type': <1>}", LT_ERROR_INVALID_EVENT, "\"type\": expected a string (s), found type \"i\"" },
  { "{'type': <'A B'>}", LT_ERROR_INVALID_EVENT, "A B" },
  { "{'type': <'a'>, 'type': <'b'>}", LT_ERROR_INVALID_EVENT, "\"type\" is there twice" },
  { "{'type': <'a'>, 'frob': <1>}", LT_ERROR_INVALID_EVENT, "unknown member \"frob\"" },
  { "{'type': <'a'>, 'createdat': <1>}", LT_ERROR_INVALID_EVENT, "did you mean \"createdAt\"" },
  { "{'type': <'a'>, 'createdAt': <'yesterday'>}", LT_ERROR_INVALID_EVENT, "createdAt" },
  { "{'type': <'a'>, 'createdAt': <1.5>}", LT_ERROR_INVALID_EVENT, "createdAt" },
  { "{'type': <'a'>, 'createdAt': <int64 9223372036854775807>}", LT_ERROR_INVALID_EVENT,
    "createdAt" },
  { "{'type': <'a'>, 'level': <'loud'>}", LT_ERROR_INVALID_LEVEL, "loud" },
  { "{'type': <'a'>, 'level': <'disable'>}", LT_ERROR_INVALID_LEVEL, "disable" },
  { "{'type': <'a'>, 'span': <'middle'>}", LT_ERROR_INVALID_EVENT, "middle" },
  { "{'type': <'a'>, 'data': <'x'>}", LT_ERROR_INVALID_EVENT, "\"data\": expected" },
  { "{'type': <'a'>, 'data': <{'k': <1>, 'K': <2>}>}", LT_ERROR_INVALID_EVENT, "\"k\"" },
  { "{'type': <'a'>, 'data': <{'--': <1>}>}", LT_ERROR_INVALID_EVENT, "--" },
  { "{'type': <'a'>, 'data': <{'k': <@a{sv} {}>}>}", LT_ERROR_INVALID_EVENT, "\"type\"" },
  { "{'type': <'a'>, 'data': <{'k': <{'type': <'a'>, 'x': <1>}>}>}", LT_ERROR_INVALID_EVENT,
    "\"x\"" },
  { "{'type': <'a'>, 'data': <{'k': <{'a': 1}>}>}", LT_ERROR_INVALID_EVENT, "a{si}" },
  { "{'type': <'a'>, 'data': <{'k': <handle 0>}>}", LT_ERROR_INVALID_EVENT, "\"k\"" },
  { "{'type': <'a'>, 'data': <{'k': <[[[[[[[[[1]]]]]]]]]>}>}", LT_ERROR_TOO_LARGE, "\"k\"" },
};

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GVariant) dict = g_variant_ref_sink (parse (refusals[i].dict));
      g_autoptr (LtEvent) event = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (lt_variant_read_event (fixture->builder, dict, &event, &error));
      g_test_message ("%s: %s", refusals[i].dict, error->message);
      g_assert_error (error, LT_ERROR, (int) refusals[i].code);
      g_assert_nonnull (strstr (error->message, refusals[i].message));
      g_assert_null (event);
    }
}

static void
test_numbers_that_are_none (Fixture *fixture, gconstpointer unused)
{
  const double numbers[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GVariant) dict = NULL;
      g_autoptr (LtEvent) event = NULL;
      g_autoptr (GError) error = NULL;
      GVariantDict data;
      GVariantDict top;

      g_variant_dict_init (&data, NULL);
      g_variant_dict_insert (&data, "n", "d", numbers[i]);
      g_variant_dict_init (&top, NULL);
      g_variant_dict_insert (&top, "type", "s", "a");
      g_variant_dict_insert_value (&top, "data", g_variant_dict_end (&data));
      dict = g_variant_ref_sink (g_variant_dict_end (&top));

      g_assert_false (lt_variant_read_event (fixture->builder, dict, &event, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
      g_assert_nonnull (strstr (error->message, "\"n\""));
    }
}

/* A refused event leaves nothing behind in the builder. */
static void
test_goes_on (Fixture *fixture, gconstpointer unused)
{
  test_refused (fixture, NULL);
  check (fixture, "'a': <1>", "\"a\":1");
}

#define ADD(name)                                                                                  \
  g_test_add ("/variant-event/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD (values);
  ADD (nested_event);
  ADD (members);
  ADD (refused);
  ADD (numbers_that_are_none);
  ADD (goes_on);

  return g_test_run ();
}
