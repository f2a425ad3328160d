/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"
#include "lt-ctl-format.h"
#include "lt-ctl-table.h"

#include <glib/gi18n.h>
#include <string.h>

static int
compare_globs (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
list (LtCtl *ctl, GError **error)
{
  const LtCtlColumn columns[] = { { _ ("EVENTS"), FALSE }, { _ ("LEVEL"), FALSE } };
  g_autoptr (LtCtlTable) table = NULL;
  g_autoptr (GVariant) reply = lt_ctl_call (ctl, "ListLevels", NULL, error);
  g_autoptr (GVariant) levels = NULL;
  g_autoptr (GPtrArray) globs = g_ptr_array_new ();
  gsize n_levels;

  if (reply == NULL)
    return FALSE;

  levels = g_variant_get_child_value (reply, 0);
  if (ctl->json)
    {
      lt_ctl_put_json (ctl, levels);
      return TRUE;
    }

  n_levels = g_variant_n_children (levels);
  for (gsize i = 0; i < n_levels; i++)
    {
      const char *glob;

      g_variant_get_child (levels, i, "{&s&s}", &glob, NULL);
      g_ptr_array_add (globs, (gpointer) glob);
    }
  g_ptr_array_sort (globs, compare_globs);
  table = lt_ctl_table_new (columns, G_N_ELEMENTS (columns));
  for (guint i = 0; i < globs->len; i++)
    {
      const char *glob = g_ptr_array_index (globs, i);
      char *level = NULL;

      g_variant_lookup (levels, glob, "s", &level);
      lt_ctl_table_add (table, g_strdup (glob));
      lt_ctl_table_add (table, level);
    }
  lt_ctl_table_print (table, ctl->out);
  return TRUE;
}

static gboolean
reset (LtCtl *ctl, const char *glob, GError **error)
{
  g_autoptr (GVariant) reply = lt_ctl_call (ctl, "ResetLevel", g_variant_new ("(s)", glob), error);

  if (reply == NULL)
    return FALSE;

  if (ctl->json)
    lt_ctl_put_json (ctl, g_variant_new_parsed ("{'glob': <%s>, 'reset': <true>}", glob));
  else
    lt_ctl_put (ctl, _ ("%s: as the configuration says."), glob);
  return TRUE;
}

static gboolean
set (LtCtl *ctl, const char *glob, const char *level, guint64 seconds, GError **error)
{
  g_autoptr (GVariant) reply
      = lt_ctl_call (ctl, "SetLevel", g_variant_new ("(sst)", glob, level, seconds), error);
  g_autofree char *duration = lt_ctl_format_duration (seconds);

  if (reply == NULL)
    return FALSE;

  if (ctl->json)
    lt_ctl_put_json (ctl, g_variant_new_parsed ("{'glob': <%s>, 'level': <%s>, 'seconds': <%t>}",
                                                glob, level, seconds));
  else if (seconds > 0)
    lt_ctl_put (ctl, _ ("%s: %s, for %s."), glob, level, duration);
  else
    lt_ctl_put (ctl, _ ("%s: %s, until it is reset or the daemon ends."), glob, level);
  return TRUE;
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  guint64 seconds = 0;
  gboolean wants_reset = FALSE;
  const LtCtlOption options[] = {
    { "for", 0, LT_CTL_OPTION_DURATION, &seconds, NULL, N_ ("DURATION"),
      N_ ("End the change by itself, such as after 10m") },
    { "reset", 0, LT_CTL_OPTION_FLAG, &wants_reset, NULL, NULL,
      N_ ("Go back to what the configuration says") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 0, 2, error))
    return FALSE;

  if (wants_reset && (seconds > 0 || rest->len != 1))
    return lt_ctl_error_usage (error, _ ("--reset goes with a GLOB and nothing else"));
  if (seconds > 0 && rest->len != 2)
    return lt_ctl_error_usage (error, _ ("--for goes with a GLOB and a LEVEL"));
  if (rest->len == 0)
    return list (ctl, error);
  if (wants_reset)
    return reset (ctl, g_ptr_array_index (rest, 0), error);
  if (rest->len == 1)
    return lt_ctl_error_usage (error, _ ("behind GLOB there must be a LEVEL or --reset"));

  return set (ctl, g_ptr_array_index (rest, 0), g_ptr_array_index (rest, 1), seconds, error);
}

const LtCtlCommand lt_ctl_command_level = {
  .name = "level",
  .synopsis = N_ ("[GLOB LEVEL | GLOB --reset]"),
  .summary = N_ ("List or change from which level on events are taken"),
  .description
  = N_ ("GLOB is an event type or a glob such as \"smtp.*\"; LEVEL is error, warn, info, debug, "
        "trace\nor disable: less severe events of these types are refused. Without a GLOB the "
        "levels in\nforce are listed."),
  .run = run,
};
