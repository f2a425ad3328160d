/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live-reader.h"

#include <string.h>

/* A member of an event's data, or NULL. */
JsonNode *
live_event_get (JsonObject *event, const char *key)
{
  return json_object_get_member (json_object_get_object_member (event, "data"), key);
}

/* Such a member that is text, or NULL. */
const char *
live_event_get_string (JsonObject *event, const char *key)
{
  JsonNode *node = live_event_get (event, key);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/* The second part of an event's id. */
guint64
live_event_get_number (JsonObject *event)
{
  const char *dot = strchr (json_object_get_string_member (event, "id"), '.');

  g_assert_nonnull (dot);
  return g_ascii_strtoull (dot + 1, NULL, 10);
}

/* An event as it would be had it not come late. */
char *
live_event_dup_json (JsonObject *event)
{
  g_autoptr (JsonNode) copy = json_from_string ("{}", NULL);
  g_autoptr (GList) names = json_object_get_members (event);

  for (GList *name = names; name != NULL; name = name->next)
    if (!g_str_equal (name->data, "backfill"))
      json_object_set_member (json_node_get_object (copy), name->data,
                              json_node_copy (json_object_get_member (event, name->data)));
  return json_to_string (copy, FALSE);
}

/* Opens a stream of what happens from now on. */
void
live_reader_init (LiveReader *self, TestDaemon *daemon, const char *query)
{
  *self = (LiveReader){ 0 };
  self->stream.token = daemon->token;
  self->stream.is_sse = TRUE;
  self->url = g_strdup_printf ("http://127.0.0.1:%u/api/tracing/live%s", daemon->port, query);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  live_reader_open (self);
}

/* Opens it, again behind what was read last if there was something. */
void
live_reader_open (LiveReader *self)
{
  test_stream_open (&self->stream, self->url);
  test_stream_read_until (&self->stream, "hello");
}

/* Reads one block. */
void
live_reader_read (LiveReader *self)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *name = test_stream_next (&self->stream, &node);
  JsonArray *events;

  g_assert_nonnull (name);
  g_assert_cmpstr (name, !=, "bye");
  self->n_gaps += g_str_equal (name, "gap");
  if (!g_str_equal (name, "trace"))
    return;

  events = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (events); i++)
    g_ptr_array_add (self->events, json_object_ref (json_array_get_object_element (events, i)));
}

/* The last event of a type that has @value in @key, or NULL. */
JsonObject *
live_reader_find (LiveReader *self, const char *type, const char *key, const char *value)
{
  for (guint i = self->events->len; i > 0; i--)
    {
      JsonObject *event = g_ptr_array_index (self->events, i - 1);

      if (g_strcmp0 (json_object_get_string_member (event, "type"), type) == 0
          && (key == NULL || g_strcmp0 (live_event_get_string (event, key), value) == 0))
        return event;
    }
  return NULL;
}

/* Reads on until there is such an event. */
void
live_reader_read_until (LiveReader *self, const char *type, const char *key, const char *value)
{
  while (live_reader_find (self, type, key, value) == NULL)
    live_reader_read (self);
}

/* Reads on until there are so many events. */
void
live_reader_read_count (LiveReader *self, guint n_events)
{
  while (self->events->len < n_events)
    live_reader_read (self);
}

void
live_reader_clear (LiveReader *self)
{
  test_stream_clear (&self->stream);
  g_ptr_array_unref (self->events);
  g_free (self->url);
}
