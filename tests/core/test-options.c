/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/lt-options.h"

static const LtOptionSpec specs[] = {
  { "quiet", LT_OPTION_BOOLEAN },
  { "loud", LT_OPTION_BOOLEAN, .fallback = "true" },
  { "seconds", LT_OPTION_UNSIGNED, .minimum = 0, .maximum = 86400, .fallback = "60" },
  { "size", LT_OPTION_SIZE, .minimum = 64 * 1024, .maximum = G_MAXUINT64, .fallback = "64MiB" },
  { "timeout", LT_OPTION_DURATION_MS, .minimum = 1, .maximum = 3600000, .fallback = "15s" },
  { "label", LT_OPTION_STRING, .required = TRUE, .maximum = 8 },
  { "as", LT_OPTION_STRING_LIST, .fallback = "observe" },
  { "level", LT_OPTION_CHOICE, .choices = "error|warn|info", .fallback = "info" },
};

static LtOptions *
new_options (void)
{
  return lt_options_new (specs, G_N_ELEMENTS (specs));
}

static void
test_defaults (void)
{
  g_autoptr (LtOptions) options = new_options ();
  g_autofree char *size = lt_options_dup_text (options, "size");
  g_autofree char *label = lt_options_dup_text (options, "label");
  g_autofree char *quiet = lt_options_dup_text (options, "quiet");

  g_assert_false (lt_options_get_boolean (options, "quiet"));
  g_assert_true (lt_options_get_boolean (options, "loud"));
  g_assert_cmpuint (lt_options_get_unsigned (options, "seconds"), ==, 60);
  g_assert_cmpuint (lt_options_get_unsigned (options, "size"), ==, 64 * 1024 * 1024);
  g_assert_cmpuint (lt_options_get_unsigned (options, "timeout"), ==, 15000);
  g_assert_null (lt_options_get_string (options, "label"));
  g_assert_cmpstr (lt_options_get_strings (options, "as")[0], ==, "observe");
  g_assert_cmpstr (lt_options_get_string (options, "level"), ==, "info");
  g_assert_false (lt_options_is_set (options, "level"));
  g_assert_cmpstr (size, ==, "64MiB");
  g_assert_null (label);
  g_assert_null (quiet);
}

typedef struct
{
  const char *name;
  const char *text;
  const char *canonical; /* (nullable): NULL if refused */
} TextCase;

static const TextCase text_cases[] = {
  { "quiet", "true", "true" },
  { "quiet", "No", "false" },
  { "quiet", "", NULL },
  { "quiet", "maybe", NULL },
  { "seconds", "0", "0" },
  { "seconds", "86400", "86400" },
  { "seconds", "86401", NULL },
  { "seconds", "-1", NULL },
  { "seconds", "+1", NULL },
  { "seconds", " 1", NULL },
  { "seconds", "1s", NULL },
  { "seconds", "1.5", NULL },
  { "seconds", "", NULL },
  { "seconds", "99999999999999999999999", NULL },
  { "size", "65536", "64KiB" },
  { "size", "65535", NULL },
  { "size", "100KB", "100KB" },
  { "size", "1 mib", "1MiB" },
  { "size", "70001", "70001" },
  { "size", "70001B", "70001" },
  { "size", "18446744073709551615", "18446744073709551615" },
  { "size", "18446744073709551615KB", NULL },
  { "size", "64 parsecs", NULL },
  { "timeout", "1500", "1500ms" },
  { "timeout", "90s", "90s" },
  { "timeout", "60s", "1m" },
  { "timeout", "1h", "1h" },
  { "timeout", "2h", NULL },
  { "timeout", "0", NULL },
  { "label", "12345678", "12345678" },
  { "label", "123456789", NULL },
  { "label", "\xff", NULL },
  { "label", "", "" },
  { "as", "observe; inject ;;manage", "observe;inject;manage" },
  { "as", "", "" },
  { "level", "warn", "warn" },
  { "level", "warn|info", NULL },
  { "level", "", NULL },
};

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (text_cases); i++)
    {
      const TextCase *c = &text_cases[i];
      g_autoptr (LtOptions) options = new_options ();
      g_autoptr (GError) error = NULL;
      g_autofree char *before = lt_options_dup_text (options, c->name);
      g_autofree char *after = NULL;
      gboolean taken = lt_options_set_text (options, c->name, c->text, &error);

      after = lt_options_dup_text (options, c->name);
      if (c->canonical != NULL)
        {
          g_assert_no_error (error);
          g_assert_true (taken);
          g_assert_true (lt_options_is_set (options, c->name));
          g_assert_cmpstr (after, ==, c->canonical);
        }
      else
        {
          g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
          g_assert_false (taken);
          g_assert_false (lt_options_is_set (options, c->name));
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          g_assert_nonnull (strstr (error->message, c->name));
          g_assert_cmpstr (after, ==, before);
        }
    }
}

static void
test_messages (void)
{
  g_autoptr (LtOptions) options = new_options ();
  g_autoptr (LtOptions) none = lt_options_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (5000, 'x');

  lt_options_set_text (options, "second", "1", &error);
  g_assert_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION);
  g_assert_cmpstr (error->message, ==, "unknown option \"second\"; did you mean \"seconds\"?");
  g_clear_error (&error);

  lt_options_set_text (options, "colour", "1", &error);
  g_assert_cmpstr (error->message, ==,
                   "unknown option \"colour\"; the options are: quiet, loud, seconds, size, "
                   "timeout, label, as, level");
  g_clear_error (&error);

  lt_options_set_text (none, "colour", "1", &error);
  g_assert_cmpstr (error->message, ==, "unknown option \"colour\"; no options are taken here");
  g_clear_error (&error);

  lt_options_set_text (options, "level", "loud", &error);
  g_assert_cmpstr (error->message, ==,
                   "option \"level\" must be one of error, warn, info, not \"loud\"");
  g_clear_error (&error);

  lt_options_set_text (options, "seconds", long_text, &error);
  g_assert_cmpuint (strlen (error->message), <, 200);
  g_clear_error (&error);

  lt_options_set_text (options, "size", "1", &error);
  g_assert_cmpstr (error->message, ==,
                   "option \"size\" must be a size from 64KiB to 18446744073709551615 (bytes, or "
                   "with KB, KiB, MB, MiB, GB or GiB behind), not \"1\"");
  g_clear_error (&error);

  g_assert_false (lt_options_check_required (options, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==,
                   "option \"label\" is missing; it must be text of at most 8 bytes");
  g_clear_error (&error);
  g_assert_true (lt_options_set_text (options, "label", "x", &error));
  g_assert_true (lt_options_check_required (options, &error));
}

typedef struct
{
  const char *name;
  const char *variant;
  const char *canonical; /* (nullable): NULL if refused */
} VariantCase;

static const VariantCase variant_cases[] = {
  { "quiet", "true", "true" },
  { "quiet", "'true'", NULL },
  { "quiet", "1", NULL },
  { "seconds", "byte 7", "7" },
  { "seconds", "uint16 7", "7" },
  { "seconds", "uint32 7", "7" },
  { "seconds", "uint64 7", "7" },
  { "seconds", "int16 7", "7" },
  { "seconds", "7", "7" },
  { "seconds", "int64 7", "7" },
  { "seconds", "int64 -7", NULL },
  { "seconds", "7.0", NULL },
  { "seconds", "'7'", NULL },
  { "seconds", "<7>", "7" },
  { "seconds", "[7]", NULL },
  { "size", "'1MiB'", "1MiB" },
  { "size", "uint64 1048576", "1MiB" },
  { "timeout", "'2s'", "2s" },
  { "timeout", "2000", "2s" },
  { "label", "'x'", "x" },
  { "label", "5", NULL },
  { "as", "['a', 'b']", "a;b" },
  { "as", "@as []", "" },
  { "as", "[<'a'>, <'b'>]", "a;b" },
  { "as", "[<'a'>, <1>]", NULL },
  { "as", "'a'", NULL },
  { "level", "'warn'", "warn" },
  { "level", "'worse'", NULL },
};

static void
test_variant (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (variant_cases); i++)
    {
      const VariantCase *c = &variant_cases[i];
      g_autoptr (LtOptions) options = new_options ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) variant = g_variant_parse (NULL, c->variant, NULL, NULL, &error);
      g_autofree char *after = NULL;
      gboolean taken;

      g_assert_no_error (error);
      taken = lt_options_set_variant (options, c->name, variant, &error);
      g_assert_true (taken == (c->canonical != NULL));
      if (taken)
        {
          after = lt_options_dup_text (options, c->name);
          g_assert_cmpstr (after, ==, c->canonical);
        }
      else
        {
          g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
          /* '7' looks right, but for its type. */
          if (g_str_equal (c->variant, "'7'"))
            g_assert_true (g_str_has_suffix (error->message, ", not a string"));
        }
    }
}

static void
test_dict (void)
{
  g_autoptr (LtOptions) options = new_options ();
  g_autoptr (GError) error = NULL;

  g_assert_true (lt_options_set_dict (
      options, g_variant_new_parsed ("{'seconds': <uint64 5>, 'label': <'x'>}"), &error));
  g_assert_cmpuint (lt_options_get_unsigned (options, "seconds"), ==, 5);

  g_assert_true (lt_options_set_dict (
      options, g_variant_new_parsed ("{'level': <@ms nothing>, 'quiet': <@mb true>}"), &error));
  g_assert_false (lt_options_is_set (options, "level"));
  g_assert_true (lt_options_get_boolean (options, "quiet"));

  g_assert_false (
      lt_options_set_dict (options, g_variant_new_parsed ("{'levle': <'warn'>}"), &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION);
  g_clear_error (&error);

  g_assert_false (lt_options_set_dict (
      options, g_variant_new_parsed ("{'seconds': <1>, 'seconds': <2>}"), &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  g_assert_true (lt_options_set_dict (options, g_variant_new_parsed ("@a{sv} {}"), &error));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/defaults", test_defaults);
  g_test_add_func ("/options/text", test_text);
  g_test_add_func ("/options/messages", test_messages);
  g_test_add_func ("/options/variant", test_variant);
  g_test_add_func ("/options/dict", test_dict);
  return g_test_run ();
}
