/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-stream.h"

#include "json/lt-line-reader.h"

#include <glib/gi18n.h>
#include <unistd.h>

/**
 * lt_ctl_start_clear:
 * @self: what a subscription asks for
 *
 * Frees what it holds.
 */
void
lt_ctl_start_clear (LtCtlStart *self)
{
  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->since, g_free);
  g_clear_pointer (&self->after, g_free);
}

static const char *
pick (const char *const *words, int index)
{
  return index >= 0 ? words[index] : NULL;
}

/**
 * lt_ctl_start_set_filter:
 * @self: what a subscription asks for; its level is a term of the filter
 * @words: (element-type utf8): the terms
 *
 * Puts the filter together.
 */
void
lt_ctl_start_set_filter (LtCtlStart *self, GPtrArray *words)
{
  static const char *const levels[] = { "error", "warn", "info", "debug", "trace" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            (const char *) g_ptr_array_index (words, i));
  if (self->level >= 0)
    g_string_append_printf (text, "%slevel:%s", text->len > 0 ? " " : "",
                            pick (levels, self->level));

  g_free (self->filter);
  self->filter = g_string_free (text, FALSE);
}

/**
 * lt_ctl_start_to_parameters:
 * @self: what a subscription asks for
 *
 * Returns: (transfer floating): the arguments of the daemon's method `Subscribe`
 */
GVariant *
lt_ctl_start_to_parameters (const LtCtlStart *self)
{
  static const char *const contexts[] = { "event", "span", "trace" };
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "client",
                         g_variant_new_string ("livetracectl/" LT_VERSION));
  if (self->context >= 0)
    g_variant_builder_add (&options, "{sv}", "context",
                           g_variant_new_string (pick (contexts, self->context)));
  if (self->limit > 0)
    g_variant_builder_add (&options, "{sv}", "limit", g_variant_new_uint64 (self->limit));
  if (self->after != NULL)
    g_variant_builder_add (&options, "{sv}", "last-event-id", g_variant_new_string (self->after));
  else if (self->since != NULL)
    g_variant_builder_add (&options, "{sv}", "since", g_variant_new_string (self->since));
  else if (self->last > 0)
    g_variant_builder_add (&options, "{sv}", "last", g_variant_new_uint64 (self->last));

  return g_variant_new ("(sa{sv})", self->filter, &options);
}

/**
 * lt_ctl_stream_say_gap:
 * @ctl: this run
 * @gap: a line that tells of a gap
 *
 * Tells the user that events are missing.
 */
void
lt_ctl_stream_say_gap (LtCtl *ctl, const LtCtlEvent *gap)
{
  guint64 dropped = 0;

  if (lt_ctl_event_get_count (gap, "dropped", &dropped))
    lt_ctl_say (ctl, LT_CTL_STYLE_YELLOW,
                ngettext ("%lu event was lost here", "%lu events were lost here", (gulong) dropped),
                (gulong) dropped);
  else
    lt_ctl_say (ctl, LT_CTL_STYLE_YELLOW,
                _ ("events may be missing here: the daemon does not keep them any more"));
}

typedef struct
{
  guint64 sequence;
  char *line;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->line);
  g_free (line);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const Line *one = *(const Line *const *) a;
  const Line *other = *(const Line *const *) b;

  return one->sequence < other->sequence ? -1 : one->sequence > other->sequence;
}

/* Returns: whether the replay is over */
static gboolean
take_line (LtCtl *ctl, GPtrArray *lines, const char *json, gsize length)
{
  g_autoptr (LtCtlEvent) event = lt_ctl_event_new_from_json (json, length);
  Line *line;

  if (event == NULL)
    return FALSE;
  if (event->control != NULL)
    {
      if (g_str_equal (event->control, "gap"))
        lt_ctl_stream_say_gap (ctl, event);
      return g_str_equal (event->control, "live") || g_str_equal (event->control, "bye");
    }

  line = g_new (Line, 1);
  line->sequence = event->sequence;
  line->line = g_strndup (json, length);
  g_ptr_array_add (lines, line);
  return FALSE;
}

static gboolean
read_lines (LtCtl *ctl, int fd, GPtrArray *lines, GError **error)
{
  g_autoptr (LtLineReader) reader = lt_line_reader_new (LT_CTL_MAX_LINE_BYTES);
  const char *line;
  gsize length;
  gboolean too_long;
  guint64 number;

  while (lt_line_reader_fill (reader, fd, G_MAXINT, NULL) > 0)
    {
      while (lt_line_reader_next (reader, &line, &length, &too_long, &number))
        {
          if (take_line (ctl, lines, line, length))
            return TRUE;
        }
    }

  g_set_error_literal (error, LT_CTL_ERROR, LT_CTL_EXIT_UNREACHABLE,
                       _ ("the daemon went away before it had told all"));
  return FALSE;
}

/**
 * lt_ctl_stream_collect:
 * @ctl: this run
 * @start: what to ask for; it says where in the past to begin
 * @error: return location for an error
 *
 * Collects what the daemon keeps, up to now, in the order in which it came to pass.
 *
 * Returns: (transfer full) (nullable) (element-type utf8): the events' JSON, or %NULL with an error
 */
GPtrArray *
lt_ctl_stream_collect (LtCtl *ctl, const LtCtlStart *start, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);
  GPtrArray *result;
  gboolean success;
  int fd = lt_ctl_call_for_fd (ctl, "Subscribe", lt_ctl_start_to_parameters (start), error);

  if (fd < 0)
    return NULL;

  success = read_lines (ctl, fd, lines, error);
  close (fd);
  if (!success)
    return NULL;

  g_ptr_array_sort (lines, compare_lines);
  result = g_ptr_array_new_full (lines->len, g_free);
  for (guint i = 0; i < lines->len; i++)
    {
      Line *line = g_ptr_array_index (lines, i);

      g_ptr_array_add (result, g_steal_pointer (&line->line));
    }

  return result;
}
