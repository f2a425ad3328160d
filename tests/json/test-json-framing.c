/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/lt-json-framing.h"

#include "core/lt-event-builder.h"
#include "json/lt-json-event-reader.h"

#include <string.h>

typedef struct
{
  LtCatalogue *catalogue;
  LtEventBuilder *builder;
  LtEvent *events[3];
  GString *out;
} Fixture;

#define EVENT(n)                                                                                   \
  "{\"id\":\"7c1fa2b0." #n "\",\"createdAt\":\"2026-11-22T06:35:06.041377Z\",\"level\":\"info\","  \
  "\"type\":\"a.b\",\"text\":\"line\\nend\",\"data\":{\"n\":" #n "}"

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { EVENT (1) "}", EVENT (2) "}", EVENT (3) "}" };

  self->catalogue = lt_catalogue_new ();
  self->builder = lt_event_builder_new (self->catalogue, NULL);
  self->out = g_string_new ("before");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      lt_json_read_event (self->builder, texts[i], strlen (texts[i]), &self->events[i], &error);
      g_assert_no_error (error);
      self->events[i]->sequence = i + 1;
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->events); i++)
    g_assert_finalize_object (self->events[i]);
  g_string_free (self->out, TRUE);
  lt_event_builder_free (self->builder);
  g_assert_finalize_object (self->catalogue);
}

static void
check_events (Fixture *self, const LtFraming *framing, guint n_events, const guint8 *backfill,
              const char *id, const char *expected)
{
  g_string_assign (self->out, "before");
  framing->append_events (self->out, self->events, backfill, n_events, "7c1fa2b0", id);
  g_assert_true (g_str_has_prefix (self->out->str, "before"));
  g_assert_cmpstr (self->out->str + strlen ("before"), ==, expected);
  g_assert_cmpuint (self->out->len, ==, strlen (self->out->str));
}

static void
check_control (Fixture *self, const LtControl *control, const char *id, const char *sse,
               const char *ndjson)
{
  g_string_truncate (self->out, 0);
  lt_framing_sse.append_control (self->out, control, id);
  g_assert_cmpstr (self->out->str, ==, sse);
  g_string_truncate (self->out, 0);
  lt_framing_ndjson.append_control (self->out, control, id);
  g_assert_cmpstr (self->out->str, ==, ndjson);
}

static void
test_names (Fixture *self, gconstpointer data)
{
  g_assert_cmpstr (lt_framing_sse.name, ==, "sse");
  g_assert_cmpstr (lt_framing_ndjson.name, ==, "ndjson");
}

static void
test_events (Fixture *self, gconstpointer data)
{
  static const guint8 backfill[] = { 1, 0, 1 };

  check_events (self, &lt_framing_sse, 1, NULL, "7c1fa2b0.9",
                "event: trace\nid: 7c1fa2b0.9\ndata: [" EVENT (1) "}]\n\n");
  check_events (self, &lt_framing_sse, 1, NULL, NULL, "event: trace\ndata: [" EVENT (1) "}]\n\n");
  check_events (self, &lt_framing_sse, 3, backfill, "7c1fa2b0.3",
                "event: trace\nid: 7c1fa2b0.3\ndata: [" EVENT (1) ",\"backfill\":true}," EVENT (
                    2) "}," EVENT (3) ",\"backfill\":true}]\n\n");
  check_events (self, &lt_framing_ndjson, 1, NULL, "7c1fa2b0.9", EVENT (1) "}\n");
  check_events (
      self, &lt_framing_ndjson, 3, backfill, NULL,
      EVENT (1) ",\"backfill\":true}\n" EVENT (2) "}\n" EVENT (3) ",\"backfill\":true}\n");
}

static void
test_controls (Fixture *self, gconstpointer data)
{
  const LtControl hello = { .kind = LT_CONTROL_HELLO,
                            .epoch = "7c1fa2b0",
                            .subscriber = 4,
                            .filter = "to:\"a b\"",
                            .context = "span",
                            .ping_ms = 15000,
                            .retry_ms = 2000 };
  const LtControl live = { .kind = LT_CONTROL_LIVE };
  const LtControl ping = { .kind = LT_CONTROL_PING, .ping_ms = 15000 };
  const LtControl bye = { .kind = LT_CONTROL_BYE, .reason = "shutdown" };

  check_control (self, &hello, "7c1fa2b0.0",
                 "event: hello\nid: 7c1fa2b0.0\nretry: 2000\ndata: {\"epoch\":\"7c1fa2b0\","
                 "\"subscriber\":4,\"filter\":\"to:\\\"a b\\\"\",\"context\":\"span\","
                 "\"ping\":15000}\n\n",
                 "{\"control\":\"hello\",\"id\":\"7c1fa2b0.0\",\"epoch\":\"7c1fa2b0\","
                 "\"subscriber\":4,\"filter\":\"to:\\\"a b\\\"\",\"context\":\"span\","
                 "\"ping\":15000}\n");
  check_control (self, &live, "7c1fa2b0.5", "event: live\nid: 7c1fa2b0.5\ndata: {}\n\n",
                 "{\"control\":\"live\",\"id\":\"7c1fa2b0.5\"}\n");
  check_control (self, &live, NULL, "event: live\ndata: {}\n\n", "{\"control\":\"live\"}\n");
  check_control (self, &ping, "7c1fa2b0.5",
                 "event: ping\nid: 7c1fa2b0.5\ndata: {\"interval\":15000}\n\n",
                 "{\"control\":\"ping\",\"id\":\"7c1fa2b0.5\",\"interval\":15000}\n");
  check_control (self, &bye, NULL, "event: bye\ndata: {\"reason\":\"shutdown\"}\n\n",
                 "{\"control\":\"bye\",\"reason\":\"shutdown\"}\n");
}

static void
test_gap (Fixture *self, gconstpointer data)
{
  LtControl gap = { .kind = LT_CONTROL_GAP,
                    .dropped_known = TRUE,
                    .dropped = G_MAXUINT64,
                    .after = "7c1fa2b0.5",
                    .before = "7c1fa2b0.9" };

  check_control (self, &gap, "7c1fa2b0.8",
                 "event: gap\nid: 7c1fa2b0.8\ndata: {\"dropped\":18446744073709551615,"
                 "\"after\":\"7c1fa2b0.5\",\"before\":\"7c1fa2b0.9\"}\n\n",
                 "{\"control\":\"gap\",\"id\":\"7c1fa2b0.8\",\"dropped\":18446744073709551615,"
                 "\"after\":\"7c1fa2b0.5\",\"before\":\"7c1fa2b0.9\"}\n");

  /* An id that some client sent stays one line, whatever it holds. */
  gap.dropped_known = FALSE;
  gap.after = "no\nid\"";
  gap.before = NULL;
  check_control (
      self, &gap, NULL,
      "event: gap\ndata: {\"dropped\":null,\"after\":\"no\\nid\\\"\",\"before\":null}\n\n",
      "{\"control\":\"gap\",\"dropped\":null,\"after\":\"no\\nid\\\"\","
      "\"before\":null}\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/json/framing/names", test_names);
  ADD ("/json/framing/events", test_events);
  ADD ("/json/framing/controls", test_controls);
  ADD ("/json/framing/gap", test_gap);
#undef ADD
  return g_test_run ();
}
