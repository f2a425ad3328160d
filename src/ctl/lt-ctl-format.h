/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lt_ctl_format_time (gint64 unix_us, gboolean utc);
char *lt_ctl_format_moment (gint64 unix_us, gint64 now_us, gboolean utc);
char *lt_ctl_format_time_json (gint64 unix_us);
char *lt_ctl_format_duration (guint64 seconds);
char *lt_ctl_format_interval (gint64 microseconds);

G_END_DECLS
