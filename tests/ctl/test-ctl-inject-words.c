/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/lt-ctl-error.h"
#include "ctl/lt-ctl-inject-words.h"

#include <string.h>

static GVariant *
read_line (const char *line, const char *text, GError **error)
{
  g_auto (GStrv) split = g_strsplit (line, "|", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  GVariant *event;

  for (guint i = 0; split[i] != NULL; i++)
    g_ptr_array_add (words, split[i]);
  event = lt_ctl_inject_read_words (words, text, NULL, NULL, NULL, error);
  return event != NULL ? g_variant_ref_sink (event) : NULL;
}

static void
test_values (void)
{
  /* What stands behind `k` and what the bus gets. */
  static const char *const cases[][2] = {
    { "=a", "'a'" },
    { "=", "''" },
    { "=a=b", "'a=b'" },
    { "=5", "int64 5" },
    { "=-5", "int64 -5" },
    { "=18446744073709551615", "uint64 18446744073709551615" },
    { "=18446744073709551616", "'18446744073709551616'" },
    { "=007", "'007'" },
    { "=1.5", "1.5" },
    { "=1e3", "1000.0" },
    { "=1e999", "'1e999'" },
    { "=192.168.1.1", "'192.168.1.1'" },
    { "=-", "'-'" },
    { "=true", "true" },
    { "=false", "false" },
    { "=truer", "'truer'" },
    { "=null", "'null'" },
    { "=[1]", "'[1]'" },
    { ":=\"5\"", "'5'" },
    { ":=5", "int64 5" },
    { ":=[1,\"a\"]", "[<int64 1>, <'a'>]" },
    { ":={\"type\":\"x.y\"}", "{'type': <'x.y'>}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strdup_printf ("a.b|k%s", cases[i][0]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) event = read_line (line, NULL, &error);
      g_autoptr (GVariant) data = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autofree char *printed = NULL;

      g_assert_no_error (error);
      data = g_variant_lookup_value (event, "data", G_VARIANT_TYPE_VARDICT);
      value = g_variant_lookup_value (data, "k", NULL);
      printed = g_variant_print (value, TRUE);
      g_assert_cmpstr (printed, ==, cases[i][1]);
    }
}

static void
test_members (void)
{
  g_autoptr (GVariant) one = read_line ("a.b|a text: with x = y|k=v", NULL, NULL);
  g_autoptr (GVariant) other = read_line ("a.b|k:=null", "k=v", NULL);
  g_autofree char *one_printed = g_variant_print (one, FALSE);
  g_autofree char *other_printed = g_variant_print (other, FALSE);

  g_assert_cmpstr (one_printed, ==,
                   "{'type': <'a.b'>, 'text': <'a text: with x = y'>, 'data': <{'k': <'v'>}>}");
  g_assert_cmpstr (other_printed, ==, "{'type': <'a.b'>, 'text': <'k=v'>, 'data': <@a{sv} {}>}");
}

static void
test_bad (void)
{
  static const char *const cases[][2] = {
    { "a.b|one|two", "\"two\" is not KEY=VALUE" },
    { "a.b|k:=x", "k: invalid JSON at byte 0" },
    { "a.b|k:=", "k: invalid JSON at byte 0" },
    { "a.b|k:=[null]", "k: null cannot stand inside a value" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_line (cases[i][0], NULL, &error));
      g_assert_error (error, LT_CTL_ERROR, LT_CTL_EXIT_USAGE);
      g_assert_true (g_str_has_prefix (error->message, cases[i][1]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-inject-words/values", test_values);
  g_test_add_func ("/ctl-inject-words/members", test_members);
  g_test_add_func ("/ctl-inject-words/bad", test_bad);
  return g_test_run ();
}
