/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LT_CTL_ERROR:
 *
 * Errors of livetracectl; their codes are exit statuses.
 */
#define LT_CTL_ERROR (lt_ctl_error_quark ())

/**
 * LtCtlExit:
 *
 * What livetracectl ends with.
 */
typedef enum
{
  LT_CTL_EXIT_OK = 0,
  LT_CTL_EXIT_REFUSED = 1,     /* the daemon, or what was asked for, said no */
  LT_CTL_EXIT_USAGE = 2,       /* the command line cannot be read */
  LT_CTL_EXIT_UNREACHABLE = 3, /* no bus, no daemon, or one that went away */
  LT_CTL_EXIT_DENIED = 4,      /* the caller may not */
} LtCtlExit;

GQuark lt_ctl_error_quark (void);
gboolean lt_ctl_error_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
GError *lt_ctl_error_new_from_dbus (const GError *foreign, gssize *position);
gboolean lt_ctl_error_is_passing (const GError *foreign);

G_END_DECLS
