/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All of strict JSON in and fast JSON out. */
#include "lt-json-batch.h"
#include "lt-json-check.h"
#include "lt-json-encoder.h"
#include "lt-json-event-reader.h"
#include "lt-json-framing.h"
#include "lt-json-scanner.h"
#include "lt-line-reader.h"
