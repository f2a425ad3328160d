/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The exit status for a command line that cannot be read. */
#define LT_EXIT_USAGE 2

/**
 * LtCommandLine:
 *
 * What the daemon was called with.
 */
typedef struct
{
  char *path;      /* (owned) (nullable): `--config` */
  char *bus;       /* (owned): `--bus`: `system`, `session`, `none` or an address */
  GStrv overrides; /* (owned) (nullable): `--set`, each `section.key=value` */
  gboolean demo;   /* `--demo` */
  gboolean check;  /* `--check-config` */
  gboolean version;
} LtCommandLine;

LtCommandLine *lt_command_line_parse (int argc, char *argv[], GError **error);
gboolean lt_command_line_is_answered (const LtCommandLine *self);
void lt_command_line_free (LtCommandLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtCommandLine, lt_command_line_free)

G_END_DECLS
