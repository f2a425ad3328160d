/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtDbusPacer:
 *
 * Does pieces of work in order, and no more in a turn of the main loop than there is time for.
 * GDBus hands over all calls it has read in one turn, however many these are.
 */
typedef struct _LtDbusPacer LtDbusPacer;

typedef void (*LtDbusPacerFunc) (gpointer data);

LtDbusPacer *lt_dbus_pacer_new (LtDbusPacerFunc func);
void lt_dbus_pacer_free (LtDbusPacer *self);
void lt_dbus_pacer_run (LtDbusPacer *self, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDbusPacer, lt_dbus_pacer_free)

G_END_DECLS
