/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-follower.h"

#include "lt-follow-state.h"
#include "lt-follow-watch.h"
#include "lt-followed-file.h"

#include "core/lt-due.h"
#include "core/lt-error.h"

#include <errno.h>
#include <sys/stat.h>

/* How long after a new file has its first lines the old one is listened to: a writer may be
 * told to change files only when all logs of the system have been rotated. */
#define LINGER_MS 5000

/* How often the place is kept, and how often files are looked at that cannot be watched. */
#define SAVE_INTERVAL_MS 1000
#define POLL_INTERVAL_MS 1000

/* Old files held at once. */
#define MAX_OLD_FILES 64

struct _LtFollower
{
  GObject parent_instance;

  char *name;                /* (owned) */
  char *path;                /* (owned) */
  char *state_path;          /* (owned) (nullable): NULL to keep no place */
  LtLogProcessor *processor; /* (owned) */
  gboolean from_start;

  LtFollowWatch *watch;    /* (owned) (nullable): while running */
  GSource *turn;           /* (owned) (nullable): while running; ready when there is work */
  GQueue old_files;        /* (owned) of LtFollowedFile: rotated away, oldest first */
  LtFollowedFile *current; /* (owned) (nullable): what was last at @path */
  guint save_id;           /* of the timer that keeps the place, or 0 */
  guint poll_id;           /* of the timer that looks at files, or 0 */
  guint linger_id;         /* of the timer that lets old files go, or 0 */
  gboolean check_path;     /* whether something else may be at @path */
  gboolean path_exists;    /* whether @current is at @path */
  char *problem;           /* (owned) (nullable): why there is nothing to read, or no place kept */
};

static void lt_follower_source_init (LtSourceInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LtFollower, lt_follower, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LT_TYPE_SOURCE, lt_follower_source_init))

static void
on_line (const char *text, gsize length, guint64 cut_bytes, gpointer user_data)
{
  LtFollower *self = user_data;

  lt_log_processor_process (self->processor, text, length, cut_bytes, NULL);
}

static guint
add_timer (guint interval_ms, GSourceFunc func, LtFollower *self)
{
  GSource *source = g_timeout_source_new (interval_ms);
  guint id;

  g_source_set_callback (source, func, self, NULL);
  id = g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
  return id;
}

static void
remove_timer (guint *id)
{
  GSource *source;

  if (*id == 0)
    return;
  source = g_main_context_find_source_by_id (g_main_context_get_thread_default (), *id);
  if (source != NULL)
    g_source_destroy (source);
  *id = 0;
}

static void
schedule_turn (LtFollower *self)
{
  g_source_set_ready_time (self->turn, 0);
}

static void
set_problem (LtFollower *self, const GError *error)
{
  g_free (self->problem);
  self->problem = error == NULL ? NULL : g_strdup (error->message);
}

/* Keeps where reading goes on after a restart, and the spans that are open there. */
static void
save (LtFollower *self)
{
  g_autoptr (GArray) positions = NULL;
  g_autoptr (GError) error = NULL;
  LtFollowPosition position;

  remove_timer (&self->save_id);
  if (self->state_path == NULL)
    return;

  positions = lt_follow_state_new ();
  for (GList *link = self->old_files.head; link != NULL; link = link->next)
    {
      lt_followed_file_get_position (link->data, &position);
      g_array_append_val (positions, position);
    }
  if (self->current != NULL)
    {
      lt_followed_file_get_position (self->current, &position);
      g_array_append_val (positions, position);
    }
  if (!lt_follow_state_save (self->state_path, self->path, positions,
                             lt_log_processor_get_spans (self->processor), &error))
    {
      set_problem (self, error);
      g_info ("%s", error->message);
    }
}

static gboolean
on_save (gpointer user_data)
{
  save (user_data);
  return G_SOURCE_REMOVE;
}

static void
schedule_save (LtFollower *self)
{
  if (self->state_path != NULL && self->save_id == 0)
    self->save_id = add_timer (SAVE_INTERVAL_MS, on_save, self);
}

static gboolean
on_poll (gpointer user_data)
{
  LtFollower *self = user_data;

  self->check_path = TRUE;
  schedule_turn (self);
  return G_SOURCE_CONTINUE;
}

/* Files are looked at from time to time only while nothing tells of changes. */
static void
set_polling (LtFollower *self, gboolean polling)
{
  if (polling == (self->poll_id != 0))
    return;
  if (polling)
    self->poll_id = add_timer (POLL_INTERVAL_MS, on_poll, self);
  else
    remove_timer (&self->poll_id);
}

static gboolean
on_linger (gpointer user_data)
{
  LtFollower *self = user_data;

  self->linger_id = 0;
  for (GList *link = self->old_files.head; link != NULL; link = link->next)
    ((LtFollowedFile *) link->data)->expired = TRUE;
  schedule_turn (self);
  return G_SOURCE_REMOVE;
}

/* The end of an old file: what stands there without a newline is a line too. */
static void
close_old_file (LtFollower *self, GList *link)
{
  LtFollowedFile *file = link->data;

  lt_line_splitter_flush (&file->splitter, on_line, self);
  lt_follow_watch_remove_file (self->watch, file->watch);
  lt_followed_file_free (file);
  g_queue_delete_link (&self->old_files, link);
  schedule_save (self);
}

static void
add_old_file (LtFollower *self, LtFollowedFile *file)
{
  if (g_queue_get_length (&self->old_files) >= MAX_OLD_FILES)
    {
      g_info ("\"%s\" is rotated faster than it can be read; lines are lost", self->path);
      close_old_file (self, self->old_files.head);
    }
  file->watch = lt_follow_watch_add_file (self->watch, file->fd);
  g_queue_push_tail (&self->old_files, file);
}

static void
set_current (LtFollower *self, LtFollowedFile *file)
{
  self->current = file;
  self->path_exists = TRUE;
  file->watch = lt_follow_watch_add_file (self->watch, file->fd);
  schedule_save (self);
}

static gboolean
path_is_current (LtFollower *self)
{
  struct stat info;

  return self->current != NULL && stat (self->path, &info) == 0
         && info.st_dev == self->current->device && info.st_ino == self->current->inode;
}

static gboolean
path_is_link (LtFollower *self)
{
  struct stat info;

  return lstat (self->path, &info) == 0 && S_ISLNK (info.st_mode);
}

/* Looks what is at the path now. */
static void
look_at_path (LtFollower *self)
{
  gboolean folder_watched = lt_follow_watch_check_folder (self->watch);
  g_autoptr (GError) error = NULL;
  LtFollowedFile *file = NULL;
  gboolean readable = TRUE;

  self->check_path = FALSE;
  if (path_is_current (self))
    {
      self->path_exists = TRUE;
      set_problem (self, NULL);
    }
  else
    {
      file = lt_followed_file_open (self->path, &error);
      set_problem (self, error);
      readable = file != NULL || g_error_matches (error, LT_ERROR, LT_ERROR_NOT_FOUND);
      self->path_exists = FALSE;
      if (file != NULL)
        {
          if (self->current != NULL)
            add_old_file (self, g_steal_pointer (&self->current));
          set_current (self, file);
        }
    }

  /* A link may begin to lead to a file in another folder, and a file become readable, unheard;
   * and a folder goes unheard while a file that was in it is open. */
  set_polling (self, !folder_watched || !readable
                         || (self->current != NULL && self->current->watch < 0)
                         || (!self->path_exists && (self->current != NULL || path_is_link (self))));
}

/* The file was cut: its unread end may be in a copy; then it is read from its start. */
static void
restart_current (LtFollower *self)
{
  LtFollowedFile *file = self->current;
  g_autoptr (GPtrArray) copies = NULL;
  LtFollowPosition position;

  lt_followed_file_get_position (file, &position);
  copies = lt_follow_state_find_rotated (self->path, &position);
  lt_follow_position_clear (&position);
  if (copies->len == 0)
    lt_line_splitter_flush (&file->splitter, on_line, self);
  else
    {
      LtFollowedFile *copy = g_ptr_array_steal_index (copies, 0);

      /* A copy is finished before the file is cut. */
      copy->expired = TRUE;
      add_old_file (self, copy);
    }
  lt_followed_file_seek (file, 0);
  schedule_save (self);
}

/* Reads one file; TRUE once all there is has been read. */
static gboolean
read_file (LtFollower *self, LtFollowedFile *file, gsize *budget, gint64 deadline_us)
{
  guint64 offset = file->offset;
  LtReadResult result;

  do
    result = lt_followed_file_read (file, budget, on_line, self);
  while (result == LT_READ_MORE && *budget > 0 && g_get_monotonic_time () < deadline_us);

  if (file->offset != offset)
    schedule_save (self);
  if (result == LT_READ_FAILED && self->problem == NULL)
    self->problem = g_strdup_printf ("cannot read \"%s\": %s", self->path, g_strerror (errno));
  if (result == LT_READ_TRUNCATED && file == self->current)
    {
      restart_current (self);
      return FALSE;
    }
  return result != LT_READ_MORE;
}

/* One turn: a bounded piece of work. */
static gboolean
on_turn (gpointer user_data)
{
  LtFollower *self = user_data;
  gsize budget = LT_SOURCE_TURN_BYTES;
  gint64 deadline_us = g_get_monotonic_time () + LT_SOURCE_TURN_US;

  g_source_set_ready_time (self->turn, -1);
  if (self->check_path)
    look_at_path (self);

  for (GList *link = self->old_files.head; link != NULL;)
    {
      GList *next = link->next;
      LtFollowedFile *file = link->data;

      if (!read_file (self, file, &budget, deadline_us))
        {
          schedule_turn (self);
          return G_SOURCE_CONTINUE;
        }
      if (file->expired)
        close_old_file (self, link);
      link = next;
    }

  if (self->current != NULL && !read_file (self, self->current, &budget, deadline_us))
    schedule_turn (self);
  if (!g_queue_is_empty (&self->old_files) && self->linger_id == 0 && self->current != NULL
      && self->current->offset > 0)
    self->linger_id = add_timer (LINGER_MS, on_linger, self);
  return G_SOURCE_CONTINUE;
}

static void
on_change (gboolean path_changed, gpointer user_data)
{
  LtFollower *self = user_data;

  self->check_path = self->check_path || path_changed;
  schedule_turn (self);
}

/* Finds again what was read before the restart; no positions mean that nothing was. */
static void
resume (LtFollower *self, GArray *positions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LtFollowedFile) file = lt_followed_file_open (self->path, &error);

  if (file == NULL)
    g_message ("source \"%s\": %s; waiting for it", self->name, error->message);
  for (guint i = 0; positions != NULL && i < positions->len; i++)
    {
      const LtFollowPosition *position = &g_array_index (positions, LtFollowPosition, i);
      gboolean is_last = i == positions->len - 1;
      g_autoptr (GPtrArray) rotated = NULL;

      if (file != NULL && lt_followed_file_fits (file, position, FALSE))
        {
          lt_followed_file_seek (file, position->offset);
          continue;
        }
      rotated = lt_follow_state_find_rotated (self->path, position);
      if (rotated->len == 0 && position->offset > 0)
        g_info ("what \"%s\" was before has gone; lines may be missing", self->path);
      /* What came after an old file has a place of its own, but for the last. */
      if (rotated->len > 1 && !is_last)
        g_ptr_array_set_size (rotated, 1);
      while (rotated->len > 0)
        add_old_file (self, g_ptr_array_steal_index (rotated, 0));
    }

  if (file == NULL)
    return;
  if (positions == NULL && !self->from_start)
    lt_followed_file_seek (file, lt_followed_file_get_size (file));
  set_current (self, g_steal_pointer (&file));
}

static gboolean
lt_follower_start (LtSource *source, GError **error)
{
  LtFollower *self = LT_FOLLOWER (source);
  g_autoptr (GArray) positions = NULL;
  g_autoptr (GError) problem = NULL;

  if (self->watch != NULL)
    return TRUE;

  if (self->state_path != NULL
      && !lt_follow_state_load (self->state_path, self->path, &positions,
                                lt_log_processor_get_spans (self->processor), &problem))
    /* A place that cannot be read is no reason not to follow; nothing is read twice. */
    g_warning ("%s; following from the end", problem->message);

  self->watch = lt_follow_watch_new (self->path, on_change, self);
  self->turn = lt_due_source_new ("livetrace-follower", on_turn, self);
  g_source_set_priority (self->turn, LT_PRIORITY_BULK);
  g_source_attach (self->turn, g_main_context_get_thread_default ());
  resume (self, positions);
  schedule_save (self);
  self->check_path = TRUE;
  schedule_turn (self);
  return TRUE;
}

static void
lt_follower_stop (LtSource *source)
{
  LtFollower *self = LT_FOLLOWER (source);

  if (self->watch == NULL)
    return;

  save (self);
  remove_timer (&self->poll_id);
  remove_timer (&self->linger_id);
  g_source_destroy (self->turn);
  g_clear_pointer (&self->turn, g_source_unref);
  g_clear_pointer (&self->watch, lt_follow_watch_free);
  g_queue_clear_full (&self->old_files, (GDestroyNotify) lt_followed_file_free);
  g_clear_pointer (&self->current, lt_followed_file_free);
  set_problem (self, NULL);
}

static const char *
lt_follower_get_name (LtSource *source)
{
  return LT_FOLLOWER (source)->name;
}

static void
lt_follower_get_status (LtSource *source, LtSourceStatus *status)
{
  LtFollower *self = LT_FOLLOWER (source);
  LtLogCounts counts;

  lt_log_processor_get_counts (self->processor, &counts);
  status->kind = "file";
  status->state = self->path_exists && self->current != NULL ? "running" : "waiting";
  status->detail = g_strdup (self->problem != NULL ? self->problem : self->path);
  status->lines = counts.lines;
  status->events = counts.events;
  status->unmatched = counts.unmatched;
  status->exhausted = counts.exhausted;
}

static void
lt_follower_source_init (LtSourceInterface *interface)
{
  interface->get_name = lt_follower_get_name;
  interface->start = lt_follower_start;
  interface->stop = lt_follower_stop;
  interface->get_status = lt_follower_get_status;
}

static void
lt_follower_finalize (GObject *object)
{
  LtFollower *self = LT_FOLLOWER (object);

  lt_follower_stop (LT_SOURCE (self));
  g_free (self->name);
  g_free (self->path);
  g_free (self->state_path);
  g_free (self->problem);
  lt_log_processor_free (self->processor);

  G_OBJECT_CLASS (lt_follower_parent_class)->finalize (object);
}

static void
lt_follower_class_init (LtFollowerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lt_follower_finalize;
}

static void
lt_follower_init (LtFollower *self)
{
  g_queue_init (&self->old_files);
}

/**
 * lt_follower_new:
 * @name: the source's name; part of a file name, so without "/"
 * @path: the file to follow; need not exist yet
 * @state_directory: (nullable): where the place in the file is kept over a restart; %NULL to
 *   keep none
 * @from_start: whether a file never followed before is read from its start, not from its end
 * @processor: (transfer full): what the lines go to
 *
 * Returns: (transfer full): a source; start it with lt_source_start()
 */
LtFollower *
lt_follower_new (const char *name, const char *path, const char *state_directory,
                 gboolean from_start, LtLogProcessor *processor)
{
  LtFollower *self;

  g_return_val_if_fail (name != NULL && path != NULL && processor != NULL, NULL);

  self = g_object_new (LT_TYPE_FOLLOWER, NULL);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  if (state_directory != NULL)
    {
      g_autofree char *file_name = g_strdup_printf ("follow-%s.conf", name);

      self->state_path = g_build_filename (state_directory, file_name, NULL);
    }
  self->from_start = from_start;
  self->processor = processor;
  return self;
}
