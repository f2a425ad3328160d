/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-catalogue.h"
#include "core/lt-hub.h"
#include "sources/lt-log-processor.h"
#include "sources/lt-rule-set.h"

#include <locale.h>
#include <string.h>

#define MAX_TITLE_CHARACTERS 60

static LtCatalogue *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "data", "catalogue", name, NULL);
  g_autoptr (LtCatalogue) catalogue = lt_catalogue_new ();
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    lt_catalogue_load_directory (catalogue, path, &error);
  else
    lt_catalogue_load (catalogue, path, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&catalogue);
}

/* The lines of a file of facts. */
static GStrv
read_facts (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tests", "data", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static guint
count_known_types (LtCatalogue *catalogue)
{
  g_autoptr (GPtrArray) types = lt_catalogue_list_types (catalogue);
  guint known = 0;

  for (guint i = 0; i < types->len; i++)
    known += ((LtEventType *) g_ptr_array_index (types, i))->known;
  return known;
}

static guint
count_known_keys (LtCatalogue *catalogue)
{
  g_autoptr (GPtrArray) keys = lt_catalogue_list_keys (catalogue);
  guint known = 0;

  for (guint i = 0; i < keys->len; i++)
    known += ((LtKey *) g_ptr_array_index (keys, i))->known;
  return known;
}

static void
test_types (void)
{
  g_autoptr (LtCatalogue) catalogue = load ("events.conf");
  g_auto (GStrv) facts = read_facts ("mail-events.tsv");

  g_assert_cmpstr (facts[0], ==, "event\tlevel");
  g_assert_cmpuint (g_strv_length (facts), ==, 592);
  for (guint i = 1; facts[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (facts[i], "\t", -1);
      LtEventType *type = lt_catalogue_find_type (catalogue, columns[0], -1);
      LtSpanRole role = LT_SPAN_ROLE_NONE;

      g_test_message ("%s", columns[0]);
      g_assert_nonnull (type);
      g_assert_true (type->known);
      g_assert_cmpstr (lt_level_to_string (type->level), ==, columns[1]);

      if (g_str_has_suffix (columns[0], ".connection-start")
          || g_str_equal (columns[0], "delivery.attempt-start"))
        role = LT_SPAN_ROLE_START;
      else if (g_str_has_suffix (columns[0], ".connection-end")
               || g_str_equal (columns[0], "delivery.attempt-end"))
        role = LT_SPAN_ROLE_END;
      g_assert_cmpint (type->role, ==, role);
    }
  g_assert_cmpuint (count_known_types (catalogue), ==, 591);
  g_assert_finalize_object (g_steal_pointer (&catalogue));
}

static void
test_keys (void)
{
  g_autoptr (LtCatalogue) catalogue = load ("keys.conf");
  g_auto (GStrv) facts = read_facts ("mail-keys.txt");

  g_assert_cmpuint (g_strv_length (facts), ==, 79);
  for (guint i = 0; facts[i] != NULL; i++)
    {
      LtKey *key = lt_catalogue_find_key (catalogue, facts[i], -1);

      g_test_message ("%s", facts[i]);
      g_assert_nonnull (key);
      g_assert_true (key->known);
      g_assert_cmpstr (key->name, ==, facts[i]);
      g_assert_cmpint (key->kind, !=, LT_VALUE_NONE);
    }
  /* Every catalogue knows parentSpanId by itself. */
  g_assert_cmpuint (count_known_keys (catalogue), ==, 79 + 1);
  g_assert_finalize_object (g_steal_pointer (&catalogue));
}

static void
test_kinds (void)
{
  static const struct
  {
    LtValueKind kind;
    const char *names;
  } rows[] = {
    { LT_VALUE_IP, "remoteIp localIp" },
    { LT_VALUE_TIME, "date due expires nextDsn nextRenewal nextRetry rangeFrom rangeTo renewal "
                     "validFrom validTo" },
    { LT_VALUE_DURATION, "elapsed interval delay" },
    { LT_VALUE_INTEGER, "size localPort remotePort attempt code total uid used limit" },
    { LT_VALUE_BOOLEAN, "tls strict" },
    { LT_VALUE_EVENT, "causedBy" },
    { LT_VALUE_LIST, "parameters" },
    { LT_VALUE_STRING, "spanId queueId from to domain hostname contents status" },
  };
  g_autoptr (LtCatalogue) catalogue = load (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) names = g_strsplit (rows[i].names, " ", -1);

      for (guint j = 0; names[j] != NULL; j++)
        {
          LtKey *key = lt_catalogue_find_key (catalogue, names[j], -1);

          g_test_message ("%s", names[j]);
          g_assert_nonnull (key);
          g_assert_cmpint (key->kind, ==, rows[i].kind);
        }
    }
  g_assert_finalize_object (g_steal_pointer (&catalogue));
}

/* Whether @title writes an abbreviation as if it were a word. */
static gboolean
has_small_abbreviation (const char *title)
{
  static const char *const abbreviations[]
      = { "acl",  "acme",   "alpn", "api",  "arc",  "arf",  "dane", "dkim", "dmarc",
          "dns",  "dnssec", "dsn",  "ehlo", "http", "id",   "imap", "ip",   "jmap",
          "json", "ldap",   "mta",  "mx",   "noop", "pop3", "sni",  "smtp", "spf",
          "sql",  "sts",    "tls",  "tlsa", "totp", "uid",  "url",  NULL };
  g_auto (GStrv) words = g_strsplit_set (title, " -/()=", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *lower = g_ascii_strdown (words[i], -1);
      g_autofree char *upper = g_ascii_strup (words[i], -1);

      if (g_strv_contains (abbreviations, lower) && !g_str_equal (words[i], upper))
        return TRUE;
    }
  return FALSE;
}

/* A title is short, begins with a capital, has no full stop and is not the name again. */
static void
check_title (const char *name, const char *title, gboolean is_type)
{
  gunichar first = g_utf8_get_char (title);

  g_test_message ("%s: %s", name, title);
  g_assert_true (g_utf8_validate (title, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (title, -1), <=, MAX_TITLE_CHARACTERS);
  g_assert_true (g_unichar_isupper (first) || g_str_has_prefix (title, "iTIP"));
  g_assert_null (strchr (".!: ", title[strlen (title) - 1]));
  g_assert_false (has_small_abbreviation (title));
  g_assert_cmpstr (title, !=, name);
  if (is_type)
    g_assert_nonnull (strchr (title, ' '));
}

/* No two titles are the same, or nobody could tell the two types apart in a list. */
static void
check_unique (GHashTable *titles, const char *name, const char *title)
{
  const char *other = g_hash_table_lookup (titles, title);

  if (other != NULL)
    g_test_message ("%s and %s are both \"%s\"", name, other, title);
  g_assert_null (other);
  g_hash_table_insert (titles, g_strdup (title), g_strdup (name));
}

static void
check_type_titles (LtCatalogue *catalogue, const char *locale)
{
  g_autoptr (GPtrArray) types = lt_catalogue_list_types (catalogue);
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_assert_cmpuint (types->len, >, 591);
  for (guint i = 0; i < types->len; i++)
    {
      LtEventType *type = g_ptr_array_index (types, i);
      g_autofree char *title = lt_catalogue_dup_type_title (catalogue, type, locale);
      g_autofree char *english = lt_catalogue_dup_type_title (catalogue, type, "en");

      check_title (type->name, title, TRUE);
      check_unique (titles, type->name, title);
      g_assert_cmpstr (english, ==, type->text);
      if (!g_str_equal (locale, "en"))
        g_assert_cmpstr (title, !=, english);
    }
}

static void
check_key_titles (LtCatalogue *catalogue, const char *locale)
{
  g_autoptr (GPtrArray) keys = lt_catalogue_list_keys (catalogue);
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < keys->len; i++)
    {
      LtKey *key = g_ptr_array_index (keys, i);
      g_autofree char *title = lt_catalogue_dup_key_title (catalogue, key, locale);

      if (!key->known)
        continue;
      check_title (key->name, title, FALSE);
      check_unique (titles, key->name, title);
    }
}

static void
test_titles (void)
{
  g_autoptr (LtCatalogue) catalogue = load (NULL);

  check_type_titles (catalogue, "en");
  check_type_titles (catalogue, "de");
  check_key_titles (catalogue, "en");
  check_key_titles (catalogue, "de");
  g_assert_finalize_object (g_steal_pointer (&catalogue));
}

/* The shipped rules and what reads logs use no type and no key that the catalogue lacks. */
static void
test_rules (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "rules", NULL);
  g_autoptr (LtCatalogue) catalogue = load (NULL);
  g_autoptr (LtHub) hub = lt_hub_new (catalogue, NULL);
  g_autoptr (LtRuleSet) rules = lt_rule_set_new (catalogue);
  guint n_types = count_known_types (catalogue);
  guint n_keys = count_known_keys (catalogue);
  LtLogProcessor *processor;
  g_autoptr (GError) error = NULL;

  lt_rule_set_load_directories (rules, (const char *const[]){ path, NULL }, &error);
  g_assert_no_error (error);
  processor = lt_log_processor_new (hub, rules, NULL);
  g_assert_cmpuint (count_known_types (catalogue), ==, n_types);
  g_assert_cmpuint (count_known_keys (catalogue), ==, n_keys);
  lt_log_processor_free (processor);
  g_clear_pointer (&rules, lt_rule_set_unref);
  g_assert_finalize_object (g_steal_pointer (&hub));
  g_assert_finalize_object (g_steal_pointer (&catalogue));
}

/* Words that English and German share are none the worse for it; but each is written down. */
static void
test_translated (void)
{
  static const char *const names[] = { "events.conf", "keys.conf", "livetrace.conf", "logs.conf" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path
          = g_test_build_filename (G_TEST_BUILT, "data", "catalogue", names[i], NULL);
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) groups = NULL;

      g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_TRANSLATIONS, &error);
      g_assert_no_error (error);
      groups = g_key_file_get_groups (file, NULL);
      g_assert_cmpuint (g_strv_length (groups), >, 0);
      for (guint j = 0; groups[j] != NULL; j++)
        {
          g_test_message ("%s", groups[j]);
          g_assert_true (g_key_file_has_key (file, groups[j], "Title", NULL));
          g_assert_true (g_key_file_has_key (file, groups[j], "Title[de]", NULL));
        }
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shipped-catalogue/types", test_types);
  g_test_add_func ("/shipped-catalogue/keys", test_keys);
  g_test_add_func ("/shipped-catalogue/kinds", test_kinds);
  g_test_add_func ("/shipped-catalogue/titles", test_titles);
  g_test_add_func ("/shipped-catalogue/rules", test_rules);
  g_test_add_func ("/shipped-catalogue/translated", test_translated);

  return g_test_run ();
}
