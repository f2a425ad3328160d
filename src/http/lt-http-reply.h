/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-head.h"

G_BEGIN_DECLS

/**
 * LtHttpReply:
 *
 * Status and header fields of an answer. Every one closes its connection, is not to be
 * stored, and keeps browsers from guessing, telling or running anything; a field that is
 * set takes the place of such a default.
 */
typedef struct
{
  guint status;
  GArray *fields; /* (owned) (element-type LtHttpReplyField) */
} LtHttpReply;

/**
 * LtHttpReplyField:
 *
 * A header field of an answer.
 */
typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned) */
} LtHttpReplyField;

LtHttpReply *lt_http_reply_new (void);
void lt_http_reply_free (LtHttpReply *self);
void lt_http_reply_set (LtHttpReply *self, const char *name, const char *value);
void lt_http_reply_append (LtHttpReply *self, const char *name, const char *value);
const char *lt_http_reply_get (const LtHttpReply *self, const char *name);
void lt_http_reply_finish (LtHttpReply *self, guint status, const char *content_type);
GBytes *lt_http_reply_set_error (LtHttpReply *self, const GError *error);
const char *lt_http_reply_get_reason (guint status);
void lt_http_reply_format (const LtHttpReply *self, GString *out);
GBytes *lt_http_reply_format_error (LtHttpReply *self, const GError *error, gboolean is_head);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtHttpReply, lt_http_reply_free)

G_END_DECLS
