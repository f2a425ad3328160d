/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/lt-own-events.h"

static void
test_enabled (void)
{
  const LtHubLimits limits = LT_HUB_LIMITS_DEFAULT;
  LtCatalogue *catalogue = lt_catalogue_new ();
  LtHub *hub = lt_hub_new (catalogue, &limits);
  LtOwnEvents *own_events = lt_own_events_new (hub);
  LtEvent *event;

  lt_own_events_emit (own_events, "livetrace.started", "info", NULL);
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, 0);

  lt_own_events_set_enabled (own_events, TRUE);
  lt_own_events_emit (own_events, "livetrace.reload-failed", "error", "no such file");
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, 1);
  event = lt_hub_peek_event (hub, 1);
  g_assert_cmpstr (event->type->name, ==, "livetrace.reload-failed");
  g_assert_cmpint (event->level, ==, LT_LEVEL_ERROR);
  g_assert_cmpstr (event->details, ==, "no such file");

  lt_own_events_set_enabled (own_events, FALSE);
  lt_own_events_emit (own_events, "livetrace.stopping", "info", NULL);
  g_assert_cmpuint (lt_hub_get_last_sequence (hub), ==, 1);

  g_assert_finalize_object (own_events);
  g_assert_finalize_object (hub);
  g_assert_finalize_object (catalogue);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-events/enabled", test_enabled);
  return g_test_run ();
}
