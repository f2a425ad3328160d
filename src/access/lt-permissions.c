/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-permissions.h"

#include "core/lt-error.h"

static const struct
{
  LtPermissions permission;
  const char *word;
} permission_words[] = {
  { LT_PERMISSION_OBSERVE, "observe" },
  { LT_PERMISSION_INJECT, "inject" },
  { LT_PERMISSION_MANAGE, "manage" },
};

static LtPermissions
permission_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (permission_words); i++)
    {
      if (g_str_equal (word, permission_words[i].word))
        return permission_words[i].permission;
    }

  return LT_PERMISSION_NONE;
}

/**
 * lt_permissions_parse:
 * @words: (array zero-terminated=1): `observe`, `inject`, `manage`; a repeat does no harm
 * @permissions: (out): the permissions named
 * @error: where to put an error: %LT_ERROR_INVALID_ARGUMENT
 *
 * Reads a list of permissions. It must name at least one.
 *
 * Returns: %FALSE with @error set if a word is unknown or there is none
 */
gboolean
lt_permissions_parse (const char *const *words, LtPermissions *permissions, GError **error)
{
  LtPermissions all = LT_PERMISSION_NONE;

  for (gsize i = 0; words != NULL && words[i] != NULL; i++)
    {
      LtPermissions one = permission_from_word (words[i]);

      if (one == LT_PERMISSION_NONE)
        {
          g_autofree char *shown = g_utf8_make_valid (words[i], -1);

          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                       "unknown permission \"%s\": there are \"observe\", \"inject\" and "
                       "\"manage\"",
                       shown);
          return FALSE;
        }
      all |= one;
    }

  if (all == LT_PERMISSION_NONE)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                           "no permission named: give \"observe\", \"inject\" or \"manage\"");
      return FALSE;
    }

  *permissions = all;
  return TRUE;
}

/**
 * lt_permissions_to_strv:
 * @permissions: permissions
 *
 * Returns: (transfer full) (not nullable): their words, in the order observe, inject, manage
 */
GStrv
lt_permissions_to_strv (LtPermissions permissions)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (permission_words); i++)
    {
      if ((permissions & permission_words[i].permission) != 0)
        g_strv_builder_add (builder, permission_words[i].word);
    }

  return g_strv_builder_end (builder);
}
