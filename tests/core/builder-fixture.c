/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder-fixture.h"

#include <string.h>

void
builder_fixture_set_up (BuilderFixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *name;
    LtValueKind kind;
  } keys[] = {
    { "remoteIp", LT_VALUE_IP },       { "expires", LT_VALUE_TIME },
    { "elapsed", LT_VALUE_DURATION },  { "contents", LT_VALUE_BYTES },
    { "localPort", LT_VALUE_INTEGER },
  };

  fixture->catalogue = lt_catalogue_new ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    lt_key_unref (lt_catalogue_add_key (fixture->catalogue, keys[i].name, keys[i].kind, NULL));
  fixture->builder = lt_event_builder_new (fixture->catalogue, NULL);
}

void
builder_fixture_tear_down (BuilderFixture *fixture, gconstpointer user_data)
{
  lt_event_builder_free (fixture->builder);
  g_assert_finalize_object (fixture->catalogue);
}

LtEvent *
builder_fixture_end (BuilderFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event = lt_event_builder_end (fixture->builder, &error);

  g_assert_no_error (error);
  g_assert_true (LT_IS_EVENT (event));
  return event;
}

void
builder_fixture_set_type (BuilderFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_type (fixture->builder, name, -1, &error);
  g_assert_no_error (error);
}

void
builder_fixture_set_key (BuilderFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_set_key (fixture->builder, name, -1, &error);
  g_assert_no_error (error);
}

void
builder_fixture_add_string (BuilderFixture *fixture, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  lt_event_builder_add_string_field (fixture->builder, key, text, &error);
  g_assert_no_error (error);
}

const LtValue *
builder_fixture_find (BuilderFixture *fixture, LtEvent *event, const char *name)
{
  return lt_event_find (event, lt_catalogue_find_key (fixture->catalogue, name, -1));
}

/* Checks that @good is false, and clears what was being built. */
void
builder_fixture_assert_refused (BuilderFixture *fixture, gboolean good, GError **error,
                                LtErrorCode code, const char *names)
{
  g_assert_false (good);
  g_assert_error (*error, LT_ERROR, (gint) code);
  g_assert_nonnull (strstr ((*error)->message, names));
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
  lt_event_builder_reset (fixture->builder);
}

void
builder_fixture_add (const char *path, BuilderFixtureFunc func)
{
  g_test_add (path, BuilderFixture, NULL, builder_fixture_set_up, func, builder_fixture_tear_down);
}
