/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LtStreamPoller LtStreamPoller;
typedef struct _LtStreamWatch LtStreamWatch;

/**
 * LtStreamWatchFuncs:
 *
 * What a watch calls. Each may remove the watch.
 */
typedef struct
{
  void (*readable) (LtStreamWatch *watch); /* data has come, or the peer's end */
  void (*writable) (LtStreamWatch *watch); /* only while lt_stream_poller_want_write() is on */
  void (*quiet) (LtStreamWatch *watch);    /* nothing was sent for its interval */
  void (*stalled) (LtStreamWatch *watch);  /* nothing could be sent for its time */
} LtStreamWatchFuncs;

/**
 * LtStreamWatch:
 *
 * One stream's place in a poller; lies inside what owns the stream.
 */
struct _LtStreamWatch
{
  const LtStreamWatchFuncs *funcs; /* (unowned): static */
  int fd;                          /* (unowned) */
  gint64 quiet_since_us;           /* monotonic: about when something was last sent */
  gint64 stalled_since_us;         /* monotonic: when something could last be sent, or 0 */
  GList quiet_link;                /* its place by @quiet_since_us */
  GList stalled_link;              /* its place by @stalled_since_us */
  gboolean is_stalled;             /* whether it is among the stalled */
  gboolean is_watched;
};

/**
 * LtStreamPoller:
 *
 * Waits for many streams with one epoll descriptor and one timer, so that a turn of the main
 * loop costs the same for ten streams and ten thousand. See epoll(7).
 */
LtStreamPoller *lt_stream_poller_new (GMainContext *context, int priority);
void lt_stream_poller_free (LtStreamPoller *self);
void lt_stream_poller_serve (LtStreamPoller *self);
void lt_stream_poller_set_times (LtStreamPoller *self, gint64 quiet_us, gint64 stalled_us);
gboolean lt_stream_poller_add (LtStreamPoller *self, LtStreamWatch *watch, GError **error);
void lt_stream_poller_remove (LtStreamPoller *self, LtStreamWatch *watch);
void lt_stream_poller_want_write (LtStreamPoller *self, LtStreamWatch *watch, gboolean wanted);
void lt_stream_poller_sent (LtStreamPoller *self, LtStreamWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtStreamPoller, lt_stream_poller_free)

G_END_DECLS
