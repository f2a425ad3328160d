/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-format.h"
#include "lt-ctl-stream.h"

#include <glib/gi18n.h>
#include <string.h>

/* Deeper spans stand no further to the right. */
#define MAX_DEPTH 16

#define N_LEVELS 5

/**
 * Span:
 *
 * What is known of one span of those shown.
 */
typedef struct
{
  char *id;             /* (owned) */
  char *parent;         /* (owned) (nullable) */
  gint64 started_at_us; /* of its first event */
  gint64 ended_at_us;   /* of its last */
  gboolean closed;      /* its end was seen */
} Span;

static void
span_free (gpointer data)
{
  Span *span = data;

  g_free (span->id);
  g_free (span->parent);
  g_free (span);
}

static Span *
note_span (GHashTable *spans, const LtCtlEvent *event)
{
  g_autofree char *id = lt_ctl_event_dup_value (event, "spanId");
  Span *span;

  if (id == NULL)
    return NULL;

  span = g_hash_table_lookup (spans, id);
  if (span == NULL)
    {
      span = g_new0 (Span, 1);
      span->id = g_steal_pointer (&id);
      span->started_at_us = event->created_at_us;
      g_hash_table_insert (spans, span->id, span);
    }
  if (span->parent == NULL)
    span->parent = lt_ctl_event_dup_value (event, "parentSpanId");
  span->ended_at_us = MAX (span->ended_at_us, event->created_at_us);
  span->closed = span->closed || g_str_equal (event->role, "end");
  return span;
}

/* How many of a span's ancestors are shown too. */
static guint
get_depth (GHashTable *spans, const Span *span)
{
  guint depth = 0;

  while (span != NULL && span->parent != NULL && depth < MAX_DEPTH)
    {
      span = g_hash_table_lookup (spans, span->parent);
      if (span != NULL)
        depth++;
    }

  return depth;
}

static void
put_event (LtCtl *ctl, GHashTable *spans, const LtCtlEvent *event, gint64 origin_us,
           gboolean verbose)
{
  g_autofree char *id = lt_ctl_event_dup_value (event, "spanId");
  Span *span = id != NULL ? g_hash_table_lookup (spans, id) : NULL;
  gint64 offset_us = event->created_at_us - origin_us;
  gboolean truncate = ctl->out->truncate;

  ctl->out->truncate = truncate && !verbose;
  lt_ctl_output_print (ctl->out, LT_CTL_STYLE_DIM, "%c%.6f ", offset_us < 0 ? '-' : '+',
                       (double) ABS (offset_us) / G_USEC_PER_SEC);
  lt_ctl_output_print (ctl->out, LT_CTL_STYLE_PLAIN, "%*s", (int) (get_depth (spans, span) * 2),
                       "");
  lt_ctl_output_print (ctl->out, lt_ctl_event_get_style (event), "%-5s ", event->level);
  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_BOLD, event->type);
  lt_ctl_output_print (ctl->out, LT_CTL_STYLE_PLAIN, " %s", event->text);
  if (event->details[0] != '\0')
    lt_ctl_output_print (ctl->out, LT_CTL_STYLE_PLAIN, " (%s)", event->details);
  if (span != NULL && g_str_equal (event->role, "end"))
    {
      g_autofree char *took
          = lt_ctl_format_interval (MAX (0, event->created_at_us - span->started_at_us));

      lt_ctl_output_print (ctl->out, LT_CTL_STYLE_GREEN, " [%s]", took);
    }
  lt_ctl_event_put_data (event, verbose, ctl->out);
  lt_ctl_output_end_line (ctl->out);
  ctl->out->truncate = truncate;
}

static guint
get_severity (const LtCtlEvent *event)
{
  static const char *const levels[N_LEVELS] = { "trace", "debug", "info", "warn", "error" };

  for (guint i = 0; i < N_LEVELS; i++)
    {
      if (g_str_equal (levels[i], event->level))
        return i;
    }

  return 0;
}

/* What tells how it went: the newest of the most severe events, if anything went wrong, else the
 * newest that names a status. */
static const LtCtlEvent *
find_outcome (GPtrArray *events)
{
  const LtCtlEvent *worst = NULL;
  const LtCtlEvent *status = NULL;

  for (guint i = 0; i < events->len; i++)
    {
      const LtCtlEvent *event = g_ptr_array_index (events, i);
      g_autofree char *value = lt_ctl_event_dup_value (event, "status");

      if (value != NULL)
        status = event;
      if (worst == NULL || get_severity (event) >= get_severity (worst))
        worst = event;
    }

  if (worst != NULL && (status == NULL || get_severity (worst) >= 3))
    return worst;

  return status;
}

static void
put_outcome (LtCtl *ctl, const Span *span, GPtrArray *events)
{
  const LtCtlEvent *outcome = find_outcome (events);
  g_autofree char *took = lt_ctl_format_interval (MAX (0, span->ended_at_us - span->started_at_us));
  g_autofree char *status = lt_ctl_event_dup_value (outcome, "status");
  g_autofree char *count
      = g_strdup_printf (ngettext ("%u event", "%u events", events->len), events->len);
  gboolean truncate = ctl->out->truncate;

  ctl->out->truncate = FALSE;
  lt_ctl_output_print (ctl->out, LT_CTL_STYLE_BOLD,
                       span->closed ? _ ("Span %s: %s, ended after %s")
                                    : _ ("Span %s: %s, still open after %s"),
                       span->id, count, took);
  lt_ctl_output_text (ctl->out, LT_CTL_STYLE_BOLD, "; ");
  lt_ctl_output_print (ctl->out, lt_ctl_event_get_style (outcome), "%s: %s", outcome->level,
                       outcome->text);
  if (status != NULL)
    lt_ctl_output_print (ctl->out, LT_CTL_STYLE_PLAIN, " (%s)", status);
  lt_ctl_output_end_line (ctl->out);
  ctl->out->truncate = truncate;
}

static void
put_span (LtCtl *ctl, const char *id, GPtrArray *lines, gboolean verbose)
{
  g_autoptr (GPtrArray) events
      = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_ctl_event_free);
  g_autoptr (GHashTable) spans = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, span_free);
  const Span *main_span = NULL;
  gint64 origin_us = 0;
  g_autofree char *started = NULL;

  for (guint i = 0; i < lines->len; i++)
    {
      const char *json = g_ptr_array_index (lines, i);
      LtCtlEvent *event = lt_ctl_event_new_from_json (json, strlen (json));
      const Span *span = note_span (spans, event);

      g_ptr_array_add (events, event);
      if (span != NULL && g_ascii_strcasecmp (span->id, id) == 0)
        main_span = span;
      if (i == 0)
        origin_us = event->created_at_us;
    }

  started = lt_ctl_format_time (origin_us, FALSE);
  lt_ctl_output_print (ctl->out, LT_CTL_STYLE_DIM, _ ("Began %s"), started);
  lt_ctl_output_end_line (ctl->out);
  for (guint i = 0; i < events->len; i++)
    put_event (ctl, spans, g_ptr_array_index (events, i), origin_us, verbose);
  if (main_span != NULL)
    put_outcome (ctl, main_span, events);
}

/* A value in quotes is taken as it stands. */
static char *
make_filter (const char *id)
{
  GString *text = g_string_new ("spanId:=\"");

  for (; *id != '\0'; id++)
    {
      if (*id == '"' || *id == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *id);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static gboolean
run (LtCtl *ctl, char **words, GError **error)
{
  g_auto (LtCtlStart) start = { .context = 1, .level = -1 };
  gboolean trace = FALSE;
  gboolean verbose = FALSE;
  const LtCtlOption options[] = {
    { "trace", 0, LT_CTL_OPTION_FLAG, &trace, NULL, NULL,
      N_ ("Show its whole trace: the spans above and below it too") },
    { "verbose", 'v', LT_CTL_OPTION_FLAG, &verbose, NULL, NULL,
      N_ ("Show all keys, and long lines whole") },
    { NULL },
  };
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (GPtrArray) lines = NULL;
  const char *id;

  if (!lt_ctl_parse (ctl, options, words, rest, error) || !lt_ctl_check_count (rest, 1, 1, error))
    return FALSE;

  id = g_ptr_array_index (rest, 0);
  if (trace)
    start.context = 2;
  start.filter = make_filter (id);
  start.since = g_strdup ("1970-01-01T00:00:00Z");
  lines = lt_ctl_stream_collect (ctl, &start, error);
  if (lines == NULL)
    return FALSE;
  if (lines->len == 0)
    {
      g_set_error (error, LT_CTL_ERROR, LT_CTL_EXIT_REFUSED,
                   _ ("the daemon keeps no event of a span \"%s\""), id);
      return FALSE;
    }

  if (!ctl->json)
    {
      put_span (ctl, id, lines, verbose);
      return TRUE;
    }

  for (guint i = 0; i < lines->len; i++)
    {
      const char *json = g_ptr_array_index (lines, i);

      lt_ctl_output_json_line (ctl->out, json, strlen (json));
    }
  return TRUE;
}

const LtCtlCommand lt_ctl_command_span = {
  .name = "span",
  .synopsis = N_ ("ID"),
  .summary = N_ ("Show one span from its beginning, with the time that passed"),
  .description = N_ ("ID is the value of the key spanId: a connection, a message, a delivery."),
  .run = run,
};
