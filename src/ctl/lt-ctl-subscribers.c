/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"
#include "lt-ctl-members.h"
#include "lt-ctl-table.h"

#include <glib/gi18n.h>

static void
put_table (LtCtl *ctl, GVariant *list)
{
  const LtCtlColumn columns[] = {
    { _ ("N"), TRUE },         { _ ("STATE"), FALSE },  { _ ("BY"), FALSE },
    { _ ("WHO"), FALSE },      { _ ("PEER"), FALSE },   { _ ("MATCHED"), TRUE },
    { _ ("DELIVERED"), TRUE }, { _ ("DROPPED"), TRUE }, { _ ("FILTER"), FALSE },
    { _ ("CONTEXT"), FALSE },  { _ ("SINCE"), FALSE },  { _ ("QUEUED"), TRUE },
    { _ ("PROGRAM"), FALSE },
  };
  g_autoptr (LtCtlTable) table = lt_ctl_table_new (columns, G_N_ELEMENTS (columns));
  gsize n_rows = g_variant_n_children (list);

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) members = NULL;

      g_variant_get_child (list, i, "(&o@a{sv})", NULL, &members);
      lt_ctl_table_add (table, lt_ctl_members_dup_number (members, "number"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "state"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "transport"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "identity"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "peer"));
      lt_ctl_table_add (table, lt_ctl_members_dup_number (members, "matched"));
      lt_ctl_table_add (table, lt_ctl_members_dup_number (members, "delivered"));
      lt_ctl_table_add (table, lt_ctl_members_dup_number (members, "dropped"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "filter"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "context"));
      lt_ctl_table_add (table, lt_ctl_members_dup_time (members, "connectedAt"));
      lt_ctl_table_add (table, lt_ctl_members_dup_size (members, "queuedBytes"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "userAgent"));
    }

  lt_ctl_table_print (table, ctl->out);
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  const LtCtlOption options[] = { { NULL } };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 0, 0, error))
    return FALSE;

  reply = lt_ctl_call (ctl, "ListSubscribers", NULL, error);
  if (reply == NULL)
    return FALSE;

  list = g_variant_get_child_value (reply, 0);
  if (ctl->json)
    lt_ctl_put_rows (ctl, list);
  else
    put_table (ctl, list);
  return TRUE;
}

const LtCtlCommand lt_ctl_command_subscribers = {
  .name = "subscribers",
  .summary = N_ ("List who watches what"),
  .run = run,
};
