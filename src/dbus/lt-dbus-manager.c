/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-manager.h"

#include "lt-bus-generated.h"
#include "lt-dbus-actions.h"
#include "lt-dbus-error.h"
#include "lt-dbus-subscriber.h"

struct _LtDbusManager
{
  GObject parent_instance;

  LtHub *hub;                  /* (owned) */
  LtAccess *access;            /* (owned) (nullable): NULL where there is no HTTP */
  LtDbusAuthority *authority;  /* (owned) */
  LtDbusIntake *intake;        /* (owned) */
  LtDbusStreams *streams;      /* (owned) */
  GDBusConnection *connection; /* (owned) (nullable): while exported */
  GStrv http_addresses;        /* (owned) */
  char *http_url;              /* (owned) (nullable): of the web page, ends in a slash */
  LtDbusReloadFunc reload;     /* (nullable) */
  gpointer reload_data;        /* (unowned) */
  guint registration_id;
};

G_DEFINE_FINAL_TYPE (LtDbusManager, lt_dbus_manager, G_TYPE_OBJECT)

typedef void (*HandleCall) (LtDbusManager *self, GDBusMethodInvocation *invocation,
                            GVariant *parameters);

typedef GVariant *(*ReadProperty) (LtDbusManager *self, const LtHubStatistics *statistics);

static void
return_nothing_or_error (GDBusMethodInvocation *invocation, gboolean success, const GError *error)
{
  if (success)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    lt_dbus_return_error (invocation, error);
}

static void
handle_inject (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  lt_dbus_intake_inject (self->intake, invocation);
}

static void
handle_inject_batch (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  lt_dbus_intake_inject_batch (self->intake, invocation);
}

static void
handle_open_injector (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  lt_dbus_streams_open_injector (self->streams, invocation);
}

static void
handle_subscribe (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  lt_dbus_streams_subscribe (self->streams, invocation);
}

static void
add_string (GVariantBuilder *builder, const char *name, const char *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", name, g_variant_new_string (value));
}

static void
add_unsigned (GVariantBuilder *builder, const char *name, guint64 value)
{
  g_variant_builder_add (builder, "{sv}", name, g_variant_new_uint64 (value));
}

static void
add_time (GVariantBuilder *builder, const char *name, gint64 unix_us)
{
  g_variant_builder_add (builder, "{sv}", name, g_variant_new_int64 (unix_us));
}

static void
describe_subscription (LtDbusManager *self, LtSubscription *subscription, GVariantBuilder *out)
{
  LtSubscriptionState state = lt_subscription_get_state (subscription);
  char id[LT_EVENT_ID_SIZE];

  lt_hub_format_id (self->hub, lt_subscription_get_cursor (subscription), id);
  add_unsigned (out, "number", lt_subscription_get_number (subscription));
  add_string (out, "transport", lt_subscription_get_transport (subscription));
  add_string (out, "peer", lt_subscription_get_peer (subscription));
  add_string (out, "identity", lt_subscription_get_identity (subscription));
  add_string (out, "userAgent", lt_subscription_get_user_agent (subscription));
  add_string (out, "filter", lt_filter_get_text (lt_subscription_get_filter (subscription)));
  add_string (out, "context", lt_context_to_string (lt_subscription_get_context (subscription)));
  add_time (out, "connectedAt", lt_subscription_get_connected_at_us (subscription));
  add_unsigned (out, "matched", lt_subscription_get_matched (subscription));
  add_unsigned (out, "delivered", lt_subscription_get_delivered (subscription));
  add_unsigned (out, "dropped", lt_subscription_get_dropped (subscription));
  add_unsigned (out, "queuedBytes", lt_subscription_get_queued_bytes (subscription));
  add_string (out, "lastEventId", id);
  add_string (out, "state", lt_subscription_state_to_string (state));
}

static void
handle_list_subscribers (LtDbusManager *self, GDBusMethodInvocation *invocation,
                         GVariant *parameters)
{
  g_autoptr (GPtrArray) subscriptions = lt_hub_list_subscriptions (self->hub);
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(oa{sv})"));
  for (guint i = 0; i < subscriptions->len; i++)
    {
      LtSubscription *subscription = g_ptr_array_index (subscriptions, i);
      g_autofree char *path = lt_dbus_subscriber_dup_path (subscription);

      g_variant_builder_open (&list, G_VARIANT_TYPE ("(oa{sv})"));
      g_variant_builder_add (&list, "o", path);
      g_variant_builder_open (&list, G_VARIANT_TYPE_VARDICT);
      describe_subscription (self, subscription, &list);
      g_variant_builder_close (&list);
      g_variant_builder_close (&list);
    }

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(oa{sv}))", &list));
}

static void
handle_set_level (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  const char *glob;
  const char *text;
  guint64 seconds;
  LtLevel level;
  gboolean success;

  g_variant_get (parameters, "(&s&st)", &glob, &text, &seconds);
  success = lt_level_parse_threshold (text, &level, &error)
            && lt_levels_set (lt_hub_get_levels (self->hub), glob, level, seconds, &error);
  return_nothing_or_error (invocation, success, error);
}

static void
handle_reset_level (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  const char *glob;
  gboolean success;

  g_variant_get (parameters, "(&s)", &glob);
  success = lt_levels_reset (lt_hub_get_levels (self->hub), glob, &error);
  return_nothing_or_error (invocation, success, error);
}

static void
handle_list_levels (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GPtrArray) settings = lt_levels_list (lt_hub_get_levels (self->hub));
  GVariantBuilder levels;

  g_variant_builder_init (&levels, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < settings->len; i++)
    {
      const LtLevelSetting *setting = g_ptr_array_index (settings, i);

      g_variant_builder_add (&levels, "{ss}", setting->glob, lt_level_to_string (setting->level));
    }

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a{ss})", &levels));
}

/* Returns: whether there is an access; if not, the call has been answered */
static gboolean
need_access (LtDbusManager *self, GDBusMethodInvocation *invocation)
{
  if (self->access != NULL)
    return TRUE;

  lt_dbus_return_new_error (invocation, LT_ERROR_NOT_FOUND,
                            "the daemon does not listen for HTTP, so there is nothing to sign in "
                            "to; set http.listen");
  return FALSE;
}

static void
on_token_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = G_DBUS_METHOD_INVOCATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = lt_access_create_token_finish (LT_ACCESS (source), result, NULL, &error);

  if (token == NULL)
    lt_dbus_return_error (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", token));
}

static void
handle_create_token (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autofree const char **words = NULL;
  g_autoptr (GError) error = NULL;
  LtPermissions permissions;
  const char *label;
  guint64 seconds;

  if (!need_access (self, invocation))
    return;

  g_variant_get (parameters, "(&s^a&st)", &label, &words, &seconds);
  if (lt_permissions_parse (words, &permissions, &error))
    lt_access_create_token_async (self->access, label, permissions, seconds, on_token_created,
                                  invocation);
  else
    lt_dbus_return_error (invocation, error);
}

static void
handle_list_tokens (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GPtrArray) tokens = NULL;
  GVariantBuilder list;

  if (!need_access (self, invocation))
    return;

  tokens = lt_access_list_tokens (self->access);
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < tokens->len; i++)
    {
      const LtToken *token = g_ptr_array_index (tokens, i);
      g_auto (GStrv) words = lt_permissions_to_strv (token->permissions);

      g_variant_builder_open (&list, G_VARIANT_TYPE_VARDICT);
      add_string (&list, "id", token->id);
      add_string (&list, "label", token->label);
      g_variant_builder_add (&list, "{sv}", "permissions",
                             g_variant_new_strv ((const char *const *) words, -1));
      add_time (&list, "createdAt", token->created_us);
      if (token->expires_us != 0)
        add_time (&list, "expiresAt", token->expires_us);
      g_variant_builder_close (&list);
    }

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &list));
}

static void
on_token_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean success = lt_access_revoke_token_finish (LT_ACCESS (source), result, &error);

  return_nothing_or_error (G_DBUS_METHOD_INVOCATION (user_data), success, error);
}

static void
handle_revoke_token (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  const char *id;

  if (!need_access (self, invocation))
    return;

  g_variant_get (parameters, "(&s)", &id);
  lt_access_revoke_token_async (self->access, id, on_token_revoked, invocation);
}

static void
handle_create_sign_in (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autofree char *secret = NULL;
  g_autofree char *url = NULL;

  if (self->http_url == NULL)
    {
      lt_dbus_return_new_error (invocation, LT_ERROR_NOT_FOUND,
                                "the daemon does not listen for HTTP, so there is no page to sign "
                                "in to; set http.listen");
      return;
    }
  if (!need_access (self, invocation))
    return;

  secret = lt_access_create_sign_in (self->access, LT_PERMISSION_ALL);
  url = g_strconcat (self->http_url, "#sign-in=", secret, NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", url));
}

static void
handle_clear_ring (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  lt_hub_clear_ring (self->hub);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_reload (LtDbusManager *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  gboolean success = self->reload == NULL || self->reload (self->reload_data, &error);

  return_nothing_or_error (invocation, success, error);
}

static const struct
{
  const char *name;
  HandleCall handle;
} methods[] = {
  { "Inject", handle_inject },
  { "InjectBatch", handle_inject_batch },
  { "OpenInjector", handle_open_injector },
  { "Subscribe", handle_subscribe },
  { "ListSubscribers", handle_list_subscribers },
  { "SetLevel", handle_set_level },
  { "ResetLevel", handle_reset_level },
  { "ListLevels", handle_list_levels },
  { "CreateToken", handle_create_token },
  { "ListTokens", handle_list_tokens },
  { "RevokeToken", handle_revoke_token },
  { "CreateSignIn", handle_create_sign_in },
  { "ClearRing", handle_clear_ring },
  { "Reload", handle_reload },
};

/* The caller is allowed. */
static void
handle_call (GDBusMethodInvocation *invocation, gpointer user_data)
{
  LtDbusManager *self = user_data;
  const char *name = g_dbus_method_invocation_get_method_name (invocation);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      if (g_str_equal (methods[i].name, name))
        {
          methods[i].handle (self, invocation,
                             g_dbus_method_invocation_get_parameters (invocation));
          return;
        }
    }

  g_assert_not_reached ();
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  LtDbusManager *self = user_data;

  lt_dbus_authority_dispatch (self->authority, invocation, handle_call, g_object_ref (self),
                              g_object_unref);
}

static GVariant *
read_version (LtDbusManager *self, const LtHubStatistics *statistics)
{
  return g_variant_new_string (LT_VERSION);
}

static GVariant *
read_epoch (LtDbusManager *self, const LtHubStatistics *statistics)
{
  return g_variant_new_string (lt_hub_get_epoch (self->hub));
}

static GVariant *
read_started_at (LtDbusManager *self, const LtHubStatistics *statistics)
{
  return g_variant_new_int64 (statistics->started_at_us);
}

static GVariant *
read_http_addresses (LtDbusManager *self, const LtHubStatistics *statistics)
{
  return g_variant_new_strv ((const char *const *) self->http_addresses, -1);
}

/* Properties are either read by a function or are a counter of the hub's. */
static const struct
{
  const char *name;
  ReadProperty read; /* (nullable) */
  gsize offset;      /* of a guint64 in LtHubStatistics, if @read is NULL */
} properties[] = {
  { .name = "Version", .read = read_version },
  { .name = "Epoch", .read = read_epoch },
  { .name = "StartedAt", .read = read_started_at },
  { .name = "HttpAddresses", .read = read_http_addresses },
  { .name = "Received", .offset = G_STRUCT_OFFSET (LtHubStatistics, received) },
  { .name = "Refused", .offset = G_STRUCT_OFFSET (LtHubStatistics, refused) },
  { .name = "Delivered", .offset = G_STRUCT_OFFSET (LtHubStatistics, delivered) },
  { .name = "Dropped", .offset = G_STRUCT_OFFSET (LtHubStatistics, dropped) },
  { .name = "Subscribers", .offset = G_STRUCT_OFFSET (LtHubStatistics, subscriptions) },
  { .name = "Spans", .offset = G_STRUCT_OFFSET (LtHubStatistics, spans) },
  { .name = "RingEvents", .offset = G_STRUCT_OFFSET (LtHubStatistics, ring_events) },
  { .name = "RingBytes", .offset = G_STRUCT_OFFSET (LtHubStatistics, ring_bytes) },
};

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface, const char *name, GError **error, gpointer user_data)
{
  LtDbusManager *self = user_data;
  LtHubStatistics statistics;

  lt_hub_get_statistics (self->hub, &statistics);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      if (!g_str_equal (properties[i].name, name))
        continue;
      if (properties[i].read != NULL)
        return properties[i].read (self, &statistics);
      return g_variant_new_uint64 (G_STRUCT_MEMBER (guint64, &statistics, properties[i].offset));
    }

  g_assert_not_reached ();
}

static const GDBusInterfaceVTable vtable = { on_method_call, on_get_property, NULL };

static void
lt_dbus_manager_dispose (GObject *object)
{
  LtDbusManager *self = LT_DBUS_MANAGER (object);

  lt_dbus_manager_unexport (self);
  g_clear_object (&self->streams);
  g_clear_object (&self->intake);
  g_clear_object (&self->authority);
  g_clear_object (&self->access);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_dbus_manager_parent_class)->dispose (object);
}

static void
lt_dbus_manager_finalize (GObject *object)
{
  LtDbusManager *self = LT_DBUS_MANAGER (object);

  g_strfreev (self->http_addresses);
  g_free (self->http_url);

  G_OBJECT_CLASS (lt_dbus_manager_parent_class)->finalize (object);
}

static void
lt_dbus_manager_class_init (LtDbusManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_dbus_manager_dispose;
  object_class->finalize = lt_dbus_manager_finalize;
}

static void
lt_dbus_manager_init (LtDbusManager *self)
{
  self->http_addresses = g_new0 (char *, 1);
}

/**
 * lt_dbus_manager_new:
 * @hub: what is managed
 * @access: (nullable): tokens and sign-in links
 * @authority: says who may call what
 * @intake: takes injected events
 * @streams: opens stream sockets
 *
 * Returns: (transfer full): a manager that is not exported
 */
LtDbusManager *
lt_dbus_manager_new (LtHub *hub, LtAccess *access, LtDbusAuthority *authority, LtDbusIntake *intake,
                     LtDbusStreams *streams)
{
  LtDbusManager *self = g_object_new (LT_TYPE_DBUS_MANAGER, NULL);

  self->hub = g_object_ref (hub);
  self->access = access != NULL ? g_object_ref (access) : NULL;
  self->authority = g_object_ref (authority);
  self->intake = g_object_ref (intake);
  self->streams = g_object_ref (streams);
  return self;
}

/**
 * lt_dbus_manager_set_reload_func:
 * @self: a manager
 * @func: (nullable): what `Reload` does
 * @user_data: for @func
 *
 * Says what `Reload` does; without it, nothing.
 */
void
lt_dbus_manager_set_reload_func (LtDbusManager *self, LtDbusReloadFunc func, gpointer user_data)
{
  self->reload = func;
  self->reload_data = user_data;
}

/**
 * lt_dbus_manager_set_http:
 * @self: a manager
 * @addresses: (nullable) (array zero-terminated=1): where the daemon listens for HTTP
 * @url: (nullable): where a browser finds the page; it ends in a slash
 *
 * Sets the property `HttpAddresses`, telling of the change, and what links begin with.
 */
void
lt_dbus_manager_set_http (LtDbusManager *self, const char *const *addresses, const char *url)
{
  GVariantBuilder changed;

  g_strfreev (self->http_addresses);
  self->http_addresses = addresses != NULL ? g_strdupv ((GStrv) addresses) : g_new0 (char *, 1);
  g_free (self->http_url);
  self->http_url = g_strdup (url);
  if (self->connection == NULL)
    return;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "HttpAddresses", read_http_addresses (self, NULL));
  g_dbus_connection_emit_signal (
      self->connection, NULL, LT_DBUS_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new ("(sa{sv}as)", LT_DBUS_MANAGER_INTERFACE, &changed, NULL), NULL);
}

/**
 * lt_dbus_manager_export:
 * @self: a manager
 * @connection: where to
 * @error: return location for an error
 *
 * Exports the manager at `/org/livetrace/Livetrace1`.
 *
 * Returns: %TRUE, or %FALSE with %LT_ERROR_IO
 */
gboolean
lt_dbus_manager_export (LtDbusManager *self, GDBusConnection *connection, GError **error)
{
  g_return_val_if_fail (self->registration_id == 0, FALSE);

  self->registration_id = g_dbus_connection_register_object (
      connection, LT_DBUS_PATH, lt_bus_manager_interface_info (), &vtable, self, NULL, error);
  if (self->registration_id == 0)
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot export " LT_DBUS_PATH);
      return FALSE;
    }

  self->connection = g_object_ref (connection);
  return TRUE;
}

/**
 * lt_dbus_manager_unexport:
 * @self: a manager
 *
 * Takes it off the bus.
 */
void
lt_dbus_manager_unexport (LtDbusManager *self)
{
  if (self->connection == NULL)
    return;

  g_dbus_connection_unregister_object (self->connection, self->registration_id);
  self->registration_id = 0;
  g_clear_object (&self->connection);
}
