/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-scanner.h"

#include "core/lt-error.h"
#include "core/lt-text.h"

#include <stdlib.h>
#include <string.h>

#define ONES  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGHS G_GUINT64_CONSTANT (0x8080808080808080)

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
    case '-':
    case '0' ... '9':
      return "a number";
    default:
      return "something that is not JSON";
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

/* Skips what a string holds as it is: neither `"`, `\`, a control character nor a byte that
 * is not ASCII. Eight bytes a step: each test leaves a high bit in the first byte it
 * fits; the bytes behind it may carry false ones, so only the lowest counts. */
static const char *
skip_plain (const char *p, const char *end)
{
  while (end - p >= 8)
    {
      guint64 word = 0;
      guint64 quote = 0;
      guint64 backslash = 0;
      guint64 special = 0;

      memcpy (&word, p, sizeof word);
      word = GUINT64_FROM_LE (word);
      quote = word ^ (ONES * '"');
      backslash = word ^ (ONES * '\\');
      special = (word | (word - ONES * 0x20) | (quote - ONES) | (backslash - ONES)) & HIGHS;
      if (special != 0)
        return p + (__builtin_ctzll (special) >> 3);
      p += 8;
    }

  while (p < end && (guchar) *p >= 0x20 && (guchar) *p < 0x80 && *p != '"' && *p != '\\')
    p++;
  return p;
}

static inline gboolean
is_continuation (guchar c)
{
  return (c & 0xc0) == 0x80;
}

/* How many bytes the UTF-8 sequence at @text has (RFC 3629 section 4), or 0 if it is none. */
static guint
get_sequence_length (const char *text, const char *end)
{
  const guchar *p = (const guchar *) text;
  gsize left = (gsize) (end - text);

  if (p[0] >= 0xc2 && p[0] <= 0xdf)
    return left >= 2 && is_continuation (p[1]) ? 2 : 0;

  if (p[0] >= 0xe0 && p[0] <= 0xef)
    {
      guchar low = p[0] == 0xe0 ? 0xa0 : 0x80;
      guchar high = p[0] == 0xed ? 0x9f : 0xbf;

      return left >= 3 && p[1] >= low && p[1] <= high && is_continuation (p[2]) ? 3 : 0;
    }

  if (p[0] >= 0xf0 && p[0] <= 0xf4)
    {
      guchar low = p[0] == 0xf0 ? 0x90 : 0x80;
      guchar high = p[0] == 0xf4 ? 0x8f : 0xbf;

      return left >= 4 && p[1] >= low && p[1] <= high && is_continuation (p[2])
                     && is_continuation (p[3])
                 ? 4
                 : 0;
    }

  return 0;
}

/* Skips the text of a string up to its next quote or backslash. */
static const char *
skip_text (const LtJsonScanner *self, const char *p, GError **error)
{
  for (;;)
    {
      guint sequence = 0;

      p = skip_plain (p, self->end);
      if (p == self->end)
        {
          lt_json_scanner_fail (self, p, error, "the text ends inside a string");
          return NULL;
        }
      if (*p == '"' || *p == '\\')
        return p;
      if ((guchar) *p < 0x20)
        {
          lt_json_scanner_fail (self, p, error,
                                "control character U+%04X in a string; write it as \\u%04x",
                                (guint) (guchar) *p, (guint) (guchar) *p);
          return NULL;
        }

      sequence = get_sequence_length (p, self->end);
      if (sequence == 0)
        {
          lt_json_scanner_fail (self, p, error, "byte 0x%02X is not UTF-8", (guint) (guchar) *p);
          return NULL;
        }
      p += sequence;
    }
}

/* Where decoded text goes: room for @size bytes, what is there already kept. */
static char *
reserve_scratch (LtJsonScanner *self, gsize used, gsize size)
{
  char *bigger = NULL;

  if (self->heap == NULL && size <= sizeof self->scratch)
    return self->scratch;
  if (size <= self->heap_size)
    return self->heap;

  self->heap_size = MAX (size, 2 * self->heap_size);
  bigger = g_malloc (self->heap_size);
  if (used > 0)
    memcpy (bigger, self->heap != NULL ? self->heap : self->scratch, used);
  g_free (self->heap);
  self->heap = bigger;
  return bigger;
}

/* Reads the four digits behind `\u` at @p. */
static gboolean
read_code_unit (const LtJsonScanner *self, const char *p, guint *unit, GError **error)
{
  guint value = 0;

  for (const char *digit = p + 2; digit < p + 6; digit++)
    {
      if (digit >= self->end)
        return lt_json_scanner_fail (self, self->end, error, "the text ends inside a string");
      if (!g_ascii_isxdigit (*digit))
        return lt_json_scanner_fail (self, digit, error, "\\u needs four hexadecimal digits");
      value = value << 4 | (guint) g_ascii_xdigit_value (*digit);
    }

  *unit = value;
  return TRUE;
}

/* Decodes the `\uXXXX` at *@p, or the two of a surrogate pair, into UTF-8 at @out. */
static gboolean
read_unicode_escape (const LtJsonScanner *self, const char **p, char *out, guint *written,
                     GError **error)
{
  const char *at = *p;
  guint unit = 0;
  guint low = 0;

  if (!read_code_unit (self, at, &unit, error))
    return FALSE;
  if (unit == 0)
    return lt_json_scanner_fail (self, at, error, "\\u0000 is not taken: no text here holds NUL");
  *p = at + 6;

  if (unit >= 0xdc00 && unit <= 0xdfff)
    return lt_json_scanner_fail (self, at, error,
                                 "\\u%04x is the second half of a surrogate pair "
                                 "without its first",
                                 unit);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (self->end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return lt_json_scanner_fail (self, at, error,
                                     "\\u%04x is the first half of a surrogate "
                                     "pair without its second",
                                     unit);
      if (!read_code_unit (self, *p, &low, error))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return lt_json_scanner_fail (self, at, error,
                                     "\\u%04x is the first half of a surrogate "
                                     "pair without its second",
                                     unit);
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      *p += 6;
    }

  *written = (guint) g_unichar_to_utf8 (unit, out);
  return TRUE;
}

/* Decodes the escape at *@p to at most 4 bytes at @out. */
static gboolean
read_escape (const LtJsonScanner *self, const char **p, char *out, guint *written, GError **error)
{
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *name = NULL;

  if (self->end - *p < 2)
    return lt_json_scanner_fail (self, self->end, error, "the text ends inside a string");
  if ((*p)[1] == 'u')
    return read_unicode_escape (self, p, out, written, error);

  name = (*p)[1] != '\0' ? strchr (names, (*p)[1]) : NULL;
  if (name == NULL)
    return lt_json_scanner_fail (self, *p, error,
                                 "unknown escape in a string; JSON has \\\" \\\\ "
                                 "\\/ \\b \\f \\n \\r \\t and \\uXXXX");

  *out = meanings[name - names];
  *written = 1;
  *p += 2;
  return TRUE;
}

/* Decodes a string with escapes: @start is its first byte, @p its first backslash. */
static gboolean
read_escaped (LtJsonScanner *self, const char *start, const char *p, const char **string,
              gsize *length, GError **error)
{
  char *out = NULL;
  gsize used = 0;

  for (;;)
    {
      gsize run = (gsize) (p - start);
      guint written = 0;

      out = reserve_scratch (self, used, used + run + 4);
      memcpy (out + used, start, run);
      used += run;
      if (*p == '"')
        break;
      if (!read_escape (self, &p, out + used, &written, error))
        return FALSE;
      used += written;

      start = p;
      p = skip_text (self, p, error);
      if (p == NULL)
        return FALSE;
    }

  self->cursor = p + 1;
  *string = out;
  *length = used;
  return TRUE;
}

/**
 * lt_json_scanner_read_string:
 * @self: a scanner at a quote
 * @string: (out) (transfer none): the text, UTF-8 without NUL, not NUL-terminated: a slice of
 *   the input, or, where it has escapes, valid until the next string is read
 * @length: (out): bytes of @string
 * @error: return location for an error
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_read_string (LtJsonScanner *self, const char **string, gsize *length,
                             GError **error)
{
  const char *start = self->cursor + 1;
  const char *p = skip_text (self, start, error);

  if (G_UNLIKELY (p == NULL))
    return FALSE;
  if (G_UNLIKELY (*p == '\\'))
    return read_escaped (self, start, p, string, length, error);

  *string = start;
  *length = (gsize) (p - start);
  self->cursor = p + 1;
  return TRUE;
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

static gboolean
skip_list (LtJsonScanner *self, GError **error)
{
  gboolean more = FALSE;

  if (!lt_json_scanner_enter (self, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      if (!lt_json_scanner_next (self, ']', first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!lt_json_scanner_skip_value (self, error))
        return FALSE;
    }
}

/* A member's name, while the object around it is being skipped. */
typedef struct
{
  const char *at;   /* (unowned): where it stands */
  const char *name; /* (unowned): in the text, or @copy */
  char *copy;       /* (owned) (nullable): the decoded name, if it has escapes */
  gsize length;
} MemberName;

static void
member_name_clear (MemberName *self)
{
  g_free (self->copy);
}

/* By text, and of the same text the earlier first. */
static int
compare_names (const void *a, const void *b)
{
  const MemberName *first = a;
  const MemberName *second = b;
  int order = memcmp (first->name, second->name, MIN (first->length, second->length));

  if (order != 0)
    return order;
  if (first->length != second->length)
    return first->length < second->length ? -1 : 1;
  return first->at < second->at ? -1 : 1;
}

/* Looks for a name that is there twice among those from @begin on, and forgets them. Sorting, for
 * hashes can be made to collide. */
static gboolean
check_names (LtJsonScanner *self, guint begin, GError **error)
{
  guint n_names = self->names->len - begin;
  MemberName *names = (MemberName *) self->names->data;
  const MemberName *twice = NULL;

  if (n_names == 0)
    return TRUE;

  names += begin;
  qsort (names, n_names, sizeof *names, compare_names);
  for (guint i = 1; i < n_names; i++)
    {
      if (names[i].length == names[i - 1].length
          && memcmp (names[i].name, names[i - 1].name, names[i].length) == 0
          && (twice == NULL || names[i].at < twice->at))
        twice = &names[i];
    }
  if (twice != NULL)
    return lt_json_scanner_fail_twice (self, twice->at, twice->name, twice->length, error);

  g_array_set_size (self->names, begin);
  return TRUE;
}

static gboolean
read_skipped_name (LtJsonScanner *self, GError **error)
{
  MemberName member = { .at = self->cursor };

  if (!lt_json_scanner_read_name (self, &member.name, &member.length, error))
    return FALSE;

  /* Decoded names lie where the next one will. */
  if (member.name != member.at + 1)
    member.name = member.copy = g_strndup (member.name, member.length);
  g_array_append_val (self->names, member);
  return TRUE;
}

static gboolean
skip_object (LtJsonScanner *self, GError **error)
{
  gboolean more = FALSE;
  guint begin = 0;

  if (self->names == NULL)
    {
      self->names = g_array_new (FALSE, FALSE, sizeof (MemberName));
      g_array_set_clear_func (self->names, (GDestroyNotify) member_name_clear);
    }
  begin = self->names->len;
  if (!lt_json_scanner_enter (self, error))
    return FALSE;

  for (gboolean first = TRUE;; first = FALSE)
    {
      if (!lt_json_scanner_next (self, '}', first, &more, error))
        return FALSE;
      if (!more)
        return check_names (self, begin, error);
      if (self->names->len - begin == LT_JSON_MAX_MEMBERS)
        return lt_json_scanner_fail (self, self->cursor, error, "an object of more than %d members",
                                     LT_JSON_MAX_MEMBERS);
      if (!read_skipped_name (self, error) || !lt_json_scanner_skip_value (self, error))
        return FALSE;
    }
}

/**
 * lt_json_scanner_skip_value:
 * @self: a scanner at a value
 * @error: return location for an error
 *
 * Goes behind any value, with every check: a member twice in one object is refused too.
 *
 * Returns: %TRUE on success
 */
gboolean
lt_json_scanner_skip_value (LtJsonScanner *self, GError **error)
{
  LtJsonNumber number;
  const char *string = NULL;
  gsize length = 0;

  switch (lt_json_scanner_peek (self))
    {
    case '"':
      return lt_json_scanner_read_string (self, &string, &length, error);
    case '{':
      return skip_object (self, error);
    case '[':
      return skip_list (self, error);
    case 't':
      return lt_json_scanner_read_word (self, "true", error);
    case 'f':
      return lt_json_scanner_read_word (self, "false", error);
    case 'n':
      return lt_json_scanner_read_word (self, "null", error);
    case '-':
    case '0' ... '9':
      return lt_json_scanner_read_number (self, &number, error);
    default:
      return lt_json_scanner_fail_value (self, error);
    }
}
