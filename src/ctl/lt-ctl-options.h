/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LtCtlOptionKind:
 *
 * What an option takes, and what its target is.
 */
typedef enum
{
  LT_CTL_OPTION_FLAG,     /* nothing; gboolean */
  LT_CTL_OPTION_TEXT,     /* UTF-8; (owned) char * */
  LT_CTL_OPTION_TEXTS,    /* UTF-8, again and again; (owned) GPtrArray * of utf8 */
  LT_CTL_OPTION_CHOICE,   /* one of some words; int, the word's index */
  LT_CTL_OPTION_COUNT,    /* an integer from 1; guint64 */
  LT_CTL_OPTION_DURATION, /* such as 10m; guint64, in seconds */
} LtCtlOptionKind;

/**
 * LtCtlOption:
 * @name: the long name, without dashes; %NULL ends a table
 * @letter: a short name, or NUL
 * @kind: what it takes
 * @target: (unowned): where the value goes; what was there stays where the option is not given
 * @choices: (nullable): for %LT_CTL_OPTION_CHOICE, the words separated by `|`
 * @argument: (nullable): what help calls the value, to be translated
 * @help: what help says, to be translated
 */
typedef struct
{
  const char *name;
  char letter;
  LtCtlOptionKind kind;
  gpointer target;
  const char *choices;
  const char *argument;
  const char *help;
} LtCtlOption;

/**
 * LtCtlOptionsFlags:
 * @LT_CTL_OPTIONS_FILTER: words such as `-domain:a` are terms of a filter
 * @LT_CTL_OPTIONS_STOP: stop at the first word that is no option
 */
typedef enum
{
  LT_CTL_OPTIONS_NONE = 0,
  LT_CTL_OPTIONS_FILTER = 1 << 0,
  LT_CTL_OPTIONS_STOP = 1 << 1,
} LtCtlOptionsFlags;

gboolean lt_ctl_options_parse (const LtCtlOption *const *tables, LtCtlOptionsFlags flags,
                               char **words, GPtrArray *rest, GError **error);
gboolean lt_ctl_options_parse_seconds (const char *text, guint64 *seconds);
void lt_ctl_options_append_help (GString *out, const LtCtlOption *options);

G_END_DECLS
