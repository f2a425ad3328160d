/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-command-line.h"
#include "lt-daemon.h"
#include "lt-journal.h"

#include <stdlib.h>

int
main (int argc, char *argv[])
{
  g_autoptr (LtCommandLine) line = NULL;
  g_autoptr (LtConfiguration) configuration = NULL;
  g_autoptr (LtDaemon) daemon = NULL;
  g_autoptr (GError) error = NULL;

  lt_journal_init ();
  line = lt_command_line_parse (argc, argv, &error);
  if (line == NULL)
    {
      g_printerr ("livetraced: %s\n", error->message);
      return LT_EXIT_USAGE;
    }
  if (lt_command_line_is_answered (line))
    return EXIT_SUCCESS;

  configuration = lt_configuration_load (line->path, (const char *const *) line->overrides, &error);
  if (configuration == NULL)
    {
      g_printerr ("livetraced: %s\n", error->message);
      return EXIT_FAILURE;
    }
  if (line->check)
    {
      g_autofree char *text = lt_configuration_to_text (configuration);

      g_print ("%s", text);
      return EXIT_SUCCESS;
    }

  daemon = lt_daemon_new (configuration, line);
  if (!lt_daemon_run (daemon, &error))
    {
      g_printerr ("livetraced: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
