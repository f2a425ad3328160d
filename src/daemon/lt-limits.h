/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-configuration.h"

#include "access/lt-session-store.h"
#include "core/lt-event-builder.h"
#include "core/lt-hub.h"
#include "http/lt-http-api.h"
#include "http/lt-http-server.h"

G_BEGIN_DECLS

void lt_limits_get_hub (LtConfiguration *configuration, LtHubLimits *limits);
void lt_limits_get_event (LtConfiguration *configuration, LtEventLimits *limits);
void lt_limits_get_sessions (LtConfiguration *configuration, LtSessionLimits *limits);
void lt_limits_get_http (LtConfiguration *configuration, LtHttpSettings *settings);
void lt_limits_get_http_api (LtConfiguration *configuration, LtHttpApiSettings *settings);

G_END_DECLS
