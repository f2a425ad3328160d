/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-query.h"

#include "lt-error.h"
#include "lt-text.h"

#include <string.h>

struct _LtQuery
{
  char *raw;          /* (owned) */
  GArray *parameters; /* (owned) (element-type LtParameter) */
};

static const char *const reserved_names[] = {
  "context", "last", "since", "until", "last-event-id", "limit", "q", "format", "ticket", "token",
};

/* The longer operators stand before those they begin with. */
static const struct
{
  const char *text;
  LtOperator op;
  gboolean negated;
} operators[] = {
  { "!~=", LT_OPERATOR_REGEX, TRUE },         { "!==", LT_OPERATOR_EQUAL, TRUE },
  { "!=", LT_OPERATOR_CONTAINS, TRUE },       { "~=", LT_OPERATOR_REGEX, FALSE },
  { "==", LT_OPERATOR_EQUAL, FALSE },         { "=", LT_OPERATOR_CONTAINS, FALSE },
  { "<=", LT_OPERATOR_LESS_EQUAL, FALSE },    { "<", LT_OPERATOR_LESS, FALSE },
  { ">=", LT_OPERATOR_GREATER_EQUAL, FALSE }, { ">", LT_OPERATOR_GREATER, FALSE },
};

/* As keys are compared: without regard to `-`, `_` and ASCII case. */
static gboolean
names_equal (const char *a, const char *b)
{
  for (;;)
    {
      while (*a == '-' || *a == '_')
        a++;
      while (*b == '-' || *b == '_')
        b++;
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return FALSE;
      if (*a == '\0')
        return TRUE;
      a++;
      b++;
    }
}

static void
clear_parameter (gpointer data)
{
  LtParameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->value);
}

/**
 * lt_operator_read:
 * @text: (not nullable): text that may begin with an operator of a query
 * @op: (out): the longest operator @text begins with
 * @negated: (out): whether it is one of those with `!`
 *
 * Returns: (nullable): what follows the operator, or %NULL if @text begins with none
 */
const char *
lt_operator_read (const char *text, LtOperator *op, gboolean *negated)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    {
      gsize length = strlen (operators[i].text);

      if (strncmp (text, operators[i].text, length) == 0)
        {
          *op = operators[i].op;
          *negated = operators[i].negated;
          return text + length;
        }
    }

  return NULL;
}

/* Browsers write `<` and `>` as %3C and %3E even in a query, so that these, and a `=`
 * behind them, are operators in both spellings. No name can hold them. */
static const char *
read_encoded_comparison (const char *raw, const char *end, LtOperator *op)
{
  gboolean less;

  if (end - raw < 3 || raw[0] != '%' || raw[1] != '3')
    return NULL;
  if (raw[2] != 'C' && raw[2] != 'c' && raw[2] != 'E' && raw[2] != 'e')
    return NULL;

  less = g_ascii_toupper (raw[2]) == 'C';
  raw += 3;
  if (raw < end && *raw == '=')
    raw++;
  else if (end - raw >= 3 && g_ascii_strncasecmp (raw, "%3D", 3) == 0)
    raw += 3;
  else
    {
      *op = less ? LT_OPERATOR_LESS : LT_OPERATOR_GREATER;
      return raw;
    }

  *op = less ? LT_OPERATOR_LESS_EQUAL : LT_OPERATOR_GREATER_EQUAL;
  return raw;
}

/* Finds where the name ends and the value begins. */
static gboolean
split_part (const LtQuery *self, const char *part, const char *end, LtParameter *parameter,
            const char **name_end, GError **error)
{
  for (const char *at = part; at < end; at++)
    {
      const char *value = NULL;

      if (strchr ("=!~<>", *at) != NULL)
        value = lt_operator_read (at, &parameter->op, &parameter->negated);
      else if (*at == '%')
        value = read_encoded_comparison (at, end, &parameter->op);
      else
        continue;

      if (value != NULL)
        {
          *name_end = at;
          parameter->value_position = (gsize) (value - self->raw);
          return TRUE;
        }
      if (*at != '%')
        return lt_error_fail_at (
            error, LT_ERROR_INVALID_FILTER, (gsize) (at - self->raw),
            "\"%c\" begins no operator here; operators are = == ~= != !== !~= < <= > "
            ">=; write \"%c\" as %%%02X where it is meant literally",
            *at, *at, (guint) *at);
    }

  *name_end = end;
  parameter->value_position = (gsize) (end - self->raw);
  return TRUE;
}

/* Decodes @begin to @end; `+` is a space. */
static char *
decode (const LtQuery *self, const char *begin, const char *end, GError **error)
{
  g_autofree char *text = g_malloc ((gsize) (end - begin) + 1);
  const char *invalid;
  gsize length = 0;

  for (const char *at = begin; at < end; at++)
    {
      int high, low;

      if (*at != '%')
        {
          text[length++] = *at == '+' ? ' ' : *at;
          continue;
        }

      high = end - at > 2 ? g_ascii_xdigit_value (at[1]) : -1;
      low = end - at > 2 ? g_ascii_xdigit_value (at[2]) : -1;
      if (high < 0 || low < 0)
        {
          lt_error_fail_at (
              error, LT_ERROR_INVALID_FILTER, (gsize) (at - self->raw),
              "\"%%\" must be followed by two hexadecimal digits; write %%25 for a percent "
              "sign");
          return NULL;
        }
      if (high == 0 && low == 0)
        {
          lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, (gsize) (at - self->raw),
                            "%%00 is not allowed: text cannot hold a NUL");
          return NULL;
        }
      text[length++] = (char) (high * 16 + low);
      at += 2;
    }
  text[length] = '\0';

  if (!g_utf8_validate_len (text, length, &invalid))
    {
      LtParameter whole = { .value_position = (gsize) (begin - self->raw) };

      lt_error_fail_at (error, LT_ERROR_INVALID_FILTER,
                        lt_query_locate (self, &whole, (gsize) (invalid - text)),
                        "not valid UTF-8; encode text as UTF-8 before "
                        "percent-encoding it");
      return NULL;
    }

  return g_steal_pointer (&text);
}

static gboolean
parse_part (LtQuery *self, const char *part, const char *end, GError **error)
{
  LtParameter parameter = { .position = (gsize) (part - self->raw) };
  const char *name_end = end;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (self->parameters->len == LT_QUERY_MAX_PARAMETERS)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, parameter.position,
                             "more than %d parameters", LT_QUERY_MAX_PARAMETERS);
  if (!split_part (self, part, end, &parameter, &name_end, error))
    return FALSE;
  if (name_end == part)
    return lt_error_fail_at (error, LT_ERROR_INVALID_FILTER, parameter.position,
                             "a parameter without a name; write filter=… to search for text");

  name = decode (self, part, name_end, error);
  if (name == NULL)
    return FALSE;
  value = decode (self, self->raw + parameter.value_position, end, error);
  if (value == NULL)
    return FALSE;

  parameter.name = g_steal_pointer (&name);
  parameter.value = g_steal_pointer (&value);
  g_array_append_val (self->parameters, parameter);
  return TRUE;
}

/**
 * lt_query_parse:
 * @raw: (nullable): the query string of a URL as it was sent, without the `?`; %NULL and
 *   the empty string are a query without parameters
 * @error: return location for an error
 *
 * Reads a query string. Empty parts (`a=1&&b=2`) are skipped. A part's name ends at the
 * first of `= ! ~ < >`; there the longest operator wins. Operators are read before
 * decoding, so that a percent-encoded one belongs to its value; only `<` and `>`, which
 * browsers encode by themselves, count in both spellings where a name ends.
 *
 * Raises %LT_ERROR_INVALID_FILTER with the position in bytes into @raw, and
 * %LT_ERROR_TOO_LARGE over %LT_QUERY_MAX_BYTES.
 *
 * Returns: (transfer full): the query, or %NULL
 */
LtQuery *
lt_query_parse (const char *raw, GError **error)
{
  g_autoptr (LtQuery) self = g_new0 (LtQuery, 1);
  const char *part;

  self->raw = g_strdup (raw != NULL ? raw : "");
  self->parameters = g_array_new (FALSE, FALSE, sizeof (LtParameter));
  g_array_set_clear_func (self->parameters, clear_parameter);

  if (strlen (self->raw) > LT_QUERY_MAX_BYTES)
    {
      lt_error_fail_at (error, LT_ERROR_TOO_LARGE, LT_QUERY_MAX_BYTES,
                        "the query is longer than %d bytes", LT_QUERY_MAX_BYTES);
      return NULL;
    }

  part = self->raw;
  for (;;)
    {
      const char *end = strchrnul (part, '&');

      if (end > part && !parse_part (self, part, end, error))
        return NULL;
      if (*end == '\0')
        break;
      part = end + 1;
    }

  return g_steal_pointer (&self);
}

/**
 * lt_query_free:
 * @self: (transfer full): a query
 *
 * Frees @self.
 */
void
lt_query_free (LtQuery *self)
{
  g_array_unref (self->parameters);
  g_free (self->raw);
  g_free (self);
}

/**
 * lt_query_get_length:
 * @self: a query
 *
 * Returns: how many parameters it has
 */
guint
lt_query_get_length (const LtQuery *self)
{
  return self->parameters->len;
}

/**
 * lt_query_get_parameter:
 * @self: a query
 * @index: from 0, less than lt_query_get_length()
 *
 * Returns: (transfer none): a parameter, in the query's order
 */
const LtParameter *
lt_query_get_parameter (const LtQuery *self, guint index)
{
  g_return_val_if_fail (index < self->parameters->len, NULL);

  return &g_array_index (self->parameters, LtParameter, index);
}

/**
 * lt_query_locate:
 * @self: a query
 * @parameter: one of its parameters
 * @offset: bytes into the decoded value
 *
 * Returns: the place in the raw query, in bytes, that @offset was decoded from
 */
gsize
lt_query_locate (const LtQuery *self, const LtParameter *parameter, gsize offset)
{
  const char *at = self->raw + parameter->value_position;

  for (; offset > 0 && *at != '\0' && *at != '&'; offset--)
    at += *at == '%' ? 3 : 1;

  return (gsize) (at - self->raw);
}

/**
 * lt_query_name_is_reserved:
 * @name: the name of a parameter, decoded
 *
 * Returns: %TRUE if @name is a parameter that is no filter: `context last since until
 *   last-event-id limit q format ticket token`, without regard to `-`, `_` and ASCII case
 */
gboolean
lt_query_name_is_reserved (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (reserved_names); i++)
    if (names_equal (name, reserved_names[i]))
      return TRUE;

  return FALSE;
}

/**
 * lt_query_lookup:
 * @self: a query
 * @name: the name of a parameter, such as `last-event-id`
 * @value: (out) (transfer none) (nullable): its value, maybe empty; %NULL if the query
 *   does not have it
 * @error: return location for an error
 *
 * Finds a parameter that is no filter. It may be given once, with `=`.
 *
 * Raises %LT_ERROR_INVALID_ARGUMENT with the position in bytes into the raw query.
 *
 * Returns: %FALSE if it is repeated, or given with another operator or none
 */
gboolean
lt_query_lookup (const LtQuery *self, const char *name, const char **value, GError **error)
{
  *value = NULL;

  for (guint i = 0; i < self->parameters->len; i++)
    {
      const LtParameter *parameter = lt_query_get_parameter (self, i);

      if (!names_equal (parameter->name, name))
        continue;
      if (*value != NULL)
        return lt_error_fail_at (error, LT_ERROR_INVALID_ARGUMENT, parameter->position,
                                 "\"%s\" is given twice; give it once", name);
      if (parameter->op != LT_OPERATOR_CONTAINS || parameter->negated)
        return lt_error_fail_at (error, LT_ERROR_INVALID_ARGUMENT, parameter->position,
                                 "\"%s\" is no filter and takes \"=\" only: %s=…", name, name);
      *value = parameter->value;
    }

  return TRUE;
}

/**
 * lt_query_check_names:
 * @self: a query
 * @allowed: (array zero-terminated=1): the names of the parameters a path takes. If
 *   `filter` is among them, every name that is not reserved passes too: it is a key, and
 *   lt_filter_new_from_query() judges it.
 * @error: return location for an error
 *
 * Refuses parameters that a path does not take.
 *
 * Raises %LT_ERROR_UNKNOWN_OPTION with the position in bytes into the raw query.
 *
 * Returns: %FALSE if there is a parameter that is not allowed
 */
gboolean
lt_query_check_names (const LtQuery *self, const char *const *allowed, GError **error)
{
  gboolean takes_keys = g_strv_contains (allowed, "filter");

  for (guint i = 0; i < self->parameters->len; i++)
    {
      const LtParameter *parameter = lt_query_get_parameter (self, i);
      gboolean found = takes_keys && !lt_query_name_is_reserved (parameter->name);
      g_autofree char *list = NULL;
      g_autofree char *quoted = NULL;

      for (guint j = 0; !found && allowed[j] != NULL; j++)
        found = names_equal (parameter->name, allowed[j]);
      if (found)
        continue;

      quoted = lt_text_quote (parameter->name, -1);
      list = g_strjoinv (", ", (char **) allowed);
      if (*list == '\0')
        return lt_error_fail_at (error, LT_ERROR_UNKNOWN_OPTION, parameter->position,
                                 "unknown parameter %s; this path takes none", quoted);
      return lt_error_fail_at (error, LT_ERROR_UNKNOWN_OPTION, parameter->position,
                               "unknown parameter %s; this path takes: %s", quoted, list);
    }

  return TRUE;
}
