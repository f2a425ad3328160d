/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-request.h"

#include "access/lt-access.h"

G_BEGIN_DECLS

/**
 * LtCredentials:
 *
 * What a request brought to say who it is from.
 */
#define LT_TYPE_CREDENTIALS (lt_credentials_get_type ())
G_DECLARE_FINAL_TYPE (LtCredentials, lt_credentials, LT, CREDENTIALS, GObject)

LtCredentials *lt_credentials_find (LtAccess *access, LtHttpRequest *request, gboolean with_ticket,
                                    GError **error);
LtIdentity *lt_credentials_get_identity (LtCredentials *self);
LtTicket *lt_credentials_get_ticket (LtCredentials *self);

char *lt_credentials_dup_cookie_name (LtHttpRequest *request);

G_END_DECLS
