/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-error.h"
#include "lt-http-body.h"
#include "lt-http-connection.h"
#include "lt-http-gate.h"
#include "lt-http-request.h"

#include <glib-unix.h>

G_BEGIN_DECLS

/**
 * LtHttpPhase:
 *
 * What a connection is about.
 */
typedef enum
{
  LT_HTTP_PHASE_HEAD,   /* reads the head */
  LT_HTTP_PHASE_BODY,   /* reads the body */
  LT_HTTP_PHASE_ANSWER, /* is an I/O stream: the answer is made and written */
  LT_HTTP_PHASE_REFUSE, /* writes an answer of its own */
  LT_HTTP_PHASE_LINGER, /* has answered: waits for the client to see it */
  LT_HTTP_PHASE_STOLEN, /* somebody else's */
  LT_HTTP_PHASE_CLOSED,
} LtHttpPhase;

struct _LtHttpConnection
{
  GIOStream parent_instance;

  LtHttpGate *gate; /* (owned) */
  LtHttpPass pass;
  LtHttpPhase phase;
  GSocket *socket;                    /* (owned) */
  const LtHttpConnectionFuncs *funcs; /* static */
  gpointer user_data;                 /* of @funcs */
  GSocketAddress *local_address;      /* (owned) (nullable): until it is stolen or closed */
  GSocketAddress *remote_address;     /* (owned) (nullable): until it is stolen or closed */
  GSource *io_source;                 /* (owned) (nullable): what is waited for on the socket */
  GSource *deadline;                  /* (owned) (nullable) */

  GByteArray *unread;     /* (owned) (nullable): the head as it comes in */
  gsize scanned;          /* of @unread */
  LtHttpRequest *request; /* (owned) (nullable): until it is ready */
  LtHttpRequest *running; /* (nullable): weak pointer, once it is ready */
  LtHttpBody *body;       /* (owned) (nullable): while it comes in */
  GBytes *refusal;        /* (owned) (nullable): what LT_HTTP_PHASE_REFUSE writes */
  gsize refusal_written;  /* of @refusal */
  gsize lingered;         /* bytes thrown away in LT_HTTP_PHASE_LINGER */
  gboolean is_broken;     /* nothing can be written any more */
  GInputStream *input;    /* (owned) (nullable): the head, written anew */
  GOutputStream *output;  /* (owned) (nullable) */
};

const LtHttpSettings *lt_http_connection_get_limits (LtHttpConnection *self);
void lt_http_connection_watch (LtHttpConnection *self, GIOCondition condition,
                               GUnixFDSourceFunc callback);
void lt_http_connection_set_deadline (LtHttpConnection *self, guint timeout_ms);
gssize lt_http_connection_receive (LtHttpConnection *self, void *buffer, gsize size);
void lt_http_connection_close_now (LtHttpConnection *self);
void lt_http_connection_refuse (LtHttpConnection *self, const GError *reason);
void lt_http_connection_refuse_with (LtHttpConnection *self, LtErrorCode code, const char *format,
                                     ...) G_GNUC_PRINTF (3, 4);
void lt_http_connection_linger (LtHttpConnection *self);

G_END_DECLS
