/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-framing.h"

#include "lt-json-encoder.h"

/* Every event names itself, so the block's cursor needs no line of its own: a client learns
 * how far the daemon has looked from the next control line. */
static void
append_events (GString *out, LtEvent *const *events, const guint8 *backfill, guint n_events,
               const char *epoch, const char *id)
{
  for (guint i = 0; i < n_events; i++)
    {
      lt_json_append_event (out, events[i], epoch, backfill != NULL && backfill[i] != 0);
      g_string_append_c (out, '\n');
    }
}

static void
append_control (GString *out, const LtControl *control, const char *id)
{
  gsize before = 0;

  g_string_append (out, "{\"control\":");
  lt_json_append_string (out, lt_control_kind_to_string (control->kind), -1);
  if (id != NULL)
    {
      g_string_append (out, ",\"id\":");
      lt_json_append_string (out, id, -1);
    }
  g_string_append_c (out, ',');
  before = out->len;
  lt_json_append_control (out, control);
  if (out->len == before)
    g_string_truncate (out, before - 1);
  g_string_append (out, "}\n");
}

const LtFraming lt_framing_ndjson = { "ndjson", append_events, append_control };
