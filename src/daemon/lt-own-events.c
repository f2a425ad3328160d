/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-own-events.h"

#include "core/lt-event-builder.h"

struct _LtOwnEvents
{
  GObject parent_instance;

  LtHub *hub;              /* (owned) */
  LtEventBuilder *builder; /* (owned) */
  gboolean enabled;
};

G_DEFINE_FINAL_TYPE (LtOwnEvents, lt_own_events, G_TYPE_OBJECT)

static void
lt_own_events_finalize (GObject *object)
{
  LtOwnEvents *self = LT_OWN_EVENTS (object);

  g_clear_pointer (&self->builder, lt_event_builder_free);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_own_events_parent_class)->finalize (object);
}

static void
lt_own_events_class_init (LtOwnEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_own_events_finalize;
}

static void
lt_own_events_init (LtOwnEvents *self)
{
}

/**
 * lt_own_events_new:
 * @hub: the hub that takes the events
 *
 * Returns: (transfer full): what makes the daemon's own events; it makes none until
 *   lt_own_events_set_enabled() is called
 */
LtOwnEvents *
lt_own_events_new (LtHub *hub)
{
  const LtEventLimits limits = LT_EVENT_LIMITS_DEFAULT;
  LtOwnEvents *self = g_object_new (LT_TYPE_OWN_EVENTS, NULL);

  self->hub = g_object_ref (hub);
  self->builder = lt_event_builder_new (lt_hub_get_catalogue (hub), &limits);
  return self;
}

/**
 * lt_own_events_set_enabled:
 * @self: the maker of events
 * @enabled: whether to make events from now on
 *
 * Follows the setting `daemon.events`.
 */
void
lt_own_events_set_enabled (LtOwnEvents *self, gboolean enabled)
{
  self->enabled = enabled;
}

/**
 * lt_own_events_emit:
 * @self: the maker of events
 * @type: an event type, such as `livetrace.started`
 * @level: a level, such as `info`
 * @details: (nullable): what more there is to say
 *
 * Makes an event, if they are asked for.
 */
void
lt_own_events_emit (LtOwnEvents *self, const char *type, const char *level, const char *details)
{
  g_autoptr (LtEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  if (!self->enabled)
    return;

  lt_event_builder_reset (self->builder);
  if (!lt_event_builder_set_type (self->builder, type, -1, &error)
      || !lt_event_builder_set_level (self->builder, level, -1, &error)
      || (details != NULL && !lt_event_builder_set_details (self->builder, details, -1, &error))
      || !lt_event_builder_add_string_field (self->builder, "version", LT_VERSION, &error))
    {
      g_warning ("cannot make the event \"%s\": %s", type, error->message);
      return;
    }

  event = lt_event_builder_end (self->builder, &error);
  if (event == NULL)
    {
      g_warning ("cannot make the event \"%s\": %s", type, error->message);
      return;
    }

  lt_hub_submit (self->hub, g_steal_pointer (&event));
}
