/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lt_ctl_members_dup_text (GVariant *members, const char *name);
char *lt_ctl_members_dup_number (GVariant *members, const char *name);
char *lt_ctl_members_dup_size (GVariant *members, const char *name);
char *lt_ctl_members_dup_time (GVariant *members, const char *name);
char *lt_ctl_members_dup_list (GVariant *members, const char *name);

G_END_DECLS
