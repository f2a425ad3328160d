/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-options.h"

G_BEGIN_DECLS

LtOptions *lt_settings_new_options (void);
LtOptions *lt_settings_new_source_options (void);
const char *const *lt_settings_get_groups (void);
GStrv lt_settings_list_names (void);
GStrv lt_settings_list_source_names (void);
gboolean lt_settings_need_restart (const char *name);
gboolean lt_settings_check (LtOptions *options, const char *name, GError **error);
gboolean lt_settings_check_source (LtOptions *options, GError **error);

G_END_DECLS
