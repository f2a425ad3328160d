/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory-fixture.h"

#include "daemon/lt-source-list.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *directory; /* (owned): temporary */
  char *log_path;  /* (owned): a file in it */
  char *rules;     /* (owned): a directory in it, of shipped packs */
  char *own_rules; /* (owned): a directory in it, of an administrator's packs */
  LtCatalogue *catalogue;
  LtHub *hub;
  LtSourceList *list;
} Fixture;

static void
write_file (const char *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  const LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("livetrace-sources-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->log_path = g_build_filename (fixture->directory, "log", NULL);
  fixture->rules = g_build_filename (fixture->directory, "rules", NULL);
  fixture->own_rules = g_build_filename (fixture->directory, "own-rules", NULL);
  g_assert_cmpint (g_mkdir (fixture->rules, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->own_rules, 0700), ==, 0);
  write_file (fixture->directory, "log", "");
  write_file (fixture->rules, "postfix.conf", "");
  fixture->catalogue = lt_catalogue_new ();
  fixture->hub = lt_hub_new (fixture->catalogue, &limits);
  fixture->list = lt_source_list_new (fixture->hub, fixture->directory, fixture->rules);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  lt_source_list_stop (fixture->list);
  g_assert_finalize_object (fixture->list);
  g_assert_finalize_object (fixture->hub);
  g_assert_finalize_object (fixture->catalogue);
  test_remove_tree (fixture->directory);
  g_free (fixture->own_rules);
  g_free (fixture->rules);
  g_free (fixture->log_path);
  g_free (fixture->directory);
}

/* Configures the list with the given settings, which end with a %NULL. */
static gboolean
configure (Fixture *fixture, const char *const *settings, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *rules = g_strconcat ("rules.directory=", fixture->own_rules, NULL);
  g_autofree char *path = g_build_filename (fixture->directory, "livetrace.conf", NULL);
  g_autoptr (LtConfiguration) configuration = NULL;
  g_autoptr (GError) load_error = NULL;
  g_auto (GStrv) overrides = NULL;

  write_file (fixture->directory, "livetrace.conf", "");
  g_strv_builder_add (builder, rules);
  g_strv_builder_addv (builder, (const char **) settings);
  overrides = g_strv_builder_end (builder);
  configuration = lt_configuration_load (path, (const char *const *) overrides, &load_error);
  g_assert_no_error (load_error);
  return lt_source_list_configure (fixture->list, configuration, error);
}

static LtSource *
get_source (Fixture *fixture, guint index)
{
  return g_ptr_array_index (lt_source_list_get_sources (fixture->list), index);
}

static void
test_reload (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_strconcat ("source.a.path=", fixture->log_path, NULL);
  g_autofree char *other_path = g_strconcat ("source.b.path=", fixture->log_path, "2", NULL);
  GPtrArray *sources = lt_source_list_get_sources (fixture->list);
  g_autoptr (LtSource) first = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (configure (
      fixture, (const char *[]){ "source.a.kind=file", path, "source.a.rules=postfix", NULL },
      &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sources->len, ==, 1);
  g_assert_cmpstr (lt_source_get_name (get_source (fixture, 0)), ==, "a");
  lt_source_list_start (fixture->list);
  first = g_object_ref (get_source (fixture, 0));

  /* What is as before goes on, with other rules too; what is new starts. */
  g_assert_true (configure (
      fixture,
      (const char *[]){ "source.b.kind=file", other_path, "source.a.kind=file", path, NULL },
      &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sources->len, ==, 2);
  g_assert_true (get_source (fixture, 0) == first);
  g_assert_cmpstr (lt_source_get_name (get_source (fixture, 1)), ==, "b");

  /* What has changed is made anew. */
  g_assert_true (configure (
      fixture, (const char *[]){ "source.a.kind=file", path, "source.a.from-start=true", NULL },
      &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sources->len, ==, 1);
  g_assert_true (get_source (fixture, 0) != first);

  g_assert_true (configure (fixture, (const char *[]){ NULL }, &error));
  g_assert_cmpuint (sources->len, ==, 0);
}

static void
assert_bad (Fixture *fixture, const char *rules, const char *expected)
{
  g_autofree char *path = g_strconcat ("source.a.path=", fixture->log_path, NULL);
  g_autofree char *setting = g_strconcat ("source.a.rules=", rules, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      configure (fixture, (const char *[]){ "source.a.kind=file", path, setting, NULL }, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_CONFIG);
  if (strstr (error->message, expected) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, expected);
}

static void
test_bad_rules (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_strconcat ("source.a.path=", fixture->log_path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (configure (fixture, (const char *[]){ "source.a.kind=file", path, NULL }, &error));
  assert_bad (fixture, "postfxi",
              "[source a] there is no rule pack \"postfxi\"; did you mean \"postfix\"?");
  assert_bad (fixture, "exim", "[source a] there is no rule pack \"exim\"; it would be /");
  assert_bad (fixture, "../rules/postfix", "there is no rule pack");
  write_file (fixture->own_rules, "broken.conf", "no group\n");
  assert_bad (fixture, "broken", "/own-rules/broken.conf");

  /* What was in force stays. */
  g_assert_cmpuint (lt_source_list_get_sources (fixture->list)->len, ==, 1);
}

static void
test_flow (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_strconcat ("source.a.path=", fixture->log_path, NULL);
  g_autoptr (GError) error = NULL;

  write_file (fixture->directory, "log",
              "Nov 22 06:35:06 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]\n");
  g_assert_true (configure (
      fixture, (const char *[]){ "source.a.kind=file", path, "source.a.from-start=true", NULL },
      &error));
  g_assert_no_error (error);
  lt_source_list_start (fixture->list);
  while (lt_hub_get_last_sequence (fixture->hub) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (lt_hub_peek_event (fixture->hub, 1)->type->name, ==, "log.line");
}

static void
test_syslog (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "syslog", NULL);
  g_autofree char *setting = g_strconcat ("source.a.listen=", path, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  const char *line = "<22>Nov 22 06:35:06 postfix/qmgr[7]: something new";

  g_assert_true (
      configure (fixture, (const char *[]){ "source.a.kind=syslog", setting, NULL }, &error));
  g_assert_no_error (error);
  lt_source_list_start (fixture->list);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT,
                         &error);
  g_assert_no_error (error);
  g_socket_send_to (socket, address, line, strlen (line), NULL, &error);
  g_assert_no_error (error);
  while (lt_hub_get_last_sequence (fixture->hub) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (lt_hub_peek_event (fixture->hub, 1)->type->name, ==, "log.line");
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
  add ("/source-list/reload", test_reload);
  add ("/source-list/bad-rules", test_bad_rules);
  add ("/source-list/flow", test_flow);
  add ("/source-list/syslog", test_syslog);
  return g_test_run ();
}
