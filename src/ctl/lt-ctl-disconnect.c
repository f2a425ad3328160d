/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"

#include "core/lt-text.h"

#include <glib/gi18n.h>

static gboolean
is_no_object (const GError *foreign)
{
  return g_error_matches (foreign, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (foreign, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (foreign, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE);
}

static gboolean
disconnect (LtCtl *ctl, guint64 number, GError **error)
{
  g_autofree char *path = g_strdup_printf (LT_CTL_PATH "/subscribers/%" G_GUINT64_FORMAT, number);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) foreign = NULL;

  if (!lt_ctl_connect (ctl, error))
    return FALSE;

  reply = g_dbus_connection_call_sync (
      ctl->connection, LT_CTL_BUS_NAME, path, LT_CTL_SUBSCRIBER, "Disconnect", NULL, NULL,
      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, LT_CTL_TIMEOUT_MS, NULL, &foreign);
  if (reply != NULL)
    return TRUE;

  /* An object that does not exist has no methods: say which thing is missing. */
  if (is_no_object (foreign))
    g_set_error (error, LT_CTL_ERROR, LT_CTL_EXIT_REFUSED, _ ("there is no subscriber %lu"),
                 (gulong) number);
  else
    g_propagate_error (error, lt_ctl_translate (ctl, foreign, NULL));
  return FALSE;
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  const LtCtlOption options[] = { { NULL } };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  guint64 number;

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 1, 1, error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (g_ptr_array_index (rest, 0), 10, 1, G_MAXUINT64, &number, NULL))
    {
      g_autofree char *quoted = lt_text_quote (g_ptr_array_index (rest, 0), -1);

      return lt_ctl_error_usage (error, _ ("a subscriber is named by its number, not %s"), quoted);
    }
  if (!disconnect (ctl, number, error))
    return FALSE;

  if (ctl->json)
    lt_ctl_put_json (ctl, g_variant_new_parsed ("{'disconnected': <%t>}", number));
  else
    lt_ctl_put (ctl, _ ("Subscriber %lu is disconnected."), (gulong) number);
  return TRUE;
}

const LtCtlCommand lt_ctl_command_disconnect = {
  .name = "disconnect",
  .synopsis = N_ ("N"),
  .summary = N_ ("End the stream of one subscriber"),
  .description = N_ ("N is the number that \"livetracectl subscribers\" shows."),
  .run = run,
};
