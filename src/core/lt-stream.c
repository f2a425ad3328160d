/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-stream.h"

#include "lt-hub-private.h"
#include "lt-subscription-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Blocks written with one call. */
#define BLOCKS_PER_WRITE 16

/* What a peer may send on a stream before it is taken for no reader of ours. */
#define MAX_INPUT_BYTES (64 * 1024)

struct _LtStream
{
  GObject parent_instance;

  /* What each send needs lies together. */
  LtStreamPoller *poller; /* (unowned): the hub's */
  gsize unsent_bytes;
  gboolean ending; /* close once all is sent */
  gboolean broken; /* a send failed: to be closed from the poller */
  gboolean closed;
  LtStreamWatch watch;

  LtSubscription *subscription; /* (owned) */
  LtHub *hub;                   /* (owned) */
  GSocket *socket;              /* (owned) (nullable): until closed */
  GIOStream *connection;        /* (owned) (nullable): until closed */
  GBytes *preamble;             /* (owned) (nullable): until started */
  const LtFraming *framing;     /* (unowned): static */
  GQueue blocks;                /* (element-type GBytes), owned: not sent yet */
  gsize first_offset;           /* bytes of the first block that have been sent */
  gsize input_bytes;
  guint32 ping_ms;
  guint32 stall_ms;
};

static void lt_stream_sink_init (LtSinkInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LtStream, lt_stream, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SINK, lt_stream_sink_init))

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static LtStream *
from_watch (LtStreamWatch *watch)
{
  return (LtStream *) ((char *) watch - G_STRUCT_OFFSET (LtStream, watch));
}

static void
drop_blocks (LtStream *self)
{
  g_queue_clear_full (&self->blocks, (GDestroyNotify) g_bytes_unref);
  self->unsent_bytes = 0;
  self->first_offset = 0;
}

/* Closes at once; the subscription, the socket and what is unsent go. */
static void
close_now (LtStream *self, const char *reason)
{
  g_autoptr (LtStream) alive = g_object_ref (self);

  if (self->closed)
    return;

  self->closed = TRUE;
  lt_stream_poller_remove (self->poller, &self->watch);
  g_debug ("subscriber %" G_GUINT64_FORMAT " (%s): %s",
           lt_subscription_get_number (self->subscription),
           lt_subscription_get_peer (self->subscription), reason);
  lt_subscription_close (self->subscription);
  drop_blocks (self);
  if (self->connection != NULL)
    g_io_stream_close (self->connection, NULL, NULL);
  g_socket_close (self->socket, NULL);
  g_clear_object (&self->connection);
  g_clear_object (&self->socket);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, reason);
  /* What lt_stream_start() took. */
  g_object_unref (self);
}

static void
lt_stream_finalize (GObject *object)
{
  LtStream *self = LT_STREAM (object);

  drop_blocks (self);
  g_clear_pointer (&self->preamble, g_bytes_unref);
  g_clear_object (&self->connection);
  g_clear_object (&self->socket);
  g_clear_object (&self->subscription);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_stream_parent_class)->finalize (object);
}

static void
lt_stream_class_init (LtStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_stream_finalize;

  /**
   * LtStream::closed:
   * @self: the stream
   * @reason: why, in words for a log
   *
   * Emitted once, when the stream is over.
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", LT_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lt_stream_init (LtStream *self)
{
  g_queue_init (&self->blocks);
}

/* A send that failed is dealt with from the poller: whoever sends is in the middle of a turn. */
static void
mark_broken (LtStream *self)
{
  self->broken = TRUE;
  drop_blocks (self);
  shutdown (self->watch.fd, SHUT_RDWR);
}

static void
enqueue (LtStream *self, GBytes *block, gsize sent)
{
  if (self->blocks.length == 0)
    self->first_offset = sent;
  g_queue_push_tail (&self->blocks, g_bytes_ref (block));
  self->unsent_bytes += g_bytes_get_size (block) - sent;
  lt_stream_poller_want_write (self->poller, &self->watch, TRUE);
}

static void
lt_stream_send (LtSink *sink, GBytes *block)
{
  LtStream *self = LT_STREAM (sink);
  gsize size;
  const void *data = g_bytes_get_data (block, &size);
  gssize sent;

  if (self->broken || self->closed || self->ending)
    return;

  if (self->unsent_bytes > 0)
    {
      enqueue (self, block, 0);
      return;
    }

  sent = send (self->watch.fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    {
      mark_broken (self);
      return;
    }

  if (sent > 0)
    lt_stream_poller_sent (self->poller, &self->watch);
  if ((gsize) MAX (sent, 0) < size)
    enqueue (self, block, MAX (sent, 0));
}

static const LtFraming *
lt_stream_get_framing (LtSink *sink)
{
  return LT_STREAM (sink)->framing;
}

static gsize
lt_stream_get_unsent_bytes (LtSink *sink)
{
  return LT_STREAM (sink)->unsent_bytes;
}

/* All has been sent: the peer is told, and has the stall time to close its side. */
static void
finish (LtStream *self)
{
  shutdown (self->watch.fd, SHUT_WR);
}

static void
lt_stream_end (LtSink *sink)
{
  LtStream *self = LT_STREAM (sink);

  if (self->ending || self->closed)
    return;

  self->ending = TRUE;
  if (self->unsent_bytes == 0)
    finish (self);
  /* One stall time for what is left. */
  lt_stream_poller_want_write (self->poller, &self->watch, self->unsent_bytes > 0);
}

static void
lt_stream_sink_init (LtSinkInterface *iface)
{
  iface->get_framing = lt_stream_get_framing;
  iface->get_unsent_bytes = lt_stream_get_unsent_bytes;
  iface->send = lt_stream_send;
  iface->end = lt_stream_end;
}

static void
forget_sent (LtStream *self, gsize sent)
{
  self->unsent_bytes -= sent;
  while (sent > 0)
    {
      GBytes *block = g_queue_peek_head (&self->blocks);
      gsize left = g_bytes_get_size (block) - self->first_offset;

      if (sent < left)
        {
          self->first_offset += sent;
          return;
        }
      sent -= left;
      self->first_offset = 0;
      g_bytes_unref (g_queue_pop_head (&self->blocks));
    }
}

static gssize
write_blocks (LtStream *self)
{
  struct iovec vector[BLOCKS_PER_WRITE];
  struct msghdr message = { .msg_iov = vector };
  gsize offset = self->first_offset;

  for (GList *link = self->blocks.head; link != NULL && message.msg_iovlen < BLOCKS_PER_WRITE;
       link = link->next)
    {
      gsize size;
      const char *data = g_bytes_get_data (link->data, &size);

      vector[message.msg_iovlen].iov_base = (char *) data + offset;
      vector[message.msg_iovlen].iov_len = size - offset;
      message.msg_iovlen++;
      offset = 0;
    }

  return sendmsg (self->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
on_writable (LtStreamWatch *watch)
{
  LtStream *self = from_watch (watch);
  gssize sent;

  if (self->broken || self->unsent_bytes == 0)
    return;

  sent = write_blocks (self);
  if (sent < 0)
    {
      if (errno != EAGAIN && errno != EINTR)
        close_now (self, "cannot send");
      return;
    }

  forget_sent (self, sent);
  lt_stream_poller_sent (self->poller, watch);
  if (self->unsent_bytes == 0)
    {
      lt_stream_poller_want_write (self->poller, watch, FALSE);
      if (self->ending)
        finish (self);
    }
  if (!self->ending)
    lt_subscription_resume (self->subscription);
}

static void
on_readable (LtStreamWatch *watch)
{
  LtStream *self = from_watch (watch);
  char buffer[4096];
  gssize n = recv (watch->fd, buffer, sizeof (buffer), MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;

  if (n <= 0)
    {
      close_now (self, self->ending ? "ended" : self->broken ? "cannot send" : "peer has gone");
      return;
    }

  self->input_bytes += n;
  if (self->input_bytes > MAX_INPUT_BYTES)
    close_now (self, "peer sends instead of reading");
}

static void
on_quiet (LtStreamWatch *watch)
{
  LtStream *self = from_watch (watch);

  if (self->ending)
    close_now (self, "ended; peer did not close");
  else if (self->unsent_bytes == 0)
    lt_subscription_send_ping (self->subscription);
}

static void
on_stalled (LtStreamWatch *watch)
{
  LtStream *self = from_watch (watch);

  g_message ("subscriber %" G_GUINT64_FORMAT " (%s) took nothing for %u ms and is closed",
             lt_subscription_get_number (self->subscription),
             lt_subscription_get_peer (self->subscription), self->stall_ms);
  close_now (self, "took nothing");
}

static const LtStreamWatchFuncs watch_funcs = {
  .readable = on_readable,
  .writable = on_writable,
  .quiet = on_quiet,
  .stalled = on_stalled,
};

/**
 * lt_stream_new:
 * @subscription: (transfer none): a new subscription
 * @socket: (transfer none): a connected stream socket; closed with the stream
 * @options: how it behaves; copied
 *
 * Makes a stream that writes @subscription to @socket.
 *
 * Returns: (transfer full): the stream; lt_stream_start() lets it flow
 */
LtStream *
lt_stream_new (LtSubscription *subscription, GSocket *socket, const LtStreamOptions *options)
{
  LtStream *self = g_object_new (LT_TYPE_STREAM, NULL);

  self->subscription = g_object_ref (subscription);
  self->hub = g_object_ref (subscription->hub);
  self->poller = lt_hub_get_poller (self->hub);
  self->socket = g_object_ref (socket);
  self->connection = options->connection != NULL ? g_object_ref (options->connection) : NULL;
  self->preamble = options->preamble != NULL ? g_bytes_ref (options->preamble) : NULL;
  self->framing = options->framing;
  self->ping_ms = options->ping_ms != 0 ? options->ping_ms : 15000;
  self->stall_ms = options->stall_ms != 0 ? options->stall_ms : 30000;
  self->watch.fd = g_socket_get_fd (socket);
  self->watch.funcs = &watch_funcs;

  return self;
}

/**
 * lt_stream_start:
 * @self: a new stream
 *
 * Sends the preamble and starts the subscription. From now on the stream keeps itself
 * until it is closed.
 */
void
lt_stream_start (LtStream *self)
{
  g_autoptr (GError) error = NULL;

  g_object_ref (self);
  g_socket_set_blocking (self->socket, FALSE);
  lt_stream_poller_set_times (self->poller, (gint64) self->ping_ms * 1000,
                              (gint64) self->stall_ms * 1000);
  if (!lt_stream_poller_add (self->poller, &self->watch, &error))
    {
      close_now (self, error->message);
      return;
    }

  if (self->preamble != NULL)
    lt_stream_send (LT_SINK (self), self->preamble);
  g_clear_pointer (&self->preamble, g_bytes_unref);
  lt_subscription_start (self->subscription, LT_SINK (self), self->ping_ms);
}

/**
 * lt_stream_get_subscription:
 * @self: a stream
 *
 * Returns: (transfer none): what it writes
 */
LtSubscription *
lt_stream_get_subscription (LtStream *self)
{
  return self->subscription;
}

/**
 * lt_stream_is_closed:
 * @self: a stream
 *
 * Returns: whether it is over
 */
gboolean
lt_stream_is_closed (LtStream *self)
{
  return self->closed;
}
