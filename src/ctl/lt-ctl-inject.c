/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"
#include "lt-ctl-inject-stream.h"
#include "lt-ctl-inject-words.h"

#include <glib/gi18n.h>
#include <unistd.h>

/**
 * Inject:
 *
 * The command's options.
 */
typedef struct
{
  int level; /* or -1 */
  int role;  /* or -1 */
  char *text;
  char *details;
  gboolean from_stdin;
} Inject;

static gboolean
inject_one (LtCtl *ctl, GPtrArray *rest, const Inject *options, GError **error)
{
  static const char *const levels[] = { "error", "warn", "info", "debug", "trace" };
  static const char *const roles[] = { "start", "end" };
  g_autoptr (GVariant) event = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *id;

  if (!lt_ctl_check_count (rest, 1, G_MAXUINT, error))
    return FALSE;
  event = lt_ctl_inject_read_words (rest, options->text, options->details,
                                    options->level >= 0 ? levels[options->level] : NULL,
                                    options->role >= 0 ? roles[options->role] : NULL, error);
  if (event == NULL)
    return FALSE;

  reply = lt_ctl_call (ctl, "Inject", g_variant_new ("(@a{sv})", g_steal_pointer (&event)), error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &id);
  if (*id == '\0')
    lt_ctl_say (ctl, LT_CTL_STYLE_YELLOW,
                _ ("not kept: it is less severe than the level set for its type"));
  if (ctl->json)
    lt_ctl_put_json (ctl, *id == '\0' ? g_variant_new_parsed ("{'id': <()>}")
                                      : g_variant_new_parsed ("{'id': <%s>}", id));
  else if (*id != '\0')
    lt_ctl_put (ctl, "%s", id);
  return TRUE;
}

static gboolean
dispatch (LtCtl *ctl, GPtrArray *rest, const Inject *options, GError **error)
{
  if (rest->len > 0 && g_str_equal (g_ptr_array_index (rest, 0), "-"))
    return lt_ctl_error_usage (error, _ ("to read events from standard input, say --stdin"));
  if (!options->from_stdin)
    return inject_one (ctl, rest, options, error);
  if (rest->len > 0 || options->level >= 0 || options->role >= 0 || options->text != NULL
      || options->details != NULL)
    return lt_ctl_error_usage (error, _ ("with --stdin the events come from standard input alone"));

  return lt_ctl_inject_stream (ctl, STDIN_FILENO, error);
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  Inject inject = { .level = -1, .role = -1 };
  const LtCtlOption options[] = {
    { "level", 0, LT_CTL_OPTION_CHOICE, &inject.level, "error|warn|info|debug|trace", N_ ("LEVEL"),
      N_ ("How severe it is; the default is the type's") },
    { "span", 0, LT_CTL_OPTION_CHOICE, &inject.role, "start|end", N_ ("ROLE"),
      N_ ("Whether it starts or ends its span") },
    { "text", 0, LT_CTL_OPTION_TEXT, &inject.text, NULL, N_ ("TEXT"),
      N_ ("Its text, where TEXT could be taken for KEY=VALUE") },
    { "details", 0, LT_CTL_OPTION_TEXT, &inject.details, NULL, N_ ("TEXT"), N_ ("Its details") },
    { "stdin", 0, LT_CTL_OPTION_FLAG, &inject.from_stdin, NULL, NULL,
      N_ ("Read events from standard input, as JSON, one a line") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  gboolean success
      = lt_ctl_parse (ctl, options, words, rest, error) && dispatch (ctl, rest, &inject, error);

  g_free (inject.text);
  g_free (inject.details);
  return success;
}

const LtCtlCommand lt_ctl_command_inject = {
  .name = "inject",
  .synopsis = N_ ("TYPE [TEXT] [KEY=VALUE | KEY:=JSON]... | --stdin"),
  .summary = N_ ("Feed events to the daemon"),
  .description
  = N_ ("A VALUE that reads as a number or as true or false is one; all else is a string. What "
        "stands\nbehind := is JSON and taken exactly. The id of the event is printed."),
  .run = run,
};
