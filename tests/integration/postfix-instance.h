/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PostfixInstance:
 *
 * A Postfix of its own in a temporary folder: its configuration, queue, mailboxes and ports
 * have nothing to do with those of the system's.
 */
typedef struct
{
  char *folder;            /* (owned): world-readable, for Postfix runs as another user */
  char *log_path;          /* (owned): what it logs, if it does so to a file */
  char *mailbox_folder;    /* (owned): where jane's Maildir is */
  guint16 port;            /* it takes mail at on 127.0.0.1 */
  guint16 closed_port;     /* nobody listens at */
  GSubprocess *supervisor; /* (owned) (nullable): stops it when the test ends in any way */
} PostfixInstance;

/**
 * PostfixSession:
 *
 * A client that is about to send a message.
 */
typedef struct
{
  GIOStream *stream;         /* (owned) (nullable) */
  GDataInputStream *replies; /* (owned) (nullable) */
} PostfixSession;

const char *postfix_instance_find_obstacle (void);
gboolean postfix_instance_can_have_namespaces (void);
void postfix_instance_init (PostfixInstance *self);
void postfix_instance_start (PostfixInstance *self, const char *syslog_path);
void postfix_instance_stop (PostfixInstance *self);
void postfix_instance_clear (PostfixInstance *self);
char *postfix_instance_send (PostfixInstance *self, const char *from, const char *const *to);
void postfix_session_open (PostfixSession *self, PostfixInstance *instance, const char *from,
                           const char *const *to);
char *postfix_session_finish (PostfixSession *self);

G_END_DECLS
