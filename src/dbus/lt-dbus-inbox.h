/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtDbusInboxLimits:
 *
 * What may wait to be handled, over all callers.
 */
typedef struct
{
  guint max_messages; /* default 512 */
  gsize max_bytes;    /* of message bodies; default 9 MiB: the largest batch and room beside it */
} LtDbusInboxLimits;

#define LT_DBUS_INBOX_LIMITS_DEFAULT                                                               \
  {                                                                                                \
    512, 9 * 1024 * 1024                                                                           \
  }

/**
 * LtDbusInbox:
 *
 * Bounds what a connection holds of messages not yet handled. GDBus reads all that comes in, in
 * its own thread, however far the main loop is behind; this stands in that thread.
 */
typedef struct _LtDbusInbox LtDbusInbox;

LtDbusInbox *lt_dbus_inbox_new (GDBusConnection *connection, const LtDbusInboxLimits *limits);
void lt_dbus_inbox_free (LtDbusInbox *self);
guint64 lt_dbus_inbox_get_dropped (LtDbusInbox *self);
guint lt_dbus_inbox_get_pending (LtDbusInbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDbusInbox, lt_dbus_inbox_free)

G_END_DECLS
