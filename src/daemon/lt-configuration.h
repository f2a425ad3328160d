/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-options.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LtSourceSettings:
 *
 * What one group `[source NAME]` says.
 */
typedef struct
{
  char *name;         /* (owned): such as `postfix` */
  char *place;        /* (owned) (nullable): the file and line it begins at, if in a file */
  LtOptions *options; /* (owned): `kind`, `path`, `listen`, … */
} LtSourceSettings;

#define LT_TYPE_CONFIGURATION (lt_configuration_get_type ())
G_DECLARE_FINAL_TYPE (LtConfiguration, lt_configuration, LT, CONFIGURATION, GObject)

LtConfiguration *lt_configuration_load (const char *path, const char *const *overrides,
                                        GError **error);

gboolean lt_configuration_is_set (LtConfiguration *self, const char *name);
gboolean lt_configuration_get_boolean (LtConfiguration *self, const char *name);
guint64 lt_configuration_get_unsigned (LtConfiguration *self, const char *name);
const char *lt_configuration_get_string (LtConfiguration *self, const char *name);
const char *const *lt_configuration_get_strings (LtConfiguration *self, const char *name);
GHashTable *lt_configuration_get_levels (LtConfiguration *self);
GPtrArray *lt_configuration_get_sources (LtConfiguration *self);

const char *const *lt_configuration_get_files (LtConfiguration *self);
char *lt_configuration_to_text (LtConfiguration *self);
GStrv lt_configuration_list_restarts (LtConfiguration *self, LtConfiguration *next);

G_END_DECLS
