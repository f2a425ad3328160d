/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-option-value.h"

#include <string.h>

/* Most bytes of a string whose row names no maximum, and most items of a list. */
#define DEFAULT_STRING_BYTES 4096
#define MAX_LIST_ITEMS       1024

/* How much of a value an error message repeats. */
#define MAX_QUOTED_BYTES 64

typedef struct
{
  const char *name;
  guint64 factor;
} LtUnit;

/* Largest first, and of two names for one factor the one to write first. */
static const LtUnit size_units[] = {
  { "GiB", 1024 * 1024 * 1024 },
  { "MiB", 1024 * 1024 },
  { "KiB", 1024 },
  { "GB", 1000000000 },
  { "MB", 1000000 },
  { "KB", 1000 },
  { "B", 1 },
};

static const LtUnit duration_units[] = {
  { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

/**
 * lt_option_value_clear:
 * @value: a value
 *
 * Makes it unset, and frees what it held.
 */
void
lt_option_value_clear (LtOptionValue *value)
{
  g_clear_pointer (&value->string, g_free);
  g_clear_pointer (&value->strings, g_strfreev);
  value->number = 0;
  value->is_set = FALSE;
}

static gsize
get_string_limit (const LtOptionSpec *spec)
{
  return spec->maximum != 0 ? spec->maximum : DEFAULT_STRING_BYTES;
}

static char *
format_with_units (guint64 number, const LtUnit *units, guint n_units)
{
  for (guint i = 0; i < n_units; i++)
    {
      if (number != 0 && number % units[i].factor == 0
          && (units[i].factor > 1 || units == duration_units))
        return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", number / units[i].factor, units[i].name);
    }

  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/**
 * lt_option_format_number:
 * @type: a count, size or duration
 * @number: a value of it
 *
 * Returns: (transfer full): @number as lt_option_value_set_text() reads it, in the largest unit
 *   without a remainder
 */
char *
lt_option_format_number (LtOptionType type, guint64 number)
{
  if (type == LT_OPTION_SIZE)
    return format_with_units (number, size_units, G_N_ELEMENTS (size_units));
  if (type == LT_OPTION_DURATION_MS)
    return format_with_units (number, duration_units, G_N_ELEMENTS (duration_units));

  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

/**
 * lt_option_describe:
 * @spec: a row of a table
 *
 * Returns: (transfer full): what is allowed, to stand behind "must be"
 */
char *
lt_option_describe (const LtOptionSpec *spec)
{
  g_autofree char *minimum = lt_option_format_number (spec->type, spec->minimum);
  g_autofree char *maximum = lt_option_format_number (spec->type, spec->maximum);

  switch (spec->type)
    {
    case LT_OPTION_BOOLEAN:
      return g_strdup ("true or false");
    case LT_OPTION_UNSIGNED:
      return g_strdup_printf ("a whole number from %s to %s", minimum, maximum);
    case LT_OPTION_SIZE:
      return g_strdup_printf (
          "a size from %s to %s (bytes, or with KB, KiB, MB, MiB, GB or GiB behind)", minimum,
          maximum);
    case LT_OPTION_DURATION_MS:
      return g_strdup_printf (
          "a duration from %s to %s (milliseconds, or with ms, s, m, h or d behind)", minimum,
          maximum);
    case LT_OPTION_STRING:
      return g_strdup_printf ("text of at most %" G_GSIZE_FORMAT " bytes", get_string_limit (spec));
    case LT_OPTION_STRING_LIST:
      return g_strdup_printf ("a list of at most %d texts of at most %" G_GSIZE_FORMAT " bytes",
                              MAX_LIST_ITEMS, get_string_limit (spec));
    case LT_OPTION_CHOICE:
      {
        g_auto (GStrv) words = g_strsplit (spec->choices, "|", -1);
        g_autofree char *joined = g_strjoinv (", ", words);

        return g_strdup_printf ("one of %s", joined);
      }
    default:
      g_assert_not_reached ();
    }
}

/**
 * lt_option_fail:
 * @spec: a row of a table
 * @given: what the user wrote; need not be UTF-8
 * @error: return location for an error
 *
 * Sets an %LT_ERROR_INVALID_ARGUMENT that says what is allowed.
 *
 * Returns: %FALSE
 */
gboolean
lt_option_fail (const LtOptionSpec *spec, const char *given, GError **error)
{
  g_autofree char *allowed = lt_option_describe (spec);
  g_autofree char *valid
      = g_utf8_make_valid (given, (gssize) strnlen (given, MAX_QUOTED_BYTES + 1));
  const char *more = "";

  if (strlen (valid) > MAX_QUOTED_BYTES)
    {
      char *end = g_utf8_find_prev_char (valid, valid + MAX_QUOTED_BYTES + 1);

      *end = '\0';
      more = "…";
    }
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT, "option \"%s\" must be %s, not \"%s\"%s",
               spec->name, allowed, valid, more);
  return FALSE;
}

/**
 * lt_option_takes_text:
 * @spec: a row of a table
 *
 * Returns: whether a string can be a value of it, where values have types
 */
gboolean
lt_option_takes_text (const LtOptionSpec *spec)
{
  return spec->type != LT_OPTION_BOOLEAN && spec->type != LT_OPTION_UNSIGNED
         && spec->type != LT_OPTION_STRING_LIST;
}

/**
 * lt_option_fail_text:
 * @spec: a row of a table
 * @error: where to put an error
 *
 * Sets an %LT_ERROR_INVALID_ARGUMENT that says what is allowed where a string was given, which may
 * read like one that is.
 *
 * Returns: %FALSE
 */
gboolean
lt_option_fail_text (const LtOptionSpec *spec, GError **error)
{
  g_autofree char *allowed = lt_option_describe (spec);

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT, "option \"%s\" must be %s, not a string",
               spec->name, allowed);
  return FALSE;
}

static gboolean
parse_number (const LtOptionSpec *spec, const char *text, guint64 *number)
{
  const LtUnit *units = spec->type == LT_OPTION_SIZE ? size_units : duration_units;
  guint n_units
      = spec->type == LT_OPTION_SIZE ? G_N_ELEMENTS (size_units) : G_N_ELEMENTS (duration_units);
  const char *unit;
  guint64 value = 0;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  for (unit = text; g_ascii_isdigit (*unit); unit++)
    {
      if (!g_uint64_checked_mul (&value, value, 10)
          || !g_uint64_checked_add (&value, value, (guint64) (*unit - '0')))
        return FALSE;
    }
  while (*unit == ' ')
    unit++;

  *number = value;
  if (*unit == '\0')
    return TRUE;
  if (spec->type == LT_OPTION_UNSIGNED)
    return FALSE;
  for (guint i = 0; i < n_units; i++)
    {
      if (g_ascii_strcasecmp (unit, units[i].name) == 0)
        return g_uint64_checked_mul (number, value, units[i].factor);
    }

  return FALSE;
}

static gboolean
parse_boolean (const char *text, guint64 *number)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  *number = g_strv_contains (yes, lower);
  return *number != 0 || g_strv_contains (no, lower);
}

static gboolean
choice_allows (const LtOptionSpec *spec, const char *text)
{
  g_auto (GStrv) words = g_strsplit (spec->choices, "|", -1);

  return g_strv_contains ((const char *const *) words, text);
}

static gboolean
list_allows (const LtOptionSpec *spec, const char *const *strings)
{
  guint n_strings = 0;

  for (; strings[n_strings] != NULL; n_strings++)
    {
      if (n_strings == MAX_LIST_ITEMS || strlen (strings[n_strings]) > get_string_limit (spec)
          || !g_utf8_validate (strings[n_strings], -1, NULL))
        return FALSE;
    }

  return TRUE;
}

static GStrv
split_list (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_strstrip (parts[i]);
      if (parts[i][0] != '\0')
        g_strv_builder_add (builder, parts[i]);
    }

  return g_strv_builder_end (builder);
}

static gboolean
set_number (const LtOptionSpec *spec, LtOptionValue *value, guint64 number)
{
  if (spec->type != LT_OPTION_BOOLEAN && (number < spec->minimum || number > spec->maximum))
    return FALSE;

  lt_option_value_clear (value);
  value->number = number;
  value->is_set = TRUE;
  return TRUE;
}

static gboolean
set_string (const LtOptionSpec *spec, LtOptionValue *value, const char *text)
{
  char *copy;

  if (spec->type == LT_OPTION_CHOICE
          ? !choice_allows (spec, text)
          : strlen (text) > get_string_limit (spec) || !g_utf8_validate (text, -1, NULL))
    return FALSE;

  copy = g_strdup (text);
  lt_option_value_clear (value);
  value->string = copy;
  value->is_set = TRUE;
  return TRUE;
}

/* Takes @strings. */
static gboolean
set_strings (const LtOptionSpec *spec, LtOptionValue *value, GStrv strings)
{
  if (!list_allows (spec, (const char *const *) strings))
    {
      g_strfreev (strings);
      return FALSE;
    }

  lt_option_value_clear (value);
  value->strings = strings;
  value->is_set = TRUE;
  return TRUE;
}

/**
 * lt_option_value_set_text:
 * @spec: a row of a table
 * @value: its value
 * @text: what the user wrote
 *
 * Returns: %TRUE if @text is allowed and is now the value, else %FALSE
 */
gboolean
lt_option_value_set_text (const LtOptionSpec *spec, LtOptionValue *value, const char *text)
{
  guint64 number;

  switch (spec->type)
    {
    case LT_OPTION_BOOLEAN:
      return parse_boolean (text, &number) && set_number (spec, value, number);
    case LT_OPTION_UNSIGNED:
    case LT_OPTION_SIZE:
    case LT_OPTION_DURATION_MS:
      return parse_number (spec, text, &number) && set_number (spec, value, number);
    case LT_OPTION_STRING:
    case LT_OPTION_CHOICE:
      return set_string (spec, value, text);
    case LT_OPTION_STRING_LIST:
      return set_strings (spec, value, split_list (text));
    default:
      g_assert_not_reached ();
    }
}

static gboolean
get_variant_number (GVariant *variant, guint64 *number)
{
  gint64 is_signed;

  switch (g_variant_classify (variant))
    {
    case G_VARIANT_CLASS_BYTE:
      *number = g_variant_get_byte (variant);
      return TRUE;
    case G_VARIANT_CLASS_UINT16:
      *number = g_variant_get_uint16 (variant);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      *number = g_variant_get_uint32 (variant);
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      *number = g_variant_get_uint64 (variant);
      return TRUE;
    case G_VARIANT_CLASS_INT16:
      is_signed = g_variant_get_int16 (variant);
      break;
    case G_VARIANT_CLASS_INT32:
      is_signed = g_variant_get_int32 (variant);
      break;
    case G_VARIANT_CLASS_INT64:
      is_signed = g_variant_get_int64 (variant);
      break;
    default:
      return FALSE;
    }

  *number = (guint64) is_signed;
  return is_signed >= 0;
}

static GStrv
dup_variant_strings (GVariant *variant)
{
  g_autoptr (GStrvBuilder) builder = NULL;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_dup_strv (variant, NULL);
  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("av")))
    return NULL;

  builder = g_strv_builder_new ();
  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (variant, i);
      g_autoptr (GVariant) item = g_variant_get_variant (boxed);

      if (!g_variant_is_of_type (item, G_VARIANT_TYPE_STRING))
        return NULL;
      g_strv_builder_add (builder, g_variant_get_string (item, NULL));
    }

  return g_strv_builder_end (builder);
}

/**
 * lt_option_value_set_variant:
 * @spec: a row of a table
 * @value: its value
 * @variant: what the user gave
 *
 * Returns: %TRUE if @variant is allowed and is now the value, else %FALSE
 */
gboolean
lt_option_value_set_variant (const LtOptionSpec *spec, LtOptionValue *value, GVariant *variant)
{
  gboolean is_string = g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING);
  guint64 number;
  GStrv strings;

  switch (spec->type)
    {
    case LT_OPTION_BOOLEAN:
      return g_variant_is_of_type (variant, G_VARIANT_TYPE_BOOLEAN)
             && set_number (spec, value, g_variant_get_boolean (variant));
    case LT_OPTION_UNSIGNED:
      return get_variant_number (variant, &number) && set_number (spec, value, number);
    case LT_OPTION_SIZE:
    case LT_OPTION_DURATION_MS:
      if (is_string)
        return lt_option_value_set_text (spec, value, g_variant_get_string (variant, NULL));
      return get_variant_number (variant, &number) && set_number (spec, value, number);
    case LT_OPTION_STRING:
    case LT_OPTION_CHOICE:
      return is_string && set_string (spec, value, g_variant_get_string (variant, NULL));
    case LT_OPTION_STRING_LIST:
      strings = dup_variant_strings (variant);
      return strings != NULL && set_strings (spec, value, strings);
    default:
      g_assert_not_reached ();
    }
}
