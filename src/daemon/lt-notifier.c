/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-notifier.h"

#include <systemd/sd-daemon.h>

struct _LtNotifier
{
  GObject parent_instance;

  guint watchdog_id; /* the timer that feeds the watchdog, or 0 */
};

G_DEFINE_FINAL_TYPE (LtNotifier, lt_notifier, G_TYPE_OBJECT)

static void
lt_notifier_finalize (GObject *object)
{
  LtNotifier *self = LT_NOTIFIER (object);

  g_clear_handle_id (&self->watchdog_id, g_source_remove);

  G_OBJECT_CLASS (lt_notifier_parent_class)->finalize (object);
}

static void
lt_notifier_class_init (LtNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_notifier_finalize;
}

static void
lt_notifier_init (LtNotifier *self)
{
}

static gboolean
on_watchdog (gpointer user_data)
{
  sd_notify (0, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/**
 * lt_notifier_new:
 *
 * Returns: (transfer full): a notifier for the systemd that the environment names, if any
 */
LtNotifier *
lt_notifier_new (void)
{
  return g_object_new (LT_TYPE_NOTIFIER, NULL);
}

/**
 * lt_notifier_ready:
 * @self: a notifier
 * @status: one line for `systemctl status`
 *
 * Says that the daemon serves, at its start or after a reload. From the first time on the
 * watchdog is fed at half the interval it asked for.
 */
void
lt_notifier_ready (LtNotifier *self, const char *status)
{
  guint64 interval_us;

  sd_notifyf (0, "READY=1\nSTATUS=%s", status);
  if (self->watchdog_id == 0 && sd_watchdog_enabled (0, &interval_us) > 0)
    self->watchdog_id = g_timeout_add ((guint) MAX (1, interval_us / 2000), on_watchdog, self);
}

/**
 * lt_notifier_reloading:
 * @self: a notifier
 *
 * Says that a reload begins; lt_notifier_ready() says that it is over.
 */
void
lt_notifier_reloading (LtNotifier *self)
{
  sd_notifyf (0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
}

/**
 * lt_notifier_stopping:
 * @self: a notifier
 *
 * Says that the daemon ends.
 */
void
lt_notifier_stopping (LtNotifier *self)
{
  sd_notify (0, "STOPPING=1");
}
