/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-block.h"

#include "lt-backfill.h"
#include "lt-hub-private.h"

/**
 * lt_block_clear:
 * @self: a block
 *
 * Gives up its bytes.
 */
void
lt_block_clear (LtBlock *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
}

/**
 * lt_block_writer_init:
 * @self: a writer to make ready
 * @hub: the hub whose events it writes
 * @framing: how
 * @context: how much flows with a match
 * @start: the first sequence whose matches count, see #LtFeed
 * @cursor: sequence of the last event considered before
 *
 * Starts without blocks.
 */
void
lt_block_writer_init (LtBlockWriter *self, LtHub *hub, const LtFraming *framing, LtContext context,
                      guint64 start, guint64 cursor)
{
  *self = (LtBlockWriter){
    .hub = hub,
    .framing = framing,
    .context = context,
    .start = start,
    .first_cursor = cursor,
    .cursor = cursor,
    .events = g_ptr_array_new (),
    .backfill = g_byte_array_new (),
    .gap = g_string_new (NULL),
    .blocks = g_array_new (FALSE, FALSE, sizeof (LtBlock)),
  };
  g_array_set_clear_func (self->blocks, (GDestroyNotify) lt_block_clear);
}

/**
 * lt_block_writer_clear:
 * @self: a writer
 *
 * Frees what it holds, finished blocks too.
 */
void
lt_block_writer_clear (LtBlockWriter *self)
{
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->backfill, g_byte_array_unref);
  g_string_free (self->gap, TRUE);
  g_clear_pointer (&self->blocks, g_array_unref);
}

/**
 * lt_block_encode_control:
 * @framing: how
 * @hub: the hub, which names the ids
 * @control: what to say
 * @cursor: (nullable): the cursor that the block carries
 *
 * Returns: (transfer full): the block's bytes
 */
GBytes *
lt_block_encode_control (const LtFraming *framing, LtHub *hub, const LtControl *control,
                         const guint64 *cursor)
{
  GString *out = g_string_sized_new (128);
  char id[LT_EVENT_ID_SIZE];

  if (cursor != NULL)
    lt_hub_format_id (hub, *cursor, id);
  framing->append_control (out, control, cursor != NULL ? id : NULL);

  return lt_block_pool_take (hub->pool, out);
}

static void
append (LtBlockWriter *self, LtEvent *event, gboolean backfill)
{
  guint8 flag = backfill;

  g_ptr_array_add (self->events, event);
  g_byte_array_append (self->backfill, &flag, 1);
  self->weight_bytes += lt_event_get_size_bytes (event);
}

/* The gap and the events behind it are one block, so that neither goes without the other. */
static void
add_gap (LtBlockWriter *self, const LtBackfill *backfill, LtEvent *event)
{
  LtEvent *next = backfill->events->len > 0 ? g_ptr_array_index (backfill->events, 0) : event;
  char after[LT_EVENT_ID_SIZE];
  char before[LT_EVENT_ID_SIZE];
  char id[LT_EVENT_ID_SIZE];
  LtControl gap = { .kind = LT_CONTROL_GAP };

  lt_hub_format_id (self->hub, lt_hub_get_first_sequence (self->hub) - 1, after);
  lt_hub_format_id (self->hub, next->sequence, before);
  lt_hub_format_id (self->hub, self->cursor, id);
  gap.dropped_known = backfill->omitted_known;
  gap.dropped = backfill->omitted;
  gap.after = after;
  gap.before = before;
  self->framing->append_control (self->gap, &gap, id);
  self->n_dropped = backfill->omitted;
}

/* An event that is the first match of its span brings the span's earlier events along. */
static void
add_backfill (LtBlockWriter *self, LtEvent *event)
{
  g_auto (LtBackfill) backfill = LT_BACKFILL_INIT;

  lt_backfill_collect (&backfill, self->hub, event, self->context);
  if (backfill.omitted > 0)
    {
      lt_block_writer_cut (self, event->sequence - 1);
      add_gap (self, &backfill, event);
    }

  for (guint i = 0; i < backfill.events->len; i++)
    append (self, g_ptr_array_index (backfill.events, i), TRUE);
}

/**
 * lt_block_writer_add:
 * @self: a writer
 * @item: what a feed found; later than all added before
 *
 * Adds an event if it belongs to the subscription, and the earlier events of its span if
 * it is the first match there.
 */
void
lt_block_writer_add (LtBlockWriter *self, const LtBlockItem *item)
{
  gboolean in_context = item->match != 0 && item->match >= self->start;

  if (!item->matched && !in_context)
    return;

  if (self->weight_bytes >= LT_BLOCK_BYTES)
    lt_block_writer_cut (self, item->event->sequence - 1);
  if (item->matched && !in_context && self->context != LT_CONTEXT_EVENT
      && item->event->span != NULL)
    add_backfill (self, item->event);

  append (self, item->event, FALSE);
  self->n_matched += item->matched;
}

/**
 * lt_block_writer_cut:
 * @self: a writer
 * @cursor: sequence of the last event considered
 *
 * Finishes the block under way, if there is anything in it.
 */
void
lt_block_writer_cut (LtBlockWriter *self, guint64 cursor)
{
  LtBlock block = { .cursor = cursor, .n_events = self->events->len };
  char id[LT_EVENT_ID_SIZE];
  GString *out;

  self->cursor = cursor;
  if (self->events->len == 0)
    return;

  lt_hub_format_id (self->hub, cursor, id);
  out = g_string_sized_new (self->gap->len + self->weight_bytes + 256);
  g_string_append_len (out, self->gap->str, self->gap->len);
  self->framing->append_events (out, (LtEvent *const *) self->events->pdata, self->backfill->data,
                                self->events->len, lt_hub_get_epoch (self->hub), id);
  block.bytes = lt_block_pool_take (self->hub->pool, out);
  block.n_matched = self->n_matched;
  block.n_dropped = self->n_dropped;
  g_array_append_val (self->blocks, block);

  g_ptr_array_set_size (self->events, 0);
  g_byte_array_set_size (self->backfill, 0);
  g_string_truncate (self->gap, 0);
  self->weight_bytes = 0;
  self->n_matched = 0;
  self->n_dropped = 0;
}
