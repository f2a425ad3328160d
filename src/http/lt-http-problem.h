/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_HTTP_PROBLEM_TYPE "application/problem+json"

/* What a client that was told 429 or 503 should wait, in seconds. */
#define LT_HTTP_RETRY_AFTER_S "2"

guint lt_http_problem_get_status (const GError *error);
GBytes *lt_http_problem_to_json (const GError *error);

G_END_DECLS
