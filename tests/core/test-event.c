/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-event-builder.h"
#include "core/lt-event.h"

static void
test_find (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);
  g_autoptr (LtKey) first = lt_catalogue_intern_key (catalogue, "first", -1, NULL);
  g_autoptr (LtKey) second = lt_catalogue_intern_key (catalogue, "second", -1, NULL);
  g_autoptr (LtKey) third = lt_catalogue_intern_key (catalogue, "third", -1, NULL);
  LtEvent *event;

  lt_event_builder_set_type (builder, "a.b", -1, NULL);
  lt_event_builder_add_integer_field (builder, "first", 1, NULL);
  lt_event_builder_add_integer_field (builder, "second", 2, NULL);
  event = lt_event_builder_end (builder, NULL);

  g_assert_cmpint (lt_event_find (event, first)->integer, ==, 1);
  g_assert_cmpint (lt_event_find (event, second)->integer, ==, 2);
  g_assert_null (lt_event_find (event, third));
  g_assert_finalize_object (event);
}

typedef void (*Change) (LtEventBuilder *builder);

static void
change_nothing (LtEventBuilder *builder)
{
  lt_event_builder_set_text (builder, "A b", -1, NULL);
  lt_event_builder_set_level (builder, "info", -1, NULL);
}

static void
change_level (LtEventBuilder *builder)
{
  lt_event_builder_set_level (builder, "warn", -1, NULL);
}

static void
change_text (LtEventBuilder *builder)
{
  lt_event_builder_set_text (builder, "B a", -1, NULL);
}

static void
change_details (LtEventBuilder *builder)
{
  lt_event_builder_set_details (builder, "", -1, NULL);
}

static void
change_role (LtEventBuilder *builder)
{
  lt_event_builder_set_role (builder, LT_SPAN_ROLE_END, NULL);
}

static void
change_keys (LtEventBuilder *builder)
{
  lt_event_builder_add_integer_field (builder, "first", 1, NULL);
}

static void
change_value (LtEventBuilder *builder)
{
  lt_event_builder_add_integer_field (builder, "first", 2, NULL);
}

static LtEvent *
build (LtEventBuilder *builder, Change change)
{
  lt_event_builder_set_type (builder, "a.b", -1, NULL);
  lt_event_builder_set_created_at (builder, 1, NULL);
  change (builder);
  return lt_event_builder_end (builder, NULL);
}

static void
test_equal (void)
{
  static const Change changes[] = { change_nothing, change_level, change_text, change_details,
                                    change_role,    change_keys,  change_value };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventBuilder) builder = lt_event_builder_new (catalogue, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (changes); j++)
        {
          g_autoptr (LtEvent) a = build (builder, changes[i]);
          g_autoptr (LtEvent) b = build (builder, changes[j]);

          b->sequence = 17;
          b->previous_in_span = 16;
          g_assert_cmpint (lt_event_equal (a, b), ==, i == j);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/find", test_find);
  g_test_add_func ("/event/equal", test_equal);
  return g_test_run ();
}
