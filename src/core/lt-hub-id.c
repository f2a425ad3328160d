/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-error.h"
#include "lt-hub-private.h"

#include <string.h>

static const char *const context_names[] = { "event", "span", "trace" };

/**
 * lt_context_to_string:
 * @context: a context
 *
 * Returns: (transfer none): "event", "span" or "trace"
 */
const char *
lt_context_to_string (LtContext context)
{
  g_return_val_if_fail ((guint) context < G_N_ELEMENTS (context_names), "event");

  return context_names[context];
}

/**
 * lt_context_parse:
 * @text: what a user wrote
 * @context: (out): what it means
 * @error: return location for an error
 *
 * Errors: %LT_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lt_context_parse (const char *text, LtContext *context, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (context_names); i++)
    if (g_ascii_strcasecmp (text, context_names[i]) == 0)
      {
        *context = (LtContext) i;
        return TRUE;
      }

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
               "unknown context \"%.64s\"; use one of event, span, trace", text);

  return FALSE;
}

/**
 * lt_hub_format_id:
 * @self: the hub
 * @sequence: a sequence, or 0 for "nothing yet"
 * @buffer: (out): where to put the id
 *
 * Writes an event's id, `<epoch>.<sequence>`.
 *
 * Returns: bytes written, without the NUL
 */
gsize
lt_hub_format_id (LtHub *self, guint64 sequence, char buffer[LT_EVENT_ID_SIZE])
{
  char digits[20];
  guint n = 0;

  do
    digits[n++] = '0' + sequence % 10;
  while ((sequence /= 10) > 0);

  memcpy (buffer, self->epoch, 8);
  buffer[8] = '.';
  for (guint i = 0; i < n; i++)
    buffer[9 + i] = digits[n - 1 - i];
  buffer[9 + n] = '\0';

  return 9 + n;
}

/**
 * lt_hub_parse_id:
 * @self: the hub
 * @id: any text
 * @sequence: (out): the sequence
 *
 * Reads an event's id.
 *
 * Returns: whether it is one this hub has given out, or "nothing yet"; else another epoch is
 *   to be assumed
 */
gboolean
lt_hub_parse_id (LtHub *self, const char *id, guint64 *sequence)
{
  if (!g_str_has_prefix (id, self->epoch) || id[8] != '.' || !g_ascii_isdigit (id[9]))
    return FALSE;
  if (id[9] == '0' && id[10] != '\0')
    return FALSE;
  if (!g_ascii_string_to_unsigned (id + 9, 10, 0, G_MAXUINT64, sequence, NULL))
    return FALSE;

  return *sequence <= lt_hub_get_last_sequence (self);
}
