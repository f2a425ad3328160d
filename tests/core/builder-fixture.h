/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-error.h"
#include "core/lt-event-builder.h"

G_BEGIN_DECLS

/**
 * BuilderFixture:
 *
 * A builder of events, with a catalogue that knows a few keys.
 */
typedef struct
{
  LtCatalogue *catalogue;  /* (owned) */
  LtEventBuilder *builder; /* (owned) */
} BuilderFixture;

typedef void (*BuilderFixtureFunc) (BuilderFixture *fixture, gconstpointer user_data);

void builder_fixture_add (const char *path, BuilderFixtureFunc func);
void builder_fixture_set_up (BuilderFixture *fixture, gconstpointer user_data);
void builder_fixture_tear_down (BuilderFixture *fixture, gconstpointer user_data);
LtEvent *builder_fixture_end (BuilderFixture *fixture);
void builder_fixture_set_type (BuilderFixture *fixture, const char *name);
void builder_fixture_set_key (BuilderFixture *fixture, const char *name);
void builder_fixture_add_string (BuilderFixture *fixture, const char *key, const char *text);
const LtValue *builder_fixture_find (BuilderFixture *fixture, LtEvent *event, const char *name);
void builder_fixture_assert_refused (BuilderFixture *fixture, gboolean good, GError **error,
                                     LtErrorCode code, const char *names);

G_END_DECLS
