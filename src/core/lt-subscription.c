/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-subscription.h"

#include "lt-error.h"
#include "lt-hub-private.h"
#include "lt-subscription-private.h"

/* How long a client is to wait before it reconnects. */
#define RETRY_MS 2000

G_DEFINE_FINAL_TYPE (LtSubscription, lt_subscription, G_TYPE_OBJECT)

static void
lt_subscription_finalize (GObject *object)
{
  LtSubscription *self = LT_SUBSCRIPTION (object);

  if (self->listed)
    lt_hub_remove_subscription (self->hub, self, FALSE);
  g_clear_pointer (&self->feed, lt_feed_unref);
  g_clear_object (&self->filter);
  g_clear_object (&self->sink);
  g_clear_object (&self->hub);
  g_free (self->transport);
  g_free (self->peer);
  g_free (self->identity);
  g_free (self->user_agent);
  g_free (self->after);
  g_free (self->gap_after);

  G_OBJECT_CLASS (lt_subscription_parent_class)->finalize (object);
}

static void
lt_subscription_class_init (LtSubscriptionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_subscription_finalize;
}

static void
lt_subscription_init (LtSubscription *self)
{
}

/**
 * lt_subscription_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its name in every interface, such as "live"
 */
const char *
lt_subscription_state_to_string (LtSubscriptionState state)
{
  static const char *const names[] = { "starting", "replaying", "live", "lagging", "closed" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), "closed");

  return names[state];
}

/**
 * lt_subscription_new:
 * @hub: the hub
 * @filter: what to watch
 * @options: how, and who watches; copied
 * @error: return location for an error
 *
 * Makes a subscription and gives it its number. Nothing flows before
 * lt_subscription_start(). Errors: %LT_ERROR_BUSY when there are as many subscriptions as
 * the hub allows.
 *
 * Returns: (transfer full): the subscription, or %NULL with @error set
 */
LtSubscription *
lt_subscription_new (LtHub *hub, LtFilter *filter, const LtSubscriptionOptions *options,
                     GError **error)
{
  g_autoptr (LtSubscription) self = g_object_new (LT_TYPE_SUBSCRIPTION, NULL);

  self->hub = g_object_ref (hub);
  self->filter = g_object_ref (filter);
  self->context = options->context;
  self->start_kind = options->start;
  self->after = g_strdup (options->after != NULL ? options->after : "");
  self->since_us = options->since_us;
  self->last = options->last;
  self->limit = options->limit;
  self->transport = g_strdup (options->transport);
  self->peer = g_strdup (options->peer);
  self->identity = g_strdup (options->identity);
  self->user_agent = g_strdup (options->user_agent);
  self->connected_at_us = g_get_real_time ();

  if (!lt_hub_admit_subscription (hub, &self->number, error))
    return NULL;

  self->listed = TRUE;
  self->feed = lt_feed_get (hub, filter, options->context);

  return g_steal_pointer (&self);
}

/**
 * lt_subscription_send_control:
 * @self: a started subscription
 * @control: what to say
 * @with_cursor: whether the block carries the cursor
 *
 * Sends a control block.
 */
void
lt_subscription_send_control (LtSubscription *self, const LtControl *control, gboolean with_cursor)
{
  guint64 cursor = lt_subscription_get_cursor (self);
  g_autoptr (GBytes) block = NULL;

  block = lt_block_encode_control (lt_subscription_get_framing (self), self->hub, control,
                                   with_cursor ? &cursor : NULL);
  lt_sink_send (self->sink, block);
}

/**
 * lt_subscription_send_ping:
 * @self: a started subscription
 *
 * Sends a ping, with the cursor unless a gap is still to be told.
 *
 * Returns: whether one was due: one that is still starting has not said hello
 */
gboolean
lt_subscription_send_ping (LtSubscription *self)
{
  LtControl ping = { .kind = LT_CONTROL_PING, .ping_ms = self->ping_ms };

  if (self->state == LT_SUBSCRIPTION_STARTING || self->state == LT_SUBSCRIPTION_CLOSED)
    return FALSE;

  lt_subscription_catch_up (self);
  lt_subscription_send_control (self, &ping, self->gap_after == NULL);

  return TRUE;
}

static void
say_hello (LtSubscription *self)
{
  LtControl hello = {
    .kind = LT_CONTROL_HELLO,
    .epoch = lt_hub_get_epoch (self->hub),
    .subscriber = self->number,
    .filter = lt_filter_get_text (self->filter),
    .context = lt_context_to_string (self->context),
    .ping_ms = self->ping_ms,
    .retry_ms = RETRY_MS,
  };

  lt_subscription_send_control (self, &hello, self->gap_after == NULL);
}

static void
tell_gap (LtSubscription *self)
{
  LtControl gap = {
    .kind = LT_CONTROL_GAP,
    .dropped_known = !self->gap_unknown,
    .dropped = self->gap_dropped,
    .after = self->gap_after,
  };
  char before[LT_EVENT_ID_SIZE];

  if (self->gap_after == NULL)
    return;

  if (lt_hub_peek_event (self->hub, self->cursor + 1) != NULL)
    {
      lt_hub_format_id (self->hub, self->cursor + 1, before);
      gap.before = before;
    }
  lt_subscription_send_control (self, &gap, TRUE);
  self->dropped += self->gap_dropped;
  g_clear_pointer (&self->gap_after, g_free);
  self->gap_dropped = 0;
  self->gap_unknown = FALSE;
}

static gboolean
limit_reached (LtSubscription *self)
{
  return self->limit != 0 && self->matched >= self->limit;
}

static void
go_live (LtSubscription *self)
{
  LtControl live = { .kind = LT_CONTROL_LIVE };

  self->state = LT_SUBSCRIPTION_LIVE;
  if (self->replaying)
    lt_subscription_send_control (self, &live, TRUE);
  self->replaying = FALSE;

  /* Where every match counts towards an end, the ring is read match by match. */
  if (self->limit != 0)
    {
      lt_hub_add_follower (self->hub, self);
      return;
    }

  lt_hub_remove_reader (self->hub, self);
  lt_feed_add_live (self->feed, self);
}

static void
fall_back (LtSubscription *self, guint64 cursor, gboolean waiting)
{
  lt_feed_remove_live (self->feed, self);
  self->cursor = cursor;
  self->state = LT_SUBSCRIPTION_LAGGING;
  self->waiting = waiting;
  lt_hub_add_reader (self->hub, self);
  if (!waiting)
    lt_hub_run_reader (self->hub, self);
}

/**
 * lt_subscription_start:
 * @self: a new subscription
 * @sink: where its blocks go; kept until the subscription is closed
 * @ping_ms: how often @sink pings when nothing else flows, milliseconds
 *
 * Lets events flow: hello, then a gap if one is due, then what the ring holds from the start
 * asked for, then what comes. The hub keeps @self until it is closed.
 */
void
lt_subscription_start (LtSubscription *self, LtSink *sink, guint32 ping_ms)
{
  g_return_if_fail (!self->started);

  self->started = TRUE;
  self->sink = g_object_ref (sink);
  self->sink_interface = LT_SINK_GET_IFACE (sink);
  self->framing = lt_sink_get_framing (sink);
  self->ping_ms = ping_ms;
  lt_hub_dispatch (self->hub);
  lt_subscription_begin_start (self);
  self->state = LT_SUBSCRIPTION_STARTING;
  lt_hub_add_reader (self->hub, self);
  lt_hub_start_subscription (self->hub, self);

  if (self->phase != LT_START_PHASE_DONE)
    {
      lt_hub_run_reader (self->hub, self);
      return;
    }

  say_hello (self);
  self->state = LT_SUBSCRIPTION_REPLAYING;
  if (self->start_kind == LT_START_NOW)
    go_live (self);
  else
    lt_hub_run_reader (self->hub, self);
}

/**
 * lt_subscription_read:
 * @self: one of the hub's readers
 * @deadline_us: monotonic time at which to leave off
 *
 * Goes on finding the start, or reading the ring.
 *
 * Returns: whether there is more to do without waiting for anything
 */
gboolean
lt_subscription_read (LtSubscription *self, gint64 deadline_us)
{
  lt_subscription_catch_up (self);
  if (self->state == LT_SUBSCRIPTION_STARTING)
    {
      if (!lt_subscription_find_start (self, deadline_us))
        return TRUE;
      say_hello (self);
      self->state = LT_SUBSCRIPTION_REPLAYING;
    }

  self->waiting = !lt_subscription_has_room (self);
  if (self->waiting)
    return FALSE;

  tell_gap (self);
  if (self->cursor < self->hub->considered)
    lt_subscription_read_block (self, deadline_us);
  if (limit_reached (self))
    {
      lt_subscription_end (self, "limit");
      return FALSE;
    }
  if (self->cursor < self->hub->considered)
    return !self->waiting;

  if (self->state != LT_SUBSCRIPTION_LIVE)
    go_live (self);

  return FALSE;
}

/**
 * lt_subscription_resume:
 * @self: a subscription
 *
 * Tells it that its sink has room again.
 */
void
lt_subscription_resume (LtSubscription *self)
{
  if (self->waiting && self->state != LT_SUBSCRIPTION_CLOSED && lt_subscription_has_room (self))
    lt_hub_run_reader (self->hub, self);
}

/**
 * lt_subscription_take_blocks:
 * @self: a live subscription
 * @blocks: (element-type LtBlock): what a turn brought
 * @end: sequence of the last event considered for them
 * @is_whole: whether that is the turn's last
 *
 * Sends the blocks. If the sink has no room for one, or they are not the whole turn, the
 * subscription reads on from the ring behind the last that was sent.
 */
void
lt_subscription_take_blocks (LtSubscription *self, GArray *blocks, guint64 end, gboolean is_whole)
{
  guint64 cursor = self->hub->considered;

  for (guint i = 0; i < blocks->len; i++)
    {
      LtBlock *block = &g_array_index (blocks, LtBlock, i);

      if (!lt_subscription_send_block (self, block))
        {
          fall_back (self, cursor, TRUE);
          return;
        }
      cursor = block->cursor;
    }

  if (!is_whole)
    fall_back (self, end, FALSE);
}

/**
 * lt_subscription_leave_live:
 * @self: a live subscription
 * @cursor: sequence of the last event it has been given what it was to be given of
 *
 * Lets it read by itself what follows.
 */
void
lt_subscription_leave_live (LtSubscription *self, guint64 cursor)
{
  fall_back (self, cursor, FALSE);
}

/**
 * lt_subscription_miss_turn:
 * @self: a live subscription
 *
 * Lets it read by itself what a turn brought, which takes too long to hand out at once.
 */
void
lt_subscription_miss_turn (LtSubscription *self)
{
  fall_back (self, self->hub->considered, FALSE);
}

/**
 * lt_subscription_end:
 * @self: a started subscription
 * @reason: why, one word, such as "shutdown"
 *
 * Says `bye` and closes: what the sink holds is still sent.
 */
void
lt_subscription_end (LtSubscription *self, const char *reason)
{
  LtControl bye = { .kind = LT_CONTROL_BYE, .reason = reason };

  if (self->state == LT_SUBSCRIPTION_CLOSED || self->sink == NULL)
    return;

  lt_subscription_catch_up (self);
  if (self->state != LT_SUBSCRIPTION_STARTING)
    tell_gap (self);
  lt_subscription_send_control (self, &bye, self->state != LT_SUBSCRIPTION_STARTING);
  lt_sink_end (self->sink);
  lt_subscription_close (self);
}

/**
 * lt_subscription_close:
 * @self: a subscription
 *
 * Ends it at once, such as when its peer has gone. Closing twice is harmless.
 */
void
lt_subscription_close (LtSubscription *self)
{
  g_autoptr (LtSubscription) alive = g_object_ref (self);

  if (self->state == LT_SUBSCRIPTION_CLOSED)
    return;

  if (self->in_reach)
    lt_hub_remove_reader (self->hub, self);
  else if (self->state == LT_SUBSCRIPTION_LIVE)
    lt_feed_remove_live (self->feed, self);
  if (self->has_start)
    lt_feed_remove_start (self->feed, self->start);
  self->has_start = FALSE;
  self->dropped += self->gap_dropped;
  self->cursor = lt_subscription_get_cursor (self);
  self->state = LT_SUBSCRIPTION_CLOSED;
  if (self->listed)
    {
      self->listed = FALSE;
      lt_hub_remove_subscription (self->hub, self, self->started);
    }
  g_clear_object (&self->sink);
}
