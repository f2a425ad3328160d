/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-due.h"

typedef struct
{
  GSource source;
  gint64 due_us;
  guint n_dispatched;
} DueSource;

static gboolean
prepare (GSource *source, int *timeout_ms)
{
  return lt_due_prepare (source, ((DueSource *) source)->due_us, timeout_ms);
}

static gboolean
check (GSource *source)
{
  return lt_due_check (source, ((DueSource *) source)->due_us);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ((DueSource *) source)->n_dispatched++;
  ((DueSource *) source)->due_us = LT_DUE_NEVER;

  return G_SOURCE_CONTINUE;
}

/* The wait is rounded up: too short a sleep would be followed by another one. */
static void
test_wait (void)
{
  g_assert_cmpint (lt_due_get_wait_ms (LT_DUE_NEVER, 1000), ==, -1);
  g_assert_cmpint (lt_due_get_wait_ms (LT_DUE_AT_ONCE, 1000), ==, 0);
  g_assert_cmpint (lt_due_get_wait_ms (999, 1000), ==, 0);
  g_assert_cmpint (lt_due_get_wait_ms (1000, 1000), ==, 0);
  g_assert_cmpint (lt_due_get_wait_ms (1001, 1000), ==, 1);
  g_assert_cmpint (lt_due_get_wait_ms (2000, 1000), ==, 1);
  g_assert_cmpint (lt_due_get_wait_ms (2001, 1000), ==, 2);
  g_assert_cmpint (lt_due_get_wait_ms (G_MAXINT64, 1000), ==, G_MAXINT);
}

/* Asks the main loop how long it would sleep. */
static int
query_timeout_ms (GMainContext *context)
{
  int timeout_ms = 0;
  int priority = 0;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, priority, &timeout_ms, NULL, 0);
  g_main_context_release (context);

  return timeout_ms;
}

static void
test_source (void)
{
  static GSourceFuncs funcs = { .prepare = prepare, .check = check, .dispatch = dispatch };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = g_source_new (&funcs, sizeof (DueSource));
  DueSource *due = (DueSource *) source;

  due->due_us = LT_DUE_NEVER;
  g_source_attach (source, context);
  g_assert_cmpint (query_timeout_ms (context), ==, -1);
  g_assert_false (g_main_context_iteration (context, FALSE));

  due->due_us = g_get_monotonic_time () + G_TIME_SPAN_DAY;
  g_assert_cmpint (query_timeout_ms (context), >, 0);
  g_assert_false (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (due->n_dispatched, ==, 0);

  due->due_us = LT_DUE_AT_ONCE;
  g_assert_cmpint (query_timeout_ms (context), ==, 0);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (due->n_dispatched, ==, 1);
  g_assert_false (g_main_context_iteration (context, FALSE));

  /* The loop sleeps until it is due, and not longer. */
  due->due_us = g_get_monotonic_time () + 1500;
  g_assert_true (g_main_context_iteration (context, TRUE));
  g_assert_cmpuint (due->n_dispatched, ==, 2);
  g_source_destroy (source);
}

static gboolean
count (gpointer user_data)
{
  guint *n_calls = user_data;

  (*n_calls)++;

  return G_SOURCE_CONTINUE;
}

static void
test_ready_time (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint n_calls = 0;
  g_autoptr (GSource) source = lt_due_source_new ("test", count, &n_calls);

  g_source_attach (source, context);
  g_assert_false (g_main_context_iteration (context, FALSE));
  g_source_set_ready_time (source, 0);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (n_calls, ==, 2);
  g_source_set_ready_time (source, -1);
  g_assert_false (g_main_context_iteration (context, FALSE));
  g_source_destroy (source);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/due/wait", test_wait);
  g_test_add_func ("/due/source", test_source);
  g_test_add_func ("/due/ready-time", test_ready_time);
  return g_test_run ();
}
