/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-catalogue.h"

G_BEGIN_DECLS

/**
 * LtDemoSpan:
 *
 * Which of a session's spans an event belongs to.
 */
typedef enum
{
  LT_DEMO_SPAN_NONE,
  LT_DEMO_SPAN_CONNECTION,
  LT_DEMO_SPAN_MESSAGE,  /* under the connection, if there is one */
  LT_DEMO_SPAN_DELIVERY, /* under the message, if there is one */
} LtDemoSpan;

#define LT_DEMO_N_SPANS (LT_DEMO_SPAN_DELIVERY + 1)

/**
 * LtDemoStep:
 *
 * One event of a simulated session.
 */
typedef struct
{
  const char *type;
  LtDemoSpan span;
  LtSpanRole role;  /* NONE: the type's own */
  const char *data; /* `key=text` and `key:integer` with `{variables}`, separated by spaces */
} LtDemoStep;

/**
 * LtDemoScenario:
 *
 * What happens in one simulated session, in order.
 */
typedef struct
{
  const char *name;
  guint weight; /* how often, compared with the others */
  const LtDemoStep *steps;
  guint n_steps;
} LtDemoScenario;

const LtDemoScenario *lt_demo_script_get_scenarios (guint *n_scenarios);

G_END_DECLS
