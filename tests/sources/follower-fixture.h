/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sources/lt-follower.h"

#include "log-fixture.h"

G_BEGIN_DECLS

/**
 * FollowerFixture:
 *
 * A folder with a log in it, and a follower of that log.
 */
typedef struct
{
  LogFixture log;
  char *folder;       /* (owned) */
  char *path;         /* (owned) */
  char *old_path;     /* (owned) */
  LtSource *follower; /* (owned) (nullable) */
} FollowerFixture;

typedef void (*FollowerFixtureFunc) (FollowerFixture *fixture, gconstpointer data);

void follower_fixture_add (const char *path, FollowerFixtureFunc func);
void follower_fixture_start (FollowerFixture *fixture, gboolean from_start);
void follower_fixture_stop (FollowerFixture *fixture);
void follower_fixture_append (const char *path, const char *text);
void follower_fixture_copy (const char *from, const char *to);
const char *follower_fixture_get_state (FollowerFixture *fixture);
void follower_fixture_wait_for_state (FollowerFixture *fixture, const char *state);
void follower_fixture_expect (FollowerFixture *fixture, guint64 n_events, const char *texts);

G_END_DECLS
