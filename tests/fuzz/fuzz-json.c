/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as JSON: checked, as a small object, as an event and as a batch in either form. */
#include "core/lt-error.h"
#include "json/lt-json.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_error (const GError *error, gsize size)
{
  g_assert_true (error->domain == LT_ERROR);
  g_assert_cmpint (lt_error_get_position (error), <=, (gssize) size);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* What was read is written so that it reads as the same. */
static void
check_event (LtEventBuilder *builder, LtEvent *event)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (LtEvent) back = NULL;
  g_autoptr (GError) error = NULL;

  lt_json_append_event (out, event, "00000001", FALSE);
  g_assert_null (strchr (out->str, '\n'));
  lt_json_read_event (builder, out->str, out->len, &back, &error);
  g_assert_no_error (error);
  g_assert_true (lt_event_equal (event, back));
}

static void
fuzz_event (LtEventBuilder *builder, const char *text, gsize size, gboolean is_json)
{
  g_autoptr (LtEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  if (lt_json_read_event (builder, text, size, &event, &error))
    {
      g_assert_true (is_json);
      check_event (builder, event);
    }
  else
    check_error (error, size);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static void
fuzz_batch (LtEventBuilder *builder, const char *text, gsize size, LtBatchFormat format)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, size);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  lt_json_read_batch_async (builder, body, format, 100, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  events = lt_json_read_batch_finish (result, &error);
  if (events == NULL)
    check_error (error, size);
  else
    g_assert_cmpuint (events->len, <=, 100);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (GVariant) object = NULL;
  g_autoptr (GError) error = NULL;
  const char *text = (const char *) data;
  gboolean is_json = lt_json_check (text, size, &error);

  if (!is_json)
    check_error (error, size);
  g_clear_error (&error);

  object = lt_json_parse_object (text, size, &error);
  if (object == NULL)
    check_error (error, size);
  else
    g_assert_true (is_json);

  fuzz_event (builder, text, size, is_json);
  fuzz_batch (builder, text, size, LT_BATCH_JSON);
  fuzz_batch (builder, text, size, LT_BATCH_NDJSON);
  return 0;
}
