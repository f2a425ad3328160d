/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json-random-event.h"

#include <math.h>

/* Deep enough to try every combination, and within the builder's limits. */
#define MAX_DEPTH 4

static gboolean
toss (void)
{
  return g_test_rand_bit ();
}

static char *
make_text (void)
{
  static const char *const pieces[] = { "a",
                                        "mail",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\r\n",
                                        "\t",
                                        "\x01",
                                        "\x1f",
                                        "\x7f",
                                        "/",
                                        "caf\xC3\xA9",
                                        "\xE2\x80\xA8",
                                        " ",
                                        "</script>",
                                        "\xF0\x9D\x84\x9E",
                                        "12",
                                        "é\"é",
                                        "twelve bytes",
                                        "data: x\n\n" };
  GString *text = g_string_new (NULL);

  for (int i = g_test_rand_int_range (0, 12); i > 0; i--)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static double
make_number (void)
{
  union
  {
    guint64 bits;
    double number;
  } value;

  value.bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
  if (toss () || !isfinite (value.number))
    return g_test_rand_double_range (-1000, 1000);
  return value.number;
}

static void add_event (LtEventBuilder *builder, int depth);

static void
add_value (LtEventBuilder *builder, int depth)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = make_text ();
  gint64 integer
      = (gint64) ((guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ());

  switch (g_test_rand_int_range (0, depth < MAX_DEPTH ? 9 : 7))
    {
    case 0:
    case 1:
      lt_event_builder_add_string (builder, text, -1, &error);
      break;
    case 2:
      lt_event_builder_add_integer (builder, integer >> g_test_rand_int_range (0, 63), &error);
      break;
    case 3:
      lt_event_builder_add_unsigned (builder, (guint64) integer | (G_GUINT64_CONSTANT (1) << 63),
                                     &error);
      break;
    case 4:
      lt_event_builder_add_number (builder, make_number (), &error);
      break;
    case 5:
      lt_event_builder_add_boolean (builder, toss (), &error);
      break;
    case 6:
      lt_event_builder_add_string (builder, toss () ? "192.0.2.1" : "2026-11-22T06:35:06.5+02:00",
                                   -1, &error);
      break;
    case 7:
      lt_event_builder_begin_list (builder, &error);
      for (int i = g_test_rand_int_range (0, 4); i > 0; i--)
        add_value (builder, depth + 1);
      lt_event_builder_end_list (builder, &error);
      break;
    default:
      lt_event_builder_begin_event (builder, &error);
      add_event (builder, depth + 1);
      lt_event_builder_end_event (builder, &error);
      break;
    }
  g_assert_no_error (error);
}

static void
add_event (LtEventBuilder *builder, int depth)
{
  static const char *const keys[] = { "remoteIp", "nextRetry",  "elapsed", "contents", "spanId",
                                      "to",       "queue_time", "x",       "a-b",      "size" };
  static const char *const types[] = { "smtp.connection-start", "delivery.done", "a", "x.y.z" };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = make_text ();
  g_autofree char *details = make_text ();

  lt_event_builder_set_type (builder, types[g_test_rand_int_range (0, G_N_ELEMENTS (types))], -1,
                             &error);
  if (toss ())
    lt_event_builder_set_level (builder, toss () ? "error" : "trace", -1, &error);
  if (toss ())
    lt_event_builder_set_text (builder, text, -1, &error);
  if (toss ())
    lt_event_builder_set_details (builder, details, -1, &error);
  if (toss ())
    lt_event_builder_set_created_at (
        builder, G_GINT64_CONSTANT (1700000000000000) + (gint64) (guint32) g_test_rand_int (),
        &error);
  if (depth == 0 && toss ())
    lt_event_builder_set_role (builder, toss () ? LT_SPAN_ROLE_START : LT_SPAN_ROLE_END, &error);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (g_test_rand_int_range (0, 3) > 0)
        continue;
      lt_event_builder_set_key (builder, keys[i], -1, &error);
      add_value (builder, depth + 1);
    }
  g_assert_no_error (error);
}

/* An event of any shape; the same for the same random seed. */
LtEvent *
make_random_event (LtEventBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event = NULL;

  lt_event_builder_reset (builder);
  add_event (builder, 0);
  event = lt_event_builder_end (builder, &error);
  g_assert_no_error (error);
  return event;
}
