/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl.h"

#include "lt-ctl-format.h"
#include "lt-ctl-json.h"
#include "lt-ctl-text.h"

#include "core/lt-nearest.h"
#include "core/lt-text.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Where the list of commands says what they do. */
#define SUMMARY_COLUMN 16

static const LtCtlCommand *const commands[] = {
  &lt_ctl_command_status,     &lt_ctl_command_watch,  &lt_ctl_command_events,
  &lt_ctl_command_span,       &lt_ctl_command_inject, &lt_ctl_command_subscribers,
  &lt_ctl_command_disconnect, &lt_ctl_command_level,  &lt_ctl_command_token,
  &lt_ctl_command_sign_in,
};

static void
init_locale (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  gboolean uninstalled = program != NULL && g_str_has_prefix (program, LT_BUILD_DIR "/");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, uninstalled ? LT_BUILD_DIR "/po" : LT_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static gboolean
check_bus (const char *bus, GError **error)
{
  g_autofree char *quoted = NULL;

  if (bus == NULL || g_str_equal (bus, "system") || g_str_equal (bus, "session")
      || g_dbus_is_address (bus))
    return TRUE;

  quoted = lt_text_quote (bus, -1);
  return lt_ctl_error_usage (error, _ ("--bus must be system, session or a D-Bus address, not %s"),
                             quoted);
}

static void
append_command_list (GString *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (out, "  %-*s%s\n", SUMMARY_COLUMN - 2, commands[i]->name,
                            _ (commands[i]->summary));
}

/* Help is for reading: no line of it is cut. */
static void
put_lines (LtCtlOutput *out, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean truncate = out->truncate;

  out->truncate = FALSE;
  for (guint i = 0; lines[i] != NULL && (lines[i][0] != '\0' || lines[i + 1] != NULL); i++)
    {
      lt_ctl_output_text (out, LT_CTL_STYLE_PLAIN, lines[i]);
      lt_ctl_output_end_line (out);
    }
  out->truncate = truncate;
}

static void
put_command_help (LtCtl *self, const LtCtlOption *options)
{
  const LtCtlCommand *command = self->command;
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, _ ("Usage: livetracectl %s [OPTION]... %s"), command->name,
                          command->synopsis != NULL ? _ (command->synopsis) : "");
  g_string_append_printf (text, "\n\n%s.\n", _ (command->summary));
  if (command->description != NULL)
    g_string_append_printf (text, "\n%s\n", _ (command->description));
  g_string_append_printf (text, "\n%s\n", _ ("Options:"));
  lt_ctl_options_append_help (text, options);
  lt_ctl_options_append_help (text, self->common);
  put_lines (self->out, text->str);
}

static void
put_help (LtCtl *self, const LtCtlOption *first)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text, "%s\n\n%s\n\n%s\n", _ ("Usage: livetracectl [OPTION]... COMMAND [ARGUMENT]..."),
      _ ("Watch what a server does while it does it, and manage livetraced."), _ ("Commands:"));
  append_command_list (text);
  g_string_append_printf (text, "\n%s\n", _ ("Options:"));
  lt_ctl_options_append_help (text, self->common);
  lt_ctl_options_append_help (text, first);
  g_string_append_printf (text, "\n%s\n", _ ("\"livetracectl COMMAND --help\" tells more."));
  put_lines (self->out, text->str);
}

static void
make_outputs (LtCtl *self)
{
  g_clear_pointer (&self->out, lt_ctl_output_free);
  g_clear_pointer (&self->messages, lt_ctl_output_free);
  self->out = lt_ctl_output_new (STDOUT_FILENO, (LtCtlColor) self->color);
  self->messages = lt_ctl_output_new (STDERR_FILENO, (LtCtlColor) self->color);
  self->messages->truncate = FALSE;
}

static void
init_common (LtCtl *self)
{
  const LtCtlOption common[LT_CTL_N_COMMON + 1] = {
    { "bus", 0, LT_CTL_OPTION_TEXT, &self->bus, NULL, N_ ("BUS"),
      N_ ("Find the daemon on this bus: system (the default), session or an address") },
    { "json", 0, LT_CTL_OPTION_FLAG, &self->json, NULL, NULL, N_ ("Put out JSON") },
    { "color", 0, LT_CTL_OPTION_CHOICE, &self->color, "auto|always|never", N_ ("WHEN"),
      N_ ("Use colours: auto (on a terminal, the default), always or never") },
    { "help", 'h', LT_CTL_OPTION_FLAG, &self->help, NULL, NULL, N_ ("Print this help") },
    { NULL },
  };

  memcpy (self->common, common, sizeof common);
}

/**
 * lt_ctl_parse:
 * @self: this run
 * @options: the command's own options
 * @words: (array zero-terminated=1): what stands behind the command
 * @rest: (element-type utf8): gets the words that are no options
 * @error: return location for an error
 *
 * Reads a command's options and those that every command has, and answers `--help`.
 *
 * Returns: %TRUE; or %FALSE with %LT_CTL_EXIT_USAGE, or without an error where help was asked for
 */
gboolean
lt_ctl_parse (LtCtl *self, const LtCtlOption *options, char **words, GPtrArray *rest,
              GError **error)
{
  const LtCtlOption *const tables[] = { options, self->common, NULL };

  if (!lt_ctl_options_parse (tables, self->command->flags, words, rest, error)
      || !check_bus (self->bus, error))
    return FALSE;

  for (guint i = 0; i < rest->len; i++)
    {
      if (!g_utf8_validate (g_ptr_array_index (rest, i), -1, NULL))
        {
          g_autofree char *quoted = lt_text_quote (g_ptr_array_index (rest, i), -1);

          return lt_ctl_error_usage (error, _ ("%s is not UTF-8"), quoted);
        }
    }

  make_outputs (self);
  if (!self->help)
    return TRUE;

  put_command_help (self, options);
  return FALSE;
}

/**
 * lt_ctl_check_count:
 * @rest: (element-type utf8): the words that are no options
 * @minimum: how many there must be
 * @maximum: how many there may be
 * @error: return location for an error
 *
 * Returns: whether there are as many as there may be; if not, %LT_CTL_EXIT_USAGE
 */
gboolean
lt_ctl_check_count (GPtrArray *rest, guint minimum, guint maximum, GError **error)
{
  g_autofree char *quoted = NULL;

  if (rest->len < minimum)
    return lt_ctl_error_usage (error, _ ("something is missing behind the command"));
  if (rest->len <= maximum)
    return TRUE;

  quoted = lt_text_quote (g_ptr_array_index (rest, maximum), -1);
  return lt_ctl_error_usage (error, _ ("%s is one word too many"), quoted);
}

/**
 * lt_ctl_say:
 * @self: this run
 * @style: how it stands out
 * @format: the message, for printf()
 * @...: its arguments
 *
 * Tells the user something on standard error, line by line, behind what has been put out so far.
 */
void
lt_ctl_say (LtCtl *self, LtCtlStyle style, const char *format, ...)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  lt_ctl_output_flush (self->out);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      lt_ctl_output_text (self->messages, LT_CTL_STYLE_PLAIN, i == 0 ? "livetracectl: " : "");
      lt_ctl_output_text (self->messages, style, lines[i]);
      lt_ctl_output_end_line (self->messages);
    }
  lt_ctl_output_flush (self->messages);
}

/**
 * lt_ctl_put:
 * @self: this run
 * @format: the line, for printf()
 * @...: its arguments
 *
 * Puts out a line, whole.
 */
void
lt_ctl_put (LtCtl *self, const char *format, ...)
{
  gboolean truncate = self->out->truncate;
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  self->out->truncate = FALSE;
  lt_ctl_output_text (self->out, LT_CTL_STYLE_PLAIN, text);
  lt_ctl_output_end_line (self->out);
  self->out->truncate = truncate;
}

/**
 * lt_ctl_put_json:
 * @self: this run
 * @value: (transfer floating): any value
 *
 * Puts out a value as a line of JSON.
 */
void
lt_ctl_put_json (LtCtl *self, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GString) json = g_string_new (NULL);

  lt_ctl_json_append (json, owned);
  lt_ctl_output_json_line (self->out, json->str, json->len);
}

/* Times are text in JSON everywhere. */
static GVariant *
write_times_as_text (GVariant *members)
{
  gsize n_members = g_variant_n_children (members);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < n_members; i++)
    {
      g_autoptr (GVariant) value = NULL;
      const char *name;

      g_variant_get_child (members, i, "{&sv}", &name, &value);
      if (g_str_has_suffix (name, "At") && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
        {
          g_autofree char *time = lt_ctl_format_time_json (g_variant_get_int64 (value));

          g_variant_builder_add (&builder, "{sv}", name, g_variant_new_string (time));
        }
      else
        {
          g_variant_builder_add (&builder, "{sv}", name, value);
        }
    }

  return g_variant_builder_end (&builder);
}

/**
 * lt_ctl_put_rows:
 * @self: this run
 * @list: `aa{sv}`, or `a(oa{sv})`, of which the paths are left out
 *
 * Puts out a JSON list of objects.
 */
void
lt_ctl_put_rows (LtCtl *self, GVariant *list)
{
  gsize n_rows = g_variant_n_children (list);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) members = g_variant_is_of_type (row, G_VARIANT_TYPE_VARDICT)
                                         ? g_variant_ref (row)
                                         : g_variant_get_child_value (row, 1);

      g_variant_builder_add_value (&rows, write_times_as_text (members));
    }

  lt_ctl_put_json (self, g_variant_builder_end (&rows));
}

static gboolean
find_command (LtCtl *self, const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (commands)];
  g_autofree char *quoted = lt_text_quote (name, -1);
  const char *nearest;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      names[i] = commands[i]->name;
      if (g_str_equal (names[i], name))
        {
          self->command = commands[i];
          return TRUE;
        }
    }

  nearest = lt_nearest_word (name, names, G_N_ELEMENTS (names));
  if (nearest != NULL)
    return lt_ctl_error_usage (error, _ ("unknown command %s; did you mean \"%s\"?"), quoted,
                               nearest);

  return lt_ctl_error_usage (error, _ ("unknown command %s"), quoted);
}

static gboolean
run (LtCtl *self, char **words, GError **error)
{
  const LtCtlOption first[] = {
    { "version", 0, LT_CTL_OPTION_FLAG, &self->version, NULL, NULL, N_ ("Print the version") },
    { NULL },
  };
  const LtCtlOption *const tables[] = { self->common, first, NULL };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  gboolean success;

  success = lt_ctl_options_parse (tables, LT_CTL_OPTIONS_STOP, words, rest, error)
            && check_bus (self->bus, error);
  make_outputs (self);
  if (!success)
    return FALSE;

  if (self->version)
    {
      lt_ctl_output_print (self->out, LT_CTL_STYLE_PLAIN, "livetracectl %s", LT_VERSION);
      lt_ctl_output_end_line (self->out);
      return TRUE;
    }
  if (self->help && rest->len == 0)
    {
      put_help (self, first);
      return TRUE;
    }
  if (rest->len == 0)
    return lt_ctl_error_usage (error, _ ("a command is missing"));
  if (!find_command (self, g_ptr_array_index (rest, 0), error))
    return FALSE;

  g_ptr_array_add (rest, NULL);
  return self->command->run (self, (char **) rest->pdata + 1, error);
}

static void
say_error (LtCtl *self, const GError *error)
{
  lt_ctl_say (self, LT_CTL_STYLE_RED, "%s", error->message);
  if (error->code != LT_CTL_EXIT_USAGE)
    return;

  if (self->command != NULL && self->command->synopsis != NULL)
    lt_ctl_say (self, LT_CTL_STYLE_PLAIN, _ ("Usage: livetracectl %s [OPTION]... %s"),
                self->command->name, _ (self->command->synopsis));
  if (self->command != NULL)
    lt_ctl_say (self, LT_CTL_STYLE_PLAIN, _ ("try \"livetracectl %s --help\""),
                self->command->name);
  else
    lt_ctl_say (self, LT_CTL_STYLE_PLAIN, _ ("try \"livetracectl --help\""));
}

/* Returns: what to end with, given that the command went well */
static int
finish_output (LtCtl *self)
{
  lt_ctl_output_flush (self->out);
  if (self->out->error == 0)
    return self->status;

  lt_ctl_say (self, LT_CTL_STYLE_RED, _ ("cannot write: %s"), g_strerror (self->out->error));
  return LT_CTL_EXIT_REFUSED;
}

/**
 * lt_ctl_main:
 * @argc: as main() has it
 * @argv: as main() has it
 *
 * Runs livetracectl.
 *
 * Returns: its exit status, an #LtCtlExit
 */
int
lt_ctl_main (int argc, char *argv[])
{
  LtCtl self = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  init_locale ();
  init_common (&self);
  /* A reader that goes away is noticed where output is written. */
  signal (SIGPIPE, SIG_IGN);

  run (&self, argc > 0 ? argv + 1 : argv, &error);
  if (error != NULL)
    {
      say_error (&self, error);
      status = error->domain == LT_CTL_ERROR ? error->code : LT_CTL_EXIT_REFUSED;
    }
  else
    {
      status = finish_output (&self);
    }

  g_clear_object (&self.connection);
  lt_ctl_output_free (self.out);
  lt_ctl_output_free (self.messages);
  g_free (self.bus);
  return status;
}
