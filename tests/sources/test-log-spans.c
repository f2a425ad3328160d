/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-log-spans-state.h"

#include <string.h>

static void
test_unique (void)
{
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (10);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* The same name in the same microsecond, and at times that go back. */
  for (int i = 0; i < 1000; i++)
    {
      const char *id = lt_log_spans_open (spans, "smtpd 12", "smtpd-12", NULL, 1000 - i % 7);

      g_assert_true (g_str_has_prefix (id, "smtpd-12-"));
      g_assert_true (g_hash_table_add (ids, g_strdup (id)));
      g_assert_cmpstr (lt_log_spans_find (spans, "smtpd 12", NULL), ==, id);
    }
  g_assert_cmpuint (lt_log_spans_get_length (spans), ==, 1);
  lt_log_spans_close (spans, "smtpd 12");
  g_assert_null (lt_log_spans_find (spans, "smtpd 12", NULL));
  lt_log_spans_close (spans, "smtpd 12");
}

static void
test_least_used_goes (void)
{
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (3);

  lt_log_spans_open (spans, "a", "a", NULL, 1);
  lt_log_spans_open (spans, "b", "b", NULL, 2);
  lt_log_spans_open (spans, "c", "c", NULL, 3);
  g_assert_nonnull (lt_log_spans_find (spans, "a", NULL));
  lt_log_spans_open (spans, "d", "d", NULL, 4);
  g_assert_cmpuint (lt_log_spans_get_length (spans), ==, 3);
  g_assert_nonnull (lt_log_spans_find (spans, "a", NULL));
  g_assert_null (lt_log_spans_find (spans, "b", NULL));
  g_assert_nonnull (lt_log_spans_find (spans, "c", NULL));
  g_assert_nonnull (lt_log_spans_find (spans, "d", NULL));
}

/* What of @spans outlives a restart. */
static LtLogSpans *
restart (LtLogSpans *spans, guint limit)
{
  g_autoptr (GString) text = g_string_new ("[follow]\nPath=/var/log/mail.log\n");
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  LtLogSpans *restored = lt_log_spans_new (limit);

  lt_log_spans_append_state (spans, text);
  g_assert_cmpuint (text->len, <, LT_LOG_SPANS_STATE_MAX_BYTES + 256);
  g_key_file_load_from_data (key_file, text->str, text->len, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  lt_log_spans_load_state (restored, key_file);
  return restored;
}

static void
test_restart (void)
{
  static const char odd[] = " message \\s;\tÄ=[x]#; ";
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (3);
  g_autoptr (LtLogSpans) restored = NULL;
  g_autofree char *parent = g_strdup (lt_log_spans_open (spans, "smtpd 12", "smtpd-12", NULL, 7));
  g_autofree char *id = g_strdup (lt_log_spans_open (spans, odd, odd, parent, 7));
  const char *parent_id;

  lt_log_spans_open (spans, "c", "c", NULL, 7);
  g_assert_nonnull (lt_log_spans_find (spans, "smtpd 12", NULL));
  restored = restart (spans, 3);
  g_assert_cmpuint (lt_log_spans_get_length (restored), ==, 3);

  /* The parent is told once, to the first event of the span. */
  g_assert_cmpstr (lt_log_spans_find (restored, odd, NULL), ==, id);
  g_assert_cmpstr (lt_log_spans_find (restored, odd, &parent_id), ==, id);
  g_assert_cmpstr (parent_id, ==, parent);
  g_assert_cmpstr (lt_log_spans_find (restored, odd, &parent_id), ==, id);
  g_assert_null (parent_id);
  g_assert_cmpstr (lt_log_spans_find (restored, "smtpd 12", &parent_id), ==, parent);
  g_assert_null (parent_id);

  /* Ids of the other run do not come again, and the order of use is as it was. */
  g_assert_cmpstr (lt_log_spans_open (restored, "d", "c", NULL, 1), ==, "c-a");
  g_assert_null (lt_log_spans_find (restored, "c", NULL));
}

static void
test_bounded (void)
{
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (50000);
  g_autoptr (LtLogSpans) restored = NULL;
  g_autofree char *large = g_strnfill (LT_LOG_SPANS_MAX_SPAN_BYTES / 2 - 20, 'x');
  g_autofree char *too_large = g_strnfill (LT_LOG_SPANS_MAX_SPAN_BYTES, 'x');

  g_assert_null (lt_log_spans_open (spans, too_large, "a", NULL, 1));
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *identity = g_strdup_printf ("%s %u", large, i);

      g_assert_nonnull (lt_log_spans_open (spans, identity, large, NULL, i));
    }
  g_assert_cmpuint (lt_log_spans_get_length (spans), <=,
                    LT_LOG_SPANS_MAX_BYTES / (2 * strlen (large)));
  g_assert_cmpuint (lt_log_spans_get_length (spans), >, 4000);
  restored = restart (spans, 50000);
  g_assert_cmpuint (lt_log_spans_get_length (restored), >, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-spans/unique", test_unique);
  g_test_add_func ("/log-spans/least-used-goes", test_least_used_goes);
  g_test_add_func ("/log-spans/restart", test_restart);
  g_test_add_func ("/log-spans/bounded", test_bounded);
  return g_test_run ();
}
