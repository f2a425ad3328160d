/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-framing.h"

#include "lt-json-encoder.h"

static void
append_nullable (GString *out, const char *text)
{
  if (text != NULL)
    lt_json_append_string (out, text, -1);
  else
    g_string_append (out, "null");
}

static void
append_hello (GString *out, const LtControl *control)
{
  g_string_append (out, "\"epoch\":");
  append_nullable (out, control->epoch);
  g_string_append (out, ",\"subscriber\":");
  lt_json_append_unsigned (out, control->subscriber);
  g_string_append (out, ",\"filter\":");
  append_nullable (out, control->filter);
  g_string_append (out, ",\"context\":");
  append_nullable (out, control->context);
  g_string_append (out, ",\"ping\":");
  lt_json_append_unsigned (out, control->ping_ms);
}

static void
append_gap (GString *out, const LtControl *control)
{
  g_string_append (out, "\"dropped\":");
  if (control->dropped_known)
    lt_json_append_unsigned (out, control->dropped);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"after\":");
  append_nullable (out, control->after);
  g_string_append (out, ",\"before\":");
  append_nullable (out, control->before);
}

/**
 * lt_control_kind_to_string:
 * @kind: a kind of control block
 *
 * Returns: (not nullable): its name on a stream, such as `hello`
 */
const char *
lt_control_kind_to_string (LtControlKind kind)
{
  static const char *const names[] = {
    [LT_CONTROL_HELLO] = "hello", [LT_CONTROL_LIVE] = "live", [LT_CONTROL_GAP] = "gap",
    [LT_CONTROL_PING] = "ping",   [LT_CONTROL_BYE] = "bye",
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (names), "bye");

  return names[kind];
}

/**
 * lt_json_append_control:
 * @out: where to append
 * @control: a control block
 *
 * Appends the members of a control block, without braces: what both forms of a stream share.
 */
void
lt_json_append_control (GString *out, const LtControl *control)
{
  switch (control->kind)
    {
    case LT_CONTROL_HELLO:
      append_hello (out, control);
      return;
    case LT_CONTROL_LIVE:
      return;
    case LT_CONTROL_GAP:
      append_gap (out, control);
      return;
    case LT_CONTROL_PING:
      g_string_append (out, "\"interval\":");
      lt_json_append_unsigned (out, control->ping_ms);
      return;
    case LT_CONTROL_BYE:
      g_string_append (out, "\"reason\":");
      append_nullable (out, control->reason);
      return;
    }

  g_return_if_reached ();
}
