/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-writer.h"

#include "core/lt-time.h"
#include "json/lt-json.h"

/**
 * lt_json_writer_init:
 * @self: (out caller-allocates): a writer
 *
 * Starts an empty document.
 */
void
lt_json_writer_init (LtJsonWriter *self)
{
  self->out = g_string_sized_new (512);
  self->follow = FALSE;
}

/**
 * lt_json_writer_clear:
 * @self: a writer
 *
 * Frees what it holds.
 */
void
lt_json_writer_clear (LtJsonWriter *self)
{
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  self->out = NULL;
}

/**
 * lt_json_writer_end:
 * @self: a writer
 *
 * Ends the document with a line feed.
 *
 * Returns: (transfer full): the document
 */
GBytes *
lt_json_writer_end (LtJsonWriter *self)
{
  g_string_append_c (self->out, '\n');
  return g_string_free_to_bytes (g_steal_pointer (&self->out));
}

static void
add_name (LtJsonWriter *self, const char *name)
{
  if (self->follow)
    g_string_append_c (self->out, ',');
  self->follow = TRUE;
  if (name == NULL)
    return;

  lt_json_append_string (self->out, name, -1);
  g_string_append_c (self->out, ':');
}

/**
 * lt_json_writer_begin_object:
 * @self: a writer
 * @name: (nullable): the member's name, or %NULL for an array's item and the document itself
 *
 * Begins an object. All the other functions take @name the same way.
 */
void
lt_json_writer_begin_object (LtJsonWriter *self, const char *name)
{
  add_name (self, name);
  g_string_append_c (self->out, '{');
  self->follow = FALSE;
}

/**
 * lt_json_writer_end_object:
 * @self: a writer
 *
 * Ends the innermost object.
 */
void
lt_json_writer_end_object (LtJsonWriter *self)
{
  g_string_append_c (self->out, '}');
  self->follow = TRUE;
}

/**
 * lt_json_writer_begin_array:
 * @self: a writer
 * @name: (nullable): the member's name
 *
 * Begins an array.
 */
void
lt_json_writer_begin_array (LtJsonWriter *self, const char *name)
{
  add_name (self, name);
  g_string_append_c (self->out, '[');
  self->follow = FALSE;
}

/**
 * lt_json_writer_end_array:
 * @self: a writer
 *
 * Ends the innermost array.
 */
void
lt_json_writer_end_array (LtJsonWriter *self)
{
  g_string_append_c (self->out, ']');
  self->follow = TRUE;
}

/**
 * lt_json_writer_add_string:
 * @self: a writer
 * @name: (nullable): the member's name
 * @text: (nullable): valid UTF-8, or %NULL for `null`
 *
 * Adds a string.
 */
void
lt_json_writer_add_string (LtJsonWriter *self, const char *name, const char *text)
{
  add_name (self, name);
  if (text != NULL)
    lt_json_append_string (self->out, text, -1);
  else
    g_string_append (self->out, "null");
}

/**
 * lt_json_writer_add_strv:
 * @self: a writer
 * @name: (nullable): the member's name
 * @texts: (array zero-terminated=1): valid UTF-8
 *
 * Adds an array of strings.
 */
void
lt_json_writer_add_strv (LtJsonWriter *self, const char *name, const char *const *texts)
{
  lt_json_writer_begin_array (self, name);
  for (gsize i = 0; texts[i] != NULL; i++)
    lt_json_writer_add_string (self, NULL, texts[i]);
  lt_json_writer_end_array (self);
}

/**
 * lt_json_writer_add_unsigned:
 * @self: a writer
 * @name: (nullable): the member's name
 * @number: a number
 *
 * Adds a whole number.
 */
void
lt_json_writer_add_unsigned (LtJsonWriter *self, const char *name, guint64 number)
{
  add_name (self, name);
  g_string_append_printf (self->out, "%" G_GUINT64_FORMAT, number);
}

/**
 * lt_json_writer_add_double:
 * @self: a writer
 * @name: (nullable): the member's name
 * @number: a finite number
 *
 * Adds a number.
 */
void
lt_json_writer_add_double (LtJsonWriter *self, const char *name, double number)
{
  add_name (self, name);
  lt_json_append_number (self->out, number);
}

/**
 * lt_json_writer_add_boolean:
 * @self: a writer
 * @name: (nullable): the member's name
 * @value: what is so or not
 *
 * Adds `true` or `false`.
 */
void
lt_json_writer_add_boolean (LtJsonWriter *self, const char *name, gboolean value)
{
  add_name (self, name);
  g_string_append (self->out, value ? "true" : "false");
}

/**
 * lt_json_writer_add_null:
 * @self: a writer
 * @name: (nullable): the member's name
 *
 * Adds `null`.
 */
void
lt_json_writer_add_null (LtJsonWriter *self, const char *name)
{
  lt_json_writer_add_string (self, name, NULL);
}

/**
 * lt_json_writer_add_time:
 * @self: a writer
 * @name: (nullable): the member's name
 * @unix_us: microseconds since the epoch
 *
 * Adds a time as a string (RFC 3339, UTC).
 */
void
lt_json_writer_add_time (LtJsonWriter *self, const char *name, gint64 unix_us)
{
  char buffer[LT_TIME_FORMAT_SIZE];

  lt_time_format (unix_us, buffer);
  lt_json_writer_add_string (self, name, buffer);
}
