/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http/lt-http-server.h"

G_BEGIN_DECLS

/**
 * HttpAnswer:
 *
 * What a raw client got back.
 */
typedef struct
{
  GString *bytes;    /* (owned): all of it */
  guint status;      /* of its first line, 0 if there is none */
  const char *body;  /* behind the first empty line; "" if there is none */
  gboolean is_reset; /* it ended by a reset */
} HttpAnswer;

void http_answer_free (HttpAnswer *self);
char *http_answer_dup_header (const HttpAnswer *self, const char *name);
void http_answer_assert_problem (const HttpAnswer *self, guint status, const char *code);

int http_connect (const char *address);
void http_send (int fd, const void *data, gsize length);
HttpAnswer *http_receive (int fd);
HttpAnswer *http_exchange (const char *address, const void *data, gssize length);
void http_iterate_until (gboolean (*is_done) (gpointer), gpointer user_data);
guint http_count_fds (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpAnswer, http_answer_free)

G_END_DECLS
