/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What one source may take from its input in one turn of the main loop. */
#define LT_SOURCE_TURN_BYTES (256 * 1024)
#define LT_SOURCE_TURN_US    5000

/**
 * LtSourceStatus:
 *
 * What a source says about itself.
 */
typedef struct
{
  const char *kind;  /* (unowned): "file", "syslog", "demo", "injector", … */
  const char *state; /* (unowned): "running", "waiting" or "failed" */
  char *detail;      /* (owned) (nullable): what it reads, or why it waits or failed */
  guint64 lines;     /* units of input read */
  guint64 events;    /* events handed to the hub */
  guint64 unmatched; /* lines no rule knew */
  guint64 exhausted; /* rules given up on a line as their pattern took too many steps */
  guint64 lost;      /* lines lost, such as on a full socket */
} LtSourceStatus;

void lt_source_status_clear (LtSourceStatus *status);

/**
 * LtSource:
 *
 * What reads something and turns it into events. It knows the hub and nothing behind it.
 */
#define LT_TYPE_SOURCE (lt_source_get_type ())
G_DECLARE_INTERFACE (LtSource, lt_source, LT, SOURCE, GObject)

struct _LtSourceInterface
{
  GTypeInterface parent_interface;

  const char *(*get_name) (LtSource *self);
  gboolean (*start) (LtSource *self, GError **error);
  void (*stop) (LtSource *self);
  void (*get_status) (LtSource *self, LtSourceStatus *status);
};

const char *lt_source_get_name (LtSource *self);
gboolean lt_source_start (LtSource *self, GError **error);
void lt_source_stop (LtSource *self);
void lt_source_get_status (LtSource *self, LtSourceStatus *status);

G_END_DECLS
