/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-error.h"
#include "core/lt-event-builder.h"

#include <string.h>

#define MOST_KEYS 4096

typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtEventBuilder *builder; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  static const LtEventLimits limits = { 16 * 1024 * 1024, MOST_KEYS, 8 };

  fixture->catalogue = lt_catalogue_new ();
  fixture->builder = lt_event_builder_new (fixture->catalogue, &limits);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  lt_event_builder_free (fixture->builder);
  g_assert_finalize_object (fixture->catalogue);
}

static void
set_type (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_type (fixture->builder, "a.b", -1, &error);
  g_assert_no_error (error);
}

static void
set_key (Fixture *fixture, guint number)
{
  g_autofree char *name = g_strdup_printf ("key%u", number);
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_key (fixture->builder, name, -1, &error);
  g_assert_no_error (error);
}

/* Keys of the numbers from @first, each with its number. */
static void
add_keys (Fixture *fixture, guint first, guint n_keys)
{
  for (guint i = first; i < first + n_keys; i++)
    {
      set_key (fixture, i);
      g_assert_true (lt_event_builder_add_integer (fixture->builder, i, NULL));
    }
}

static void
begin_nested (Fixture *fixture, guint key)
{
  set_key (fixture, key);
  g_assert_true (lt_event_builder_begin_event (fixture->builder, NULL));
  set_type (fixture);
}

static void
end_nested (Fixture *fixture)
{
  g_assert_true (lt_event_builder_end_event (fixture->builder, NULL));
}

static LtEvent *
end (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event = lt_event_builder_end (fixture->builder, &error);

  g_assert_no_error (error);
  return event;
}

/* A key that the event has, in another spelling, or one more than it may have. */
static void
assert_refused (Fixture *fixture, guint number, LtErrorCode code, const char *message)
{
  g_autofree char *name = g_strdup_printf ("KEY_%u", number);
  g_autoptr (GError) error = NULL;

  g_assert_false (lt_event_builder_set_key (fixture->builder, name, -1, &error));
  g_assert_error (error, LT_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, message));
  lt_event_builder_reset (fixture->builder);
}

static void
test_most (Fixture *fixture, gconstpointer user_data)
{
  LtEvent *event;

  for (guint n_keys = 1; n_keys <= MOST_KEYS; n_keys *= 4)
    {
      set_type (fixture);
      add_keys (fixture, 0, n_keys);
      event = end (fixture);
      g_assert_cmpuint (event->n_fields, ==, n_keys);
      for (guint i = 0; i < n_keys; i++)
        g_assert_cmpint (event->fields[i].value.integer, ==, i);
      g_assert_finalize_object (event);
    }

  set_type (fixture);
  add_keys (fixture, 0, MOST_KEYS);
  assert_refused (fixture, MOST_KEYS, LT_ERROR_TOO_LARGE, "at most 4096 keys");
}

/* Wherever the first of the two is, and however many keys there are. */
static void
test_twice (Fixture *fixture, gconstpointer user_data)
{
  static const guint sizes[] = { 1, 31, 32, 33, 34, 63, 64, 65, 127, 128, 129, MOST_KEYS };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint places[] = { 0, sizes[i] / 2, sizes[i] - 1 };

      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        {
          g_autofree char *message = g_strdup_printf ("\"key%u\" is given twice", places[j]);

          set_type (fixture);
          add_keys (fixture, 0, sizes[i]);
          assert_refused (fixture, places[j], LT_ERROR_INVALID_EVENT, message);
        }
    }
}

/* A key that was null is absent, but still must not come twice. */
static void
test_null (Fixture *fixture, gconstpointer user_data)
{
  LtEvent *event;

  set_type (fixture);
  for (guint i = 0; i < 100; i++)
    {
      set_key (fixture, i);
      lt_event_builder_skip_value (fixture->builder);
    }
  add_keys (fixture, 100, 100);
  event = end (fixture);
  g_assert_cmpuint (event->n_fields, ==, 100);
  g_assert_finalize_object (event);

  set_type (fixture);
  for (guint i = 0; i < 100; i++)
    {
      set_key (fixture, i);
      lt_event_builder_skip_value (fixture->builder);
    }
  assert_refused (fixture, 99, LT_ERROR_INVALID_EVENT, "twice");
}

/* Each event has keys of its own: what one inside it has is no matter, before and after. */
static void
test_nested (Fixture *fixture, gconstpointer user_data)
{
  LtEvent *event;

  for (guint n_outer = 16; n_outer <= 256; n_outer *= 2)
    for (guint n_inner = 16; n_inner <= 1024; n_inner *= 4)
      {
        set_type (fixture);
        for (guint i = 0; i < n_outer; i++)
          {
            begin_nested (fixture, i);
            add_keys (fixture, 0, n_inner);
            end_nested (fixture);
          }
        event = end (fixture);
        g_assert_cmpuint (event->n_fields, ==, n_outer);
        g_assert_cmpuint (event->fields[n_outer - 1].value.nested->n_fields, ==, n_inner);
        g_assert_finalize_object (event);
      }

  for (guint n_outer = 16; n_outer <= 256; n_outer *= 2)
    {
      set_type (fixture);
      add_keys (fixture, 1000, n_outer);
      begin_nested (fixture, 1);
      add_keys (fixture, 1000, 100);
      end_nested (fixture);
      assert_refused (fixture, 1000 + n_outer - 1, LT_ERROR_INVALID_EVENT, "twice");

      set_type (fixture);
      add_keys (fixture, 1000, n_outer);
      begin_nested (fixture, 1);
      add_keys (fixture, 1000, 100);
      assert_refused (fixture, 1099, LT_ERROR_INVALID_EVENT, "twice");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/event-builder-keys/most", Fixture, NULL, set_up, test_most, tear_down);
  g_test_add ("/event-builder-keys/twice", Fixture, NULL, set_up, test_twice, tear_down);
  g_test_add ("/event-builder-keys/null", Fixture, NULL, set_up, test_null, tear_down);
  g_test_add ("/event-builder-keys/nested", Fixture, NULL, set_up, test_nested, tear_down);

  return g_test_run ();
}
