/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-daemon.h"

#include "lt-activation.h"
#include "lt-limits.h"
#include "lt-notifier.h"
#include "lt-own-events.h"
#include "lt-paths.h"
#include "lt-seen-file.h"
#include "lt-source-list.h"

#include "access/lt-access.h"
#include "dbus/lt-dbus-service.h"
#include "http/lt-http-api.h"
#include "sources/lt-demo-source.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/resource.h>

/* How long streams may take to send their last words. */
#define GOODBYE_MS 1000

struct _LtDaemon
{
  GObject parent_instance;

  LtConfiguration *configuration; /* (owned): in force */
  char *path;                     /* (owned) (nullable): `--config` */
  GStrv overrides;                /* (owned) (nullable): `--set` */
  char *bus;                      /* (owned): `--bus` */
  gboolean demo;                  /* `--demo` */

  char *state_directory;   /* (owned) */
  LtCatalogue *catalogue;  /* (owned) */
  LtSeenFile *seen_file;   /* (owned) */
  LtHub *hub;              /* (owned) */
  LtOwnEvents *own_events; /* (owned) */
  LtAccess *access;        /* (owned) */
  LtSourceList *sources;   /* (owned) */
  LtHttpApi *api;          /* (owned) */
  LtHttpServer *http;      /* (owned) (nullable): without if it listens nowhere */
  LtDbusService *dbus;     /* (owned) (nullable): without for `--bus none` */
  LtNotifier *notifier;    /* (owned) */

  GCancellable *cancellable; /* (owned): of what starting waits for */
  GMainLoop *loop;           /* (owned) */
  GError *error;             /* (owned) (nullable): why it ends, if not on request */
  guint signal_ids[3];       /* of SIGTERM, SIGINT, SIGHUP, or 0 */
};

G_DEFINE_FINAL_TYPE (LtDaemon, lt_daemon, G_TYPE_OBJECT)

static void
lt_daemon_dispose (GObject *object)
{
  LtDaemon *self = LT_DAEMON (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->dbus != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->dbus, self);
      lt_dbus_service_set_reload_func (self->dbus, NULL, NULL);
    }
  g_clear_object (&self->dbus);
  g_clear_object (&self->http);
  g_clear_object (&self->api);
  g_clear_object (&self->sources);
  g_clear_object (&self->access);
  g_clear_object (&self->own_events);
  g_clear_object (&self->hub);
  g_clear_object (&self->seen_file);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->notifier);
  g_clear_object (&self->configuration);

  G_OBJECT_CLASS (lt_daemon_parent_class)->dispose (object);
}

static void
lt_daemon_finalize (GObject *object)
{
  LtDaemon *self = LT_DAEMON (object);

  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_main_loop_unref (self->loop);
  g_strfreev (self->overrides);
  g_free (self->path);
  g_free (self->bus);
  g_free (self->state_directory);

  G_OBJECT_CLASS (lt_daemon_parent_class)->finalize (object);
}

static void
lt_daemon_class_init (LtDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_daemon_dispose;
  G_OBJECT_CLASS (klass)->finalize = lt_daemon_finalize;
}

static void
lt_daemon_init (LtDaemon *self)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->notifier = lt_notifier_new ();
}

/* Each stream takes a descriptor. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;

  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("the limit of open files stays as it is");
}

static gboolean
make_state_directory (LtDaemon *self, GError **error)
{
  self->state_directory = lt_paths_dup_state (
      lt_configuration_get_string (self->configuration, "daemon.state-directory"));
  if (g_mkdir_with_parents (self->state_directory, 0700) == 0)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_IO,
               "cannot make the state directory \"%s\": %s; name another with "
               "--set daemon.state-directory=…",
               self->state_directory, g_strerror (errno));
  return FALSE;
}

static gboolean
load_catalogue (LtDaemon *self, LtConfiguration *configuration, GError **error)
{
  g_autofree char *shipped = lt_paths_dup_data ("catalogue");
  const char *own = lt_configuration_get_string (configuration, "catalogue.directory");
  const char *paths[] = { shipped, NULL, NULL };

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    paths[1] = own;
  return lt_catalogue_reload (self->catalogue, paths, error);
}

static gboolean
set_up_core (LtDaemon *self, GError **error)
{
  g_autofree char *seen_path = g_build_filename (self->state_directory, "seen", NULL);
  LtHubLimits limits;

  self->catalogue = lt_catalogue_new ();
  if (!load_catalogue (self, self->configuration, error))
    return FALSE;

  self->seen_file = lt_seen_file_new (self->catalogue, seen_path);
  lt_seen_file_load (self->seen_file);

  lt_limits_get_hub (self->configuration, &limits);
  self->hub = lt_hub_new (self->catalogue, &limits);
  self->own_events = lt_own_events_new (self->hub);
  lt_own_events_set_enabled (self->own_events,
                             lt_configuration_get_boolean (self->configuration, "daemon.events"));
  return lt_levels_configure (lt_hub_get_levels (self->hub),
                              lt_configuration_get_levels (self->configuration), error);
}

static void
add_demo (LtDaemon *self)
{
  g_autoptr (LtDemoSource) demo = NULL;
  LtEventLimits limits;

  lt_limits_get_event (self->configuration, &limits);
  demo = lt_demo_source_new (
      self->hub, &limits, (guint) lt_configuration_get_unsigned (self->configuration, "demo.rate"),
      (guint32) lt_configuration_get_unsigned (self->configuration, "demo.seed"));
  lt_source_list_add (self->sources, LT_SOURCE (demo));
}

static gboolean
set_up_sources (LtDaemon *self, GError **error)
{
  g_autofree char *rules_directory = lt_paths_dup_data ("rules");

  self->sources = lt_source_list_new (self->hub, self->state_directory, rules_directory);
  if (self->demo)
    add_demo (self);
  return lt_source_list_configure (self->sources, self->configuration, error);
}

static gboolean
set_up_access (LtDaemon *self, GError **error)
{
  LtSessionLimits limits;

  self->access = lt_access_new (self->state_directory, error);
  if (self->access == NULL)
    return FALSE;

  lt_limits_get_sessions (self->configuration, &limits);
  lt_access_set_session_limits (self->access, &limits);
  return TRUE;
}

static gboolean
adopt_sockets (LtDaemon *self, GArray *descriptors, GError **error)
{
  for (guint i = 0; i < descriptors->len; i++)
    {
      if (!lt_http_server_adopt (self->http, g_array_index (descriptors, int, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
set_up_http (LtDaemon *self, GError **error)
{
  static const char *const nowhere[] = { NULL };
  g_autoptr (GArray) descriptors = NULL;
  LtHttpApiSettings api_settings;
  LtHttpSettings settings;

  if (!lt_activation_take (&descriptors, error))
    return FALSE;

  lt_limits_get_http (self->configuration, &settings);
  if (descriptors->len > 0)
    settings.listen = nowhere;
  else if (settings.listen[0] == NULL)
    return TRUE;

  self->api = lt_http_api_new (self->hub, self->access, lt_source_list_get_sources (self->sources),
                               LT_VERSION);
  lt_limits_get_http_api (self->configuration, &api_settings);
  lt_http_api_configure (self->api, &api_settings);
  self->http = lt_http_server_new (&settings, error);
  if (self->http == NULL || !adopt_sockets (self, descriptors, error))
    return FALSE;

  lt_http_api_serve (self->api, self->http);
  return lt_http_server_start (self->http, error);
}

/* Tells systemd, and the log if it is for the first time. */
static void
be_ready (LtDaemon *self, gboolean first)
{
  g_auto (GStrv) addresses = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *status = NULL;

  if (self->http != NULL)
    addresses = lt_http_server_dup_addresses (self->http);
  joined = addresses != NULL ? g_strjoinv (", ", addresses) : NULL;
  status = joined != NULL ? g_strdup_printf ("serving at %s", joined) : g_strdup ("serving");

  if (first)
    g_message ("%s", status);
  lt_notifier_ready (self->notifier, status);
}

static gboolean
on_end_signal (gpointer user_data)
{
  lt_daemon_quit (user_data, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload_signal (gpointer user_data)
{
  lt_daemon_reload (user_data, NULL);
  return G_SOURCE_CONTINUE;
}

static void
watch_signals (LtDaemon *self)
{
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, on_end_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, on_end_signal, self);
  self->signal_ids[2] = g_unix_signal_add (SIGHUP, on_reload_signal, self);
}

static void
begin_to_serve (LtDaemon *self)
{
  lt_own_events_emit (self->own_events, "livetrace.started", "info", NULL);
  lt_source_list_start (self->sources);
  be_ready (self, TRUE);
}

static void
on_bus_joined (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LtDaemon) self = user_data;
  g_autoptr (GError) error = NULL;

  if (lt_dbus_service_start_finish (LT_DBUS_SERVICE (object), result, &error))
    {
      begin_to_serve (self);
      return;
    }
  if (g_error_matches (error, LT_ERROR, LT_ERROR_CANCELLED))
    return;

  g_prefix_error (&error, "bus \"%s\": ", self->bus);
  lt_daemon_quit (self, error);
}

static void
on_bus_lost (LtDbusService *dbus, const char *why, gpointer user_data)
{
  g_autoptr (GError) error = g_error_new (LT_ERROR, LT_ERROR_IO, "the bus is lost: %s", why);

  lt_daemon_quit (user_data, error);
}

static gboolean
on_bus_reload (gpointer user_data, GError **error)
{
  return lt_daemon_reload (user_data, error);
}

static void
join_bus (LtDaemon *self)
{
  LtDbusServiceLimits limits = LT_DBUS_SERVICE_LIMITS_DEFAULT;
  g_auto (GStrv) addresses = NULL;
  g_autofree char *url = NULL;

  lt_limits_get_event (self->configuration, &limits.event);
  self->dbus = lt_dbus_service_new (self->hub, self->access, &limits);
  if (self->http != NULL)
    {
      addresses = lt_http_server_dup_addresses (self->http);
      url = g_strdup_printf ("http://%s/", addresses[0]);
      lt_dbus_service_set_http (self->dbus, (const char *const *) addresses, url);
    }
  lt_dbus_service_set_reload_func (self->dbus, on_bus_reload, self);
  g_signal_connect (self->dbus, "lost", G_CALLBACK (on_bus_lost), self);
  lt_dbus_service_start_async (self->dbus, self->bus, self->cancellable, on_bus_joined,
                               g_object_ref (self));
}

static gboolean
start (LtDaemon *self, GError **error)
{
  raise_descriptor_limit ();
  if (!make_state_directory (self, error) || !set_up_core (self, error)
      || !set_up_sources (self, error) || !set_up_access (self, error)
      || !set_up_http (self, error))
    return FALSE;

  watch_signals (self);
  if (g_str_equal (self->bus, "none"))
    begin_to_serve (self);
  else
    join_bus (self);
  return TRUE;
}

static gboolean
on_goodbye_over (gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Lets the streams send their last words, those that can within the time. */
static void
say_goodbye (LtDaemon *self)
{
  gboolean is_over = FALSE;
  guint id = g_timeout_add (GOODBYE_MS, on_goodbye_over, &is_over);
  LtHubStatistics statistics;

  lt_hub_end_subscriptions (self->hub, "shutdown");
  lt_hub_get_statistics (self->hub, &statistics);
  while (statistics.subscriptions > 0 && !is_over)
    {
      g_main_context_iteration (NULL, TRUE);
      lt_hub_get_statistics (self->hub, &statistics);
    }
  g_source_remove (id);
}

static void
stop (LtDaemon *self)
{
  g_autoptr (GError) error = NULL;

  lt_notifier_stopping (self->notifier);
  lt_source_list_stop (self->sources);
  lt_own_events_emit (self->own_events, "livetrace.stopping", "info",
                      self->error != NULL ? self->error->message : NULL);
  g_cancellable_cancel (self->cancellable);
  say_goodbye (self);
  if (self->dbus != NULL)
    lt_dbus_service_stop (self->dbus);
  if (self->http != NULL)
    lt_http_server_stop (self->http);
  lt_access_flush (self->access);
  if (!lt_seen_file_save (self->seen_file, &error))
    g_warning ("%s", error->message);
}

/**
 * lt_daemon_new:
 * @configuration: what it is to obey
 * @line: what it was called with
 *
 * Returns: (transfer full): a daemon that does nothing yet
 */
LtDaemon *
lt_daemon_new (LtConfiguration *configuration, const LtCommandLine *line)
{
  LtDaemon *self = g_object_new (LT_TYPE_DAEMON, NULL);

  self->configuration = g_object_ref (configuration);
  self->path = g_strdup (line->path);
  self->overrides = g_strdupv (line->overrides);
  self->bus = g_strdup (line->bus);
  self->demo = line->demo;
  return self;
}

/**
 * lt_daemon_run:
 * @self: a daemon
 * @error: return location for an error
 *
 * Serves until SIGTERM or SIGINT, or until the bus is lost.
 *
 * Returns: %TRUE if it ended on request; else %FALSE and why it could not start or go on
 */
gboolean
lt_daemon_run (LtDaemon *self, GError **error)
{
  if (!start (self, error))
    return FALSE;

  g_main_loop_run (self->loop);
  stop (self);
  if (self->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

/* What can fail comes first. */
static gboolean
put_in_force (LtDaemon *self, LtConfiguration *configuration, GError **error)
{
  LtSessionLimits session_limits;
  LtHttpApiSettings api_settings;
  LtHttpSettings http_settings;
  LtHubLimits hub_limits;

  lt_limits_get_http (configuration, &http_settings);
  if (!load_catalogue (self, configuration, error)
      || !lt_source_list_configure (self->sources, configuration, error)
      || (self->http != NULL && !lt_http_server_configure (self->http, &http_settings, error))
      || !lt_levels_configure (lt_hub_get_levels (self->hub),
                               lt_configuration_get_levels (configuration), error))
    return FALSE;

  if (self->api != NULL)
    {
      lt_limits_get_http_api (configuration, &api_settings);
      lt_http_api_configure (self->api, &api_settings);
    }
  lt_limits_get_hub (configuration, &hub_limits);
  lt_hub_set_limits (self->hub, &hub_limits);
  lt_limits_get_sessions (configuration, &session_limits);
  lt_access_set_session_limits (self->access, &session_limits);
  lt_own_events_set_enabled (self->own_events,
                             lt_configuration_get_boolean (configuration, "daemon.events"));
  return TRUE;
}

/**
 * lt_daemon_reload:
 * @self: a daemon that runs
 * @error: return location for an error
 *
 * Reads the configuration again and puts it in force. On an error the one before stays.
 *
 * Returns: %TRUE if the new one is in force; else %FALSE and %LT_ERROR_INVALID_CONFIG
 */
gboolean
lt_daemon_reload (LtDaemon *self, GError **error)
{
  g_autoptr (LtConfiguration) next = NULL;
  g_auto (GStrv) restarts = NULL;
  g_autoptr (GError) cause = NULL;

  lt_notifier_reloading (self->notifier);
  next = lt_configuration_load (self->path, (const char *const *) self->overrides, &cause);
  if (next != NULL)
    restarts = lt_configuration_list_restarts (self->configuration, next);
  if (next == NULL || !put_in_force (self, next, &cause))
    {
      if (next != NULL)
        put_in_force (self, self->configuration, NULL);
      g_warning ("the configuration in force stays: %s", cause->message);
      lt_own_events_emit (self->own_events, "livetrace.reload-failed", "error", cause->message);
      be_ready (self, FALSE);
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  g_set_object (&self->configuration, next);
  for (guint i = 0; restarts[i] != NULL; i++)
    g_message ("the setting %s takes effect at the next start", restarts[i]);
  g_message ("the configuration was read again and is in force");
  lt_own_events_emit (self->own_events, "livetrace.reloaded", "info", NULL);
  be_ready (self, FALSE);
  return TRUE;
}

/**
 * lt_daemon_quit:
 * @self: a daemon that runs
 * @error: (nullable): why, if nobody asked for it
 *
 * Makes lt_daemon_run() end soon. Of several errors the first counts.
 */
void
lt_daemon_quit (LtDaemon *self, const GError *error)
{
  if (self->error == NULL && error != NULL)
    self->error = g_error_copy (error);
  g_main_loop_quit (self->loop);
}
