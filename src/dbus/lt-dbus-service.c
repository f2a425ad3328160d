/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-service.h"

#include "lt-dbus-actions.h"
#include "lt-dbus-subscriber.h"

#include "core/lt-error.h"

#include <string.h>

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"

/* Of RequestName, see the D-Bus specification. */
#define REQUEST_DO_NOT_QUEUE 4
#define REPLY_PRIMARY_OWNER  1

struct _LtDbusService
{
  GObject parent_instance;

  LtHub *hub;                         /* (owned) */
  LtAccess *access;                   /* (owned) (nullable) */
  LtEventBuilder *builder;            /* (owned) */
  GDBusConnection *connection;        /* (owned) (nullable): from the start on, as all below */
  LtDbusInbox *inbox;                 /* (owned) (nullable) */
  LtDbusAuthority *authority;         /* (owned) (nullable) */
  LtDbusIntake *intake;               /* (owned) (nullable) */
  LtDbusStreams *streams;             /* (owned) (nullable) */
  LtDbusManager *manager;             /* (owned) (nullable) */
  GDBusObjectManagerServer *children; /* (owned) (nullable) */
  GStrv http_addresses;               /* (owned) (nullable) */
  char *http_url;                     /* (owned) (nullable) */
  LtDbusReloadFunc reload;            /* (nullable) */
  gpointer reload_data;               /* (unowned) */
  LtDbusServiceLimits limits;
  gulong added_id;
  gulong removed_id;
  gulong closed_id;
  guint name_lost_id;
  gboolean started; /* the name is ours */
};

G_DEFINE_FINAL_TYPE (LtDbusService, lt_dbus_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
lose (LtDbusService *self, const char *why)
{
  if (!self->started)
    return;

  self->started = FALSE;
  g_signal_emit (self, signals[SIGNAL_LOST], 0, why);
}

static void
on_connection_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
                      gpointer user_data)
{
  lose (LT_DBUS_SERVICE (user_data), "the connection to the bus is gone");
}

static void
on_name_lost (GDBusConnection *connection, const char *sender, const char *path,
              const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  lose (LT_DBUS_SERVICE (user_data), "the bus name " LT_DBUS_NAME " is gone");
}

static void
add_child (LtDbusService *self, LtSubscription *subscription)
{
  g_autofree char *path = lt_dbus_subscriber_dup_path (subscription);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);
  g_autoptr (LtDbusSubscriber)
      interface = lt_dbus_subscriber_new (self->hub, subscription, self->authority);

  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (interface));
  g_dbus_object_manager_server_export (self->children, object);
}

static void
on_subscription_added (LtHub *hub, LtSubscription *subscription, gpointer user_data)
{
  add_child (LT_DBUS_SERVICE (user_data), subscription);
}

static void
on_subscription_removed (LtHub *hub, LtSubscription *subscription, gpointer user_data)
{
  LtDbusService *self = user_data;
  g_autofree char *path = lt_dbus_subscriber_dup_path (subscription);

  g_dbus_object_manager_server_unexport (self->children, path);
}

static void
export_children (LtDbusService *self)
{
  g_autoptr (GPtrArray) subscriptions = lt_hub_list_subscriptions (self->hub);

  self->children = g_dbus_object_manager_server_new (LT_DBUS_PATH);
  for (guint i = 0; i < subscriptions->len; i++)
    add_child (self, g_ptr_array_index (subscriptions, i));
  g_dbus_object_manager_server_set_connection (self->children, self->connection);

  self->added_id = g_signal_connect (self->hub, "subscription-added",
                                     G_CALLBACK (on_subscription_added), self);
  self->removed_id = g_signal_connect (self->hub, "subscription-removed",
                                       G_CALLBACK (on_subscription_removed), self);
}

static gboolean
export_all (LtDbusService *self, LtDbusTrust trust, GError **error)
{
  self->inbox = lt_dbus_inbox_new (self->connection, &self->limits.inbox);
  self->authority = lt_dbus_authority_new (self->connection, trust, &self->limits.authority);
  self->intake = lt_dbus_intake_new (self->hub, self->builder);
  self->streams
      = lt_dbus_streams_new (self->hub, self->builder, self->authority, &self->limits.streams);
  self->manager
      = lt_dbus_manager_new (self->hub, self->access, self->authority, self->intake, self->streams);
  lt_dbus_manager_set_reload_func (self->manager, self->reload, self->reload_data);
  lt_dbus_manager_set_http (self->manager, (const char *const *) self->http_addresses,
                            self->http_url);
  if (!lt_dbus_manager_export (self->manager, self->connection, error))
    return FALSE;

  export_children (self);
  return TRUE;
}

static void
fail_start (GTask *task, GError *error, const char *what)
{
  lt_error_translate (&error, LT_ERROR_IO, what);
  lt_dbus_service_stop (g_task_get_source_object (task));
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_name_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  LtDbusService *self = g_task_get_source_object (task);
  g_autoptr (GVariant) answer = NULL;
  GError *error = NULL;
  guint32 reply = 0;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (answer == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      fail_start (task, error, "cannot own the bus name " LT_DBUS_NAME);
      return;
    }

  g_variant_get (answer, "(u)", &reply);
  if (reply != REPLY_PRIMARY_OWNER)
    {
      error = g_error_new (LT_ERROR, LT_ERROR_BUSY,
                           "another process has it on this bus; stop that first, or choose another "
                           "bus with --bus");
      fail_start (task, error, "cannot own the bus name " LT_DBUS_NAME);
      return;
    }
  if (self->connection == NULL)
    {
      error = g_error_new (LT_ERROR, LT_ERROR_CANCELLED, "it was stopped");
      fail_start (task, error, "cannot own the bus name " LT_DBUS_NAME);
      return;
    }

  self->started = TRUE;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  LtDbusService *self = g_task_get_source_object (task);
  LtDbusTrust trust = (LtDbusTrust) GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;

  self->connection = g_dbus_connection_new_for_address_finish (result, &error);
  if (self->connection == NULL)
    {
      fail_start (task, error, "cannot connect to the bus");
      return;
    }

  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  self->closed_id
      = g_signal_connect (self->connection, "closed", G_CALLBACK (on_connection_closed), self);
  self->name_lost_id = g_dbus_connection_signal_subscribe (
      self->connection, BUS_NAME, BUS_NAME, "NameLost", BUS_PATH, LT_DBUS_NAME,
      G_DBUS_SIGNAL_FLAGS_NONE, on_name_lost, self, NULL);
  if (!export_all (self, trust, &error))
    {
      fail_start (task, error, "cannot start the D-Bus service");
      return;
    }

  /* The last step, so that whoever waits for the name finds all there is. */
  g_dbus_connection_call (self->connection, BUS_NAME, BUS_PATH, BUS_NAME, "RequestName",
                          g_variant_new ("(su)", LT_DBUS_NAME, REQUEST_DO_NOT_QUEUE),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          g_task_get_cancellable (task), on_name_requested, task);
}

static void
lt_dbus_service_dispose (GObject *object)
{
  LtDbusService *self = LT_DBUS_SERVICE (object);

  lt_dbus_service_stop (self);
  g_clear_object (&self->access);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_dbus_service_parent_class)->dispose (object);
}

static void
lt_dbus_service_finalize (GObject *object)
{
  LtDbusService *self = LT_DBUS_SERVICE (object);

  g_clear_pointer (&self->builder, lt_event_builder_free);
  g_strfreev (self->http_addresses);
  g_free (self->http_url);

  G_OBJECT_CLASS (lt_dbus_service_parent_class)->finalize (object);
}

static void
lt_dbus_service_class_init (LtDbusServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_dbus_service_dispose;
  object_class->finalize = lt_dbus_service_finalize;

  /**
   * LtDbusService::lost:
   * @self: the service
   * @why: what is gone, in words for a log
   *
   * The name or the bus is gone. The service does not come back by itself.
   */
  signals[SIGNAL_LOST] = g_signal_new ("lost", LT_TYPE_DBUS_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lt_dbus_service_init (LtDbusService *self)
{
}

/**
 * lt_dbus_service_new:
 * @hub: what is served
 * @access: (nullable): tokens and sign-in links, where there is HTTP
 * @limits: (nullable): what callers may use up; %NULL for the defaults
 *
 * Returns: (transfer full): a service that is on no bus yet
 */
LtDbusService *
lt_dbus_service_new (LtHub *hub, LtAccess *access, const LtDbusServiceLimits *limits)
{
  static const LtDbusServiceLimits defaults = LT_DBUS_SERVICE_LIMITS_DEFAULT;
  LtDbusService *self = g_object_new (LT_TYPE_DBUS_SERVICE, NULL);

  self->hub = g_object_ref (hub);
  self->access = access != NULL ? g_object_ref (access) : NULL;
  self->limits = limits != NULL ? *limits : defaults;
  self->builder = lt_event_builder_new (lt_hub_get_catalogue (hub), &self->limits.event);
  return self;
}

/**
 * lt_dbus_service_set_reload_func:
 * @self: a service
 * @func: (nullable): what the method `Reload` does
 * @user_data: for @func
 */
void
lt_dbus_service_set_reload_func (LtDbusService *self, LtDbusReloadFunc func, gpointer user_data)
{
  self->reload = func;
  self->reload_data = user_data;
  if (self->manager != NULL)
    lt_dbus_manager_set_reload_func (self->manager, func, user_data);
}

/**
 * lt_dbus_service_set_http:
 * @self: a service
 * @addresses: (nullable) (array zero-terminated=1): where the daemon listens for HTTP
 * @url: (nullable): where a browser finds the page, such as `http://127.0.0.1:8425/`; it ends in a
 *   slash
 *
 * Sets the property `HttpAddresses` and what the links of `CreateSignIn` begin with.
 */
void
lt_dbus_service_set_http (LtDbusService *self, const char *const *addresses, const char *url)
{
  g_strfreev (self->http_addresses);
  self->http_addresses = g_strdupv ((GStrv) addresses);
  g_free (self->http_url);
  self->http_url = g_strdup (url);
  if (self->manager != NULL)
    lt_dbus_manager_set_http (self->manager, addresses, url);
}

/**
 * lt_dbus_service_start_async:
 * @self: a service that is on no bus
 * @bus: `system`, `session` or the address of a bus
 * @cancellable: (nullable): gives up
 * @callback: called when the name is owned and everything answers
 * @user_data: for @callback
 *
 * Connects to a bus, exports everything and takes the bus name. On the system bus root may call,
 * and whom polkit allows; on any other the daemon's own user and root.
 */
void
lt_dbus_service_start_async (LtDbusService *self, const char *bus, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  gboolean is_system = g_str_equal (bus, "system");
  LtDbusTrust trust = is_system ? LT_DBUS_TRUST_POLKIT : LT_DBUS_TRUST_OWN_USER;
  g_autofree char *address = NULL;
  GError *error = NULL;

  g_return_if_fail (self->connection == NULL);

  g_task_set_source_tag (task, lt_dbus_service_start_async);
  g_task_set_task_data (task, GINT_TO_POINTER (trust), NULL);
  if (is_system || g_str_equal (bus, "session"))
    {
      GBusType type = is_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION;

      address = g_dbus_address_get_for_bus_sync (type, cancellable, &error);
    }
  else if (g_dbus_is_supported_address (bus, &error))
    {
      address = g_strdup (bus);
    }

  if (address == NULL)
    {
      fail_start (task, error, "cannot find the bus");
      return;
    }

  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, cancellable, on_connected, task);
}

/**
 * lt_dbus_service_start_finish:
 * @self: a service
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends lt_dbus_service_start_async().
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_IO, or with %LT_ERROR_BUSY if another process has the
 *   name
 */
gboolean
lt_dbus_service_start_finish (LtDbusService *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

/**
 * lt_dbus_service_stop:
 * @self: a service
 *
 * Ends all calls under way with the error `Cancelled`, closes the injectors and leaves the bus. The
 * subscriptions are the hub's. What was answered still goes out, if the main loop runs on.
 */
void
lt_dbus_service_stop (LtDbusService *self)
{
  self->started = FALSE;
  if (self->connection == NULL)
    return;

  g_clear_signal_handler (&self->added_id, self->hub);
  g_clear_signal_handler (&self->removed_id, self->hub);
  g_clear_signal_handler (&self->closed_id, self->connection);
  g_dbus_connection_signal_unsubscribe (self->connection, self->name_lost_id);
  if (self->manager != NULL)
    lt_dbus_manager_unexport (self->manager);
  if (self->children != NULL)
    g_dbus_object_manager_server_set_connection (self->children, NULL);
  if (self->authority != NULL)
    lt_dbus_authority_shut_down (self->authority);
  if (self->intake != NULL)
    lt_dbus_intake_shut_down (self->intake);
  if (self->streams != NULL)
    lt_dbus_streams_shut_down (self->streams);

  g_clear_object (&self->children);
  g_clear_object (&self->manager);
  g_clear_object (&self->streams);
  g_clear_object (&self->intake);
  g_clear_object (&self->authority);
  g_clear_pointer (&self->inbox, lt_dbus_inbox_free);
  if (!g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_flush (self->connection, NULL, on_flushed, NULL);
  g_clear_object (&self->connection);
}

/**
 * lt_dbus_service_list_sources:
 * @self: a service
 *
 * Returns: (transfer full) (element-type LtSource): the injectors that are open
 */
GPtrArray *
lt_dbus_service_list_sources (LtDbusService *self)
{
  if (self->streams == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);

  return lt_dbus_streams_list_sources (self->streams);
}

/**
 * lt_dbus_service_get_dropped_messages:
 * @self: a service
 *
 * Returns: how many messages were turned away because too many waited
 */
guint64
lt_dbus_service_get_dropped_messages (LtDbusService *self)
{
  return self->inbox != NULL ? lt_dbus_inbox_get_dropped (self->inbox) : 0;
}

/**
 * lt_dbus_service_get_n_checks:
 * @self: a service
 *
 * Returns: how many calls wait for authorization
 */
guint
lt_dbus_service_get_n_checks (LtDbusService *self)
{
  return self->authority != NULL ? lt_dbus_authority_get_n_checks (self->authority) : 0;
}
