/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-error.h"
#include "ctl/lt-ctl-options.h"

#include <string.h>

typedef struct
{
  gboolean flag;
  char *text;
  GPtrArray *texts;
  int choice;
  guint64 count;
  guint64 seconds;
} Values;

static gboolean
parse (const char *line, LtCtlOptionsFlags flags, Values *values, char **rest, GError **error)
{
  const LtCtlOption one[] = {
    { "flag", 'f', LT_CTL_OPTION_FLAG, &values->flag, NULL, NULL, "Raise it" },
    { "text", 't', LT_CTL_OPTION_TEXT, &values->text, NULL, "TEXT", "Say it" },
    { NULL },
  };
  const LtCtlOption other[] = {
    { "texts", 0, LT_CTL_OPTION_TEXTS, &values->texts, NULL, "TEXT", "Say it again" },
    { "choice", 0, LT_CTL_OPTION_CHOICE, &values->choice, "red|green", "COLOR", "Choose" },
    { "count", 'n', LT_CTL_OPTION_COUNT, &values->count, NULL, "N", "Count" },
    { "for", 0, LT_CTL_OPTION_DURATION, &values->seconds, NULL, "DURATION", "Wait" },
    { NULL },
  };
  const LtCtlOption *const tables[] = { one, other, NULL };
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();
  gboolean success = lt_ctl_options_parse (tables, flags, words, array, error);

  g_ptr_array_add (array, NULL);
  *rest = g_strjoinv (" ", (char **) array->pdata);
  return success;
}

static void
test_values (void)
{
  Values values = { .choice = -1 };
  g_autofree char *rest = NULL;
  g_autoptr (GError) error = NULL;

  parse ("a --flag --text=x=y b --texts 1 --texts=2 --choice green -n 5 --for 90s - c",
         LT_CTL_OPTIONS_NONE, &values, &rest, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rest, ==, "a b - c");
  g_assert_true (values.flag);
  g_assert_cmpstr (values.text, ==, "x=y");
  g_assert_cmpuint (values.texts->len, ==, 2);
  g_assert_cmpint (values.choice, ==, 1);
  g_assert_cmpuint (values.count, ==, 5);
  g_assert_cmpuint (values.seconds, ==, 90);
  g_free (values.text);
  g_ptr_array_unref (values.texts);
}

static void
test_rest (void)
{
  static const struct
  {
    const char *line;
    LtCtlOptionsFlags flags;
    const char *rest;
    gboolean flag;
  } cases[] = {
    { "a --flag b", LT_CTL_OPTIONS_NONE, "a b", TRUE },
    { "a -f b", LT_CTL_OPTIONS_NONE, "a b", TRUE },
    { "a -- --flag b", LT_CTL_OPTIONS_NONE, "a --flag b", FALSE },
    { "a -- b -- c", LT_CTL_OPTIONS_NONE, "a b -- c", FALSE },
    { "--flag a --text", LT_CTL_OPTIONS_STOP, "a --text", TRUE },
    { "a --flag", LT_CTL_OPTIONS_STOP, "a --flag", FALSE },
    { "-domain:a -f -\"two", LT_CTL_OPTIONS_FILTER, "-domain:a -\"two", TRUE },
    { "-- -a", LT_CTL_OPTIONS_FILTER, "-a", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Values values = { 0 };
      g_autofree char *rest = NULL;
      g_autoptr (GError) error = NULL;

      parse (cases[i].line, cases[i].flags, &values, &rest, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (rest, ==, cases[i].rest);
      g_assert_cmpint (values.flag, ==, cases[i].flag);
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *line;
    LtCtlOptionsFlags flags;
    const char *message;
  } cases[] = {
    { "--flga", 0, "unknown option \"--flga\"; did you mean \"--flag\"?" },
    { "--txet=1", 0, "unknown option \"--txet\"; did you mean \"--text\"?" },
    { "--nothing-like-it", 0, "unknown option \"--nothing-like-it\"; if it is no option" },
    { "-x", 0, "unknown option \"-x\"; if it is no option" },
    { "-fx", 0, "unknown option \"-fx\"; if it is no option" },
    { "-x", LT_CTL_OPTIONS_FILTER, "unknown option \"-x\"; if it belongs to the filter" },
    { "--flag=yes", 0, "--flag takes no value" },
    { "--text", 0, "--text needs a value: TEXT" },
    { "--choice blue", 0, "--choice must be one of red, green, not \"blue\"" },
    { "--count 0", 0, "--count must be a whole number from 1, not \"0\"" },
    { "--count -1", 0, "--count must be a whole number from 1" },
    { "--count 1.5", 0, "--count must be a whole number from 1" },
    { "--count 99999999999999999999", 0, "--count must be a whole number from 1" },
    { "--for 10", 0, "--for must be a duration such as" },
    { "--for 0s", 0, "--for must be a duration such as" },
    { "--for=-5m", 0, "--for must be a duration such as" },
    { "--for soon", 0, "--for must be a duration such as" },
    { "--for 999999d", 0, "--for must be a duration such as" },
    { "--text \xff", 0, "--text is not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Values values = { 0 };
      g_autofree char *rest = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (parse (cases[i].line, cases[i].flags, &values, &rest, &error));
      g_assert_error (error, LT_CTL_ERROR, LT_CTL_EXIT_USAGE);
      if (!g_str_has_prefix (error->message, cases[i].message))
        g_error ("\"%s\" does not begin with \"%s\"", error->message, cases[i].message);
    }
}

static void
test_seconds (void)
{
  static const struct
  {
    const char *text;
    guint64 seconds;
  } cases[] = {
    { "1s", 1 },    { "1.5s", 2 },      { "500ms", 1 },           { "10m", 600 },
    { "2h", 7200 }, { "30d", 2592000 }, { "36500d", 3153600000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 seconds = 0;

      g_assert_true (lt_ctl_options_parse_seconds (cases[i].text, &seconds));
      g_assert_cmpuint (seconds, ==, cases[i].seconds);
    }
}

static void
test_help (void)
{
  const LtCtlOption options[] = {
    { "flag", 'f', LT_CTL_OPTION_FLAG, NULL, NULL, NULL, "Raise it" },
    { "a-very-long-name", 0, LT_CTL_OPTION_TEXT, NULL, NULL, "VALUE", "Say it" },
    { NULL },
  };
  g_autoptr (GString) out = g_string_new (NULL);

  lt_ctl_options_append_help (out, options);
  g_assert_cmpstr (out->str, ==,
                   "  -f, --flag              Raise it\n"
                   "  --a-very-long-name=VALUE\n"
                   "                          Say it\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-options/values", test_values);
  g_test_add_func ("/ctl-options/rest", test_rest);
  g_test_add_func ("/ctl-options/errors", test_errors);
  g_test_add_func ("/ctl-options/seconds", test_seconds);
  g_test_add_func ("/ctl-options/help", test_help);
  return g_test_run ();
}
