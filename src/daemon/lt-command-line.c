/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-command-line.h"

#include "lt-paths.h"

#include "core/lt-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>

static void
init_locale (void)
{
  g_autofree char *directory = lt_paths_dup_locale ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static gboolean
check_bus (const char *bus, GError **error)
{
  static const char *const words[] = { "system", "session", "none", NULL };

  if (g_strv_contains (words, bus) || g_dbus_is_address (bus))
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
               _ ("--bus must be system, session, none or a D-Bus address, not \"%s\""), bus);
  return FALSE;
}

/**
 * lt_command_line_parse:
 * @argc: as main() has it
 * @argv: as main() has it
 * @error: return location for an error
 *
 * Reads the command line, in the words of the user's language. `--help` prints and exits.
 *
 * Returns: (transfer full) (nullable): what it says, or %NULL and %LT_ERROR_INVALID_ARGUMENT
 */
LtCommandLine *
lt_command_line_parse (int argc, char *argv[], GError **error)
{
  g_autoptr (LtCommandLine) self = g_new0 (LtCommandLine, 1);
  g_autoptr (GOptionContext) context = NULL;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &self->path, N_ ("Read this configuration"),
      N_ ("FILE") },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &self->bus,
      N_ ("Serve on this bus: system (the default), session, none or an address"), N_ ("BUS") },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->overrides,
      N_ ("Change a setting; can be repeated"), N_ ("SECTION.KEY=VALUE") },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &self->demo, N_ ("Simulate a mail server"), NULL },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &self->check,
      N_ ("Print the configuration that would be in force, and exit"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, N_ ("Print the version, and exit"),
      NULL },
    { NULL },
  };

  init_locale ();
  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _ ("Watch what a server does while it does it."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, error))
    {
      lt_error_translate (error, LT_ERROR_INVALID_ARGUMENT, _ ("the command line"));
      return NULL;
    }
  if (argc > 1)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   _ ("\"%s\" is not an option; see livetraced --help"), argv[1]);
      return NULL;
    }
  if (self->bus == NULL)
    self->bus = g_strdup ("system");
  if (!check_bus (self->bus, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lt_command_line_is_answered:
 * @self: what the daemon was called with
 *
 * Returns: %TRUE if it only asked for the version, which is now printed
 */
gboolean
lt_command_line_is_answered (const LtCommandLine *self)
{
  if (self->version)
    g_print ("livetraced %s\n", LT_VERSION);

  return self->version;
}

/**
 * lt_command_line_free:
 * @self: (transfer full): what the daemon was called with
 *
 * Frees it.
 */
void
lt_command_line_free (LtCommandLine *self)
{
  g_free (self->path);
  g_free (self->bus);
  g_strfreev (self->overrides);
  g_free (self);
}
