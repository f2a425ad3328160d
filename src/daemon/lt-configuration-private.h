/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-configuration.h"

G_BEGIN_DECLS

#define LT_SOURCE_GROUP_PREFIX "source " /* in files */
#define LT_SOURCE_NAME_PREFIX  "source." /* in published names */

struct _LtConfiguration
{
  GObject parent_instance;

  LtOptions *options; /* (owned): all settings but those with a name of the user's choice */
  GHashTable *levels; /* (owned) (element-type utf8 utf8): levels by type glob */
  GPtrArray *sources; /* (owned) (element-type LtSourceSettings): in the order they came */
  GPtrArray *files;   /* (owned) (element-type utf8): what was read, then a NULL */
};

LtSourceSettings *lt_configuration_add_source (LtConfiguration *self, const char *name,
                                               GError **error);
gboolean lt_configuration_set_value (LtConfiguration *self, const char *name, const char *text,
                                     GError **error);

gboolean lt_configuration_load_file (LtConfiguration *self, const char *path, GError **error);
gboolean lt_configuration_load_drop_ins (LtConfiguration *self, const char *path, GError **error);

G_END_DECLS
