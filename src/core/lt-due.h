/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a source of the main loop is due is a monotonic time in microseconds, or one of these. */
#define LT_DUE_AT_ONCE 0
#define LT_DUE_NEVER   (-1)

int lt_due_get_wait_ms (gint64 due_us, gint64 now_us);
gboolean lt_due_prepare (GSource *source, gint64 due_us, int *timeout_ms);
gboolean lt_due_check (GSource *source, gint64 due_us);
GSource *lt_due_source_new (const char *name, GSourceFunc callback, gpointer user_data);

G_END_DECLS
