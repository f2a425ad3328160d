/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-http-gate.h"

G_BEGIN_DECLS

/**
 * LtHttpBody:
 *
 * A request body on its way in. What it takes is set aside at the gate, and given back with
 * its last byte.
 */
typedef struct
{
  LtHttpGate *gate; /* (owned) */
  guint8 *data;     /* (owned) */
  gsize size;       /* bytes the whole body has */
  gsize n_read;     /* bytes that have come in */
} LtHttpBody;

/**
 * LtHttpBodyStatus:
 *
 * How far a body is.
 */
typedef enum
{
  LT_HTTP_BODY_WAITING,
  LT_HTTP_BODY_COMPLETE,
  LT_HTTP_BODY_ENDED, /* early: the client sends no more */
  LT_HTTP_BODY_BROKEN,
} LtHttpBodyStatus;

LtHttpBody *lt_http_body_new (LtHttpGate *gate, guint64 size, guint64 limit, GError **error);
void lt_http_body_free (LtHttpBody *self);
void lt_http_body_add (LtHttpBody *self, const guint8 *data, gsize length);
LtHttpBodyStatus lt_http_body_read (LtHttpBody *self, int fd);
GBytes *lt_http_body_free_to_bytes (LtHttpBody *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtHttpBody, lt_http_body_free)

G_END_DECLS
