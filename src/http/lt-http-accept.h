/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gssize lt_http_accept_choose (const char *accept, const char *const *types);
const char *lt_http_accept_language (const char *accept_language, const char *const *languages);
gboolean lt_http_media_type_is (const char *content_type, const char *type);

G_END_DECLS
