/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl.h"

G_BEGIN_DECLS

#define LT_CTL_BUS_NAME   "org.livetrace.Livetrace1"
#define LT_CTL_PATH       "/org/livetrace/Livetrace1"
#define LT_CTL_MANAGER    "org.livetrace.Livetrace1.Manager"
#define LT_CTL_SUBSCRIBER "org.livetrace.Livetrace1.Subscriber"

/* A check may wait for somebody to type a password. */
#define LT_CTL_TIMEOUT_MS (150 * 1000)

gboolean lt_ctl_connect (LtCtl *ctl, GError **error);
GVariant *lt_ctl_call (LtCtl *ctl, const char *method, GVariant *parameters, GError **error);
GVariant *lt_ctl_call_object (LtCtl *ctl, const char *path, const char *interface,
                              const char *method, GVariant *parameters, GDBusCallFlags flags,
                              GError **error);
int lt_ctl_call_for_fd (LtCtl *ctl, const char *method, GVariant *parameters, GError **error);
GError *lt_ctl_translate (LtCtl *ctl, const GError *foreign, const char *sent);

G_END_DECLS
