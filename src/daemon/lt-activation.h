/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lt_activation_take (GArray **descriptors, GError **error);

G_END_DECLS
