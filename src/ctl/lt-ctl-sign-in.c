/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"

#include <glib/gi18n.h>

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  const LtCtlOption options[] = { { NULL } };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (GVariant) reply = NULL;
  const char *url;

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 0, 0, error))
    return FALSE;

  reply = lt_ctl_call (ctl, "CreateSignIn", NULL, error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &url);
  if (ctl->json)
    lt_ctl_put_json (ctl, g_variant_new_parsed ("{'url': <%s>}", url));
  else
    lt_ctl_put (ctl, "%s", url);
  return TRUE;
}

const LtCtlCommand lt_ctl_command_sign_in = {
  .name = "sign-in",
  .summary = N_ ("Print a link that signs a browser in, once"),
  .run = run,
};
