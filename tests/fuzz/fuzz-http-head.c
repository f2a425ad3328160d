/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/lt-http-head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What passes has one meaning: written anew and read again it is the same request, without
 * a body. And where the head ends does not depend on how its bytes come in. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (LtHttpHead) head = NULL;
  g_autoptr (LtHttpHead) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize scanned = 0;
  gsize end = 0;
  gsize whole_scanned = 0;
  gsize whole_end = 0;
  gboolean is_whole = lt_http_head_find_end (text, size, &whole_scanned, &whole_end, NULL);
  gboolean is_good = TRUE;

  for (gsize length = 1; length <= size && is_good && end == 0; length++)
    is_good = lt_http_head_find_end (text, length, &scanned, &end, NULL);
  if (is_good != is_whole || end != whole_end)
    abort ();

  head = lt_http_head_parse (text, size, NULL);
  if (head == NULL)
    return 0;

  bytes = lt_http_head_rewrite (head);
  if (g_bytes_get_size (bytes) > LT_HTTP_HEAD_MAX_BYTES
      || head->fields->len == LT_HTTP_HEAD_MAX_FIELDS)
    return 0;

  again = lt_http_head_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  if (again == NULL || strcmp (head->method, again->method) != 0
      || strcmp (head->path, again->path) != 0 || g_strcmp0 (head->query, again->query) != 0
      || strcmp (head->host, again->host) != 0 || again->body_length != 0
      || lt_http_head_get (again, "Transfer-Encoding") != NULL)
    abort ();

  return 0;
}
