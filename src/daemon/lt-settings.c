/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-settings.h"

#include "core/lt-address.h"
#include "sources/lt-syslog-source.h"

#include <gio/gio.h>
#include <string.h>

#define MINUTE_MS (60 * G_GUINT64_CONSTANT (1000))
#define DAY_MS    (24 * 60 * MINUTE_MS)
#define KIB       G_GUINT64_CONSTANT (1024)
#define MIB       (1024 * KIB)
#define GIB       (1024 * MIB)

/* The settings, under the names that files, `--set`, errors and docs/configuration.md share. */
static const LtOptionSpec specs[] = {
  { "http.listen", LT_OPTION_STRING_LIST, .fallback = "127.0.0.1:8425;[::1]:8425" },
  { "http.hosts", LT_OPTION_STRING_LIST, .maximum = 260, .fallback = "" },
  { "http.trusted-proxies", LT_OPTION_STRING_LIST, .maximum = 64, .fallback = "" },
  { "http.max-connections", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 65536,
    .fallback = "1024" },
  { "http.max-streams", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 65536, .fallback = "1000" },
  { "http.max-per-peer", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 65536, .fallback = "64" },
  { "http.header-timeout", LT_OPTION_DURATION_MS, .minimum = 100, .maximum = 10 * MINUTE_MS,
    .fallback = "10s" },
  { "http.body-timeout", LT_OPTION_DURATION_MS, .minimum = 100, .maximum = 10 * MINUTE_MS,
    .fallback = "15s" },
  { "http.body-limit", LT_OPTION_SIZE, .minimum = KIB, .maximum = GIB, .fallback = "8MiB" },
  { "http.batch-events", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 1000000,
    .fallback = "10000" },
  { "http.ping-interval", LT_OPTION_DURATION_MS, .minimum = 100, .maximum = 10 * MINUTE_MS,
    .fallback = "15s" },
  { "http.stall-timeout", LT_OPTION_DURATION_MS, .minimum = 100, .maximum = 60 * MINUTE_MS,
    .fallback = "30s" },
  { "ring.size", LT_OPTION_SIZE, .minimum = 64 * KIB, .maximum = 64 * GIB, .fallback = "64MiB" },
  { "spans.limit", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 100000000, .fallback = "100000" },
  { "spans.bytes", LT_OPTION_SIZE, .minimum = 64 * KIB, .maximum = 64 * GIB, .fallback = "32MiB" },
  { "event.size", LT_OPTION_SIZE, .minimum = KIB, .maximum = 16 * MIB, .fallback = "64KiB" },
  { "event.keys", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 4096, .fallback = "64" },
  { "event.nesting", LT_OPTION_UNSIGNED, .minimum = 0, .maximum = 30, .fallback = "8" },
  { "subscriptions.limit", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 65536, .fallback = "1000" },
  { "subscriptions.unsent", LT_OPTION_SIZE, .minimum = 64 * KIB, .maximum = GIB,
    .fallback = "1MiB" },
  { "subscriptions.unsent-total", LT_OPTION_SIZE, .minimum = 64 * KIB, .maximum = 64 * GIB,
    .fallback = "64MiB" },
  { "subscriptions.backfill-events", LT_OPTION_UNSIGNED, .minimum = 0, .maximum = 100000,
    .fallback = "1000" },
  { "subscriptions.backfill-bytes", LT_OPTION_SIZE, .minimum = 0, .maximum = 64 * MIB,
    .fallback = "256KiB" },
  { "access.session-idle", LT_OPTION_DURATION_MS, .minimum = MINUTE_MS, .maximum = 3650 * DAY_MS,
    .fallback = "7d" },
  { "access.session-lifetime", LT_OPTION_DURATION_MS, .minimum = MINUTE_MS,
    .maximum = 3650 * DAY_MS, .fallback = "30d" },
  { "catalogue.directory", LT_OPTION_STRING, .fallback = LT_SYSCONF_DIR "/livetrace/catalogue.d" },
  { "rules.directory", LT_OPTION_STRING, .fallback = LT_SYSCONF_DIR "/livetrace/rules.d" },
  { "daemon.events", LT_OPTION_BOOLEAN, .fallback = "false" },
  { "daemon.state-directory", LT_OPTION_STRING },
  { "demo.rate", LT_OPTION_UNSIGNED, .minimum = 1, .maximum = 1000000, .fallback = "20" },
  { "demo.seed", LT_OPTION_UNSIGNED, .minimum = 0, .maximum = G_MAXUINT32, .fallback = "1" },
};

static const LtOptionSpec source_specs[] = {
  { "kind", LT_OPTION_CHOICE, .required = TRUE, .choices = "file|syslog" },
  { "path", LT_OPTION_STRING },
  { "listen", LT_OPTION_STRING },
  { "rules", LT_OPTION_STRING_LIST, .fallback = "" },
  { "from-start", LT_OPTION_BOOLEAN, .fallback = "false" },
};

/* The order of `--check-config`. */
static const char *const groups[]
    = { "http",   "ring",      "spans", "event",  "subscriptions", "levels",
        "access", "catalogue", "rules", "daemon", "demo",          NULL };

static const char *const restart_names[]
    = { "http.listen", "daemon.state-directory", "demo.rate", "demo.seed", NULL };

static GStrv
list_names (const LtOptionSpec *rows, guint n_rows)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n_rows; i++)
    g_strv_builder_add (builder, rows[i].name);

  return g_strv_builder_end (builder);
}

/**
 * lt_settings_new_options:
 *
 * Returns: (transfer full): the settings with their defaults, all but `levels.GLOB` and
 *   `source.NAME.SETTING`
 */
LtOptions *
lt_settings_new_options (void)
{
  return lt_options_new (specs, G_N_ELEMENTS (specs));
}

/**
 * lt_settings_new_source_options:
 *
 * Returns: (transfer full): the settings of one `[source NAME]` group with their defaults
 */
LtOptions *
lt_settings_new_source_options (void)
{
  return lt_options_new (source_specs, G_N_ELEMENTS (source_specs));
}

/**
 * lt_settings_get_groups:
 *
 * Returns: (transfer none) (array zero-terminated=1): the groups a file may have, without
 *   `source NAME`
 */
const char *const *
lt_settings_get_groups (void)
{
  return groups;
}

/**
 * lt_settings_list_names:
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of lt_settings_new_options()
 */
GStrv
lt_settings_list_names (void)
{
  return list_names (specs, G_N_ELEMENTS (specs));
}

/**
 * lt_settings_list_source_names:
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of
 *   lt_settings_new_source_options()
 */
GStrv
lt_settings_list_source_names (void)
{
  return list_names (source_specs, G_N_ELEMENTS (source_specs));
}

/**
 * lt_settings_need_restart:
 * @name: a setting's published name
 *
 * Returns: %TRUE if a change takes effect only when the daemon starts, not at a reload
 */
gboolean
lt_settings_need_restart (const char *name)
{
  return g_strv_contains (restart_names, name);
}

static gboolean
check_listen_address (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return FALSE;
  if (text[0] != '[')
    {
      host = g_strndup (text, (gsize) (colon - text));
      return strchr (host, ':') == NULL && g_hostname_is_ip_address (host);
    }
  if (colon - text < 3 || colon[-1] != ']')
    return FALSE;

  host = g_strndup (text + 1, (gsize) (colon - text - 2));
  return strchr (host, ':') != NULL && g_hostname_is_ip_address (host);
}

static gboolean
check_host (const char *text)
{
  return text[strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.:[]")] == '\0';
}

static gboolean
check_path (const char *text)
{
  return g_path_is_absolute (text);
}

/* What a validator table has no words for. */
static const struct
{
  const char *name;
  gboolean (*check) (const char *text);
  const char *allowed;
} checks[] = {
  { "http.listen", check_listen_address,
    "addresses with a port, such as 127.0.0.1:8425 or [::1]:8425" },
  { "http.hosts", check_host, "host names, with a port or without, such as trace.example.org" },
  { "catalogue.directory", check_path, "a path that begins with \"/\"" },
  { "rules.directory", check_path, "a path that begins with \"/\"" },
  { "daemon.state-directory", check_path, "a path that begins with \"/\"" },
};

static gboolean
check_texts (const char *const *texts, guint row, GError **error)
{
  for (guint i = 0; texts[i] != NULL; i++)
    {
      if (!checks[row].check (texts[i]))
        {
          g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                       "option \"%s\" must be %s, not \"%s\"", checks[row].name,
                       checks[row].allowed, texts[i]);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_proxies (LtOptions *options, GError **error)
{
  const char *const *ranges = lt_options_get_strings (options, "http.trusted-proxies");

  for (guint i = 0; ranges[i] != NULL; i++)
    {
      LtAddressRange range;

      if (!lt_address_range_parse (ranges[i], &range, error))
        {
          g_prefix_error (error, "option \"http.trusted-proxies\": ");
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * lt_settings_check:
 * @options: what lt_settings_new_options() gave
 * @name: the setting just set
 * @error: return location for an error
 *
 * Checks what the validator table cannot: addresses, host names, paths.
 *
 * Returns: %TRUE if the value can be used; else %FALSE and %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_settings_check (LtOptions *options, const char *name, GError **error)
{
  if (g_str_equal (name, "http.trusted-proxies"))
    return check_proxies (options, error);

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      if (!g_str_equal (checks[i].name, name))
        continue;
      if (g_str_has_prefix (name, "http."))
        return check_texts (lt_options_get_strings (options, name), i, error);

      return check_texts ((const char *[]){ lt_options_get_string (options, name), NULL }, i,
                          error);
    }

  return TRUE;
}

/**
 * lt_settings_check_source:
 * @options: what lt_settings_new_source_options() gave
 * @error: return location for an error
 *
 * Checks a whole `[source NAME]` group.
 *
 * Returns: %TRUE if it can be used; else %FALSE and %LT_ERROR_INVALID_ARGUMENT
 */
gboolean
lt_settings_check_source (LtOptions *options, GError **error)
{
  const char *needed;
  const char *other;
  const char *value;
  const char *kind;

  if (!lt_options_check_required (options, error))
    return FALSE;

  kind = lt_options_get_string (options, "kind");
  needed = g_str_equal (kind, "file") ? "path" : "listen";
  other = g_str_equal (kind, "file") ? "listen" : "path";
  if (!lt_options_is_set (options, needed))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "a source of kind \"%s\" needs the option \"%s\"", kind, needed);
      return FALSE;
    }
  if (lt_options_is_set (options, other))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "a source of kind \"%s\" takes no option \"%s\"; it has \"%s\"", kind, other,
                   needed);
      return FALSE;
    }
  value = lt_options_get_string (options, needed);
  if (g_str_equal (kind, "syslog"))
    return lt_syslog_source_check_address (value, error);
  if (!g_path_is_absolute (value))
    {
      g_set_error (error, LT_ERROR, LT_ERROR_INVALID_ARGUMENT,
                   "option \"%s\" must be a path that begins with \"/\", not \"%s\"", needed,
                   value);
      return FALSE;
    }

  return TRUE;
}
