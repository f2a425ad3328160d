/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-options.h"

#include "lt-ctl-error.h"
#include "lt-ctl-text.h"

#include "core/lt-nearest.h"
#include "core/lt-text.h"
#include "core/lt-time.h"

#include <glib/gi18n.h>
#include <string.h>

/* Where help begins to say what an option does. */
#define HELP_COLUMN 26

/* Longest duration, in seconds: a hundred years. */
#define MAX_SECONDS (G_GUINT64_CONSTANT (100) * 366 * 86400)

static const LtCtlOption *
find_option (const LtCtlOption *const *tables, const char *name, gsize length)
{
  for (; *tables != NULL; tables++)
    {
      for (const LtCtlOption *option = *tables; option->name != NULL; option++)
        {
          if (strlen (option->name) == length && strncmp (option->name, name, length) == 0)
            return option;
        }
    }

  return NULL;
}

static const LtCtlOption *
find_letter (const LtCtlOption *const *tables, char letter)
{
  for (; *tables != NULL; tables++)
    {
      for (const LtCtlOption *option = *tables; option->name != NULL; option++)
        {
          if (option->letter == letter)
            return option;
        }
    }

  return NULL;
}

static gboolean
fail_unknown (const LtCtlOption *const *tables, const char *word, LtCtlOptionsFlags flags,
              GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *name = g_strndup (word, strcspn (word, "="));
  g_autofree char *quoted = lt_text_quote (name, -1);
  const char *nearest = NULL;

  for (; *tables != NULL; tables++)
    {
      for (const LtCtlOption *option = *tables; option->name != NULL; option++)
        g_ptr_array_add (names, (gpointer) option->name);
    }
  if (g_str_has_prefix (name, "--"))
    nearest = lt_nearest_word (name + 2, (const char *const *) names->pdata, names->len);

  if (nearest != NULL)
    return lt_ctl_error_usage (error, _ ("unknown option %s; did you mean \"--%s\"?"), quoted,
                               nearest);
  if ((flags & LT_CTL_OPTIONS_FILTER) != 0)
    return lt_ctl_error_usage (
        error, _ ("unknown option %s; if it belongs to the filter, put \"--\" before the filter"),
        quoted);

  return lt_ctl_error_usage (
      error, _ ("unknown option %s; if it is no option, put \"--\" before it"), quoted);
}

/**
 * lt_ctl_options_parse_seconds:
 * @text: a duration such as `10m`
 * @seconds: (out): how many seconds, rounded up
 *
 * Reads a duration. It needs a unit, since nobody could say which one is meant.
 *
 * Returns: whether @text is a duration from 1 s to a hundred years
 */
gboolean
lt_ctl_options_parse_seconds (const char *text, guint64 *seconds)
{
  gsize length = strlen (text);
  double milliseconds = 0;

  if (length == 0 || g_ascii_isdigit (text[length - 1])
      || !lt_duration_parse (text, length, &milliseconds) || milliseconds <= 0
      || milliseconds > (double) MAX_SECONDS * 1000)
    return FALSE;

  *seconds = (guint64) ((milliseconds + 999) / 1000);
  return TRUE;
}

static gboolean
set_choice (const LtCtlOption *option, const char *value, GError **error)
{
  g_auto (GStrv) choices = g_strsplit (option->choices, "|", -1);
  g_autofree char *quoted = lt_text_quote (value, -1);
  g_autofree char *list = g_strjoinv (", ", choices);

  for (int i = 0; choices[i] != NULL; i++)
    {
      if (g_str_equal (choices[i], value))
        {
          *(int *) option->target = i;
          return TRUE;
        }
    }

  return lt_ctl_error_usage (error, _ ("--%s must be one of %s, not %s"), option->name, list,
                             quoted);
}

static gboolean
set_count (const LtCtlOption *option, const char *value, GError **error)
{
  g_autofree char *quoted = lt_text_quote (value, -1);

  if (g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT64, option->target, NULL))
    return TRUE;

  return lt_ctl_error_usage (error, _ ("--%s must be a whole number from 1, not %s"), option->name,
                             quoted);
}

static gboolean
set_duration (const LtCtlOption *option, const char *value, GError **error)
{
  g_autofree char *quoted = lt_text_quote (value, -1);

  if (lt_ctl_options_parse_seconds (value, option->target))
    return TRUE;

  return lt_ctl_error_usage (error, _ ("--%s must be a duration such as 90s, 10m or 30d, not %s"),
                             option->name, quoted);
}

static gboolean
set_option (const LtCtlOption *option, const char *value, GError **error)
{
  if (value != NULL && !g_utf8_validate (value, -1, NULL))
    return lt_ctl_error_usage (error, _ ("--%s is not UTF-8"), option->name);

  switch (option->kind)
    {
    case LT_CTL_OPTION_FLAG:
      *(gboolean *) option->target = TRUE;
      return TRUE;
    case LT_CTL_OPTION_TEXT:
      g_free (*(char **) option->target);
      *(char **) option->target = g_strdup (value);
      return TRUE;
    case LT_CTL_OPTION_TEXTS:
      if (*(GPtrArray **) option->target == NULL)
        *(GPtrArray **) option->target = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (*(GPtrArray **) option->target, g_strdup (value));
      return TRUE;
    case LT_CTL_OPTION_CHOICE:
      return set_choice (option, value, error);
    case LT_CTL_OPTION_COUNT:
      return set_count (option, value, error);
    case LT_CTL_OPTION_DURATION:
      return set_duration (option, value, error);
    }

  g_return_val_if_reached (FALSE);
}

/* Returns: how many words the option takes, or 0 on failure */
static guint
parse_option (const LtCtlOption *const *tables, LtCtlOptionsFlags flags, char **words,
              GError **error)
{
  const char *word = words[0];
  const char *value = NULL;
  const LtCtlOption *option;
  guint n_taken = 1;

  if (word[1] == '-')
    {
      value = strchr (word, '=');
      option = find_option (tables, word + 2, strcspn (word + 2, "="));
    }
  else
    {
      option = word[2] == '\0' ? find_letter (tables, word[1]) : NULL;
    }

  if (option == NULL)
    {
      fail_unknown (tables, word, flags, error);
      return 0;
    }
  if (value != NULL)
    value++;
  if (option->kind == LT_CTL_OPTION_FLAG && value != NULL)
    {
      lt_ctl_error_usage (error, _ ("--%s takes no value"), option->name);
      return 0;
    }
  if (option->kind != LT_CTL_OPTION_FLAG && value == NULL)
    {
      value = words[1];
      n_taken = 2;
      if (value == NULL)
        {
          lt_ctl_error_usage (error, _ ("--%s needs a value: %s"), option->name,
                              _ (option->argument));
          return 0;
        }
    }

  return set_option (option, value, error) ? n_taken : 0;
}

static gboolean
is_option (const char *word, LtCtlOptionsFlags flags)
{
  if (word[0] != '-' || word[1] == '\0')
    return FALSE;
  if (word[1] != '-' && word[2] != '\0' && (flags & LT_CTL_OPTIONS_FILTER) != 0)
    return FALSE;

  return TRUE;
}

/**
 * lt_ctl_options_parse:
 * @tables: (array zero-terminated=1): tables of options
 * @flags: how to read the words
 * @words: (array zero-terminated=1): the command line, without the program
 * @rest: (element-type utf8): gets the words that are no options
 * @error: return location for an error
 *
 * Reads a command line. Options and other words may stand in any order; all behind `--` are
 * other words.
 *
 * Returns: %TRUE, or %FALSE with %LT_CTL_EXIT_USAGE
 */
gboolean
lt_ctl_options_parse (const LtCtlOption *const *tables, LtCtlOptionsFlags flags, char **words,
                      GPtrArray *rest, GError **error)
{
  gboolean only_words = FALSE;

  while (*words != NULL)
    {
      guint n_taken = 1;

      if (!only_words && g_str_equal (*words, "--"))
        only_words = TRUE;
      else if (!only_words && is_option (*words, flags))
        n_taken = parse_option (tables, flags, words, error);
      else
        {
          only_words = only_words || (flags & LT_CTL_OPTIONS_STOP) != 0;
          g_ptr_array_add (rest, *words);
        }
      if (n_taken == 0)
        return FALSE;
      words += n_taken;
    }

  return TRUE;
}

/**
 * lt_ctl_options_append_help:
 * @out: where to append
 * @options: a table of options
 *
 * Appends what help says of them, a line or two each.
 */
void
lt_ctl_options_append_help (GString *out, const LtCtlOption *options)
{
  for (; options->name != NULL; options++)
    {
      g_autofree char *letter
          = options->letter != '\0' ? g_strdup_printf ("-%c, ", options->letter) : g_strdup ("");
      g_autofree char *head = g_strdup_printf (
          "  %s--%s%s%s", letter, options->name, options->argument != NULL ? "=" : "",
          options->argument != NULL ? _ (options->argument) : "");
      guint width = lt_ctl_text_get_width (head, -1);

      g_string_append (out, head);
      if (width + 2 > HELP_COLUMN)
        {
          g_string_append_c (out, '\n');
          width = 0;
        }
      g_string_append_printf (out, "%*s%s\n", (int) (HELP_COLUMN - width), "", _ (options->help));
    }
}
