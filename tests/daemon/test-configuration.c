/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory-fixture.h"

#include "daemon/lt-configuration.h"
#include "daemon/lt-settings.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *directory; /* (owned) */
  char *path;      /* (owned): of the main file, not made yet */
  char *drop_ins;  /* (owned): of the directory beside it, made */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("livetrace-configuration-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "livetrace.conf", NULL);
  fixture->drop_ins = g_strconcat (fixture->path, ".d", NULL);
  g_assert_cmpint (g_mkdir (fixture->drop_ins, 0700), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  test_remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
  g_free (fixture->drop_ins);
}

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_drop_in (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->drop_ins, name, NULL);

  write_file (path, text);
}

static void
test_defaults (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  LtConfiguration *configuration;

  write_file (fixture->path, "");
  configuration = lt_configuration_load (fixture->path, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpstr (lt_configuration_get_strings (configuration, "http.listen")[0], ==,
                   "127.0.0.1:8425");
  g_assert_cmpstr (lt_configuration_get_strings (configuration, "http.listen")[1], ==,
                   "[::1]:8425");
  g_assert_cmpuint (lt_configuration_get_unsigned (configuration, "ring.size"), ==,
                    64 * 1024 * 1024);
  g_assert_cmpuint (lt_configuration_get_unsigned (configuration, "http.ping-interval"), ==, 15000);
  g_assert_false (lt_configuration_get_boolean (configuration, "daemon.events"));
  g_assert_null (lt_configuration_get_string (configuration, "daemon.state-directory"));
  g_assert_cmpuint (g_hash_table_size (lt_configuration_get_levels (configuration)), ==, 0);
  g_assert_cmpuint (lt_configuration_get_sources (configuration)->len, ==, 0);
  g_assert_cmpstr (lt_configuration_get_files (configuration)[0], ==, fixture->path);
  g_assert_null (lt_configuration_get_files (configuration)[1]);
  g_assert_finalize_object (configuration);
}

static void
test_order (Fixture *fixture, gconstpointer user_data)
{
  static const char *const overrides[]
      = { "ring.size=1MiB", "levels.smtp.*=warn", "source.mail.path=/c", NULL };
  g_autoptr (GError) error = NULL;
  LtConfiguration *configuration;
  LtSourceSettings *source;
  GHashTable *levels;

  write_file (fixture->path, "[ring]\nsize=2MiB\n[spans]\nlimit=10\n[event]\nkeys=10\n"
                             "[source mail]\nkind=file\npath=/a\n[levels]\nsmtp.*=info\n*=debug\n");
  write_drop_in (fixture, "10-a.conf", "[spans]\nlimit=20\n[event]\nkeys=20\n");
  write_drop_in (fixture, "20-b.conf", "[event]\nkeys=30\n[source mail]\npath=/b\n");
  write_drop_in (fixture, "ignored.txt", "[nothing]\n");
  write_drop_in (fixture, ".hidden.conf", "[nothing]\n");
  configuration = lt_configuration_load (fixture->path, overrides, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (lt_configuration_get_unsigned (configuration, "ring.size"), ==, 1024 * 1024);
  g_assert_cmpuint (lt_configuration_get_unsigned (configuration, "spans.limit"), ==, 20);
  g_assert_cmpuint (lt_configuration_get_unsigned (configuration, "event.keys"), ==, 30);
  levels = lt_configuration_get_levels (configuration);
  g_assert_cmpuint (g_hash_table_size (levels), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (levels, "smtp.*"), ==, "warn");
  g_assert_cmpstr (g_hash_table_lookup (levels, "*"), ==, "debug");
  g_assert_cmpuint (lt_configuration_get_sources (configuration)->len, ==, 1);
  source = g_ptr_array_index (lt_configuration_get_sources (configuration), 0);
  g_assert_cmpstr (source->name, ==, "mail");
  g_assert_cmpstr (lt_options_get_string (source->options, "path"), ==, "/c");
  g_assert_finalize_object (configuration);
}

typedef struct
{
  const char *text;
  const char *expected; /* what the message ends with, behind the path */
} BadCase;

static const BadCase bad_cases[] = {
  { "[http]\nmax-streams=1\n\nlistn=x\n",
    ":4: [http] unknown option \"http.listn\"; did you mean \"http.listen\"?" },
  { "[http]\nmax-streams=0\n", ":2: [http] option \"http.max-streams\" must be a whole number from "
                               "1 to 65536, not \"0\"" },
  { "[htpp]\n", ":1: [htpp] unknown group; did you mean [http]?" },
  { "# a\n[colours]\nred=1\n",
    ":2: [colours] unknown group; the groups are [http], [ring], [spans], [event], "
    "[subscriptions], [levels], [access], [catalogue], [rules], [daemon], [demo] and "
    "[source NAME]" },
  { "[ring]\nsize = 1\n",
    ":2: [ring] option \"ring.size\" must be a size from 64KiB to 64GiB (bytes, or with KB, KiB, "
    "MB, MiB, GB or GiB behind), not \"1\"" },
  { "[http]\nlisten=127.0.0.1:8425;localhost:1\n",
    ":2: [http] option \"http.listen\" must be addresses with a port, such as 127.0.0.1:8425 or "
    "[::1]:8425, not \"localhost:1\"" },
  { "[http]\nlisten=::1:80\n",
    ":2: [http] option \"http.listen\" must be addresses with a port, such as 127.0.0.1:8425 or "
    "[::1]:8425, not \"::1:80\"" },
  { "[http]\nlisten=127.0.0.1:65536\n",
    ":2: [http] option \"http.listen\" must be addresses with a port, such as 127.0.0.1:8425 or "
    "[::1]:8425, not \"127.0.0.1:65536\"" },
  { "[http]\nhosts=a b\n",
    ":2: [http] option \"http.hosts\" must be host names, with a port or without, such as "
    "trace.example.org, not \"a b\"" },
  { "[daemon]\nstate-directory=here\n",
    ":2: [daemon] option \"daemon.state-directory\" must be a path that begins with \"/\", not "
    "\"here\"" },
  { "[source a b]\nkind=file\n",
    ":1: [source a b] a source's name is 1 to 64 letters, digits, \"-\" and \"_\", not \"a b\"" },
  { "[source mail]\nkind=tape\n",
    ":2: [source mail] option \"kind\" must be one of file, syslog, not \"tape\"" },
  { "[source mail]\nkind=file\nlevel=x\n",
    ":3: [source mail] unknown option \"level\"; the options "
    "are: kind, path, listen, rules, from-start" },
};

static void
test_bad (Fixture *fixture, gconstpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strconcat (fixture->path, bad_cases[i].expected, NULL);

      write_file (fixture->path, bad_cases[i].text);
      g_assert_null (lt_configuration_load (fixture->path, NULL, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

static void
assert_bad (Fixture *fixture, const char *text, const char *const *overrides, const char *part)
{
  g_autoptr (GError) error = NULL;

  write_file (fixture->path, text);
  g_assert_null (lt_configuration_load (fixture->path, overrides, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_bad_more (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (1024 * 1024 + 1, '#');

  assert_bad (fixture, "no group\n", NULL, "livetrace.conf:1: \"no group\" is neither");
  assert_bad (fixture, "[ring]\nsize\n", NULL, "livetrace.conf:2: \"size\" is neither");
  assert_bad (fixture, "[ring]\nsize=\\x\n", NULL, ":2: [ring]");
  assert_bad (fixture, "[ring]\nsize=\xff\n", NULL, fixture->path);
  assert_bad (fixture, large, NULL, "1 MiB");
  assert_bad (fixture, "[levels]\nsmtp.*=loud\n", NULL, ":2: [levels]");
  assert_bad (fixture, "[levels]\nSMTP=info\n", NULL, ":2: [levels]");
  assert_bad (fixture, "[http]\ntrusted-proxies=10.0.0.0/33\n", NULL, "http.trusted-proxies");
  assert_bad (
      fixture, "[source mail]\nkind=file\n", NULL,
      "livetrace.conf:1: [source mail] a source of kind \"file\" needs the option \"path\"");
  assert_bad (fixture, "[source mail]\npath=/x\n", NULL, "option \"kind\" is missing");
  assert_bad (fixture, "[source mail]\nkind=file\npath=x\n", NULL, "begins with \"/\"");
  assert_bad (fixture, "[source mail]\nkind=syslog\nlisten=/x\npath=/y\n", NULL,
              "takes no option \"path\"");
  assert_bad (fixture, "[source mail]\nkind=syslog\nlisten=x\n", NULL, "[source mail] ");
  assert_bad (fixture, "[source mail]\nkind=syslog\nlisten=192.0.2.1:514\n", NULL,
              "[source mail] ");

  assert_bad (fixture, "", (const char *[]){ "ring.size", NULL }, "section.key=value");
  assert_bad (fixture, "", (const char *[]){ "ring.siez=1MiB", NULL },
              "--set ring.siez: unknown option \"ring.siez\"; did you mean \"ring.size\"?");
  assert_bad (fixture, "", (const char *[]){ "source.mail=1", NULL }, "source.NAME.SETTING");
  assert_bad (fixture, "", (const char *[]){ "ring.size=\xff", NULL }, "section.key=value");
  assert_bad (fixture, "", (const char *[]){ "=", NULL }, "unknown option");

  g_assert_null (lt_configuration_load ("/nonexistent/livetrace.conf", NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
}

static void
test_empty_list (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  LtConfiguration *configuration;

  write_file (fixture->path, "[http]\nlisten=\n");
  configuration = lt_configuration_load (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (lt_configuration_is_set (configuration, "http.listen"));
  g_assert_null (lt_configuration_get_strings (configuration, "http.listen")[0]);
  g_assert_finalize_object (configuration);
}

static void
test_text (Fixture *fixture, gconstpointer user_data)
{
  static const char *const overrides[] = { "ring.size=1MiB",
                                           "levels.smtp.*=warn",
                                           "http.hosts=a;b",
                                           "daemon.events=yes",
                                           "source.mail.kind=file",
                                           "source.mail.path=/c",
                                           NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  LtConfiguration *configuration;

  write_file (fixture->path, "");
  configuration = lt_configuration_load (fixture->path, overrides, &error);
  g_assert_no_error (error);
  text = lt_configuration_to_text (configuration);
  g_assert_nonnull (strstr (text, "[ring]\nsize=1MiB\n"));
  g_assert_nonnull (strstr (text, "\n#max-streams=1000\n"));
  g_assert_nonnull (strstr (text, "\nhosts=a;b\n"));
  g_assert_nonnull (strstr (text, "[levels]\nsmtp.*=warn\n"));
  g_assert_nonnull (strstr (text, "[source mail]\nkind=file\npath=/c\n"));
  g_assert_finalize_object (configuration);

  write_file (fixture->path, text);
  configuration = lt_configuration_load (fixture->path, NULL, &error);
  g_assert_no_error (error);
  again = lt_configuration_to_text (configuration);
  g_assert_cmpstr (again, ==, text);
  g_assert_finalize_object (configuration);
}

static void
test_restarts (Fixture *fixture, gconstpointer user_data)
{
  static const char *const overrides[]
      = { "ring.size=1MiB", "http.listen=127.0.0.1:1", "daemon.state-directory=/x", NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;
  LtConfiguration *before;
  LtConfiguration *after;

  write_file (fixture->path, "");
  before = lt_configuration_load (fixture->path, NULL, &error);
  g_assert_no_error (error);
  after = lt_configuration_load (fixture->path, overrides, &error);
  g_assert_no_error (error);
  names = lt_configuration_list_restarts (before, after);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "http.listen daemon.state-directory");
  g_assert_finalize_object (before);
  g_assert_finalize_object (after);
}

/* The file that is installed shows every setting with its default, and nothing else. */
static void
test_shipped (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "livetrace.conf", NULL);
  g_auto (GStrv) names = lt_settings_list_names ();
  g_autoptr (LtOptions) options = lt_settings_new_options ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  LtConfiguration *configuration = lt_configuration_load (path, NULL, &error);

  g_assert_no_error (error);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = lt_options_dup_text (options, names[i]);
      g_autofree char *line = NULL;

      g_assert_false (lt_configuration_is_set (configuration, names[i]));
      line = g_strdup_printf ("\n#%s=%s", strchr (names[i], '.') + 1, value != NULL ? value : "");
      if (strstr (text, line) == NULL)
        g_error ("%s has no line \"%s\"", path, line + 1);
    }
  g_assert_finalize_object (configuration);
}

static void
assert_holds (const char *path, const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("%s does not tell of %s", path, part);
}

/* The guide and the manual page name every setting and its default. */
static void
test_documented (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "docs", "configuration.md", NULL);
  g_autofree char *manual_path
      = g_test_build_filename (G_TEST_DIST, "docs", "man", "livetrace.conf.5", NULL);
  g_autoptr (LtOptions) options = lt_settings_new_options ();
  g_auto (GStrv) names = lt_settings_list_names ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *manual = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (manual_path, &manual, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = lt_options_dup_text (options, names[i]);
      g_autofree char *row = g_strdup_printf ("| `%s` |", names[i]);
      g_auto (GStrv) parts = g_strsplit (names[i], "-", -1);
      g_autofree char *escaped = g_strjoinv ("\\-", parts);
      g_autofree char *head = g_strdup_printf (".B %s\n", escaped);
      g_autofree char *with_default = NULL;

      assert_holds (path, text, row);
      assert_holds (manual_path, manual, head);
      if (value == NULL || value[0] == '\0')
        continue;
      with_default = g_strdup_printf ("| `%s` |", value);
      assert_holds (path, strstr (text, row), with_default);
    }
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer user_data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/configuration/defaults", test_defaults);
  add ("/configuration/order", test_order);
  add ("/configuration/bad", test_bad);
  add ("/configuration/bad-more", test_bad_more);
  add ("/configuration/empty-list", test_empty_list);
  add ("/configuration/text", test_text);
  add ("/configuration/restarts", test_restarts);
  add ("/configuration/shipped", test_shipped);
  add ("/configuration/documented", test_documented);
  return g_test_run ();
}
