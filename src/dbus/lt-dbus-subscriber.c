/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-subscriber.h"

#include "lt-bus-generated.h"
#include "lt-dbus-actions.h"

struct _LtDbusSubscriber
{
  GDBusInterfaceSkeleton parent_instance;

  LtHub *hub;                   /* (owned) */
  LtSubscription *subscription; /* (owned) */
  LtDbusAuthority *authority;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (LtDbusSubscriber, lt_dbus_subscriber, G_TYPE_DBUS_INTERFACE_SKELETON)

typedef GVariant *(*ReadProperty) (LtDbusSubscriber *self);

typedef struct
{
  const char *name;
  ReadProperty read;
} Property;

static GVariant *
read_transport (LtDbusSubscriber *self)
{
  return g_variant_new_string (lt_subscription_get_transport (self->subscription));
}

static GVariant *
read_connected_at (LtDbusSubscriber *self)
{
  return g_variant_new_int64 (lt_subscription_get_connected_at_us (self->subscription));
}

static GVariant *
read_matched (LtDbusSubscriber *self)
{
  return g_variant_new_uint64 (lt_subscription_get_matched (self->subscription));
}

static GVariant *
read_delivered (LtDbusSubscriber *self)
{
  return g_variant_new_uint64 (lt_subscription_get_delivered (self->subscription));
}

static GVariant *
read_dropped (LtDbusSubscriber *self)
{
  return g_variant_new_uint64 (lt_subscription_get_dropped (self->subscription));
}

static GVariant *
read_queued_bytes (LtDbusSubscriber *self)
{
  return g_variant_new_uint64 (lt_subscription_get_queued_bytes (self->subscription));
}

static GVariant *
read_last_event_id (LtDbusSubscriber *self)
{
  char id[LT_EVENT_ID_SIZE];

  lt_hub_format_id (self->hub, lt_subscription_get_cursor (self->subscription), id);
  return g_variant_new_string (id);
}

static GVariant *
read_state (LtDbusSubscriber *self)
{
  LtSubscriptionState state = lt_subscription_get_state (self->subscription);

  return g_variant_new_string (lt_subscription_state_to_string (state));
}

static const Property properties[] = {
  { "Transport", read_transport },       { "ConnectedAt", read_connected_at },
  { "Matched", read_matched },           { "Delivered", read_delivered },
  { "Dropped", read_dropped },           { "QueuedBytes", read_queued_bytes },
  { "LastEventId", read_last_event_id }, { "State", read_state },
};

static void
disconnect (GDBusMethodInvocation *invocation, gpointer user_data)
{
  LtDbusSubscriber *self = user_data;

  lt_subscription_end (self->subscription, "disconnected");
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  LtDbusSubscriber *self = user_data;

  /* GDBus lets through only what the interface has, and it has this one method. */
  g_assert (g_str_equal (method, "Disconnect"));
  lt_dbus_authority_dispatch (self->authority, invocation, disconnect, g_object_ref (self),
                              g_object_unref);
}

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *name, GError **error, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      if (g_str_equal (properties[i].name, name))
        return properties[i].read (user_data);
    }

  g_assert_not_reached ();
}

static const GDBusInterfaceVTable vtable = { on_method_call, on_get_property, NULL };

static GDBusInterfaceInfo *
lt_dbus_subscriber_get_info (GDBusInterfaceSkeleton *skeleton)
{
  return lt_bus_subscriber_interface_info ();
}

static GDBusInterfaceVTable *
lt_dbus_subscriber_get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return (GDBusInterfaceVTable *) &vtable;
}

static GVariant *
lt_dbus_subscriber_get_properties (GDBusInterfaceSkeleton *skeleton)
{
  LtDbusSubscriber *self = LT_DBUS_SUBSCRIBER (skeleton);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_variant_builder_add (&builder, "{sv}", properties[i].name, properties[i].read (self));

  return g_variant_builder_end (&builder);
}

/* Nothing is held back, so there is nothing to send. */
static void
lt_dbus_subscriber_flush (GDBusInterfaceSkeleton *skeleton)
{
}

static void
lt_dbus_subscriber_dispose (GObject *object)
{
  LtDbusSubscriber *self = LT_DBUS_SUBSCRIBER (object);

  g_clear_object (&self->authority);
  g_clear_object (&self->subscription);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_dbus_subscriber_parent_class)->dispose (object);
}

static void
lt_dbus_subscriber_class_init (LtDbusSubscriberClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton_class = G_DBUS_INTERFACE_SKELETON_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lt_dbus_subscriber_dispose;
  skeleton_class->get_info = lt_dbus_subscriber_get_info;
  skeleton_class->get_vtable = lt_dbus_subscriber_get_vtable;
  skeleton_class->get_properties = lt_dbus_subscriber_get_properties;
  skeleton_class->flush = lt_dbus_subscriber_flush;
}

static void
lt_dbus_subscriber_init (LtDbusSubscriber *self)
{
}

/**
 * lt_dbus_subscriber_new:
 * @hub: the subscription's hub
 * @subscription: what to show
 * @authority: says who may disconnect it
 *
 * Returns: (transfer full): an interface to export at lt_dbus_subscriber_dup_path()
 */
LtDbusSubscriber *
lt_dbus_subscriber_new (LtHub *hub, LtSubscription *subscription, LtDbusAuthority *authority)
{
  LtDbusSubscriber *self = g_object_new (LT_TYPE_DBUS_SUBSCRIBER, NULL);

  self->hub = g_object_ref (hub);
  self->subscription = g_object_ref (subscription);
  self->authority = g_object_ref (authority);
  return self;
}

/**
 * lt_dbus_subscriber_dup_path:
 * @subscription: a subscription
 *
 * Returns: (transfer full): the path of the object that stands for it
 */
char *
lt_dbus_subscriber_dup_path (LtSubscription *subscription)
{
  return g_strdup_printf (LT_DBUS_SUBSCRIBERS_PATH "/%" G_GUINT64_FORMAT,
                          lt_subscription_get_number (subscription));
}
