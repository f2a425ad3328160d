/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-inbox.h"

#include "core/lt-error.h"

/* What a message costs besides its body. */
#define MESSAGE_BYTES 1024

/* How many calls may be under way that GDBus answers by itself, with all objects there are. */
#define MAX_LISTINGS 2

/* A larger body is made one piece before the main thread sees it. */
#define FLATTEN_BYTES (512 * 1024)

/* Shared by the main thread, GDBus's thread and every message under way. */
typedef struct
{
  GMutex lock;
  LtDbusInboxLimits limits;
  guint n_messages; /* under way */
  guint n_listings; /* of them, those that ask for all objects */
  gsize n_bytes;    /* under way */
  guint64 dropped;  /* since the start */
} Account;

/* What one message under way was charged. */
typedef struct
{
  Account *account; /* (owned) */
  gsize n_bytes;
  gboolean is_listing;
} Charge;

struct _LtDbusInbox
{
  GDBusConnection *connection; /* (owned) */
  Account *account;            /* (owned) */
  guint filter_id;
};

static void
clear_account (gpointer data)
{
  Account *account = data;

  g_mutex_clear (&account->lock);
}

static void
account_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_account);
}

/* The message is gone: it was handled, whoever did that and in whichever thread. */
static void
on_message_gone (gpointer data, GObject *where_the_message_was)
{
  Charge *charge = data;
  Account *account = charge->account;

  g_mutex_lock (&account->lock);
  account->n_messages--;
  if (charge->is_listing)
    account->n_listings--;
  account->n_bytes -= charge->n_bytes;
  g_mutex_unlock (&account->lock);

  account_unref (account);
  g_free (charge);
}

static gboolean
account_take (Account *account, gsize n_bytes, gboolean is_listing)
{
  gboolean fits;

  g_mutex_lock (&account->lock);
  fits = account->n_messages < account->limits.max_messages
         && n_bytes <= account->limits.max_bytes - account->n_bytes
         && (!is_listing || account->n_listings < MAX_LISTINGS);
  if (fits)
    {
      account->n_messages++;
      if (is_listing)
        account->n_listings++;
      account->n_bytes += n_bytes;
    }
  else
    {
      account->dropped++;
    }
  g_mutex_unlock (&account->lock);

  return fits;
}

/* Answers of others and what the bus itself says must come through: somebody waits for them. */
static gboolean
is_exempt (GDBusMessage *message)
{
  GDBusMessageType type = g_dbus_message_get_message_type (message);

  if (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR)
    return TRUE;

  return g_strcmp0 (g_dbus_message_get_sender (message), "org.freedesktop.DBus") == 0;
}

/* With a thousand subscribers one such answer takes 15 ms. GDBus gives it in the main thread and
 * asks nobody, so many at once would stop that for seconds. */
static gboolean
is_listing (GDBusMessage *message)
{
  return g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL
         && g_strcmp0 (g_dbus_message_get_member (message), "GetManagedObjects") == 0;
}

static void
refuse (GDBusConnection *connection, GDBusMessage *message, gboolean too_large)
{
  LtErrorCode code = too_large ? LT_ERROR_TOO_LARGE : LT_ERROR_BUSY;
  const char *text = too_large ? "the message is too large; send smaller batches"
                               : "too many calls wait to be handled; try again";
  g_autoptr (GDBusMessage) reply = NULL;

  if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL
      || (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) != 0)
    return;

  reply = g_dbus_message_new_method_error_literal (message, lt_error_get_info (code)->dbus_name,
                                                   text);
  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

/* GDBus makes a tree of a body, of hundreds of thousands of pieces if its sender likes, and who
 * drops it last frees each: that is not for the main loop. What comes in cannot be changed, so this
 * gives another message for @message. */
static GDBusMessage *
flatten (GDBusMessage *message)
{
  GDBusMessage *flat = g_dbus_message_copy (message, NULL);
  GVariant *body = g_dbus_message_get_body (message);
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (body);

  /* Where descriptors run out, those that it carries cannot be copied. */
  if (flat == NULL)
    return message;

  g_dbus_message_set_body (flat, g_variant_new_from_bytes (g_variant_get_type (body), bytes, TRUE));
  g_object_unref (message);
  return flat;
}

/* Runs in GDBus's thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Account *account = user_data;
  GVariant *body;
  gsize n_bytes = MESSAGE_BYTES;
  gboolean listing;
  Charge *charge;

  if (!incoming || is_exempt (message))
    return message;

  body = g_dbus_message_get_body (message);
  if (body != NULL)
    n_bytes += g_variant_get_size (body);

  listing = is_listing (message);
  if (!account_take (account, n_bytes, listing))
    {
      refuse (connection, message, n_bytes > account->limits.max_bytes);
      g_object_unref (message);
      return NULL;
    }

  if (n_bytes > FLATTEN_BYTES)
    message = flatten (message);

  charge = g_new (Charge, 1);
  charge->account = g_atomic_rc_box_acquire (account);
  charge->n_bytes = n_bytes;
  charge->is_listing = listing;
  g_object_weak_ref (G_OBJECT (message), on_message_gone, charge);
  return message;
}

/**
 * lt_dbus_inbox_new:
 * @connection: a bus connection
 * @limits: what may wait
 *
 * Counts what comes in on @connection and is not yet handled. What is over the limits is not
 * handled: a call that expects an answer gets the error `Busy` (or `TooLarge`, if it alone is over
 * the limit), anything else is dropped and counted. Answers, and what the bus itself sends, always
 * come through.
 *
 * Returns: (transfer full): the inbox
 */
LtDbusInbox *
lt_dbus_inbox_new (GDBusConnection *connection, const LtDbusInboxLimits *limits)
{
  LtDbusInbox *self = g_new0 (LtDbusInbox, 1);

  self->connection = g_object_ref (connection);
  self->account = g_atomic_rc_box_new0 (Account);
  g_mutex_init (&self->account->lock);
  self->account->limits = *limits;
  self->filter_id = g_dbus_connection_add_filter (
      connection, on_message, g_atomic_rc_box_acquire (self->account), account_unref);

  return self;
}

/**
 * lt_dbus_inbox_free:
 * @self: (transfer full): an inbox
 *
 * Takes the limits off the connection.
 */
void
lt_dbus_inbox_free (LtDbusInbox *self)
{
  g_dbus_connection_remove_filter (self->connection, self->filter_id);
  g_object_unref (self->connection);
  account_unref (self->account);
  g_free (self);
}

/**
 * lt_dbus_inbox_get_dropped:
 * @self: an inbox
 *
 * Returns: how many messages were refused or dropped since the start
 */
guint64
lt_dbus_inbox_get_dropped (LtDbusInbox *self)
{
  guint64 dropped;

  g_mutex_lock (&self->account->lock);
  dropped = self->account->dropped;
  g_mutex_unlock (&self->account->lock);

  return dropped;
}

/**
 * lt_dbus_inbox_get_pending:
 * @self: an inbox
 *
 * Returns: how many messages are under way now: read, but not yet handled
 */
guint
lt_dbus_inbox_get_pending (LtDbusInbox *self)
{
  guint n_messages;

  g_mutex_lock (&self->account->lock);
  n_messages = self->account->n_messages;
  g_mutex_unlock (&self->account->lock);

  return n_messages;
}
