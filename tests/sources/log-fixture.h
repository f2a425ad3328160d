/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-hub.h"
#include "sources/lt-log-processor.h"

G_BEGIN_DECLS

/* A hub and rules for tests that feed lines. */
typedef struct
{
  LtCatalogue *catalogue;    /* (owned) */
  LtHub *hub;                /* (owned) */
  LtRuleSet *rules;          /* (owned) */
  LtLogProcessor *processor; /* (owned) (nullable): taken by a source */
} LogFixture;

void log_fixture_init (LogFixture *fixture, const char *rules);
void log_fixture_clear (LogFixture *fixture);
LtLogProcessor *log_fixture_steal_processor (LogFixture *fixture);
void log_fixture_feed (LogFixture *fixture, const char *lines);
guint64 log_fixture_count (LogFixture *fixture);
LtEvent *log_fixture_peek (LogFixture *fixture, guint64 number);
char *log_fixture_dup_json (LogFixture *fixture, guint64 number);
char *log_fixture_dup_texts (LogFixture *fixture);
char *log_fixture_dup_value (LogFixture *fixture, guint64 number, const char *key);
void log_fixture_wait (LogFixture *fixture, guint64 n_events);

G_END_DECLS
