/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *lt_paths_dup_data (const char *name);
char *lt_paths_dup_locale (void);
char *lt_paths_dup_state (const char *setting);

G_END_DECLS
