/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-authority.h"

G_BEGIN_DECLS

/* What a request head may hold. */
#define LT_HTTP_HEAD_MAX_BYTES   16384
#define LT_HTTP_HEAD_MAX_FIELDS  100
#define LT_HTTP_METHOD_MAX_BYTES 32

/* More than this of a target alone is 414, whatever the rest of the head would have been. */
#define LT_HTTP_TARGET_MAX_BYTES 12288

/**
 * LtHttpField:
 *
 * A header field of a request.
 */
typedef struct
{
  const char *name;  /* as it was sent */
  const char *value; /* valid UTF-8; fields of one name joined */
} LtHttpField;

gboolean lt_http_field_is_one_of (const LtHttpField *self, const char *const *names);

/**
 * LtHttpHead:
 *
 * A request head that obeys RFC 9112 and is safe to act on.
 */
typedef struct
{
  char *block;        /* (owned): the head's text, cut up; what is not owned points into it */
  GPtrArray *joined;  /* (owned) (nullable) (element-type utf8): values that are not in @block */
  GArray *fields;     /* (owned) (element-type LtHttpField) */
  const char *method; /* such as `GET` */
  const char *path;   /* as sent, still percent-encoded; begins with `/`, or is `*` */
  const char *query;  /* (nullable): as sent, without the `?` */
  const char *host;   /* the Host field as sent */
  LtHttpAuthority authority; /* @host, read */
  guint minor_version;       /* 0 or 1, of HTTP/1 */
  guint64 body_length;       /* bytes; 0 without Content-Length */
} LtHttpHead;

gboolean lt_http_head_find_end (const char *data, gsize length, gsize *scanned, gsize *end,
                                GError **error);
LtHttpHead *lt_http_head_parse (const char *data, gsize length, GError **error);
void lt_http_head_free (LtHttpHead *self);
const char *lt_http_head_get (const LtHttpHead *self, const char *name);
gboolean lt_http_head_is_safe_method (const LtHttpHead *self);
gboolean lt_http_head_expects_continue (const LtHttpHead *self);
GBytes *lt_http_head_rewrite (const LtHttpHead *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtHttpHead, lt_http_head_free)

G_END_DECLS
