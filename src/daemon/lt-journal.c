/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-journal.h"

#include <stdio.h>
#include <unistd.h>

static GLogWriterOutput
write_message (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *message = NULL;

  if (g_log_writer_default_would_drop (level, "livetrace"))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (STDERR_FILENO)
      && g_log_writer_journald (level, fields, n_fields, user_data) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        message = fields[i].value;
    }
  fprintf (stderr, "livetraced: %s\n", message != NULL ? message : "");
  return G_LOG_WRITER_HANDLED;
}

/**
 * lt_journal_init:
 *
 * Sends the daemon's messages to the journal, where standard error leads there, else to
 * standard error, one line each. To be called once, first of all.
 */
void
lt_journal_init (void)
{
  g_log_set_writer_func (write_message, NULL, NULL);
}
