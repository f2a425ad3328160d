/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-identity.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LtTicketLimits:
 *
 * How long tickets are good for, and how many there can be.
 */
typedef struct
{
  guint64 redeem_ms;      /* from its making to its first use; default 30 s */
  guint64 reopen_ms;      /* from the drop of its stream to its reopening; default 60 s */
  guint max_tickets;      /* in all; default 10,000 */
  guint max_per_identity; /* of one token or session; default 1,000 */
} LtTicketLimits;

#define LT_TICKET_LIMITS_DEFAULT                                                                   \
  {                                                                                                \
    30000, 60000, 10000, 1000                                                                      \
  }

/**
 * LtTicket:
 *
 * Stands for an identity where a client can set no header: good for one stream, which may be
 * reopened shortly after it dropped. Reference-counted, not thread-safe.
 */
typedef struct _LtTicket LtTicket;

LtTicket *lt_ticket_ref (LtTicket *self);
void lt_ticket_unref (LtTicket *self);
LtIdentity *lt_ticket_get_identity (LtTicket *self);
gboolean lt_ticket_open (LtTicket *self, const char *binding, GError **error);
void lt_ticket_close (LtTicket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtTicket, lt_ticket_unref)

/**
 * LtTicketStore:
 *
 * The tickets. They live in memory only.
 */
#define LT_TYPE_TICKET_STORE (lt_ticket_store_get_type ())
G_DECLARE_FINAL_TYPE (LtTicketStore, lt_ticket_store, LT, TICKET_STORE, GObject)

LtTicketStore *lt_ticket_store_new (const LtTicketLimits *limits);
void lt_ticket_store_set_limits (LtTicketStore *self, const LtTicketLimits *limits);
char *lt_ticket_store_create (LtTicketStore *self, LtIdentity *identity, gint64 *out_expires_us,
                              GError **error);
LtTicket *lt_ticket_store_find (LtTicketStore *self, const char *text, gboolean resumes,
                                GError **error);
void lt_ticket_store_end_of (LtTicketStore *self, const char *origin);
guint lt_ticket_store_get_count (LtTicketStore *self);

G_END_DECLS
