/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream-client.h"

#include <string.h>

/* Opens @url, behind the last event of an earlier stream if there was one. */
void
test_stream_open (TestStream *self, const char *url)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_assert_null (self->process);
  for (const char *const *word
       = (const char *const[]){ "curl", "--silent", "--show-error", "--no-buffer", NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, g_strdup (*word));
  g_ptr_array_add (argv, g_strdup ("--header"));
  g_ptr_array_add (
      argv, g_strdup (self->is_sse ? "Accept: text/event-stream" : "Accept: application/x-ndjson"));
  if (self->token != NULL)
    {
      g_ptr_array_add (argv, g_strdup ("--header"));
      g_ptr_array_add (argv, g_strdup_printf ("Authorization: Bearer %s", self->token));
    }
  if (self->cursor != NULL)
    {
      g_ptr_array_add (argv, g_strdup ("--header"));
      g_ptr_array_add (argv, g_strdup_printf ("Last-Event-ID: %s", self->cursor));
    }
  for (guint i = 0; self->arguments != NULL && self->arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (self->arguments[i]));
  g_ptr_array_add (argv, g_strdup (url));
  g_ptr_array_add (argv, NULL);

  self->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
}

static void
keep_cursor (TestStream *self, const char *id)
{
  g_free (self->cursor);
  self->cursor = g_strdup (id);
}

static char *
read_line (TestStream *self)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (self->lines, NULL, NULL, &error);

  g_assert_no_error (error);
  return line;
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  if (error != NULL)
    g_test_message ("%s", text);
  g_assert_no_error (error);
  return node;
}

static char *
next_block (TestStream *self, JsonNode **data)
{
  g_autofree char *event = NULL;
  g_autofree char *id = NULL;

  for (;;)
    {
      g_autofree char *line = read_line (self);

      if (line == NULL)
        return NULL;
      if (g_str_has_prefix (line, "event: "))
        event = g_strdup (line + strlen ("event: "));
      else if (g_str_has_prefix (line, "data: "))
        *data = parse (line + strlen ("data: "));
      else if (g_str_has_prefix (line, "id: "))
        id = g_strdup (line + strlen ("id: "));
      else if (line[0] == '\0' && event != NULL)
        break;
      else
        /* What is no stream is a problem document. */
        g_assert_true (g_str_has_prefix (line, "retry: "));
    }
  if (id != NULL)
    keep_cursor (self, id);

  return g_steal_pointer (&event);
}

static char *
next_line (TestStream *self, JsonNode **data)
{
  g_autofree char *line = read_line (self);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *array;

  if (line == NULL)
    return NULL;

  node = parse (line);
  object = json_node_get_object (node);
  if (json_object_has_member (object, "id"))
    keep_cursor (self, json_object_get_string_member (object, "id"));
  if (json_object_has_member (object, "control"))
    {
      *data = json_node_ref (node);
      return g_strdup (json_object_get_string_member (object, "control"));
    }

  array = json_array_new ();
  json_array_add_element (array, g_steal_pointer (&node));
  *data = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return g_strdup ("trace");
}

/* Waits for what comes next. Returns its SSE event's name, or what it would be; NULL at the
 * end. */
char *
test_stream_next (TestStream *self, JsonNode **data)
{
  g_autoptr (JsonNode) node = NULL;
  char *event = self->is_sse ? next_block (self, &node) : next_line (self, &node);

  if (event != NULL)
    g_assert_nonnull (node);
  if (g_strcmp0 (event, "hello") == 0)
    self->subscriber = json_object_get_int_member (json_node_get_object (node), "subscriber");
  if (data != NULL)
    *data = g_steal_pointer (&node);

  return event;
}

/* Reads on until @event, which must come. */
void
test_stream_read_until (TestStream *self, const char *event)
{
  for (;;)
    {
      g_autofree char *name = test_stream_next (self, NULL);

      g_assert_nonnull (name);
      if (g_str_equal (name, event))
        return;
    }
}

/* Reads on until the event whose `n` is @n. Each must be one more than that before it. */
void
test_stream_count_until (TestStream *self, gint64 n)
{
  while (self->last_n < n)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *name = test_stream_next (self, &node);
      JsonArray *events;

      g_assert_nonnull (name);
      g_assert_cmpstr (name, !=, "gap");
      g_assert_cmpstr (name, !=, "bye");
      if (!g_str_equal (name, "trace"))
        continue;
      events = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (events); i++)
        {
          JsonObject *event = json_array_get_object_element (events, i);
          JsonObject *data = json_object_get_object_member (event, "data");

          g_assert_cmpint (json_object_get_int_member (data, "n"), ==, ++self->last_n);
        }
    }
}

/* The daemon has closed. Returns curl's exit status. */
int
test_stream_wait_end (TestStream *self)
{
  int status;

  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  status = g_subprocess_get_if_exited (self->process) ? g_subprocess_get_exit_status (self->process)
                                                      : -1;
  g_clear_object (&self->lines);
  g_clear_object (&self->process);

  return status;
}

void
test_stream_kill (TestStream *self)
{
  g_subprocess_force_exit (self->process);
  test_stream_wait_end (self);
}

void
test_stream_clear (TestStream *self)
{
  if (self->process != NULL)
    test_stream_kill (self);
  g_clear_pointer (&self->cursor, g_free);
}
