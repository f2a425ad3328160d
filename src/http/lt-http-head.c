/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-head.h"

#include <string.h>

/* Fields that libsoup would act upon, or that speak of a body taken already. */
static const char *const dropped_fields[] = {
  "Host",
  "Connection",
  "Content-Length",
  "Transfer-Encoding",
  "Range",
  "If-Range",
  "Expect",
  "Upgrade",
  "HTTP2-Settings",
  "Keep-Alive",
  "Proxy-Connection",
  "Trailer",
  "TE",
  NULL,
};

/**
 * lt_http_field_is_one_of:
 * @self: a header field
 * @names: (array zero-terminated=1): names, in any case
 *
 * Returns: whether its name is one of @names
 */
gboolean
lt_http_field_is_one_of (const LtHttpField *self, const char *const *names)
{
  for (; *names != NULL; names++)
    if (g_ascii_strcasecmp (self->name, *names) == 0)
      return TRUE;

  return FALSE;
}

/**
 * lt_http_head_free:
 * @self: (transfer full): a head
 *
 * Frees a head.
 */
void
lt_http_head_free (LtHttpHead *self)
{
  g_clear_pointer (&self->joined, g_ptr_array_unref);
  g_clear_pointer (&self->fields, g_array_unref);
  g_free (self->block);
  g_free (self);
}

/**
 * lt_http_head_get:
 * @self: a head
 * @name: a field's name, in any case
 *
 * Returns: (transfer none) (nullable): the field's value, or %NULL if there is none; a
 *   field sent more than once is joined with ", " (cookies with "; ")
 */
const char *
lt_http_head_get (const LtHttpHead *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const LtHttpField *field = &g_array_index (self->fields, LtHttpField, i);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field->value;
    }

  return NULL;
}

/**
 * lt_http_head_is_safe_method:
 * @self: a head
 *
 * Returns: %TRUE if the method changes no state (RFC 9110 section 9.2.1)
 */
gboolean
lt_http_head_is_safe_method (const LtHttpHead *self)
{
  static const char *const safe[] = { "GET", "HEAD", "OPTIONS", "TRACE" };

  for (gsize i = 0; i < G_N_ELEMENTS (safe); i++)
    if (strcmp (self->method, safe[i]) == 0)
      return TRUE;

  return FALSE;
}

/**
 * lt_http_head_expects_continue:
 * @self: a head
 *
 * Returns: %TRUE if the client waits for `100 Continue` before it sends the body
 */
gboolean
lt_http_head_expects_continue (const LtHttpHead *self)
{
  const char *expect = lt_http_head_get (self, "Expect");

  return self->minor_version == 1 && self->body_length > 0 && expect != NULL
         && g_ascii_strcasecmp (expect, "100-continue") == 0;
}

/**
 * lt_http_head_rewrite:
 * @self: a head
 *
 * Writes the head anew for a reader that is to see neither a body nor anything else to act
 * on by itself: in origin form, closing its connection, without length, transfer coding,
 * ranges, expectations and upgrades.
 *
 * Returns: (transfer full): the head's bytes
 */
GBytes *
lt_http_head_rewrite (const LtHttpHead *self)
{
  GString *out = g_string_sized_new (512);

  g_string_append_printf (out, "%s %s", self->method, self->path);
  if (self->query != NULL)
    g_string_append_printf (out, "?%s", self->query);
  g_string_append_printf (out, " HTTP/1.%u\r\nHost: %s\r\n", self->minor_version, self->host);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const LtHttpField *field = &g_array_index (self->fields, LtHttpField, i);

      if (!lt_http_field_is_one_of (field, dropped_fields))
        g_string_append_printf (out, "%s: %s\r\n", field->name, field->value);
    }
  g_string_append (out, "Connection: close\r\n\r\n");

  return g_string_free_to_bytes (out);
}
