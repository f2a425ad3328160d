/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void lt_dbus_return_error (GDBusMethodInvocation *invocation, const GError *error);
void lt_dbus_return_new_error (GDBusMethodInvocation *invocation, LtErrorCode code,
                               const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
