/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-http-accept.h"
#include "lt-http-api-private.h"

/* Languages there are titles in; the first is the catalogue's own. */
static const char *const languages[] = { "en", "de", NULL };

static const char *
choose_language (LtHttpRequest *request)
{
  const char *language = lt_http_accept_language (
      lt_http_request_get_header (request, "Accept-Language"), languages);

  lt_http_request_add_header (request, "Content-Language", language);
  lt_http_request_add_header (request, "Vary", "Accept-Language");
  return language;
}

static void
on_catalogue (LtHttpRequest *request, gpointer user_data)
{
  static const char *const roles[] = { NULL, "start", "end" };
  LtCatalogue *catalogue = lt_hub_get_catalogue (LT_HTTP_API (user_data)->hub);
  g_autoptr (GPtrArray) types = NULL;
  g_auto (LtJsonWriter) writer = { 0 };
  const char *language;

  if (!lt_http_api_check_no_query (request))
    return;

  language = choose_language (request);
  types = lt_catalogue_list_types (catalogue);
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "types");
  for (guint i = 0; i < types->len; i++)
    {
      LtEventType *type = g_ptr_array_index (types, i);
      g_autofree char *title = lt_catalogue_dup_type_title (catalogue, type, language);

      lt_json_writer_begin_object (&writer, NULL);
      lt_json_writer_add_string (&writer, "type", type->name);
      lt_json_writer_add_string (&writer, "title", title);
      lt_json_writer_add_string (&writer, "level", lt_level_to_string (type->level));
      lt_json_writer_add_string (&writer, "span", roles[type->role]);
      lt_json_writer_add_boolean (&writer, "known", type->known);
      lt_json_writer_end_object (&writer);
    }
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static void
on_keys (LtHttpRequest *request, gpointer user_data)
{
  LtCatalogue *catalogue = lt_hub_get_catalogue (LT_HTTP_API (user_data)->hub);
  g_autoptr (GPtrArray) keys = NULL;
  g_auto (LtJsonWriter) writer = { 0 };
  const char *language;

  if (!lt_http_api_check_no_query (request))
    return;

  language = choose_language (request);
  keys = lt_catalogue_list_keys (catalogue);
  lt_json_writer_init (&writer);
  lt_json_writer_begin_object (&writer, NULL);
  lt_json_writer_begin_array (&writer, "keys");
  for (guint i = 0; i < keys->len; i++)
    {
      LtKey *key = g_ptr_array_index (keys, i);
      g_autofree char *title = lt_catalogue_dup_key_title (catalogue, key, language);

      lt_json_writer_begin_object (&writer, NULL);
      lt_json_writer_add_string (&writer, "key", key->name);
      lt_json_writer_add_string (&writer, "title", title);
      lt_json_writer_add_string (
          &writer, "kind", key->kind != LT_VALUE_NONE ? lt_value_kind_to_string (key->kind) : NULL);
      lt_json_writer_add_boolean (&writer, "known", key->known);
      lt_json_writer_end_object (&writer);
    }
  lt_json_writer_end_array (&writer);
  lt_json_writer_end_object (&writer);
  lt_http_api_respond_json (request, 200, &writer);
}

static const LtHttpRoute catalogue_routes[] = {
  { "GET", "/api/tracing/catalogue", LT_PERMISSION_OBSERVE, 0, on_catalogue },
  { "GET", "/api/tracing/keys", LT_PERMISSION_OBSERVE, 0, on_keys },
};

/**
 * lt_http_api_add_catalogue_routes:
 * @self: the HTTP interface
 *
 * Adds what lists types and keys.
 */
void
lt_http_api_add_catalogue_routes (LtHttpApi *self)
{
  lt_http_server_add_routes (self->server, catalogue_routes, G_N_ELEMENTS (catalogue_routes), self);
}
