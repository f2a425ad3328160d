/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-head.h"

#include "core/lt-error.h"

#include <string.h>

/* Fields that say one thing: twice would let two readers see two different requests. */
static const char *const single_fields[] = {
  "Host",          "Content-Length", "Content-Type", "Content-Encoding", "Authorization", "Origin",
  "Last-Event-ID", "Sec-Fetch-Site", NULL,
};

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_value_char (char c)
{
  return c == '\t' || ((guchar) c >= 0x20 && c != 0x7f);
}

static void G_GNUC_PRINTF (3, 4) set_bad (GError **error, gsize position, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error_literal (error, LT_ERROR, LT_ERROR_INVALID_REQUEST, message);
  if (error != NULL)
    lt_error_set_position (*error, (gssize) position);
}

static void
set_target_too_long (GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_TARGET_TOO_LONG,
               "the request target is longer than %d bytes; ask for less at once",
               LT_HTTP_TARGET_MAX_BYTES);
}

static void
set_head_too_large (const char *data, gsize length, GError **error)
{
  const char *line_end = memchr (data, '\n', length);
  const char *space = memchr (data, ' ', length);

  if (space != NULL && (line_end == NULL || line_end - space > LT_HTTP_TARGET_MAX_BYTES))
    set_target_too_long (error);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_HEAD_TOO_LARGE,
                 "the request head is larger than %d bytes; send fewer or shorter header fields",
                 LT_HTTP_HEAD_MAX_BYTES);
}

/**
 * lt_http_head_find_end:
 * @data: what has been read so far, from the first byte on; need not end in NUL
 * @length: bytes of @data
 * @scanned: (inout): how much of @data earlier calls have seen; 0 at first
 * @end: (out): bytes of the head, its empty line counted, or 0 if its end is not in @data
 * @error: return location
 *
 * Looks for the end of a request head. Bytes that no head may contain are an error as soon
 * as they are seen, so that what does not speak HTTP is not waited for.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_INVALID_REQUEST, %LT_ERROR_TARGET_TOO_LONG or
 *   %LT_ERROR_HEAD_TOO_LARGE
 */
gboolean
lt_http_head_find_end (const char *data, gsize length, gsize *scanned, gsize *end, GError **error)
{
  gsize i;

  *end = 0;

  for (i = *scanned; i < length && i < LT_HTTP_HEAD_MAX_BYTES; i++)
    {
      char c = data[i];

      if (c == '\n')
        {
          if (i == 0 || data[i - 1] != '\r')
            {
              set_bad (error, i, "a line of the request head ends without a carriage return");
              return FALSE;
            }
          if (i >= 3 && data[i - 2] == '\n')
            {
              *scanned = *end = i + 1;
              return TRUE;
            }
        }
      else if (i > 0 && data[i - 1] == '\r')
        {
          set_bad (error, i - 1, "a carriage return stands alone in the request head");
          return FALSE;
        }
      else if (c != '\r' && !is_value_char (c))
        {
          set_bad (error, i, "this is not HTTP: byte 0x%02x stands in the request head",
                   (guint) (guchar) c);
          return FALSE;
        }
    }

  *scanned = i;
  if (i < LT_HTTP_HEAD_MAX_BYTES)
    return TRUE;

  set_head_too_large (data, length, error);
  return FALSE;
}

static gboolean
parse_version (LtHttpHead *self, const char *version, GError **error)
{
  if (strcmp (version, "HTTP/1.1") == 0)
    self->minor_version = 1;
  else if (strcmp (version, "HTTP/1.0") == 0)
    self->minor_version = 0;
  else
    {
      g_autofree char *shown = g_strndup (version, 16);
      g_autofree char *valid = g_utf8_make_valid (shown, -1);

      set_bad (error, (gsize) (version - self->block),
               "\"%s\" is not a protocol version spoken here; use HTTP/1.1", valid);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_target (LtHttpHead *self, const char *target, GError **error)
{
  if (strlen (target) > LT_HTTP_TARGET_MAX_BYTES)
    {
      set_target_too_long (error);
      return FALSE;
    }

  for (const char *c = target; *c != '\0'; c++)
    if (*c <= 0x20 || *c >= 0x7f || *c == '#')
      {
        set_bad (error, (gsize) (c - self->block),
                 "byte 0x%02x stands in the request target; write it percent-encoded",
                 (guint) (guchar) *c);
        return FALSE;
      }

  return TRUE;
}

/* Cuts `METHOD SP target SP version`. @target is left as sent. */
static gboolean
parse_request_line (LtHttpHead *self, char *line, char **target, GError **error)
{
  gsize method_length = 0;
  char *space;

  while (is_token_char (line[method_length]))
    method_length++;
  if (method_length == 0 || method_length > LT_HTTP_METHOD_MAX_BYTES || line[method_length] != ' ')
    {
      set_bad (error, method_length, "the request does not begin with a method and a space");
      return FALSE;
    }
  line[method_length] = '\0';
  self->method = line;

  *target = line + method_length + 1;
  space = strchr (*target, ' ');
  if (space == NULL || space == *target)
    {
      set_bad (error, method_length + 1,
               "the request line is not a method, a target and a version");
      return FALSE;
    }
  *space = '\0';

  return check_target (self, *target, error) && parse_version (self, space + 1, error);
}

static gboolean
parse_field (LtHttpHead *self, char *line, GError **error)
{
  LtHttpField field = { line, NULL };
  gsize name_length = 0;
  char *value;

  if (*line == ' ' || *line == '\t')
    {
      set_bad (error, (gsize) (line - self->block), "a header field goes on over two lines");
      return FALSE;
    }
  if (self->fields->len == LT_HTTP_HEAD_MAX_FIELDS)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_HEAD_TOO_LARGE,
                   "the request head has more than %d header fields", LT_HTTP_HEAD_MAX_FIELDS);
      return FALSE;
    }

  while (is_token_char (line[name_length]))
    name_length++;
  if (name_length == 0 || line[name_length] != ':')
    {
      set_bad (error, (gsize) (line + name_length - self->block),
               "a header field is not a name, a colon right behind it and a value");
      return FALSE;
    }
  line[name_length] = '\0';
  value = line + name_length + 1;
  value += strspn (value, " \t");
  for (gsize length = strlen (value); length > 0; length--)
    {
      if (value[length - 1] != ' ' && value[length - 1] != '\t')
        break;
      value[length - 1] = '\0';
    }

  field.value = value;
  g_array_append_val (self->fields, field);
  return TRUE;
}

static const char *
keep_joined (LtHttpHead *self, char *value)
{
  if (self->joined == NULL)
    self->joined = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->joined, value);
  return value;
}

/* One field of each name: a repeated one is refused, or joined as RFC 9110 section 5.3 has it. */
static gboolean
join_fields (LtHttpHead *self, GError **error)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      LtHttpField *field = &g_array_index (self->fields, LtHttpField, i);
      g_autoptr (GString) value = NULL;
      const char *between = g_ascii_strcasecmp (field->name, "Cookie") == 0 ? "; " : ", ";

      for (guint j = i + 1; j < self->fields->len;)
        {
          LtHttpField *other = &g_array_index (self->fields, LtHttpField, j);

          if (g_ascii_strcasecmp (field->name, other->name) != 0)
            {
              j++;
              continue;
            }
          if (lt_http_field_is_one_of (field, single_fields))
            {
              set_bad (error, (gsize) (other->name - self->block),
                       "the header field \"%s\" appears twice", other->name);
              return FALSE;
            }
          if (value == NULL)
            value = g_string_new (field->value);
          g_string_append (value, between);
          g_string_append (value, other->value);
          g_array_remove_index (self->fields, j);
          field = &g_array_index (self->fields, LtHttpField, i);
        }

      if (value != NULL)
        field->value = keep_joined (self, g_string_free (g_steal_pointer (&value), FALSE));
      if (!g_utf8_validate (field->value, -1, NULL))
        field->value = keep_joined (self, g_utf8_make_valid (field->value, -1));
    }

  return TRUE;
}

static gboolean
check_host (LtHttpHead *self, GError **error)
{
  self->host = lt_http_head_get (self, "Host");
  if (self->host == NULL)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                   "the request has no Host header field");
      return FALSE;
    }
  if (!lt_http_authority_parse (self->host, strlen (self->host), &self->authority))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                   "\"%s\" in the Host header field is not a host and port", self->host);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_body (LtHttpHead *self, GError **error)
{
  const char *text = lt_http_head_get (self, "Content-Length");

  if (lt_http_head_get (self, "Transfer-Encoding") != NULL)
    {
      if (text != NULL)
        g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                     "the request has both Content-Length and Transfer-Encoding");
      else
        g_set_error (error, LT_ERROR, LT_ERROR_LENGTH_REQUIRED,
                     "a body must come with Content-Length, not Transfer-Encoding");
      return FALSE;
    }
  if (text == NULL)
    return TRUE;

  for (gsize i = 0; text[i] != '\0'; i++)
    if (!g_ascii_isdigit (text[i]) || i == 18)
      {
        g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                     "\"%s\" in the Content-Length header field is not a count of bytes", text);
        return FALSE;
      }
  if (*text == '\0')
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_REQUEST,
                   "the Content-Length header field is empty");
      return FALSE;
    }

  self->body_length = g_ascii_strtoull (text, NULL, 10);
  return TRUE;
}

/* Takes scheme and authority off an absolute-form target, which must agree with Host. */
static gboolean
strip_authority (LtHttpHead *self, char **target, GError **error)
{
  LtHttpAuthority authority;
  guint16 default_port;
  gsize length;
  char *start;

  if (g_ascii_strncasecmp (*target, "http://", 7) == 0)
    {
      start = *target + 7;
      default_port = 80;
    }
  else if (g_ascii_strncasecmp (*target, "https://", 8) == 0)
    {
      start = *target + 8;
      default_port = 443;
    }
  else
    {
      set_bad (error, (gsize) (*target - self->block),
               "the request target does not begin with \"/\"");
      return FALSE;
    }

  length = strcspn (start, "/?");
  if (!lt_http_authority_parse (start, length, &authority))
    {
      set_bad (error, (gsize) (start - self->block),
               "the request target does not name a host and port");
      return FALSE;
    }
  if (!lt_http_authority_same_host (&authority, &self->authority)
      || (authority.has_port ? authority.port : default_port)
             != (self->authority.has_port ? self->authority.port : default_port))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_MISDIRECTED,
                   "the request target names another host than the Host header field");
      return FALSE;
    }

  *target = start + length;
  return TRUE;
}

static gboolean
parse_target (LtHttpHead *self, char *target, GError **error)
{
  char *question;

  if (strcmp (target, "*") == 0 && strcmp (self->method, "OPTIONS") == 0)
    {
      self->path = target;
      return TRUE;
    }
  if (*target != '/' && !strip_authority (self, &target, error))
    return FALSE;

  question = strchr (target, '?');
  if (question != NULL)
    {
      *question = '\0';
      self->query = question + 1;
    }
  self->path = *target != '\0' ? target : "/";
  return TRUE;
}

/**
 * lt_http_head_parse:
 * @data: a request head, its empty line included; need not end in NUL
 * @length: bytes of @data, at most %LT_HTTP_HEAD_MAX_BYTES
 * @error: return location
 *
 * Reads a request head and checks all of it: nothing that two readers could understand in
 * two ways passes. One empty line before the request line is skipped.
 *
 * The errors are %LT_ERROR_INVALID_REQUEST, %LT_ERROR_TARGET_TOO_LONG,
 * %LT_ERROR_HEAD_TOO_LARGE, %LT_ERROR_LENGTH_REQUIRED for a body without Content-Length,
 * and %LT_ERROR_MISDIRECTED where target and Host disagree.
 *
 * Returns: (transfer full): the head, or %NULL with an error
 */
LtHttpHead *
lt_http_head_parse (const char *data, gsize length, GError **error)
{
  g_autoptr (LtHttpHead) self = g_new0 (LtHttpHead, 1);
  char *target = NULL;
  char *line;
  gsize scanned = 0;
  gsize end = 0;

  if (length >= 2 && memcmp (data, "\r\n", 2) == 0)
    {
      data += 2;
      length -= 2;
    }

  if (!lt_http_head_find_end (data, length, &scanned, &end, error))
    return NULL;
  if (end == 0)
    {
      set_bad (error, length, "the request head ends early");
      return NULL;
    }

  self->block = g_strndup (data, end);
  self->fields = g_array_new (FALSE, FALSE, sizeof (LtHttpField));

  line = self->block;
  for (gsize number = 0;; number++)
    {
      char *line_end = strstr (line, "\r\n");

      if (line_end == line)
        break;
      *line_end = '\0';
      if (number == 0 ? !parse_request_line (self, line, &target, error)
                      : !parse_field (self, line, error))
        return NULL;
      line = line_end + 2;
    }
  if (target == NULL)
    {
      set_bad (error, 0, "the request line is empty");
      return NULL;
    }

  if (!join_fields (self, error) || !check_host (self, error) || !check_body (self, error)
      || !parse_target (self, target, error))
    return NULL;

  return g_steal_pointer (&self);
}
