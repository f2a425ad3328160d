/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtPermissions:
 *
 * What a credential allows. None implies another.
 */
typedef enum
{
  LT_PERMISSION_NONE = 0,
  LT_PERMISSION_OBSERVE = 1 << 0, /* watch events, read what the service knows */
  LT_PERMISSION_INJECT = 1 << 1,  /* hand in events */
  LT_PERMISSION_MANAGE = 1 << 2,  /* levels, subscribers, tokens */
} LtPermissions;

#define LT_PERMISSION_ALL (LT_PERMISSION_OBSERVE | LT_PERMISSION_INJECT | LT_PERMISSION_MANAGE)

gboolean lt_permissions_parse (const char *const *words, LtPermissions *permissions,
                               GError **error);
GStrv lt_permissions_to_strv (LtPermissions permissions);

G_END_DECLS
