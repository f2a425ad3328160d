/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-streams.h"

#include "lt-dbus-error.h"
#include "lt-dbus-subscriber.h"
#include "lt-injector.h"

#include "core/lt-options.h"
#include "core/lt-stream.h"
#include "core/lt-time.h"
#include "json/lt-json.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct _LtDbusStreams
{
  GObject parent_instance;

  LtHub *hub;                 /* (owned) */
  LtEventBuilder *builder;    /* (unowned) */
  LtDbusAuthority *authority; /* (owned) */
  GPtrArray *injectors;       /* (owned) (element-type LtInjector): those open */
  LtDbusStreamLimits limits;
};

G_DEFINE_FINAL_TYPE (LtDbusStreams, lt_dbus_streams, G_TYPE_OBJECT)

static const LtOptionSpec injector_options[] = {
  { .name = "name", .type = LT_OPTION_STRING, .maximum = 64 },
};

static const LtOptionSpec subscribe_options[] = {
  { .name = "context",
    .type = LT_OPTION_CHOICE,
    .fallback = "span",
    .choices = "event|span|trace" },
  { .name = "last-event-id", .type = LT_OPTION_STRING, .maximum = 256 },
  { .name = "since", .type = LT_OPTION_STRING, .maximum = 64 },
  { .name = "last", .type = LT_OPTION_UNSIGNED, .maximum = G_MAXINT64 },
  { .name = "limit", .type = LT_OPTION_UNSIGNED, .minimum = 1, .maximum = G_MAXINT64 },
  { .name = "client", .type = LT_OPTION_STRING, .maximum = 256 },
};

/* Makes a pair of sockets of which ours does not block; the caller's is as a newcomer expects it.
 */
static gboolean
make_sockets (int *ours, int *theirs, GError **error)
{
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY, "cannot make a socket (%s); try again later",
                   g_strerror (errno));
      return FALSE;
    }
  if (!g_unix_set_fd_nonblocking (pair[0], TRUE, error))
    {
      close (pair[0]);
      close (pair[1]);
      lt_error_translate (error, LT_ERROR_IO, "cannot set up a socket");
      return FALSE;
    }

  *ours = pair[0];
  *theirs = pair[1];
  return TRUE;
}

/* Takes @fd and @values. */
static void
return_fd (GDBusMethodInvocation *invocation, GVariant *values, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);

  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, values, fds);
}

static gboolean
check_fd_passing (GDBusMethodInvocation *invocation, GError **error)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);

  if ((g_dbus_connection_get_capabilities (connection) & G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING)
      != 0)
    return TRUE;

  g_set_error (error, LT_ERROR, LT_ERROR_IO, "this bus passes no file descriptors; use HTTP");
  return FALSE;
}

static LtOptions *
read_options (const LtOptionSpec *specs, guint n_specs, GVariant *dict, GError **error)
{
  g_autoptr (LtOptions) options = lt_options_new (specs, n_specs);

  if (!lt_options_set_dict (options, dict, error))
    return NULL;

  return g_steal_pointer (&options);
}

/* `since` may be a number too, which no row of a table can say: it becomes text. */
static GVariant *
write_since_as_text (GVariant *dict)
{
  g_autoptr (GVariant) since = g_variant_lookup_value (dict, "since", G_VARIANT_TYPE_INT64);
  GVariantDict changed;
  char text[LT_TIME_FORMAT_SIZE];

  if (since == NULL)
    return g_variant_ref (dict);

  lt_time_format (CLAMP (g_variant_get_int64 (since), LT_TIME_MIN_US, LT_TIME_MAX_US), text);
  g_variant_dict_init (&changed, dict);
  g_variant_dict_insert (&changed, "since", "s", text);
  return g_variant_ref_sink (g_variant_dict_end (&changed));
}

static gboolean
parse_since (const char *text, gint64 *since_us, GError **error)
{
  const char *duration = *text == '-' ? text + 1 : text;
  double milliseconds = 0;

  if (lt_time_parse (text, strlen (text), since_us))
    return TRUE;

  if (lt_duration_parse (duration, strlen (duration), &milliseconds) && milliseconds >= 0)
    {
      gint64 now_us = g_get_real_time ();

      milliseconds = MIN (milliseconds, (double) now_us / 1000);
      *since_us = now_us - (gint64) (milliseconds * 1000);
      return TRUE;
    }

  g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
               "option \"since\" must be a time such as 2026-11-22T06:35:06Z or a duration such as "
               "5m, not \"%s\"",
               text);
  return FALSE;
}

/* The first of the three that is there decides alone. */
static gboolean
read_start (const LtOptions *options, LtSubscriptionOptions *out, GError **error)
{
  out->start = LT_START_NOW;
  if (lt_options_is_set (options, "last-event-id"))
    {
      out->start = LT_START_AFTER_ID;
      out->after = lt_options_get_string (options, "last-event-id");
    }
  else if (lt_options_is_set (options, "since"))
    {
      out->start = LT_START_SINCE;
      return parse_since (lt_options_get_string (options, "since"), &out->since_us, error);
    }
  else if (lt_options_is_set (options, "last"))
    {
      out->start = LT_START_LAST;
      out->last = lt_options_get_unsigned (options, "last");
    }

  return TRUE;
}

static LtSubscription *
make_subscription (LtDbusStreams *self, GDBusMethodInvocation *invocation, GError **error)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  g_autofree char *identity = lt_dbus_authority_describe_caller (self->authority, sender);
  g_autoptr (LtFilter) filter = NULL;
  g_autoptr (LtOptions) options = NULL;
  g_autoptr (GVariant) given = NULL;
  g_autoptr (GVariant) dict = NULL;
  LtSubscriptionOptions subscription_options = { .transport = "dbus" };
  const char *text;

  g_variant_get (parameters, "(&s@a{sv})", &text, &given);
  dict = write_since_as_text (given);
  options = read_options (subscribe_options, G_N_ELEMENTS (subscribe_options), dict, error);
  if (options == NULL)
    return NULL;
  if (!read_start (options, &subscription_options, error)
      || !lt_context_parse (lt_options_get_string (options, "context"),
                            &subscription_options.context, error))
    return NULL;

  filter = lt_filter_new_from_text (lt_hub_get_catalogue (self->hub), text, error);
  if (filter == NULL)
    return NULL;

  if (lt_options_is_set (options, "limit"))
    subscription_options.limit = lt_options_get_unsigned (options, "limit");
  subscription_options.peer = sender;
  subscription_options.identity = identity;
  if (lt_options_is_set (options, "client"))
    subscription_options.user_agent = lt_options_get_string (options, "client");
  return lt_subscription_new (self->hub, filter, &subscription_options, error);
}

static void
on_closed (LtStream *stream, const char *reason, gpointer user_data)
{
  lt_subscription_log_closed (lt_stream_get_subscription (stream), reason);
}

static gboolean
subscribe (LtDbusStreams *self, GDBusMethodInvocation *invocation, GError **error)
{
  LtStreamOptions stream_options = { .framing = &lt_framing_ndjson };
  g_autoptr (LtSubscription) subscription = NULL;
  g_autoptr (LtStream) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *path = NULL;
  int ours = -1;
  int theirs = -1;

  if (!check_fd_passing (invocation, error))
    return FALSE;

  subscription = make_subscription (self, invocation, error);
  if (subscription == NULL || !make_sockets (&ours, &theirs, error))
    return FALSE;

  socket = g_socket_new_from_fd (ours, error);
  if (socket == NULL)
    {
      lt_error_translate (error, LT_ERROR_IO, "cannot set up a socket");
      close (ours);
      close (theirs);
      return FALSE;
    }

  path = lt_dbus_subscriber_dup_path (subscription);
  stream = lt_stream_new (subscription, socket, &stream_options);
  g_signal_connect (stream, "closed", G_CALLBACK (on_closed), NULL);
  lt_subscription_log_opened (subscription, lt_subscription_get_identity (subscription));
  lt_stream_start (stream);
  return_fd (invocation, g_variant_new ("(oh)", path, 0), theirs);
  return TRUE;
}

static void
on_injector_closed (LtInjector *injector, gpointer user_data)
{
  LtDbusStreams *self = user_data;

  g_signal_handlers_disconnect_by_data (injector, self);
  g_ptr_array_remove_fast (self->injectors, injector);
}

static gboolean
check_injector_limits (LtDbusStreams *self, const char *sender, GError **error)
{
  guint n_of_caller = 0;

  if (self->injectors->len >= self->limits.max_injectors)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_BUSY,
                   "there are %u injectors already; try again when one has closed",
                   self->injectors->len);
      return FALSE;
    }

  for (guint i = 0; i < self->injectors->len; i++)
    {
      if (g_str_equal (lt_injector_get_peer (g_ptr_array_index (self->injectors, i)), sender))
        n_of_caller++;
    }
  if (n_of_caller >= self->limits.max_injectors_per_caller)
    {
      g_set_error (error, LT_ERROR, LT_ERROR_TOO_MANY,
                   "you have %u injectors open already; use or close them", n_of_caller);
      return FALSE;
    }

  return TRUE;
}

static gboolean
open_injector (LtDbusStreams *self, GDBusMethodInvocation *invocation, GError **error)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  g_autoptr (LtOptions) options = NULL;
  g_autoptr (GVariant) dict = g_variant_get_child_value (parameters, 0);
  g_autoptr (LtInjector) injector = NULL;
  const char *name = sender;
  int ours = -1;
  int theirs = -1;

  options = read_options (injector_options, G_N_ELEMENTS (injector_options), dict, error);
  if (options == NULL || !check_fd_passing (invocation, error)
      || !check_injector_limits (self, sender, error) || !make_sockets (&ours, &theirs, error))
    return FALSE;

  if (lt_options_is_set (options, "name"))
    name = lt_options_get_string (options, "name");
  injector = lt_injector_new (self->hub, self->builder, name, sender, ours);
  g_signal_connect (injector, "closed", G_CALLBACK (on_injector_closed), self);
  g_ptr_array_add (self->injectors, g_object_ref (injector));
  lt_source_start (LT_SOURCE (injector), NULL);
  return_fd (invocation, g_variant_new ("(h)", 0), theirs);
  return TRUE;
}

static void
lt_dbus_streams_dispose (GObject *object)
{
  LtDbusStreams *self = LT_DBUS_STREAMS (object);

  if (self->injectors != NULL)
    lt_dbus_streams_shut_down (self);
  g_clear_pointer (&self->injectors, g_ptr_array_unref);
  g_clear_object (&self->authority);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_dbus_streams_parent_class)->dispose (object);
}

static void
lt_dbus_streams_class_init (LtDbusStreamsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_dbus_streams_dispose;
}

static void
lt_dbus_streams_init (LtDbusStreams *self)
{
  self->injectors = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * lt_dbus_streams_new:
 * @hub: where events come from and go to
 * @builder: (transfer none): puts events together; outlives the streams
 * @authority: knows the callers' users
 * @limits: how many injectors there may be
 *
 * Returns: (transfer full): streams, of which none is open
 */
LtDbusStreams *
lt_dbus_streams_new (LtHub *hub, LtEventBuilder *builder, LtDbusAuthority *authority,
                     const LtDbusStreamLimits *limits)
{
  LtDbusStreams *self = g_object_new (LT_TYPE_DBUS_STREAMS, NULL);

  self->hub = g_object_ref (hub);
  self->builder = builder;
  self->authority = g_object_ref (authority);
  self->limits = *limits;
  return self;
}

/**
 * lt_dbus_streams_subscribe:
 * @self: the streams
 * @invocation: (transfer full): a call with the parameters `(sa{sv})`
 *
 * Opens a live stream and answers with `(oh)`, or an error.
 */
void
lt_dbus_streams_subscribe (LtDbusStreams *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (!subscribe (self, invocation, &error))
    lt_dbus_return_error (invocation, error);
}

/**
 * lt_dbus_streams_open_injector:
 * @self: the streams
 * @invocation: (transfer full): a call with the parameters `(a{sv})`
 *
 * Opens an injector and answers with `(h)`, or an error.
 */
void
lt_dbus_streams_open_injector (LtDbusStreams *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (!open_injector (self, invocation, &error))
    lt_dbus_return_error (invocation, error);
}

/**
 * lt_dbus_streams_list_sources:
 * @self: the streams
 *
 * Returns: (transfer full) (element-type LtSource): the injectors that are open
 */
GPtrArray *
lt_dbus_streams_list_sources (LtDbusStreams *self)
{
  return g_ptr_array_copy (self->injectors, (GCopyFunc) (void *) g_object_ref, NULL);
}

/**
 * lt_dbus_streams_shut_down:
 * @self: the streams
 *
 * Closes all injectors.
 */
void
lt_dbus_streams_shut_down (LtDbusStreams *self)
{
  while (self->injectors->len > 0)
    {
      g_autoptr (LtSource) source = g_object_ref (g_ptr_array_index (self->injectors, 0));

      lt_source_stop (source);
    }
}
