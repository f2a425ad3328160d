/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sources/lt-log-spans.h"

static void
test_unique (void)
{
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (10);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* The same name in the same microsecond, and at times that go back. */
  for (int i = 0; i < 1000; i++)
    {
      const char *id = lt_log_spans_open (spans, "smtpd 12", "smtpd-12", 1000 - i % 7);

      g_assert_true (g_str_has_prefix (id, "smtpd-12-"));
      g_assert_true (g_hash_table_add (ids, g_strdup (id)));
      g_assert_cmpstr (lt_log_spans_find (spans, "smtpd 12"), ==, id);
    }
  g_assert_cmpuint (lt_log_spans_get_length (spans), ==, 1);
  lt_log_spans_close (spans, "smtpd 12");
  g_assert_null (lt_log_spans_find (spans, "smtpd 12"));
  lt_log_spans_close (spans, "smtpd 12");
}

static void
test_least_used_goes (void)
{
  g_autoptr (LtLogSpans) spans = lt_log_spans_new (3);

  lt_log_spans_open (spans, "a", "a", 1);
  lt_log_spans_open (spans, "b", "b", 2);
  lt_log_spans_open (spans, "c", "c", 3);
  g_assert_nonnull (lt_log_spans_find (spans, "a"));
  lt_log_spans_open (spans, "d", "d", 4);
  g_assert_cmpuint (lt_log_spans_get_length (spans), ==, 3);
  g_assert_nonnull (lt_log_spans_find (spans, "a"));
  g_assert_null (lt_log_spans_find (spans, "b"));
  g_assert_nonnull (lt_log_spans_find (spans, "c"));
  g_assert_nonnull (lt_log_spans_find (spans, "d"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-spans/unique", test_unique);
  g_test_add_func ("/log-spans/least-used-goes", test_least_used_goes);
  return g_test_run ();
}
