/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-members.h"

#include "lt-ctl-format.h"

/**
 * lt_ctl_members_dup_text:
 * @members: what the daemon says of something, `a{sv}`
 * @name: the name of a string
 *
 * Returns: (transfer full) (nullable): it, or %NULL if there is none
 */
char *
lt_ctl_members_dup_text (GVariant *members, const char *name)
{
  char *text = NULL;

  g_variant_lookup (members, name, "s", &text);

  return text;
}

/**
 * lt_ctl_members_dup_number:
 * @members: what the daemon says of something, `a{sv}`
 * @name: the name of a count
 *
 * Returns: (transfer full) (nullable): it, in digits, or %NULL if there is none
 */
char *
lt_ctl_members_dup_number (GVariant *members, const char *name)
{
  guint64 number = 0;

  if (!g_variant_lookup (members, name, "t", &number))
    return NULL;

  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/**
 * lt_ctl_members_dup_size:
 * @members: what the daemon says of something, `a{sv}`
 * @name: the name of a count of bytes
 *
 * Returns: (transfer full) (nullable): it, with a unit, or %NULL if there is none
 */
char *
lt_ctl_members_dup_size (GVariant *members, const char *name)
{
  guint64 bytes = 0;

  if (!g_variant_lookup (members, name, "t", &bytes))
    return NULL;

  return g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

/**
 * lt_ctl_members_dup_time:
 * @members: what the daemon says of something, `a{sv}`
 * @name: the name of a time, microseconds since the epoch
 *
 * Returns: (transfer full) (nullable): it, in local time, or %NULL if there is none
 */
char *
lt_ctl_members_dup_time (GVariant *members, const char *name)
{
  gint64 unix_us = 0;

  if (!g_variant_lookup (members, name, "x", &unix_us))
    return NULL;

  return lt_ctl_format_time (unix_us, FALSE);
}

/**
 * lt_ctl_members_dup_list:
 * @members: what the daemon says of something, `a{sv}`
 * @name: the name of an array of strings
 *
 * Returns: (transfer full) (nullable): them, with commas between, or %NULL if there is none
 */
char *
lt_ctl_members_dup_list (GVariant *members, const char *name)
{
  g_autofree const char **words = NULL;

  if (!g_variant_lookup (members, name, "^a&s", &words))
    return NULL;

  return g_strjoinv (",", (char **) words);
}
