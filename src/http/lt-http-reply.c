/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-reply.h"

#include "core/lt-error.h"
#include "lt-http-problem.h"

#include <libsoup/soup.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *value;
} defaults[] = {
  { "Connection", "close" },
  { "Cache-Control", "no-store" },
  { "X-Content-Type-Options", "nosniff" },
  { "Referrer-Policy", "no-referrer" },
};

#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'"

static void
clear_field (gpointer data)
{
  LtHttpReplyField *field = data;

  g_free (field->name);
  g_free (field->value);
}

/**
 * lt_http_reply_new:
 *
 * Returns: (transfer full): an answer without status or fields
 */
LtHttpReply *
lt_http_reply_new (void)
{
  LtHttpReply *self = g_new0 (LtHttpReply, 1);

  self->fields = g_array_new (FALSE, FALSE, sizeof (LtHttpReplyField));
  g_array_set_clear_func (self->fields, clear_field);
  return self;
}

/**
 * lt_http_reply_free:
 * @self: (transfer full): an answer
 *
 * Frees an answer.
 */
void
lt_http_reply_free (LtHttpReply *self)
{
  g_array_unref (self->fields);
  g_free (self);
}

static gboolean
is_clean (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text < 0x20 || *text == 0x7f)
      return FALSE;

  return TRUE;
}

/**
 * lt_http_reply_append:
 * @self: the answer
 * @name: a field's name
 * @value: its value, without control characters
 *
 * Adds a field beside those there are, for the few that may be repeated.
 */
void
lt_http_reply_append (LtHttpReply *self, const char *name, const char *value)
{
  LtHttpReplyField field;

  g_return_if_fail (is_clean (name) && is_clean (value));

  field.name = g_strdup (name);
  field.value = g_strdup (value);
  g_array_append_val (self->fields, field);
}

/**
 * lt_http_reply_set:
 * @self: the answer
 * @name: a field's name
 * @value: its value, without control characters
 *
 * Sets a field, in place of one of that name.
 */
void
lt_http_reply_set (LtHttpReply *self, const char *name, const char *value)
{
  for (guint i = self->fields->len; i > 0; i--)
    if (g_ascii_strcasecmp (g_array_index (self->fields, LtHttpReplyField, i - 1).name, name) == 0)
      g_array_remove_index (self->fields, i - 1);

  lt_http_reply_append (self, name, value);
}

/**
 * lt_http_reply_get:
 * @self: the answer
 * @name: a field's name
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
lt_http_reply_get (const LtHttpReply *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const LtHttpReplyField *field = &g_array_index (self->fields, LtHttpReplyField, i);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field->value;
    }

  return NULL;
}

/**
 * lt_http_reply_finish:
 * @self: the answer
 * @status: an HTTP status
 * @content_type: (nullable): what the body is
 *
 * Sets the status, and every default field that is not there yet.
 */
void
lt_http_reply_finish (LtHttpReply *self, guint status, const char *content_type)
{
  self->status = status;

  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (lt_http_reply_get (self, defaults[i].name) == NULL)
      lt_http_reply_append (self, defaults[i].name, defaults[i].value);

  if (content_type != NULL)
    lt_http_reply_set (self, "Content-Type", content_type);
  if (lt_http_reply_get (self, "Content-Security-Policy") == NULL
      && (content_type == NULL || !g_str_has_prefix (content_type, "text/html")))
    lt_http_reply_append (self, "Content-Security-Policy", DATA_POLICY);
}

/**
 * lt_http_reply_set_error:
 * @self: the answer
 * @error: what went wrong
 *
 * Makes the answer a problem document, with `WWW-Authenticate` for 401 and `Retry-After`
 * for 429 and 503.
 *
 * Returns: (transfer full): its body
 */
GBytes *
lt_http_reply_set_error (LtHttpReply *self, const GError *error)
{
  guint status = lt_http_problem_get_status (error);

  if (status == 401 && lt_http_reply_get (self, "WWW-Authenticate") == NULL)
    lt_http_reply_append (self, "WWW-Authenticate", "Bearer");
  if ((status == 429 || status == 503) && lt_http_reply_get (self, "Retry-After") == NULL)
    lt_http_reply_append (self, "Retry-After", LT_HTTP_RETRY_AFTER_S);

  lt_http_reply_finish (self, status, LT_HTTP_PROBLEM_TYPE);
  return lt_http_problem_to_json (error);
}

/**
 * lt_http_reply_get_reason:
 * @status: an HTTP status
 *
 * Returns: its reason phrase
 */
const char *
lt_http_reply_get_reason (guint status)
{
  switch (status)
    {
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    default:
      return soup_status_get_phrase (status);
    }
}

/**
 * lt_http_reply_format:
 * @self: the answer, finished
 * @out: where to write
 *
 * Writes status line, date, fields and the empty line behind them.
 */
void
lt_http_reply_format (const LtHttpReply *self, GString *out)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  g_string_append_printf (out, "HTTP/1.1 %u %s\r\nDate: %s\r\n", self->status,
                          lt_http_reply_get_reason (self->status), date);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const LtHttpReplyField *field = &g_array_index (self->fields, LtHttpReplyField, i);

      g_string_append_printf (out, "%s: %s\r\n", field->name, field->value);
    }
  g_string_append (out, "\r\n");
}

/**
 * lt_http_reply_format_error:
 * @self: the answer
 * @error: what went wrong
 * @is_head: whether the body is left out, since the request was HEAD
 *
 * Writes a whole answer that is a problem document.
 *
 * Returns: (transfer full): its bytes
 */
GBytes *
lt_http_reply_format_error (LtHttpReply *self, const GError *error, gboolean is_head)
{
  g_autoptr (GBytes) body = lt_http_reply_set_error (self, error);
  g_autofree char *length = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (body));
  GString *out = g_string_sized_new (1024);

  lt_http_reply_set (self, "Content-Length", length);
  lt_http_reply_format (self, out);
  if (!is_head)
    g_string_append_len (out, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));

  return g_string_free_to_bytes (out);
}
