/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LtNotifier:
 *
 * Tells systemd how the daemon fares (sd_notify(3)), and while the main loop turns feeds its
 * watchdog, if it asked for that. Without systemd it does nothing.
 */
#define LT_TYPE_NOTIFIER (lt_notifier_get_type ())
G_DECLARE_FINAL_TYPE (LtNotifier, lt_notifier, LT, NOTIFIER, GObject)

LtNotifier *lt_notifier_new (void);
void lt_notifier_ready (LtNotifier *self, const char *status);
void lt_notifier_reloading (LtNotifier *self);
void lt_notifier_stopping (LtNotifier *self);

G_END_DECLS
