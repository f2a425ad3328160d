/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ticket-store.h"

#include "lt-secret.h"

#include "core/lt-error.h"

#include <string.h>

typedef enum
{
  LT_TICKET_FRESH,   /* not used yet */
  LT_TICKET_OPEN,    /* its stream is there */
  LT_TICKET_DROPPED, /* its stream was there */
} LtTicketState;

struct _LtTicket
{
  guint ref_count;
  LtTicketState state;
  LtDigest digest;
  LtIdentity *identity; /* (owned) */
  char *binding;        /* (owned) (nullable): what its stream watches */
  gint64 expires_us;    /* monotonic; no matter while open */
  guint64 reopen_ms;
};

struct _LtTicketStore
{
  GObject parent_instance;

  GHashTable *tickets; /* (owned) (element-type LtDigest LtTicket): the key lies in the ticket */
  LtTicketLimits limits;
};

G_DEFINE_FINAL_TYPE (LtTicketStore, lt_ticket_store, G_TYPE_OBJECT)

/**
 * lt_ticket_ref:
 * @self: a ticket
 *
 * Returns: (transfer full): @self
 */
LtTicket *
lt_ticket_ref (LtTicket *self)
{
  self->ref_count++;
  return self;
}

/**
 * lt_ticket_unref:
 * @self: (transfer full): a ticket
 *
 * Drops a reference.
 */
void
lt_ticket_unref (LtTicket *self)
{
  if (--self->ref_count > 0)
    return;

  lt_identity_unref (self->identity);
  g_free (self->binding);
  g_free (self);
}

/**
 * lt_ticket_get_identity:
 * @self: a ticket
 *
 * Returns: (transfer none): who it stands for
 */
LtIdentity *
lt_ticket_get_identity (LtTicket *self)
{
  return self->identity;
}

/**
 * lt_ticket_open:
 * @self: a ticket that lt_ticket_store_find() gave in this turn of the main loop
 * @binding: what the stream watches, such as the filter's canonical text
 * @error: where to put an error: %LT_ERROR_DENIED
 *
 * Says that the ticket's stream opens. The first time fixes @binding.
 *
 * Returns: %FALSE with @error set if the ticket was used for another @binding
 */
gboolean
lt_ticket_open (LtTicket *self, const char *binding, GError **error)
{
  if (self->binding != NULL && !g_str_equal (self->binding, binding))
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_DENIED,
                           "the ticket belongs to a stream with another filter or context; "
                           "ask for a new one");
      return FALSE;
    }

  if (self->binding == NULL)
    self->binding = g_strdup (binding);
  self->state = LT_TICKET_OPEN;
  return TRUE;
}

/**
 * lt_ticket_close:
 * @self: a ticket
 *
 * Says that the ticket's stream is over: from now on it may be reopened for a while.
 */
void
lt_ticket_close (LtTicket *self)
{
  if (self->state != LT_TICKET_OPEN)
    return;

  self->state = LT_TICKET_DROPPED;
  self->expires_us = g_get_monotonic_time () + (gint64) self->reopen_ms * 1000;
}

static guint
digest_hash (gconstpointer key)
{
  const LtDigest *digest = key;
  guint hash;

  memcpy (&hash, digest->bytes, sizeof hash);
  return hash;
}

static gboolean
digest_equal (gconstpointer a, gconstpointer b)
{
  return lt_digest_equal (a, b);
}

static void
lt_ticket_store_finalize (GObject *object)
{
  LtTicketStore *self = LT_TICKET_STORE (object);

  g_clear_pointer (&self->tickets, g_hash_table_unref);

  G_OBJECT_CLASS (lt_ticket_store_parent_class)->finalize (object);
}

static void
lt_ticket_store_class_init (LtTicketStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_ticket_store_finalize;
}

static void
lt_ticket_store_init (LtTicketStore *self)
{
  self->tickets
      = g_hash_table_new_full (digest_hash, digest_equal, NULL, (GDestroyNotify) lt_ticket_unref);
}

static gboolean
lt_ticket_is_over (const LtTicket *self, gint64 now_us)
{
  return self->state != LT_TICKET_OPEN && self->expires_us <= now_us;
}

/* Drops what is over and counts what @identity has. */
static guint
lt_ticket_store_sweep (LtTicketStore *self, const LtIdentity *identity)
{
  gint64 now_us = g_get_monotonic_time ();
  guint count = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->tickets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const LtTicket *ticket = value;

      if (lt_ticket_is_over (ticket, now_us))
        g_hash_table_iter_remove (&iter);
      else if (g_strcmp0 (ticket->identity->token_id, identity->token_id) == 0
               && g_strcmp0 (ticket->identity->session_id, identity->session_id) == 0)
        count++;
    }

  return count;
}

/**
 * lt_ticket_store_new:
 * @limits: (nullable): the limits, or %NULL for the defaults
 *
 * Returns: (transfer full): a new, empty store
 */
LtTicketStore *
lt_ticket_store_new (const LtTicketLimits *limits)
{
  LtTicketStore *self = g_object_new (LT_TYPE_TICKET_STORE, NULL);

  self->limits = limits != NULL ? *limits : (LtTicketLimits) LT_TICKET_LIMITS_DEFAULT;
  return self;
}

/**
 * lt_ticket_store_set_limits:
 * @self: a ticket store
 * @limits: the limits for tickets made from now on
 *
 * Sets the limits.
 */
void
lt_ticket_store_set_limits (LtTicketStore *self, const LtTicketLimits *limits)
{
  g_return_if_fail (LT_IS_TICKET_STORE (self));

  self->limits = *limits;
}

/**
 * lt_ticket_store_create:
 * @self: a ticket store
 * @identity: who it stands for
 * @out_expires_us: (out) (optional): until when it must be used, in microseconds since the epoch
 * @error: where to put an error: %LT_ERROR_TOO_MANY or %LT_ERROR_BUSY
 *
 * Makes a ticket.
 *
 * Returns: (transfer full) (nullable): its text, or %NULL with @error set
 */
char *
lt_ticket_store_create (LtTicketStore *self, LtIdentity *identity, gint64 *out_expires_us,
                        GError **error)
{
  gint64 lifetime_us;
  LtTicket *ticket;
  char *text;

  g_return_val_if_fail (LT_IS_TICKET_STORE (self), NULL);

  if (lt_ticket_store_sweep (self, identity) >= self->limits.max_per_identity)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_MANY,
                   "\"%s\" has %u tickets already; use them or wait until they expire",
                   identity->label, self->limits.max_per_identity);
      return NULL;
    }
  if (g_hash_table_size (self->tickets) >= self->limits.max_tickets)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are %u tickets already; try again in a minute", self->limits.max_tickets);
      return NULL;
    }

  lifetime_us = (gint64) self->limits.redeem_ms * 1000;
  text = lt_secret_new ("");
  ticket = g_new0 (LtTicket, 1);
  ticket->ref_count = 1;
  ticket->identity = lt_identity_ref (identity);
  ticket->expires_us = g_get_monotonic_time () + lifetime_us;
  ticket->reopen_ms = self->limits.reopen_ms;
  lt_digest_of (text, &ticket->digest);
  g_hash_table_insert (self->tickets, &ticket->digest, ticket);

  if (out_expires_us != NULL)
    *out_expires_us = g_get_real_time () + lifetime_us;
  return text;
}

/**
 * lt_ticket_store_find:
 * @self: a ticket store
 * @text: what a client gave as its ticket
 * @resumes: whether it says where it goes on (a Last-Event-ID)
 * @error: where to put an error: %LT_ERROR_UNAUTHENTICATED
 *
 * Finds a ticket that may open a stream now: one not used yet, or, with @resumes, one whose
 * stream dropped a short while ago.
 *
 * Returns: (transfer full) (nullable): the ticket, or %NULL with @error set
 */
LtTicket *
lt_ticket_store_find (LtTicketStore *self, const char *text, gboolean resumes, GError **error)
{
  LtDigest digest;
  LtTicket *ticket;

  g_return_val_if_fail (LT_IS_TICKET_STORE (self), NULL);

  lt_digest_of (text, &digest);
  ticket = g_hash_table_lookup (self->tickets, &digest);
  if (ticket == NULL || lt_ticket_is_over (ticket, g_get_monotonic_time ()))
    {
      g_hash_table_remove (self->tickets, &digest);
      g_set_error_literal (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED,
                           "the ticket is unknown or expired; ask for a new one");
      return NULL;
    }
  if (ticket->state == LT_TICKET_OPEN)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED,
                           "the ticket's stream is still open; ask for a new ticket");
      return NULL;
    }
  if (ticket->state == LT_TICKET_DROPPED && !resumes)
    {
      g_set_error_literal (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED,
                           "the ticket is used up: it only reopens its stream, with a "
                           "Last-Event-ID; ask for a new one");
      return NULL;
    }

  return lt_ticket_ref (ticket);
}

/**
 * lt_ticket_store_end_of:
 * @self: a ticket store
 * @origin: the id of a token or session that is over
 *
 * Drops the tickets made with it.
 */
void
lt_ticket_store_end_of (LtTicketStore *self, const char *origin)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (LT_IS_TICKET_STORE (self));

  g_hash_table_iter_init (&iter, self->tickets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (lt_identity_is_from (((LtTicket *) value)->identity, origin))
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * lt_ticket_store_get_count:
 * @self: a ticket store
 *
 * Returns: how many tickets there are, expired ones not yet swept out included
 */
guint
lt_ticket_store_get_count (LtTicketStore *self)
{
  g_return_val_if_fail (LT_IS_TICKET_STORE (self), 0);

  return g_hash_table_size (self->tickets);
}
