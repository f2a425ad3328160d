/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "browser-fixture.h"

#include "daemon-fixture.h"

#include <string.h>

/* Nothing but what the test asks for: no sandbox (tests may run as root), no GPU, no talk with
 * anybody. */
static const char *const arguments[] = {
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-sync",
  "--no-proxy-server",
  "--disable-component-update",
  "--disable-dev-shm-usage",
};

/* Returns why there can be no browser, or %NULL. */
const char *
test_browser_find_obstacle (void)
{
  g_autofree char *browser = g_find_program_in_path ("chromium");
  g_autofree char *driver = g_find_program_in_path ("chromedriver");

  if (browser == NULL)
    return "chromium is not installed";
  if (driver == NULL)
    return "chromedriver (Debian package chromium-driver) is not installed";

  return NULL;
}

static JsonNode *
ask (TestBrowser *self, const char *method, const char *address, JsonNode *parameters)
{
  g_autoptr (SoupMessage) message = soup_message_new (method, address);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *answer;

  if (parameters != NULL)
    {
      g_autofree char *text = json_to_string (parameters, FALSE);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  body = soup_session_send_and_read (self->http, message, NULL, &error);
  g_assert_no_error (error);
  json_parser_load_from_data (parser, g_bytes_get_data (body, NULL),
                              (gssize) g_bytes_get_size (body), &error);
  g_assert_no_error (error);
  answer = json_node_get_object (json_parser_get_root (parser));
  if (soup_message_get_status (message) != SOUP_STATUS_OK)
    g_error ("WebDriver: %s", json_object_get_string_member (
                                  json_object_get_object_member (answer, "value"), "message"));

  return json_node_copy (json_object_get_member (answer, "value"));
}

static char *
read_driver_address (TestBrowser *self)
{
  g_autoptr (GDataInputStream) lines
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->driver));
  static const char said[] = "started successfully on port ";

  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      const char *port;

      g_assert_nonnull (line);
      port = strstr (line, said);
      if (port != NULL)
        return g_strdup_printf ("http://127.0.0.1:%d", atoi (port + strlen (said)));
    }
}

static JsonNode *
make_capabilities (const char *profile_folder)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *profile = g_strdup_printf ("--user-data-dir=%s", profile_folder);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "capabilities");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "alwaysMatch");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "timeouts");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "script");
  json_builder_add_int_value (builder, 120000);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "goog:chromeOptions");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "args");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++)
    json_builder_add_string_value (builder, arguments[i]);
  json_builder_add_string_value (builder, profile);
  json_builder_end_array (builder);
  for (int i = 0; i < 4; i++)
    json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

void
test_browser_init (TestBrowser *self, const char *profile_folder)
{
  static const char *const argv[] = { "chromedriver", "--port=0", NULL };
  g_autoptr (JsonNode) capabilities = make_capabilities (profile_folder);
  g_autoptr (JsonNode) session = NULL;
  g_autofree char *address = NULL;
  g_autofree char *sessions = NULL;

  self->driver = test_spawn (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  self->http = soup_session_new ();
  address = read_driver_address (self);
  sessions = g_strconcat (address, "/session", NULL);
  session = ask (self, "POST", sessions, capabilities);
  self->session_address = g_strdup_printf (
      "%s/%s", sessions,
      json_object_get_string_member (json_node_get_object (session), "sessionId"));
}

static JsonNode *
ask_session (TestBrowser *self, const char *command, const char *name, const char *value)
{
  g_autofree char *address = g_strdup_printf ("%s/%s", self->session_address, command);
  g_autoptr (JsonNode) parameters = json_node_alloc ();
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, name, value);
  if (g_str_equal (name, "script"))
    json_object_set_array_member (object, "args", json_array_new ());
  json_node_init_object (parameters, object);
  json_object_unref (object);

  return ask (self, "POST", address, parameters);
}

void
test_browser_open (TestBrowser *self, const char *url)
{
  g_autoptr (JsonNode) nothing = ask_session (self, "url", "url", url);
}

/* Runs @script in the page. Returns what it returns, or what its promise becomes. */
JsonNode *
test_browser_run (TestBrowser *self, const char *script)
{
  return ask_session (self, "execute/sync", "script", script);
}

void
test_browser_clear (TestBrowser *self)
{
  g_autoptr (JsonNode) nothing = ask (self, "DELETE", self->session_address, NULL);

  g_subprocess_force_exit (self->driver);
  g_subprocess_wait (self->driver, NULL, NULL);
  g_clear_object (&self->driver);
  g_clear_object (&self->http);
  g_clear_pointer (&self->session_address, g_free);
}
