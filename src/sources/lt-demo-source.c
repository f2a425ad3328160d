/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-demo-source.h"

#include "lt-demo-script.h"

#include <string.h>

/* Sessions under way at once. */
#define N_SESSIONS 12

/* How often events are made at most; at a high rate several are made at once. */
#define MIN_INTERVAL_MS 10

/* What a session's steps can name. */
typedef enum
{
  VARIABLE_IP,
  VARIABLE_PORT,
  VARIABLE_HELO,
  VARIABLE_FROM,
  VARIABLE_FROM_DOMAIN,
  VARIABLE_TO,
  VARIABLE_NOBODY,
  VARIABLE_ACCOUNT,
  VARIABLE_REMOTE,
  VARIABLE_REMOTE_DOMAIN,
  VARIABLE_MX,
  VARIABLE_MX_IP,
  VARIABLE_QUEUE_ID,
  VARIABLE_MESSAGE_ID,
  VARIABLE_SIZE,
  VARIABLE_COUNT,
  VARIABLE_SCORE,
  VARIABLE_MS, /* anew for each use */
  N_VARIABLES
} Variable;

static const char *const variable_names[N_VARIABLES]
    = { "ip",      "port",      "helo",   "from",         "fromDomain", "to",
        "nobody",  "account",   "remote", "remoteDomain", "mx",         "mxIp",
        "queueId", "messageId", "size",   "count",        "score",      "ms" };

/* Documentation addresses and domains only (RFC 2606, RFC 5737, RFC 3849). */
static const char *const local_users[]
    = { "jane", "jane", "kim", "max", "sales", "support", "team", "li" };
static const char *const remote_users[]
    = { "alex", "news", "bounce+17", "robin", "noreply", "sam", "billing", "offers" };
static const char *const remote_domains[]
    = { "example.com", "example.net", "mail.example.com", "lists.example.net", "shop.example.com" };
static const char *const networks[] = { "192.0.2", "198.51.100", "203.0.113" };

typedef struct
{
  const LtDemoScenario *scenario; /* (unowned) */
  guint next_step;
  char *variables[N_VARIABLES];    /* (owned) */
  char *span_ids[LT_DEMO_N_SPANS]; /* (owned) (nullable): of the spans begun so far */
} Session;

struct _LtDemoSource
{
  GObject parent_instance;

  LtHub *hub;              /* (owned) */
  LtEventBuilder *builder; /* (owned) */
  GRand *random;           /* (owned) */
  LtKey *demo_key;         /* (owned) */
  GString *value;          /* (owned): the value under way */
  Session sessions[N_SESSIONS];
  guint rate;        /* events a second */
  GSource *timer;    /* (owned) (nullable): while running */
  gint64 started_us; /* monotonic time since which @n_due counts */
  guint64 n_due;     /* events made since @started_us */
  guint64 n_spans;   /* spans begun */
  guint64 n_events;  /* events handed to the hub */
};

static void lt_demo_source_source_init (LtSourceInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LtDemoSource, lt_demo_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SOURCE, lt_demo_source_source_init))

static const char *
pick (LtDemoSource *self, const char *const *words, guint n_words)
{
  return words[g_rand_int_range (self->random, 0, (gint32) n_words)];
}

#define PICK(self, words) pick (self, words, G_N_ELEMENTS (words))

static int
roll (LtDemoSource *self, int from, int to)
{
  return g_rand_int_range (self->random, from, to);
}

static char *
dup_ip (LtDemoSource *self)
{
  if (roll (self, 0, 5) == 0)
    return g_strdup_printf ("2001:db8:%x::%x", roll (self, 1, 0xffff), roll (self, 1, 0xffff));
  return g_strdup_printf ("%s.%d", PICK (self, networks), roll (self, 2, 255));
}

static void
session_clear (Session *session)
{
  for (guint i = 0; i < N_VARIABLES; i++)
    g_clear_pointer (&session->variables[i], g_free);
  for (guint i = 0; i < LT_DEMO_N_SPANS; i++)
    g_clear_pointer (&session->span_ids[i], g_free);
  session->scenario = NULL;
  session->next_step = 0;
}

static const LtDemoScenario *
pick_scenario (LtDemoSource *self)
{
  guint n_scenarios;
  const LtDemoScenario *scenarios = lt_demo_script_get_scenarios (&n_scenarios);
  int total = 0;
  int at;

  for (guint i = 0; i < n_scenarios; i++)
    total += (int) scenarios[i].weight;
  at = roll (self, 0, total);
  while (at >= (int) scenarios->weight)
    at -= (int) (scenarios++)->weight;
  return scenarios;
}

static void
session_begin (LtDemoSource *self, Session *session)
{
  char **variables = session->variables;
  const char *from_domain = PICK (self, remote_domains);
  const char *remote_domain = PICK (self, remote_domains);

  session->scenario = pick_scenario (self);
  session->next_step = 0;
  variables[VARIABLE_IP] = dup_ip (self);
  variables[VARIABLE_PORT] = g_strdup_printf ("%d", roll (self, 1024, 65536));
  variables[VARIABLE_HELO] = g_strdup_printf ("host%d.%s", roll (self, 1, 40), from_domain);
  variables[VARIABLE_FROM] = g_strdup_printf ("%s@%s", PICK (self, remote_users), from_domain);
  variables[VARIABLE_FROM_DOMAIN] = g_strdup (from_domain);
  variables[VARIABLE_TO] = g_strdup_printf ("%s@example.org", PICK (self, local_users));
  variables[VARIABLE_NOBODY] = g_strdup_printf ("user%d@example.org", roll (self, 1, 1000));
  variables[VARIABLE_ACCOUNT] = g_strdup_printf ("%s@example.org", PICK (self, local_users));
  variables[VARIABLE_REMOTE] = g_strdup_printf ("%s@%s", PICK (self, remote_users), remote_domain);
  variables[VARIABLE_REMOTE_DOMAIN] = g_strdup (remote_domain);
  variables[VARIABLE_MX] = g_strdup_printf ("mx%d.%s", roll (self, 1, 4), remote_domain);
  variables[VARIABLE_MX_IP] = dup_ip (self);
  variables[VARIABLE_QUEUE_ID]
      = g_strdup_printf ("%08X%04X", g_rand_int (self->random), (guint) roll (self, 0, 0x10000));
  variables[VARIABLE_MESSAGE_ID]
      = g_strdup_printf ("%08x@%s", g_rand_int (self->random), from_domain);
  variables[VARIABLE_SIZE] = g_strdup_printf ("%d", roll (self, 700, 200000));
  variables[VARIABLE_COUNT] = g_strdup_printf ("%d", roll (self, 1, 500));
  variables[VARIABLE_SCORE] = g_strdup_printf ("%d.%d", roll (self, 0, 15), roll (self, 0, 10));
}

/* Puts a text into @self->value, with variables in their places. */
static void
expand (LtDemoSource *self, const Session *session, const char *text, gsize length)
{
  const char *end = text + length;

  g_string_truncate (self->value, 0);
  while (text < end)
    {
      const char *close = *text == '{' ? memchr (text, '}', (gsize) (end - text)) : NULL;

      if (close == NULL)
        {
          g_string_append_c (self->value, *text++);
          continue;
        }
      for (guint i = 0; i < N_VARIABLES; i++)
        if (strlen (variable_names[i]) == (gsize) (close - text - 1)
            && strncmp (variable_names[i], text + 1, (gsize) (close - text - 1)) == 0)
          {
            if (i == VARIABLE_MS)
              g_string_append_printf (self->value, "%d", roll (self, 1, 400));
            else
              g_string_append (self->value, session->variables[i]);
          }
      text = close + 1;
    }
}

/* One `key=text`, `key:integer` or `key!=boolean` of a step. */
static gboolean
add_pair (LtDemoSource *self, const Session *session, const char *pair, GError **error)
{
  gsize key_length = strcspn (pair, "=:!");
  char kind = pair[key_length];
  const char *text = pair + key_length + (kind == '!' ? 2 : 1);

  expand (self, session, text, strlen (text));
  if (!lt_event_builder_set_key (self->builder, pair, (gssize) key_length, error))
    return FALSE;
  if (kind == ':')
    return lt_event_builder_add_integer (self->builder,
                                         g_ascii_strtoll (self->value->str, NULL, 10), error);
  if (kind == '!')
    return lt_event_builder_add_boolean (self->builder, strcmp (self->value->str, "true") == 0,
                                         error);
  return lt_event_builder_add_string (self->builder, self->value->str, -1, error);
}

static gboolean
add_span (LtDemoSource *self, Session *session, const LtDemoStep *step, GError **error)
{
  const char *parent_id = NULL;

  if (step->span == LT_DEMO_SPAN_NONE)
    return TRUE;
  if (step->role == LT_SPAN_ROLE_START)
    {
      g_free (session->span_ids[step->span]);
      session->span_ids[step->span] = g_strdup_printf ("demo-%" G_GUINT64_FORMAT, ++self->n_spans);
      for (int span = (int) step->span - 1; span > LT_DEMO_SPAN_NONE && parent_id == NULL; span--)
        parent_id = session->span_ids[span];
    }

  if (parent_id != NULL
      && !lt_event_builder_add_string_field (self->builder, "parentSpanId", parent_id, error))
    return FALSE;
  return lt_event_builder_add_string_field (self->builder, "spanId", session->span_ids[step->span],
                                            error);
}

static LtEvent *
build (LtDemoSource *self, Session *session, const LtDemoStep *step, GError **error)
{
  g_auto (GStrv) pairs = g_strsplit (step->data, " ", -1);

  if (!lt_event_builder_set_type (self->builder, step->type, -1, error))
    return NULL;
  if (step->role != LT_SPAN_ROLE_NONE
      && !lt_event_builder_set_role (self->builder, step->role, error))
    return NULL;
  for (guint i = 0; pairs[i] != NULL; i++)
    if (pairs[i][0] != '\0' && !add_pair (self, session, pairs[i], error))
      return NULL;
  if (!add_span (self, session, step, error)
      || !lt_event_builder_set_key (self->builder, self->demo_key->name, -1, error)
      || !lt_event_builder_add_boolean (self->builder, TRUE, error))
    return NULL;

  return lt_event_builder_end (self->builder, error);
}

/* Lets one session take its next step. */
static void
make_event (LtDemoSource *self)
{
  Session *session = &self->sessions[roll (self, 0, N_SESSIONS)];
  g_autoptr (GError) error = NULL;
  LtEvent *event;

  if (session->scenario == NULL)
    session_begin (self, session);
  event = build (self, session, &session->scenario->steps[session->next_step++], &error);
  if (session->next_step == session->scenario->n_steps)
    session_clear (session);
  if (event == NULL)
    {
      /* Only limits set very low come in the way. */
      g_info ("demo: %s", error->message);
      lt_event_builder_reset (self->builder);
      return;
    }

  self->n_events++;
  lt_hub_submit (self->hub, event);
}

static gboolean
on_timer (gpointer user_data)
{
  LtDemoSource *self = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 deadline_us = now_us + LT_SOURCE_TURN_US;
  guint64 n_due = (guint64) ((double) (now_us - self->started_us) * self->rate / G_USEC_PER_SEC);

  while (self->n_due < n_due && g_get_monotonic_time () < deadline_us)
    {
      make_event (self);
      self->n_due++;
    }
  /* What could not be made in time is not made up for. */
  self->n_due = n_due;
  return G_SOURCE_CONTINUE;
}

static gboolean
lt_demo_source_start (LtSource *source, GError **error)
{
  LtDemoSource *self = LT_DEMO_SOURCE (source);

  if (self->timer != NULL)
    return TRUE;

  self->started_us = g_get_monotonic_time ();
  self->n_due = 0;
  self->timer = g_timeout_source_new (MAX (MIN_INTERVAL_MS, 1000 / self->rate));
  g_source_set_static_name (self->timer, "livetrace-demo");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return TRUE;
}

static void
lt_demo_source_stop (LtSource *source)
{
  LtDemoSource *self = LT_DEMO_SOURCE (source);

  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static const char *
lt_demo_source_get_name (LtSource *source)
{
  return "demo";
}

static void
lt_demo_source_get_status (LtSource *source, LtSourceStatus *status)
{
  LtDemoSource *self = LT_DEMO_SOURCE (source);

  status->kind = "demo";
  status->state = self->timer != NULL ? "running" : "waiting";
  status->detail = g_strdup_printf ("a simulated mail server, %u events a second", self->rate);
  status->lines = self->n_events;
  status->events = self->n_events;
}

static void
lt_demo_source_source_init (LtSourceInterface *interface)
{
  interface->get_name = lt_demo_source_get_name;
  interface->start = lt_demo_source_start;
  interface->stop = lt_demo_source_stop;
  interface->get_status = lt_demo_source_get_status;
}

static void
lt_demo_source_finalize (GObject *object)
{
  LtDemoSource *self = LT_DEMO_SOURCE (object);

  lt_demo_source_stop (LT_SOURCE (self));
  for (guint i = 0; i < N_SESSIONS; i++)
    session_clear (&self->sessions[i]);
  g_string_free (self->value, TRUE);
  g_clear_pointer (&self->demo_key, lt_key_unref);
  g_clear_pointer (&self->random, g_rand_free);
  g_clear_pointer (&self->builder, lt_event_builder_free);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_demo_source_parent_class)->finalize (object);
}

static void
lt_demo_source_class_init (LtDemoSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_demo_source_finalize;
}

static void
lt_demo_source_init (LtDemoSource *self)
{
  self->value = g_string_new (NULL);
}

/**
 * lt_demo_source_new:
 * @hub: what takes the events
 * @limits: (nullable): what one event may hold; the defaults if %NULL
 * @rate: events a second, at least 1
 * @seed: what the simulation begins with: the same seed gives the same events in the same order
 *
 * Returns: (transfer full): a source; start it with lt_source_start()
 */
LtDemoSource *
lt_demo_source_new (LtHub *hub, const LtEventLimits *limits, guint rate, guint32 seed)
{
  LtDemoSource *self;

  g_return_val_if_fail (LT_IS_HUB (hub), NULL);

  self = g_object_new (LT_TYPE_DEMO_SOURCE, NULL);
  self->hub = g_object_ref (hub);
  self->builder = lt_event_builder_new (lt_hub_get_catalogue (hub), limits);
  self->random = g_rand_new_with_seed (seed);
  self->rate = MAX (rate, 1);
  self->demo_key
      = lt_catalogue_add_key (lt_hub_get_catalogue (hub), "demo", LT_VALUE_BOOLEAN, NULL);
  return self;
}
