/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-connection.h"

G_BEGIN_DECLS

/**
 * LtHttpOutput:
 *
 * The writing half of an #LtHttpConnection: pollable, never blocking.
 */
#define LT_TYPE_HTTP_OUTPUT (lt_http_output_get_type ())
G_DECLARE_FINAL_TYPE (LtHttpOutput, lt_http_output, LT, HTTP_OUTPUT, GOutputStream)

GOutputStream *lt_http_output_new (LtHttpConnection *connection, int fd);
void lt_http_output_detach (LtHttpOutput *self);

G_END_DECLS
