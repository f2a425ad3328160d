/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-dbus-authority.h"

#include "lt-dbus-actions.h"
#include "lt-dbus-error.h"
#include "lt-dbus-pacer.h"

#include <unistd.h>

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"

/* polkit is asked over its D-Bus interface: libpolkit's asynchronous calls open their connection in
 * a thread, and the connection it would open is the one we have. */
#define POLKIT_NAME              "org.freedesktop.PolicyKit1"
#define POLKIT_PATH              "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE         "org.freedesktop.PolicyKit1.Authority"
#define POLKIT_ALLOW_INTERACTION 1

/* Larger arguments of a call are not for the journal. */
#define MAX_LOGGED_BYTES 512

/* A caller, remembered while it is on the bus and not long unused. The bus never gives its unique
 * name to another, so what is known of it does not change. */
typedef struct
{
  LtDbusAuthority *authority; /* (unowned) (nullable): NULL once either is gone */
  char *name;                 /* (owned): unique bus name */
  GQueue waiting;             /* (owned) (element-type Check): until the user is known */
  GCancellable *cancellable;  /* (owned): ends what is asked about the caller */
  GList link;                 /* in the authority's list; its data is this */
  guint watch_id;             /* tells when the caller leaves the bus */
  guint n_checks;             /* under way, those that wait included */
  guint n_questions;          /* of them, those polkit is being asked about */
  guint32 uid;
  gboolean uid_known;
} Caller;

/* One call that waits for an answer to "may they?". */
typedef struct
{
  Caller *caller;                    /* (owned) */
  const char *action;                /* (unowned): static */
  GDBusMethodInvocation *invocation; /* (owned) */
  LtDbusCallFunc func;
  gpointer user_data; /* (owned): by way of @destroy */
  GDestroyNotify destroy;
  guint64 number; /* names the question to polkit */
} Check;

struct _LtDbusAuthority
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GHashTable *callers;         /* (owned): name to (owned) Caller */
  GQueue recent;               /* (unowned): the callers, the last used one first */
  LtDbusPacer *pacer;          /* (owned): carries out what is allowed */
  LtDbusAuthorityLimits limits;
  LtDbusTrust trust;
  guint n_checks;    /* under way */
  guint n_questions; /* of them, those polkit is being asked about */
  guint64 last_number;
};

G_DEFINE_FINAL_TYPE (LtDbusAuthority, lt_dbus_authority, G_TYPE_OBJECT)

static void
caller_clear (gpointer data)
{
  Caller *caller = data;

  g_clear_object (&caller->cancellable);
  g_free (caller->name);
}

static void
caller_unref (Caller *caller)
{
  g_rc_box_release_full (caller, caller_clear);
}

static void
check_free (Check *check)
{
  LtDbusAuthority *authority = check->caller->authority;

  check->caller->n_checks--;
  if (authority != NULL)
    authority->n_checks--;

  if (check->destroy != NULL)
    check->destroy (check->user_data);
  g_object_unref (check->invocation);
  caller_unref (check->caller);
  g_free (check);
}

/* Names of other users would have to be looked up, which may block. */
static char *
describe_user (guint32 uid)
{
  if (uid == geteuid ())
    return g_strdup (g_get_user_name ());
  if (uid == 0)
    return g_strdup ("root");

  return g_strdup_printf ("uid %u", uid);
}

/* Who changes what is for the journal. The arguments of these methods hold no secrets. */
static void
log_change (Check *check)
{
  const char *method = g_dbus_method_invocation_get_method_name (check->invocation);
  GVariant *parameters = g_dbus_method_invocation_get_parameters (check->invocation);
  g_autofree char *who = NULL;
  g_autofree char *arguments = NULL;

  if (!g_str_equal (check->action, LT_DBUS_ACTION_MANAGE) || g_str_has_prefix (method, "List"))
    return;

  who = describe_user (check->caller->uid);
  arguments = g_variant_get_size (parameters) <= MAX_LOGGED_BYTES
                  ? g_variant_print (parameters, FALSE)
                  : g_strdup ("(…)");
  g_message ("%s %s called by %s from %s", method, arguments, who, check->caller->name);
}

static void
check_refuse (Check *check, LtErrorCode code, const char *why)
{
  lt_dbus_return_new_error (g_object_ref (check->invocation), code, "%s: %s",
                            g_dbus_method_invocation_get_method_name (check->invocation), why);
  check_free (check);
}

/* The invocation's functions that answer take a reference; ours goes with the check. */
static void
carry_out (gpointer data)
{
  Check *check = data;

  if (check->caller->authority == NULL)
    {
      check_refuse (check, LT_ERROR_CANCELLED, "the caller left the bus");
      return;
    }

  log_change (check);
  check->func (g_object_ref (check->invocation), check->user_data);
  check_free (check);
}

static void
check_allow (Check *check)
{
  lt_dbus_pacer_run (check->caller->authority->pacer, check);
}

/* Forgets a caller. What is under way ends by its cancellable. */
static void
forget_caller (LtDbusAuthority *self, Caller *caller)
{
  Check *check;

  g_dbus_connection_signal_unsubscribe (self->connection, caller->watch_id);
  g_queue_unlink (&self->recent, &caller->link);
  self->n_checks -= caller->n_checks;
  self->n_questions -= caller->n_questions;
  caller->authority = NULL;
  g_cancellable_cancel (caller->cancellable);

  while ((check = g_queue_pop_head (&caller->waiting)) != NULL)
    check_refuse (check, LT_ERROR_CANCELLED, "the caller left the bus");

  g_hash_table_remove (self->callers, caller->name);
}

static void
on_name_owner_changed (GDBusConnection *connection, const char *sender, const char *path,
                       const char *interface, const char *signal, GVariant *parameters,
                       gpointer user_data)
{
  LtDbusAuthority *self = user_data;
  const char *name;
  const char *new_owner;
  Caller *caller;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);
  caller = g_hash_table_lookup (self->callers, name);
  if (caller != NULL && *new_owner == '\0')
    forget_caller (self, caller);
}

static gboolean
make_room (LtDbusAuthority *self)
{
  if (g_hash_table_size (self->callers) < self->limits.max_callers)
    return TRUE;

  for (GList *link = self->recent.tail; link != NULL; link = link->prev)
    {
      Caller *caller = link->data;

      if (caller->n_checks == 0)
        {
          forget_caller (self, caller);
          return TRUE;
        }
    }

  return FALSE;
}

/* Returns: (nullable): NULL if there is no room for one more */
static Caller *
remember_caller (LtDbusAuthority *self, const char *name)
{
  Caller *caller;

  if (!make_room (self))
    return NULL;

  caller = g_rc_box_new0 (Caller);
  caller->authority = self;
  caller->name = g_strdup (name);
  caller->cancellable = g_cancellable_new ();
  caller->link.data = caller;
  g_queue_init (&caller->waiting);
  g_hash_table_insert (self->callers, caller->name, caller);
  g_queue_push_head_link (&self->recent, &caller->link);
  caller->watch_id = g_dbus_connection_signal_subscribe (
      self->connection, BUS_NAME, BUS_NAME, "NameOwnerChanged", BUS_PATH, name,
      G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner_changed, self, NULL);

  return caller;
}

static Caller *
find_caller (LtDbusAuthority *self, const char *name)
{
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller == NULL || self->recent.head == &caller->link)
    return caller;

  g_queue_unlink (&self->recent, &caller->link);
  g_queue_push_head_link (&self->recent, &caller->link);
  return caller;
}

static char *
format_cancellation_id (Check *check)
{
  return g_strdup_printf ("livetrace-%" G_GUINT64_FORMAT, check->number);
}

/* polkit goes on asking for a password until it is told that nobody waits. */
static void
cancel_question (GDBusConnection *connection, Check *check)
{
  g_autofree char *id = format_cancellation_id (check);

  g_dbus_connection_call (connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                          "CancelCheckAuthorization", g_variant_new ("(s)", id), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
refuse_for_polkit_error (GDBusConnection *connection, Check *check, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      cancel_question (connection, check);
      check_refuse (check, LT_ERROR_CANCELLED, "the caller left the bus");
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    {
      cancel_question (connection, check);
      check_refuse (check, LT_ERROR_DENIED, "polkit did not answer in time");
      return;
    }

  text = g_strdup_printf ("polkit cannot be asked, so only root may (%s)", error->message);
  check_refuse (check, LT_ERROR_DENIED, text);
}

static void
on_polkit_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection *connection = G_DBUS_CONNECTION (source);
  Check *check = user_data;
  gboolean is_authorized = FALSE;
  gboolean is_challenge = FALSE;
  g_autofree char *text = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = g_dbus_connection_call_finish (connection, result, &error);
  check->caller->n_questions--;
  if (check->caller->authority != NULL)
    check->caller->authority->n_questions--;
  if (answer == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      refuse_for_polkit_error (connection, check, error);
      return;
    }
  if (check->caller->authority == NULL)
    {
      check_refuse (check, LT_ERROR_CANCELLED, "the caller left the bus");
      return;
    }

  g_variant_get (answer, "((bb@a{ss}))", &is_authorized, &is_challenge, NULL);
  if (is_authorized)
    {
      check_allow (check);
      return;
    }

  text = is_challenge
             ? g_strdup_printf (
                 "authentication is needed for %s and there is no polkit agent to ask; "
                 "call as root, or start one such as pkttyagent",
                 check->action)
             : g_strdup_printf ("polkit does not allow %s; call as root, or add a polkit rule",
                                check->action);
  check_refuse (check, LT_ERROR_DENIED, text);
}

static void
ask_polkit (LtDbusAuthority *self, Check *check)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);
  gboolean interactive
      = (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
        != 0;
  guint timeout_ms = interactive ? self->limits.interactive_timeout_ms : self->limits.timeout_ms;
  g_autofree char *id = NULL;
  GVariantBuilder subject;

  check->caller->n_questions++;
  self->n_questions++;
  check->number = ++self->last_number;
  id = format_cancellation_id (check);
  g_variant_builder_init (&subject, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&subject, "{sv}", "name", g_variant_new_string (check->caller->name));

  g_dbus_connection_call (
      self->connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization",
      g_variant_new ("((sa{sv})sa{ss}us)", "system-bus-name", &subject, check->action, NULL,
                     interactive ? POLKIT_ALLOW_INTERACTION : 0, id),
      G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, (int) timeout_ms,
      check->caller->cancellable, on_polkit_answer, check);
}

/* The caller's user is known. */
static void
decide (LtDbusAuthority *self, Check *check)
{
  if (self->trust == LT_DBUS_TRUST_OWN_USER)
    {
      if (check->caller->uid == geteuid () || check->caller->uid == 0)
        check_allow (check);
      else
        check_refuse (check, LT_ERROR_DENIED,
                      "on this bus only the daemon's own user and root may call");
      return;
    }

  if (check->caller->uid == 0)
    check_allow (check);
  else if (check->caller->n_questions >= self->limits.max_questions_per_caller)
    check_refuse (check, LT_ERROR_TOO_MANY,
                  "too many of your calls wait for authorization; wait for their answers");
  else if (self->n_questions >= self->limits.max_questions)
    check_refuse (check, LT_ERROR_BUSY, "too many calls wait for authorization; try again");
  else
    ask_polkit (self, check);
}

static void
on_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Caller *caller = user_data;
  g_autoptr (LtDbusAuthority) self = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  Check *check;

  answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (caller->authority == NULL)
    {
      caller_unref (caller);
      return;
    }

  self = g_object_ref (caller->authority);
  if (answer == NULL)
    {
      /* Mostly it has left already. Whatever else: nobody unknown is allowed anything. */
      forget_caller (self, caller);
      caller_unref (caller);
      return;
    }

  g_variant_get (answer, "(u)", &caller->uid);
  caller->uid_known = TRUE;
  while ((check = g_queue_pop_head (&caller->waiting)) != NULL)
    decide (self, check);
  caller_unref (caller);
}

static void
ask_for_user (LtDbusAuthority *self, Caller *caller)
{
  g_dbus_connection_call (self->connection, BUS_NAME, BUS_PATH, BUS_NAME, "GetConnectionUnixUser",
                          g_variant_new ("(s)", caller->name), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, (int) self->limits.timeout_ms,
                          caller->cancellable, on_user, g_rc_box_acquire (caller));
}

static void
lt_dbus_authority_dispose (GObject *object)
{
  LtDbusAuthority *self = LT_DBUS_AUTHORITY (object);

  if (self->connection != NULL)
    lt_dbus_authority_shut_down (self);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (lt_dbus_authority_parent_class)->dispose (object);
}

static void
lt_dbus_authority_finalize (GObject *object)
{
  LtDbusAuthority *self = LT_DBUS_AUTHORITY (object);

  lt_dbus_pacer_free (self->pacer);
  g_hash_table_unref (self->callers);

  G_OBJECT_CLASS (lt_dbus_authority_parent_class)->finalize (object);
}

static void
lt_dbus_authority_class_init (LtDbusAuthorityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lt_dbus_authority_dispose;
  object_class->finalize = lt_dbus_authority_finalize;
}

static void
lt_dbus_authority_init (LtDbusAuthority *self)
{
  self->callers
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) caller_unref);
  g_queue_init (&self->recent);
  self->pacer = lt_dbus_pacer_new (carry_out);
}

/**
 * lt_dbus_authority_new:
 * @connection: the bus
 * @trust: who may call
 * @limits: what may be under way
 *
 * Returns: (transfer full): an authority that has been asked nothing yet
 */
LtDbusAuthority *
lt_dbus_authority_new (GDBusConnection *connection, LtDbusTrust trust,
                       const LtDbusAuthorityLimits *limits)
{
  LtDbusAuthority *self = g_object_new (LT_TYPE_DBUS_AUTHORITY, NULL);

  self->connection = g_object_ref (connection);
  self->trust = trust;
  self->limits = *limits;
  return self;
}

/**
 * lt_dbus_authority_dispatch:
 * @self: an authority
 * @invocation: (transfer full): a call as it came in
 * @func: what to do if the caller is allowed
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data once @func has returned or will not be called
 *
 * Looks up the polkit action of the call's method, finds out whether the caller is allowed it, and
 * then calls @func, at once where the answer is known and the turn is not too long already. A
 * caller who is not gets the error `Denied`; `TooMany` and `Busy` tell of limits. Calls of one
 * caller stay in order as long as polkit need not be asked. When the caller leaves the bus its
 * calls are dropped.
 */
void
lt_dbus_authority_dispatch (LtDbusAuthority *self, GDBusMethodInvocation *invocation,
                            LtDbusCallFunc func, gpointer user_data, GDestroyNotify destroy)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  const char *action
      = lt_dbus_find_action (g_dbus_method_invocation_get_interface_name (invocation), method);
  Caller *caller = NULL;
  Check *check = NULL;
  LtErrorCode refusal = LT_ERROR_FAILED;
  const char *why = NULL;

  if (sender != NULL && action != NULL)
    {
      caller = find_caller (self, sender);
      if (caller == NULL)
        caller = remember_caller (self, sender);
    }

  if (action == NULL || sender == NULL)
    {
      refusal = LT_ERROR_DENIED;
      why = "nobody may call this";
    }
  else if (caller == NULL)
    {
      refusal = LT_ERROR_BUSY;
      why = "too many callers wait for authorization; try again";
    }

  if (why != NULL)
    {
      lt_dbus_return_new_error (invocation, refusal, "%s: %s", method, why);
      if (destroy != NULL)
        destroy (user_data);
      return;
    }

  check = g_new0 (Check, 1);
  check->caller = g_rc_box_acquire (caller);
  check->action = action;
  check->invocation = invocation;
  check->func = func;
  check->user_data = user_data;
  check->destroy = destroy;
  caller->n_checks++;
  self->n_checks++;

  if (caller->uid_known)
    {
      decide (self, check);
      return;
    }

  g_queue_push_tail (&caller->waiting, check);
  if (caller->waiting.length == 1)
    ask_for_user (self, caller);
}

/**
 * lt_dbus_authority_describe_caller:
 * @self: an authority
 * @sender: a unique bus name
 *
 * Returns: (transfer full) (nullable): the user it belongs to, for people to read, or %NULL if
 *   that is not known; it is of everyone whose call was just allowed
 */
char *
lt_dbus_authority_describe_caller (LtDbusAuthority *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  return caller != NULL && caller->uid_known ? describe_user (caller->uid) : NULL;
}

/**
 * lt_dbus_authority_get_n_checks:
 * @self: an authority
 *
 * Returns: how many calls wait for an answer
 */
guint
lt_dbus_authority_get_n_checks (LtDbusAuthority *self)
{
  return self->n_checks;
}

/**
 * lt_dbus_authority_shut_down:
 * @self: an authority
 *
 * Forgets all callers and ends all that is under way, with the error `Cancelled`.
 */
void
lt_dbus_authority_shut_down (LtDbusAuthority *self)
{
  while (self->recent.head != NULL)
    forget_caller (self, self->recent.head->data);

  lt_dbus_pacer_free (self->pacer);
  self->pacer = lt_dbus_pacer_new (carry_out);
}
