/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-catalogue.h"
#include "core/lt-error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *directory;        /* (owned) */
  LtCatalogue *catalogue; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->directory = g_dir_make_tmp ("livetrace-catalogue-XXXXXX", NULL);
  fixture->catalogue = lt_catalogue_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  g_assert_finalize_object (fixture->catalogue);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

static char *
write_file (Fixture *fixture, const char *name, const char *text)
{
  char *path = g_build_filename (fixture->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
load (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = write_file (fixture, name, text);
  g_autoptr (GError) error = NULL;

  lt_catalogue_load (fixture->catalogue, path, &error);
  g_assert_no_error (error);
}

static void
reload (Fixture *fixture)
{
  const char *paths[] = { fixture->directory, NULL };
  g_autoptr (GError) error = NULL;

  lt_catalogue_reload (fixture->catalogue, paths, &error);
  g_assert_no_error (error);
}

static void
assert_title (Fixture *fixture, const char *name, const char *locale, const char *expected)
{
  LtKey *key = lt_catalogue_find_key (fixture->catalogue, name, -1);
  g_autofree char *title = lt_catalogue_dup_key_title (fixture->catalogue, key, locale);

  g_assert_cmpstr (title, ==, expected);
}

static const char *const small_catalogue = "[type smtp.connection-start]\n"
                                           "Level=debug\n"
                                           "Title=SMTP connection started\n"
                                           "Title[de]=SMTP-Verbindung begonnen\n"
                                           "[type queue.odd]\n"
                                           "Level=warn\n"
                                           "Span=start\n"
                                           "Title=Odd thing\n"
                                           "Text=An odd thing is in the queue\n"
                                           "[type plain.thing]\n"
                                           "[type lmtp.connection-start]\n"
                                           "Span=none\n"
                                           "[key remoteIp]\n"
                                           "Kind=ip\n"
                                           "Title=Remote address\n"
                                           "Title[de]=Gegenstelle\n"
                                           "Title[pt_BR]=Endereço remoto\n"
                                           "[key queueTime]\n";

static void
test_load (Fixture *fixture, gconstpointer user_data)
{
  LtEventType *type;
  LtKey *key;

  load (fixture, "a.conf", small_catalogue);

  type = lt_catalogue_find_type (fixture->catalogue, "smtp.connection-start", -1);
  g_assert_true (type->known);
  g_assert_cmpuint (type->level, ==, LT_LEVEL_DEBUG);
  g_assert_cmpuint (type->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpstr (type->text, ==, "SMTP connection started");

  type = lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1);
  g_assert_cmpuint (type->level, ==, LT_LEVEL_WARN);
  g_assert_cmpuint (type->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpstr (type->text, ==, "An odd thing is in the queue");

  type = lt_catalogue_find_type (fixture->catalogue, "plain.thing", -1);
  g_assert_cmpuint (type->level, ==, LT_LEVEL_INFO);
  g_assert_cmpstr (type->text, ==, "Plain thing");
  type = lt_catalogue_find_type (fixture->catalogue, "lmtp.connection-start", -1);
  g_assert_cmpuint (type->role, ==, LT_SPAN_ROLE_NONE);

  key = lt_catalogue_find_key (fixture->catalogue, "REMOTE_IP", -1);
  g_assert_true (key->known);
  g_assert_cmpuint (key->kind, ==, LT_VALUE_IP);
  g_assert_cmpstr (key->name, ==, "remoteIp");
  g_assert_cmpuint (lt_catalogue_find_key (fixture->catalogue, "queueTime", -1)->kind, ==,
                    LT_VALUE_NONE);
}

static void
test_titles (Fixture *fixture, gconstpointer user_data)
{
  LtEventType *type;
  g_autofree char *title = NULL;
  g_autofree char *german = NULL;

  load (fixture, "a.conf", small_catalogue);
  assert_title (fixture, "remoteIp", NULL, "Remote address");
  assert_title (fixture, "remoteIp", "en_GB", "Remote address");
  assert_title (fixture, "remoteIp", "fr", "Remote address");
  assert_title (fixture, "remoteIp", "de", "Gegenstelle");
  assert_title (fixture, "remoteIp", "de_AT.UTF-8@euro", "Gegenstelle");
  assert_title (fixture, "remoteIp", "de-CH", "Gegenstelle");
  assert_title (fixture, "remoteIp", "pt-BR", "Endereço remoto");
  assert_title (fixture, "remoteIp", "pt", "Remote address");
  assert_title (fixture, "remoteIp", "", "Remote address");
  assert_title (fixture, "queueTime", "de", "Queue time");
  assert_title (fixture, "parentSpanId", NULL, "Parent span id");

  type = lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1);
  title = lt_catalogue_dup_type_title (fixture->catalogue, type, "de");
  g_assert_cmpstr (title, ==, "Odd thing");
  type = lt_catalogue_find_type (fixture->catalogue, "smtp.connection-start", -1);
  german = lt_catalogue_dup_type_title (fixture->catalogue, type, "de");
  g_assert_cmpstr (german, ==, "SMTP-Verbindung begonnen");
}

static void
test_override (Fixture *fixture, gconstpointer user_data)
{
  LtEventType *type;

  load (fixture, "a.conf", small_catalogue);
  load (fixture, "b.conf",
        "[type queue.odd]\nLevel=error\nTitle=Very odd\n[key remoteIp]\nTitle[de]=Anderswo\n"
        "[type smtp.connection-start]\nTitle=Hello\n");

  type = lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1);
  g_assert_cmpuint (type->level, ==, LT_LEVEL_ERROR);
  g_assert_cmpuint (type->role, ==, LT_SPAN_ROLE_START);
  g_assert_cmpstr (type->text, ==, "An odd thing is in the queue");
  type = lt_catalogue_find_type (fixture->catalogue, "smtp.connection-start", -1);
  g_assert_cmpstr (type->text, ==, "Hello");
  g_assert_cmpuint (lt_catalogue_find_key (fixture->catalogue, "remoteIp", -1)->kind, ==,
                    LT_VALUE_IP);
  assert_title (fixture, "remoteIp", "de", "Anderswo");
  assert_title (fixture, "remoteIp", NULL, "Remote address");
}

static void
test_directory (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *first = write_file (fixture, "10-a.conf", "[type a.b]\nLevel=warn\n");
  g_autofree char *second = write_file (fixture, "20-b.conf", "[type a.b]\nLevel=error\n");
  g_autofree char *other = write_file (fixture, "30-c.conf~", "not read");
  g_autofree char *missing = g_build_filename (fixture->directory, "none", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_catalogue_load_directory (fixture->catalogue, fixture->directory, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (lt_catalogue_find_type (fixture->catalogue, "a.b", -1)->level, ==,
                    LT_LEVEL_ERROR);

  g_assert_false (lt_catalogue_load_directory (fixture->catalogue, missing, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (lt_catalogue_load (fixture->catalogue, missing, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_NOT_FOUND);
}

static void
test_bad_files (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *text;
    const char *names; /* what the error must say */
  } rows[] = {
    { "[smtp.mail]\nLevel=info\n", "smtp.mail" },
    { "[type SMTP]\n", "type SMTP" },
    { "[type ]\n", "type " },
    { "[key a b]\n", "key a b" },
    { "[key remote-ip]\n", "remote-ip" },
    { "[key -]\n", "key -" },
    { "[type a.b]\nLevel=loud\n", "loud" },
    { "[type a.b]\nLevel=disable\n", "disable" },
    { "[type a.b]\nSpan=middle\n", "middle" },
    { "[type a.b]\nKind=ip\n", "Kind" },
    { "[key a]\nKind=ipv4\n", "ipv4" },
    { "[key a]\nKind=any\n", "any" },
    { "[key a]\nLevel=info\n", "Level" },
    { "[key a]\nTitle=\n", "Title" },
    { "[key a]\nText[de]=x\n", "Text[de]" },
    { "[type a.b]\nTitle=a\\qb\n", "Title" },
    { "[type a.b]\nTitle=\xff\n", "a.b" },
    { "no group\n", "a.conf" },
    { "[type good.one]\nLevel=info\n[type a.b]\nColour=red\n", "Colour" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = write_file (fixture, "a.conf", rows[i].text);
      g_autoptr (GError) error = NULL;

      g_assert_false (lt_catalogue_load (fixture->catalogue, path, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_nonnull (strstr (error->message, path));
      g_assert_nonnull (strstr (error->message, rows[i].names));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  g_assert_null (lt_catalogue_find_type (fixture->catalogue, "good.one", -1));
}

static void
test_reload (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = write_file (fixture, "a.conf", small_catalogue);
  g_autoptr (LtEventType) held = NULL;
  LtEventType *start, *odd;
  LtKey *remote, *added;
  const char *old_text;

  added = lt_catalogue_add_key (fixture->catalogue, "relay", LT_VALUE_STRING, NULL);
  lt_key_unref (added);
  reload (fixture);
  start = lt_catalogue_find_type (fixture->catalogue, "smtp.connection-start", -1);
  odd = lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1);
  held = lt_event_type_ref (odd);
  remote = lt_catalogue_find_key (fixture->catalogue, "remoteIp", -1);
  old_text = odd->text;

  g_clear_pointer (&path, g_free);
  path = write_file (fixture, "a.conf",
                     "[type smtp.connection-start]\nLevel=trace\nTitle=New\n"
                     "[key remoteip]\nKind=string\n[key relay]\nKind=ip\n");
  reload (fixture);
  g_assert_true (lt_catalogue_find_type (fixture->catalogue, "smtp.connection-start", -1) == start);
  g_assert_cmpuint (start->level, ==, LT_LEVEL_TRACE);
  g_assert_cmpstr (start->text, ==, "New");
  g_assert_true (lt_catalogue_find_key (fixture->catalogue, "remoteIp", -1) == remote);
  g_assert_cmpuint (remote->kind, ==, LT_VALUE_STRING);
  g_assert_cmpstr (remote->name, ==, "remoteip");
  assert_title (fixture, "remoteIp", "de", "Remoteip");
  g_assert_cmpuint (added->kind, ==, LT_VALUE_IP);

  /* What a file no longer names is forgotten, but for what is in use. */
  g_assert_null (lt_catalogue_find_type (fixture->catalogue, "plain.thing", -1));
  g_assert_null (lt_catalogue_find_key (fixture->catalogue, "queueTime", -1));
  g_assert_true (lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1) == odd);
  g_assert_false (odd->known);
  g_assert_cmpuint (odd->level, ==, LT_LEVEL_INFO);
  g_assert_cmpuint (odd->role, ==, LT_SPAN_ROLE_NONE);
  g_assert_cmpstr (odd->text, ==, "Queue odd");
  g_assert_cmpstr (old_text, ==, "An odd thing is in the queue");

  g_clear_pointer (&path, g_free);
  path = write_file (fixture, "a.conf", small_catalogue);
  reload (fixture);
  g_assert_true (odd->known);
  g_assert_true (odd->text == old_text);
  g_assert_cmpstr (remote->name, ==, "remoteIp");
  g_assert_cmpuint (added->kind, ==, LT_VALUE_STRING);
  g_assert_true (added->known);
}

static void
test_reload_bad (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *good = write_file (fixture, "a.conf", small_catalogue);
  g_autofree char *bad = NULL;
  const char *paths[] = { fixture->directory, NULL };
  g_autoptr (GError) error = NULL;

  reload (fixture);
  bad = write_file (fixture, "b.conf", "[type a.b]\nLevel=loud\n");
  g_assert_false (lt_catalogue_reload (fixture->catalogue, paths, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  g_assert_cmpuint (lt_catalogue_find_type (fixture->catalogue, "queue.odd", -1)->level, ==,
                    LT_LEVEL_WARN);
}

static void
test_list (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) types = NULL;
  g_autoptr (LtKey) seen = NULL;
  g_autoptr (LtKey) unseen = NULL;

  load (fixture, "a.conf", small_catalogue);
  seen = lt_catalogue_intern_key (fixture->catalogue, "another", -1, NULL);
  unseen = lt_catalogue_intern_key (fixture->catalogue, "unseen", -1, NULL);
  lt_catalogue_see_key (fixture->catalogue, seen);
  keys = lt_catalogue_list_keys (fixture->catalogue);
  types = lt_catalogue_list_types (fixture->catalogue);

  g_assert_cmpuint (keys->len, ==, 5);
  g_assert_cmpstr (((LtKey *) g_ptr_array_index (keys, 0))->name, ==, "another");
  g_assert_cmpstr (((LtKey *) g_ptr_array_index (keys, 4))->name, ==, "spanId");
  g_assert_cmpuint (types->len, ==, 4);
  g_assert_cmpstr (((LtEventType *) g_ptr_array_index (types, 0))->name, ==,
                   "lmtp.connection-start");
}

static void
test_nearest (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *asked;
    const char *nearest;
  } rows[] = {
    { "remoteipp", "remoteIp" },
    { "remot-ip", "remoteIp" },
    { "RemoteIP", "remoteIp" },
    { "reomteip", "remoteIp" },
    { "queuetme", "queueTime" },
    { "xyzzy", NULL },
    { "", NULL },
    { "zz", NULL },
    { "spam-id", "spanId" },
    { "colours", "colour" },
  };
  g_autoptr (LtKey) seen = NULL;
  g_autofree char *too_long = g_strnfill (1000, 'a');

  load (fixture, "a.conf", small_catalogue);
  seen = lt_catalogue_intern_key (fixture->catalogue, "colour", -1, NULL);
  lt_catalogue_see_key (fixture->catalogue, seen);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (lt_catalogue_nearest_key (fixture->catalogue, rows[i].asked, -1), ==,
                     rows[i].nearest);
  g_assert_null (lt_catalogue_nearest_key (fixture->catalogue, too_long, -1));
}

static void
see (Fixture *fixture, const char *key_name, const char *type_name)
{
  g_autoptr (LtKey) key = lt_catalogue_intern_key (fixture->catalogue, key_name, -1, NULL);
  g_autoptr (LtEventType) type = lt_catalogue_intern_type (fixture->catalogue, type_name, -1, NULL);

  lt_catalogue_see_key (fixture->catalogue, key);
  lt_catalogue_see_type (fixture->catalogue, type);
}

static void
test_seen_limit (Fixture *fixture, gconstpointer user_data)
{
  guint serial;

  load (fixture, "a.conf", small_catalogue);
  for (guint i = 0; i < LT_CATALOGUE_SEEN_LIMIT; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      g_autofree char *type = g_strdup_printf ("t.%u", i);

      see (fixture, key, type);
    }
  serial = lt_catalogue_get_seen_serial (fixture->catalogue);
  see (fixture, "k0", "t.0");
  see (fixture, "remoteIp", "queue.odd");
  g_assert_cmpuint (lt_catalogue_get_seen_serial (fixture->catalogue), ==, serial);

  see (fixture, "one-more", "one.more");
  g_assert_cmpuint (lt_catalogue_get_seen_serial (fixture->catalogue), !=, serial);
  g_assert_nonnull (lt_catalogue_find_key (fixture->catalogue, "k0", -1));
  g_assert_null (lt_catalogue_find_key (fixture->catalogue, "k1", -1));
  g_assert_nonnull (lt_catalogue_find_key (fixture->catalogue, "k2", -1));
  g_assert_nonnull (lt_catalogue_find_key (fixture->catalogue, "oneMore", -1));
  g_assert_nonnull (lt_catalogue_find_type (fixture->catalogue, "t.0", -1));
  g_assert_null (lt_catalogue_find_type (fixture->catalogue, "t.1", -1));
  g_assert_nonnull (lt_catalogue_find_type (fixture->catalogue, "one.more", -1));
}

static void
test_seen_file (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "seen", NULL);
  g_autoptr (LtCatalogue) later = lt_catalogue_new ();
  g_autoptr (GBytes) seen = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_catalogue_load_seen (fixture->catalogue, path, &error));
  see (fixture, "queue_time", "my.thing");
  see (fixture, "colour", "my.other");
  seen = lt_catalogue_dup_seen (fixture->catalogue);
  g_assert_cmpmem (g_bytes_get_data (seen, NULL), g_bytes_get_size (seen),
                   "livetrace-seen 1\nkey queueTime\nkey colour\ntype my.thing\ntype my.other\n",
                   70);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (seen, NULL),
                                      (gssize) g_bytes_get_size (seen), NULL));
  g_assert_true (lt_catalogue_load_seen (later, path, &error));
  g_assert_no_error (error);
  again = lt_catalogue_dup_seen (later);
  g_assert_true (g_bytes_equal (seen, again));
  g_assert_false (lt_catalogue_find_key (later, "queue-time", -1)->known);
  g_assert_finalize_object (g_steal_pointer (&later));
}

static void
test_seen_file_bad (Fixture *fixture, gconstpointer user_data)
{
  static const char *const bad[] = {
    "",
    "something else\n",
    "livetrace-seen 2\nkey a\n",
    "livetrace-seen 1\nkey good\nkey a b\n",
    "livetrace-seen 1\nkey good\ntype A\n",
    "livetrace-seen 1\nkey good\nname a\n",
    "livetrace-seen 1\nkey good\nkey \n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = write_file (fixture, "seen", bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (lt_catalogue_load_seen (fixture->catalogue, path, &error));
      g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
      g_assert_null (lt_catalogue_find_key (fixture->catalogue, "good", -1));
    }
}

/* A key that was only seen becomes known in place, and the other way round. */
static void
test_seen_becomes_known (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (LtKey) key = lt_catalogue_intern_key (fixture->catalogue, "REMOTEIP", -1, NULL);
  g_autoptr (LtEventType) type
      = lt_catalogue_intern_type (fixture->catalogue, "queue.odd", -1, NULL);
  g_autoptr (GBytes) seen = NULL;

  lt_catalogue_see_key (fixture->catalogue, key);
  lt_catalogue_see_type (fixture->catalogue, type);
  g_assert_cmpstr (key->name, ==, "remoteip");
  load (fixture, "a.conf", small_catalogue);
  g_assert_true (key->known);
  g_assert_cmpstr (key->name, ==, "remoteIp");
  g_assert_cmpuint (key->kind, ==, LT_VALUE_IP);
  g_assert_true (type->known);
  seen = lt_catalogue_dup_seen (fixture->catalogue);
  g_assert_cmpuint (g_bytes_get_size (seen), ==, strlen ("livetrace-seen 1\n"));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer user_data);
  } tests[] = {
    { "/catalogue/load", test_load },
    { "/catalogue/titles", test_titles },
    { "/catalogue/override", test_override },
    { "/catalogue/directory", test_directory },
    { "/catalogue/bad-files", test_bad_files },
    { "/catalogue/reload", test_reload },
    { "/catalogue/reload-bad", test_reload_bad },
    { "/catalogue/list", test_list },
    { "/catalogue/nearest", test_nearest },
    { "/catalogue/seen-limit", test_seen_limit },
    { "/catalogue/seen-file", test_seen_file },
    { "/catalogue/seen-file-bad", test_seen_file_bad },
    { "/catalogue/seen-becomes-known", test_seen_becomes_known },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
