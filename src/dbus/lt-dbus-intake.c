/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-intake.h"

#include "lt-dbus-error.h"
#include "lt-variant-event.h"

#include "core/lt-source.h"

/* How many events are read between two looks at the clock. */
#define EVENTS_PER_LOOK 64

/* One call under way. */
typedef struct
{
  GDBusMethodInvocation *invocation; /* (owned) (nullable): NULL once answered */
  GVariant *dicts;                   /* (owned): aa{sv}, or of a single event its tuple (a{sv}) */
  GPtrArray *events;                 /* (owned) (element-type LtEvent): those read so far */
  gsize n_dicts;
  gboolean single;
} Job;

struct _LtDbusIntake
{
  GObject parent_instance;

  LtHub *hub;                /* (owned) */
  LtEventBuilder *builder;   /* (unowned) */
  GQueue jobs;               /* (owned) (element-type Job): the one under way first */
  GCancellable *cancellable; /* (owned): ends a commit on shut-down */
  guint idle_id;             /* goes on reading in the next turn */
  gboolean committing;       /* the hub has the first job's events */
};

G_DEFINE_FINAL_TYPE (LtDbusIntake, lt_dbus_intake, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  g_clear_object (&job->invocation);
  g_variant_unref (job->dicts);
  g_ptr_array_unref (job->events);
  g_free (job);
}

static Job *
job_new (GDBusMethodInvocation *invocation, gboolean single)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  Job *job = g_new0 (Job, 1);

  job->invocation = invocation;
  job->single = single;
  job->dicts = single ? g_variant_ref (parameters) : g_variant_get_child_value (parameters, 0);
  job->n_dicts = g_variant_n_children (job->dicts);
  job->events
      = g_ptr_array_new_full ((guint) MIN (job->n_dicts, LT_DBUS_BATCH_EVENTS), g_object_unref);
  return job;
}

static void
job_fail (Job *job, const GError *error)
{
  lt_dbus_return_error (g_steal_pointer (&job->invocation), error);
}

static void
job_return_id (LtDbusIntake *self, Job *job, guint64 sequence)
{
  char id[LT_EVENT_ID_SIZE] = "";

  if (sequence != 0)
    lt_hub_format_id (self->hub, sequence, id);
  g_dbus_method_invocation_return_value (g_steal_pointer (&job->invocation),
                                         g_variant_new ("(s)", id));
}

static void work (LtDbusIntake *self);

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LtDbusIntake) self = user_data;
  g_autoptr (GError) error = NULL;
  guint64 accepted = 0;
  guint64 refused = 0;
  Job *job = g_queue_pop_head (&self->jobs);

  self->committing = FALSE;
  if (lt_hub_submit_batch_finish (LT_HUB (source), result, &accepted, &refused, &error))
    {
      g_dbus_method_invocation_return_value (g_steal_pointer (&job->invocation),
                                             g_variant_new ("(tt)", accepted, refused));
    }
  else
    {
      job_fail (job, error);
    }

  job_free (job);
  work (self);
}

/* Returns: %FALSE if the job has failed */
static gboolean
read_some (LtDbusIntake *self, Job *job, gint64 until_us)
{
  while (job->events->len < job->n_dicts)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (job->dicts, job->events->len);
      g_autoptr (GError) error = NULL;
      LtEvent *event = NULL;

      if (!lt_variant_read_event (self->builder, dict, &event, &error))
        {
          if (!job->single)
            lt_error_set_index (error, job->events->len);
          job_fail (job, error);
          return FALSE;
        }

      g_ptr_array_add (job->events, event);
      if (job->events->len % EVENTS_PER_LOOK == 0 && g_get_monotonic_time () >= until_us)
        break;
    }

  return TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  LtDbusIntake *self = user_data;

  self->idle_id = 0;
  work (self);
  return G_SOURCE_REMOVE;
}

/* Does a turn's worth. */
static void
work (LtDbusIntake *self)
{
  gint64 until_us = g_get_monotonic_time () + LT_SOURCE_TURN_US;
  Job *job;

  while (self->idle_id == 0 && (job = g_queue_peek_head (&self->jobs)) != NULL)
    {
      if (g_get_monotonic_time () >= until_us)
        {
          self->idle_id = g_idle_add_full (LT_PRIORITY_BULK, on_idle, self, NULL);
          return;
        }
      if (!read_some (self, job, until_us))
        {
          job_free (g_queue_pop_head (&self->jobs));
          continue;
        }
      if (job->events->len < job->n_dicts)
        continue;

      if (!job->single)
        {
          self->committing = TRUE;
          lt_hub_submit_batch_async (self->hub, job->events, self->cancellable, on_committed,
                                     g_object_ref (self));
          return;
        }

      job_return_id (self, job,
                     lt_hub_submit (self->hub, g_ptr_array_steal_index (job->events, 0)));
      job_free (g_queue_pop_head (&self->jobs));
    }
}

static void
enqueue (LtDbusIntake *self, Job *job)
{
  g_queue_push_tail (&self->jobs, job);
  if (self->jobs.length == 1)
    work (self);
}

static void
lt_dbus_intake_dispose (GObject *object)
{
  LtDbusIntake *self = LT_DBUS_INTAKE (object);

  lt_dbus_intake_shut_down (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->hub);

  G_OBJECT_CLASS (lt_dbus_intake_parent_class)->dispose (object);
}

static void
lt_dbus_intake_class_init (LtDbusIntakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lt_dbus_intake_dispose;
}

static void
lt_dbus_intake_init (LtDbusIntake *self)
{
  g_queue_init (&self->jobs);
  self->cancellable = g_cancellable_new ();
}

/**
 * lt_dbus_intake_new:
 * @hub: takes the events
 * @builder: (transfer none): puts events together; outlives the intake
 *
 * Returns: (transfer full): an intake with nothing to do
 */
LtDbusIntake *
lt_dbus_intake_new (LtHub *hub, LtEventBuilder *builder)
{
  LtDbusIntake *self = g_object_new (LT_TYPE_DBUS_INTAKE, NULL);

  self->hub = g_object_ref (hub);
  self->builder = builder;
  return self;
}

/**
 * lt_dbus_intake_inject:
 * @self: an intake
 * @invocation: (transfer full): a call with the parameters `(a{sv})`
 *
 * Takes one event and answers with its id, `(s)`.
 */
void
lt_dbus_intake_inject (LtDbusIntake *self, GDBusMethodInvocation *invocation)
{
  enqueue (self, job_new (invocation, TRUE));
}

/**
 * lt_dbus_intake_inject_batch:
 * @self: an intake
 * @invocation: (transfer full): a call with the parameters `(aa{sv})`
 *
 * Takes a batch and answers with how many events were taken and how many their level refused,
 * `(tt)`.
 */
void
lt_dbus_intake_inject_batch (LtDbusIntake *self, GDBusMethodInvocation *invocation)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  g_autoptr (GVariant) dicts = g_variant_get_child_value (parameters, 0);
  gsize n_dicts = g_variant_n_children (dicts);

  if (n_dicts > LT_DBUS_BATCH_EVENTS || g_variant_get_size (dicts) > LT_DBUS_BATCH_BYTES)
    {
      lt_dbus_return_new_error (
          invocation, LT_ERROR_TOO_LARGE,
          "a batch may hold %d events in 8 MiB, this one holds %" G_GSIZE_FORMAT
          " events in %" G_GSIZE_FORMAT " bytes; send it in parts",
          LT_DBUS_BATCH_EVENTS, n_dicts, g_variant_get_size (dicts));
      return;
    }

  enqueue (self, job_new (invocation, FALSE));
}

/**
 * lt_dbus_intake_shut_down:
 * @self: an intake
 *
 * Answers all calls that wait with the error `Cancelled`.
 */
void
lt_dbus_intake_shut_down (LtDbusIntake *self)
{
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);

  while (self->jobs.length > (self->committing ? 1 : 0))
    {
      Job *job = g_queue_pop_tail (&self->jobs);

      lt_dbus_return_new_error (g_steal_pointer (&job->invocation), LT_ERROR_CANCELLED,
                                "the daemon is going away");
      job_free (job);
    }
}
