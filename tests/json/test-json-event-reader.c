/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-event-reader.h"

#include "core/lt-error.h"
#include "core/lt-event-builder.h"
#include "json/lt-json-encoder.h"

#include "json-random-event.h"

#include <string.h>

typedef struct
{
  LtCatalogue *catalogue;
  LtEventBuilder *builder;
} Fixture;

static void
add_key (LtCatalogue *catalogue, const char *name, LtValueKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtKey) key = lt_catalogue_add_key (catalogue, name, kind, &error);

  g_assert_no_error (error);
  g_assert_nonnull (key);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->catalogue = lt_catalogue_new ();
  add_key (self->catalogue, "remoteIp", LT_VALUE_IP);
  add_key (self->catalogue, "elapsed", LT_VALUE_DURATION);
  self->builder = lt_event_builder_new (self->catalogue, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  lt_event_builder_free (self->builder);
  g_assert_finalize_object (self->catalogue);
}

static LtEvent *
read_event (Fixture *self, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *copy = g_memdup2 (text, length);
  g_autoptr (GError) error = NULL;
  LtEvent *event = NULL;

  lt_json_read_event (self->builder, copy, length, &event, &error);
  g_assert_no_error (error);
  g_assert_true (LT_IS_EVENT (event));
  return event;
}

static const LtValue *
find (Fixture *self, LtEvent *event, const char *name)
{
  LtKey *key = lt_catalogue_find_key (self->catalogue, name, -1);

  g_assert_nonnull (key);
  return lt_event_find (event, key);
}

static void
test_members (Fixture *self, gconstpointer data)
{
  LtEvent *event = read_event (
      self, " {\"id\":\"e.1\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\",\"level\":\"debug\","
            "\"type\":\"smtp.connection-start\",\"text\":\"caf\\u00e9\",\"span\":\"start\","
            "\"details\":\"d\",\"backfill\":{\"any\":[1]},\"data\":{\"remote-ip\":\"192.0.2.1\","
            "\"elapsed\":5,\"n\":-1,\"u\":18446744073709551615,\"f\":1e2,\"z\":-0,\"t\":true,"
            "\"s\":\"a\\n\",\"gone\":null,\"l\":[1,\"x\"],\"spanId\":\"18469\"}}\n");

  g_assert_cmpint (event->created_at_us, ==, G_GINT64_CONSTANT (1795329306041377));
  g_assert_cmpint (event->level, ==, LT_LEVEL_DEBUG);
  g_assert_cmpstr (event->type->name, ==, "smtp.connection-start");
  g_assert_cmpstr (event->text, ==, "caf\xC3\xA9");
  g_assert_cmpstr (event->details, ==, "d");
  g_assert_cmpint (event->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpstr (event->span_id, ==, "18469");
  g_assert_cmpuint (event->sequence, ==, 0);
  g_assert_cmpuint (event->n_fields, ==, 10);
  g_assert_cmpint (find (self, event, "remoteIp")->kind, ==, LT_VALUE_IP);
  g_assert_cmpint (find (self, event, "elapsed")->kind, ==, LT_VALUE_DURATION);
  g_assert_cmpint (find (self, event, "n")->integer, ==, -1);
  g_assert_cmpint (find (self, event, "u")->kind, ==, LT_VALUE_UNSIGNED);
  g_assert_cmpint (find (self, event, "f")->kind, ==, LT_VALUE_NUMBER);
  g_assert_cmpfloat (find (self, event, "f")->number, ==, 100);
  g_assert_cmpint (find (self, event, "z")->kind, ==, LT_VALUE_NUMBER);
  g_assert_true (find (self, event, "t")->boolean);
  g_assert_cmpstr (find (self, event, "s")->string, ==, "a\n");
  g_assert_cmpint (find (self, event, "l")->kind, ==, LT_VALUE_LIST);
  g_assert_finalize_object (event);
}

static void
test_null_is_absence (Fixture *self, gconstpointer data)
{
  LtEvent *event
      = read_event (self, "{\"type\":\"a.b\",\"level\":null,\"text\":null,\"details\":null,"
                          "\"span\":null,\"createdAt\":null,\"data\":null,\"id\":null}");

  g_assert_cmpint (event->level, ==, LT_LEVEL_INFO);
  g_assert_cmpstr (event->text, ==, "A b");
  g_assert_null (event->details);
  g_assert_cmpint (event->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpint (event->created_at_us, >, G_GINT64_CONSTANT (1600000000000000));
  g_assert_cmpuint (event->n_fields, ==, 0);
  g_assert_finalize_object (event);
}

static void
test_nested (Fixture *self, gconstpointer data)
{
  LtEvent *event = read_event (
      self, "{\"data\":{\"why\":{\"data\":{\"elapsed\":3,\"more\":{\"type\":\"c\"}},\"id\":[],"
            "\"span\":7,\"backfill\":true,\"text\":\"t\",\"type\":\"b\"},\"after\":1},"
            "\"type\":\"a\"}");
  const LtValue *why = find (self, event, "why");

  g_assert_cmpint (why->kind, ==, LT_VALUE_EVENT);
  g_assert_cmpstr (why->nested->type->name, ==, "b");
  g_assert_cmpstr (why->nested->text, ==, "t");
  g_assert_cmpuint (why->nested->n_fields, ==, 2);
  g_assert_cmpint (why->nested->created_at_us, ==, G_MININT64);
  g_assert_cmpint (find (self, event, "after")->integer, ==, 1);
  g_assert_finalize_object (event);
}

/* Strings that need the scratch buffer, of all sizes around its own. */
static void
test_escapes (Fixture *self, gconstpointer data)
{
  for (guint length = 0; length < 1200; length += 1 + length / 7)
    {
      g_autoptr (GString) in = g_string_new ("{\"type\":\"a\",\"text\":\"\\t");
      g_autoptr (GString) expected = g_string_new ("\t");
      LtEvent *event = NULL;

      for (guint i = 0; i < length; i++)
        {
          g_string_append (in, i % 5 == 0 ? "\\ud834\\udd1e" : i % 5 == 1 ? "\\/" : "x");
          g_string_append (expected, i % 5 == 0 ? "\xF0\x9D\x84\x9E" : i % 5 == 1 ? "/" : "x");
        }
      g_string_append (in, "\",\"data\":{\"\\u0061b\":\"\\u0063\"}}");
      event = read_event (self, in->str);
      g_assert_cmpstr (event->text, ==, expected->str);
      g_assert_cmpstr (find (self, event, "ab")->string, ==, "c");
      g_assert_finalize_object (event);
    }
}

static const struct
{
  const char *text;
  LtErrorCode code;
  gssize position;
  const char *message; /* (nullable): how the message begins */
} refused[] = {
  /* Not an object. */
  { "", LT_ERROR_INVALID_JSON, 0, NULL },
  { "  ", LT_ERROR_INVALID_JSON, 2, NULL },
  { "[]", LT_ERROR_INVALID_EVENT, 0, "an event must be an object, not a list" },
  { " 7", LT_ERROR_INVALID_EVENT, 1, "an event must be an object, not a number" },
  { "\"x\"", LT_ERROR_INVALID_EVENT, 0, "an event must be an object, not a string" },
  { "null", LT_ERROR_INVALID_EVENT, 0, NULL },
  { "\xEF\xBB\xBF{\"type\":\"a\"}", LT_ERROR_INVALID_JSON, 0,
    "invalid JSON at byte 0: expected a value, found byte 0xEF; begin without a byte order mark" },
  { "{\"type\":\"a\"} x", LT_ERROR_INVALID_JSON, 13, NULL },
  { "{\"type\":\"a\"}{\"type\":\"a\"}", LT_ERROR_INVALID_JSON, 12, NULL },
  { "{\"type\":\"a\",}", LT_ERROR_INVALID_JSON, 12, NULL },
  { "{\"type\":\"a\"", LT_ERROR_INVALID_JSON, 11, NULL },
  { "{'type':'a'}", LT_ERROR_INVALID_JSON, 1, NULL },
  { "{\"type\":'a'}", LT_ERROR_INVALID_JSON, 8,
    "invalid JSON at byte 8: expected a value, found \"'\"; strings stand in double quotes" },
  { "{\"type\":", LT_ERROR_INVALID_JSON, 8, NULL },
  { "{\"type\":nil}", LT_ERROR_INVALID_JSON, 8, NULL },

  /* Members. */
  { "{}", LT_ERROR_INVALID_EVENT, 0, "member \"type\" is missing" },
  { " {\"text\":\"x\"}", LT_ERROR_INVALID_EVENT, 1, "member \"type\" is missing" },
  { "{\"type\":null}", LT_ERROR_INVALID_EVENT, 0, "member \"type\" is missing" },
  { "{\"type\":1}", LT_ERROR_INVALID_EVENT, 8, "member \"type\" must be a string, not a number" },
  { "{\"type\":\"\"}", LT_ERROR_INVALID_EVENT, 8, NULL },
  { "{\"type\":\"A.B\"}", LT_ERROR_INVALID_EVENT, 8, NULL },
  { "{\"type\":\"a..b\"}", LT_ERROR_INVALID_EVENT, 8, NULL },
  { "{\"type\":\"a\",\"type\":\"a\"}", LT_ERROR_INVALID_EVENT, 12,
    "member \"type\" is given twice" },
  { "{\"type\":\"a\",\"text\":null,\"text\":\"x\"}", LT_ERROR_INVALID_EVENT, 24, NULL },
  { "{\"type\":\"a\",\"id\":1,\"id\":1}", LT_ERROR_INVALID_EVENT, 19, NULL },
  { "{\"type\":\"a\",\"kind\":1}", LT_ERROR_INVALID_EVENT, 12,
    "unknown member \"kind\"; an event has type, " },
  { "{\"type\":\"a\",\"created_at\":1}", LT_ERROR_INVALID_EVENT, 12,
    "unknown member \"created_at\"; did you mean \"createdAt\"?" },
  { "{\"Type\":\"a\"}", LT_ERROR_INVALID_EVENT, 1,
    "unknown member \"Type\"; did you mean \"type\"?" },
  { "{\"\":\"a\"}", LT_ERROR_INVALID_EVENT, 1, "unknown member \"\"" },
  { "{\"a\\n\\u202e\":\"a\"}", LT_ERROR_INVALID_EVENT, 1, "unknown member \"a\\u000a\\u202e\"" },
  { "{\"type\":\"a\",\"createdAt\":5}", LT_ERROR_INVALID_EVENT, 24,
    "member \"createdAt\" must be a string, not a number" },
  { "{\"type\":\"a\",\"createdAt\":\"today\"}", LT_ERROR_INVALID_EVENT, 24, NULL },
  { "{\"type\":\"a\",\"createdAt\":\"2026-02-30T00:00:00Z\"}", LT_ERROR_INVALID_EVENT, 24, NULL },
  { "{\"type\":\"a\",\"level\":\"warning\"}", LT_ERROR_INVALID_LEVEL, 20, NULL },
  { "{\"type\":\"a\",\"level\":\"disable\"}", LT_ERROR_INVALID_LEVEL, 20, NULL },
  { "{\"type\":\"a\",\"level\":3}", LT_ERROR_INVALID_EVENT, 20, NULL },
  { "{\"type\":\"a\",\"text\":[\"x\"]}", LT_ERROR_INVALID_EVENT, 19,
    "member \"text\" must be a string, not a list" },
  { "{\"type\":\"a\",\"details\":true}", LT_ERROR_INVALID_EVENT, 22,
    "member \"details\" must be a string, not a boolean" },
  { "{\"type\":\"a\",\"span\":\"begin\"}", LT_ERROR_INVALID_EVENT, 19, NULL },
  { "{\"type\":\"a\",\"data\":[]}", LT_ERROR_INVALID_EVENT, 19,
    "member \"data\" must be an object, not a list" },
  { "{\"type\":\"a\",\"data\":\"x\"}", LT_ERROR_INVALID_EVENT, 19, NULL },
  { "{\"type\":\"a\",\"id\":[1,]}", LT_ERROR_INVALID_JSON, 20, NULL },
  { "{\"type\":\"a\",\"id\":{\"x\":1,\"x\":1}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"backfill\":1e999}", LT_ERROR_INVALID_JSON, 23, NULL },

  /* Data. */
  { "{\"type\":\"a\",\"data\":{\"a b\":1}}", LT_ERROR_INVALID_EVENT, 20, NULL },
  { "{\"type\":\"a\",\"data\":{\"\":1}}", LT_ERROR_INVALID_EVENT, 20, NULL },
  { "{\"type\":\"a\",\"data\":{\"--\":1}}", LT_ERROR_INVALID_EVENT, 20, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":1,\"x\":2}}", LT_ERROR_INVALID_EVENT, 26, NULL },
  { "{\"type\":\"a\",\"data\":{\"remote_ip\":1,\"Remote-IP\":2}}", LT_ERROR_INVALID_EVENT, 34,
    NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":null,\"x\":2}}", LT_ERROR_INVALID_EVENT, 29, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":[1,null]}}", LT_ERROR_INVALID_EVENT, 27, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":[nil]}}", LT_ERROR_INVALID_JSON, 25, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":nil}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":{}}}", LT_ERROR_INVALID_EVENT, 24,
    "member \"type\" is missing: an object inside \"data\" must be an event" },
  { "{\"type\":\"a\",\"data\":{\"x\":{\"y\":1}}}", LT_ERROR_INVALID_EVENT, 25,
    "unknown member \"y\": an object inside \"data\" must be an event" },
  { "{\"type\":\"a\",\"data\":{\"x\":[{\"type\":\"b\",\"level\":\"x\"}]}}", LT_ERROR_INVALID_LEVEL,
    45, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":99999999999999999999}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":-9223372036854775809}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":1e400}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":01}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":+1}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":NaN}}", LT_ERROR_INVALID_JSON, 24, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":\"a\\u0000b\"}}", LT_ERROR_INVALID_JSON, 26, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":\"\\udc00\"}}", LT_ERROR_INVALID_JSON, 25, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":\"\xC3(\"}}", LT_ERROR_INVALID_JSON, 25,
    "invalid JSON at byte 25: byte 0xC3 is not UTF-8" },
  { "{\"type\":\"a\",\"data\":{\"x\":1 /* y */}}", LT_ERROR_INVALID_JSON, 26, NULL },
  { "{\"type\":\"a\",\"data\":{\"x\":[[[[[[[[[1]]]]]]]]]}}", LT_ERROR_TOO_LARGE, 32, NULL },
};

static void
test_refused (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      gsize length = strlen (refused[i].text);
      g_autofree char *text = g_memdup2 (refused[i].text, length);
      g_autofree char *escaped = g_strescape (refused[i].text, NULL);
      g_autoptr (GError) error = NULL;
      LtEvent *event = NULL;

      g_test_message ("%s", escaped);
      g_assert_false (
          lt_json_read_event (self->builder, text != NULL ? text : "", length, &event, &error));
      g_assert_null (event);
      g_test_message ("%s", error->message);
      g_assert_error (error, LT_ERROR, (int) refused[i].code);
      g_assert_cmpint (lt_error_get_position (error), ==, refused[i].position);
      g_assert_cmpint (lt_error_get_index (error), ==, -1);
      if (refused[i].message != NULL)
        g_assert_true (g_str_has_prefix (error->message, refused[i].message));
      g_assert_false (
          lt_json_read_event (self->builder, text != NULL ? text : "", length, &event, NULL));
    }

  /* The reader is as good as new behind any error. */
  g_assert_finalize_object (read_event (self, "{\"type\":\"a\"}"));
}

/* Reads @n_bytes of @filler between the start of an event and its end. */
static LtErrorCode
read_filled (Fixture *self, const char *before, const char *filler, gsize n_bytes,
             const char *after)
{
  g_autoptr (GString) text = g_string_new (before);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtEvent) event = NULL;

  while (n_bytes > 0)
    {
      gsize piece = MIN (n_bytes, strlen (filler));

      g_string_append_len (text, filler, (gssize) piece);
      n_bytes -= piece;
    }
  g_string_append (text, after);
  if (lt_json_read_event (self->builder, text->str, text->len, &event, &error))
    return LT_N_ERRORS;
  g_assert_true (error->domain == LT_ERROR);
  return (LtErrorCode) error->code;
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  static const gsize mega = 1024 * 1024;

  /* Text over the builder's limit. */
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"text\":\"", "x", 65000, "\"}"), ==,
                   LT_N_ERRORS);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"text\":\"", "x", 66000, "\"}"), ==,
                   LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"data\":{\"x\":[1", ",1", 400000, "]}}"),
                   ==, LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"data\":{\"x\":[[]", ",[]", 400002, "]}}"),
                   ==, LT_ERROR_TOO_LARGE);

  /* Much JSON for little event. */
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\"", " ", mega / 2, "}"), ==, LT_N_ERRORS);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\"", " ", 2 * mega, "}"), ==,
                   LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"id\":\"", "x", mega / 2, "\"}"), ==,
                   LT_N_ERRORS);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"id\":\"", "x", 2 * mega, "\"}"), ==,
                   LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"id\":[\"", "\\u12ab", 2 * mega, "\"]}"),
                   ==, LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"id\":[0", ",\xC3\xA9", 2 * mega, "]}"), ==,
                   LT_ERROR_INVALID_JSON);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\"}", " ", 2 * mega, ""), ==, LT_N_ERRORS);

  /* Deep. */
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"id\":", "[", 100000, "1"), ==,
                   LT_ERROR_INVALID_JSON);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"data\":{\"x\":", "[", 100000, "1"), ==,
                   LT_ERROR_TOO_LARGE);
  g_assert_cmpint (read_filled (self, "{\"type\":\"a\",\"data\":{\"x\":",
                                "{\"type\":\"a\",\"data\":{\"x\":", 2400000, "1"),
                   ==, LT_ERROR_TOO_LARGE);
}

/* Where events may be larger, so may their JSON. */
static void
test_larger_limits (Fixture *self, gconstpointer data)
{
  const LtEventLimits limits = { .max_bytes = 2000000, .max_keys = 64, .max_nesting = 30 };
  g_autoptr (GString) text = g_string_new ("{\"type\":\"a\",\"text\":\"");
  LtEvent *event = NULL;

  lt_event_builder_free (self->builder);
  self->builder = lt_event_builder_new (self->catalogue, &limits);
  g_assert_cmpuint (lt_json_get_event_max_bytes (self->builder), ==, 16000000);
  for (guint i = 0; i < 1900000; i++)
    g_string_append (text, "\\u0041");
  g_string_append (text, "\"}");
  event = read_event (self, text->str);
  g_assert_cmpuint (event->text_length, ==, 1900000);
  g_assert_finalize_object (event);

  g_string_assign (text, "{\"type\":\"a\",\"data\":{\"x\":");
  for (guint i = 0; i < 30; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < 30; i++)
    g_string_append_c (text, ']');
  g_string_append (text, "}}");
  g_assert_finalize_object (read_event (self, text->str));
}

/* Reading any broken text ends well: an event, or an error with a place in the text. */
static void
test_mutations (Fixture *self, gconstpointer data)
{
  static const char bytes[] = "{}[]\",:\\u0d89eE+-.tfn \n\x01\x80\xC3\xED\xFF";

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      LtEvent *event = make_random_event (self->builder);
      g_autofree char *exact = NULL;

      lt_json_append_event (text, event, "e", FALSE);
      g_assert_finalize_object (event);
      for (int changes = g_test_rand_int_range (1, 4); changes > 0; changes--)
        text->str[g_test_rand_int_range (0, (gint32) text->len)]
            = bytes[g_test_rand_int_range (0, sizeof (bytes) - 1)];
      if (round % 4 == 0)
        g_string_truncate (text, (gsize) g_test_rand_int_range (0, (gint32) text->len));
      exact = g_memdup2 (text->str, text->len);

      if (lt_json_read_event (self->builder, exact != NULL ? exact : "", text->len, &event, &error))
        {
          g_assert_finalize_object (event);
          continue;
        }
      g_assert_true (error->domain == LT_ERROR);
      g_assert_cmpint (lt_error_get_position (error), >=, 0);
      g_assert_cmpint (lt_error_get_position (error), <=, (gssize) text->len);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/json/event-reader/members", test_members);
  ADD ("/json/event-reader/null-is-absence", test_null_is_absence);
  ADD ("/json/event-reader/nested", test_nested);
  ADD ("/json/event-reader/escapes", test_escapes);
  ADD ("/json/event-reader/refused", test_refused);
  ADD ("/json/event-reader/limits", test_limits);
  ADD ("/json/event-reader/larger-limits", test_larger_limits);
  ADD ("/json/event-reader/mutations", test_mutations);
#undef ADD
  return g_test_run ();
}
