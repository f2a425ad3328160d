/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-scanner.h"

#include "core/lt-error.h"
#include "core/lt-text.h"

#include <string.h>

/**
 * lt_json_scanner_init:
 * @self: (out caller-allocates): a scanner
 * @text: (array length=length): JSON text
 * @length: bytes of @text
 *
 * Sets @self to the first byte of @text.
 */
void
lt_json_scanner_init (LtJsonScanner *self, const char *text, gsize length)
{
  self->text = text;
  self->cursor = text;
  self->end = text + length;
  self->depth = 0;
  self->names = NULL;
  self->heap = NULL;
  self->heap_size = 0;
}

/**
 * lt_json_scanner_clear:
 * @self: a scanner
 *
 * Frees what @self holds.
 */
void
lt_json_scanner_clear (LtJsonScanner *self)
{
  g_clear_pointer (&self->heap, g_free);
  g_clear_pointer (&self->names, g_array_unref);
  self->heap_size = 0;
}

/**
 * lt_json_scanner_fail:
 * @self: a scanner
 * @at: the byte at fault
 * @error: return location for an error
 * @format: what is wrong, for printf()
 * @...: its arguments
 *
 * Sets %LT_ERROR_INVALID_JSON with the position of @at.
 *
 * Returns: %FALSE
 */
gboolean
lt_json_scanner_fail (const LtJsonScanner *self, const char *at, GError **error, const char *format,
                      ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (error == NULL)
    return FALSE;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_JSON,
               "invalid JSON at byte %" G_GSIZE_FORMAT ": %s", (gsize) (at - self->text), what);
  lt_error_set_position (*error, at - self->text);
  return FALSE;
}

/**
 * lt_json_scanner_place:
 * @self: a scanner
 * @at: the byte at fault
 * @error: (inout): an error that someone else set
 *
 * Gives an error the position of @at, unless it has one.
 *
 * Returns: %FALSE
 */
gboolean
lt_json_scanner_place (const LtJsonScanner *self, const char *at, GError **error)
{
  if (error != NULL && *error != NULL && (*error)->domain == LT_ERROR
      && lt_error_get_position (*error) < 0)
    lt_error_set_position (*error, at - self->text);
  return FALSE;
}

/**
 * lt_json_scanner_begins_value:
 * @self: a scanner
 *
 * Returns: whether what is at the cursor begins as a value of JSON does
 */
gboolean
lt_json_scanner_begins_value (const LtJsonScanner *self)
{
  static const char *const words[] = { "true", "false", "null" };
  gsize length = (gsize) (self->end - self->cursor);

  if (length == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize word_length = strlen (words[i]);

      if (length >= word_length && memcmp (self->cursor, words[i], word_length) == 0)
        return length == word_length || !g_ascii_isalnum (self->cursor[word_length]);
    }
  return memchr ("\"{[-0123456789", *self->cursor, 14) != NULL;
}

/**
 * lt_json_scanner_describe:
 * @self: a scanner at a value
 *
 * Returns: (not nullable): what kind of value begins here, such as "a number"
 */
const char *
lt_json_scanner_describe (const LtJsonScanner *self)
{
  if (self->cursor == self->end)
    return "the end of the text";
  if (!lt_json_scanner_begins_value (self))
    return "something that is not JSON";

  switch (*self->cursor)
    {
    case '"':
      return "a string";
    case '{':
      return "an object";
    case '[':
      return "a list";
    case 't':
    case 'f':
      return "a boolean";
    case 'n':
      return "null";
    default:
      return "a number";
    }
}

/* What stands at the cursor, for a message. */
static char *
dup_found (const LtJsonScanner *self)
{
  guchar c = 0;

  if (self->cursor == self->end)
    return g_strdup ("the end of the text");

  c = (guchar) *self->cursor;
  if (c > 0x20 && c < 0x7f && c != '"')
    return g_strdup_printf ("\"%c\"", c);
  if (c == '"')
    return g_strdup ("a string");
  return g_strdup_printf ("byte 0x%02X", c);
}

static const char *
advise_value (const LtJsonScanner *self)
{
  switch (lt_json_scanner_peek (self))
    {
    case '\'':
      return "; strings stand in double quotes";
    case '/':
    case '#':
      return "; JSON has no comments";
    case '+':
      return "; a number has no plus sign before it";
    case '.':
      return "; a number needs a digit before its point";
    case 'N':
    case 'I':
      return "; numbers that are not finite cannot be written in JSON";
    case '\xEF':
      return "; begin without a byte order mark";
    default:
      return "";
    }
}

/**
 * lt_json_scanner_fail_value:
 * @self: a scanner at something that begins no value
 * @error: return location for an error
 *
 * Says that a value was expected here and what was found.
 *
 * Returns: %FALSE
 */
gboolean
lt_json_scanner_fail_value (const LtJsonScanner *self, GError **error)
{
  g_autofree char *found = dup_found (self);

  return lt_json_scanner_fail (self, self->cursor, error, "expected a value, found %s%s", found,
                               advise_value (self));
}

/**
 * lt_json_scanner_read_name:
 * @self: a scanner inside an object, where a member begins
 * @name: (out) (transfer none): as lt_json_scanner_read_string() has it
 * @length: (out): bytes of @name
 * @error: return location for an error
 *
 * Reads a member's name and the colon, and goes to the value.
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_read_name (LtJsonScanner *self, const char **name, gsize *length, GError **error)
{
  if (lt_json_scanner_peek (self) != '"')
    {
      g_autofree char *found = dup_found (self);

      return lt_json_scanner_fail (self, self->cursor, error,
                                   "expected a member's name in double quotes, found %s", found);
    }
  if (!lt_json_scanner_read_string (self, name, length, error))
    return FALSE;

  lt_json_scanner_skip_space (self);
  if (lt_json_scanner_peek (self) != ':')
    {
      g_autofree char *found = dup_found (self);

      return lt_json_scanner_fail (self, self->cursor, error,
                                   "expected \":\" behind a member's name, found %s", found);
    }
  self->cursor++;
  lt_json_scanner_skip_space (self);
  return TRUE;
}

/**
 * lt_json_scanner_read_word:
 * @self: a scanner at a letter
 * @word: `true`, `false` or `null`
 * @error: return location for an error
 *
 * Returns: %TRUE if @word stands here
 */
gboolean
lt_json_scanner_read_word (LtJsonScanner *self, const char *word, GError **error)
{
  const char *start = self->cursor;

  for (; *word != '\0'; word++, self->cursor++)
    {
      if (self->cursor == self->end)
        return lt_json_scanner_fail (self, self->cursor, error, "the text ends inside a word");
      if (*self->cursor != *word)
        return lt_json_scanner_fail (
            self, start, error, "expected a value; the words of JSON are true, false and null");
    }

  return TRUE;
}

/**
 * lt_json_scanner_enter:
 * @self: a scanner at `[` or `{`
 * @error: return location for an error
 *
 * Goes into an array or object, at most %LT_JSON_MAX_NESTING deep; lt_json_scanner_next() goes
 * out again.
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_enter (LtJsonScanner *self, GError **error)
{
  if (self->depth == LT_JSON_MAX_NESTING)
    return lt_json_scanner_fail (self, self->cursor, error, "nested more than %d deep",
                                 LT_JSON_MAX_NESTING);

  self->depth++;
  self->cursor++;
  return TRUE;
}

static gboolean
fail_next (const LtJsonScanner *self, char close, GError **error)
{
  g_autofree char *found = dup_found (self);

  if (self->cursor == self->end)
    return lt_json_scanner_fail (self, self->cursor, error, "the text ends inside %s",
                                 close == '}' ? "an object" : "a list");

  return lt_json_scanner_fail (self, self->cursor, error, "expected \",\" or \"%c\", found %s",
                               close, found);
}

/**
 * lt_json_scanner_next:
 * @self: a scanner behind `[`, `{` or an item
 * @close: `]` or `}`
 * @first: whether no item has been read yet
 * @more: (out): %TRUE if an item begins here, %FALSE if the array or object is over
 * @error: return location for an error
 *
 * Goes to the next item of an array or object, or behind its end.
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_next (LtJsonScanner *self, char close, gboolean first, gboolean *more,
                      GError **error)
{
  char c = 0;

  lt_json_scanner_skip_space (self);
  c = lt_json_scanner_peek (self);
  if (c == close)
    {
      self->cursor++;
      self->depth--;
      *more = FALSE;
      return TRUE;
    }

  *more = TRUE;
  if (first && self->cursor < self->end)
    return TRUE;
  if (c != ',' || first)
    return fail_next (self, close, error);

  self->cursor++;
  lt_json_scanner_skip_space (self);
  if (self->cursor == self->end)
    return fail_next (self, close, error);
  if (*self->cursor == close)
    return lt_json_scanner_fail (self, self->cursor, error, "\",\" before \"%c\": one too many",
                                 close);
  return TRUE;
}

/**
 * lt_json_scanner_finish:
 * @self: a scanner behind a whole value
 * @error: return location for an error
 *
 * Returns: %TRUE if nothing but space follows
 */
gboolean
lt_json_scanner_finish (LtJsonScanner *self, GError **error)
{
  g_autofree char *found = NULL;

  lt_json_scanner_skip_space (self);
  if (self->cursor == self->end)
    return TRUE;

  found = dup_found (self);
  return lt_json_scanner_fail (self, self->cursor, error, "%s follows where the text should end",
                               found);
}

/**
 * lt_json_scanner_fail_twice:
 * @self: a scanner
 * @at: where a member begins that the object has already
 * @name: its name
 * @length: bytes of @name
 * @error: return location for an error
 *
 * Says that a member is there twice.
 *
 * Returns: %FALSE
 */
gboolean
lt_json_scanner_fail_twice (const LtJsonScanner *self, const char *at, const char *name,
                            gsize length, GError **error)
{
  g_autofree char *quoted = lt_text_quote (name, (gssize) length);

  return lt_json_scanner_fail (self, at, error, "member %s is given twice", quoted);
}
