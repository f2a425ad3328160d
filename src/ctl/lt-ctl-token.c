/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"
#include "lt-ctl-members.h"
#include "lt-ctl-table.h"

#include "core/lt-nearest.h"
#include "core/lt-text.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * Token:
 *
 * The options of all the command's parts.
 */
typedef struct
{
  GPtrArray *permissions; /* (owned) (nullable) (element-type utf8) */
  guint64 seconds;        /* until it expires, or 0 */
} Token;

static gboolean
list_tokens (LtCtl *ctl, GPtrArray *rest, const Token *options, GError **error)
{
  const LtCtlColumn columns[] = {
    { _ ("ID"), FALSE },      { _ ("LABEL"), FALSE },   { _ ("PERMISSIONS"), FALSE },
    { _ ("CREATED"), FALSE }, { _ ("EXPIRES"), FALSE },
  };
  g_autoptr (LtCtlTable) table = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) tokens = NULL;
  gsize n_tokens;

  if (!lt_ctl_check_count (rest, 1, 1, error))
    return FALSE;
  reply = lt_ctl_call (ctl, "ListTokens", NULL, error);
  if (reply == NULL)
    return FALSE;

  tokens = g_variant_get_child_value (reply, 0);
  if (ctl->json)
    {
      lt_ctl_put_rows (ctl, tokens);
      return TRUE;
    }

  table = lt_ctl_table_new (columns, G_N_ELEMENTS (columns));
  n_tokens = g_variant_n_children (tokens);
  for (gsize i = 0; i < n_tokens; i++)
    {
      g_autoptr (GVariant) members = g_variant_get_child_value (tokens, i);
      char *expires = lt_ctl_members_dup_time (members, "expiresAt");

      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "id"));
      lt_ctl_table_add (table, lt_ctl_members_dup_text (members, "label"));
      lt_ctl_table_add (table, lt_ctl_members_dup_list (members, "permissions"));
      lt_ctl_table_add (table, lt_ctl_members_dup_time (members, "createdAt"));
      lt_ctl_table_add (table, expires != NULL ? expires : g_strdup (_ ("never")));
    }
  lt_ctl_table_print (table, ctl->out);
  return TRUE;
}

/* A permission each, however they were written: `--permission=observe,inject` too. */
static GVariant *
collect_permissions (const Token *options)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < options->permissions->len; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_ptr_array_index (options->permissions, i), ",", -1);

      for (guint j = 0; words[j] != NULL; j++)
        g_variant_builder_add (&builder, "s", g_strstrip (words[j]));
    }

  return g_variant_builder_end (&builder);
}

static gboolean
create_token (LtCtl *ctl, GPtrArray *rest, const Token *options, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  const char *token;

  if (!lt_ctl_check_count (rest, 2, 2, error))
    return FALSE;
  if (options->permissions == NULL)
    return lt_ctl_error_usage (
        error, _ ("say what the token may do: --permission observe, inject or manage"));

  reply = lt_ctl_call (ctl, "CreateToken",
                       g_variant_new ("(s@ast)", g_ptr_array_index (rest, 1),
                                      collect_permissions (options), options->seconds),
                       error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &token);
  if (ctl->json)
    {
      lt_ctl_put_json (ctl, g_variant_new_parsed ("{'token': <%s>}", token));
      return TRUE;
    }

  lt_ctl_say (ctl, LT_CTL_STYLE_DIM, _ ("this is shown only once; keep it safe"));
  lt_ctl_put (ctl, "%s", token);
  return TRUE;
}

static gboolean
revoke_token (LtCtl *ctl, GPtrArray *rest, const Token *options, GError **error)
{
  const char *id;
  g_autoptr (GVariant) reply = NULL;

  if (!lt_ctl_check_count (rest, 2, 2, error))
    return FALSE;
  id = g_ptr_array_index (rest, 1);
  reply = lt_ctl_call (ctl, "RevokeToken", g_variant_new ("(s)", id), error);
  if (reply == NULL)
    return FALSE;

  if (ctl->json)
    lt_ctl_put_json (ctl, g_variant_new_parsed ("{'revoked': <%s>}", id));
  else
    lt_ctl_put (ctl, _ ("Token %s is revoked."), id);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*run) (LtCtl *ctl, GPtrArray *rest, const Token *options, GError **error);
  gboolean takes_options;
} parts[] = {
  { "list", list_tokens, FALSE },
  { "create", create_token, TRUE },
  { "revoke", revoke_token, FALSE },
};

static gboolean
run_part (LtCtl *ctl, GPtrArray *rest, const Token *options, GError **error)
{
  const char *names[G_N_ELEMENTS (parts)];
  const char *word;
  const char *nearest;
  g_autofree char *quoted = NULL;

  if (!lt_ctl_check_count (rest, 1, G_MAXUINT, error))
    return FALSE;

  word = g_ptr_array_index (rest, 0);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      names[i] = parts[i].name;
      if (!g_str_equal (parts[i].name, word))
        continue;
      if (!parts[i].takes_options && (options->permissions != NULL || options->seconds > 0))
        return lt_ctl_error_usage (error, _ ("--permission and --expires go with \"create\""));
      return parts[i].run (ctl, rest, options, error);
    }

  quoted = lt_text_quote (word, -1);
  nearest = lt_nearest_word (word, names, G_N_ELEMENTS (names));
  if (nearest != NULL)
    return lt_ctl_error_usage (error, _ ("unknown command %s; did you mean \"%s\"?"), quoted,
                               nearest);

  return lt_ctl_error_usage (error, _ ("behind \"token\" there must be list, create or revoke"));
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  Token token = { 0 };
  const LtCtlOption options[] = {
    { "permission", 'p', LT_CTL_OPTION_TEXTS, &token.permissions, NULL, N_ ("PERMISSION"),
      N_ ("Let the new token observe, inject or manage; can be repeated") },
    { "expires", 0, LT_CTL_OPTION_DURATION, &token.seconds, NULL, N_ ("DURATION"),
      N_ ("Let the new token expire, such as after 30d; otherwise it never does") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  gboolean success
      = lt_ctl_parse (ctl, options, words, rest, error) && run_part (ctl, rest, &token, error);

  g_clear_pointer (&token.permissions, g_ptr_array_unref);
  return success;
}

const LtCtlCommand lt_ctl_command_token = {
  .name = "token",
  .synopsis = N_ ("list | create LABEL --permission PERMISSION... | revoke ID"),
  .summary = N_ ("List, create and revoke tokens for HTTP"),
  .run = run,
};
