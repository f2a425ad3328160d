/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-json-scanner.h"

#include <stdlib.h>
#include <string.h>

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
