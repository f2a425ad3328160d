/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-spans-state.h"

#define GROUP    "spans"
#define MARK_KEY "LastMark"

typedef struct
{
  GString *text;   /* (unowned) */
  gsize max_bytes; /* up to which @text may grow */
  guint n_spans;
} Writer;

/* As an item of a list in a key file. Thousands are written at once, which GKeyFile, made for
 * tens of settings, takes too long for. */
static void
append_item (GString *text, const char *item)
{
  for (const char *at = item; *at != '\0'; at++)
    switch (*at)
      {
      case ' ':
        g_string_append (text, "\\s");
        break;
      case '\n':
        g_string_append (text, "\\n");
        break;
      case '\r':
        g_string_append (text, "\\r");
        break;
      case '\t':
        g_string_append (text, "\\t");
        break;
      case '\\':
      case ';':
        g_string_append_c (text, '\\');
        g_string_append_c (text, *at);
        break;
      default:
        g_string_append_c (text, *at);
      }
  g_string_append_c (text, ';');
}

static void
append_span (const char *identity, const char *id, const char *parent_id, gpointer user_data)
{
  Writer *writer = user_data;
  gsize length = writer->text->len;

  g_string_append_printf (writer->text, "%u=", writer->n_spans);
  append_item (writer->text, identity);
  append_item (writer->text, id);
  if (parent_id != NULL)
    append_item (writer->text, parent_id);
  g_string_append_c (writer->text, '\n');
  if (writer->text->len <= writer->max_bytes)
    writer->n_spans++;
  else
    g_string_truncate (writer->text, length);
}

/**
 * lt_log_spans_append_state:
 * @self: a table
 * @text: a key file's text
 *
 * Appends a group with the spans that are open, so that lines of theirs that come after a restart
 * still belong to them: the %LT_LOG_SPANS_STATE_MAX_SPANS that were used last.
 */
void
lt_log_spans_append_state (LtLogSpans *self, GString *text)
{
  Writer writer = { text, text->len + LT_LOG_SPANS_STATE_MAX_BYTES, 0 };

  g_string_append_printf (text, "\n[" GROUP "]\n" MARK_KEY "=%" G_GINT64_FORMAT "\n",
                          lt_log_spans_get_last_mark (self));
  lt_log_spans_foreach (self, LT_LOG_SPANS_STATE_MAX_SPANS, append_span, &writer);
}

/**
 * lt_log_spans_load_state:
 * @self: a table
 * @key_file: what was kept
 *
 * Opens the spans that lt_log_spans_append_state() told of. What cannot be read is left out: a
 * span that is not known begins anew with its next line.
 */
void
lt_log_spans_load_state (LtLogSpans *self, GKeyFile *key_file)
{
  lt_log_spans_set_last_mark (self, g_key_file_get_int64 (key_file, GROUP, MARK_KEY, NULL));
  for (guint i = 0; i < LT_LOG_SPANS_STATE_MAX_SPANS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_auto (GStrv) items = NULL;
      gsize n_items = 0;

      items = g_key_file_get_string_list (key_file, GROUP, key, &n_items, NULL);
      if (items == NULL)
        break;
      if (n_items == 2 || n_items == 3)
        lt_log_spans_restore (self, items[0], items[1], items[2]);
    }
}
