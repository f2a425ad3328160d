/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-stream.h"

#include <glib/gi18n.h>
#include <string.h>

/* How many matches are shown where nobody says. */
#define DEFAULT_LAST 100

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  g_auto (LtCtlStart) start = { .context = -1, .level = -1 };
  LtCtlEventView view = { 0 };
  const LtCtlOption options[] = {
    { "context", 0, LT_CTL_OPTION_CHOICE, &start.context, LT_CTL_CONTEXTS, N_ ("CONTEXT"),
      N_ ("Show the event, its span (the default) or its trace") },
    { "last", 'n', LT_CTL_OPTION_COUNT, &start.last, NULL, N_ ("N"),
      N_ ("Show the newest N matches (the default is 100)") },
    { "since", 0, LT_CTL_OPTION_TEXT, &start.since, NULL, N_ ("TIME"),
      N_ ("Show all since a time, or for a duration such as 5m") },
    { "level", 0, LT_CTL_OPTION_CHOICE, &start.level, LT_CTL_LEVELS, N_ ("LEVEL"),
      N_ ("Show only what is at least this severe") },
    { "utc", 0, LT_CTL_OPTION_FLAG, &view.utc, NULL, NULL, N_ ("Show times as UTC") },
    { "verbose", 'v', LT_CTL_OPTION_FLAG, &view.verbose, NULL, NULL,
      N_ ("Show all keys, and long lines whole") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (GPtrArray) events = NULL;

  if (!lt_ctl_parse (ctl, options, words, rest, error))
    return FALSE;
  if (start.since != NULL && start.last > 0)
    return lt_ctl_error_usage (error, _ ("--since and --last do not go together"));

  lt_ctl_start_set_filter (&start, rest);
  if (start.last == 0)
    start.last = DEFAULT_LAST;
  events = lt_ctl_stream_collect (ctl, &start, error);
  if (events == NULL)
    return FALSE;

  for (guint i = 0; i < events->len; i++)
    {
      const char *json = g_ptr_array_index (events, i);
      g_autoptr (LtCtlEvent) event = NULL;

      if (ctl->json)
        {
          lt_ctl_output_json_line (ctl->out, json, strlen (json));
          continue;
        }
      event = lt_ctl_event_new_from_json (json, strlen (json));
      lt_ctl_event_put (event, &view, ctl->out);
    }
  return TRUE;
}

const LtCtlCommand lt_ctl_command_events = {
  .name = "events",
  .synopsis = N_ ("[FILTER]..."),
  .summary = N_ ("Show the events that the daemon keeps"),
  .description = N_ ("The words of FILTER are put together to one filter, such as\n"
                     "  livetracectl events to:jane@example.org level:warn -domain:example.net\n"
                     "livetracectl(1) says how filters are written."),
  .flags = LT_CTL_OPTIONS_FILTER,
  .run = run,
};
