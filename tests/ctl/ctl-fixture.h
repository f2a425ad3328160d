/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../e2e/daemon-fixture.h"

G_BEGIN_DECLS

/**
 * CtlFixture:
 *
 * A daemon for livetracectl to speak with.
 */
typedef struct
{
  TestDaemon daemon;
  const char *bus; /* its address */
} CtlFixture;

typedef void (*CtlFixtureFunc) (CtlFixture *fixture, gconstpointer user_data);

void ctl_fixture_add (const char *path, CtlFixtureFunc func);

/**
 * Ctl:
 *
 * A livetracectl that runs on beside the test.
 */
typedef struct
{
  GSubprocess *process;     /* (owned) */
  GDataInputStream *output; /* (owned): its standard output */
  GDataInputStream *errors; /* (owned): its standard error */
} Ctl;

void ctl_run (const char *bus, int expected_status, const char *input, char **output, char **errors,
              ...) G_GNUC_NULL_TERMINATED;
void ctl_start (Ctl *self, const char *bus, ...) G_GNUC_NULL_TERMINATED;
char *ctl_read_line (Ctl *self);
void ctl_expect_error (Ctl *self, const char *part);
void ctl_signal (Ctl *self, int number);
void ctl_end (Ctl *self, int expected_status);
GVariant *ctl_parse_json (const char *text);

G_END_DECLS
