/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-follow-watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Magic numbers that linux/magic.h lacks. */
#define CIFS_MAGIC 0xff534d42u

struct _LtFollowWatch
{
  char *folder;     /* (owned) */
  char *base;       /* (owned) */
  int fd;           /* (owned): inotify's, or -1 */
  int folder_watch; /* inotify's watch, or -1 */
  GSource *source;  /* (owned) (nullable) */
  LtFollowWatchFunc func;
  gpointer user_data;
};

static void
read_events (LtFollowWatch *self, gboolean *changed, gboolean *path_changed)
{
  _Alignas(struct inotify_event) char buffer[4096];
  gssize n_read;

  while ((n_read = read (self->fd, buffer, sizeof buffer)) > 0)
    for (const char *at = buffer; at < buffer + n_read;)
      {
        const struct inotify_event *event = (const struct inotify_event *) at;

        at += sizeof *event + event->len;
        if (event->mask & IN_Q_OVERFLOW)
          *changed = *path_changed = TRUE;
        else if (event->wd == self->folder_watch)
          {
            gboolean moved = (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0;

            if (event->mask & IN_IGNORED)
              self->folder_watch = -1;
            if (moved || (event->len > 0 && strcmp (event->name, self->base) == 0))
              *changed = *path_changed = TRUE;
          }
        else
          {
            *changed = TRUE;
            if (event->mask & (IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF))
              *path_changed = TRUE;
          }
      }
}

static gboolean
on_events (int fd, GIOCondition condition, gpointer user_data)
{
  LtFollowWatch *self = user_data;
  gboolean changed = FALSE;
  gboolean path_changed = FALSE;

  read_events (self, &changed, &path_changed);
  if (changed)
    self->func (path_changed, self->user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * lt_follow_watch_new:
 * @path: (type filename): what is watched; need not exist
 * @func: hears of changes, in the thread-default main context
 * @user_data: for @func
 *
 * Returns: (transfer full): a watch
 */
LtFollowWatch *
lt_follow_watch_new (const char *path, LtFollowWatchFunc func, gpointer user_data)
{
  LtFollowWatch *self = g_new0 (LtFollowWatch, 1);

  self->folder = g_path_get_dirname (path);
  self->base = g_path_get_basename (path);
  self->func = func;
  self->user_data = user_data;
  self->folder_watch = -1;
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd < 0)
    return self;

  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "livetrace-follow-watch");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_events), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

/**
 * lt_follow_watch_free:
 * @self: (transfer full) (nullable): a watch
 */
void
lt_follow_watch_free (LtFollowWatch *self)
{
  if (self == NULL)
    return;

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->folder);
  g_free (self->base);
  g_free (self);
}

/* File systems that others write to without this kernel's knowledge. */
static gboolean
is_remote (int fd)
{
  struct statfs info;

  if (fstatfs (fd, &info) < 0)
    return TRUE;
  switch ((guint32) info.f_type)
    {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CIFS_MAGIC:
    case AFS_SUPER_MAGIC:
    case CEPH_SUPER_MAGIC:
    case FUSE_SUPER_MAGIC:
    case V9FS_MAGIC:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * lt_follow_watch_add_file:
 * @self: a watch
 * @fd: an open file
 *
 * Hears of what happens to a file, wherever it is moved.
 *
 * Returns: a number for lt_follow_watch_remove_file(), or -1 if the file has to be looked at from
 *   time to time instead
 */
int
lt_follow_watch_add_file (LtFollowWatch *self, int fd)
{
  char path[64];

  if (self->fd < 0 || is_remote (fd))
    return -1;

  /* By its descriptor: at its path may be another file by now. */
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  return inotify_add_watch (self->fd, path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF);
}

/**
 * lt_follow_watch_remove_file:
 * @self: a watch
 * @watch: what lt_follow_watch_add_file() gave
 *
 * Hears no more of a file.
 */
void
lt_follow_watch_remove_file (LtFollowWatch *self, int watch)
{
  if (self->fd >= 0 && watch >= 0)
    inotify_rm_watch (self->fd, watch);
}

/**
 * lt_follow_watch_check_folder:
 * @self: a watch
 *
 * Sees to it that the folder that is now at its path is the one watched.
 *
 * Returns: %FALSE if it cannot be watched, for instance because it does not exist
 */
gboolean
lt_follow_watch_check_folder (LtFollowWatch *self)
{
  int watch;

  if (self->fd < 0)
    return FALSE;

  watch = inotify_add_watch (self->fd, self->folder,
                             IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF
                                 | IN_MOVE_SELF | IN_ONLYDIR);
  if (self->folder_watch >= 0 && watch != self->folder_watch)
    inotify_rm_watch (self->fd, self->folder_watch);
  self->folder_watch = watch;
  return watch >= 0;
}
