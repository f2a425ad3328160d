/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-hub-turn.h"

#include "lt-due.h"
#include "lt-hub-private.h"
#include "lt-source.h"
#include "lt-subscription-private.h"

/* Between these a turn's input is adapted to what fanning it out costs. Below the least, a call of
 * send() costs more than what it sends, and a shorter turn would hardly be a quicker one. */
#define MIN_TURN_BYTES (32 * 1024)
#define MAX_TURN_BYTES LT_SOURCE_TURN_BYTES

/* What fanning out may take of a turn before less is taken in. */
#define FAN_OUT_US 2500

/* Steps of a regular expression in a microsecond. */
#define WORK_PER_US 66

/* A reader that gets over fewer events than this in a slice is slow. */
#define SLOW_EVENTS 64

/* How long bulk may wait behind control. */
#define OVERDUE_US 20000

typedef struct
{
  GSource source;
  LtHub *hub; /* (unowned) */
  gint64 due_us;
} HubSource;

/* Until when the hub may sleep. */
static void
plan_sleep (LtHub *self)
{
  gboolean busy = self->runnable.length + self->slow.length > 0
                  || self->considered + 1 < self->ring.next || lt_hub_has_too_much (self);

  ((HubSource *) self->source)->due_us = busy ? LT_DUE_AT_ONCE : self->next_expiry_us;
  if (busy)
    ((HubSource *) self->overdue)->due_us = g_get_monotonic_time () + OVERDUE_US;
}

/* One block each in turn, so that none waits for another's replay. */
static void
run_queue (LtHub *self, GQueue *queue, gint64 deadline_us)
{
  while (queue->length > 0)
    {
      g_autoptr (LtSubscription) reader = g_object_ref (g_queue_pop_head (queue));
      guint64 cursor = reader->cursor;
      gboolean has_more;

      reader->is_runnable = FALSE;
      has_more = lt_subscription_read (reader, deadline_us);
      if (!reader->is_runnable)
        reader->is_slow = has_more && reader->cursor - cursor < SLOW_EVENTS
                          && g_get_monotonic_time () >= deadline_us;
      if (has_more && reader->in_reach)
        lt_hub_run_reader (self, reader);
      if (g_get_monotonic_time () >= deadline_us)
        return;
    }
}

/* Whoever gets over few events in all its time does not hold up the others: they have the first
 * half of it, and what those leave. */
static void
run_readers (LtHub *self)
{
  gint64 begun_us = g_get_monotonic_time ();

  run_queue (self, &self->runnable, begun_us + LT_HUB_SLICE_US / (self->slow.length > 0 ? 2 : 1));
  run_queue (self, &self->slow, begun_us + LT_HUB_SLICE_US);
}
/* Fanning out costs more the more streams there are, and so does counting what is lost to them:
 * then a turn takes less in. */
static void
adapt_turn (LtHub *self, gint64 cost_us)
{
  if (cost_us > FAN_OUT_US)
    self->turn_bytes = MAX (self->turn_bytes / 2, MIN_TURN_BYTES);
  else if (cost_us < FAN_OUT_US / 3)
    self->turn_bytes = MIN (self->turn_bytes * 2, MAX_TURN_BYTES);
}

static void
run_turn (LtHub *self)
{
  gint64 begun_us = g_get_monotonic_time ();
  gint64 losing_us = (LT_HUB_LOSING_WORK - self->losing_work) / WORK_PER_US;

  ((HubSource *) self->overdue)->due_us = LT_DUE_NEVER;
  self->losing_work = LT_HUB_LOSING_WORK;
  if (self->considered + 1 < self->ring.next)
    {
      lt_hub_dispatch (self);
      adapt_turn (self, g_get_monotonic_time () - begun_us + losing_us);
    }
  if (lt_hub_has_too_much (self))
    lt_hub_shed (self);
  else
    run_readers (self);
  self->next_expiry_us = lt_span_table_expire (self->spans, begun_us);
  plan_sleep (self);
}

static gboolean
prepare_source (GSource *source, int *timeout_ms)
{
  return lt_due_prepare (source, ((HubSource *) source)->due_us, timeout_ms);
}

static gboolean
check_source (GSource *source)
{
  return lt_due_check (source, ((HubSource *) source)->due_us);
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer user_data)
{
  run_turn (((HubSource *) source)->hub);

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_overdue (GSource *source, GSourceFunc callback, gpointer user_data)
{
  LtHub *self = ((HubSource *) source)->hub;

  run_turn (self);
  if (self->poller != NULL)
    lt_stream_poller_serve (self->poller);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = prepare_source,
  .check = check_source,
  .dispatch = dispatch_source,
};

static GSourceFuncs overdue_funcs = {
  .prepare = prepare_source,
  .check = check_source,
  .dispatch = dispatch_overdue,
};

static GSource *
add_source (LtHub *self, GSourceFuncs *funcs, int priority, const char *name)
{
  GSource *source = g_source_new (funcs, sizeof (HubSource));

  ((HubSource *) source)->hub = self;
  ((HubSource *) source)->due_us = LT_DUE_NEVER;
  g_source_set_priority (source, priority);
  g_source_set_static_name (source, name);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

/**
 * lt_hub_turn_init:
 * @self: a hub being made
 *
 * Makes it ready to run in the thread-default main context.
 */
void
lt_hub_turn_init (LtHub *self)
{
  self->next_expiry_us = LT_DUE_NEVER;
  self->turn_bytes = MAX_TURN_BYTES;
  self->losing_work = LT_HUB_LOSING_WORK;
  self->source = add_source (self, &source_funcs, LT_PRIORITY_BULK, "livetrace hub");
  self->overdue = add_source (self, &overdue_funcs, G_PRIORITY_DEFAULT, "livetrace hub, overdue");
}

/**
 * lt_hub_turn_clear:
 * @self: a hub being finalized
 *
 * Ends what lt_hub_turn_init() began.
 */
void
lt_hub_turn_clear (LtHub *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_source_destroy (self->overdue);
  g_source_unref (self->overdue);
}

/**
 * lt_hub_plan_turn:
 * @self: the hub
 *
 * Has it run as soon as the main loop comes to it, because there is something to do.
 */
void
lt_hub_plan_turn (LtHub *self)
{
  HubSource *overdue = (HubSource *) self->overdue;

  ((HubSource *) self->source)->due_us = LT_DUE_AT_ONCE;
  if (overdue->due_us < 0)
    overdue->due_us = g_get_monotonic_time () + OVERDUE_US;
}

/**
 * lt_hub_get_turn_bytes:
 * @self: the hub
 *
 * Returns: what a source may take from its input in one turn now: 256 KiB, or less where many
 *   streams make it costly to fan that out
 */
gsize
lt_hub_get_turn_bytes (LtHub *self)
{
  return self->turn_bytes;
}

/**
 * lt_hub_run_reader:
 * @self: the hub
 * @subscription: one of its readers, which has something to do
 *
 * Lets it read, in this turn or the next.
 */
void
lt_hub_run_reader (LtHub *self, LtSubscription *subscription)
{
  if (subscription->is_runnable)
    return;

  subscription->is_runnable = TRUE;
  g_queue_push_tail (subscription->is_slow ? &self->slow : &self->runnable, subscription);
  lt_hub_plan_turn (self);
}
