/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-encoder.h"

#include "core/lt-event-builder.h"
#include "json/lt-json-check.h"
#include "json/lt-json-event-reader.h"

#include "json-random-event.h"

#include <math.h>
#include <string.h>

static void
check_string (const char *text, gssize length, const char *expected)
{
  g_autoptr (GString) out = g_string_new ("<");
  g_autofree char *whole = g_strconcat ("<", expected, NULL);

  lt_json_append_string (out, text, length);
  g_assert_cmpstr (out->str, ==, whole);
  g_assert_cmpuint (out->len, ==, strlen (whole));
}

static void
test_string (void)
{
  check_string ("", -1, "\"\"");
  check_string ("plain", -1, "\"plain\"");
  check_string ("cut here", 3, "\"cut\"");
  check_string ("eight!!!", -1, "\"eight!!!\"");
  check_string ("a text of more than sixteen bytes", -1, "\"a text of more than sixteen bytes\"");
  check_string ("\"", -1, "\"\\\"\"");
  check_string ("\\", -1, "\"\\\\\"");
  check_string ("a\"b\\c/d", -1, "\"a\\\"b\\\\c/d\"");
  check_string ("\b\f\n\r\t", -1, "\"\\b\\f\\n\\r\\t\"");
  check_string ("\x01\x1f\x7f", -1, "\"\\u0001\\u001f\x7f\"");
  check_string ("caf\xC3\xA9 \xF0\x9D\x84\x9E \xE2\x80\xA8", -1,
                "\"caf\xC3\xA9 \xF0\x9D\x84\x9E \xE2\x80\xA8\"");
  check_string ("<script>&", -1, "\"<script>&\"");
  check_string ("\n\n\n\n\n\n\n\n\n\n", -1, "\"\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\"");
}

/* Every byte at every place of the eight looked at together. */
static void
test_string_places (void)
{
  for (guint c = 1; c < 0x80; c++)
    for (guint length = 1; length < 18; length++)
      for (guint place = 0; place < length; place++)
        {
          g_autoptr (GString) out = g_string_new (NULL);
          char text[20] = "";
          LtJsonScanner scanner;
          const char *back = NULL;
          gsize back_length = 0;

          memset (text, 'a', length);
          text[place] = (char) c;
          lt_json_append_string (out, text, (gssize) length);
          lt_json_scanner_init (&scanner, out->str, out->len);
          g_assert_true (lt_json_scanner_read_string (&scanner, &back, &back_length, NULL));
          g_assert_cmpmem (back, back_length, text, length);
          g_assert_true (scanner.cursor == scanner.end);
          lt_json_scanner_clear (&scanner);
        }
}

static void
test_number (void)
{
  static const struct
  {
    double number;
    const char *text;
  } numbers[] = {
    { 0, "0.0" },
    { -0.0, "-0.0" },
    { 1, "1.0" },
    { -1, "-1.0" },
    { 100, "100.0" },
    { 0.5, "0.5" },
    { -0.5, "-0.5" },
    { 0.1, "0.1" },
    { 0.000001, "0.000001" },
    { 1.000001, "1.000001" },
    { 3.14, "3.14" },
    { 2.05, "2.05" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 123456789.125, "123456789.125" },
    { 1e9, "1000000000.0" },
    { 999999999, "999999999.0" },
    { 1e15, "1e+15" },
    { 1e22, "1e+22" },
    { 1e23, "1e+23" },
    { 1e-7, "1e-07" },
    { 9007199254740993.0, "9007199254740992.0" },
    { 5e-324, "5e-324" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      lt_json_append_number (out, numbers[i].number);
      g_assert_cmpstr (out->str, ==, numbers[i].text);
      g_assert_true (lt_json_check (out->str, out->len, NULL));
    }
}

/* Reads back as the same double, and no shorter text does. */
static void
test_random_numbers (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      union
      {
        guint64 bits;
        double number;
      } value;
      g_autoptr (GString) out = g_string_new (NULL);
      LtJsonScanner scanner;
      LtJsonNumber number;

      value.bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      if (i % 4 == 1)
        value.number = rint (g_test_rand_double_range (-1e7, 1e7)) / 1e3;
      if (i % 4 == 2)
        value.number = g_test_rand_double_range (-10, 10);
      if (i % 4 == 3)
        value.bits &= G_GUINT64_CONSTANT (0x800FFFFFFFFFFFFF);
      if (!isfinite (value.number))
        continue;

      lt_json_append_number (out, value.number);
      lt_json_scanner_init (&scanner, out->str, out->len);
      g_assert_true (lt_json_scanner_read_number (&scanner, &number, NULL));
      g_assert_cmpint (number.kind, ==, LT_JSON_DOUBLE);
      g_assert_true (number.number == value.number);
      g_assert_true (scanner.cursor == scanner.end);
      g_assert_cmpuint (out->len, <=, 24);
    }
}

static void
test_integer (void)
{
  static const gint64 integers[]
      = { 0, 1, -1, 9, 10, 99, 100, 101, -100, 12345, G_MAXINT64, G_MININT64, 1000000007 };
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (integers); i++)
    {
      g_autofree char *expected = g_strdup_printf ("%" G_GINT64_FORMAT, integers[i]);

      g_string_truncate (out, 0);
      lt_json_append_integer (out, integers[i]);
      g_assert_cmpstr (out->str, ==, expected);
    }

  g_string_truncate (out, 0);
  lt_json_append_unsigned (out, G_MAXUINT64);
  g_assert_cmpstr (out->str, ==, "18446744073709551615");
}

static LtEvent *
read_event (LtEventBuilder *builder, const char *text)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event = NULL;

  lt_json_read_event (builder, text, strlen (text), &event, &error);
  g_assert_no_error (error);
  return event;
}

static void
check_event (const char *in, guint64 sequence, gboolean backfill, const char *expected)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  LtEvent *event = read_event (builder, in);

  event->sequence = sequence;
  lt_json_append_event (out, event, "7c1fa2b0", backfill);
  g_assert_cmpstr (out->str, ==, expected);
  g_assert_finalize_object (event);
}

static void
test_event (void)
{
  check_event ("{\"type\":\"a.thing-done\",\"createdAt\":\"2026-11-22T06:35:06Z\"}", 0, FALSE,
               "{\"createdAt\":\"2026-11-22T06:35:06.000000Z\",\"level\":\"info\","
               "\"type\":\"a.thing-done\",\"text\":\"A thing done\",\"data\":{}}");
  check_event ("{\"type\":\"a.b\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\"}", 1842, FALSE,
               "{\"id\":\"7c1fa2b0.1842\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\","
               "\"level\":\"info\",\"type\":\"a.b\",\"text\":\"A b\",\"data\":{}}");
  check_event ("{\"data\":{\"x\":1},\"span\":\"end\",\"details\":\"d\\n\",\"text\":\"t\","
               "\"level\":\"error\",\"createdAt\":\"2026-11-22T06:35:06.5Z\",\"type\":\"a.b\"}",
               7, TRUE,
               "{\"id\":\"7c1fa2b0.7\",\"createdAt\":\"2026-11-22T06:35:06.500000Z\","
               "\"level\":\"error\",\"type\":\"a.b\",\"text\":\"t\",\"details\":\"d\\n\","
               "\"span\":\"end\",\"data\":{\"x\":1},\"backfill\":true}");
  check_event (
      "{\"type\":\"a\",\"createdAt\":\"2026-11-22T06:35:06Z\",\"text\":\"\","
      "\"details\":\"\",\"span\":\"start\",\"data\":{\"queue_time\":1e2,"
      "\"list\":[1,-2,2.5,\"x\",true,false,[],[18446744073709551615]],\"nothing\":null,"
      "\"inner\":{\"type\":\"b\",\"text\":\"i\",\"level\":\"warn\",\"data\":{\"y\":\"z\"}}}}",
      0, FALSE,
      "{\"createdAt\":\"2026-11-22T06:35:06.000000Z\",\"level\":\"info\",\"type\":\"a\","
      "\"text\":\"\",\"details\":\"\",\"span\":\"start\",\"data\":{\"queueTime\":100.0,"
      "\"list\":[1,-2,2.5,\"x\",true,false,[],[18446744073709551615]],"
      "\"inner\":{\"level\":\"warn\",\"type\":\"b\",\"text\":\"i\",\"data\":{\"y\":\"z\"}}}}");
}

/* Where several feeds send an event the encoding is kept, without what only some of them say. */
static void
test_shared (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (GString) alone = g_string_new (NULL);
  g_autoptr (GString) shared = g_string_new (NULL);
  LtEvent *event = read_event (builder, "{\"type\":\"a\",\"data\":{\"x\":1}}");

  event->sequence = 3;
  for (guint i = 0; i < 3; i++)
    lt_json_append_event (alone, event, "e", i == 1);
  g_assert_null (event->json);

  event->n_feeds = 2;
  for (guint i = 0; i < 3; i++)
    lt_json_append_event (shared, event, "e", i == 1);
  g_assert_nonnull (event->json);
  g_assert_cmpstr (shared->str, ==, alone->str);
  g_assert_finalize_object (event);
}

static void
add_key (LtCatalogue *catalogue, const char *name, LtValueKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtKey) key = lt_catalogue_add_key (catalogue, name, kind, &error);

  g_assert_no_error (error);
  g_assert_nonnull (key);
}

/* What goes out reads as what went in, whatever it is; on one line; and writes the same again. */
static void
test_round_trip (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);

  add_key (catalogue, "remoteIp", LT_VALUE_IP);
  add_key (catalogue, "nextRetry", LT_VALUE_TIME);
  add_key (catalogue, "elapsed", LT_VALUE_DURATION);
  add_key (catalogue, "contents", LT_VALUE_BYTES);

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GString) again = g_string_new (NULL);
      LtEvent *event = make_random_event (builder);
      LtEvent *back = NULL;

      event->sequence = round;
      lt_json_append_event (out, event, "00000001", round % 2 == 1);
      g_assert_null (strchr (out->str, '\n'));
      g_assert_true (lt_json_check (out->str, out->len, NULL));
      back = read_event (builder, out->str);
      g_assert_cmpint (back->created_at_us, ==, event->created_at_us);
      g_assert_true (lt_event_equal (event, back));
      back->sequence = round;
      lt_json_append_event (again, back, "00000001", round % 2 == 1);
      g_assert_cmpstr (out->str, ==, again->str);
      g_assert_finalize_object (event);
      g_assert_finalize_object (back);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/encoder/string", test_string);
  g_test_add_func ("/json/encoder/string-places", test_string_places);
  g_test_add_func ("/json/encoder/number", test_number);
  g_test_add_func ("/json/encoder/random-numbers", test_random_numbers);
  g_test_add_func ("/json/encoder/integer", test_integer);
  g_test_add_func ("/json/encoder/event", test_event);
  g_test_add_func ("/json/encoder/shared", test_shared);
  g_test_add_func ("/json/encoder/round-trip", test_round_trip);
  return g_test_run ();
}
