/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-options.h"

#include "lt-nearest.h"
#include "lt-option-value.h"

#include <string.h>

/* How much of a name an error message repeats. */
#define MAX_NAME_BYTES 64

struct _LtOptions
{
  const LtOptionSpec *specs; /* (unowned): a static table */
  LtOptionValue *values;     /* (owned): one for each of @specs */
  guint n_specs;
};

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

  valid = g_utf8_make_valid (name, (gssize) strnlen (name, MAX_NAME_BYTES));
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
      if (!lt_option_value_set_text (&specs[i], &self->values[i], specs[i].fallback))
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
  if (!lt_option_value_set_text (&self->specs[index], &self->values[index], text))
    return lt_option_fail (&self->specs[index], text, error);

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
  if (!lt_option_value_set_variant (&self->specs[index], &self->values[index], inner))
    {
      if (g_variant_is_of_type (inner, G_VARIANT_TYPE_STRING)
          && !lt_option_takes_text (&self->specs[index]))
        return lt_option_fail_text (&self->specs[index], error);
      g_autofree char *given = g_variant_is_of_type (inner, G_VARIANT_TYPE_STRING)
                                   ? g_variant_dup_string (inner, NULL)
                                   : g_variant_print (inner, FALSE);

      return lt_option_fail (&self->specs[index], given, error);
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
          g_autofree char *allowed = lt_option_describe (&self->specs[i]);

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
      return is_empty ? NULL : lt_option_format_number (self->specs[index].type, value->number);
    }
}
