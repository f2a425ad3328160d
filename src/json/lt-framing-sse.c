/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-framing.h"

#include "lt-json-encoder.h"

/* Fields of a block as the HTML standard has them (section 9.2.6): a name, a colon, one space.
 * No value here holds a line end, so each needs one line. */
static void
append_field (GString *out, const char *name, const char *value)
{
  g_string_append (out, name);
  g_string_append (out, ": ");
  g_string_append (out, value);
  g_string_append_c (out, '\n');
}

static void
append_head (GString *out, const char *event, const char *id)
{
  append_field (out, "event", event);
  if (id != NULL)
    append_field (out, "id", id);
}

static void
append_events (GString *out, LtEvent *const *events, const guint8 *backfill, guint n_events,
               const char *epoch, const char *id)
{
  append_head (out, "trace", id);
  g_string_append (out, "data: [");
  for (guint i = 0; i < n_events; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      lt_json_append_event (out, events[i], epoch, backfill != NULL && backfill[i] != 0);
    }
  g_string_append (out, "]\n\n");
}

static void
append_control (GString *out, const LtControl *control, const char *id)
{
  append_head (out, lt_control_kind_to_string (control->kind), id);
  if (control->kind == LT_CONTROL_HELLO)
    g_string_append_printf (out, "retry: %u\n", control->retry_ms);
  g_string_append (out, "data: {");
  lt_json_append_control (out, control);
  g_string_append (out, "}\n\n");
}

const LtFraming lt_framing_sse = { "sse", append_events, append_control };
