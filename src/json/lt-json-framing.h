/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-framing.h"

G_BEGIN_DECLS

/**
 * lt_framing_sse, lt_framing_ndjson:
 *
 * The two forms of a stream.
 */
extern const LtFraming lt_framing_sse;
extern const LtFraming lt_framing_ndjson;

void lt_json_append_control (GString *out, const LtControl *control);
const char *lt_control_kind_to_string (LtControlKind kind);

G_END_DECLS
