/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-log-processor.h"

#include "lt-log-keys.h"
#include "lt-log-values.h"
#include "lt-syslog-parser.h"

#include "core/lt-error.h"

#include <string.h>

struct _LtLogProcessor
{
  LtHub *hub;              /* (owned) */
  LtRuleSet *rules;        /* (owned) */
  LtEventBuilder *builder; /* (owned) */
  LtSyslogParser *parser;  /* (owned) */
  LtLogSpans *spans;       /* (owned) */
  GString *valid;          /* (owned): a line that had to be mended */
  GString *text;           /* (owned): what a template gives */
  GString *identity;       /* (owned): what a template gives */
  LtLogKeys keys;          /* of the event under way */
  LtKey *hostname_key;     /* (owned) */
  LtKey *program_key;      /* (owned) */
  LtKey *pid_key;          /* (owned) */
  LtKey *facility_key;     /* (owned) */
  LtKey *repeats_key;      /* (owned) */
  LtKey *message_id_key;   /* (owned) */
  LtKey *lost_key;         /* (owned) */
  gsize text_bytes;        /* most that the text may have */
  gsize value_bytes;       /* most that the details or one value may have */
  LtLogLine line;          /* the line under way */
  LtLogCounts counts;
};

/**
 * lt_log_processor_new:
 * @hub: what takes the events
 * @rules: the rules
 * @limits: (nullable): what one event may hold; the defaults if %NULL
 *
 * Returns: (transfer full): a processor for one log
 */
LtLogProcessor *
lt_log_processor_new (LtHub *hub, LtRuleSet *rules, const LtEventLimits *limits)
{
  const LtEventLimits defaults = LT_EVENT_LIMITS_DEFAULT;
  LtLogProcessor *self;
  LtCatalogue *catalogue;
  gsize max_bytes = limits == NULL ? defaults.max_bytes : limits->max_bytes;

  g_return_val_if_fail (LT_IS_HUB (hub), NULL);
  g_return_val_if_fail (rules != NULL, NULL);

  catalogue = lt_hub_get_catalogue (hub);
  self = g_new0 (LtLogProcessor, 1);
  self->hub = g_object_ref (hub);
  self->rules = lt_rule_set_ref (rules);
  self->builder = lt_event_builder_new (catalogue, limits);
  self->parser = lt_syslog_parser_new ();
  self->spans = lt_log_spans_new (LT_LOG_PROCESSOR_MAX_SPANS);
  self->valid = g_string_new (NULL);
  self->text = g_string_new (NULL);
  self->identity = g_string_new (NULL);
  self->hostname_key = lt_catalogue_add_key (catalogue, "hostname", LT_VALUE_STRING, NULL);
  self->program_key = lt_catalogue_add_key (catalogue, "program", LT_VALUE_STRING, NULL);
  self->pid_key = lt_catalogue_add_key (catalogue, "pid", LT_VALUE_INTEGER, NULL);
  self->facility_key = lt_catalogue_add_key (catalogue, "facility", LT_VALUE_STRING, NULL);
  self->repeats_key = lt_catalogue_add_key (catalogue, "repeats", LT_VALUE_INTEGER, NULL);
  self->message_id_key = lt_catalogue_add_key (catalogue, "msgid", LT_VALUE_STRING, NULL);
  self->lost_key = lt_catalogue_add_key (catalogue, "lost", LT_VALUE_INTEGER, NULL);
  lt_event_type_unref (lt_catalogue_add_type (catalogue, "log.line", NULL));
  lt_event_type_unref (lt_catalogue_add_type (catalogue, "log.lost", NULL));
  self->text_bytes = MIN (LT_LOG_LINE_MAX_BYTES, max_bytes / 2);
  self->value_bytes = self->text_bytes / 2;
  lt_log_keys_init (&self->keys, self->builder, catalogue, self->value_bytes);
  return self;
}

/**
 * lt_log_processor_free:
 * @self: (transfer full) (nullable): a processor
 */
void
lt_log_processor_free (LtLogProcessor *self)
{
  if (self == NULL)
    return;

  lt_key_unref (self->hostname_key);
  lt_key_unref (self->program_key);
  lt_key_unref (self->pid_key);
  lt_key_unref (self->facility_key);
  lt_key_unref (self->repeats_key);
  lt_key_unref (self->message_id_key);
  lt_key_unref (self->lost_key);
  lt_log_keys_clear (&self->keys);
  g_string_free (self->identity, TRUE);
  g_string_free (self->text, TRUE);
  g_string_free (self->valid, TRUE);
  lt_log_spans_free (self->spans);
  lt_syslog_parser_free (self->parser);
  lt_event_builder_free (self->builder);
  lt_rule_set_unref (self->rules);
  g_object_unref (self->hub);
  g_free (self);
}

/**
 * lt_log_processor_set_rules:
 * @self: a processor
 * @rules: the rules from the next line on
 *
 * Changes the rules. The spans that are open stay so.
 */
void
lt_log_processor_set_rules (LtLogProcessor *self, LtRuleSet *rules)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (rules != NULL);

  lt_rule_set_ref (rules);
  lt_rule_set_unref (self->rules);
  self->rules = rules;
}

/**
 * lt_log_processor_get_counts:
 * @self: a processor
 * @counts: (out caller-allocates): what it has done so far
 */
void
lt_log_processor_get_counts (LtLogProcessor *self, LtLogCounts *counts)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (counts != NULL);

  *counts = self->counts;
}

/**
 * lt_log_processor_get_spans:
 * @self: a processor
 *
 * Returns: (transfer none): the spans that are open
 */
LtLogSpans *
lt_log_processor_get_spans (LtLogProcessor *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->spans;
}

static gboolean
add_line_keys (LtLogProcessor *self, const LtLogLine *line, GError **error)
{
  const char *facility = lt_log_facility_to_string (line->facility);

  if (!lt_log_keys_add (&self->keys, self->hostname_key, line->hostname, error)
      || !lt_log_keys_add (&self->keys, self->program_key, line->program, error)
      || !lt_log_keys_add (&self->keys, self->pid_key, line->pid, error)
      || !lt_log_keys_add (&self->keys, self->message_id_key, line->message_id, error))
    return FALSE;
  if (facility != NULL
      && !lt_log_keys_add (&self->keys, self->facility_key,
                           (LtLogText){ facility, strlen (facility) }, error))
    return FALSE;
  if (line->repeats > 1
      && !lt_log_keys_add_integer (&self->keys, self->repeats_key, line->repeats, error))
    return FALSE;
  return lt_log_keys_add_parameters (&self->keys, line, error);
}

/* What the table of open spans calls a span; stands in @self->identity. */
static const char *
expand_identity (LtLogProcessor *self, const LtRuleSpan *span, const LtRuleTemplate *identity,
                 const LtRuleMatch *match)
{
  g_string_assign (self->identity, span->name);
  g_string_append_c (self->identity, ' ');
  lt_rule_template_expand (identity, match, self->identity);
  return self->identity->str;
}

static gboolean
add_span_ids (LtLogProcessor *self, const char *id, const char *parent_id, GError **error)
{
  if (parent_id != NULL
      && !lt_event_builder_add_string_field (self->builder, "parentSpanId", parent_id, error))
    return FALSE;
  return id == NULL || lt_event_builder_add_string_field (self->builder, "spanId", id, error);
}

/* Opens a span, under its parent if that one is open. */
static gboolean
add_new_span (LtLogProcessor *self, const LtRuleSpanUse *use, const LtRuleMatch *match,
              gint64 time_us, GError **error)
{
  g_autofree char *parent_id = NULL;
  const char *identity;
  const char *id;

  if (use->parent_identity != NULL && lt_rule_template_is_complete (use->parent_identity, match))
    {
      identity = expand_identity (self, use->span->parent, use->parent_identity, match);
      parent_id = g_strdup (lt_log_spans_find (self->spans, identity, NULL));
    }

  g_string_truncate (self->text, 0);
  lt_rule_template_expand (use->id, match, self->text);
  identity = expand_identity (self, use->span, use->identity, match);
  id = lt_log_spans_open (self->spans, identity, self->text->str, parent_id, time_us);
  return add_span_ids (self, id, parent_id, error);
}

/* Finds or opens the span a line belongs to and puts its id into the event. */
static gboolean
add_span (LtLogProcessor *self, const LtRuleMatch *match, gint64 time_us, GError **error)
{
  const LtRule *rule = match->rule;

  for (guint i = 0; i < rule->spans->len; i++)
    {
      const LtRuleSpanUse *use = &g_array_index (rule->spans, LtRuleSpanUse, i);
      const char *parent_id = NULL;
      const char *id = NULL;

      if (!lt_rule_template_is_complete (use->identity, match))
        continue;
      if (rule->role != LT_SPAN_ROLE_START)
        id = lt_log_spans_find (
            self->spans, expand_identity (self, use->span, use->identity, match), &parent_id);
      if (id == NULL && use->only_open)
        continue;

      if (id == NULL ? !add_new_span (self, use, match, time_us, error)
                     : !add_span_ids (self, id, parent_id, error))
        return FALSE;
      if (rule->role == LT_SPAN_ROLE_END)
        lt_log_spans_close (self->spans, expand_identity (self, use->span, use->identity, match));
      return TRUE;
    }
  return TRUE;
}

/* What stands in @self->text, as the event's text or details. */
static LtLogText
get_expanded (LtLogProcessor *self, const LtRuleTemplate *template, const LtRuleMatch *match,
              gsize max_length)
{
  g_string_truncate (self->text, 0);
  lt_rule_template_expand (template, match, self->text);
  return lt_log_text_cut ((LtLogText){ self->text->str, self->text->len }, max_length);
}

static gboolean
set_details (LtLogProcessor *self, LtLogText details, guint64 cut_bytes, GError **error)
{
  g_autofree char *note = NULL;

  if (cut_bytes > 0)
    {
      note = g_strdup_printf ("%.*s%s%" G_GUINT64_FORMAT " bytes of the line were cut",
                              (int) details.length, details.length > 0 ? details.text : "",
                              details.length > 0 ? "\n" : "", cut_bytes);
      details = (LtLogText){ note, strlen (note) };
    }
  return details.length == 0
         || lt_event_builder_set_details (self->builder, details.text, (gssize) details.length,
                                          error);
}

static LtEvent *
build_by_rule (LtLogProcessor *self, const LtRuleMatch *match, gint64 time_us, GError **error)
{
  const LtRule *rule = match->rule;
  LtLogText details = { NULL, 0 };
  LtLogText text = { NULL, 0 };

  lt_log_keys_reset (&self->keys);
  if (!lt_event_builder_set_type (self->builder, rule->type->name, rule->type->name_length, error)
      || !lt_event_builder_set_created_at (self->builder, time_us, error))
    return NULL;
  if (rule->has_level
      && !lt_event_builder_set_level (self->builder, lt_level_to_string (rule->level), -1, error))
    return NULL;
  if (rule->role != LT_SPAN_ROLE_NONE
      && !lt_event_builder_set_role (self->builder, rule->role, error))
    return NULL;
  if (rule->text != NULL)
    text = get_expanded (self, rule->text, match, self->text_bytes);
  if (text.length > 0
      && !lt_event_builder_set_text (self->builder, text.text, (gssize) text.length, error))
    return NULL;
  if (rule->details != NULL)
    details = get_expanded (self, rule->details, match, self->value_bytes);
  if (!set_details (self, details, match->line->cut_bytes, error)
      || !lt_log_keys_add_of_rule (&self->keys, match, error)
      || !lt_log_keys_add_pairs (&self->keys, match, error)
      || !add_line_keys (self, match->line, error) || !add_span (self, match, time_us, error))
    return NULL;

  return lt_event_builder_end (self->builder, error);
}

/* A line no rule knows, or, @bare, one whose event came out too large. */
static LtEvent *
build_plain (LtLogProcessor *self, const LtLogLine *line, gint64 time_us, gboolean bare,
             GError **error)
{
  LtLogText text = lt_log_text_cut (line->message, self->text_bytes);
  guint64 cut_bytes = line->cut_bytes + (line->message.length - text.length);

  lt_log_keys_reset (&self->keys);
  if (!lt_event_builder_set_type (self->builder, "log.line", -1, error)
      || !lt_event_builder_set_created_at (self->builder, time_us, error)
      || !lt_event_builder_set_level (
          self->builder, lt_level_to_string (lt_log_severity_to_level (line->severity)), -1, error))
    return NULL;
  if (text.length > 0
      && !lt_event_builder_set_text (self->builder, text.text, (gssize) text.length, error))
    return NULL;
  if (!set_details (self, (LtLogText){ NULL, 0 }, cut_bytes, error))
    return NULL;
  if (!bare && !add_line_keys (self, line, error))
    return NULL;

  return lt_event_builder_end (self->builder, error);
}

/**
 * lt_log_processor_process_line:
 * @self: a processor
 * @line: a line
 * @now_us: the time now, microseconds since the epoch, for a line without one
 *
 * Turns a line into one event and hands it to the hub.
 */
void
lt_log_processor_process_line (LtLogProcessor *self, const LtLogLine *line, gint64 now_us)
{
  gint64 time_us = line->created_at_us != G_MININT64 ? line->created_at_us : now_us;
  guint64 exhausted = lt_rule_set_get_exhausted (self->rules);
  LtRuleMatch match = { 0 };
  LtEvent *event = NULL;

  self->counts.lines++;
  self->counts.cut += line->cut_bytes > 0;
  if (lt_rule_set_match (self->rules, line, &match))
    {
      event = build_by_rule (self, &match, time_us, NULL);
      lt_rule_match_clear (&match);
      if (event == NULL)
        lt_event_builder_reset (self->builder);
    }
  else
    self->counts.unmatched++;
  /* The rules are those of other sources too. */
  self->counts.exhausted += lt_rule_set_get_exhausted (self->rules) - exhausted;

  for (int bare = 0; event == NULL && bare < 2; bare++)
    {
      event = build_plain (self, line, time_us, bare, NULL);
      if (event == NULL)
        lt_event_builder_reset (self->builder);
    }
  if (event == NULL)
    return;

  self->counts.events++;
  lt_hub_submit (self->hub, event);
}

/**
 * lt_log_processor_process:
 * @self: a processor
 * @text: (array length=length): one line without its newline, in any encoding
 * @length: bytes of @text, at most %LT_LOG_LINE_MAX_BYTES
 * @cut_bytes: bytes of the line that @text no longer has
 * @hostname: (nullable): the host, where the line does not name one
 *
 * Takes a line apart, turns it into one event and hands it to the hub.
 */
void
lt_log_processor_process (LtLogProcessor *self, const char *text, gsize length, guint64 cut_bytes,
                          const char *hostname)
{
  LtLogText valid = lt_log_text_make_valid (text, length, self->valid);
  gint64 now_us = g_get_real_time ();

  lt_syslog_parser_parse (self->parser, valid.text, valid.length, now_us, &self->line);
  if (self->line.hostname.text == NULL && hostname != NULL)
    self->line.hostname = (LtLogText){ hostname, strlen (hostname) };
  self->line.cut_bytes = cut_bytes;
  lt_log_processor_process_line (self, &self->line, now_us);
}

/**
 * lt_log_processor_report_lost:
 * @self: a processor
 * @lost: lines that never came, at least 1
 *
 * Hands the hub an event `log.lost` that says how many lines are missing here.
 */
void
lt_log_processor_report_lost (LtLogProcessor *self, guint64 lost)
{
  g_autofree char *text
      = g_strdup_printf ("%" G_GUINT64_FORMAT " lines lost before they could be read", lost);
  LtEvent *event = NULL;

  if (lt_event_builder_set_type (self->builder, "log.lost", -1, NULL)
      && lt_event_builder_set_level (self->builder, "warn", -1, NULL)
      && lt_event_builder_set_text (self->builder, text, -1, NULL)
      && lt_event_builder_set_key (self->builder, self->lost_key->name, -1, NULL)
      && lt_event_builder_add_integer (self->builder, (gint64) lost, NULL))
    event = lt_event_builder_end (self->builder, NULL);
  if (event == NULL)
    {
      lt_event_builder_reset (self->builder);
      return;
    }

  self->counts.events++;
  lt_hub_submit (self->hub, event);
}
