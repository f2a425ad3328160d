/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-options.h"

#include "lt-nearest.h"

#include <string.h>

/* Most bytes of a string whose row names no maximum, and most items of a list. */
#define DEFAULT_STRING_BYTES 4096
#define MAX_LIST_ITEMS       1024

/* How much of a value an error message repeats. */
#define MAX_QUOTED_BYTES 64

typedef struct
{
  guint64 number; /* boolean, unsigned, size, duration */
  char *string;   /* (owned) (nullable): string, choice */
  GStrv strings;  /* (owned) (nullable): string list */
  gboolean is_set;
} LtOptionValue;

struct _LtOptions
{
  const LtOptionSpec *specs; /* (unowned): a static table */
  LtOptionValue *values;     /* (owned): one for each of @specs */
  guint n_specs;
};

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

static void
lt_option_value_clear (LtOptionValue *value)
{
  g_clear_pointer (&value->string, g_free);
  g_clear_pointer (&value->strings, g_strfreev);
  value->number = 0;
  value->is_set = FALSE;
}

static gssize
find_spec (const LtOptions *self, const char *name)
{
  for (guint i = 0; i < self->n_specs; i++)
    {
      if (g_str_equal (self->specs[i].name, name))
        return i;
    }

  return -1;
}

static gssize
find_spec_or_fail (const LtOptions *self, const char *name, GError **error)
{
  gssize index = find_spec (self, name);
  g_autofree const char **names = NULL;
  g_autofree char *valid = NULL;
  const char *nearest;

  if (index >= 0)
    return index;

  names = g_new0 (const char *, self->n_specs + 1);
  for (guint i = 0; i < self->n_specs; i++)
    names[i] = self->specs[i].name;

  valid = g_utf8_make_valid (name, (gssize) strnlen (name, MAX_QUOTED_BYTES));
  nearest = lt_nearest_word (name, names, self->n_specs);
  if (nearest != NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION,
                   "unknown option \"%s\"; did you mean \"%s\"?", valid, nearest);
    }
  else if (self->n_specs == 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION,
                   "unknown option \"%s\"; no options are taken here", valid);
    }
  else if (self->n_specs <= 12)
    {
      g_autofree char *joined = g_strjoinv (", ", (char **) names);

      g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION,
                   "unknown option \"%s\"; the options are: %s", valid, joined);
    }
  else
    {
      g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN_OPTION, "unknown option \"%s\"", valid);
    }

  return -1;
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

static char *
format_number (LtOptionType type, guint64 number)
{
  if (type == LT_OPTION_SIZE)
    return format_with_units (number, size_units, G_N_ELEMENTS (size_units));
  if (type == LT_OPTION_DURATION_MS)
    return format_with_units (number, duration_units, G_N_ELEMENTS (duration_units));

  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

static char *
describe_allowed (const LtOptionSpec *spec)
{
  g_autofree char *minimum = format_number (spec->type, spec->minimum);
  g_autofree char *maximum = format_number (spec->type, spec->maximum);

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

/* @given: what the user wrote, which need not be UTF-8. */
static gboolean
fail_value (const LtOptionSpec *spec, const char *given, GError **error)
{
  g_autofree char *allowed = describe_allowed (spec);
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

static gboolean
set_text (const LtOptionSpec *spec, LtOptionValue *value, const char *text)
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

static gboolean
set_variant (const LtOptionSpec *spec, LtOptionValue *value, GVariant *variant)
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
        return set_text (spec, value, g_variant_get_string (variant, NULL));
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

/* JSON's null, however it is boxed, is absence. */
static GVariant *
unbox_variant (GVariant *variant)
{
  g_autoptr (GVariant) value = g_variant_ref (variant);

  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)
         || g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE))
    {
      g_autoptr (GVariant) boxed = g_steal_pointer (&value);

      if (g_variant_is_of_type (boxed, G_VARIANT_TYPE_VARIANT))
        value = g_variant_get_variant (boxed);
      else
        value = g_variant_get_maybe (boxed);
      if (value == NULL)
        return NULL;
    }

  return g_steal_pointer (&value);
}

/**
 * lt_options_new:
 * @specs: (array length=n_specs) (transfer none): a table that lives as long as the program
 * @n_specs: rows in @specs
 *
 * Makes an empty set of values for a validator table: every option has its default.
 *
 * Returns: (transfer full): the set
 */
LtOptions *
lt_options_new (const LtOptionSpec *specs, guint n_specs)
{
  LtOptions *self = g_new0 (LtOptions, 1);

  self->specs = specs;
  self->n_specs = n_specs;
  self->values = g_new0 (LtOptionValue, n_specs);
  for (guint i = 0; i < n_specs; i++)
    {
      if (specs[i].fallback == NULL)
        continue;
      if (!set_text (&specs[i], &self->values[i], specs[i].fallback))
        g_error ("the default of option \"%s\" breaks its own rule", specs[i].name);
      self->values[i].is_set = FALSE;
    }

  return self;
}

/**
 * lt_options_free:
 * @self: (transfer full): a set of values
 *
 * Frees the set.
 */
void
lt_options_free (LtOptions *self)
{
  for (guint i = 0; i < self->n_specs; i++)
    lt_option_value_clear (&self->values[i]);
  g_free (self->values);
  g_free (self);
}

/**
 * lt_options_set_text:
 * @self: a set of values
 * @name: the option's name, as a user wrote it
 * @text: its value, as a user wrote it; need not be UTF-8
 * @error: return location for an error
 *
 * Sets an option from text: configuration, command line, query parameters. It replaces
 * an earlier value. On an error the earlier value stays.
 *
 * Returns: %TRUE if the value is allowed; else %FALSE and %LT_ERROR_UNKNOWN_OPTION or
 *   %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_options_set_text (LtOptions *self, const char *name, const char *text, GError **error)
{
  gssize index = find_spec_or_fail (self, name, error);

  if (index < 0)
    return FALSE;
  if (!set_text (&self->specs[index], &self->values[index], text))
    return fail_value (&self->specs[index], text, error);

  return TRUE;
}

/**
 * lt_options_set_variant:
 * @self: a set of values
 * @name: the option's name, as a user wrote it
 * @value: its value; a floating reference is sunk; an empty maybe is absence
 * @error: return location for an error
 *
 * Sets an option from a variant: `a{sv}` over D-Bus, or a JSON body. It replaces an
 * earlier value. On an error the earlier value stays.
 *
 * Returns: %TRUE if the value is allowed; else %FALSE and %LT_ERROR_UNKNOWN_OPTION or
 *   %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_options_set_variant (LtOptions *self, const char *name, GVariant *value, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GVariant) inner = unbox_variant (owned);
  gssize index = find_spec_or_fail (self, name, error);

  if (index < 0)
    return FALSE;
  if (inner == NULL)
    return TRUE;
  if (!set_variant (&self->specs[index], &self->values[index], inner))
    {
      g_autofree char *given = g_variant_is_of_type (inner, G_VARIANT_TYPE_STRING)
                                   ? g_variant_dup_string (inner, NULL)
                                   : g_variant_print (inner, FALSE);

      return fail_value (&self->specs[index], given, error);
    }

  return TRUE;
}

/**
 * lt_options_set_dict:
 * @self: a set of values
 * @dict: an `a{sv}`; a floating reference is sunk
 * @error: return location for an error
 *
 * Sets every option of a dictionary. An option given twice is refused. On an error the
 * options before the bad one may be set.
 *
 * Returns: %TRUE if all are allowed; else %FALSE and %LT_ERROR_UNKNOWN_OPTION or
 *   %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_options_set_dict (LtOptions *self, GVariant *dict, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (dict);
  g_autofree gboolean *seen = g_new0 (gboolean, self->n_specs + 1);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_return_val_if_fail (g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT), FALSE);

  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) item = value;
      gssize index;

      if (!lt_options_set_variant (self, name, item, error))
        return FALSE;
      index = find_spec (self, name);
      if (seen[index])
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                       "option \"%s\" is given twice; give it once", name);
          return FALSE;
        }
      seen[index] = TRUE;
    }

  return TRUE;
}

/**
 * lt_options_check_required:
 * @self: a set of values
 * @error: return location for an error
 *
 * Checks that every required option was set.
 *
 * Returns: %TRUE if so; else %FALSE and %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_options_check_required (LtOptions *self, GError **error)
{
  for (guint i = 0; i < self->n_specs; i++)
    {
      if (self->specs[i].required && !self->values[i].is_set)
        {
          g_autofree char *allowed = describe_allowed (&self->specs[i]);

          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                       "option \"%s\" is missing; it must be %s", self->specs[i].name, allowed);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * lt_options_is_set:
 * @self: a set of values
 * @name: a name of the table
 *
 * Returns: %TRUE if the option was set, %FALSE if it has its default
 */
gboolean
lt_options_is_set (const LtOptions *self, const char *name)
{
  gssize index = find_spec (self, name);

  g_return_val_if_fail (index >= 0, FALSE);

  return self->values[index].is_set;
}

/**
 * lt_options_get_boolean:
 * @self: a set of values
 * @name: a name of the table, of a boolean
 *
 * Returns: the value, or the default, or %FALSE where there is none
 */
gboolean
lt_options_get_boolean (const LtOptions *self, const char *name)
{
  gssize index = find_spec (self, name);

  g_return_val_if_fail (index >= 0, FALSE);
  g_return_val_if_fail (self->specs[index].type == LT_OPTION_BOOLEAN, FALSE);

  return self->values[index].number != 0;
}

/**
 * lt_options_get_unsigned:
 * @self: a set of values
 * @name: a name of the table, of a count, size (bytes) or duration (milliseconds)
 *
 * Returns: the value, or the default, or 0 where there is none
 */
guint64
lt_options_get_unsigned (const LtOptions *self, const char *name)
{
  gssize index = find_spec (self, name);

  g_return_val_if_fail (index >= 0, 0);
  g_return_val_if_fail (self->specs[index].type == LT_OPTION_UNSIGNED
                            || self->specs[index].type == LT_OPTION_SIZE
                            || self->specs[index].type == LT_OPTION_DURATION_MS,
                        0);

  return self->values[index].number;
}

/**
 * lt_options_get_string:
 * @self: a set of values
 * @name: a name of the table, of a string or choice
 *
 * Returns: (transfer none) (nullable): the value, or the default, or %NULL where there is none
 */
const char *
lt_options_get_string (const LtOptions *self, const char *name)
{
  gssize index = find_spec (self, name);

  g_return_val_if_fail (index >= 0, NULL);
  g_return_val_if_fail (self->specs[index].type == LT_OPTION_STRING
                            || self->specs[index].type == LT_OPTION_CHOICE,
                        NULL);

  return self->values[index].string;
}

/**
 * lt_options_get_strings:
 * @self: a set of values
 * @name: a name of the table, of a string list
 *
 * Returns: (transfer none) (array zero-terminated=1): the value, or the default, or an
 *   empty list where there is none
 */
const char *const *
lt_options_get_strings (const LtOptions *self, const char *name)
{
  static const char *const none[] = { NULL };
  gssize index = find_spec (self, name);

  g_return_val_if_fail (index >= 0, none);
  g_return_val_if_fail (self->specs[index].type == LT_OPTION_STRING_LIST, none);

  return self->values[index].strings != NULL ? (const char *const *) self->values[index].strings
                                             : none;
}

/**
 * lt_options_dup_text:
 * @self: a set of values
 * @name: a name of the table
 *
 * Writes a value as lt_options_set_text() reads it.
 *
 * Returns: (transfer full) (nullable): the value, or the default, or %NULL where there is none
 */
char *
lt_options_dup_text (const LtOptions *self, const char *name)
{
  gssize index = find_spec (self, name);
  const LtOptionValue *value;
  gboolean is_empty;

  g_return_val_if_fail (index >= 0, NULL);

  value = &self->values[index];
  is_empty = !value->is_set && self->specs[index].fallback == NULL;
  switch (self->specs[index].type)
    {
    case LT_OPTION_STRING:
    case LT_OPTION_CHOICE:
      return g_strdup (value->string);
    case LT_OPTION_STRING_LIST:
      return is_empty ? NULL : g_strjoinv (";", value->strings);
    case LT_OPTION_BOOLEAN:
      return is_empty ? NULL : g_strdup (value->number != 0 ? "true" : "false");
    default:
      return is_empty ? NULL : format_number (self->specs[index].type, value->number);
    }
}
