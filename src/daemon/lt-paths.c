/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-paths.h"

#include <unistd.h>

/* Whether the running program lies where it was built, not where it was installed. */
static gboolean
is_uninstalled (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, LT_BUILD_DIR "/");
}

/**
 * lt_paths_dup_data:
 * @name: a folder of data files, such as `catalogue`
 *
 * Returns: (transfer full): its path. A program that was not installed has the files that go
 *   with it: those the build made, and those of the source tree where it makes none.
 */
char *
lt_paths_dup_data (const char *name)
{
  g_autofree char *built = NULL;

  if (!is_uninstalled ())
    return g_build_filename (LT_DATA_DIR, name, NULL);

  built = g_build_filename (LT_BUILD_DIR "/data", name, NULL);
  if (g_file_test (built, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&built);

  return g_build_filename (LT_SOURCE_DIR "/data", name, NULL);
}

/**
 * lt_paths_dup_locale:
 *
 * Returns: (transfer full): where translations lie
 */
char *
lt_paths_dup_locale (void)
{
  return g_strdup (is_uninstalled () ? LT_BUILD_DIR "/po" : LT_LOCALE_DIR);
}

/**
 * lt_paths_dup_state:
 * @setting: (nullable): the setting `daemon.state-directory`
 *
 * Returns: (transfer full): the directory for what outlives the daemon: the setting, else what
 *   systemd gives, else the system's for root and the user's own for others
 */
char *
lt_paths_dup_state (const char *setting)
{
  const char *given = g_getenv ("STATE_DIRECTORY");

  if (setting != NULL)
    return g_strdup (setting);
  if (given != NULL && g_path_is_absolute (given))
    {
      g_auto (GStrv) directories = g_strsplit (given, ":", 2);

      return g_strdup (directories[0]);
    }
  if (geteuid () == 0)
    return g_strdup (LT_STATE_DIR);

  return g_build_filename (g_get_user_state_dir (), "livetrace", NULL);
}
