/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/lt-json-writer.h"

static void
test_document (void)
{
  static const char *const words[] = { "a", "b\"", NULL };
  g_auto (LtJsonWriter) writer = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_add_string (&writer, "text", "line\n");
  lt_json_writer_add_null (&writer, "none");
  lt_json_writer_begin_array (&writer, "empty");
  lt_json_writer_end_array (&writer);
  lt_json_writer_add_strv (&writer, "words", words);
  lt_json_writer_begin_array (&writer, "list");
  lt_json_writer_add_unsigned (&writer, NULL, G_MAXUINT64);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_end_object (&writer);
  lt_json_writer_add_boolean (&writer, NULL, TRUE);
  lt_json_writer_end_array (&writer);
  lt_json_writer_add_double (&writer, "half", 0.5);
  lt_json_writer_add_time (&writer, "when", 0);
  lt_json_writer_end_object (&writer);
  bytes = lt_json_writer_end (&writer);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "{\"text\":\"line\\n\",\"none\":null,\"empty\":[],\"words\":[\"a\",\"b\\\"\"],"
                   "\"list\":[18446744073709551615,{},true],\"half\":0.5,"
                   "\"when\":\"1970-01-01T00:00:00.000000Z\"}\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-writer/document", test_document);
  return g_test_run ();
}
