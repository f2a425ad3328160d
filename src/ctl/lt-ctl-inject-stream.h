/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl-client.h"

G_BEGIN_DECLS

gboolean lt_ctl_inject_stream (LtCtl *ctl, int input, GError **error);

G_END_DECLS
