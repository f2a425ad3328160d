/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-fixture.h"

#include "core/lt-subscription.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void
api_fixture_set_up (ApiFixture *self, gconstpointer data)
{
  static const char *const listen[] = { "127.0.0.1:0", NULL };
  LtHttpSettings settings = LT_HTTP_SETTINGS_DEFAULT;
  const LtEventLimits limits = LT_EVENT_LIMITS_DEFAULT;
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GError) error = NULL;

  settings.listen = listen;
  self->catalogue = lt_catalogue_new ();
  lt_key_unref (lt_catalogue_add_key (self->catalogue, "to", LT_VALUE_STRING, NULL));
  lt_key_unref (lt_catalogue_add_key (self->catalogue, "remoteIp", LT_VALUE_IP, NULL));
  lt_event_type_unref (lt_catalogue_add_type (self->catalogue, "smtp.rcpt-to", NULL));
  self->hub = lt_hub_new (self->catalogue, NULL);
  self->access = lt_access_new (NULL, NULL);
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);
  self->builder = lt_event_builder_new (self->catalogue, &limits);
  self->server = lt_http_server_new (&settings, &error);
  g_assert_no_error (error);
  self->api = lt_http_api_new (self->hub, self->access, self->sources, "1.2.3");
  lt_http_api_serve (self->api, self->server);
  g_assert_true (lt_http_server_start (self->server, &error));
  g_assert_no_error (error);
  addresses = lt_http_server_dup_addresses (self->server);
  self->address = g_strdup (addresses[0]);
  self->port = g_strdup (strrchr (self->address, ':') + 1);
  self->observe = lt_access_create_token (self->access, "watcher", LT_PERMISSION_OBSERVE, 0,
                                          &self->observe_id, NULL);
  self->inject
      = lt_access_create_token (self->access, "feeder", LT_PERMISSION_INJECT, 0, NULL, NULL);
  self->manage
      = lt_access_create_token (self->access, "chief", LT_PERMISSION_MANAGE, 0, NULL, NULL);
}

void
api_fixture_tear_down (ApiFixture *self, gconstpointer data)
{
  lt_http_api_end_streams (self->api, "shutdown");
  api_wait_for_no_subscriber (self);
  lt_http_server_stop (self->server);
  g_assert_finalize_object (self->server);
  g_assert_finalize_object (self->api);
  lt_event_builder_free (self->builder);
  g_assert_finalize_object (self->hub);
  g_assert_finalize_object (self->access);
  g_assert_finalize_object (self->catalogue);
  g_ptr_array_unref (self->sources);
  g_free (self->address);
  g_free (self->port);
  g_free (self->observe);
  g_free (self->observe_id);
  g_free (self->inject);
  g_free (self->manage);
}

guint64
api_submit (ApiFixture *self, const char *type, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  LtEvent *event;

  lt_event_builder_reset (self->builder);
  g_assert_true (lt_event_builder_set_type (self->builder, type, -1, &error));
  if (key != NULL)
    g_assert_true (lt_event_builder_add_string_field (self->builder, key, value, &error));
  event = lt_event_builder_end (self->builder, &error);
  g_assert_no_error (error);

  return lt_hub_submit (self->hub, event);
}

static char *
make_request (ApiFixture *self, const char *method, const char *target, const char *token,
              const char *headers, const char *body)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, self->address);
  if (token != NULL)
    g_string_append_printf (out, "Authorization: Bearer %s\r\n", token);
  if (headers != NULL)
    g_string_append (out, headers);
  if (body != NULL)
    g_string_append_printf (out, "Content-Length: %zu\r\n", strlen (body));
  g_string_append_printf (out, "\r\n%s", body != NULL ? body : "");

  return g_string_free (out, FALSE);
}

/* @headers: whole lines, each with its CR LF. */
HttpAnswer *
api_request (ApiFixture *self, const char *method, const char *target, const char *token,
             const char *headers, const char *body)
{
  g_autofree char *text = make_request (self, method, target, token, headers, body);

  return http_exchange (self->address, text, -1);
}

HttpAnswer *
api_get (ApiFixture *self, const char *target, const char *token)
{
  return api_request (self, "GET", target, token, NULL, NULL);
}

/* The body, read by somebody else's JSON parser. */
GVariant *
api_read_json (const HttpAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  GVariant *variant = json_gvariant_deserialize_data (answer->body, -1, NULL, &error);

  g_assert_no_error (error);
  return g_variant_take_ref (variant);
}

void
api_assert_body (const HttpAnswer *answer, guint status, const char *body)
{
  g_autofree char *expected = g_strconcat (body, "\n", NULL);

  g_assert_cmpstr (answer->body, ==, expected);
  g_assert_cmpuint (answer->status, ==, status);
}

void
api_assert_contains (const HttpAnswer *answer, guint status, const char *part)
{
  if (answer->status != status || strstr (answer->body, part) == NULL)
    g_error ("want %u with %s, got %s", status, part, answer->bytes->str);
}

static void
api_stream_read (ApiStream *self)
{
  char buffer[65536];
  gssize n;

  while (!self->over && (n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT)) >= 0)
    {
      g_string_append_len (self->text, buffer, n);
      self->over = n == 0;
    }
}

typedef struct
{
  ApiStream *stream;
  const char *part;
} ApiWait;

static gboolean
has_part (gpointer data)
{
  ApiWait *wait = data;

  api_stream_read (wait->stream);
  if (strstr (wait->stream->text->str, wait->part) != NULL)
    return TRUE;
  if (wait->stream->over)
    g_error ("the stream ended without \"%s\": %s", wait->part, wait->stream->text->str);

  return FALSE;
}

static gboolean
is_over (gpointer data)
{
  ApiStream *stream = data;

  api_stream_read (stream);
  return stream->over;
}

ApiStream *
api_stream_open (ApiFixture *self, const char *target, const char *token, const char *headers)
{
  ApiStream *stream = g_new0 (ApiStream, 1);
  g_autofree char *text = make_request (self, "GET", target, token, headers, NULL);

  stream->fd = http_connect (self->address);
  stream->text = g_string_new (NULL);
  http_send (stream->fd, text, strlen (text));
  api_stream_wait (stream, "\r\n\r\n");
  return stream;
}

void
api_stream_close (ApiStream *self)
{
  close (self->fd);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
api_stream_wait (ApiStream *self, const char *part)
{
  http_iterate_until (has_part, &(ApiWait){ self, part });
}

void
api_stream_wait_end (ApiStream *self)
{
  http_iterate_until (is_over, self);
}

static gboolean
has_no_subscriber (gpointer data)
{
  ApiFixture *self = data;
  g_autoptr (GPtrArray) subscriptions = lt_hub_list_subscriptions (self->hub);
  LtHttpCounts counts;

  lt_http_server_get_counts (self->server, &counts);
  return subscriptions->len == 0 && counts.streams == 0;
}

void
api_wait_for_no_subscriber (ApiFixture *self)
{
  http_iterate_until (has_no_subscriber, self);
}
