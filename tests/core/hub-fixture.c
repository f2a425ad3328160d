/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hub-fixture.h"

#include <string.h>

void
test_hub_init (TestHub *self, const LtHubLimits *limits)
{
  static const LtEventLimits event_limits = LT_EVENT_LIMITS_DEFAULT;
  g_autoptr (GError) error = NULL;

  self->catalogue = lt_catalogue_new ();
  self->builder = lt_event_builder_new (self->catalogue, &event_limits);
  self->hub = lt_hub_new (self->catalogue, limits);
  for (const char *const *name
       = (const char *const[]){ "to", "from", "spanId", "parentSpanId", "n", "remoteIp", NULL };
       *name != NULL; name++)
    {
      gboolean is_ip = g_str_equal (*name, "remoteIp");
      g_autoptr (LtKey) key = NULL;

      key = lt_catalogue_add_key (self->catalogue, *name, is_ip ? LT_VALUE_IP : LT_VALUE_NONE,
                                  &error);
      g_assert_no_error (error);
    }
}

void
test_hub_clear (TestHub *self)
{
  lt_event_builder_free (self->builder);
  g_assert_finalize_object (self->hub);
  g_assert_finalize_object (self->catalogue);
}

static LtEvent *
build (TestHub *self, const char *type, const char *text, va_list pairs)
{
  g_autoptr (GError) error = NULL;
  const char *key;
  LtEvent *event;

  lt_event_builder_reset (self->builder);
  g_assert_true (lt_event_builder_set_type (self->builder, type, -1, &error));
  if (text != NULL)
    g_assert_true (lt_event_builder_set_text (self->builder, text, -1, &error));
  while ((key = va_arg (pairs, const char *)) != NULL)
    {
      const char *value = va_arg (pairs, const char *);

      if (g_str_equal (key, "role"))
        g_assert_true (lt_event_builder_set_role_text (self->builder, value, -1, &error));
      else if (g_str_equal (key, "level"))
        g_assert_true (lt_event_builder_set_level (self->builder, value, -1, &error));
      else
        g_assert_true (lt_event_builder_add_string_field (self->builder, key, value, &error));
      g_assert_no_error (error);
    }
  event = lt_event_builder_end (self->builder, &error);
  g_assert_no_error (error);

  return event;
}

LtEvent *
test_hub_build (TestHub *self, const char *type, const char *text, ...)
{
  va_list pairs;
  LtEvent *event;

  va_start (pairs, text);
  event = build (self, type, text, pairs);
  va_end (pairs);

  return event;
}

guint64
test_hub_submit (TestHub *self, const char *type, const char *text, ...)
{
  va_list pairs;
  LtEvent *event;

  va_start (pairs, text);
  event = build (self, type, text, pairs);
  va_end (pairs);

  return lt_hub_submit (self->hub, event);
}

LtFilter *
test_hub_filter (TestHub *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  LtFilter *filter = lt_filter_new_from_text (self->catalogue, text, &error);

  g_assert_no_error (error);

  return filter;
}

/* Lets everything happen that needs no further input. */
void
test_hub_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

struct _TestSink
{
  GObject parent_instance;

  GString *words; /* (owned) */
  gsize unsent;
  gboolean stuck;
  gboolean ended;
};

static void test_sink_iface_init (LtSinkInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSink, test_sink, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SINK, test_sink_iface_init))

static void
append_cursor (GString *out, const char *id)
{
  if (id != NULL)
    g_string_append_printf (out, "@%s", strchr (id, '.') + 1);
  g_string_append_c (out, ' ');
}

static void
append_events (GString *out, LtEvent *const *events, const guint8 *backfill, guint n_events,
               const char *epoch, const char *id)
{
  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (out, "%s%" G_GUINT64_FORMAT "%s", i == 0 ? "[" : " ",
                            events[i]->sequence, backfill != NULL && backfill[i] ? "b" : "");
  g_string_append_c (out, ']');
  append_cursor (out, id);
}

static const char *
get_sequence (const char *id)
{
  return id != NULL ? strchr (id, '.') + 1 : "-";
}

static void
append_control (GString *out, const LtControl *control, const char *id)
{
  switch (control->kind)
    {
    case LT_CONTROL_HELLO:
      g_string_append (out, "hello");
      break;
    case LT_CONTROL_LIVE:
      g_string_append (out, "live");
      break;
    case LT_CONTROL_GAP:
      if (control->dropped_known)
        g_string_append_printf (out, "gap(%" G_GUINT64_FORMAT ",", control->dropped);
      else
        g_string_append (out, "gap(?,");
      g_string_append_printf (out, "%s,%s)", get_sequence (control->after),
                              get_sequence (control->before));
      break;
    case LT_CONTROL_PING:
      g_string_append (out, "ping");
      break;
    case LT_CONTROL_BYE:
      g_string_append_printf (out, "bye(%s)", control->reason);
      break;
    default:
      g_assert_not_reached ();
    }
  append_cursor (out, id);
}

static const LtFraming test_framing = {
  .name = "test",
  .append_events = append_events,
  .append_control = append_control,
};

static const LtFraming *
get_framing (LtSink *sink)
{
  return &test_framing;
}

static gsize
get_unsent_bytes (LtSink *sink)
{
  return TEST_SINK (sink)->unsent;
}

static void
send_block (LtSink *sink, GBytes *block)
{
  TestSink *self = TEST_SINK (sink);
  gsize size;
  const char *data = g_bytes_get_data (block, &size);

  g_string_append_len (self->words, data, size);
  if (self->stuck)
    self->unsent += size;
}

static void
end (LtSink *sink)
{
  TEST_SINK (sink)->ended = TRUE;
}

static void
test_sink_iface_init (LtSinkInterface *iface)
{
  iface->get_framing = get_framing;
  iface->get_unsent_bytes = get_unsent_bytes;
  iface->send = send_block;
  iface->end = end;
}

static void
test_sink_finalize (GObject *object)
{
  g_string_free (TEST_SINK (object)->words, TRUE);

  G_OBJECT_CLASS (test_sink_parent_class)->finalize (object);
}

static void
test_sink_class_init (TestSinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_sink_finalize;
}

static void
test_sink_init (TestSink *self)
{
  self->words = g_string_new (NULL);
}

TestSink *
test_sink_new (void)
{
  return g_object_new (TEST_TYPE_SINK, NULL);
}

/* A stuck sink keeps what it gets as unsent. */
void
test_sink_set_stuck (TestSink *self, gboolean stuck)
{
  self->stuck = stuck;
}

void
test_sink_drain (TestSink *self, LtSubscription *subscription)
{
  self->unsent = 0;
  lt_subscription_resume (subscription);
}

/* What has come since the last time. */
char *
test_sink_take (TestSink *self)
{
  char *words = g_strndup (self->words->str, self->words->len);

  g_string_truncate (self->words, 0);

  return g_strchomp (words);
}

/* The same, as if blocks that follow each other were one: a turn that takes long, such as on a busy
 * machine, ends in the middle of what it read, and the next goes on behind it. */
char *
test_sink_take_joined (TestSink *self)
{
  g_autofree char *words = test_sink_take (self);
  g_autoptr (GRegex) boundary = g_regex_new ("\\]@[0-9]+ \\[", 0, 0, NULL);

  return g_regex_replace_literal (boundary, words, -1, 0, " ", 0, NULL);
}

gboolean
test_sink_has_ended (TestSink *self)
{
  return self->ended;
}

LtSubscription *
test_subscribe (TestHub *hub, TestSink *sink, const char *filter, LtSubscriptionOptions *options)
{
  g_autoptr (LtFilter) compiled = test_hub_filter (hub, filter);
  g_autoptr (GError) error = NULL;
  LtSubscription *subscription;

  options->transport = "test";
  options->peer = "test";
  subscription = lt_subscription_new (hub->hub, compiled, options, &error);
  g_assert_no_error (error);
  lt_subscription_start (subscription, LT_SINK (sink), 15000);

  return subscription;
}
