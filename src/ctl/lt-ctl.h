/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl-error.h"
#include "lt-ctl-options.h"
#include "lt-ctl-output.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many options every command has. */
#define LT_CTL_N_COMMON 4

typedef struct _LtCtl LtCtl;

/**
 * LtCtlCommand:
 * @name: what the user types
 * @synopsis: (nullable): what follows the name, to be translated
 * @summary: what the command does, in a line, to be translated
 * @description: (nullable): more of it, for `--help`, to be translated
 * @flags: how its words are read
 * @run: does it. Returns %FALSE with an error, or without one where all has been said
 */
typedef struct
{
  const char *name;
  const char *synopsis;
  const char *summary;
  const char *description;
  LtCtlOptionsFlags flags;
  gboolean (*run) (LtCtl *ctl, char **words, GError **error);
} LtCtlCommand;

/**
 * LtCtl:
 *
 * One run of livetracectl.
 */
struct _LtCtl
{
  char *bus;                   /* (owned) (nullable): the option --bus */
  gboolean json;               /* the option --json */
  int color;                   /* the option --color, an LtCtlColor */
  gboolean help;               /* the option --help */
  gboolean version;            /* the option --version, before a command */
  const LtCtlCommand *command; /* (unowned) (nullable) */
  LtCtlOption common[LT_CTL_N_COMMON + 1];
  LtCtlOutput *out;            /* (owned) (nullable): standard output */
  LtCtlOutput *messages;       /* (owned) (nullable): standard error */
  GDBusConnection *connection; /* (owned) (nullable) */
  int status;                  /* what to end with where there is no error */
};

extern const LtCtlCommand lt_ctl_command_status;
extern const LtCtlCommand lt_ctl_command_watch;
extern const LtCtlCommand lt_ctl_command_events;
extern const LtCtlCommand lt_ctl_command_span;
extern const LtCtlCommand lt_ctl_command_inject;
extern const LtCtlCommand lt_ctl_command_subscribers;
extern const LtCtlCommand lt_ctl_command_disconnect;
extern const LtCtlCommand lt_ctl_command_level;
extern const LtCtlCommand lt_ctl_command_token;
extern const LtCtlCommand lt_ctl_command_sign_in;

int lt_ctl_main (int argc, char *argv[]);

/* For the commands. */
gboolean lt_ctl_parse (LtCtl *self, const LtCtlOption *options, char **words, GPtrArray *rest,
                       GError **error);
gboolean lt_ctl_check_count (GPtrArray *rest, guint minimum, guint maximum, GError **error);
void lt_ctl_say (LtCtl *self, LtCtlStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);
void lt_ctl_put (LtCtl *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void lt_ctl_put_json (LtCtl *self, GVariant *value);
void lt_ctl_put_rows (LtCtl *self, GVariant *list);

G_END_DECLS
