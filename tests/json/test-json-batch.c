/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-batch.h"

#include "core/lt-error.h"
#include "core/lt-hub.h"

#include <string.h>

typedef struct
{
  LtCatalogue *catalogue;
  LtEventBuilder *builder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->catalogue = lt_catalogue_new ();
  self->builder = lt_event_builder_new (self->catalogue, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  lt_event_builder_free (self->builder);
  g_assert_finalize_object (self->catalogue);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/* Reads a batch to its end; @turns counts the turns of the main loop it took. */
static GPtrArray *
read_bytes (Fixture *self, GBytes *body, LtBatchFormat format, guint max_events, guint *turns,
            GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  lt_json_read_batch_async (self->builder, body, format, max_events, NULL, on_done, &result);
  *turns = 0;
  while (result == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      ++*turns;
    }
  return lt_json_read_batch_finish (result, error);
}

static GPtrArray *
read_batch (Fixture *self, const char *text, LtBatchFormat format, GError **error)
{
  gsize length = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  guint turns = 0;

  return read_bytes (self, body, format, 3, &turns, error);
}

#define A "{\"type\":\"a\"}"
#define B "{\"type\":\"b\"}"

static const struct
{
  LtBatchFormat format;
  const char *text;
  const char *types;
} accepted[] = {
  { LT_BATCH_JSON, "[]", "" },
  { LT_BATCH_JSON, " [ ] ", "" },
  { LT_BATCH_JSON, A, "a" },
  { LT_BATCH_JSON, " " A "\n", "a" },
  { LT_BATCH_JSON, "[" A "]", "a" },
  { LT_BATCH_JSON, "[" A "," B "," A "]", "aba" },
  { LT_BATCH_JSON, " [\n " A " ,\n" B " ]\n", "ab" },
  { LT_BATCH_JSON, "{\"events\":[]}", "" },
  { LT_BATCH_JSON, "{\"events\":[" A "," B "]}", "ab" },
  { LT_BATCH_JSON, " { \"events\" : [ " A " ] } ", "a" },
  { LT_BATCH_JSON, "{\"events\":[" A "],\"last\":\"e.7\"}", "a" },
  { LT_BATCH_JSON, "{\"last\":\"e.7\",\"events\":[" A "]}", "a" },
  { LT_BATCH_JSON, "{\"\\u0065vents\":[" A "]}", "a" },
  { LT_BATCH_NDJSON, "", "" },
  { LT_BATCH_NDJSON, "\n\n  \n", "" },
  { LT_BATCH_NDJSON, A, "a" },
  { LT_BATCH_NDJSON, A "\n", "a" },
  { LT_BATCH_NDJSON, A "\n" B, "ab" },
  { LT_BATCH_NDJSON, "\n" A "\r\n\r\n \t" B " \n" A "\n\n", "aba" },
};

static void
test_accepted (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) events
          = read_batch (self, accepted[i].text, accepted[i].format, &error);
      g_autoptr (GString) types = g_string_new (NULL);

      g_assert_no_error (error);
      for (guint j = 0; j < events->len; j++)
        g_string_append (types, LT_EVENT (g_ptr_array_index (events, j))->type->name);
      g_assert_cmpstr (types->str, ==, accepted[i].types);
    }
}

static const struct
{
  LtBatchFormat format;
  const char *text;
  LtErrorCode code;
  gssize index;
  gssize position;
  const char *message; /* (nullable): how the message begins */
} refused[] = {
  { LT_BATCH_JSON, "", LT_ERROR_INVALID_JSON, -1, 0, "nothing there" },
  { LT_BATCH_JSON, " \n", LT_ERROR_INVALID_JSON, -1, 2, NULL },
  { LT_BATCH_JSON, "7", LT_ERROR_INVALID_EVENT, -1, 0, "expected a list of events" },
  { LT_BATCH_JSON, " null", LT_ERROR_INVALID_EVENT, -1, 1, NULL },
  { LT_BATCH_JSON, "nil", LT_ERROR_INVALID_JSON, -1, 0, NULL },
  { LT_BATCH_JSON, "\xEF\xBB\xBF[]", LT_ERROR_INVALID_JSON, -1, 0, NULL },
  { LT_BATCH_JSON, "{}", LT_ERROR_INVALID_EVENT, 0, 0, "member \"type\" is missing" },
  { LT_BATCH_JSON, "{", LT_ERROR_INVALID_JSON, -1, 1, NULL },
  { LT_BATCH_JSON, A A, LT_ERROR_INVALID_JSON, -1, 12, NULL },
  { LT_BATCH_JSON, A "\n" A, LT_ERROR_INVALID_JSON, -1, 13, NULL },
  { LT_BATCH_JSON, "[" A, LT_ERROR_INVALID_JSON, -1, 13, NULL },
  { LT_BATCH_JSON, "[" A ",", LT_ERROR_INVALID_JSON, -1, 14, NULL },
  { LT_BATCH_JSON, "[" A ",]", LT_ERROR_INVALID_JSON, -1, 14, NULL },
  { LT_BATCH_JSON, "[" A " " B "]", LT_ERROR_INVALID_JSON, -1, 14, NULL },
  { LT_BATCH_JSON, "[" A "]]", LT_ERROR_INVALID_JSON, -1, 14, NULL },
  { LT_BATCH_JSON, "[" A ",7]", LT_ERROR_INVALID_EVENT, 1, 14,
    "event 2 (index 1): an event must be an object, not a number" },
  { LT_BATCH_JSON, "[" A ",null]", LT_ERROR_INVALID_EVENT, 1, 14,
    "event 2 (index 1): an event must be an object, not null" },
  { LT_BATCH_JSON, "[" A ",not]", LT_ERROR_INVALID_JSON, 1, 14, NULL },
  { LT_BATCH_JSON, "[" A ",nullify]", LT_ERROR_INVALID_JSON, 1, 14, NULL },
  { LT_BATCH_JSON, "[[" A "]]", LT_ERROR_INVALID_EVENT, 0, 1, NULL },
  { LT_BATCH_JSON, "[" A "," B ",{\"type\":\"a\",\"level\":\"warning\"}]", LT_ERROR_INVALID_LEVEL,
    2, 47, "event 3 (index 2): " },
  { LT_BATCH_JSON, "[" A ",{\"type\":\"a\",\"data\":{\"x\":01}}]", LT_ERROR_INVALID_JSON, 1, 38,
    "event 2 (index 1): invalid JSON at byte 38: " },
  { LT_BATCH_JSON, "[" A "," A "," A "," A "]", LT_ERROR_TOO_LARGE, -1, 40,
    "more than 3 events in one batch" },
  { LT_BATCH_JSON, "{\"last\":\"e.7\"}", LT_ERROR_INVALID_EVENT, -1, 13, "\"events\" is missing" },
  { LT_BATCH_JSON, "{\"events\":7}", LT_ERROR_INVALID_EVENT, -1, 10,
    "\"events\" must be a list, not a number" },
  { LT_BATCH_JSON, "{\"events\":[],\"events\":[]}", LT_ERROR_INVALID_JSON, -1, 13,
    "invalid JSON at byte 13: member \"events\" is given twice" },
  { LT_BATCH_JSON, "{\"last\":1,\"last\":2,\"events\":[]}", LT_ERROR_INVALID_JSON, -1, 10, NULL },
  { LT_BATCH_JSON, "{\"events\":[],\"x\":1}", LT_ERROR_INVALID_EVENT, -1, 13,
    "unknown member \"x\"; a batch has only \"events\"" },
  { LT_BATCH_JSON, "{\"events\":[]", LT_ERROR_INVALID_JSON, -1, 12, NULL },
  { LT_BATCH_JSON, "{\"events\":[" A "},", LT_ERROR_INVALID_JSON, -1, 23, NULL },
  { LT_BATCH_JSON, "{\"type\":\"a\",\"events\":[]}", LT_ERROR_INVALID_EVENT, 0, 12,
    "unknown member \"events\"" },
  { LT_BATCH_NDJSON, "[" A "]", LT_ERROR_INVALID_EVENT, 0, 0, NULL },
  { LT_BATCH_NDJSON, A "\n\n7\n", LT_ERROR_INVALID_EVENT, 1, 14, NULL },
  { LT_BATCH_NDJSON, A " " A, LT_ERROR_INVALID_JSON, 0, 13, NULL },
  { LT_BATCH_NDJSON, A "\n{\"type\":\n\"a\"}\n", LT_ERROR_INVALID_JSON, 1, 21, NULL },
  { LT_BATCH_NDJSON, A "\n" A "\n" A "\n" A, LT_ERROR_TOO_LARGE, -1, 39, NULL },
};

static void
test_refused (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *escaped = g_strescape (refused[i].text, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", escaped);
      g_assert_null (read_batch (self, refused[i].text, refused[i].format, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, LT_ERROR, (int) refused[i].code);
      g_assert_cmpint (lt_error_get_index (error), ==, refused[i].index);
      g_assert_cmpint (lt_error_get_position (error), ==, refused[i].position);
      if (refused[i].message != NULL)
        g_assert_true (g_str_has_prefix (error->message, refused[i].message));
    }
}

/* A batch at the limit of the design, in either format. */
static GBytes *
make_large_batch (LtBatchFormat format, guint n_events, const char *last)
{
  GString *text = g_string_new (format == LT_BATCH_JSON ? "[" : "");
  gsize length = 0;

  for (guint i = 0; i < n_events; i++)
    {
      const char *separator = format == LT_BATCH_JSON ? "," : "\n";

      g_string_append (text, i > 0 ? separator : "");
      g_string_append_printf (text,
                              "{\"type\":\"smtp.connection-start\",\"level\":\"debug\",\"data\":{"
                              "\"remoteIp\":\"192.0.2.%u\",\"spanId\":\"%u\",\"hostname\":"
                              "\"mail.example.net\",\"padding\":\"%0150u\"}}",
                              i % 256, i, i);
    }
  g_string_append (text, last);
  if (format == LT_BATCH_JSON)
    g_string_append_c (text, ']');
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}

/* No turn of the loop takes more of a batch than it may, so a large one takes many. */
static void
test_slices (Fixture *self, gconstpointer data)
{
  for (LtBatchFormat format = LT_BATCH_JSON; format <= LT_BATCH_NDJSON; format++)
    {
      g_autoptr (GBytes) body = make_large_batch (format, 10000, "");
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) events = NULL;
      guint turns = 0;

      events = read_bytes (self, body, format, 10000, &turns, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (events->len, ==, 10000);
      for (guint i = 0; i < events->len; i++)
        g_assert_cmpint (LT_EVENT (g_ptr_array_index (events, i))->n_fields, ==, 4);
      g_assert_cmpuint (turns, >=, g_bytes_get_size (body) / (LT_BATCH_TURN_BYTES + 4096));
    }
}

static gboolean
on_other (gpointer user_data)
{
  guint *turns = user_data;

  ++*turns;
  return G_SOURCE_CONTINUE;
}

/* What else waits for the loop gets its turns between the slices. */
static void
test_fair (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) body = make_large_batch (LT_BATCH_JSON, 10000, "");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  guint others = 0;
  guint id = g_idle_add_full (LT_PRIORITY_BULK, on_other, &others, NULL);

  lt_json_read_batch_async (self->builder, body, LT_BATCH_JSON, 10000, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  events = lt_json_read_batch_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (others, >=, 8);
  g_source_remove (id);
}

/* A fault in the last event: all of the batch is refused, and nothing leaks. */
static void
test_late_fault (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) body = make_large_batch (LT_BATCH_JSON, 9999, ",{\"type\":\"\"}");
  g_autoptr (GError) error = NULL;
  guint turns = 0;

  g_assert_null (read_bytes (self, body, LT_BATCH_JSON, 10000, &turns, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
  g_assert_cmpint (lt_error_get_index (error), ==, 9999);
}

/* Once cancelled, the builder is not touched again. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (self->catalogue, NULL);
  g_autoptr (GBytes) body = make_large_batch (LT_BATCH_JSON, 10000, "");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lt_json_read_batch_async (builder, body, LT_BATCH_JSON, 10000, cancellable, on_done, &result);
  g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  g_clear_pointer (&builder, lt_event_builder_free);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (lt_json_read_batch_finish (result, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_CANCELLED);
}

/* Two batches at once share one builder, event by event. */
static void
test_together (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) first = make_large_batch (LT_BATCH_JSON, 3000, "");
  g_autoptr (GBytes) second = make_large_batch (LT_BATCH_NDJSON, 3000, "");
  GAsyncResult *results[2] = { NULL, NULL };

  lt_json_read_batch_async (self->builder, first, LT_BATCH_JSON, 3000, NULL, on_done, &results[0]);
  lt_json_read_batch_async (self->builder, second, LT_BATCH_NDJSON, 3000, NULL, on_done,
                            &results[1]);
  while (results[0] == NULL || results[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) events = lt_json_read_batch_finish (results[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (events->len, ==, 3000);
      g_object_unref (results[i]);
    }
}

/* What docs/events.md shows is taken, and what it says of errors is what they say. */
static void
test_guide (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "docs", "events.md", NULL);
  g_autofree char *guide = NULL;
  g_auto (GStrv) blocks = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;

  g_file_get_contents (path, &guide, NULL, &error);
  g_assert_no_error (error);

  blocks = g_strsplit (guide, "```", -1);
  g_assert_cmpuint (g_strv_length (blocks), >, 6);
  for (guint i = 0; blocks[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) events = NULL;

      if (!g_str_has_prefix (blocks[i], "json\n"))
        continue;
      events = read_batch (self, blocks[i] + strlen ("json\n"), LT_BATCH_JSON, NULL);
      if (events == NULL)
        events = read_batch (self, blocks[i] + strlen ("json\n"), LT_BATCH_NDJSON, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (events->len, >, 0);
    }

  lines = g_strsplit (strstr (guide, "| sent | said |"), "\n", -1);
  for (guint i = 2; lines[i][0] == '|'; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "`", -1);
      g_autoptr (GError) problem = NULL;

      g_assert_cmpuint (g_strv_length (cells), ==, 5);
      g_assert_null (read_batch (self, cells[1], LT_BATCH_JSON, &problem));
      g_assert_cmpstr (problem->message, ==, cells[3]);
      n_rows++;
    }
  g_assert_cmpuint (n_rows, >=, 6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/json/batch/accepted", test_accepted);
  ADD ("/json/batch/refused", test_refused);
  ADD ("/json/batch/slices", test_slices);
  ADD ("/json/batch/fair", test_fair);
  ADD ("/json/batch/late-fault", test_late_fault);
  ADD ("/json/batch/cancelled", test_cancelled);
  ADD ("/json/batch/together", test_together);
  ADD ("/json/batch/guide", test_guide);
#undef ADD
  return g_test_run ();
}
