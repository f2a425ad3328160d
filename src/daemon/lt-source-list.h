/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-configuration.h"

#include "core/lt-hub.h"
#include "core/lt-source.h"

G_BEGIN_DECLS

/**
 * LtSourceList:
 *
 * The sources that the configuration asks for. A reload leaves those alone whose settings
 * are as before.
 */
#define LT_TYPE_SOURCE_LIST (lt_source_list_get_type ())
G_DECLARE_FINAL_TYPE (LtSourceList, lt_source_list, LT, SOURCE_LIST, GObject)

LtSourceList *lt_source_list_new (LtHub *hub, const char *state_directory,
                                  const char *rules_directory);
GPtrArray *lt_source_list_get_sources (LtSourceList *self);
gboolean lt_source_list_configure (LtSourceList *self, LtConfiguration *configuration,
                                   GError **error);
void lt_source_list_add (LtSourceList *self, LtSource *source);
void lt_source_list_start (LtSourceList *self);
void lt_source_list_stop (LtSourceList *self);

G_END_DECLS
