/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-access.h"
#include "lt-sign-in-store.h"
#include "lt-throttle.h"

G_BEGIN_DECLS

struct _LtAccess
{
  GObject parent_instance;

  LtTokenStore *tokens;     /* (owned) */
  LtSessionStore *sessions; /* (owned) */
  LtSignInStore *sign_ins;  /* (owned) */
  LtTicketStore *tickets;   /* (owned) */
  LtThrottle *throttle;     /* (owned) */
  guint expiry_source;      /* of the next token or session to expire, or 0 */
};

void lt_access_schedule (LtAccess *self);

G_END_DECLS
