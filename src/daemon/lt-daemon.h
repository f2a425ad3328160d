/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-command-line.h"
#include "lt-configuration.h"

G_BEGIN_DECLS

/**
 * LtDaemon:
 *
 * All parts, put together: from the catalogue to the bus name, in the order in which they need
 * each other, and down again in the reverse.
 */
#define LT_TYPE_DAEMON (lt_daemon_get_type ())
G_DECLARE_FINAL_TYPE (LtDaemon, lt_daemon, LT, DAEMON, GObject)

LtDaemon *lt_daemon_new (LtConfiguration *configuration, const LtCommandLine *line);
gboolean lt_daemon_run (LtDaemon *self, GError **error);
gboolean lt_daemon_reload (LtDaemon *self, GError **error);
void lt_daemon_quit (LtDaemon *self, const GError *error);

G_END_DECLS
