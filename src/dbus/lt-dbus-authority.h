/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtDbusTrust:
 *
 * Who may call on a bus.
 */
typedef enum
{
  LT_DBUS_TRUST_OWN_USER, /* the user the daemon runs as, and nobody else */
  LT_DBUS_TRUST_POLKIT,   /* root, and whom polkit allows */
} LtDbusTrust;

/**
 * LtDbusAuthorityLimits:
 *
 * What may be under way, and for how long.
 */
typedef struct
{
  guint max_callers;              /* remembered; default 256 */
  guint max_questions;            /* under way in all; default 256 */
  guint max_questions_per_caller; /* default 16 */
  guint timeout_ms;               /* of one check; default 25,000 */
  guint interactive_timeout_ms;   /* of one that may ask for a password; default 120,000 */
} LtDbusAuthorityLimits;

#define LT_DBUS_AUTHORITY_LIMITS_DEFAULT                                                           \
  {                                                                                                \
    256, 256, 16, 25000, 120000                                                                    \
  }

/**
 * LtDbusCallFunc:
 * @invocation: (transfer full): a call whose caller is allowed to make it
 * @user_data: what lt_dbus_authority_dispatch() was given
 */
typedef void (*LtDbusCallFunc) (GDBusMethodInvocation *invocation, gpointer user_data);

/**
 * LtDbusAuthority:
 *
 * Decides who may call what on one connection.
 */
#define LT_TYPE_DBUS_AUTHORITY (lt_dbus_authority_get_type ())
G_DECLARE_FINAL_TYPE (LtDbusAuthority, lt_dbus_authority, LT, DBUS_AUTHORITY, GObject)

LtDbusAuthority *lt_dbus_authority_new (GDBusConnection *connection, LtDbusTrust trust,
                                        const LtDbusAuthorityLimits *limits);
void lt_dbus_authority_dispatch (LtDbusAuthority *self, GDBusMethodInvocation *invocation,
                                 LtDbusCallFunc func, gpointer user_data, GDestroyNotify destroy);
char *lt_dbus_authority_describe_caller (LtDbusAuthority *self, const char *sender);
guint lt_dbus_authority_get_n_checks (LtDbusAuthority *self);
void lt_dbus_authority_shut_down (LtDbusAuthority *self);

G_END_DECLS
