/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-catalogue.h"
#include "core/lt-error.h"

static void
test_unknown (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (LtEventType) type
      = lt_catalogue_intern_type (catalogue, "queue.rescheduled-again", -1, NULL);
  g_autoptr (LtEventType) same
      = lt_catalogue_intern_type (catalogue, "queue.rescheduled-again!", 23, NULL);

  g_assert_true (type == same);
  g_assert_false (type->known);
  g_assert_cmpuint (type->level, ==, LT_LEVEL_INFO);
  g_assert_cmpuint (type->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpstr (type->name, ==, "queue.rescheduled-again");
  g_assert_cmpuint (type->name_length, ==, 23);
  g_assert_cmpstr (type->text, ==, "Queue rescheduled again");
  g_assert_cmpuint (type->text_length, ==, 23);
}

static void
test_roles (void)
{
  static const struct
  {
    const char *name;
    LtSpanRole role;
  } rows[] = {
    { "smtp.connection-start", LT_SPAN_ROLE_START },  { "imap.connection-end", LT_SPAN_ROLE_END },
    { "delivery.attempt-start", LT_SPAN_ROLE_START }, { "delivery.attempt-end", LT_SPAN_ROLE_END },
    { "smtp.attempt-start", LT_SPAN_ROLE_NONE },      { "connection-start", LT_SPAN_ROLE_NONE },
    { "smtp.connection-started", LT_SPAN_ROLE_NONE },
  };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LtEventType) type = lt_catalogue_intern_type (catalogue, rows[i].name, -1, NULL);

      g_assert_cmpuint (type->role, ==, rows[i].role);
    }
}

static void
test_bad (void)
{
  static const char *const bad[]
      = { "", ".", "a.", ".a", "a..b", "A", "smtp.Mail", "a b", "a_b", "ä", "a\n", "smtp.*" };
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autofree char *longest = g_strnfill (LT_TYPE_MAX_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (LT_TYPE_MAX_BYTES + 1, 'a');
  g_autoptr (LtEventType) type = lt_catalogue_intern_type (catalogue, longest, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (type);
  g_assert_null (lt_catalogue_intern_type (catalogue, too_long, -1, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_null (lt_catalogue_intern_type (catalogue, bad[i], -1, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_EVENT);
    }
}

static void
test_weak (void)
{
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  LtEventType *type = lt_catalogue_intern_type (catalogue, "a.b", -1, NULL);

  g_assert_null (lt_catalogue_find_type (catalogue, "a.b", -1));
  lt_event_type_unref (type);
  type = lt_catalogue_add_type (catalogue, "a.b", NULL);
  g_assert_true (type->known);
  g_assert_true (lt_catalogue_find_type (catalogue, "a.b", -1) == type);
  g_assert_finalize_object (g_steal_pointer (&catalogue));
  g_assert_cmpuint (type->ref_count, ==, 1);
  lt_event_type_unref (type);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-type/unknown", test_unknown);
  g_test_add_func ("/event-type/roles", test_roles);
  g_test_add_func ("/event-type/bad", test_bad);
  g_test_add_func ("/event-type/weak", test_weak);
  return g_test_run ();
}
