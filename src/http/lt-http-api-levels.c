/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-api-private.h"

#include "core/lt-error.h"
#include "core/lt-levels.h"

/* Longest time a level can be set for, in seconds: a year. */
#define MAX_SECONDS (366 * 24 * 3600)

static const LtOptionSpec level_members[] = {
  { .name = "level", .type = LT_OPTION_STRING, .required = TRUE, .maximum = 64 },
  { .name = "seconds", .type = LT_OPTION_UNSIGNED, .maximum = MAX_SECONDS, .fallback = "0" },
};

static void
write_setting (LtJsonWriter *writer, const LtLevelSetting *setting)
{
  lt_json_writer_begin_object (writer, NULL);
  lt_json_writer_add_string (writer, "glob", setting->glob);
  lt_json_writer_add_string (writer, "level", lt_level_to_string (setting->level));
  lt_json_writer_add_boolean (writer, "configured", setting->configured);
  lt_json_writer_add_unsigned (writer, "secondsLeft", setting->seconds_left);
  lt_json_writer_end_object (writer);
}

static void
on_list (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  g_autoptr (GPtrArray) settings = NULL;
  g_auto (LtJsonWriter) writer = { 0 };

  if (!lt_http_api_check_no_query (request))
    return;

  settings = lt_levels_list (lt_hub_get_levels (self->hub));
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "levels");
  for (guint i = 0; i < settings->len; i++)
    write_setting (&writer, g_ptr_array_index (settings, i));
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
respond_setting (LtHttpApi *self, LtHttpRequest *request, const char *glob)
{
  g_autoptr (GPtrArray) settings = lt_levels_list (lt_hub_get_levels (self->hub));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < settings->len; i++)
    {
      const LtLevelSetting *setting = g_ptr_array_index (settings, i);
      g_auto (LtJsonWriter) writer = { 0 };

      if (!g_str_equal (setting->glob, glob))
        continue;
      lt_json_writer_init (&writer);
      write_setting (&writer, setting);
      lt_http_api_respond_json (request, 200, &writer);
      return;
    }

  g_set_error (&error, LT_ERROR, LT_ERROR_NOT_FOUND,
               "no level is set for \"%.128s\"; /api/tracing/levels lists those that are", glob);
  lt_http_request_respond_error (request, error);
}

static void
on_get (LtHttpRequest *request, gpointer user_data)
{
  if (lt_http_api_check_no_query (request))
    respond_setting (LT_HTTP_API (user_data), request, lt_http_request_get_segment (request, 3));
}

static void
on_put (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  const char *glob = lt_http_request_get_segment (request, 3);
  g_autofree char *who = lt_identity_describe (lt_http_api_get_identity (request));
  g_autoptr (LtOptions) members = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *how_long = NULL;
  guint64 seconds;
  LtLevel level;

  if (!lt_http_api_check_no_query (request))
    return;
  members = lt_http_api_read_body (request, level_members, G_N_ELEMENTS (level_members));
  if (members == NULL)
    return;
  if (!lt_level_parse_threshold (lt_options_get_string (members, "level"), &level, &error)
      || !lt_levels_set (lt_hub_get_levels (self->hub), glob, level,
                         lt_options_get_unsigned (members, "seconds"), &error))
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  seconds = lt_options_get_unsigned (members, "seconds");
  how_long = seconds > 0 ? g_strdup_printf ("for %" G_GUINT64_FORMAT " s", seconds)
                         : g_strdup ("until the next reload");
  g_message ("level of \"%s\" set to %s %s by %s", glob, lt_level_to_string (level), how_long, who);
  respond_setting (self, request, glob);
}

static void
on_delete (LtHttpRequest *request, gpointer user_data)
{
  LtHttpApi *self = LT_HTTP_API (user_data);
  const char *glob = lt_http_request_get_segment (request, 3);
  g_autofree char *who = lt_identity_describe (lt_http_api_get_identity (request));
  g_autoptr (GError) error = NULL;

  if (!lt_http_api_check_no_query (request))
    return;
  if (!lt_levels_reset (lt_hub_get_levels (self->hub), glob, &error))
    {
      lt_http_request_respond_error (request, error);
      return;
    }

  g_message ("level of \"%s\" reset by %s", glob, who);
  lt_http_api_respond_empty (request, 204);
}

static const LtHttpRoute level_routes[] = {
  { "GET", "/api/tracing/levels", LT_PERMISSION_MANAGE, 0, on_list },
  { "GET", "/api/tracing/levels/*", LT_PERMISSION_MANAGE, 0, on_get },
  { "PUT", "/api/tracing/levels/*", LT_PERMISSION_MANAGE, LT_HTTP_MAX_CONTROL_BYTES, on_put },
  { "DELETE", "/api/tracing/levels/*", LT_PERMISSION_MANAGE, 0, on_delete },
};

/**
 * lt_http_api_add_level_routes:
 * @self: the HTTP interface
 *
 * Adds what shows and sets levels.
 */
void
lt_http_api_add_level_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, level_routes, G_N_ELEMENTS (level_routes), self);
}
