/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-client.h"
#include "lt-ctl-format.h"

#include <glib/gi18n.h>

/* Where values begin. */
#define VALUE_COLUMN 14

static guint64
get_counter (GVariant *properties, const char *name)
{
  guint64 value = 0;

  g_variant_lookup (properties, name, "t", &value);
  return value;
}

static const char *
get_text (GVariant *properties, const char *name)
{
  const char *value = "";

  g_variant_lookup (properties, name, "&s", &value);
  return value;
}

static gint64
get_start (GVariant *properties)
{
  gint64 started_us = 0;

  g_variant_lookup (properties, "StartedAt", "x", &started_us);
  return started_us;
}

static guint64
get_uptime (GVariant *properties)
{
  return (guint64) (MAX (0, g_get_real_time () - get_start (properties)) / G_USEC_PER_SEC);
}

static void
put_json (LtCtl *ctl, GVariant *properties)
{
  static const char *const counters[][2] = {
    { "received", "Received" }, { "refused", "Refused" },         { "delivered", "Delivered" },
    { "dropped", "Dropped" },   { "ringEvents", "RingEvents" },   { "ringBytes", "RingBytes" },
    { "spans", "Spans" },       { "subscribers", "Subscribers" },
  };
  g_autofree char *started = lt_ctl_format_time_json (get_start (properties));
  g_autoptr (GVariant) addresses
      = g_variant_lookup_value (properties, "HttpAddresses", G_VARIANT_TYPE_STRING_ARRAY);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string ("running"));
  g_variant_builder_add (&builder, "{sv}", "version",
                         g_variant_new_string (get_text (properties, "Version")));
  g_variant_builder_add (&builder, "{sv}", "epoch",
                         g_variant_new_string (get_text (properties, "Epoch")));
  g_variant_builder_add (&builder, "{sv}", "startedAt", g_variant_new_string (started));
  g_variant_builder_add (&builder, "{sv}", "uptimeSeconds",
                         g_variant_new_uint64 (get_uptime (properties)));
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    g_variant_builder_add (&builder, "{sv}", counters[i][0],
                           g_variant_new_uint64 (get_counter (properties, counters[i][1])));
  if (addresses != NULL)
    g_variant_builder_add (&builder, "{sv}", "httpAddresses", addresses);
  lt_ctl_put_json (ctl, g_variant_builder_end (&builder));
}

static void
put_row (LtCtl *ctl, const char *title, const char *value)
{
  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_PLAIN, title);
  lt_ctl_output_pad (ctl->out, VALUE_COLUMN);
  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_PLAIN, value);
  lt_ctl_output_end_line (ctl->out);
}

static void
put_counter (LtCtl *ctl, const char *title, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  put_row (ctl, title, text);
}

static char *
describe_ring (GVariant *properties)
{
  guint64 events = get_counter (properties, "RingEvents");
  g_autofree char *size
      = g_format_size_full (get_counter (properties, "RingBytes"), G_FORMAT_SIZE_IEC_UNITS);

  return g_strdup_printf (ngettext ("%lu event, %s", "%lu events, %s", events), (gulong) events,
                          size);
}

static char *
describe_addresses (GVariant *properties)
{
  g_autofree const char **addresses = NULL;

  g_variant_lookup (properties, "HttpAddresses", "^a&s", &addresses);
  if (addresses == NULL || addresses[0] == NULL)
    return g_strdup (_ ("none"));

  return g_strjoinv (", ", (char **) addresses);
}

static void
put_text (LtCtl *ctl, GVariant *properties)
{
  g_autofree char *started = lt_ctl_format_time (get_start (properties), FALSE);
  g_autofree char *uptime = lt_ctl_format_duration (get_uptime (properties));
  g_autofree char *running = g_strdup_printf (_ ("running for %s, since %s"), uptime, started);
  g_autofree char *ring = describe_ring (properties);
  g_autofree char *addresses = describe_addresses (properties);

  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_PLAIN, _ ("State"));
  lt_ctl_output_pad (ctl->out, VALUE_COLUMN);
  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_GREEN, running);
  lt_ctl_output_end_line (ctl->out);
  put_row (ctl, _ ("Version"), get_text (properties, "Version"));
  put_row (ctl, _ ("Epoch"), get_text (properties, "Epoch"));
  put_counter (ctl, _ ("Received"), get_counter (properties, "Received"));
  put_counter (ctl, _ ("Refused"), get_counter (properties, "Refused"));
  put_counter (ctl, _ ("Delivered"), get_counter (properties, "Delivered"));
  put_counter (ctl, _ ("Dropped"), get_counter (properties, "Dropped"));
  put_row (ctl, _ ("Ring"), ring);
  put_counter (ctl, _ ("Spans"), get_counter (properties, "Spans"));
  put_counter (ctl, _ ("Subscribers"), get_counter (properties, "Subscribers"));
  put_row (ctl, _ ("HTTP"), addresses);
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  const LtCtlOption options[] = { { NULL } };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) properties = NULL;

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 0, 0, error))
    return FALSE;

  /* Asking how it is shall not start it. */
  reply = lt_ctl_call_object (ctl, LT_CTL_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                              g_variant_new ("(s)", LT_CTL_MANAGER),
                              G_DBUS_CALL_FLAGS_NO_AUTO_START, error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(@a{sv})", &properties);
  if (ctl->json)
    put_json (ctl, properties);
  else
    put_text (ctl, properties);
  return TRUE;
}

const LtCtlCommand lt_ctl_command_status = {
  .name = "status",
  .summary = N_ ("Say how the daemon is"),
  .run = run,
};
