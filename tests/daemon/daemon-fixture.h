/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/**
 * DaemonFixture:
 *
 * A livetraced as a process, a systemd for it to talk to, and a directory for its files.
 */
typedef struct
{
  char *directory;        /* (owned): temporary */
  char *config_path;      /* (owned): a file in it */
  char *notify_path;      /* (owned): of @notify */
  GSocket *notify;        /* (owned): what systemd would listen on */
  GSubprocess *process;   /* (owned) (nullable) */
  GPtrArray *arguments;   /* (owned) (element-type utf8): of the next start */
  GPtrArray *environment; /* (owned) (element-type utf8): NAME=VALUE, for the next start */
  int listen_fd;          /* handed over as descriptor 3 of the next start, or -1 */
  char *status;           /* (owned) (nullable): what it last told systemd */
  char *address;          /* (owned) (nullable): ADDRESS:PORT where it serves HTTP */
} DaemonFixture;

void daemon_fixture_set_up (DaemonFixture *fixture, gconstpointer user_data);
void daemon_fixture_tear_down (DaemonFixture *fixture, gconstpointer user_data);
void daemon_fixture_add_argument (DaemonFixture *fixture, const char *argument);
void daemon_fixture_add_setting (DaemonFixture *fixture, const char *setting);
void daemon_fixture_write_config (DaemonFixture *fixture, const char *text);
char *daemon_fixture_create_token (DaemonFixture *fixture);
void daemon_fixture_spawn (DaemonFixture *fixture);
void daemon_fixture_start (DaemonFixture *fixture);
void daemon_fixture_expect (DaemonFixture *fixture, const char *line);
void daemon_fixture_end (DaemonFixture *fixture, int expected_status, char **output, char **errors);
GIOStream *daemon_fixture_request (DaemonFixture *fixture, const char *method, const char *target,
                                   const char *token);
char *daemon_fixture_read_until (GIOStream *stream, const char *part);
